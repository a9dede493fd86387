/* SPDX-License-Identifier: MIT */
#include "models/extract/extract_job.h"

static const struct column job_columns[] = {
#define SHOWN COLUMN_ROW
#include "models/extract/job_shown_rows.h"
#undef SHOWN
};
const struct catalogue job_catalogue = {
	.table = "etl_jobs",
	.noun = "job",
	.joins = CATALOGUE_INTEGRATION,
	.listed = "t.job_type IS NOT NULL",
	.integration = "t.integration_id",
	.sort = "left(t.job_name, 200)",
	.sort_is_text = true,
	.writes =
	    "job_name job_type job_params interval_seconds? jitter_seconds"
	    " integration_id active",
	.absent = "There is no such integration",
	.columns = job_columns,
	.count = COUNT(job_columns),
};

static const struct column run_columns[] = {
#define SHOWN COLUMN_ROW
#include "models/extract/run_shown_rows.h"
#undef SHOWN
};
const struct catalogue run_catalogue = {
	.table = "extract_runs",
	.noun = "run",
	.joins = CATALOGUE_INTEGRATION,
	.integration = "t.integration_id",
	.sort = "-t.id", /* newest first */
	.writes = "",
	.absent = "There is no such integration",
	.columns = run_columns,
	.count = COUNT(run_columns),
};

enum err
extract_job_schedule(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_job_schedule",
		.changes = true,
		.sql =
		    "UPDATE etl_jobs SET next_at = CASE"
		    " WHEN interval_seconds IS NOT NULL"
		    " THEN LEAST(COALESCE(next_at, now()),"
		    " now() + interval_seconds * interval '1 second') END"
		    " WHERE tenant_id = $1 AND id = $2",
	};
	struct db_params params = { 0 };

	db_add_int(&params, tenant_id);
	db_add_int(&params, id);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

enum err
extract_job_request(struct db *db, int64_t tenant_id, int64_t id,
    struct span from, struct span to, bool full, struct arena *arena,
    struct extract_request *ret_request, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_job_request",
		.sql =
		    "SELECT integration_id, job_type, ' ' || (job_params ||"
		    " CASE WHEN $3::text IS NULL THEN '{}'"
		    " ELSE jsonb_build_object('from', $3::text) END ||"
		    " CASE WHEN $4::text IS NULL THEN '{}'"
		    " ELSE jsonb_build_object('to', $4::text) END ||"
		    " CASE WHEN $5::boolean THEN '{\"full\": true}'::jsonb"
		    " ELSE '{}' END)::text FROM etl_jobs"
		    " WHERE tenant_id = $1 AND id = $2"
		    " AND job_type IS NOT NULL AND integration_id IS NOT NULL",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	struct span text;
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_int(&params, id);
	db_add_text(&params, from);
	db_add_text(&params, to);
	db_add_bool(&params, full);
	rc = db_get_row(db, &statement, &params, arena, &rows, diag);
	if (rc == E_NO_ROW)
		return catalogue_tell_absent(&job_catalogue, diag);
	if (rc != E_OK)
		return rc;
	text = arena_span(arena, db_text(rows, 0, 2));
	*ret_request = (struct extract_request){
		.tenant_id = tenant_id,
		.integration_id = db_int(rows, 0, 0),
		.job_id = id,
		.job_type = db_text(rows, 0, 1),
		/* Behind its blank, which is free to use: db_add_jsonb(). */
		.job_params = { text.at + 1, text.len - 1 },
	};
	return arena_done(arena, diag);
}
