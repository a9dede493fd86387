/* SPDX-License-Identifier: MIT */
#include "models/extract/extract_due.h"

#include "models/tenant/pause.h"

enum err
extract_due_schedules(struct db *db, int64_t limit, struct arena *arena,
    int64_t *ret_count, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_due_schedules",
		.changes = true,
		.sql =
		    "WITH due AS MATERIALIZED (SELECT j.id, j.tenant_id,"
		    " j.integration_id, j.job_type, j.job_params"
		    " FROM etl_jobs AS j JOIN integrations AS i"
		    " ON i.tenant_id = j.tenant_id AND i.id = j.integration_id"
		    " JOIN tenants AS t ON t.id = j.tenant_id"
		    " WHERE j.active AND j.next_at <= now() AND i.active"
		    " AND t.active AND j.job_type IS NOT NULL"
		    " AND NOT " PAUSE_OF("j.tenant_id")
		    " ORDER BY j.id LIMIT $1 FOR NO KEY UPDATE OF j"
		    " SKIP LOCKED),"
		    " made AS (INSERT INTO extract_runs (tenant_id,"
		    " integration_id, job_id, job_type, job_params, is_full)"
		    " SELECT tenant_id, integration_id, id, job_type,"
		    " job_params - 'from' - 'to',"
		    " COALESCE(job_params->>'full' = 'true', false) FROM due"
		    " ON CONFLICT (tenant_id, integration_id, job_type)"
		    " WHERE active DO NOTHING RETURNING job_id)"
		    " UPDATE etl_jobs AS j SET next_at = now()"
		    " + j.interval_seconds * interval '1 second'"
		    " + j.jitter_seconds * random() * interval '1 second',"
		    " last_run_started_at = CASE WHEN EXISTS (SELECT FROM made"
		    " WHERE made.job_id = j.id) THEN now()"
		    " ELSE j.last_run_started_at END"
		    " FROM due WHERE j.id = due.id"
		    " AND j.tenant_id = due.tenant_id",
	};
	struct db_params params = { 0 };

	db_add_int(&params, limit);
	return db_change(db, &statement, &params, arena, ret_count, diag);
}

enum err
extract_due_lock(struct db *db, int64_t min_age, int64_t limit,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_due_lock",
		.changes = true,
		.sql =
		    "SELECT r.id, r.tenant_id, r.integration_id, r.job_type,"
		    " r.job_params::text, COALESCE(q.runs, 0)"
		    " FROM extract_runs AS r LEFT JOIN (SELECT tenant_id,"
		    " count(*) AS runs FROM extract_runs WHERE active"
		    " AND queued_at IS NOT NULL GROUP BY tenant_id) AS q"
		    " ON q.tenant_id = r.tenant_id"
		    " WHERE r.active AND r.queued_at IS NULL"
		    " AND NOT " PAUSE_OF("r.tenant_id")
		    " AND (r.resume_at IS NULL OR r.resume_at <= now())"
		    " AND r.created_at <= now() - $1 * interval '1 second'"
		    " ORDER BY r.id LIMIT $2"
		    " FOR NO KEY UPDATE OF r SKIP LOCKED",
	};
	struct db_params params = { 0 };

	db_add_int(&params, min_age);
	db_add_int(&params, limit);
	return db_run(db, &statement, &params, arena, ret_rows, diag);
}

enum err
extract_due_again(struct db *db, int64_t age, struct arena *arena,
    int64_t *ret_count, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_due_again",
		.changes = true,
		.sql =
		    "UPDATE extract_runs SET queued_at = NULL"
		    " WHERE active AND state <> 'waiting'"
		    " AND GREATEST(queued_at, last_updated_at)"
		    " < now() - $1 * interval '1 second'",
	};
	struct db_params params = { 0 };

	db_add_int(&params, age);
	return db_change(db, &statement, &params, arena, ret_count, diag);
}
