/* SPDX-License-Identifier: MIT */
/* The levels of work item types. */
#include "models/tables/row_words.h"

TABLE(wits_hierarchies)
OWNED(INTEGER)
OF_INTEGRATION
COLUMN(level_number, INTEGER, NOT_NULL)
COLUMN(level_name, VARCHAR, NOT_NULL)
COLUMN(description, VARCHAR, NULLABLE)
KEY("UNIQUE (tenant_id, id)")
INDEX("btree (tenant_id)")
INDEX("btree (level_number)")

#include "models/tables/row_words_end.h"
