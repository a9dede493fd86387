/* SPDX-License-Identifier: MIT */
#include "models/catalogue/status.h"

static const struct column status_columns[] = {
#define SHOWN COLUMN_ROW
#include "models/catalogue/status_shown_rows.h"
#undef SHOWN
};
const struct catalogue status_catalogue = {
	.table = "statuses",
	.noun = "status",
	.joins = "",
	.listed = "t.active",
	.integration = "t.integration_id",
	.sort = "left(t.original_name, 200)",
	.sort_is_text = true,
	.writes = "",
	.columns = status_columns,
	.count = COUNT(status_columns),
};

static const struct column mapping_columns[] = {
#define SHOWN COLUMN_ROW
#include "models/catalogue/status_mapping_shown_rows.h"
#undef SHOWN
};
const struct catalogue status_mapping_catalogue = {
	.table = "statuses_mappings",
	.noun = "status mapping",
	.joins =
	    " LEFT JOIN workflows AS w ON w.tenant_id = t.tenant_id"
	    " AND w.id = t.workflow_id" CATALOGUE_INTEGRATION,
	.integration = "t.integration_id",
	.sort = "left(t.status_from, 200)",
	.sort_is_text = true,
	.writes =
	    "status_from status_to status_category workflow_id?"
	    " integration_id active",
	.absent = "There is no such integration",
	.referrers = "statuses",
	.link = "status_mapping_id",
	.target = "target_mapping_id must name another active mapping",
	.maps = "status_from",
	.best = "etl_status_mapping",
	.columns = mapping_columns,
	.count = COUNT(mapping_columns),
};

const struct db_statement status_mapping_dependencies = {
	.name = "status_mapping_dependencies",
	.sql =
	    "WITH d AS (SELECT id, original_name,"
	    " category AS status_category FROM statuses WHERE tenant_id = $1"
	    " AND status_mapping_id = $2 AND active)"
	    " SELECT json_build_object('status_mapping', json_build_object("
	    "'id', t.id, 'status_from', t.status_from,"
	    " 'status_to', t.status_to),"
	    " 'has_dependencies', EXISTS (SELECT FROM d),"
	    " 'dependency_count', (SELECT count(*) FROM d),"
	    " 'affected_statuses_count', (SELECT count(*) FROM d),"
	    " 'dependent_statuses', (SELECT COALESCE(json_agg(d"
	    " ORDER BY d.original_name, d.id), '[]') FROM d),"
	    " 'reassignment_targets', (SELECT COALESCE(json_agg(r"
	    " ORDER BY r.status_from, r.id), '[]')"
	    " FROM (SELECT id, status_from, status_to, status_category"
	    " FROM statuses_mappings WHERE tenant_id = $1 AND id <> $2"
	    " AND active) AS r)) FROM statuses_mappings AS t"
	    " WHERE t.tenant_id = $1 AND t.id = $2",
};
