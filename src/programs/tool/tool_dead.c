/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl dead: what the dead-letter queues hold, and why.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "programs/tool/tool_broker.h"
#include "queue/dead_letters.h"
#include "queue/queue_consumer.h"
#include "work/requeue.h"

#define LIST_LIMIT 100
#define LIMIT_MAX 1000000

/* What these commands take: a queue, and which of its dead messages. */
struct pick {
	enum queue queue;
	int64_t limit;
	int64_t number; /* as dead list counts, from 1; 0: any */
	int64_t batch;	/* raw_data_id; 0: any */
	bool all;
};

/* One message, as far as it can be read. */
struct dead {
	const struct mq_delivery *delivery;
	int64_t number;
	bool is_job;
	struct job job;
};

/* Gives: *ret_done, whether it could be done. */
typedef enum err dead_action(struct tool *tool, struct queue_manager *queue,
    enum queue source, const struct dead *dead, bool *ret_done,
    struct diag *diag);

static void
read_options(struct tool *tool, struct pick *pick, bool one)
{
	static const struct option options[] = {
		{ "limit", required_argument, NULL, 'l' },
		{ "number", required_argument, NULL, 'n' },
		{ "batch", required_argument, NULL, 'b' },
		{ "all", no_argument, NULL, 'a' },
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
	if (one && (pick->number != 0) + (pick->batch != 0) + pick->all != 1)
		tool_usage(tool, "say which: by --number, --batch or --all");
}

static bool
is_picked(const struct pick *pick, const struct dead *dead)
{
	if (pick->number != 0 && dead->number != pick->number)
		return false;
	return pick->batch == 0 ||
	    (dead->is_job && dead->job.raw_data_id == pick->batch);
}

/*
 * Walk through the messages that are there now and do something with those
 * that are picked. The others, not settled, go back when we leave.
 */
static enum err
each(struct tool *tool, const struct pick *pick, dead_action *action,
    int64_t *ret_found, int64_t *ret_done, struct diag *diag)
{
	struct queue_manager *queue;
	int64_t count = 0, found = 0, done = 0;
	enum err rc;

	rc = tool_broker(tool, &queue, diag);
	if (rc == E_OK)
		rc = dead_letters_count(queue, pick->queue, &count, diag);
	for (int64_t i = 1; rc == E_OK && i <= count && found < pick->limit;
	     i++) {
		struct mq_delivery *delivery = NULL;
		struct dead dead = { .number = i };
		bool is_done = false;

		rc = dead_letters_next(queue, pick->queue, &delivery, diag);
		if (rc != E_OK || delivery == NULL)
			break;
		dead.delivery = delivery;
		dead.is_job = job_read_batch(delivery->body, tool->arena,
				  &dead.job, diag) == E_OK;
		diag_clear(diag);
		if (is_picked(pick, &dead)) {
			rc = action(tool, queue, pick->queue, &dead, &is_done,
			    diag);
			found++;
			done += rc == E_OK && is_done;
		}
		mq_delivery_free(delivery);
	}
	*ret_found = found;
	*ret_done = done;
	return rc;
}

static struct span
reason_of(const struct dead *dead)
{
	const char *reason = mq_header_text(dead->delivery, HEADER_REASON);

	if (reason == NULL) /* the broker's own: rejected, delivery_limit */
		reason = mq_header_text(dead->delivery, "x-first-death-reason");
	return reason == NULL ? SPAN_LIT("-") : str_span(reason);
}

static void
stamp_of(const struct dead *dead, char *stamp, size_t size)
{
	time_t when = (time_t)dead->delivery->timestamp;
	struct tm parts;

	if (when <= 0 || gmtime_r(&when, &parts) == NULL ||
	    strftime(stamp, size, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
		(void)snprintf(stamp, size, "-");
}

static enum err
print_line(struct tool *tool, struct queue_manager *queue, enum queue source,
    const struct dead *dead, bool *ret_done, struct diag *diag)
{
	struct span text;
	char stamp[40];

	(void)queue;
	(void)source;
	(void)diag;
	*ret_done = true;
	stamp_of(dead, stamp, sizeof(stamp));
	(void)printf("%-6" PRId64 " %-20s ", dead->number, stamp);
	if (dead->is_job) {
		(void)printf("%-8" PRId64 " %-10" PRId64 " ",
		    dead->job.tenant_id, dead->job.raw_data_id);
		text = tool_plain(tool, dead->job.entity_type);
		(void)printf("%-26.*s ", SPAN_ARG(text));
	} else {
		(void)printf("%-8s %-10s %-26s ", "-", "-", "-");
	}
	text = tool_plain(tool, reason_of(dead));
	(void)printf("%.200s\n", text.at);
	return E_OK;
}

static enum err
print_whole(struct tool *tool, struct queue_manager *queue, enum queue source,
    const struct dead *dead, bool *ret_done, struct diag *diag)
{
	const struct mq_delivery *delivery = dead->delivery;
	struct span text;
	char stamp[40];

	(void)queue;
	(void)source;
	(void)diag;
	*ret_done = true;
	stamp_of(dead, stamp, sizeof(stamp));
	text = tool_plain(tool, delivery->message_id);
	(void)printf("number: %" PRId64 "\npublished: %s\nmessage_id: %.*s",
	    dead->number, stamp, SPAN_ARG(text));
	for (size_t i = 0; i < delivery->header_count; i++) {
		const struct mq_arg *header = &delivery->headers[i];

		if (strcmp(header->key, "x-delivery-count") == 0)
			continue; /* of looks like this one */
		text = tool_plain(tool, str_span(header->key));
		(void)printf("\n%.*s: ", SPAN_ARG(text));
		text = tool_plain(tool, str_span(header->text));
		if (header->text != NULL)
			(void)printf("%.*s", SPAN_ARG(text));
		else
			(void)printf("%" PRId64, header->number);
	}
	text = tool_plain(tool, delivery->body);
	(void)printf("\nbody: %.*s", SPAN_ARG(text));
	(void)puts(delivery->cut ? " ... and more\n" : "\n");
	return E_OK;
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

static enum err
revive(struct tool *tool, struct queue_manager *queue, enum queue source,
    const struct dead *dead, bool *ret_done, struct diag *diag)
{
	if (source != QUEUE_EXTRACT && !dead->is_job) {
		(void)fprintf(stderr,
		    "pulse-etl: message %" PRId64
		    " is no"
		    " job and would die again; it stays\n",
		    dead->number);
		return E_OK;
	}
	if (source == QUEUE_TRANSFORM)
		return revive_batch(tool, queue, dead, ret_done, diag);
	if (dead->is_job) {
		enum err rc = tool_audit(tool, dead->job.tenant_id,
		    "dead.requeue", dead->job.raw_data_id, diag);

		if (rc != E_OK)
			return rc;
	}
	*ret_done = true;
	return dead_letters_revive(queue, source, dead->delivery, diag);
}

static enum err
drop(struct tool *tool, struct queue_manager *queue, enum queue source,
    const struct dead *dead, bool *ret_done, struct diag *diag)
{
	enum err rc = E_OK;

	(void)source;
	if (dead->is_job)
		rc = tool_audit(tool, dead->job.tenant_id, "dead.drop",
		    dead->job.raw_data_id, diag);
	if (rc != E_OK)
		return rc;
	*ret_done = true;
	return dead_letters_drop(queue, dead->delivery, diag);
}

/* Do it with those that were picked; none is told. */
static enum err
run(struct tool *tool, bool one, int64_t limit, dead_action *action,
    const char *done_text, struct diag *diag)
{
	struct pick pick = { .limit = limit };
	int64_t found, done;
	enum err rc;

	read_options(tool, &pick, one);
	if (action == print_line)
		(void)printf("%-6s %-20s %-8s %-10s %-26s %s\n", "NUMBER",
		    "PUBLISHED", "TENANT", "BATCH", "TYPE", "REASON");
	rc = each(tool, &pick, action, &found, &done, diag);
	if (rc == E_OK && one && found == 0)
		return diag_tell(diag, E_NO_ROW, "there is no such message");
	if (done_text != NULL)
		(void)printf("%" PRId64 " of %" PRId64 " %s\n", done, found,
		    done_text);
	return rc;
}

enum err
tool_dead_list(struct tool *tool, struct diag *diag)
{
	return run(tool, false, LIST_LIMIT, print_line, NULL, diag);
}

enum err
tool_dead_show(struct tool *tool, struct diag *diag)
{
	return run(tool, true, LIMIT_MAX, print_whole, NULL, diag);
}

enum err
tool_dead_requeue(struct tool *tool, struct diag *diag)
{
	return run(tool, true, LIMIT_MAX, revive, "messages requeued", diag);
}

enum err
tool_dead_drop(struct tool *tool, struct diag *diag)
{
	return run(tool, true, LIMIT_MAX, drop, "messages dropped", diag);
}
