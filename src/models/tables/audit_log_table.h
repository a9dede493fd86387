/* SPDX-License-Identifier: MIT */
/* Who changed what. */
#include "models/tables/row_words.h"

TABLE(audit_log)
COLUMN(id, BIGINT, NOT_NULL)
COLUMN(tenant_id, INTEGER, NOT_NULL)
COLUMN(at, STAMP, NOT_NULL)
COLUMN(who, CHARS(300), NOT_NULL)
COLUMN(action, CHARS(50), NOT_NULL)
COLUMN(row_id, BIGINT, NULLABLE)
COLUMN(request_id, CHARS(128), NULLABLE)
DEFAULT(id, "nextval")
DEFAULT(at, "now()")
GRANT("SELECT")
GRANT("INSERT")
SERVED_ID
ISOLATED(tenant_id)
KEY("PRIMARY KEY (id)")
KEY("FOREIGN KEY (tenant_id) REFERENCES tenants(id)")
INDEX("btree (tenant_id, at)")

#include "models/tables/row_words_end.h"
