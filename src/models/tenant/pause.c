/* SPDX-License-Identifier: MIT */
#include "models/tenant/pause.h"

#include "models/tables/raw_batch_order.h"

enum err
pause_tenant(struct db *db, int64_t tenant_id, struct span by,
    struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "pause_tenant",
		.changes = true,
		.sql =
		    "WITH made AS (INSERT INTO tenant_pauses AS p (tenant_id,"
		    " paused_by) SELECT id, left($2, 255) FROM tenants"
		    " WHERE id = $1 ON CONFLICT (tenant_id) DO UPDATE"
		    " SET paused_at = now(), paused_by = excluded.paused_by,"
		    " resumed_at = NULL, cut_at = NULL"
		    " WHERE p.resumed_at IS NOT NULL)"
		    " SELECT id FROM tenants WHERE id = $1",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_text(&params, by);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc == E_OK && db_rows_count(rows) == 0)
		return diag_set(diag, E_NO_ROW,
		    "there is no tenant %lld: pulse-etl tenant list",
		    (long long)tenant_id);
	return rc;
}

enum err
pause_tenant_end(struct db *db, int64_t tenant_id, struct arena *arena,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "pause_tenant_end",
		.changes = true,
		.sql =
		    "UPDATE tenant_pauses SET resumed_at = now(),"
		    " cut_at = NULL WHERE tenant_id = $1"
		    " AND resumed_at IS NULL",
	};
	struct db_params params = { 0 };

	db_add_int(&params, tenant_id);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

enum err
pause_of_tenant(struct db *db, int64_t tenant_id, struct arena *arena,
    bool *ret_paused, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "pause_of_tenant",
		.sql = "SELECT " PAUSE_OF("$1"),
	};
	struct db_params params = { 0 };

	db_add_int(&params, tenant_id);
	return db_get_bool(db, &statement, &params, arena, ret_paused, diag);
}

enum err
pause_queue(struct db *db, struct span queue, struct span by,
    struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "pause_queue",
		.changes = true,
		.sql =
		    "INSERT INTO queue_pauses (queue, paused_by)"
		    " VALUES ($1, left($2, 255)) ON CONFLICT DO NOTHING",
	};
	struct db_params params = { 0 };

	db_add_text(&params, queue);
	db_add_text(&params, by);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

enum err
pause_queue_end(struct db *db, struct span queue, struct arena *arena,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "pause_queue_end",
		.changes = true,
		.sql = "DELETE FROM queue_pauses WHERE queue = $1",
	};
	struct db_params params = { 0 };

	db_add_text(&params, queue);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

enum err
pause_list(struct db *db, struct arena *arena, struct db_rows **ret_rows,
    struct diag *diag)
{
#define AT "to_char(paused_at, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
	static const struct db_statement statement = {
		.name = "pause_list",
		.sql = "SELECT queue, NULL::integer AS tenant_id, " AT
		       ", paused_by FROM queue_pauses UNION ALL"
		       " SELECT NULL, tenant_id, " AT
		       ", paused_by FROM tenant_pauses"
		       " WHERE resumed_at IS NULL ORDER BY 2 NULLS FIRST, 1",
	};
#undef AT
	struct db_params params = { 0 };

	return db_run(db, &statement, &params, arena, ret_rows, diag);
}

/*
 * The relay's own clock says when it first saw a resume: a worker that has seen
 * the pause began before. A statement of such a worker may yet be under way, so
 * the row stays for some seconds, and is swept until then.
 */
enum err
pause_sweep(struct db *db, int64_t limit, struct pause_place *place,
    struct arena *arena, int64_t *ret_count, struct diag *diag)
{
	static const struct db_statement cut = {
		.name = "pause_cut",
		.changes = true,
		.sql =
		    "UPDATE tenant_pauses SET cut_at = clock_timestamp()"
		    " WHERE resumed_at IS NOT NULL AND cut_at IS NULL",
	};
	/*
	 * Nobody's lock is passed over: the row would be left behind. The order
	 * is that of one index, and what was swept is not looked at again: each
	 * step reads what it changes, however many batches there are.
	 */
	static const struct db_statement sweep = {
		.name = "pause_sweep",
		.changes = true,
		.sql =
		    "WITH ending AS MATERIALIZED (SELECT tenant_id, cut_at"
		    " FROM tenant_pauses WHERE cut_at IS NOT NULL"
		    " ORDER BY tenant_id), found AS MATERIALIZED (SELECT"
		    " s.tenant_id, s.id FROM ending AS e CROSS JOIN LATERAL"
		    " (SELECT r.tenant_id, r.id FROM raw_extraction_data AS r"
		    " WHERE " RAW_BATCH_OF_STATUS_AND_TENANT("pending",
			"e.tenant_id",
			"CASE WHEN e.tenant_id = $2 THEN $3 ELSE 0 END")
		    " AND r.queued_at <= e.cut_at"
		    " ORDER BY processing_status, tenant_id, id"
		    " LIMIT $1 FOR NO KEY UPDATE OF r) AS s"
		    " WHERE e.tenant_id >= $2 LIMIT $1),"
		    " again AS (UPDATE raw_extraction_data SET queued_at = NULL"
		    " WHERE id = ANY (ARRAY(SELECT id FROM found)) RETURNING 1),"
		    " ended AS (DELETE FROM tenant_pauses AS p USING ending AS e"
		    " WHERE p.tenant_id = e.tenant_id AND p.cut_at = e.cut_at"
		    " AND e.cut_at < clock_timestamp() - interval '5 seconds'"
		    " AND $2 = 0 AND NOT EXISTS (SELECT FROM found))"
		    " SELECT (SELECT count(*) FROM again), COALESCE(max(tenant_id),"
		    " 0), COALESCE((SELECT max(f.id) FROM found AS f"
		    " WHERE f.tenant_id = max(found.tenant_id)), 0) FROM found",
	};
	struct db_params params = { 0 };
	struct db_params none = { 0 };
	struct db_rows *rows;
	enum err rc;

	rc = db_change(db, &cut, &none, arena, NULL, diag);
	if (rc != E_OK)
		return rc;
	db_add_int(&params, limit);
	db_add_int(&params, place->tenant_id);
	db_add_int(&params, place->id);
	rc = db_get_row(db, &sweep, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	*ret_count = db_int(rows, 0, 0);
	*place = (struct pause_place){ 0 };
	if (*ret_count == limit)
		*place = (struct pause_place){ db_int(rows, 0, 1),
			db_int(rows, 0, 2) };
	return E_OK;
}
