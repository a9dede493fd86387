/* SPDX-License-Identifier: MIT */
#include "models/tenant/tenant_admin.h"

/* A quota's value in the settings of tenant t, or NULL. */
#define QUOTA_SQL(quota) \
	"(SELECT min(s.setting_value::bigint) FROM system_settings AS s" \
	" WHERE s.tenant_id = t.id AND s.active" \
	" AND s.setting_key = '" quota \
	"'" \
	" AND s.setting_value ~ '^[0-9]{1,18}$')"

enum err
tenant_insert(struct db *db, struct span name, struct arena *arena,
    int64_t *ret_id, struct diag *diag)
{
	/* A name that is there uses up no number. */
	static const struct db_statement statement = {
		.name = "tenant_insert",
		.changes = true,
		.sql =
		    "INSERT INTO tenants (name) SELECT $1::text WHERE NOT"
		    " EXISTS (SELECT FROM tenants WHERE name = $1::text)"
		    " ON CONFLICT (name) DO NOTHING RETURNING id",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_text(&params, name);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	if (db_rows_count(rows) == 0)
		return diag_set(diag, E_CONFLICT,
		    "there is a tenant %.*s"
		    " already: pulse-etl tenant list",
		    SPAN_ARG(name));
	*ret_id = db_int(rows, 0, 0);
	return E_OK;
}

enum err
tenant_list(struct db *db, int64_t id, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "tenant_list",
		.sql = "SELECT t.id, t.name, t.active,"
		    " to_char(t.created_at, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
		    " (SELECT count(*) FROM integrations AS i"
		    " WHERE i.tenant_id = t.id AND i.active),"
		    " (SELECT COALESCE(sum(c.batches), 0)::bigint"
		    " FROM raw_extraction_counts AS c"
		    " WHERE c.tenant_id = t.id), "
		    QUOTA_SQL(TENANT_QUOTA_BATCHES) ", "
		    QUOTA_SQL(TENANT_QUOTA_BYTES) ", u.batches, u.bytes"
		    " FROM tenants AS t LEFT JOIN tenant_usage AS u"
		    " ON u.tenant_id = t.id AND u.day = current_date"
		    " WHERE $1::bigint IN (0, t.id) ORDER BY t.id",
	};
	struct db_params params = { 0 };

	db_add_int(&params, id);
	return db_run(db, &statement, &params, arena, ret_rows, diag);
}

/* A statement that touches the tenant's row, if there is one. */
static enum err
change(struct db *db, const struct db_statement *statement,
    const struct db_params *params, int64_t id, struct arena *arena,
    struct diag *diag)
{
	struct db_rows *rows;
	enum err rc = db_run(db, statement, params, arena, &rows, diag);

	if (rc == E_OK && db_rows_count(rows) == 0)
		return diag_set(diag, E_NO_ROW,
		    "there is no tenant %lld:"
		    " pulse-etl tenant list",
		    (long long)id);
	return rc;
}

enum err
tenant_set_active(struct db *db, int64_t id, bool active, struct arena *arena,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "tenant_set_active",
		.changes = true,
		.sql =
		    "UPDATE tenants SET active = $2, last_updated_at = now()"
		    " WHERE id = $1 RETURNING id",
	};
	struct db_params params = { 0 };

	db_add_int(&params, id);
	db_add_bool(&params, active);
	return change(db, &statement, &params, id, arena, diag);
}

enum err
tenant_set_quota(struct db *db, int64_t id, const char *quota, int64_t most,
    struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "tenant_set_quota",
		.changes = true,
		.sql =
		    "WITH gone AS (DELETE FROM system_settings"
		    " WHERE tenant_id = $1 AND setting_key = $2 AND $3 < 0),"
		    " there AS (INSERT INTO system_settings AS s"
		    " (tenant_id, setting_key, setting_value, setting_type)"
		    " SELECT id, $2, $3::bigint::text, 'integer' FROM tenants"
		    " WHERE id = $1 AND $3 >= 0"
		    " ON CONFLICT (setting_key, tenant_id) DO UPDATE"
		    " SET setting_value = excluded.setting_value,"
		    " setting_type = excluded.setting_type, active = true,"
		    " last_updated_at = now())"
		    " SELECT id FROM tenants WHERE id = $1",
	};
	struct db_params params = { 0 };

	db_add_int(&params, id);
	db_add_text(&params, str_span(quota));
	db_add_int(&params, most);
	return change(db, &statement, &params, id, arena, diag);
}
