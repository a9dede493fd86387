/* SPDX-License-Identifier: MIT */
/* pulse-etl requeue: processing stored batches again. */
#include <inttypes.h>
#include <stdio.h>

#include "models/batch/raw_batch.h"
#include "models/batch/raw_batch_requeue.h"
#include "programs/tool/tool_broker.h"
#include "programs/tool/tool_progress.h"
#include "programs/tool/tool_raw.h"
#include "work/requeue.h"

/* Batches of one statement, and of one round of messages. */
#define STEP 500
#define STEP_ARENA_BYTES (4u << 20)
#define FIRST 10 /* that a dry run shows */

/*
 * Requeue in steps, each batch once whatever becomes of it meanwhile, until all
 * are or a stop.
 */
static enum err
requeue_all(struct tool *tool, struct queue_manager *queue,
    struct raw_batch_filter *filter, int64_t total, struct requeued *ret_sum,
    struct diag *diag)
{
	struct arena *arena = arena_new(STEP_ARENA_BYTES);
	struct tool_progress progress;
	struct requeued step;
	int64_t cursor = 0;
	enum err rc = arena == NULL ?
	    diag_set(diag, E_NO_MEMORY, "no memory") :
	    E_OK;

	filter->cursor = &cursor;
	tool_progress_begin(&progress, tool, "batches", total);
	for (int64_t left = filter->limit;
	     rc == E_OK && left > 0 && !tool_progress_stopped();
	     left -= filter->limit) {
		filter->limit = left < STEP ? left : STEP;
		rc = requeue(tool->db, queue, filter, arena, &step, diag);
		if (rc != E_OK)
			break;
		ret_sum->pending += step.pending;
		ret_sum->queued += step.queued;
		tool_progress_set(&progress, (int64_t)ret_sum->pending, "");
		if (step.pending < (size_t)filter->limit)
			break;
		arena_reset(arena);
	}
	tool_progress_end(&progress);
	arena_free(arena);
	return rc;
}

/* What would be done, and nothing is. */
static enum err
tell_dry(struct tool *tool, const struct raw_batch_filter *filter,
    int64_t total, struct diag *diag)
{
	struct db_rows *rows;
	enum err rc;

	(void)printf("%" PRId64 " batches would be pending again\n", total);
	if (total == 0)
		return E_OK;
	rc = raw_batch_requeue_first(tool->db, filter,
	    total < FIRST ? total : FIRST, tool->arena, &rows, diag);
	if (rc == E_OK)
		rc = tool_output_rows(tool, tool_raw_columns(),
		    RAW_BATCH_COLUMNS, rows, diag);
	if (rc == E_OK && total > FIRST)
		(void)printf("and %" PRId64 " more\n", total - FIRST);
	return rc;
}

/* Requeue them, and say what came of it. */
static enum err
run(struct tool *tool, struct raw_batch_filter *filter, int64_t total,
    struct diag *diag)
{
	struct requeued sum = { 0 };
	struct queue_manager *queue;
	enum err rc;

	/* An unreachable broker is the relay's business. */
	if (tool_broker(tool, &queue, diag) != E_OK)
		(void)fprintf(stderr, "pulse-etl: %s\n", diag->text);
	diag_clear(diag);
	rc = tool_audit(tool, filter->tenant_id, "raw_data.requeue", filter->id,
	    diag);
	if (rc == E_OK)
		rc = requeue_all(tool, queue, filter, total, &sum, diag);
	if (rc != E_OK)
		return rc;
	(void)printf("%zu batches are pending again, %zu of them queued%s\n",
	    sum.pending, sum.queued,
	    sum.queued < sum.pending ? "; the relay queues the others" : "");
	if (tool_progress_stopped() && (int64_t)sum.pending < total)
		tool_progress_tell_stop(tool,
		    "%" PRId64
		    " batches are left as they were: run it again to go on",
		    total - (int64_t)sum.pending);
	return E_OK;
}

/* Requeue them, once who is at the terminal has said so. */
static enum err
may_run(struct tool *tool, struct raw_batch_filter *filter, int64_t total,
    struct diag *diag)
{
	if (!tool_may(tool, total, "%" PRId64 " batches are processed again",
		total)) {
		tool->exit_code = 1;
		return E_OK;
	}
	return run(tool, filter, total, diag);
}

enum err
tool_requeue(struct tool *tool, struct diag *diag)
{
	struct raw_options options = { .filter.limit = TOOL_RAW_LIMIT_MAX };
	struct raw_batch_filter *filter = &options.filter;
	int64_t total;
	enum err rc;

	tool_raw_options(tool, &options);
	tool_no_arguments(tool);
	if (span_is(filter->processing_status, "processing"))
		tool_usage(tool, "batches at work cannot be requeued");
	if (!options.all && raw_batch_filter_is_empty(filter))
		tool_usage(tool,
		    "give --all for all batches of the tenant, or"
		    " an option that selects some");
	rc = raw_batch_requeue_count(tool->db, filter, tool->arena, &total,
	    diag);
	if (rc == E_OK && total == 0 && filter->id != 0) {
		rc = raw_batch_check_payload(tool->db, filter->tenant_id,
		    filter->id, tool->arena, diag);
		if (rc == E_NO_ROW) {
			diag_clear(diag);
			rc = E_OK; /* below it is told that none was found */
		}
	}
	if (rc != E_OK)
		return rc;
	if (total > filter->limit)
		total = filter->limit;
	if (options.dry_run)
		return tell_dry(tool, filter, total, diag);
	return may_run(tool, filter, total, diag);
}

enum err
tool_requeue_batches(struct tool *tool, struct raw_batch_filter *filter,
    struct diag *diag)
{
	int64_t total;
	enum err rc = raw_batch_requeue_count(tool->db, filter, tool->arena,
	    &total, diag);

	return rc == E_OK ? may_run(tool, filter, total, diag) : rc;
}
