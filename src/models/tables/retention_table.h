/* SPDX-License-Identifier: MIT */
/* What of the batches goes, and when. */
#include "models/tables/row_words.h"

TABLE(retention_rules)
SERVED
SERVED_ID
COLUMN(id, INTEGER, NOT_NULL)
COLUMN(tenant_id, INTEGER, NULLABLE)
COLUMN(entity_type, CHARS(50), NULLABLE)
COLUMN(processing_status, CHARS(20), NOT_NULL)
COLUMN(keep_days, INTEGER, NOT_NULL)
COLUMN(keep_newest, INTEGER, NOT_NULL)
COLUMN(action, CHARS(20), NOT_NULL)
COLUMN(active, BOOLEAN, NOT_NULL)
COLUMN(created_at, STAMP, NULLABLE)
COLUMN(last_updated_at, STAMP, NULLABLE)
DEFAULT(id, "nextval")
DEFAULT(processing_status, "'completed'::character varying")
DEFAULT(keep_newest, "0")
DEFAULT(active, "true")
DEFAULT(created_at, "now()")
DEFAULT(last_updated_at, "now()")
KEY("PRIMARY KEY (id)")
KEY("FOREIGN KEY (tenant_id) REFERENCES tenants(id)")
CHECK("CHECK (((processing_status)::text = ANY ((ARRAY["
    "'pending'::character varying, 'processing'::character varying,"
    " 'completed'::character varying, 'failed'::character varying,"
    " 'deleted'::character varying])::text[])))")
CHECK("CHECK (((keep_days >= 1) AND (keep_days <= 36500)))")
CHECK("CHECK (((keep_newest >= 0) AND (keep_newest <= 1000000)))")
CHECK("CHECK (((action)::text = ANY ((ARRAY['delete'::character varying,"
    " 'payload'::character varying])::text[])))")
INDEX("UNIQUE btree (COALESCE(tenant_id, 0), COALESCE(entity_type,"
    " ''::character varying), processing_status, action)")
ISOLATED(tenant_id)
POLICY("shared_rules FOR SELECT TO public USING (tenant_id IS NULL)")

#include "models/tables/row_words_end.h"
