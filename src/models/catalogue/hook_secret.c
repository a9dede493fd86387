/* SPDX-License-Identifier: MIT */
#include "models/catalogue/hook_secret.h"

#include <inttypes.h>

#include "models/tenant/tenant.h"

struct span
hook_secret_context(int64_t tenant_id, int64_t integration_id,
    struct arena *arena)
{
	return str_span(arena_printf(arena,
	    "integration_hook_secrets:%" PRId64 ":%" PRId64, tenant_id,
	    integration_id));
}

enum err
hook_secret_insert(struct db *db, int64_t tenant_id, int64_t integration_id,
    struct span sealed, struct arena *arena, int64_t *ret_id, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "hook_secret_insert",
		.changes = true,
		.sql =
		    "INSERT INTO integration_hook_secrets"
		    " (tenant_id, integration_id, secret) SELECT $1, $2, $3"
		    " WHERE (SELECT count(*) FROM integration_hook_secrets"
		    " WHERE tenant_id = $1 AND integration_id = $2 AND active)"
		    " < $4 RETURNING id",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_int(&params, integration_id);
	db_add_text(&params, sealed);
	db_add_int(&params, HOOK_SECRETS_MAX);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc == E_OK && db_rows_count(rows) == 0)
		return diag_set(diag, E_CONFLICT,
		    "the integration has %d secrets already: remove the one"
		    " that its source uses no more",
		    HOOK_SECRETS_MAX);
	if (rc == E_OK)
		*ret_id = db_int(rows, 0, 0);
	return rc;
}

enum err
hook_secret_list(struct db *db, int64_t tenant_id, int64_t integration_id,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "hook_secret_list",
		.sql =
		    "SELECT id, to_char(created_at,"
		    " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
		    " FROM integration_hook_secrets"
		    " WHERE tenant_id = $1 AND integration_id = $2 AND active"
		    " ORDER BY id",
	};
	struct db_params params = { 0 };

	db_add_int(&params, tenant_id);
	db_add_int(&params, integration_id);
	return db_run(db, &statement, &params, arena, ret_rows, diag);
}

enum err
hook_secret_remove(struct db *db, int64_t tenant_id, int64_t integration_id,
    int64_t id, struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "hook_secret_remove",
		.changes = true,
		.sql =
		    "DELETE FROM integration_hook_secrets WHERE tenant_id = $1"
		    " AND integration_id = $2 AND id = $3",
	};
	struct db_params params = { 0 };
	int64_t count;
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_int(&params, integration_id);
	db_add_int(&params, id);
	rc = db_change(db, &statement, &params, arena, &count, diag);
	if (rc == E_OK && count == 0)
		return diag_set(diag, E_NO_ROW,
		    "the integration has no secret %" PRId64
		    ": pulse-etl hook-secret list names those it has",
		    id);
	return rc;
}

enum err
hook_secret_find(struct db *db, int64_t integration_id, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "hook_secret_find",
		.sql = "SELECT i.tenant_id, " TENANT_HAS_QUOTA_SQL
		       ", h.secret FROM integrations AS i"
		       " JOIN tenants AS t ON t.id = i.tenant_id AND t.active"
		       " LEFT JOIN integration_hook_secrets AS h"
		       " ON h.tenant_id = i.tenant_id"
		       " AND h.integration_id = i.id AND h.active"
		       " WHERE i.id = $1::bigint AND i.active ORDER BY h.id",
	};
	struct db_params params = { 0 };

	db_add_int(&params, integration_id);
	return db_run(db, &statement, &params, arena, ret_rows, diag);
}

enum err
hook_secret_all(struct db *db, struct arena *arena, struct db_rows **ret_rows,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "hook_secret_all",
		.sql =
		    "SELECT id, tenant_id, secret, integration_id"
		    " FROM integration_hook_secrets ORDER BY id"
		    " FOR NO KEY UPDATE",
	};

	return db_run(db, &statement, NULL, arena, ret_rows, diag);
}

enum err
hook_secret_set(struct db *db, int64_t tenant_id, int64_t id,
    struct span sealed, struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "hook_secret_set",
		.changes = true,
		.sql =
		    "UPDATE integration_hook_secrets SET secret = $3,"
		    " last_updated_at = now() WHERE tenant_id = $1 AND id = $2",
	};
	struct db_params params = { 0 };

	db_add_int(&params, tenant_id);
	db_add_int(&params, id);
	db_add_text(&params, sealed);
	return db_change(db, &statement, &params, arena, NULL, diag);
}
