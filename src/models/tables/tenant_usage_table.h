/* SPDX-License-Identifier: MIT */
/* What tenants with a quota have stored on a day. */
#include "models/tables/row_words.h"

TABLE(tenant_usage)
COLUMN(tenant_id, INTEGER, NOT_NULL)
COLUMN(day, DATE, NOT_NULL)
COLUMN(batches, BIGINT, NOT_NULL)
COLUMN(bytes, BIGINT, NOT_NULL)
DEFAULT(batches, "0")
DEFAULT(bytes, "0")
SERVED
ISOLATED(tenant_id)
KEY("PRIMARY KEY (tenant_id, day)")
KEY("FOREIGN KEY (tenant_id) REFERENCES tenants(id)")

#include "models/tables/row_words_end.h"
