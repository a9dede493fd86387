/* SPDX-License-Identifier: MIT */
#include "models/catalogue/wit.h"

static const struct column wit_columns[] = {
#define SHOWN COLUMN_ROW
#include "models/catalogue/wit_shown_rows.h"
#undef SHOWN
};
const struct catalogue wit_catalogue = {
	.table = "wits",
	.noun = "work item type",
	.joins = "",
	.listed = "t.active",
	.integration = "t.integration_id",
	.sort = "left(t.original_name, 200)",
	.sort_is_text = true,
	.writes = "",
	.columns = wit_columns,
	.count = COUNT(wit_columns),
};

static const struct column mapping_columns[] = {
#define SHOWN COLUMN_ROW
#include "models/catalogue/wit_mapping_shown_rows.h"
#undef SHOWN
};
const struct catalogue wit_mapping_catalogue = {
	.table = "wits_mappings",
	.noun = "work item type mapping",
	.joins =
	    " JOIN wits_hierarchies AS h ON h.tenant_id = t.tenant_id"
	    " AND h.id = t.wits_hierarchy_id" CATALOGUE_INTEGRATION,
	.listed = "t.active AND h.active",
	.integration = "t.integration_id",
	.sort = "left(t.wit_from, 200)",
	.sort_is_text = true,
	.writes = "wit_from wit_to integration_id active",
	.absent = "There is no such integration",
	.referrers = "wits",
	.link = "wits_mapping_id",
	.maps = "wit_from",
	.best = "etl_wit_mapping",
	.columns = mapping_columns,
	.count = COUNT(mapping_columns),
};

static const struct column hierarchy_columns[] = {
#define SHOWN COLUMN_ROW
#include "models/catalogue/wit_hierarchy_shown_rows.h"
#undef SHOWN
};
const struct catalogue wit_hierarchy_catalogue = {
	.table = "wits_hierarchies",
	.noun = "hierarchy",
	.joins = CATALOGUE_INTEGRATION,
	.integration = "t.integration_id",
	.sort = "-t.level_number::bigint",
	.writes = "level_name level_number description? integration_id active",
	.absent = "There is no such integration",
	.referrers = "wits_mappings",
	.link = "wits_hierarchy_id",
	.moved = ", wit_to = t.level_name, last_updated_at = now()",
	.mappings = &wit_mapping_catalogue,
	.target = "target_hierarchy_id must name another active hierarchy",
	.columns = hierarchy_columns,
	.count = COUNT(hierarchy_columns),
};

const struct db_statement wit_hierarchy_dependencies = {
	.name = "wit_hierarchy_dependencies",
	.sql =
	    "WITH d AS (SELECT m.id, m.wit_from, m.wit_to,"
	    " count(w.id) AS affected_wits_count FROM wits_mappings AS m"
	    " LEFT JOIN wits AS w ON w.tenant_id = m.tenant_id"
	    " AND w.wits_mapping_id = m.id AND w.active WHERE m.tenant_id = $1"
	    " AND m.wits_hierarchy_id = $2 AND m.active GROUP BY m.id)"
	    " SELECT json_build_object('hierarchy', json_build_object("
	    "'id', t.id, 'level_name', t.level_name,"
	    " 'level_number', t.level_number),"
	    " 'has_dependencies', EXISTS (SELECT FROM d),"
	    " 'dependency_count', (SELECT count(*) FROM d),"
	    " 'affected_wits_count',"
	    " (SELECT COALESCE(sum(affected_wits_count), 0) FROM d),"
	    " 'dependent_mappings', (SELECT COALESCE(json_agg(d"
	    " ORDER BY d.wit_from, d.id), '[]') FROM d),"
	    " 'reassignment_targets', (SELECT COALESCE(json_agg(r"
	    " ORDER BY r.level_number DESC, r.id), '[]')"
	    " FROM (SELECT id, level_name, level_number, description"
	    " FROM wits_hierarchies WHERE tenant_id = $1 AND id <> $2"
	    " AND active) AS r)) FROM wits_hierarchies AS t"
	    " WHERE t.tenant_id = $1 AND t.id = $2",
};

enum err
wit_hierarchy_of_level(struct db *db, int64_t tenant_id, int64_t level,
    int64_t integration_id, int64_t mapping_id, struct arena *arena,
    int64_t *ret_id, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "wit_hierarchy_of_level",
		.sql =
		    "SELECT id FROM wits_hierarchies WHERE tenant_id = $1"
		    " AND level_number = $2 AND active"
		    " ORDER BY id IS DISTINCT FROM (SELECT wits_hierarchy_id"
		    " FROM wits_mappings WHERE tenant_id = $1 AND id = $4),"
		    " integration_id <> $3, id LIMIT 1 FOR SHARE",
	};
	struct db_params params = { 0 };
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_int(&params, level);
	db_add_int(&params, integration_id);
	db_add_int(&params, mapping_id);
	rc = db_get_int(db, &statement, &params, arena, ret_id, diag);
	if (rc == E_NO_ROW)
		return diag_tell(diag, E_SYNTAX,
		    "There is no active hierarchy"
		    " of level %lld",
		    (long long)level);
	return rc;
}

enum err
wit_mapping_keep_hierarchy(struct db *db, int64_t tenant_id, int64_t mapping_id,
    struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "wit_mapping_keep_hierarchy",
		.sql =
		    "SELECT FROM wits_hierarchies WHERE tenant_id = $1"
		    " AND id = (SELECT wits_hierarchy_id FROM wits_mappings"
		    " WHERE tenant_id = $1 AND id = $2) AND active FOR SHARE",
	};
	struct db_rows *rows;
	enum err rc;

	rc = catalogue_run(db, &statement, tenant_id, mapping_id, 0, arena,
	    &rows, diag);
	if (rc == E_OK && db_rows_count(rows) == 0)
		return diag_tell(diag, E_SYNTAX,
		    "The mapping's hierarchy is"
		    " not active: name the level of one that is");
	return rc;
}

enum err
wit_hierarchy_dependents(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct wit_dependents *ret_count, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "wit_hierarchy_dependents",
		.sql =
		    "SELECT count(*) FILTER (WHERE active),"
		    " count(*) FILTER (WHERE NOT active) FROM wits_mappings"
		    " WHERE tenant_id = $1 AND wits_hierarchy_id = $2",
	};
	struct db_rows *rows;
	enum err rc;

	rc = catalogue_run(db, &statement, tenant_id, id, 0, arena, &rows,
	    diag);
	if (rc == E_OK) {
		ret_count->active = db_int(rows, 0, 0);
		ret_count->inactive = db_int(rows, 0, 1);
	}
	return rc;
}
