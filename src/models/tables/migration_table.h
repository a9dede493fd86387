/* SPDX-License-Identifier: MIT */
/* The migrations that were applied. */
#include "models/tables/row_words.h"

TABLE(migration_history)
COLUMN(number, INTEGER, NOT_NULL)
COLUMN(name, TEXT, NOT_NULL)
COLUMN(checksum, TEXT, NOT_NULL)
COLUMN(applied_at, STAMP_ZONED, NOT_NULL)
DEFAULT(applied_at, "now()")
GRANT("SELECT")
KEY("PRIMARY KEY (number)")

#include "models/tables/row_words_end.h"
