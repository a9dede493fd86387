/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl-fcgi: a responder behind nginx. It answers one request at a time,
 * or small stores that wait together, and serves the broker's heartbeats while
 * it waits.
 */
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "adapters/crypto/secret.h"
#include "base/clock.h"
#include "base/daemon.h"
#include "base/log.h"
#include "etl/reading.h"
#include "etl/request_series.h"
#include "etl/router.h"
#include "etl/store.h"
#include "http/auth.h"
#include "http/document.h"
#include "http/seats.h"
#include "programs/backend.h"
#include "programs/slots.h"
#include "work/backlog.h"

/* Small things of one request; payloads are not among them. */
#define ARENA_BYTES (4 << 20)
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

struct responder {
	struct slots slots; /* the first is for any request */
	int waits;	    /* of daemon_poll_shared() */
	struct backend servers;
	struct service service; /* the same, and more, for requests */
	struct raw_batch_marks marks;
	int64_t broker_at; /* of clock_ms(): when to look after the broker */
	int64_t quiet_at; /* of clock_ms(): when to give memory back; 0: done */
	int64_t renew_at; /* the same for the database's session */
};

static void
end(struct responder *responder, struct slot *slot)
{
	/*
	 * The memory stays for a next batch that comes at once: to have the
	 * kernel clear new pages for each costs more than to scan it.
	 */
	if (slots_end(slot) > KEEP_BYTES)
		responder->quiet_at = clock_ms() + QUIET_MS;
}

/* Answer one request. */
static void
answer_one(struct responder *responder, struct slot *slot)
{
	request_log(&slot->rq);
	db_wait_for_peer(responder->service.db, fcgi_peer(slot->fcgi));
	router_answer(&slot->rq, &slot->rp);
	db_wait_for_peer(responder->service.db, -1);
	end(responder, slot);
}

/* What was done is told before it is answered. */
static void
end_stores(void *to, const size_t *places, size_t count)
{
	struct responder *responder = to;

	log_gather(true);
	for (size_t i = 0; i < count; i++)
		end(responder, &responder->slots.all[places[i]]);
}

static void
answer_stores(struct responder *responder, size_t count)
{
	struct req *rqs[RAW_BATCH_GROUP_MAX] = { NULL };
	struct resp *rps[RAW_BATCH_GROUP_MAX] = { NULL };

	for (size_t i = 0; i < count; i++) {
		rqs[i] = &responder->slots.all[i].rq;
		rps[i] = &responder->slots.all[i].rp;
	}
	log_gather(true);
	router_answer_stores(rqs, rps, count, end_stores, responder);
	log_gather(false);
}

/* Both a request and a turn of waiting have so long. */
static void
watch(void)
{
	daemon_watch((unsigned)settings.http.request_timeout);
}

static void
answer_other(struct responder *responder, struct slot *slot)
{
	seats_leave(responder->service.seats);
	watch();
	answer_one(responder, slot);
}

/* Answer the request that was accepted, with those that go with it. */
static void
answer(struct responder *responder)
{
	bool other = false, is_first;
	size_t count = 1;

	slots_begin(&responder->slots, &responder->slots.all[0]);
	if (store_may_have_company(&responder->slots.all[0].rq))
		count = slots_gather(&responder->slots, &other);
	else
		seats_let_go(responder->service.seats, true);
	/* Who asks whether we are well is not to wait for others' stores. */
	is_first = other && router_is_open(&responder->slots.all[count].rq);
	if (is_first)
		answer_other(responder, &responder->slots.all[count]);
	if (count > 1)
		answer_stores(responder, count);
	else
		answer_one(responder, &responder->slots.all[0]);
	seats_let_go(responder->service.seats, other);
	if (other && !is_first)
		answer_other(responder, &responder->slots.all[count]);
	seats_leave(responder->service.seats);
	log_set_context(NULL, NULL);
	log_set_trace(NULL);
	arena_reset(responder->servers.arena);
	responder->renew_at = clock_ms() +
	    settings.db.database_renew_after * 1000;
}

/* The last large batch was a while ago: give back what it needed. */
static void
give_back(struct responder *responder)
{
	if (responder->quiet_at == 0 || clock_left(responder->quiet_at) > 0)
		return;
	responder->quiet_at = 0;
	slots_shrink(&responder->slots, KEEP_BYTES);
	(void)malloc_trim(0);
}

/* Nobody has asked for long: the next may find a session of the usual size. */
static void
renew_session(struct responder *responder)
{
	if (responder->renew_at == 0 || clock_left(responder->renew_at) > 0)
		return;
	responder->renew_at = 0;
	db_shrink_buffers(responder->service.db);
	reading_shrink_buffers(responder->service.reading);
	(void)malloc_trim(0);
}

/* Milliseconds until the earlier one, -1: never. `at`: of clock_ms(), or 0. */
static int
sooner(int timeout, int64_t at)
{
	return backend_sooner(timeout, at == 0 ? -1 : clock_left(at));
}

static void
flush_marks(struct responder *responder)
{
	raw_batch_marks_flush(&responder->marks, responder->service.db,
	    responder->servers.arena);
	backlog_count_idle(responder->service.db, responder->service.queue,
	    responder->servers.arena);
}

/*
 * Heartbeats, alarms, reconnecting: when something came, when it is time, and
 * in every round while the broker is unreachable, for mq.c makes the pauses.
 */
static void
look_after_broker(struct responder *responder, bool came)
{
	if (!came && clock_ms() < responder->broker_at &&
	    queue_manager_is_up(responder->service.queue))
		return;
	queue_manager_idle(responder->service.queue);
	responder->broker_at = clock_ms() +
	    queue_manager_idle_ms(responder->service.queue);
}

/* Wait for a request; serve the connections meanwhile. */
static bool
wait_for_request(struct responder *responder)
{
	struct pollfd fds[] = {
		{ .fd = fcgi_socket(responder->slots.all[0].fcgi),
		    .events = POLLIN },
		{ .fd = mq_socket(responder->servers.mq), .events = POLLIN },
		{ .fd = db_socket(responder->service.db), .events = POLLIN },
	};
	int timeout = queue_manager_idle_ms(responder->service.queue);

	timeout = backend_sooner(timeout,
	    raw_batch_marks_due(&responder->marks));
	timeout = backend_sooner(timeout, otlp_due(responder->servers.otlp));
	timeout = sooner(sooner(timeout, responder->quiet_at),
	    responder->renew_at);
	(void)daemon_poll_shared(&responder->waits, fds, COUNT(fds), timeout);
	backend_reread(&responder->servers);
	otlp_turn(responder->servers.otlp);
	look_after_broker(responder, fds[1].revents != 0);
	if (fds[0].revents != 0) {
		if (raw_batch_marks_pressing(&responder->marks))
			flush_marks(responder);
		if (seats_gather(responder->service.seats))
			return true;
		seats_wait_to_gather(responder->service.seats);
		(void)daemon_poll(NULL, 0, 0); /* were we asked to end? */
		return false;
	}
	if (raw_batch_marks_due(&responder->marks) == 0)
		flush_marks(responder);
	if (fds[2].revents != 0)
		db_idle(responder->service.db);
	give_back(responder);
	renew_session(responder);
	return false;
}

/* What whoever set it up is to know. */
static void
warn_of_settings(const struct responder *responder)
{
	if (fcgi_socket_is_open(responder->slots.all[0].fcgi))
		log_warn("open_socket",
		    LOG_TEXT("text",
			"everybody on this host may connect to the listening"
			" socket, and is taken for nginx: give it the mode"
			" 0660 (spawn-fcgi -M 0660)"));
	if (strcmp(settings.http.auth, "none") == 0)
		log_warn("no_auth",
		    LOG_TEXT("text",
			"auth = none: whoever reaches this from its own host"
			" may read and change every tenant's data; for"
			" development only"));
}

static enum err
serve(void *self, struct diag *diag)
{
	struct responder *responder = self;
	enum err rc = E_OK;
	int64_t ends;

	warn_of_settings(responder);
	while (rc == E_OK && !daemon_is_ending()) {
		bool got = false;

		watch();
		if (!wait_for_request(responder))
			continue;
		rc = fcgi_accept(responder->slots.all[0].fcgi, &got, diag);
		if (rc == E_OK && got) {
			answer(responder);
			give_back(responder);
		}
		seats_let_go(responder->service.seats, false);
	}
	/*
	 * Asked to end: first answer whoever is connected already. When the
	 * whole pool ends, nobody else would.
	 */
	ends = clock_ms() + DRAIN_MS;
	while (rc == E_OK && daemon_was_asked() && clock_left(ends) > 0) {
		bool got = false;

		watch();
		rc = fcgi_accept(responder->slots.all[0].fcgi, &got, diag);
		if (rc != E_OK || !got)
			break;
		answer(responder);
	}
	watch();
	flush_marks(responder);
	return rc;
}

/* Without the table nothing is bounded, but all is answered. */
static void
open_seats(struct responder *responder)
{
	char path[4096] = "";
	struct diag diag;

	if (settings.daemon.metrics_file[0] != '\0')
		(void)snprintf(path, sizeof(path), "%s.seats",
		    settings.daemon.metrics_file);
	if (seats_new(path, &settings.http, &responder->service.seats, &diag) !=
	    E_OK)
		log_warn("seats", LOG_TEXT("text", diag.text));
}

/* Unreachable servers do not keep us from starting: see health/ready. */
static void
connect_early(struct responder *responder)
{
	struct queue_trouble trouble;
	struct diag diag;

	if (db_open(responder->service.db, &diag) != E_OK)
		log_warn("database", LOG_TEXT("text", diag.text));
	if (queue_manager_declare(responder->service.queue, START_MS, &diag) !=
	    E_OK)
		log_debug("declare", LOG_TEXT("text", diag.text));
	for (size_t place = 0;
	     queue_manager_trouble(responder->service.queue, &place, &trouble);)
		log_warn("degraded", LOG_TEXT("what", trouble.what),
		    LOG_TEXT("text", trouble.text));
}

static enum err
open_responder(void *self, struct diag *diag)
{
	struct responder *responder = self;
	struct service *service = &responder->service;
	enum err rc;

	/*
	 * Large blocks stay with the process while it is busy, libpq's too;
	 * give_back() returns them.
	 */
	(void)mallopt(M_MMAP_THRESHOLD, MMAP_BYTES);
	(void)mallopt(M_TRIM_THRESHOLD, MMAP_BYTES);
	service->settings = &settings.http;
	service->extract = &settings.extract;
	service->routes = &router_routes;
	service->db = responder->servers.db;
	service->queue = responder->servers.queue;
	service->reading = reading_new(&settings.db, "pulse-etl-fcgi");
	service->qdrant = responder->servers.qdrant;
	service->marks = &responder->marks;
	rc = secret_check(settings.http.secret_keys_file, diag);
	if (rc == E_OK)
		rc = auth_new(&settings.http, &service->auth, diag);
	if (rc == E_OK)
		rc = slots_init(&responder->slots, service, diag);
	if (rc != E_OK)
		return rc;
	daemon_signals(); /* after libfcgi's own */
	responder->slots.arena = responder->servers.arena;
	request_series_expect(&router_routes);
	open_seats(responder);
	connect_early(responder);
	return E_OK;
}

static void
close_responder(void *self)
{
	struct responder *responder = self;

	slots_free(&responder->slots);
	reading_free(responder->service.reading);
	auth_free(responder->service.auth);
	document_free(responder->service.openapi);
	seats_free(responder->service.seats);
}

int
main(int argc, char **argv)
{
	static struct responder responder = { .waits = -1 };
	static const struct backend_program program = {
		.name = "pulse-etl-fcgi",
		.synopsis =
		    "Answer requests that nginx passes on by FastCGI:"
		    " store whole API responses\nand queue their ids. Standard"
		    " input is the listening socket (spawn-fcgi -n).",
		.settings = &settings,
		.backend = &responder.servers,
		.arena_bytes = ARENA_BYTES,
		.answers = true,
		.open = open_responder,
		.serve = serve,
		.close = close_responder,
		.self = &responder,
	};

	return backend_main(argc, argv, &program);
}
