/* SPDX-License-Identifier: MIT */
/* Which row of which table has which point in Qdrant. */
#include "models/tables/row_words.h"

TABLE(qdrant_vectors)
COLUMN(id, INTEGER, NOT_NULL)
COLUMN(tenant_id, INTEGER, NOT_NULL)
COLUMN(table_name, CHARS(50), NOT_NULL)
COLUMN(record_id, BIGINT, NOT_NULL)
COLUMN(qdrant_collection, CHARS(100), NOT_NULL)
COLUMN(qdrant_point_id, UUID, NOT_NULL)
COLUMN(vector_type, CHARS(50), NOT_NULL)
COLUMN(embedding_model, CHARS(100), NOT_NULL)
COLUMN(embedding_provider, CHARS(50), NOT_NULL)
COLUMN(last_updated_at, STAMP_ZONED, NULLABLE)
DEFAULT(id, "nextval")
DEFAULT(last_updated_at, "now()")
SERVED
SERVED_ID
ISOLATED(tenant_id)
KEY("PRIMARY KEY (id)")
KEY("UNIQUE (tenant_id, table_name, record_id, vector_type)")
KEY("FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE")
INDEX("btree (tenant_id)")
INDEX("btree (table_name, record_id)")
INDEX("btree (qdrant_collection)")
INDEX("btree (qdrant_point_id)")
INDEX("btree (embedding_provider)")

#include "models/tables/row_words_end.h"
