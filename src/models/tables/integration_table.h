/* SPDX-License-Identifier: MIT */
/* Sources of data, and what serves language models. */
#include "models/tables/row_words.h"

TABLE(integrations)
REPORTED
OWNED(INTEGER)
COLUMN(provider, CHARS(50), NOT_NULL)
COLUMN(type, CHARS(50), NOT_NULL)
COLUMN(base_url, TEXT, NULLABLE)
COLUMN(username, VARCHAR, NULLABLE)
COLUMN(settings, JSONB, NOT_NULL)
COLUMN(logo_filename, CHARS(255), NULLABLE)
COLUMN(password, VARCHAR, NULLABLE)
COLUMN(base_search, VARCHAR, NULLABLE)
COLUMN(ai_model, CHARS(100), NULLABLE)
COLUMN(ai_model_config, JSONB, NULLABLE)
COLUMN(cost_config, JSONB, NULLABLE)
COLUMN(fallback_integration_id, INTEGER, NULLABLE)
COLUMN(product, CHARS(50), NOT_NULL)
COLUMN(refused_at, STAMP, NULLABLE)
DEFAULT(ai_model_config, "'{}'::jsonb")
DEFAULT(cost_config, "'{}'::jsonb")
DEFAULT(settings, "'{}'::jsonb")
KEY("UNIQUE (tenant_id, id)")
KEY("FOREIGN KEY (tenant_id, fallback_integration_id)"
    " REFERENCES integrations(tenant_id, id)")
CHECK("CHECK (((product)::text ~ '^[a-z0-9][a-z0-9_-]*$'::text))")
INDEX("btree (tenant_id)")
INDEX("btree (provider)")
INDEX("btree (type)")
TRIGGER("product_of_name BEFORE INSERT ON integrations FOR EACH ROW"
    " WHEN (new.product IS NULL) EXECUTE FUNCTION etl_product_of_name()")

#include "models/tables/row_words_end.h"
