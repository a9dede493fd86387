/* SPDX-License-Identifier: MIT */
#include "work/relay_chores.h"

#include "base/log.h"
#include "models/batch/idempotency_key.h"
#include "models/batch/raw_batch_chores.h"
#include "models/batch/raw_batch_identical.h"
#include "models/extract/extract_due.h"
#include "models/extract/extract_run.h"
#include "models/tenant/pause.h"
#include "models/tenant/tenant.h"
#include "queue/queue_lanes.h"
#include "work/publish.h"
#include "work/relay_partitions.h"

/* Rows of one statement: short locks, and the next round does the rest. */
#define LIMIT 1000
/* Statements of one round for tenants that go on. */
#define RESUME_STEPS 20

/* Batches whose taker has died become pending, to be queued again. */
static enum err
end_leases(struct db *db, const struct relay_settings *settings,
    struct arena *arena, struct diag *diag)
{
	struct db_rows *rows;
	enum err rc;

	rc = raw_batch_end_leases(db, settings->relay_lease, LIMIT, arena,
	    &rows, diag);
	if (rc != E_OK)
		return rc;
	for (int i = 0; i < db_rows_count(rows); i++)
		log_warn("lease_ended",
		    LOG_INT("raw_data_id", db_int(rows, i, 0)),
		    LOG_INT("tenant_id", db_int(rows, i, 1)),
		    LOG_INT("attempts", db_int(rows, i, 2)));
	return E_OK;
}

static enum err
purge_keys(struct db *db, struct arena *arena, struct diag *diag)
{
	int64_t count;
	enum err rc = idempotency_key_purge(db, LIMIT, arena, &count, diag);

	if (rc == E_OK && count > 0)
		log_info("keys_purged", LOG_INT("count", count));
	return rc;
}

/* Payloads that workers have processed, where they keep them in mind. */
static enum err
forget_payloads(struct db *db, struct arena *arena, struct diag *diag)
{
	int64_t count;
	enum err rc = raw_batch_twins_forget(db, LIMIT, arena, &count, diag);

	if (rc == E_OK && count > 0)
		log_info("payloads_forgotten", LOG_INT("count", count));
	return rc;
}

/*
 * Rows that wait for a message that is no more, and messages without a row.
 * Only an empty queue proves that a message is lost: a queue may have been
 * purged, deleted, or its disk be gone.
 */
static enum err
reconcile(struct db *db, struct queue_manager *queue,
    const struct relay_settings *settings, struct arena *arena,
    struct diag *diag)
{
	struct mq_queue_stats waiting;
	int64_t pending, again = 0;
	enum err rc;

	/* First the queue, then the rows: what moves meanwhile leaves both. */
	rc = queue_manager_count(queue, QUEUE_TRANSFORM, &waiting, diag);
	if (rc == E_OK)
		rc = raw_batch_pending(db, arena, &pending, diag);
	if (rc == E_OK && waiting.message_count == 0)
		rc = raw_batch_queue_again(db, settings->relay_lost_age, LIMIT,
		    arena, &again, diag);
	if (rc != E_OK)
		return rc;
	if (again > 0 || waiting.message_count > pending)
		log_warn("reconciled",
		    LOG_INT("messages", waiting.message_count),
		    LOG_INT("rows_pending", pending),
		    LOG_INT("rows_queued_again", again));
	return E_OK;
}

/*
 * Metrics follow mappings, workflow steps and categories: the next load of the
 * integration computes them anew. None may come for long, so one is queued, if
 * no load waits already.
 */
static enum err
queue_due_loads(struct db *db, struct queue_manager *queue,
    const struct relay_settings *settings, struct arena *arena,
    struct diag *diag)
{
	struct mq_queue_stats waiting;
	struct db_rows *rows;
	enum err rc;

	rc = queue_manager_count(queue, QUEUE_LOAD, &waiting, diag);
	if (rc != E_OK || waiting.message_count > 0)
		return rc;
	rc = raw_batch_loads_due(db, LIMIT, arena, &rows, diag);
	if (rc != E_OK || db_rows_count(rows) == 0)
		return rc;
	rc = publish_loads(queue, rows, false, (int)settings->relay_timeout,
	    arena, diag);
	if (rc == E_OK)
		log_info("loads_queued", LOG_INT("count", db_rows_count(rows)));
	return rc;
}

/* The lane of a run, by what its tenant has waiting, rows before it included. */
static int
lane_of_run(const struct db_rows *rows, int row)
{
	int64_t tenant_id = db_int(rows, row, EXTRACT_DUE_TENANT);
	int64_t waiting = db_int(rows, row, EXTRACT_DUE_WAITING);

	for (int i = 0; i < row; i++)
		waiting += db_int(rows, i, EXTRACT_DUE_TENANT) == tenant_id;
	return queue_lane_for(tenant_id, waiting, QUEUE_FEW_RUNS);
}

/*
 * Publish the messages of runs that wait for it, in a transaction. Those whose
 * message is confirmed are marked; the others stay for the next time.
 */
static enum err
publish_runs(struct db *db, struct queue_manager *queue,
    const struct relay_settings *settings, struct arena *arena,
    int64_t *ret_count, struct diag *diag)
{
	struct db_rows *rows;
	enum err rc;

	rc = extract_due_lock(db, settings->relay_min_age, LIMIT, arena, &rows,
	    diag);
	for (int i = 0; rc == E_OK && i < db_rows_count(rows); i++) {
		const struct job job = {
			.run_id = db_int(rows, i, EXTRACT_DUE_ID),
			.tenant_id = db_int(rows, i, EXTRACT_DUE_TENANT),
			.integration_id = db_int(rows, i,
			    EXTRACT_DUE_INTEGRATION),
			.job_type = db_text(rows, i, EXTRACT_DUE_TYPE),
			.job_params = db_text(rows, i, EXTRACT_DUE_PARAMS),
			.lane = lane_of_run(rows, i),
		};
		struct diag why;

		diag_clear(&why);
		if (queue_manager_publish(queue, QUEUE_EXTRACT, &job, &why) !=
		    E_OK) {
			log_warn("not_queued", LOG_INT("run_id", job.run_id),
			    LOG_TEXT("text", why.text));
			break;
		}
		rc = extract_run_queued(db, job.tenant_id, job.run_id, arena,
		    diag);
		*ret_count += rc == E_OK;
	}
	return rc;
}

/* Runs of schedules that are due, and the messages of all that are. */
static enum err
queue_runs(struct db *db, struct queue_manager *queue,
    const struct relay_settings *settings, struct arena *arena,
    struct diag *diag)
{
	int64_t due = 0, again = 0, queued = 0;
	struct mq_queue_stats waiting;
	enum err rc;

	rc = extract_due_schedules(db, LIMIT, arena, &due, diag);
	if (rc == E_OK)
		rc = queue_manager_count(queue, QUEUE_EXTRACT, &waiting, diag);
	if (rc == E_OK && waiting.message_count == 0)
		rc = extract_due_again(db, settings->relay_lost_age, arena,
		    &again, diag);
	if (rc == E_OK)
		rc = db_begin(db, diag);
	if (rc != E_OK)
		return rc;
	rc = publish_runs(db, queue, settings, arena, &queued, diag);
	if (rc == E_OK)
		rc = db_commit(db, diag);
	else
		db_rollback(db);
	if (due + again + queued > 0)
		log_info("runs_queued", LOG_INT("count", queued),
		    LOG_INT("schedules", due), LOG_INT("again", again));
	return rc;
}

enum err
relay_chores(struct db *db, struct queue_manager *queue,
    const struct relay_settings *settings, struct relay_retention *retention,
    struct arena *arena, struct diag *diag)
{
	enum err rc = end_leases(db, settings, arena, diag);

	if (rc == E_OK)
		rc = purge_keys(db, arena, diag);
	if (rc == E_OK)
		rc = forget_payloads(db, arena, diag);
	if (rc == E_OK)
		rc = tenant_usage_purge(db, arena, diag);
	if (rc == E_OK)
		rc = relay_partitions(db, settings, arena, diag);
	if (rc == E_OK)
		rc = reconcile(db, queue, settings, arena, diag);
	if (rc == E_OK)
		rc = queue_due_loads(db, queue, settings, arena, diag);
	if (rc == E_OK)
		rc = queue_runs(db, queue, settings, arena, diag);
	if (rc == E_OK)
		rc = relay_retention(db, settings, retention, arena, diag);
	return rc;
}

void
relay_resume(struct db *db, struct arena *arena)
{
	static struct pause_place place;
	int64_t count = LIMIT, sum = 0;
	struct diag diag;
	enum err rc = E_OK;

	diag_clear(&diag);
	for (int i = 0; rc == E_OK && i < RESUME_STEPS && count == LIMIT; i++) {
		rc = pause_sweep(db, LIMIT, &place, arena, &count, &diag);
		if (rc == E_OK)
			sum += count;
	}
	if (sum > 0)
		log_info("resumed", LOG_INT("count", sum));
	if (rc != E_OK && rc != E_DB_CONNECT)
		log_warn("resume", LOG_TEXT("error", err_name(rc)),
		    LOG_TEXT("text", diag.text));
	arena_reset(arena);
}
