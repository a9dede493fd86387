/* SPDX-License-Identifier: MIT */
/* Projects, and which types and statuses they use. */
#include "models/tables/row_words.h"

TABLE(projects)
REPORTED
OWNED(BIGINT)
OF_INTEGRATION
ONCE(COLUMN(external_id, VARCHAR, NULLABLE))
GIVEN(COLUMN(key, VARCHAR, NOT_NULL))
GIVEN(COLUMN(name, VARCHAR, NOT_NULL))
DERIVED(COLUMN(project_type, VARCHAR, NULLABLE))
COLUMN(column_ages, JSONB, NULLABLE)
KEY("UNIQUE (tenant_id, id)")
KEY("UNIQUE (tenant_id, integration_id, external_id)")
INDEX("btree (integration_id)")
INDEX("btree (tenant_id)")
INDEX("btree (key)")

TABLE(projects_wits)
COLUMN(project_id, BIGINT, NOT_NULL)
COLUMN(wit_id, BIGINT, NOT_NULL)
COLUMN(tenant_id, INTEGER, NOT_NULL)
DEFAULT(tenant_id, "(NULLIF(current_setting('app.tenant_id'::text, true),"
    " ''::text))::integer")
SERVED
ISOLATED(tenant_id)
KEY("PRIMARY KEY (project_id, wit_id)")
KEY("FOREIGN KEY (tenant_id, project_id) REFERENCES projects(tenant_id, id)")
KEY("FOREIGN KEY (tenant_id, wit_id) REFERENCES wits(tenant_id, id)")

TABLE(projects_statuses)
COLUMN(project_id, BIGINT, NOT_NULL)
COLUMN(status_id, BIGINT, NOT_NULL)
COLUMN(tenant_id, INTEGER, NOT_NULL)
DEFAULT(tenant_id, "(NULLIF(current_setting('app.tenant_id'::text, true),"
    " ''::text))::integer")
SERVED
ISOLATED(tenant_id)
KEY("PRIMARY KEY (project_id, status_id)")
KEY("FOREIGN KEY (tenant_id, project_id) REFERENCES projects(tenant_id, id)")
KEY("FOREIGN KEY (tenant_id, status_id) REFERENCES statuses(tenant_id, id)")

#include "models/tables/row_words_end.h"
