/* SPDX-License-Identifier: MIT */
#include "models/transform_job.h"

#include "base/clock.h"
#include "base/daemon.h"

/* How often a statement may find that it has to run again. */
#define ROUNDS_MAX 200

/*
 * For this transaction. The planner cannot know how many items a batch has and
 * would compile code for what takes milliseconds; nor does it matter, so a
 * statement is planned once a session. Whatever it believes of a
 * table that grows while it is loaded, rows are found by an index; and a batch
 * of 10,000 should be sorted in memory.
 */
static enum err
prepare_session(struct db *db, struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "transform_job_session",
		.sql =
		    "SELECT set_config('jit', 'off', true),"
		    " set_config('enable_seqscan', 'off', true),"
		    " set_config('plan_cache_mode', 'force_generic_plan',"
		    " true),"
		    " set_config('work_mem', '64MB', true)",
	};

	return db_change(db, &statement, NULL, arena, NULL, diag);
}

/*
 * What a mapping makes of the batch is read as if the source were the service's
 * own; once in a transaction.
 */
static enum err
keep_mapped(struct db *db, const struct db_params *params, struct arena *arena,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "transform_job_mapped",
		.sql = "SELECT etl_mapped_keep_answer($1, $2, $3)",
	};

	return db_change(db, &statement, params, arena, NULL, diag);
}

enum err
transform_job_deadline(struct db *db, int64_t deadline, struct arena *arena,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "transform_job_deadline",
		.sql =
		    "SELECT set_config('statement_timeout',"
		    " $1::bigint::text, true) <> ''",
	};
	struct db_params params = { 0 };
	int64_t left = clock_left(deadline);

	if (left == 0)
		return diag_set(diag, E_DB_BUSY, "the deadline is over");
	db_add_int(&params, left);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

/*
 * Run a statement; one that repeats, until it gives no row any more. Each round
 * sees what others have committed meanwhile.
 */
static enum err
run_step(struct db *db, const struct db_statement *step,
    const struct db_params *params, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	enum err rc = E_OK;

	for (int round = 0; round < ROUNDS_MAX; round++) {
		daemon_feed_watchdog();
		rc = db_run(db, step, params, arena, ret_rows, diag);
		if (rc != E_OK || !step->repeats ||
		    db_rows_count(*ret_rows) == 0)
			return rc;
	}
	return diag_tell(diag, E_DB_BUSY,
	    "Other jobs keep writing the same rows");
}

enum err
transform_job_run(struct db *db, const struct db_statement *steps,
    const struct transform_job *job, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	struct db_params params = { 0 };
	struct db_rows *first = NULL, *rows;
	enum err rc;

	db_add_int(&params, job->tenant_id);
	db_add_int(&params, job->integration_id);
	db_add_int(&params, job->raw_data_id);
	rc = prepare_session(db, arena, diag);
	if (rc == E_OK && job->deadline != 0)
		rc = transform_job_deadline(db, job->deadline, arena, diag);
	if (rc == E_OK && job->type != NULL && job->type->is_mapped)
		rc = keep_mapped(db, &params, arena, diag);
	for (; rc == E_OK && steps->name != NULL; steps++) {
		if (job->deadline != 0)
			rc = transform_job_deadline(db, job->deadline, arena,
			    diag);
		if (rc != E_OK)
			break;
		rc = run_step(db, steps, &params, arena, &rows, diag);
		if (first == NULL)
			first = rows;
	}
	if (rc == E_OK)
		*ret_rows = first;
	return rc;
}

enum err
transform_job_digest(const struct db_statement *steps, struct digest *digest,
    struct diag *diag)
{
	enum err rc = E_OK;

	for (; rc == E_OK && steps->name != NULL; steps++)
		rc = digest_add(digest, str_span(steps->sql), diag);
	return rc;
}

enum err
transform_job_limit(struct db *db, int64_t count, struct arena *arena,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "transform_job_limit",
		.sql =
		    "SELECT set_config('app.items', $1::bigint::text, true) <> ''",
	};
	struct db_params params = { 0 };

	db_add_int(&params, count);
	return db_change(db, &statement, &params, arena, NULL, diag);
}
