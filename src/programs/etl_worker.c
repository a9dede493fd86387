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
#include "queue/queue_consumer.h"
#include "work/worker_details.h"

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
	};

	metrics_add(fates[kind], 1);
	metrics_add(METRIC_JOB_SECONDS, (uint64_t)ms * 1000);
}

static void
log_job(const struct worker *me, const struct job *job,
    const struct worker_fate *fate, int64_t began, const struct diag *diag)
{
	enum log_level level = fate->kind == WORKER_BURY ||
		fate->kind == WORKER_RETRY ?
	    LOG_LEVEL_WARN :
	    LOG_LEVEL_INFO;
	const struct log_pair pairs[] = {
		LOG_TEXT("queue",
		    me->source == QUEUE_LOAD ? "load" : "transform"),
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
}

/* Let the message go where its fate says. */
static enum err
settle(struct worker *me, const struct job *job,
    const struct worker_history *history, const struct worker_fate *fate,
    struct diag *diag)
{
	struct queue_manager *queue = me->servers.queue;
	int64_t held = history->held + 1;
	enum err rc = E_OK;

	switch (fate->kind) {
	case WORKER_LOAD:
		rc = queue_manager_publish(queue, QUEUE_LOAD, job, diag);
		FAILPOINT("load_published");
		break;
	case WORKER_RETRY:
		return queue_consumer_retry(queue, me->source, me->delivery,
		    (int)(fate->outage ? held : fate->attempt),
		    fate->outage ? history->attempt : fate->attempt, held,
		    diag);
	case WORKER_WAIT:
		if (fate->held)
			return queue_consumer_retry(queue, me->source,
			    me->delivery,
			    held > HELD_OFTEN ? STEP_HELD_LONG : STEP_HELD,
			    history->attempt, held, diag);
		return queue_consumer_retry(queue, me->source, me->delivery,
		    STEP_TAKEN, history->attempt, history->held, diag);
	case WORKER_BURY:
		return queue_consumer_bury(queue, me->source, me->delivery,
		    fate->reason, diag);
	case WORKER_DONE:
		break;
	}
	if (rc != E_OK)
		return rc;
	return queue_consumer_done(queue, me->delivery, diag);
}

/* A message that is no job, or ends workers: it is dead, and why. */
static enum err
refuse(struct worker *me, const struct diag *why, struct diag *diag)
{
	log_warn("refused",
	    LOG_TEXT("queue", me->source == QUEUE_LOAD ? "load" : "transform"),
	    LOG_SPAN("message_id", me->delivery->message_id),
	    LOG_TEXT("text", why->text));
	return queue_consumer_bury(me->servers.queue, me->source, me->delivery,
	    why->text, diag);
}

/* A count that a header tells, for anybody may have written it. */
static int64_t
count_told(const struct worker *me, const char *header, int64_t max)
{
	int64_t count = mq_header_number(me->delivery, header, 0);

	return count < 0 ? 0 : count > max ? max : count;
}

/*
 * Do the job of the message at hand.
 * Fails: BUSY; the message is to be done again, here if it is still ours.
 */
static enum err
work(struct worker *me, struct diag *diag)
{
	const struct mq_delivery *delivery = me->delivery;
	struct backend *servers = &me->servers;
	const struct worker_history history = {
		.redelivered = delivery->redelivered || me->tried,
		.attempt = count_told(me, HEADER_ATTEMPT,
		    settings.worker.worker_attempts),
		.held = count_told(me, HEADER_HELD, HELD_MAX),
	};
	struct worker_fate fate;
	int64_t began = clock_ms();
	struct diag settle_diag;
	struct job job;
	enum err rc;

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
		rc = refuse(me, diag, &settle_diag);
		*diag = settle_diag;
		return rc;
	}
	if (rc == E_OK) /* a batch is not to fail of older tables */
		rc = schema_expect(servers->db, &servers->session,
		    servers->arena, diag);
	if (rc != E_OK)
		return rc;
	if (me->source == QUEUE_LOAD)
		rc = worker_load(servers->db, &settings.worker, &job, &history,
		    servers->arena, &fate, diag);
	else
		rc = worker_transform(servers->db, &settings.worker, &job,
		    &history, servers->arena, &fate, diag);
	if (rc != E_OK)
		return rc;
	servers->session = fate.outage ? 0 : servers->session;
	log_job(me, &job, &fate, began, diag);
	job.traceparent = mq_header_text(delivery, "traceparent");
	rc = settle(me, &job, &history, &fate, &settle_diag);
	*diag = settle_diag;
	return rc;
}

/* How a turn has gone: after a failure the next one waits, longer each time. */
static void
tell(struct worker *me, enum err rc, const struct diag *diag)
{
	backend_tell(&me->servers, rc, diag);
	if (rc == E_OK) {
		me->pause = 0;
		me->again_at = 0;
		return;
	}
	me->pause = me->pause == 0 ? PAUSE_MIN_MS : me->pause * 2;
	if (me->pause > PAUSE_MAX_MS)
		me->pause = PAUSE_MAX_MS;
	me->again_at = clock_ms() + me->pause / 2 +
	    daemon_jitter((unsigned)me->pause / 2 + 1);
}

static void
drop_delivery(struct worker *me)
{
	mq_delivery_free(me->delivery);
	me->delivery = NULL;
}

/*
 * Look after the broker and do one job, if there is one.
 * Gives: true when there may be more at once.
 */
static bool
do_round(struct worker *me)
{
	struct diag diag;
	enum err rc;

	if (mq_socket(me->servers.mq) < 0 && clock_left(me->again_at) > 0)
		return false;
	diag_clear(&diag);
	rc = queue_consumer_round(me->servers.queue,
	    (unsigned)settings.worker.worker_prefetch, &diag);
	if (me->delivery != NULL &&
	    !queue_consumer_has(me->servers.queue, me->delivery))
		drop_delivery(me); /* the broker gives it to somebody */
	if (rc != E_OK) {
		tell(me, rc, &diag);
		return false;
	}
	if (clock_left(me->again_at) > 0)
		return false;
	if (me->delivery == NULL) {
		me->delivery = queue_consumer_next(me->servers.queue,
		    &me->source);
		me->tried = false;
	}
	if (me->delivery == NULL) {
		tell(me, E_OK, &diag);
		return false;
	}
	daemon_watch(job_seconds());
	rc = work(me, &diag);
	me->tried = true;
	arena_reset(me->servers.arena);
	tell(me, rc, &diag);
	if (rc == E_OK || !queue_consumer_has(me->servers.queue, me->delivery))
		drop_delivery(me);
	return true;
}

/* How long nothing is to be done, ms. */
static int
idle_ms(const struct worker *me)
{
	int pause = mq_socket(me->servers.mq) < 0 ?
	    PAUSE_MIN_MS :
	    queue_manager_idle_ms(me->servers.queue);

	if (me->again_at > 0 && clock_left(me->again_at) < pause)
		pause = clock_left(me->again_at);
	return pause;
}

static enum err
serve(void *self, struct diag *diag)
{
	struct worker *me = self;
	bool more = false;

	(void)diag;
	while (backend_wait(&me->servers, more ? 0 : idle_ms(me)))
		more = do_round(me);
	return E_OK;
}

/* The broker's connection, while the database is waited for. */
static int
broker_socket(void *mq)
{
	return mq_socket(mq);
}

static int
broker_pause(void *mq)
{
	return mq_idle_ms(mq);
}

static void
broker_serve(void *mq)
{
	mq_idle(mq);
}

/* A worker's own limits in place of a request's. */
static void
own_limits(void)
{
	settings.db.database_statement_timeout =
	    settings.worker.worker_statement_timeout;
	settings.db.database_lock_timeout = settings.worker.worker_lock_timeout;
	if (settings.mq.rabbitmq_timeout < CONFIRM_MS)
		settings.mq.rabbitmq_timeout = CONFIRM_MS;
}

static enum err
open_worker(void *self, struct diag *diag)
{
	struct worker *me = self;

	(void)diag;
	own_limits();
	me->waiter = (struct db_waiter){ broker_socket, broker_pause,
		broker_serve, me->servers.mq };
	db_serve_while_waiting(me->servers.db, &me->waiter);
	(void)db_cancel_at_end(me->servers.db, true);
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
	static struct worker me;
	static const struct backend_program program = {
		.name = "pulse-etl-worker",
		.synopsis =
		    "Take the ids of stored batches from the queues;"
		    " transform these batches into\nthe unified tables and"
		    " load them, one at a time.",
		.settings = &settings,
		.backend = &me.servers,
		.arena_bytes = ARENA_BYTES,
		.open = open_worker,
		.serve = serve,
		.close = close_worker,
		.self = &me,
	};

	return backend_main(argc, argv, &program);
}
