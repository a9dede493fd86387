/* SPDX-License-Identifier: MIT */
#include "models/catalogue/integration.h"

#include <inttypes.h>

static const struct column integration_columns[] = {
#define SHOWN COLUMN_ROW
#include "models/catalogue/integration_shown_rows.h"
#undef SHOWN
};
const struct catalogue integration_catalogue = {
	.table = "integrations",
	.noun = "integration",
	.joins = "",
	/* Data sources: what serves language models is in the same table. */
	.listed =
	    "t.ai_model IS NULL"
	    " AND lower(t.type) NOT IN ('ai', 'ai_provider', 'embedding')",
	.integration = "t.id",
	.has_product = true,
	.sort = "left(t.provider, 200)",
	.sort_is_text = true,
	.writes =
	    "provider product type base_url? username? settings logo_filename?"
	    " active",
	.absent = "There is no such tenant",
	.columns = integration_columns,
	.count = COUNT(integration_columns),
};

enum err
integration_default(struct db *db, int64_t tenant_id, struct arena *arena,
    int64_t *ret_id, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "integration_default",
		.sql =
		    "SELECT COALESCE((SELECT id FROM integrations"
		    " WHERE tenant_id = $1 AND active AND product = 'jira'"
		    " ORDER BY lower(provider) = 'jira' DESC, id LIMIT 1), 0)",
	};
	struct db_params params = { 0 };

	db_add_int(&params, tenant_id);
	return db_get_int(db, &statement, &params, arena, ret_id, diag);
}

enum err
integration_has_provider(struct db *db, int64_t tenant_id, struct span provider,
    int64_t except, struct arena *arena, bool *ret_has, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "integration_has_provider",
		.sql =
		    "SELECT EXISTS (SELECT FROM integrations"
		    " WHERE tenant_id = $1 AND lower(provider) = lower($2)"
		    " AND id <> $3)",
	};
	struct db_params params = { 0 };

	db_add_int(&params, tenant_id);
	db_add_text(&params, provider);
	db_add_int(&params, except);
	return db_get_bool(db, &statement, &params, arena, ret_has, diag);
}

/* Does a table have a row of integration $2? */
#define REFERS(table) \
	" OR EXISTS (SELECT FROM " table \
	" WHERE tenant_id = $1 AND integration_id = $2)"

enum err
integration_referrers(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct integration_referrers *ret_referrers,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "integration_referrers",
		.sql =
		    "SELECT (SELECT count(*) FROM raw_extraction_data"
		    " WHERE tenant_id = $1 AND integration_id = $2),"
		    " (SELECT count(*) FROM work_items"
		    " WHERE tenant_id = $1 AND integration_id = $2),"
		    " EXISTS (SELECT FROM integrations WHERE tenant_id = $1"
		    " AND fallback_integration_id = $2)" REFERS("projects")
			REFERS("workflows") REFERS("statuses_mappings") REFERS(
			    "statuses") REFERS("wits_hierarchies")
			    REFERS("wits_mappings") REFERS("wits") REFERS(
				"changelogs") REFERS("repositories")
				REFERS("prs") REFERS("prs_reviews") REFERS(
				    "prs_commits") REFERS("prs_comments")
				    REFERS("wits_prs_links") REFERS("etl_jobs")
					REFERS("extract_runs")
					    REFERS("records"),
	};
	struct db_rows *rows;
	enum err rc;

	rc = catalogue_run(db, &statement, tenant_id, id, 0, arena, &rows,
	    diag);
	if (rc == E_OK) {
		ret_referrers->batches = db_int(rows, 0, 0);
		ret_referrers->work_items = db_int(rows, 0, 1);
		ret_referrers->others = db_bool(rows, 0, 2);
	}
	return rc;
}

struct span
integration_secret_context(int64_t tenant_id, int64_t id, struct arena *arena)
{
	return str_span(arena_printf(arena, "integrations:%" PRId64 ":%" PRId64,
	    tenant_id, id));
}

enum err
integration_secrets(struct db *db, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "integration_secrets",
		.sql =
		    "SELECT id, tenant_id, password FROM integrations"
		    " WHERE password IS NOT NULL ORDER BY id"
		    " FOR NO KEY UPDATE",
	};

	return db_run(db, &statement, NULL, arena, ret_rows, diag);
}

enum err
integration_set_secret(struct db *db, int64_t tenant_id, int64_t id,
    struct span sealed, struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "integration_set_secret",
		.changes = true,
		.sql =
		    "UPDATE integrations SET password = $3,"
		    " last_updated_at = now() WHERE tenant_id = $1 AND id = $2",
	};
	struct db_params params = { 0 };

	db_add_int(&params, tenant_id);
	db_add_int(&params, id);
	db_add_text(&params, sealed);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

enum err
integration_settings(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "integration_settings",
		.sql =
		    "SELECT length(i.settings::text), f.member, f.flaw"
		    " FROM integrations AS i LEFT JOIN LATERAL"
		    " (SELECT member, flaw"
		    " FROM etl_settings_flaws(i.tenant_id, i.settings)"
		    " UNION ALL SELECT name, NULL"
		    " FROM jsonb_object_keys(i.settings) AS k (name)) AS f"
		    " ON true"
		    " WHERE i.tenant_id = $1 AND i.id = $2 LIMIT 1000",
	};

	return catalogue_run(db, &statement, tenant_id, id, 0, arena, ret_rows,
	    diag);
}
