/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl-worker: takes ids from transform_queue and load_queue and does in
 * the database what is to be done with these batches, one at a time.
 *
 * What if it dies? The message was not settled, so the broker delivers it
 * again; a transaction that was open is rolled back; a claim that was left
 * behind is taken over by whoever gets the message, or ended by the relay.
 */
#include "base/clock.h"
#include "base/daemon.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/metrics.h"
#include "models/tables/schema.h"
#include "programs/backend.h"
#include "programs/worker_pauses.h"
#include "programs/worker_span.h"
#include "programs/worker_waiter.h"
#include "queue/queue_consumer.h"
#include "work/worker_details.h"
#include "work/worker_series.h"

#define ARENA_BYTES (16u << 20)
/* A worker waits longer for a confirm than a client could, ms. */
#define CONFIRM_MS 5000
#define PAUSE_MIN_MS 200 /* before another try */
#define PAUSE_MAX_MS 5000
/* Where a batch waits that somebody else has, see topology_rows.h. */
#define STEP_HELD 1
#define STEP_HELD_LONG 2
#define STEP_TAKEN 3
#define HELD_OFTEN 5
/* Deliveries beyond worker_interruptions, which rows count; see topology.c. */
#define DELIVERIES_MORE 20
#define HELD_MAX 15 /* as many as worker_attempts may be */

static struct settings settings;

struct worker {
	struct backend servers;
	struct db_waiter waiter; /* the broker, meanwhile */
	/* The message at work; it stays here while it cannot be settled. */
	struct mq_delivery *delivery;
	enum queue source;
	bool tried;	  /* and could not be settled */
	int64_t again_at; /* of clock_ms(): not before */
	int64_t pause;
};

/* Longer than any job may take. */
static unsigned
job_seconds(void)
{
	return (unsigned)(2 * settings.worker.worker_statement_timeout / 1000) +
	    60;
}

static void
count_job(enum worker_fate_kind kind, int64_t ms)
{
	static const enum metric fates[] = {
		[WORKER_DONE] = METRIC_JOBS_DONE,
		[WORKER_LOAD] = METRIC_JOBS_TRANSFORMED,
		[WORKER_RETRY] = METRIC_JOBS_RETRY,
		[WORKER_WAIT] = METRIC_JOBS_WAIT,
		[WORKER_BURY] = METRIC_JOBS_DEAD,
		[WORKER_PARK] = METRIC_JOBS_PARKED,
	};

	metrics_add(fates[kind], 1);
	metrics_add(METRIC_JOB_SECONDS, (uint64_t)ms * 1000);
}

static void
log_job(const struct worker *worker, const struct job *job,
    const struct worker_fate *fate, int64_t began, const struct diag *diag)
{
	enum log_level level = fate->kind == WORKER_BURY ||
		fate->kind == WORKER_RETRY ?
	    LOG_LEVEL_WARN :
	    LOG_LEVEL_INFO;
	const struct log_pair pairs[] = {
		LOG_TEXT("queue",
		    worker->source == QUEUE_LOAD ? "load" : "transform"),
		LOG_TEXT("fate", worker_fate_name(fate->kind)),
		LOG_INT("raw_data_id", job->raw_data_id),
		LOG_INT("tenant_id", job->tenant_id),
		LOG_SPAN("entity_type", job->entity_type),
		LOG_INT("attempt", fate->attempt),
		LOG_INT("items", fate->items),
		LOG_INT("skipped", fate->skipped),
		LOG_INT("incomplete", fate->incomplete),
		LOG_INT("ms", clock_ms() - began),
		LOG_TEXT("error",
		    diag->code == E_OK ? NULL : err_name(diag->code)),
		LOG_TEXT("sqlstate",
		    diag->sqlstate[0] == '\0' ? NULL : diag->sqlstate),
		LOG_TEXT("text", fate->reason[0] == '\0' ? NULL : fate->reason),
	};

	log_write(level, "job", pairs, COUNT(pairs));
	count_job(fate->kind, clock_ms() - began);
	if (fate->kind == WORKER_LOAD && fate->incomplete > 0)
		metrics_add(METRIC_INCOMPLETE, 1);
	if (fate->identical_to != 0)
		metrics_add(METRIC_IDENTICAL, 1);
}

/* Let the message go where its fate says. */
static enum err
settle(struct worker *worker, const struct job *job,
    const struct worker_history *history, const struct worker_fate *fate,
    struct diag *diag)
{
	struct queue_manager *queue = worker->servers.queue;
	int64_t held = history->held + 1;
	enum err rc = E_OK;

	switch (fate->kind) {
	case WORKER_LOAD:
		rc = queue_manager_publish(queue, QUEUE_LOAD, job, diag);
		FAILPOINT("load_published");
		break;
	case WORKER_RETRY:
		return queue_consumer_retry(queue, worker->source,
		    worker->delivery,
		    (int)(fate->outage ? held : fate->attempt),
		    fate->outage ? history->attempt : fate->attempt, held,
		    diag);
	case WORKER_WAIT:
		if (fate->held)
			return queue_consumer_retry(queue, worker->source,
			    worker->delivery,
			    held > HELD_OFTEN ? STEP_HELD_LONG : STEP_HELD,
			    history->attempt, held, diag);
		return queue_consumer_retry(queue, worker->source,
		    worker->delivery, STEP_TAKEN, history->attempt,
		    history->held, diag);
	case WORKER_BURY:
		return queue_consumer_bury(queue, worker->source,
		    worker->delivery, fate->reason, diag);
	case WORKER_DONE:
	case WORKER_PARK:
		break;
	}
	if (rc != E_OK)
		return rc;
	return queue_consumer_done(queue, worker->delivery, diag);
}

/* A message that is no job, or ends workers: it is dead, and why. */
static enum err
refuse(struct worker *worker, const struct diag *why, struct diag *diag)
{
	log_warn("refused",
	    LOG_TEXT("queue",
		worker->source == QUEUE_LOAD ? "load" : "transform"),
	    LOG_SPAN("message_id", worker->delivery->message_id),
	    LOG_TEXT("text", why->text));
	return queue_consumer_bury(worker->servers.queue, worker->source,
	    worker->delivery, why->text, diag);
}

/* A count that a header tells, for anybody may have written it. */
static int64_t
count_told(const struct worker *worker, const char *header, int64_t max)
{
	int64_t count = mq_header_number(worker->delivery, header, 0);

	return count < 0 ? 0 : count > max ? max : count;
}

/*
 * Do the job of the message at hand.
 * Fails: BUSY; the message is to be done again, here if it is still ours.
 */
static enum err
work(struct worker *worker, struct diag *diag)
{
	const struct mq_delivery *delivery = worker->delivery;
	struct backend *servers = &worker->servers;
	const struct worker_history history = {
		.redelivered = delivery->redelivered || worker->tried,
		.attempt = count_told(worker, HEADER_ATTEMPT,
		    settings.worker.worker_attempts),
		.held = count_told(worker, HEADER_HELD, HELD_MAX),
		.published = delivery->timestamp,
	};
	struct worker_fate fate = { .kind = WORKER_WAIT };
	int64_t began = clock_ms();
	struct trace_span span;
	struct diag settle_diag;
	struct job job = { 0 };
	enum err rc;

	worker_span_begin(&span, delivery, worker->source == QUEUE_LOAD);
	rc = delivery->cut ?
	    diag_set(diag, E_INVALID, "the message is longer than any job") :
	    job_read_batch(delivery->body, servers->arena, &job, diag);
	if (rc == E_OK &&
	    queue_consumer_deliveries(delivery) >=
		settings.worker.worker_interruptions + DELIVERIES_MORE)
		rc = diag_set(diag, E_INVALID,
		    "it was delivered too often, and"
		    " no worker came to an end with it");
	diag_clear(&settle_diag);
	if (rc == E_INVALID) {
		rc = refuse(worker, diag, &settle_diag);
		*diag = settle_diag;
		return rc;
	}
	if (rc == E_OK) /* a batch is not to fail for its database */
		rc = backend_expect(servers, diag);
	if (rc != E_OK)
		return rc;
	if (worker->source == QUEUE_LOAD)
		rc = worker_load(servers->db, &settings.worker, &job, &history,
		    servers->arena, &fate, diag);
	else
		rc = worker_transform(servers->db, &settings.worker, &job,
		    &history, servers->arena, &fate, diag);
	if (rc != E_OK)
		return rc;
	servers->session = fate.outage ? 0 : servers->session;
	log_job(worker, &job, &fate, began, diag);
	job.traceparent = span.context;
	job.lane = queue_consumer_lane(servers->queue, delivery);
	rc = settle(worker, &job, &history, &fate, &settle_diag);
	worker_span_end(&span, &job, &fate, diag);
	*diag = settle_diag;
	return rc;
}

/* How a turn has gone: after a failure the next one waits, longer each time. */
static void
tell(struct worker *worker, enum err rc, const struct diag *diag)
{
	backend_tell(&worker->servers, rc, diag);
	if (rc == E_OK) {
		worker->pause = 0;
		worker->again_at = 0;
		return;
	}
	worker->pause = worker->pause == 0 ? PAUSE_MIN_MS : worker->pause * 2;
	if (worker->pause > PAUSE_MAX_MS)
		worker->pause = PAUSE_MAX_MS;
	worker->again_at = clock_ms() + worker->pause / 2 +
	    daemon_jitter((unsigned)worker->pause / 2 + 1);
}

static void
drop_delivery(struct worker *worker)
{
	mq_delivery_free(worker->delivery);
	worker->delivery = NULL;
}

/* There is no job yet: is the database there, and as it should be? */
static enum err
look_early(struct worker *worker, struct diag *diag)
{
	struct backend *servers = &worker->servers;
	enum err rc = E_OK;

	if (servers->session == 0)
		rc = schema_expect(servers->db, &servers->session,
		    servers->arena, diag);
	arena_reset(servers->arena);
	return rc;
}

/*
 * Look after the broker and do one job, if there is one.
 * Gives: true when there may be more at once.
 */
static bool
do_round(struct worker *worker)
{
	struct diag diag;
	enum err rc;

	if (mq_socket(worker->servers.mq) < 0 &&
	    clock_left(worker->again_at) > 0)
		return false;
	diag_clear(&diag);
	worker_pauses_look(&worker->servers);
	rc = queue_consumer_round(worker->servers.queue,
	    (unsigned)settings.worker.worker_prefetch, &diag);
	if (worker->delivery != NULL &&
	    !queue_consumer_has(worker->servers.queue, worker->delivery))
		drop_delivery(worker); /* the broker gives it to somebody */
	if (rc != E_OK) {
		tell(worker, rc, &diag);
		return false;
	}
	if (clock_left(worker->again_at) > 0)
		return false;
	if (worker->delivery == NULL) {
		worker->delivery = queue_consumer_next(worker->servers.queue,
		    &worker->source);
		worker->tried = false;
	}
	if (worker->delivery == NULL) {
		tell(worker, look_early(worker, &diag), &diag);
		return false;
	}
	daemon_watch(job_seconds());
	rc = work(worker, &diag);
	log_set_trace(NULL);
	worker->tried = true;
	arena_reset(worker->servers.arena);
	tell(worker, rc, &diag);
	if (rc == E_OK ||
	    !queue_consumer_has(worker->servers.queue, worker->delivery))
		drop_delivery(worker);
	return true;
}

/* How long nothing is to be done, ms. */
static int
idle_ms(const struct worker *worker)
{
	int pause = mq_socket(worker->servers.mq) < 0 ?
	    PAUSE_MIN_MS :
	    queue_manager_idle_ms(worker->servers.queue);

	if (worker->again_at > 0 && clock_left(worker->again_at) < pause)
		pause = clock_left(worker->again_at);
	return pause;
}

static enum err
serve(void *self, struct diag *diag)
{
	struct worker *worker = self;
	bool more = false;

	(void)diag;
	while (backend_wait(&worker->servers, more ? 0 : idle_ms(worker)))
		more = do_round(worker);
	return E_OK;
}

/* A worker's own limits in place of a request's. */
static void
own_limits(void *self)
{
	(void)self;
	settings.db.database_statement_timeout =
	    settings.worker.worker_statement_timeout;
	settings.db.database_lock_timeout = settings.worker.worker_lock_timeout;
	if (settings.mq.rabbitmq_timeout < CONFIRM_MS)
		settings.mq.rabbitmq_timeout = CONFIRM_MS;
}

static enum err
open_worker(void *self, struct diag *diag)
{
	struct worker *worker = self;

	(void)diag;
	own_limits(self);
	worker_series_expect();
	worker->waiter = worker_waiter(worker->servers.mq);
	db_serve_while_waiting(worker->servers.db, &worker->waiter);
	(void)db_cancel_at_end(worker->servers.db, true);
	return E_OK;
}

static void
close_worker(void *self)
{
	drop_delivery(self);
}

int
main(int argc, char **argv)
{
	static struct worker worker;
	static const struct backend_program program = {
		.name = "pulse-etl-worker",
		.synopsis =
		    "Take the ids of stored batches from the queues;"
		    " transform these batches into\nthe unified tables and"
		    " load them, one at a time.",
		.settings = &settings,
		.backend = &worker.servers,
		.arena_bytes = ARENA_BYTES,
		.open = open_worker,
		.serve = serve,
		.close = close_worker,
		.reread = own_limits,
		.self = &worker,
	};

	return backend_main(argc, argv, &program);
}
