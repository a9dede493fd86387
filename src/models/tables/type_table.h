/* SPDX-License-Identifier: MIT */
/* Entity types of people's own, and the records that are made by them. */
#include "models/tables/row_words.h"

TABLE(entity_types)
SERVED
SERVED_ID
COLUMN(id, INTEGER, NOT_NULL)
COLUMN(tenant_id, INTEGER, NULLABLE)
COLUMN(name, CHARS(50), NOT_NULL)
COLUMN(items_path, TEXT, NOT_NULL)
COLUMN(key_path, TEXT, NOT_NULL)
COLUMN(updated_path, TEXT, NULLABLE)
COLUMN(target, CHARS(50), NOT_NULL)
COLUMN(columns, JSONB, NOT_NULL)
COLUMN(active, BOOLEAN, NOT_NULL)
COLUMN(created_at, STAMP, NULLABLE)
COLUMN(last_updated_at, STAMP, NULLABLE)
DEFAULT(id, "nextval")
DEFAULT(target, "'records'::character varying")
DEFAULT(columns, "'[]'::jsonb")
DEFAULT(active, "true")
DEFAULT(created_at, "now()")
DEFAULT(last_updated_at, "now()")
KEY("PRIMARY KEY (id)")
KEY("FOREIGN KEY (tenant_id) REFERENCES tenants(id)")
KEY("UNIQUE (tenant_id, name)")
INDEX("UNIQUE btree (name) WHERE (tenant_id IS NULL)")
ISOLATED(tenant_id)
POLICY("shared_types FOR SELECT TO public USING (tenant_id IS NULL)")

TABLE(records)
REPORTED
OWNED(BIGINT)
OF_INTEGRATION
COLUMN(entity_type, CHARS(50), NOT_NULL)
COLUMN(external_id, VARCHAR, NOT_NULL)
COLUMN(updated, STAMP, NULLABLE)
COLUMN(fields, JSONB, NOT_NULL)
COLUMN(column_ages, JSONB, NULLABLE)
COLUMN(raw_data_id, BIGINT, NULLABLE)
KEY("UNIQUE (external_id, tenant_id, integration_id, entity_type)")
INDEX("btree (tenant_id, entity_type, id)")
INDEX("btree (tenant_id, entity_type, updated)")
INDEX("btree (tenant_id, updated)")

#include "models/tables/row_words_end.h"
