/* SPDX-License-Identifier: MIT */
/* One job of a worker: what a transformed batch touched is loaded. */
#include <stdio.h>

#include "base/clock.h"
#include "loaders/loader.h"
#include "work/worker_details.h"
#include "work/worker_inside.h"
#include "work/worker_series.h"

/* Why a load fails that would find nothing of its batch. */
#define GONE \
	"a retention rule took its payload before it was loaded: restore it" \
	" from an archive, and requeue it"

/* Whoever had the message did not settle it. *ret_deadly: once too often. */
static enum err
count_interruption(struct work *work, bool *ret_deadly)
{
	int64_t count;
	enum err rc = raw_batch_load_interrupted(work->db, &work->name,
	    work->arena, &count, work->diag);

	if (rc == E_OK)
		*ret_deadly = count > work->settings->worker_interruptions;
	return rc;
}

/* One transaction. failed: the load before this one did. */
static enum err
load_once(struct work *work, bool failed)
{
	enum err rc = db_begin(work->db, work->diag);

	if (rc != E_OK)
		return rc;
	if (failed)
		rc = raw_batch_load_passed(work->db, &work->name, work->arena,
		    work->diag);
	if (rc == E_OK)
		rc = loader_run(work->db, &work->job, work->arena, work->diag);
	if (rc == E_OK)
		return db_commit(work->db, work->diag);
	db_rollback(work->db);
	arena_resume(work->arena);
	return rc;
}

/*
 * A load failed: what becomes of it, and a note in the row. What the servers
 * are to blame for is only tried again.
 * Fails: it cannot be noted; the load is tried again as if it had not been.
 */
static enum err
load_failed(struct work *work, bool last, struct worker_fate *fate)
{
	struct diag diag;
	enum err rc;

	fate->outage = !last && worker_is_outage(work->diag);
	last = last ||
	    (!fate->outage && fate->attempt >= work->settings->worker_attempts);
	(void)snprintf(fate->reason, sizeof(fate->reason), "%s",
	    work->diag->text);
	fate->kind = last ? WORKER_BURY : WORKER_RETRY;
	diag_clear(&diag);
	rc = raw_batch_load_failed(work->db, &work->name,
	    worker_error_details(work->diag, "load", work->diag->text,
		worker_item_of(work, true), fate->attempt, work->arena),
	    last, work->arena, &diag);
	if (rc != E_OK)
		*work->diag = diag;
	return rc;
}

enum err
worker_load(struct db *db, const struct worker_settings *settings,
    const struct job *job, const struct worker_history *history,
    struct arena *arena, struct worker_fate *ret_fate, struct diag *diag)
{
	struct work work;
	struct worker_fate fate = { .kind = WORKER_DONE,
		.attempt = history->attempt + 1 };
	bool failed, deadly = false;
	enum raw_batch_state state;
	const char *hopeless = NULL;
	int64_t gone_at;
	enum err rc;

	db_tenant(db, job->tenant_id);
	rc = worker_work(db, settings, job, arena, &work, diag);
	if (rc != E_OK)
		return rc;
	rc = raw_batch_look(db, &work.name, arena, &state, &failed, &gone_at,
	    diag);
	if (rc == E_OK && history->redelivered)
		rc = count_interruption(&work, &deadly);
	if (rc != E_OK)
		return rc;
	if (deadly)
		hopeless = DEADLY;
	else if (gone_at != 0 && history->published <= gone_at)
		hopeless = GONE; /* a later one is of metrics that are due */
	if (state == RAW_BATCH_ABSENT) {
		worker_judge(state, true, &fate);
	} else if (work.is_known &&
	    (state == RAW_BATCH_COMPLETED ||
		(state == RAW_BATCH_FAILED && failed))) {
		int64_t began = clock_us();

		rc = hopeless != NULL ?
		    diag_set(diag, E_CONFLICT, "%s", hopeless) :
		    load_once(&work, failed);
		if (hopeless == NULL)
			worker_series_add(job->entity_type, WORKER_LOADED,
			    began);
		if (rc == E_DB_CONNECT)
			return rc;
		if (rc == E_OK)
			worker_identical_settle(&work);
		else
			rc = load_failed(&work, worker_is_hopeless(rc, diag),
			    &fate);
	}
	/* In any other state it will be transformed, and loaded, again. */
	*ret_fate = fate;
	return rc;
}
