/* SPDX-License-Identifier: MIT */
#include "models/tenant/tenant.h"

#include "base/log.h"

enum err
tenant_find(struct db *db, int64_t tenant_id, struct arena *arena,
    bool *ret_has_quota, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "tenant_find",
		.sql = "SELECT " TENANT_HAS_QUOTA_SQL
		       " FROM tenants AS t WHERE t.id = $1 AND t.active",
	};
	struct db_params params = { 0 };
	enum err rc;

	db_add_int(&params, tenant_id);
	rc = db_get_bool(db, &statement, &params, arena, ret_has_quota, diag);
	if (rc == E_NO_ROW)
		return diag_set(diag, E_UNKNOWN_CALLER,
		    "there is no active"
		    " tenant %lld",
		    (long long)tenant_id);
	return rc;
}

enum err
tenant_name(struct db *db, int64_t tenant_id, struct arena *arena,
    struct span *ret_name, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "tenant_name",
		.sql = "SELECT name FROM tenants WHERE id = $1",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, tenant_id);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	if (db_rows_count(rows) == 0)
		return diag_set(diag, E_NO_ROW,
		    "there is no tenant %lld: pulse-etl tenant list",
		    (long long)tenant_id);
	*ret_name = db_text(rows, 0, 0);
	return E_OK;
}

/* What is left of a limit, which may be NULL. */
static int64_t
left(const struct db_rows *rows, int limit, int used)
{
	int64_t rest;

	if (db_is_null(rows, 0, limit))
		return -1;
	rest = db_int(rows, 0, limit) - db_int(rows, 0, used);
	return rest < 0 ? 0 : rest;
}

enum err
tenant_usage_take(struct db *db, int64_t tenant_id, int64_t batches,
    int64_t bytes, struct arena *arena, struct tenant_quota *ret_quota,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "tenant_usage_take",
		.changes = true,
		.sql =
		    "WITH quota AS (SELECT min(setting_value::bigint)"
		    " FILTER (WHERE setting_key = 'etl_daily_batches') AS batches,"
		    " min(setting_value::bigint)"
		    " FILTER (WHERE setting_key = 'etl_daily_bytes') AS bytes"
		    " FROM system_settings WHERE tenant_id = $1 AND active"
		    " AND setting_key IN ('etl_daily_batches', 'etl_daily_bytes')"
		    " AND setting_value ~ '^[0-9]{1,18}$'), "
		    "taken AS (INSERT INTO tenant_usage AS u"
		    " (tenant_id, day, batches, bytes)"
		    " SELECT $1, current_date, $3, $2 FROM quota"
		    " WHERE COALESCE(batches >= $3, TRUE)"
		    " AND COALESCE(bytes >= $2, TRUE)"
		    " ON CONFLICT (tenant_id, day) DO UPDATE SET"
		    " batches = u.batches + excluded.batches,"
		    " bytes = u.bytes + excluded.bytes"
		    " WHERE COALESCE(u.batches + excluded.batches"
		    " <= (SELECT batches FROM quota), TRUE)"
		    " AND COALESCE(u.bytes + excluded.bytes"
		    " <= (SELECT bytes FROM quota), TRUE) RETURNING day) "
		    "SELECT EXISTS (SELECT FROM taken), quota.batches,"
		    " quota.bytes, COALESCE(u.batches, 0), COALESCE(u.bytes, 0),"
		    " ceil(extract(epoch FROM current_date + 1 - now()))::bigint"
		    " FROM quota LEFT JOIN tenant_usage AS u"
		    " ON u.tenant_id = $1 AND u.day = current_date",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_int(&params, bytes);
	db_add_int(&params, batches);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	if (db_bool(rows, 0, 0))
		return E_OK;
	ret_quota->batches_left = left(rows, 1, 3);
	ret_quota->bytes_left = left(rows, 2, 4);
	ret_quota->renewed_in = db_int(rows, 0, 5);
	return diag_set(diag, E_QUOTA, "the tenant's daily quota is used up");
}

void
tenant_usage_give_back(struct db *db, int64_t tenant_id, int64_t batches,
    int64_t bytes, struct arena *arena)
{
	static const struct db_statement statement = {
		.name = "tenant_usage_give_back",
		.changes = true,
		.sql =
		    "UPDATE tenant_usage SET"
		    " batches = GREATEST(batches - $3, 0),"
		    " bytes = GREATEST(bytes - $2, 0)"
		    " WHERE tenant_id = $1 AND day = current_date",
	};
	struct db_params params = { 0 };
	struct diag diag;

	diag_clear(&diag);
	db_add_int(&params, tenant_id);
	db_add_int(&params, bytes);
	db_add_int(&params, batches);
	if (db_change(db, &statement, &params, arena, NULL, &diag) != E_OK)
		log_debug("quota_not_given_back", LOG_TEXT("text", diag.text));
}

enum err
tenant_usage_purge(struct db *db, struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "tenant_usage_purge",
		.changes = true,
		.sql =
		    "DELETE FROM tenant_usage"
		    " WHERE day < current_date - 30",
	};

	return db_change(db, &statement, NULL, arena, NULL, diag);
}
