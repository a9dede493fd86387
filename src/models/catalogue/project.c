/* SPDX-License-Identifier: MIT */
#include "models/catalogue/project.h"

static const struct column wit_columns[] = {
#define SHOWN COLUMN_ROW
#include "models/catalogue/wit_shown_rows.h"
#undef SHOWN
};
static const struct column status_columns[] = {
#define SHOWN COLUMN_ROW
#include "models/catalogue/status_shown_rows.h"
#undef SHOWN
};

/* Within the inner SELECT t is the project still, behind it the other row. */
static const struct column_rows wits = {
	.columns = wit_columns,
	.count = COUNT(wit_columns),
	.sort = "left(t.original_name, 200)",
	.from =
	    "(SELECT w.* FROM projects_wits AS l CROSS JOIN LATERAL"
	    " (SELECT * FROM wits AS x WHERE x.tenant_id = t.tenant_id"
	    " AND x.id = l.wit_id LIMIT 1) AS w"
	    " WHERE l.project_id = t.id AND w.active) AS t",
};
static const struct column_rows statuses = {
	.columns = status_columns,
	.count = COUNT(status_columns),
	.sort = "left(t.original_name, 200)",
	.from =
	    "(SELECT s.* FROM projects_statuses AS l CROSS JOIN LATERAL"
	    " (SELECT * FROM statuses AS x WHERE x.tenant_id = t.tenant_id"
	    " AND x.id = l.status_id LIMIT 1) AS s"
	    " WHERE l.project_id = t.id AND s.active) AS t",
};

static const struct column project_columns[] = {
#define SHOWN COLUMN_ROW
#include "models/catalogue/project_shown_rows.h"
#undef SHOWN
	{ "wits", COLUMN_ROWS, NULL, &wits },
	{ "statuses", COLUMN_ROWS, NULL, &statuses },
};
const struct catalogue project_catalogue = {
	.table = "projects",
	.noun = "project",
	.joins = "",
	.integration = "t.integration_id",
	.sort = "left(t.name, 200)",
	.sort_is_text = true,
	.writes = "",
	.columns = project_columns,
	.count = COUNT(project_columns),
};
