/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl-extractor: takes runs of extractions from extract_queue and reads
 * their sources page by page; each page becomes a batch.
 *
 * What if it dies? The message was not settled, so the broker delivers it
 * again, and the run goes on behind the last page that was committed.
 */
#include "base/clock.h"
#include "base/daemon.h"
#include "base/log.h"
#include "extract/extract_engine.h"
#include "models/extract/extract_run.h"
#include "models/tables/schema.h"
#include "programs/backend.h"
#include "programs/worker_pauses.h"
#include "programs/worker_waiter.h"
#include "queue/queue_consumer.h"
#include "work/backlog.h"

#define ARENA_BYTES (64u << 20)
/* An extractor waits longer for a confirm than a client could, ms. */
#define CONFIRM_MS 5000
#define PAUSE_MIN_MS 200 /* before another try */
#define PAUSE_MAX_MS 5000
/* When to look again for a stream that another one reads: topology_rows.h. */
#define STEP_HELD 2
/* Deliveries of one message whose extractors have all died. */
#define DELIVERIES_MAX 50
/* Longer than one round: seven tries, each with its pause. */
#define ROUND_SECONDS 6000

static const enum queue taken[] = { QUEUE_EXTRACT };
static struct settings settings;

struct extractor_program {
	struct backend servers;
	struct db_waiter waiter; /* the broker, meanwhile */
	struct extract_engine engine;
	struct mq_delivery *delivery; /* at work, until it is settled */
	int64_t again_at;	      /* of clock_ms(): not before */
	int64_t pause;
};

/*
 * Give its place to others: a message of the run anew, then it is settled. What
 * was read of the message has gone with the arena of the first round.
 */
static enum err
requeue(struct extractor_program *self, int64_t run_id, struct diag *diag)
{
	struct job job;
	enum err rc;

	rc = job_read_extract(self->delivery->body, self->servers.arena, &job,
	    diag);
	if (rc != E_OK)
		return rc;
	job.run_id = run_id;
	job.lane = queue_consumer_lane(self->servers.queue, self->delivery);
	job.traceparent = mq_header_text(self->delivery, "traceparent");
	rc = queue_manager_publish(self->servers.queue, QUEUE_EXTRACT, &job,
	    diag);
	return rc != E_OK ?
	    rc :
	    queue_consumer_done(self->servers.queue, self->delivery, diag);
}

/* Round after round. *ret_fate is MORE when the slice is over. */
static enum err
do_rounds(struct extractor_program *self, const struct job *job,
    enum extract_fate *ret_fate, struct diag *diag)
{
	int64_t until = clock_ms() + settings.extract.extract_slice * 1000;
	enum err rc = E_OK;

	*ret_fate = EXTRACT_MORE;
	while (rc == E_OK && *ret_fate == EXTRACT_MORE &&
	    clock_left(until) > 0) {
		daemon_watch(ROUND_SECONDS);
		rc = extract_round(&self->engine, job->tenant_id, job->run_id,
		    ret_fate, diag);
		arena_reset(self->servers.arena);
		backlog_count_idle(self->servers.db, self->servers.queue,
		    self->servers.arena);
		db_tenant(self->servers.db, job->tenant_id);
		if (rc == E_OK && daemon_is_ending())
			*ret_fate = EXTRACT_ENDING;
		mq_idle(self->servers.mq);
	}
	extract_engine_let_go(&self->engine);
	arena_reset(self->servers.arena);
	return rc;
}

/* Let the message go where the run's fate says. */
static enum err
settle(struct extractor_program *self, const struct job *job,
    enum extract_fate fate, struct diag *diag)
{
	switch (fate) {
	case EXTRACT_MORE:
		return requeue(self, job->run_id, diag);
	case EXTRACT_HELD:
		return queue_consumer_retry(self->servers.queue, QUEUE_EXTRACT,
		    self->delivery, STEP_HELD, 0, 0, diag);
	case EXTRACT_ENDED:
	case EXTRACT_WAITS:
		return queue_consumer_done(self->servers.queue, self->delivery,
		    diag);
	case EXTRACT_ENDING:
		break; /* the broker delivers it to the next one */
	}
	return E_OK;
}

/* A message that is no job, or ends extractors: it is dead, and why. */
static enum err
refuse(struct extractor_program *self, const struct diag *why,
    struct diag *diag)
{
	log_warn("refused", LOG_TEXT("queue", "extract"),
	    LOG_SPAN("message_id", self->delivery->message_id),
	    LOG_TEXT("text", why->text));
	return queue_consumer_bury(self->servers.queue, QUEUE_EXTRACT,
	    self->delivery, why->text, diag);
}

/* A message of another publisher names no run yet. */
static enum err
open_run(struct extractor_program *self, struct job *job, struct diag *diag)
{
	const struct extract_request request = { .tenant_id = job->tenant_id,
		.integration_id = job->integration_id,
		.job_type = job->job_type,
		.job_params = job->job_params };
	struct extract_opened opened = { 0 };
	enum err rc;

	if (job->run_id != 0)
		return E_OK;
	if (extract_job_streams(NULL, job->job_type) == NULL)
		return diag_set(diag, E_INVALID,
		    "there is no such job_type: there are %s",
		    extract_job_types(self->servers.arena));
	rc = extract_run_open(self->servers.db, &request, self->servers.arena,
	    &opened, diag);
	if (rc == E_CONFLICT || (rc == E_DB && diag->sqlstate[0] == '2'))
		return diag_set(diag, E_INVALID,
		    "no run could be made: another one is open, or there is no"
		    " such integration");
	if (rc == E_OK)
		job->run_id = opened.id;
	return rc;
}

#define TOO_OFTEN "it was delivered too often, and each extractor died of it"

/* Is it to be worked on? A run that has ended needs its message no more. */
static enum err
take_up(struct extractor_program *self, struct job *job, bool *ret_is_running,
    struct diag *diag)
{
	const struct mq_delivery *delivery = self->delivery;
	enum err rc;

	rc = delivery->cut ?
	    diag_set(diag, E_INVALID, "the message is longer than any job") :
	    job_read_extract(delivery->body, self->servers.arena, job, diag);
	if (rc != E_OK)
		return rc;
	job->traceparent = mq_header_text(delivery, "traceparent");
	rc = schema_expect(self->servers.db, &self->servers.session,
	    self->servers.arena, diag);
	if (rc != E_OK)
		return rc;
	db_tenant(self->servers.db, job->tenant_id);
	rc = open_run(self, job, diag);
	if (rc == E_OK &&
	    queue_consumer_deliveries(delivery) >= DELIVERIES_MAX) {
		rc = extract_run_give_up(self->servers.db, job->tenant_id,
		    job->run_id, SPAN_LIT("{\"text\": \"" TOO_OFTEN "\"}"),
		    self->servers.arena, diag);
		if (rc == E_OK)
			rc = diag_set(diag, E_INVALID, TOO_OFTEN);
	}
	if (rc == E_OK)
		rc = extract_run_start(self->servers.db, job->tenant_id,
		    job->run_id, self->servers.arena, ret_is_running, diag);
	return rc == E_NO_ROW ?
	    diag_set(diag, E_INVALID, "the tenant has no such run") :
	    rc;
}

/* Of an enum extract_fate, in its order. */
static const char *const fates[] = { "goes on", "ended", "waits", "held",
	"ending" };

/* Do the job of the message at hand. Fails: it is to be done again. */
static enum err
work(struct extractor_program *self, struct diag *diag)
{
	enum extract_fate fate = EXTRACT_ENDED;
	int64_t began = clock_ms();
	bool is_running = false;
	struct diag later;
	struct job job;
	enum err rc = take_up(self, &job, &is_running, diag);

	diag_clear(&later);
	if (rc == E_INVALID) {
		rc = refuse(self, diag, &later);
		*diag = later;
		return rc;
	}
	if (rc == E_OK && is_running)
		rc = do_rounds(self, &job, &fate, diag);
	if (rc != E_OK)
		return rc;
	log_info("run", LOG_INT("run_id", job.run_id),
	    LOG_INT("tenant_id", job.tenant_id),
	    LOG_INT("integration_id", job.integration_id),
	    LOG_TEXT("fate", fates[fate]), LOG_INT("ms", clock_ms() - began));
	return settle(self, &job, fate, diag);
}

/* How a turn has gone: after a failure the next one waits, longer each time. */
static void
tell(struct extractor_program *self, enum err rc, const struct diag *diag)
{
	backend_tell(&self->servers, rc, diag);
	if (rc == E_OK) {
		self->pause = 0;
		self->again_at = 0;
		return;
	}
	self->pause = self->pause == 0 ? PAUSE_MIN_MS : self->pause * 2;
	if (self->pause > PAUSE_MAX_MS)
		self->pause = PAUSE_MAX_MS;
	self->again_at = clock_ms() + self->pause / 2 +
	    daemon_jitter((unsigned)self->pause / 2 + 1);
}

static void
drop_delivery(struct extractor_program *self)
{
	mq_delivery_free(self->delivery);
	self->delivery = NULL;
}

/*
 * Look after the broker and do one job, if there is one.
 * Gives: true when there may be more at once.
 */
static bool
do_round(struct extractor_program *self)
{
	struct queue_manager *queue = self->servers.queue;
	enum queue source;
	struct diag diag;
	enum err rc;

	if (clock_left(self->again_at) > 0 && mq_socket(self->servers.mq) < 0)
		return false;
	diag_clear(&diag);
	worker_pauses_look(&self->servers);
	rc = queue_consumer_round(queue, 1, &diag);
	if (self->delivery != NULL &&
	    !queue_consumer_has(queue, self->delivery))
		drop_delivery(self); /* the broker gives it to somebody */
	if (rc != E_OK) {
		tell(self, rc, &diag);
		return false;
	}
	if (clock_left(self->again_at) > 0)
		return false;
	if (self->delivery == NULL)
		self->delivery = queue_consumer_next(queue, &source);
	if (self->delivery == NULL) {
		tell(self, E_OK, &diag);
		return false;
	}
	rc = work(self, &diag);
	arena_reset(self->servers.arena);
	tell(self, rc, &diag);
	if (rc == E_OK || !queue_consumer_has(queue, self->delivery))
		drop_delivery(self);
	return true;
}

/* How long nothing is to be done, ms. */
static int
idle_ms(const struct extractor_program *self)
{
	int pause = mq_socket(self->servers.mq) < 0 ?
	    PAUSE_MIN_MS :
	    queue_manager_idle_ms(self->servers.queue);

	if (self->again_at > 0 && clock_left(self->again_at) < pause)
		pause = clock_left(self->again_at);
	return pause;
}

static enum err
serve(void *context, struct diag *diag)
{
	struct extractor_program *self = context;
	bool more = false;

	(void)diag;
	while (backend_wait(&self->servers, more ? 0 : idle_ms(self)))
		more = do_round(self);
	return E_OK;
}

/* While a source is waited for: the broker's heartbeats, and signals. */
static bool
turn(void *context, int ms)
{
	struct extractor_program *self = context;
	struct pollfd fd = { .fd = mq_socket(self->servers.mq),
		.events = POLLIN };

	if (!daemon_is_ending())
		(void)daemon_poll(&fd, 1, ms);
	mq_idle(self->servers.mq);
	return !daemon_is_ending();
}

static void
own_limits(void)
{
	if (settings.mq.rabbitmq_timeout < CONFIRM_MS)
		settings.mq.rabbitmq_timeout = CONFIRM_MS;
}

static void
reread(void *context)
{
	struct extractor_program *self = context;

	own_limits();
	extract_engine_reread(&self->engine);
}

static enum err
open_extractor(void *context, struct diag *diag)
{
	struct extractor_program *self = context;
	struct extract_engine *engine = &self->engine;

	own_limits();
	self->waiter = worker_waiter(self->servers.mq);
	db_serve_while_waiting(self->servers.db, &self->waiter);
	queue_consumer_of(self->servers.queue, taken, COUNT(taken));
	engine->settings = &settings.extract;
	engine->secret_keys_file = settings.http.secret_keys_file;
	engine->db = self->servers.db;
	engine->queue = self->servers.queue;
	engine->arena = self->servers.arena;
	engine->asker.turn = turn;
	engine->asker.context = self;
	return extract_engine_init(engine, diag);
}

static void
close_extractor(void *context)
{
	struct extractor_program *self = context;

	drop_delivery(self);
	extract_engine_done(&self->engine);
}

int
main(int argc, char **argv)
{
	static struct extractor_program self;
	static const struct backend_program program = {
		.name = "pulse-etl-extractor",
		.synopsis =
		    "Take runs of extractions from extract_queue and read their"
		    " sources, Jira and\nGitHub, page by page; each page becomes"
		    " a batch.",
		.settings = &settings,
		.backend = &self.servers,
		.arena_bytes = ARENA_BYTES,
		.open = open_extractor,
		.serve = serve,
		.close = close_extractor,
		.reread = reread,
		.self = &self,
	};

	return backend_main(argc, argv, &program);
}
