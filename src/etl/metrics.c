/* SPDX-License-Identifier: MIT */
/*
 * The counters of the whole pool, and how things stand at this moment, in
 * Prometheus's format. Whatever cannot be asked is left out, and etl_up says
 * so: nothing makes the whole answer fail.
 */
#include "etl/handlers.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/metrics.h"
#include "base/metrics_held.h"
#include "etl/service.h"
#include "http/auth_metrics.h"
#include "models/batch/raw_batch_gauges.h"
#include "models/tenant/pause.h"

/* Batches queued longer ago than this, seconds, are told apart. */
#define OLD 900
/* What was seen of the queues so lately is told again, ms. */
#define LOOK_AGE_MS 2000

/* What could be asked. */
struct asked {
	bool batches, sessions, queues;
};

static void
write_head(struct buf *out, const char *name, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void
write_gauge(struct buf *out, const char *name, const char *help, int64_t value)
{
	write_head(out, name, help);
	buf_printf(out, "%s %" PRId64 "\n", name, value);
}

static void
write_age(struct buf *out, const char *name, const char *help, int64_t us)
{
	write_head(out, name, help);
	buf_printf(out, "%s %.3f\n", name, (double)us / 1e6);
}

/* Completed are the rest of all; not known where others are "at least". */
static void
write_states(struct buf *out, const struct raw_batch_gauges *batches)
{
	static const char name[] = "etl_batches";
	int64_t rest = batches->all - batches->pending - batches->processing -
	    batches->failed;

	write_head(out, name,
	    "Active batches by their status; 2000 may be more, but of"
	    " completed ones");
	buf_printf(out, "%s{status=\"pending\"} %" PRId64 "\n", name,
	    batches->pending);
	buf_printf(out, "%s{status=\"processing\"} %" PRId64 "\n", name,
	    batches->processing);
	buf_printf(out, "%s{status=\"failed\"} %" PRId64 "\n", name,
	    batches->failed);
	if (batches->pending < RAW_BATCH_GAUGE_MAX &&
	    batches->processing < RAW_BATCH_GAUGE_MAX &&
	    batches->failed < RAW_BATCH_GAUGE_MAX)
		buf_printf(out, "%s{status=\"completed\"} %" PRId64 "\n", name,
		    rest < 0 ? 0 : rest);
}

static void
write_batches(struct buf *out, const struct raw_batch_gauges *batches)
{
	write_states(out, batches);
	write_gauge(out, "etl_batches_active", "Active batches of all tenants",
	    batches->all);
	write_gauge(out, "etl_batches_unqueued",
	    "Pending batches that are not on the queue yet; 2000 may be more",
	    batches->unqueued);
	write_gauge(out, "etl_batches_queued",
	    "Pending batches that are on the queue; 2000 may be more",
	    batches->queued);
	write_gauge(out, "etl_batches_queued_long",
	    "Of these, for more than 15 minutes", batches->queued_long);
	write_age(out, "etl_oldest_unqueued_seconds",
	    "Since the oldest batch that is not on the queue was stored",
	    batches->unqueued_us);
	write_age(out, "etl_oldest_pending_seconds",
	    "Since the oldest pending batch was queued, or else stored",
	    batches->pending_us);
	write_age(out, "etl_longest_processing_seconds",
	    "Since the oldest claim of a batch in processing",
	    batches->processing_us);
	write_gauge(out, "etl_database_writable",
	    "1 when PostgreSQL takes changes: it is no standby, and not"
	    " read-only",
	    batches->writable);
}

/* Why a part is not told, for whoever runs the service. */
static void
tell(const char *part, enum err rc, const struct diag *diag)
{
	log_warn("metrics", LOG_TEXT("part", part),
	    LOG_TEXT("error", err_name(rc)), LOG_TEXT("text", diag->text));
}

/* A connection that a restart of the server has ended is found out once. */
static enum err
ask_batches(struct req *rq, struct raw_batch_gauges *batches, struct diag *diag)
{
	enum err rc = raw_batch_gauges(rq->db, OLD, rq->arena, batches, diag);

	if (rc != E_DB_LOST)
		return rc;
	diag_clear(diag);
	return raw_batch_gauges(rq->db, OLD, rq->arena, batches, diag);
}

/* Did the server say anything? One that hangs does not. */
static bool
is_answer(enum err rc, const struct diag *diag)
{
	return rc == E_OK ||
	    (rc != E_DB_CONNECT && rc != E_DB_LOST &&
		diag->sqlstate[0] != '\0');
}

/* What is paused. Fails: as db_run(): nothing is told of it. */
static enum err
write_pauses(struct req *rq, struct buf *out, struct diag *diag)
{
	struct db_rows *rows;
	int64_t tenants = 0;
	enum err rc = pause_list(rq->db, rq->arena, &rows, diag);

	if (rc != E_OK)
		return rc;
	write_head(out, "etl_queue_paused",
	    "1 for each queue that an operator has paused");
	for (int i = 0; i < db_rows_count(rows); i++) {
		struct span queue = db_text(rows, i, PAUSE_QUEUE);

		if (queue.at == NULL)
			tenants++;
		else
			buf_printf(out, "etl_queue_paused{queue=\"%.*s\"} 1\n",
			    SPAN_ARG(queue));
	}
	write_gauge(out, "etl_tenants_paused",
	    "Tenants whose batches and extractions wait", tenants);
	return E_OK;
}

static void
write_database(struct req *rq, struct buf *out, struct asked *asked)
{
	struct raw_batch_gauges batches = { 0 };
	struct db_rows *rows;
	struct diag diag;
	enum err rc;

	diag_clear(&diag);
	db_tenant(rq->db, DB_EVERY_TENANT);
	rc = ask_batches(rq, &batches, &diag);
	asked->batches = rc == E_OK;
	write_gauge(out, "etl_database_up", "1 when PostgreSQL answers",
	    is_answer(rc, &diag));
	if (asked->batches)
		write_batches(out, &batches);
	else
		tell("batches", rc, &diag);
	if (rc != E_OK && rc != E_DB) /* another would be waited for as long */
		return;
	diag_clear(&diag);
	rc = write_pauses(rq, out, &diag);
	if (rc != E_OK)
		tell("pauses", rc, &diag);
	diag_clear(&diag);
	rc = raw_batch_sessions(rq->db, rq->arena, &rows, &diag);
	if (rc != E_OK) {
		tell("sessions", rc, &diag);
		return;
	}
	asked->sessions = true;
	write_head(out, "etl_database_sessions",
	    "Connections to this database that are open, of all hosts");
	for (int i = 0; i < db_rows_count(rows); i++)
		buf_printf(out,
		    "etl_database_sessions{program=\"%.*s\"} %" PRId64 "\n",
		    SPAN_ARG(db_text(rows, i, 0)), db_int(rows, i, 1));
}

static void
write_queue_states(struct buf *out, const struct queue_state *states,
    size_t count)
{
	static const char name[] = "etl_queue_state";

	write_head(out, name, "1 for the state of each queue");
	for (size_t i = 0; i < count; i++) {
		const struct queue_state *queue = &states[i];
		const bool is[] = { queue->is_up,
			!queue->is_up && !queue->missing, queue->missing };
		static const char *const words[] = { "ready", "dead",
			"missing" };

		for (size_t j = 0; j < COUNT(words); j++)
			buf_printf(out, "%s{queue=\"%s\",state=\"%s\"} %d\n",
			    name, queue->name, words[j], is[j]);
	}
}

/* A number of each queue that answers; a dead one has none. */
static void
write_counts(struct buf *out, const struct queue_state *states, size_t count,
    bool consumers)
{
	const char *name = consumers ?
	    "etl_queue_consumers" :
	    "etl_queue_messages";

	write_head(out, name,
	    consumers ? "Consumers of each queue that answers" :
			"Messages ready in each queue that answers");
	for (size_t i = 0; i < count; i++)
		if (states[i].is_up)
			buf_printf(out, "%s{queue=\"%s\"} %" PRId64 "\n", name,
			    states[i].name,
			    consumers ? states[i].counts.consumer_count :
					states[i].counts.message_count);
}

static void
write_dead_letters(struct buf *out, const struct queue_state *states,
    size_t count)
{
	static const char suffix[] = ".dead";
	const char *name = "etl_dead_letters";

	write_head(out, name, "Messages that were given up, by main queue");
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(states[i].name);

		if (!states[i].is_up || len < sizeof(suffix) ||
		    strcmp(states[i].name + len - (sizeof(suffix) - 1),
			suffix) != 0)
			continue;
		buf_printf(out, "%s{queue=\"%.*s\"} %" PRId64 "\n", name,
		    (int)(len - (sizeof(suffix) - 1)), states[i].name,
		    states[i].counts.message_count);
	}
}

/* The queues; without a broker nobody knows. */
static void
write_broker(struct req *rq, struct buf *out, struct asked *asked)
{
	const struct queue_state *states;
	struct diag diag;
	size_t count;
	enum err rc;

	diag_clear(&diag);
	rc = queue_manager_look(rq->service->queue, LOOK_AGE_MS, &states,
	    &count, &diag);
	asked->queues = rc == E_OK || rc == E_MQ_REFUSED;
	write_gauge(out, "etl_broker_up",
	    "1 when the answering responder has its connection to RabbitMQ",
	    queue_manager_is_up(rq->service->queue));
	write_gauge(out, "etl_broker_connections_open",
	    "Connections to RabbitMQ that are open, of this host's processes",
	    metrics_held());
	if (!asked->queues) {
		tell("queues", rc, &diag);
		return;
	}
	write_gauge(out, "etl_broker_refuses",
	    "1 when RabbitMQ takes no messages: an alarm of memory or disk",
	    rc == E_MQ_REFUSED);
	write_head(out, "etl_queue_up", "1 when the queue has a leader");
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "etl_queue_up{queue=\"%s\"} %d\n",
		    states[i].name, states[i].is_up);
	write_queue_states(out, states, count);
	write_counts(out, states, count, false);
	write_counts(out, states, count, true);
	write_dead_letters(out, states, count);
}

static void
write_asked(struct buf *out, const struct asked *asked)
{
	write_head(out, "etl_up",
	    "1 when a part of this answer could be asked");
	buf_printf(out,
	    "etl_up{part=\"batches\"} %d\n"
	    "etl_up{part=\"sessions\"} %d\n"
	    "etl_up{part=\"queues\"} %d\n",
	    asked->batches, asked->sessions, asked->queues);
	write_head(out, "etl_build_info", "The version that answers");
	buf_printf(out, "etl_build_info{version=\"%s\"} 1\n", PACKAGE_VERSION);
}

/* All counters, of all processes and tenants, for Prometheus. */
enum err
metrics_get_all(struct req *rq, struct resp *rp)
{
	struct asked asked = { 0 };
	enum err rc = auth_metrics_check(rq);

	if (rc != E_OK)
		return rc;
	rp->media_type = "text/plain; version=0.0.4; charset=utf-8";
	metrics_write(rp->body);
	write_database(rq, rp->body, &asked);
	write_broker(rq, rp->body, &asked);
	write_asked(rp->body, &asked);
	return E_OK;
}
