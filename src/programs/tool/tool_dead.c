/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl dead: what the dead-letter queues hold, and why.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "programs/tool/tool_broker.h"
#include "programs/tool/dead.h"
#include "programs/tool/tool_progress.h"
#include "work/requeue.h"

#define LIST_LIMIT 100
#define LIMIT_MAX 1000000

static void
read_options(struct tool *tool, struct pick *pick, bool one)
{
	static const struct option options[] = {
		{ "limit", required_argument, NULL, 'l' },
		{ "number", required_argument, NULL, 'n' },
		{ "batch", required_argument, NULL, 'b' },
		{ "run", required_argument, NULL, 'r' },
		{ "tenant", required_argument, NULL, 't' },
		{ "all", no_argument, NULL, 'a' },
		TOOL_OUTPUT_OPTION,
		TOOL_QUIET_OPTION,
		TOOL_YES_OPTION,
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = tool_option(tool, options)) != -1) {
		switch (option) {
		case 'l':
			pick->limit = tool_number(tool, "--limit", 1,
			    LIMIT_MAX);
			break;
		case 'n':
			pick->number = tool_number(tool, "--number", 1,
			    LIMIT_MAX);
			break;
		case 'b':
			pick->batch = tool_number(tool, "--batch", 1,
			    INT64_MAX);
			break;
		case 'r':
			pick->run = tool_number(tool, "--run", 1, INT64_MAX);
			break;
		case 't':
			pick->tenant = tool_number(tool, "--tenant", 1,
			    INT32_MAX);
			break;
		default:
			pick->all = true;
			break;
		}
	}
	if (optind + 1 != tool->argc)
		tool_usage(tool, "give exactly one QUEUE");
	if (!dead_letters_queue(tool->argv[optind], &pick->queue))
		tool_usage(tool,
		    "there is no queue %s: transform, load,"
		    " extract",
		    tool->argv[optind]);
	if (one &&
	    (pick->number != 0) + (pick->batch != 0) + (pick->run != 0) +
		    pick->all !=
		1)
		tool_usage(tool, "say which: by --number, --batch%s",
		    strstr(tool->row->takes, "--all") == NULL ?
			" or --run" :
			", --run or --all");
}

static bool
is_picked(const struct pick *pick, const struct dead *dead)
{
	if (pick->number != 0 && dead->number != pick->number)
		return false;
	return (pick->batch == 0 || dead->job.raw_data_id == pick->batch) &&
	    (pick->run == 0 || dead->job.run_id == pick->run) &&
	    (pick->tenant == 0 || dead->job.tenant_id == pick->tenant);
}

/* One message: is it picked, and what becomes of it. */
static enum err
take_one(struct tool *tool, struct queue_manager *queue,
    const struct pick *pick, dead_action *action, struct dead *dead,
    int64_t *ret_found, int64_t *ret_done, struct diag *diag)
{
	bool is_done = false;
	enum err rc;

	dead->is_job = dead_letters_read(pick->queue, dead->delivery,
	    tool->arena, &dead->job);
	if (!is_picked(pick, dead))
		return E_OK;
	rc = action(tool, queue, pick, dead, &is_done, diag);
	++*ret_found;
	*ret_done += rc == E_OK && is_done;
	return rc;
}

/*
 * Walk through the messages that are there now and do something with those
 * that are picked. The others, not settled, go back when we leave.
 */
static enum err
each(struct tool *tool, struct queue_manager *queue, const struct pick *pick,
    int64_t count, dead_action *action, int64_t *ret_found, int64_t *ret_done,
    struct diag *diag)
{
	struct tool_progress progress;
	enum err rc = E_OK;

	*ret_found = *ret_done = 0;
	tool_progress_begin(&progress, tool, "messages", count);
	for (int64_t i = 1; rc == E_OK && i <= count &&
	     *ret_found < pick->limit && !tool_progress_stopped();
	     i++) {
		struct mq_delivery *delivery = NULL;
		struct dead dead = { .number = i };

		rc = dead_letters_next(queue, pick->queue, &delivery, diag);
		if (rc != E_OK || delivery == NULL)
			break;
		dead.delivery = delivery;
		rc = take_one(tool, queue, pick, action, &dead, ret_found,
		    ret_done, diag);
		mq_delivery_free(delivery);
		if (pick->output == NULL)
			tool_progress_set(&progress, i, "");
	}
	tool_progress_end(&progress);
	return rc;
}

/* Its batch is pending again and has a message; else it stays dead. */
static enum err
revive_batch(struct tool *tool, struct queue_manager *queue,
    const struct dead *dead, bool *ret_done, struct diag *diag)
{
	const struct raw_batch_filter filter = { .id = dead->job.raw_data_id,
		.tenant_id = dead->job.tenant_id,
		.limit = 1 };
	struct requeued requeued;
	enum err rc;

	db_tenant(tool->db, filter.tenant_id);
	rc = tool_audit(tool, filter.tenant_id, "dead.requeue", filter.id,
	    diag);
	if (rc != E_OK)
		return rc;
	rc = requeue(tool->db, queue, &filter, tool->arena, &requeued, diag);
	if (rc != E_OK)
		return rc;
	if (requeued.pending == 0) {
		(void)fprintf(stderr,
		    "pulse-etl: batch %" PRId64
		    " is at"
		    " work or has gone; its message stays\n",
		    filter.id);
		return E_OK;
	}
	/* Queued now or by the relay: this one has done its duty. */
	*ret_done = true;
	return dead_letters_drop(queue, dead->delivery, diag);
}

/* Its row is that of the batch, or of the run of an extraction. */
static enum err
audit(struct tool *tool, const struct dead *dead, const char *of_batch,
    const char *of_run, struct diag *diag)
{
	const struct job *job = &dead->job;

	return tool_audit(tool, job->tenant_id,
	    job->job_type.at == NULL ? of_batch : of_run,
	    job->job_type.at == NULL ? job->raw_data_id : job->run_id, diag);
}

static enum err
revive(struct tool *tool, struct queue_manager *queue, const struct pick *pick,
    const struct dead *dead, bool *ret_done, struct diag *diag)
{
	const enum queue source = pick->queue;
	enum err rc;

	if (!dead->is_job) {
		(void)fprintf(stderr,
		    "pulse-etl: message %" PRId64
		    " is no"
		    " job and would die again; it stays\n",
		    dead->number);
		return E_OK;
	}
	if (source == QUEUE_TRANSFORM)
		return revive_batch(tool, queue, dead, ret_done, diag);
	rc = audit(tool, dead, "dead.requeue", "dead.requeue_run", diag);
	if (rc != E_OK)
		return rc;
	*ret_done = true;
	return dead_letters_revive(queue, source, dead->delivery, diag);
}

static enum err
drop(struct tool *tool, struct queue_manager *queue, const struct pick *pick,
    const struct dead *dead, bool *ret_done, struct diag *diag)
{
	enum err rc = E_OK;

	(void)pick;
	if (dead->is_job)
		rc = audit(tool, dead, "dead.drop", "dead.drop_run", diag);
	if (rc != E_OK)
		return rc;
	*ret_done = true;
	return dead_letters_drop(queue, dead->delivery, diag);
}

/* Connect, and count what is there now. */
static enum err
begin(struct tool *tool, const struct pick *pick,
    struct queue_manager **ret_queue, int64_t *ret_count, struct diag *diag)
{
	enum err rc = tool_broker(tool, ret_queue, diag);

	*ret_count = 0;
	if (rc == E_OK)
		rc = dead_letters_count(*ret_queue, pick->queue, ret_count,
		    diag);
	return rc;
}

static enum err
tell_absent(struct diag *diag)
{
	return diag_tell(diag, E_NO_ROW, "there is no such message");
}

/* Show messages, each in a line or whole. */
static enum err
show(struct tool *tool, struct pick *pick, bool is_whole, dead_action *action,
    int64_t *ret_found, struct diag *diag)
{
	struct queue_manager *queue;
	int64_t count, done;
	enum err rc = begin(tool, pick, &queue, &count, diag);

	if (rc != E_OK)
		return rc;
	pick->output = dead_output_begin(tool, pick->queue, is_whole);
	return each(tool, queue, pick, count, action, ret_found, &done, diag);
}

enum err
tool_dead_list(struct tool *tool, struct diag *diag)
{
	struct pick pick = { .limit = LIST_LIMIT };
	int64_t found;
	enum err rc;

	read_options(tool, &pick, false);
	rc = show(tool, &pick, false, dead_print_line, &found, diag);
	return rc == E_OK ? tool_output_end(pick.output, diag) : rc;
}

enum err
tool_dead_show(struct tool *tool, struct diag *diag)
{
	struct pick pick = { .limit = LIMIT_MAX };
	int64_t found;
	enum err rc;

	read_options(tool, &pick, true);
	rc = show(tool, &pick, true, dead_print_whole, &found, diag);
	if (rc == E_OK && found == 0)
		return tell_absent(diag);
	if (rc != E_OK || tool->format == TOOL_TABLE)
		return rc;
	return tool_output_end(pick.output, diag);
}

/* Do it with those that are picked. */
static enum err
change(struct tool *tool, dead_action *action, const char *does,
    const char *done_text, struct diag *diag)
{
	struct pick pick = { .limit = LIMIT_MAX };
	struct queue_manager *queue;
	int64_t count, found, done;
	enum err rc;

	read_options(tool, &pick, true);
	rc = begin(tool, &pick, &queue, &count, diag);
	if (rc != E_OK)
		return rc;
	if (pick.all &&
	    !tool_may(tool, count, "%s%" PRId64 " dead messages are %s",
		pick.tenant == 0 ? "" : "Those of the tenant among ", count,
		does)) {
		tool->exit_code = 1;
		return E_OK;
	}
	rc = each(tool, queue, &pick, count, action, &found, &done, diag);
	if (rc == E_OK && found == 0 && !tool_progress_stopped())
		return tell_absent(diag);
	(void)printf("%" PRId64 " of %" PRId64 " %s\n", done, found, done_text);
	if (rc == E_OK && tool_progress_stopped() && found < count)
		tool_progress_tell_stop(tool,
		    "what is left stays dead: run it again to go on");
	return rc;
}

enum err
tool_dead_requeue(struct tool *tool, struct diag *diag)
{
	return change(tool, revive, "put back on their queue",
	    "messages requeued", diag);
}

enum err
tool_dead_drop(struct tool *tool, struct diag *diag)
{
	return change(tool, drop, "forgotten for good", "messages dropped",
	    diag);
}
