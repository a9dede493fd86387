/* SPDX-License-Identifier: MIT */
#include "models/catalogue/workflow.h"

#include "models/catalogue/status.h"

static const struct column workflow_columns[] = {
#define SHOWN COLUMN_ROW
#include "models/catalogue/workflow_shown_rows.h"
#undef SHOWN
};
const struct catalogue workflow_catalogue = {
	.table = "workflows",
	.noun = "workflow",
	.joins = CATALOGUE_INTEGRATION,
	.integration = "t.integration_id",
	.sort = "COALESCE(t.step_number::bigint, 2147483648)",
	.writes =
	    "step_name step_number? step_category is_commitment_point"
	    " integration_id active",
	.absent = "There is no such integration",
	.referrers = "statuses_mappings",
	.link = "workflow_id",
	.keeps_inactive = true,
	.moved = ", last_updated_at = now()",
	.mappings = &status_mapping_catalogue,
	.target = "target_workflow_id must name another active workflow step",
	.columns = workflow_columns,
	.count = COUNT(workflow_columns),
};

const struct db_statement workflow_dependencies = {
	.name = "workflow_dependencies",
	.sql =
	    "WITH d AS (SELECT m.id, m.status_from, m.status_to,"
	    " count(s.id) AS affected_statuses_count"
	    " FROM statuses_mappings AS m"
	    " LEFT JOIN statuses AS s ON s.tenant_id = m.tenant_id"
	    " AND s.status_mapping_id = m.id AND s.active"
	    " WHERE m.tenant_id = $1 AND m.workflow_id = $2 AND m.active"
	    " GROUP BY m.id)"
	    " SELECT json_build_object('workflow', json_build_object("
	    "'id', t.id, 'step_name', t.step_name,"
	    " 'step_number', t.step_number),"
	    " 'has_dependencies', EXISTS (SELECT FROM d),"
	    " 'dependency_count', (SELECT count(*) FROM d),"
	    " 'affected_statuses_count',"
	    " (SELECT COALESCE(sum(affected_statuses_count), 0) FROM d),"
	    " 'dependent_mappings', (SELECT COALESCE(json_agg(d"
	    " ORDER BY d.status_from, d.id), '[]') FROM d),"
	    " 'reassignment_targets', (SELECT COALESCE(json_agg(r"
	    " ORDER BY r.step_number, r.id), '[]')"
	    " FROM (SELECT id, step_name, step_number, step_category"
	    " FROM workflows WHERE tenant_id = $1 AND id <> $2"
	    " AND active) AS r)) FROM workflows AS t"
	    " WHERE t.tenant_id = $1 AND t.id = $2",
};

enum err
workflow_keep(struct db *db, int64_t tenant_id, int64_t id, struct arena *arena,
    bool *ret_is_active, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "workflow_keep",
		.sql =
		    "SELECT FROM workflows WHERE tenant_id = $1 AND id = $2"
		    " AND active FOR SHARE",
	};
	struct db_rows *rows;
	enum err rc;

	rc = catalogue_run(db, &statement, tenant_id, id, 0, arena, &rows,
	    diag);
	if (rc == E_OK)
		*ret_is_active = db_rows_count(rows) > 0;
	return rc;
}

enum err
workflow_commitment(struct db *db, int64_t tenant_id, int64_t integration_id,
    int64_t except, struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "workflow_commitment",
		.sql =
		    "SELECT step_name, active FROM workflows"
		    " WHERE tenant_id = $1 AND integration_id = $2"
		    " AND id <> $3 AND is_commitment_point",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	struct span name;
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_int(&params, integration_id);
	db_add_int(&params, except);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK || db_rows_count(rows) == 0)
		return rc;
	name = db_text(rows, 0, 0);
	return diag_tell(diag, E_EXISTS,
	    "The%s workflow step %.*s is the"
	    " commitment point of this integration",
	    db_bool(rows, 0, 1) ? "" : " inactive", SPAN_ARG(name));
}
