/* SPDX-License-Identifier: MIT */
/* Repositories of GitHub. */
#include "models/tables/row_words.h"

TABLE(repositories)
REPORTED
OWNED(BIGINT)
OF_INTEGRATION
GIVEN(COLUMN(external_id, VARCHAR, NULLABLE))
GIVEN(COLUMN(name, VARCHAR, NULLABLE))
GIVEN(COLUMN(full_name, VARCHAR, NULLABLE))
GIVEN(COLUMN(description, TEXT, NULLABLE))
GIVEN(COLUMN(url, VARCHAR, NULLABLE))
GIVEN(COLUMN(is_private, BOOLEAN, NULLABLE))
GIVEN(COLUMN(repo_created_at, STAMP, NULLABLE))
DERIVED(COLUMN(repo_updated_at, STAMP, NULLABLE))
GIVEN(COLUMN(pushed_at, STAMP, NULLABLE))
GIVEN(COLUMN(language, VARCHAR, NULLABLE))
GIVEN(COLUMN(default_branch, VARCHAR, NULLABLE))
GIVEN(COLUMN(archived, BOOLEAN, NULLABLE))
COLUMN(identity, VARCHAR, NULLABLE)
DEFAULT(identity, "etl_identity((external_id)::text)")
COLUMN(name_key, VARCHAR, NULLABLE)
DEFAULT(name_key, "lower((full_name)::text)")
COLUMN(host, VARCHAR, NULLABLE)
DEFAULT(host, "regexp_replace(lower(\"substring\"((url)::text,"
    " '^https?://([^/]+)/'::text)), '^api\\.github\\.com$'::text,"
    " 'github.com'::text)")
DERIVED(COLUMN(raw_data_id, BIGINT, NULLABLE))
DERIVED(COLUMN(column_ages, JSONB, NULLABLE))
KEY("UNIQUE (tenant_id, id)")
KEY("UNIQUE (identity, tenant_id, integration_id)")
INDEX("btree (tenant_id)")
INDEX("btree (external_id)")
INDEX("btree (name_key)")

#include "models/tables/row_words_end.h"
