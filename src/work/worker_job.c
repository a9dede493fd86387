/* SPDX-License-Identifier: MIT */
#include "work/worker_job.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "models/batch/raw_batch_work.h"
#include "models/catalogue/mapped_type.h"
#include "transformers/transformer.h"
#include "work/worker_details.h"
#include "work/worker_inside.h"
#include "work/worker_item.h"
#include "work/worker_series.h"

/* How often, and how soon, to look again at a row that is locked. */
#define MOMENTS 3
#define MOMENT_MS 15

/* Why a batch fails that cannot be read any more. */
#define GONE \
	"a retention rule took its payload before it was processed: store it" \
	" again, or restore it from an archive"

enum err
worker_work(struct db *db, const struct worker_settings *settings,
    const struct job *job, struct arena *arena, struct work *ret,
    struct diag *diag)
{
	enum err rc;

	*ret = (struct work){
		.db = db,
		.settings = settings,
		.name = { .tenant_id = job->tenant_id,
		    .id = job->raw_data_id,
		    .integration_id = job->integration_id,
		    .entity_type = job->entity_type },
		.job = { .tenant_id = job->tenant_id,
		    .integration_id = job->integration_id,
		    .raw_data_id = job->raw_data_id,
		    .entity_type = job->entity_type },
		.arena = arena,
		.diag = diag,
	};
	rc = mapped_type_find(db, job->tenant_id, job->entity_type, arena,
	    &ret->job.type, diag);
	ret->is_known = ret->job.type != NULL;
	return rc;
}

static void
bury(struct worker_fate *fate, const char *reason)
{
	fate->kind = WORKER_BURY;
	(void)snprintf(fate->reason, sizeof(fate->reason), "%s", reason);
}

/* The transaction's inside. *ret_held: the claim was still ours. */
static enum err
transform_claimed(struct work *work, const struct raw_batch_claim *claim,
    struct transform_outcome *ret_outcome, bool *ret_held)
{
	struct raw_batch_result result = { .status = SPAN_LIT("completed"),
		.items = -1 };
	enum raw_batch_state state;
	bool gone;
	enum err rc;

	rc = raw_batch_hold(work->db, &work->name, claim, work->arena, ret_held,
	    &gone, work->diag);
	if (rc != E_OK || !*ret_held)
		return rc;
	if (gone && work->is_known)
		return diag_set(work->diag, E_PAYLOAD_GONE, GONE);
	if (!work->is_known)
		return raw_batch_end(work->db, &work->name, claim, &result,
		    work->arena, &state, work->diag);
	rc = transformer_run(work->db, &work->job, work->arena, ret_outcome,
	    work->diag);
	if (rc == E_OK)
		rc = worker_notes(ret_outcome, claim->attempt, work->arena,
		    &result.details, work->diag);
	if (rc == E_OK && result.details.at == NULL)
		rc = worker_identical_put(work);
	if (rc != E_OK)
		return rc;
	FAILPOINT("transformed");
	result.items = ret_outcome->items;
	return raw_batch_end(work->db, &work->name, claim, &result, work->arena,
	    &state, work->diag);
}

/*
 * Note what became of a claim, also when the program is to end: a batch that
 * stays in processing waits until its message is delivered again.
 */
static enum err
end_claim(struct work *work, const struct raw_batch_claim *claim,
    const struct raw_batch_result *result, enum raw_batch_state *ret_state,
    struct diag *diag)
{
	bool cancels = db_cancel_at_end(work->db, false);
	enum err rc = raw_batch_end(work->db, &work->name, claim, result,
	    work->arena, ret_state, diag);

	(void)db_cancel_at_end(work->db, cancels);
	return rc;
}

/*
 * The claim is not ours any more: somebody has set another status or deleted
 * the batch. Whatever is left of the claim is given back.
 */
static enum err
give_up_claim(struct work *work, const struct raw_batch_claim *claim,
    enum raw_batch_state *ret_state)
{
	const struct raw_batch_result result = { .status = SPAN_LIT("pending"),
		.items = -1,
		.interrupted = true };

	return end_claim(work, claim, &result, ret_state, work->diag);
}

/* One transaction. *ret_state: the row's state, CLAIMED while it is ours. */
static enum err
transform_once(struct work *work, const struct raw_batch_claim *claim,
    struct worker_fate *fate, enum raw_batch_state *ret_state)
{
	struct transform_outcome outcome = { 0 };
	bool held = false;
	enum err rc;

	*ret_state = RAW_BATCH_CLAIMED;
	rc = db_begin(work->db, work->diag);
	if (rc != E_OK)
		return rc;
	rc = transform_claimed(work, claim, &outcome, &held);
	if (rc != E_OK || !held) {
		db_rollback(work->db);
		arena_resume(work->arena); /* what comes is about the row */
		return rc != E_OK ? rc : give_up_claim(work, claim, ret_state);
	}
	rc = db_commit(work->db, work->diag);
	fate->kind = WORKER_LOAD;
	fate->items = outcome.items - outcome.unreadable;
	fate->skipped = outcome.skipped;
	fate->incomplete = outcome.incomplete;
	return rc;
}

/*
 * What is to be done now that the row is in this state. again: this message
 * was at work before.
 */
void
worker_judge(enum raw_batch_state state, bool again, struct worker_fate *fate)
{
	switch (state) {
	case RAW_BATCH_ABSENT:
		bury(fate,
		    "the tenant has no such batch of this"
		    " integration and type");
		break;
	case RAW_BATCH_DELETED:
		fate->kind = WORKER_DONE;
		break;
	case RAW_BATCH_PAUSED:
		fate->kind = WORKER_PARK;
		break;
	case RAW_BATCH_PENDING:
	case RAW_BATCH_PROCESSING:
	case RAW_BATCH_HELD:
		fate->kind = WORKER_WAIT;
		fate->held = state != RAW_BATCH_PROCESSING;
		break;
	case RAW_BATCH_COMPLETED:
		fate->kind = WORKER_LOAD;
		break;
	case RAW_BATCH_FAILED:
		/* A message more than is needed, unless it was ours before. */
		fate->kind = WORKER_DONE;
		if (again)
			bury(fate,
			    "the batch is failed: see its"
			    " error_details");
		break;
	case RAW_BATCH_SPENT:
	case RAW_BATCH_DEADLY:
	case RAW_BATCH_CLAIMED:
		break;
	}
}

/*
 * Which item it is, if it is data that the server would not take: SQLSTATE
 * classes 22 and 23. Else -1.
 */
int64_t
worker_item_of(const struct work *work, bool load)
{
	const char *state = work->diag->sqlstate;

	if (strncmp(state, "22", 2) != 0 && strncmp(state, "23", 2) != 0)
		return -1;
	return worker_find_item(work->db, &work->job, load, state, work->arena);
}

/*
 * An attempt failed, or may not be made: note it in the row. A row that cannot
 * be reached stays in processing, and the message, which comes back, says that
 * it may be taken over. What the servers are to blame for is an interruption.
 */
static void
give_back(struct work *work, const struct raw_batch_claim *claim, bool hopeless,
    const char *message, struct worker_fate *fate)
{
	bool deadly = claim->state == RAW_BATCH_DEADLY;
	bool outage = !hopeless && worker_is_outage(work->diag);
	bool last = work->is_known &&
	    (hopeless ||
		(!outage &&
		    claim->attempt - claim->interruptions >=
			work->settings->worker_attempts));
	const struct raw_batch_result result = {
		.status = last ? SPAN_LIT("failed") : SPAN_LIT("pending"),
		.details = worker_error_details(work->diag, "transform",
		    message, worker_item_of(work, false), claim->attempt,
		    work->arena),
		.items = -1,
		.interrupted = outage || deadly,
	};
	enum raw_batch_state state;
	struct diag diag;

	diag_clear(&diag);
	fate->outage = outage;
	(void)snprintf(fate->reason, sizeof(fate->reason), "%s", message);
	fate->kind = WORKER_RETRY;
	if (end_claim(work, claim, &result, &state, &diag) != E_OK)
		return;
	if (state == RAW_BATCH_FAILED)
		bury(fate, message);
	else if (state != RAW_BATCH_PENDING)
		worker_judge(state, true, fate);
}

/*
 * Claim it. A row that is locked just now may be so for a moment only: the
 * mark of its being queued is written about when its message comes.
 */
static enum err
claim_batch(struct work *work, bool take_over, struct raw_batch_claim *claim)
{
	/* One that needs no work cannot be tried too often. */
	const struct raw_batch_limits limits = {
		work->is_known ? work->settings->worker_attempts : INT32_MAX,
		work->is_known ? work->settings->worker_interruptions :
				 INT32_MAX
	};
	int64_t began = clock_us();
	enum err rc;

	for (int tries = 0;; tries++) {
		rc = raw_batch_claim(work->db, &work->name, take_over, &limits,
		    work->arena, claim, work->diag);
		if (rc != E_OK || tries == MOMENTS ||
		    (claim->state != RAW_BATCH_HELD &&
			claim->state != RAW_BATCH_PENDING))
			break;
		(void)poll(NULL, 0, MOMENT_MS);
	}
	worker_series_add(work->job.entity_type, WORKER_CLAIMED, began);
	if (rc == E_OK && claim->waited_us >= 0)
		worker_series_wait(claim->waited_us);
	return rc;
}

/* Do it, or without doing it, if an identical one was done. */
static enum err
transform(struct work *work, const struct raw_batch_claim *claim,
    struct worker_fate *fate)
{
	enum raw_batch_state state;
	int64_t began;
	bool passed;
	enum err rc = worker_identical_pass(work, claim, fate, &passed);

	if (rc != E_OK || passed)
		return rc;
	began = clock_us();
	rc = transform_once(work, claim, fate, &state);
	worker_series_add(work->job.entity_type, WORKER_TRANSFORMED, began);
	if (rc == E_OK && state != RAW_BATCH_CLAIMED)
		worker_judge(state, true, fate);
	return rc;
}

enum err
worker_transform(struct db *db, const struct worker_settings *settings,
    const struct job *job, const struct worker_history *history,
    struct arena *arena, struct worker_fate *ret_fate, struct diag *diag)
{
	struct worker_fate fate = { .kind = WORKER_WAIT };
	bool again = history->redelivered || history->held > 0;
	struct raw_batch_claim claim;
	struct work work;
	enum err rc;

	db_tenant(db, job->tenant_id);
	rc = worker_work(db, settings, job, arena, &work, diag);
	if (rc != E_OK)
		return rc;
	rc = claim_batch(&work, again, &claim);
	if (rc != E_OK)
		return rc;
	fate.attempt = claim.attempt;
	FAILPOINT("claimed");
	if (claim.state == RAW_BATCH_SPENT) {
		give_back(&work, &claim, true,
		    "it was tried too often without"
		    " coming to an end",
		    &fate);
	} else if (claim.state == RAW_BATCH_DEADLY) {
		give_back(&work, &claim, true, DEADLY, &fate);
	} else if (claim.state == RAW_BATCH_CLAIMED) {
		rc = transform(&work, &claim, &fate);
		if (rc != E_OK)
			give_back(&work, &claim, worker_is_hopeless(rc, diag),
			    diag->text, &fate);
	} else {
		worker_judge(claim.state, again, &fate);
	}
	if (!work.is_known &&
	    (fate.kind == WORKER_LOAD || claim.state == RAW_BATCH_FAILED))
		fate.kind = WORKER_DONE; /* there is nothing to load */
	FAILPOINT("completed");
	*ret_fate = fate;
	return E_OK;
}
