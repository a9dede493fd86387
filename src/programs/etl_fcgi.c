/*
 * pulse-etl-fcgi: a responder behind nginx. It answers one request at a time
 * and serves the broker's heartbeats while it waits.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/fcgi.h"
#include "adapters/secret.h"
#include "base/clock.h"
#include "base/daemon.h"
#include "base/log.h"
#include "base/metrics.h"
#include "etl/router.h"
#include "http/auth.h"
#include "http/document.h"
#include "http/seats.h"
#include "programs/settings.h"

#define PROGRAM "pulse-etl-fcgi"
/* Small things of one request; payloads are not among them. */
#define ARENA_BYTES (4 << 20)
#define ANSWER_BYTES (16 << 20)
#define HEAD_BYTES 65536
/* What stays allocated while no large batch comes or goes, bytes. */
#define KEEP_BYTES (1 << 20)
/* Blocks from here on are the kernel's: they come and go one by one, bytes. */
#define MMAP_BYTES (32 << 20)
/* When that is: so long after the last large one, ms. */
#define QUIET_MS 1000
/* How long the first declaration of the queues may take, ms. */
#define START_MS 5000
/* How long to go on answering after being asked to end, ms. */
#define DRAIN_MS 2000

static struct settings settings;
static struct conf_set sets[SETTINGS_SETS];

struct responder {
	struct fcgi *fcgi;
	int waits; /* of daemon_poll_shared() */
	struct mq *mq;
	struct service service;
	struct raw_batch_marks marks;
	struct arena *arena;
	struct buf body, head, answer;
	int64_t broker_at; /* of clock_ms(): when to look after the broker */
	int64_t quiet_at; /* of clock_ms(): when to give memory back; 0: done */
	int64_t renew_at; /* the same for the database's session */
};

/* One line per request. */
static void
log_request(const struct req *rq, const struct resp *rp, int64_t began,
    bool sent)
{
	enum log_level level = rp->status >= 500 ? LOG_LEVEL_WARN :
	    LOG_LEVEL_INFO;
	const struct log_pair pairs[] = {
		LOG_SPAN("method", rq->method),
		LOG_SPAN("path", rq->path),
		LOG_INT("status", rp->status),
		LOG_INT("us", clock_us() - began),
		LOG_INT("in", (int64_t)rq->body->len),
		LOG_INT("out", (int64_t)response_size(rp)),
		LOG_INT("tenant_id", rq->who.tenant_id),
		LOG_TEXT("who", rq->who.name[0] == '\0' ? NULL :
		    rq->who.name),
		LOG_TEXT("client", sent ? NULL : "gone"),
		LOG_TEXT("error", rq->diag.code == E_OK ? NULL :
		    err_name(rq->diag.code)),
		LOG_TEXT("sqlstate", rq->diag.sqlstate[0] == '\0' ? NULL :
		    rq->diag.sqlstate),
		LOG_TEXT("text", rq->diag.code == E_OK ? NULL : rq->diag.text),
	};

	log_write(level, "request", pairs, COUNT(pairs));
}

static void
count_request(const struct resp *rp, int64_t began, bool sent)
{
	static const enum metric classes[] = { METRIC_REQUESTS_2XX,
		METRIC_REQUESTS_3XX, METRIC_REQUESTS_4XX, METRIC_REQUESTS_5XX };

	metrics_add(classes[(rp->status / 100 - 2) & 3], 1);
	metrics_add(METRIC_REQUEST_SECONDS, (uint64_t)(clock_us() - began));
	if (!sent)
		metrics_add(METRIC_REQUESTS_GONE, 1);
}

/* Answer the request that was accepted. */
static void
answer(struct responder *me)
{
	int64_t began = clock_us();
	struct resp rp;
	struct req rq;
	bool sent;

	request_init(&rq, &me->service, me->arena, &me->body);
	request_from_fcgi(&rq, me->fcgi);
	log_set_context("request_id", rq.request_id);
	response_init(&rp, &me->head, &me->answer);
	db_wait_for_peer(me->service.db, fcgi_peer(me->fcgi));
	if (fcgi_is_gone(me->fcgi))
		response_problem(&rp, &rq, diag_set(&rq.diag, E_SYNTAX,
		    "the client had gone before its turn came"));
	else
		router_answer(&rq, &rp);
	db_wait_for_peer(me->service.db, -1);
	sent = response_send(&rp, &rq, me->fcgi);
	seats_leave(me->service.seats);
	log_request(&rq, &rp, began, sent);
	count_request(&rp, began, sent);
	log_set_context(NULL, NULL);
	arena_reset(me->arena);
	/*
	 * Their memory stays for a next batch that comes at once: to have the
	 * kernel clear new pages for each costs more than to scan it.
	 */
	if (me->body.len > KEEP_BYTES || response_size(&rp) > KEEP_BYTES)
		me->quiet_at = clock_ms() + QUIET_MS;
	me->renew_at = clock_ms() + settings.db.database_renew_after * 1000;
	buf_reset(&me->body, SIZE_MAX);
}

/* The last large batch was a while ago: give back what it needed. */
static void
give_back(struct responder *me)
{
	if (me->quiet_at == 0 || clock_left(me->quiet_at) > 0)
		return;
	me->quiet_at = 0;
	buf_reset(&me->body, KEEP_BYTES);
	(void)malloc_trim(0);
}

/* Nobody has asked for long: the next may find a session of the usual size. */
static void
renew_session(struct responder *me)
{
	if (me->renew_at == 0 || clock_left(me->renew_at) > 0)
		return;
	me->renew_at = 0;
	db_slim(me->service.db);
	(void)malloc_trim(0);
}

/* Milliseconds until the earlier one, -1: never. `at`: of clock_ms(), or 0. */
static int
sooner(int timeout, int64_t at)
{
	int left = at == 0 ? -1 : clock_left(at);

	return left >= 0 && (timeout < 0 || left < timeout) ? left : timeout;
}

static void
flush_marks(struct responder *me)
{
	raw_batch_marks_flush(&me->marks, me->service.db, me->arena);
}

/*
 * Heartbeats, alarms, reconnecting: when something came, when it is time, and
 * at every turn while the broker is away, for it pauses by itself.
 */
static void
look_after_broker(struct responder *me, bool came)
{
	if (!came && clock_ms() < me->broker_at &&
	    queue_manager_is_up(me->service.queue))
		return;
	queue_manager_idle(me->service.queue);
	me->broker_at = clock_ms() +
	    queue_manager_idle_ms(me->service.queue);
}

/* Wait for a request; serve the connections meanwhile. */
static bool
wait_for_request(struct responder *me)
{
	struct pollfd fds[] = {
		{ .fd = fcgi_socket(me->fcgi), .events = POLLIN },
		{ .fd = mq_socket(me->mq), .events = POLLIN },
		{ .fd = db_socket(me->service.db), .events = POLLIN },
	};
	int timeout = queue_manager_idle_ms(me->service.queue);
	int due = raw_batch_marks_due(&me->marks);

	if (due >= 0 && (timeout < 0 || due < timeout))
		timeout = due;
	timeout = sooner(sooner(timeout, me->quiet_at), me->renew_at);
	(void)daemon_poll_shared(&me->waits, fds, COUNT(fds), timeout);
	look_after_broker(me, fds[1].revents != 0);
	if (fds[0].revents != 0) {
		if (raw_batch_marks_pressing(&me->marks))
			flush_marks(me);
		return true;
	}
	if (raw_batch_marks_due(&me->marks) == 0)
		flush_marks(me);
	if (fds[2].revents != 0)
		db_idle(me->service.db);
	give_back(me);
	renew_session(me);
	return false;
}

static enum err
serve(struct responder *me, struct diag *diag)
{
	unsigned limit = (unsigned)settings.http.request_timeout;
	enum err rc = E_OK;
	int64_t ends;

	while (rc == E_OK && !daemon_is_ending()) {
		bool got = false;

		daemon_watch(limit);
		if (!wait_for_request(me))
			continue;
		rc = fcgi_accept(me->fcgi, &got, diag);
		if (rc == E_OK && got) {
			answer(me);
			give_back(me);
		}
	}
	/*
	 * Asked to end: first answer whoever is connected already. When the
	 * whole pool ends, nobody else would.
	 */
	ends = clock_ms() + DRAIN_MS;
	while (rc == E_OK && daemon_was_asked() && clock_left(ends) > 0) {
		bool got = false;

		daemon_watch(limit);
		rc = fcgi_accept(me->fcgi, &got, diag);
		if (rc != E_OK || !got)
			break;
		answer(me);
	}
	daemon_watch(limit);
	flush_marks(me);
	return rc;
}

static enum err
open_all(struct responder *me, struct diag *diag)
{
	enum err rc;

	rc = secret_check(settings.http.secret_keys_file, diag);
	if (rc == E_OK)
		rc = auth_new(&settings.http, &me->service.auth, diag);
	if (rc == E_OK)
		rc = fcgi_new(&me->fcgi, diag);
	if (rc != E_OK)
		return rc;
	daemon_signals(); /* after libfcgi's own */
	me->arena = arena_new(ARENA_BYTES);
	me->mq = mq_new(&settings.mq, PROGRAM);
	me->service.db = db_new(&settings.db, PROGRAM);
	me->service.marks = &me->marks;
	me->service.settings = &settings.http;
	me->service.qdrant = qdrant_client_new(&settings.qdrant);
	if (me->arena == NULL || me->mq == NULL || me->service.db == NULL ||
	    me->service.qdrant == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory to start");
	me->service.queue = queue_manager_new(me->mq, &settings.mq,
	    &settings.queue);
	if (me->service.queue == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory to start");
	buf_init(&me->body, (size_t)settings.http.max_body + 1);
	buf_init(&me->head, HEAD_BYTES);
	buf_init(&me->answer, ANSWER_BYTES);
	return E_OK;
}

static void
close_all(struct responder *me)
{
	buf_free(&me->body);
	buf_free(&me->head);
	buf_free(&me->answer);
	arena_free(me->arena);
	queue_manager_free(me->service.queue);
	mq_free(me->mq);
	db_free(me->service.db);
	auth_free(me->service.auth);
	document_free(me->service.openapi);
	seats_free(me->service.seats);
	qdrant_client_free(me->service.qdrant);
	fcgi_free(me->fcgi);
}

/* Without the table nothing is bounded, but all is answered. */
static void
open_seats(struct responder *me)
{
	char path[4096] = "";
	struct diag diag;

	if (settings.daemon.metrics_file[0] != '\0')
		(void)snprintf(path, sizeof(path), "%s.seats",
		    settings.daemon.metrics_file);
	if (seats_new(path, &settings.http, &me->service.seats, &diag) != E_OK)
		log_warn("seats", LOG_TEXT("text", diag.text));
}

/* Servers that are away do not keep us from starting: see health/ready. */
static void
connect_early(struct responder *me)
{
	struct queue_trouble trouble;
	struct diag diag;

	if (db_open(me->service.db, &diag) != E_OK)
		log_warn("database", LOG_TEXT("text", diag.text));
	if (queue_manager_declare(me->service.queue, START_MS, &diag) != E_OK)
		log_debug("declare", LOG_TEXT("text", diag.text));
	for (size_t place = 0; queue_manager_trouble(me->service.queue, &place,
	    &trouble);)
		log_warn("degraded", LOG_TEXT("what", trouble.what),
		    LOG_TEXT("text", trouble.text));
}

int
main(int argc, char **argv)
{
	static const struct daemon_program program = {
		.name = PROGRAM,
		.synopsis = "Answer requests that nginx passes on by FastCGI:"
		    " store whole API responses\nand queue their ids. Standard"
		    " input is the listening socket (spawn-fcgi -n).",
		.sets = sets,
		.set_count = COUNT(sets),
	};
	static struct responder me = { .waits = -1 };
	struct diag diag;
	enum err rc;

	settings_init(&settings, sets);
	daemon_init(argc, argv, &program);
	daemon_start(&settings.daemon);
	/*
	 * Large blocks stay with the process while it is busy, libpq's too;
	 * give_back() returns them.
	 */
	(void)mallopt(M_MMAP_THRESHOLD, MMAP_BYTES);
	(void)mallopt(M_TRIM_THRESHOLD, MMAP_BYTES);
	diag_clear(&diag);
	rc = open_all(&me, &diag);
	if (rc == E_OK) {
		open_seats(&me);
		connect_early(&me);
		log_info("started", LOG_TEXT("version", PACKAGE_VERSION),
		    LOG_TEXT("auth", settings.http.auth));
		if (fcgi_socket_is_open(me.fcgi))
			log_warn("open_socket", LOG_TEXT("text", "everybody on"
			    " this host may connect to the listening socket,"
			    " and is taken for nginx: give it the mode 0660"
			    " (spawn-fcgi -M 0660)"));
		if (strcmp(settings.http.auth, "none") == 0)
			log_warn("no_auth", LOG_TEXT("text", "auth = none:"
			    " whoever reaches this from its own host may read"
			    " and change every tenant's data; for development"
			    " only"));
		rc = serve(&me, &diag);
	}
	if (rc != E_OK)
		log_error("ending", LOG_TEXT("error", err_name(rc)),
		    LOG_TEXT("text", diag.text));
	else
		log_info("ended", LOG_TEXT("version", PACKAGE_VERSION));
	close_all(&me);
	conf_free(sets, COUNT(sets));
	return err_exit_code(rc);
}
