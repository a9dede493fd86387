/* Repositories of GitHub. */
#include "models/begin_table.h"

TABLE(repositories)
LOADED
OF_INTEGRATION
ONCE(COLUMN(external_id, VARCHAR, NULLABLE))
GIVEN(COLUMN(name, VARCHAR, NULLABLE))
GIVEN(COLUMN(full_name, VARCHAR, NULLABLE))
GIVEN(COLUMN(description, TEXT, NULLABLE))
GIVEN(COLUMN(url, VARCHAR, NULLABLE))
GIVEN(COLUMN(is_private, BOOLEAN, NULLABLE))
GIVEN(COLUMN(repo_created_at, STAMP, NULLABLE))
GIVEN(COLUMN(repo_updated_at, STAMP, NULLABLE))
GIVEN(COLUMN(pushed_at, STAMP, NULLABLE))
GIVEN(COLUMN(language, VARCHAR, NULLABLE))
GIVEN(COLUMN(default_branch, VARCHAR, NULLABLE))
GIVEN(COLUMN(archived, BOOLEAN, NULLABLE))
KEY("UNIQUE (tenant_id, id)")
KEY("UNIQUE (tenant_id, integration_id, external_id)")
INDEX("btree (tenant_id)")
INDEX("btree (external_id)")
INDEX("btree (full_name)")

#include "models/end_table.h"
