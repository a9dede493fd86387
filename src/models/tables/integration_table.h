/* Sources of data, and what serves language models. No secret is SHOWN. */
#include "models/tables/row_words.h"

TABLE(integrations)
SHOWN(id, INTEGER, NOT_NULL)
SHOWN_AS(provider, CHARS(50), NOT_NULL, name)
SHOWN_AS(type, CHARS(50), NOT_NULL, integration_type)
SHOWN(base_url, TEXT, NULLABLE)
SHOWN(username, VARCHAR, NULLABLE)
SHOWN(settings, JSONB_OBJECT, NOT_NULL)
SHOWN(logo_filename, CHARS(255), NULLABLE)
SHOWN(active, BOOLEAN, NOT_NULL)
/*
 * The newest batch is the first row of an index backwards; with a plain = and
 * max() the planner rather walks the index on created_at, past all that came
 * since.
 */
COMPUTED(last_sync_at, STAMP, NULLABLE,
    "(SELECT " STAMP_TEXT("r.created_at") " FROM raw_extraction_data AS r"
    " WHERE r.tenant_id = t.tenant_id"
    " AND r.integration_id BETWEEN t.id AND t.id"
    " ORDER BY r.integration_id DESC, r.created_at DESC LIMIT 1)")
COLUMN(password, VARCHAR, NULLABLE)
COLUMN(base_search, VARCHAR, NULLABLE)
COLUMN(ai_model, CHARS(100), NULLABLE)
COLUMN(ai_model_config, JSONB, NULLABLE)
COLUMN(cost_config, JSONB, NULLABLE)
COLUMN(fallback_integration_id, INTEGER, NULLABLE)
DEFAULT(ai_model_config, "'{}'::jsonb")
DEFAULT(cost_config, "'{}'::jsonb")
DEFAULT(settings, "'{}'::jsonb")
OWNED
KEY("UNIQUE (tenant_id, id)")
KEY("FOREIGN KEY (tenant_id, fallback_integration_id)"
    " REFERENCES integrations(tenant_id, id)")
INDEX("btree (tenant_id)")
INDEX("btree (provider)")
INDEX("btree (type)")

#include "models/tables/row_words_end.h"
