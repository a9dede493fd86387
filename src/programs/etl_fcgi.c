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
#include "etl/router.h"
#include "etl/store.h"
#include "http/auth.h"
#include "http/document.h"
#include "http/seats.h"
#include "programs/backend.h"
#include "programs/slots.h"

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
end(struct responder *me, struct slot *slot)
{
	/*
	 * The memory stays for a next batch that comes at once: to have the
	 * kernel clear new pages for each costs more than to scan it.
	 */
	if (slots_end(slot) > KEEP_BYTES)
		me->quiet_at = clock_ms() + QUIET_MS;
}

/* Answer one request. */
static void
answer_one(struct responder *me, struct slot *slot)
{
	log_set_context("request_id", slot->rq.request_id);
	db_wait_for_peer(me->service.db, fcgi_peer(slot->fcgi));
	router_answer(&slot->rq, &slot->rp);
	db_wait_for_peer(me->service.db, -1);
	end(me, slot);
}

/* What was done is told before it is answered. */
static void
end_stores(void *to, const size_t *places, size_t count)
{
	struct responder *me = to;

	log_gather(true);
	for (size_t i = 0; i < count; i++)
		end(me, &me->slots.all[places[i]]);
}

static void
answer_stores(struct responder *me, size_t count)
{
	struct req *rqs[RAW_BATCH_GROUP_MAX] = { NULL };
	struct resp *rps[RAW_BATCH_GROUP_MAX] = { NULL };

	for (size_t i = 0; i < count; i++) {
		rqs[i] = &me->slots.all[i].rq;
		rps[i] = &me->slots.all[i].rp;
	}
	log_gather(true);
	router_answer_stores(rqs, rps, count, end_stores, me);
	log_gather(false);
}

static void
answer_other(struct responder *me, struct slot *slot)
{
	seats_leave(me->service.seats);
	daemon_watch((unsigned)settings.http.request_timeout);
	answer_one(me, slot);
}

/* Answer the request that was accepted, with those that go with it. */
static void
answer(struct responder *me)
{
	bool other = false, is_first;
	size_t count = 1;

	slots_begin(&me->slots, &me->slots.all[0]);
	if (store_may_have_company(&me->slots.all[0].rq))
		count = slots_gather(&me->slots, &other);
	else
		seats_let_go(me->service.seats, true);
	/* Who asks whether we are well is not to wait for others' stores. */
	is_first = other && router_is_open(&me->slots.all[count].rq);
	if (is_first)
		answer_other(me, &me->slots.all[count]);
	if (count > 1)
		answer_stores(me, count);
	else
		answer_one(me, &me->slots.all[0]);
	seats_let_go(me->service.seats, other);
	if (other && !is_first)
		answer_other(me, &me->slots.all[count]);
	seats_leave(me->service.seats);
	log_set_context(NULL, NULL);
	arena_reset(me->servers.arena);
	me->renew_at = clock_ms() + settings.db.database_renew_after * 1000;
}

/* The last large batch was a while ago: give back what it needed. */
static void
give_back(struct responder *me)
{
	if (me->quiet_at == 0 || clock_left(me->quiet_at) > 0)
		return;
	me->quiet_at = 0;
	slots_shrink(&me->slots, KEEP_BYTES);
	(void)malloc_trim(0);
}

/* Nobody has asked for long: the next may find a session of the usual size. */
static void
renew_session(struct responder *me)
{
	if (me->renew_at == 0 || clock_left(me->renew_at) > 0)
		return;
	me->renew_at = 0;
	db_shrink_buffers(me->service.db);
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
	raw_batch_marks_flush(&me->marks, me->service.db, me->servers.arena);
}

/*
 * Heartbeats, alarms, reconnecting: when something came, when it is time, and
 * in every round while the broker is unreachable, for mq.c makes the pauses.
 */
static void
look_after_broker(struct responder *me, bool came)
{
	if (!came && clock_ms() < me->broker_at &&
	    queue_manager_is_up(me->service.queue))
		return;
	queue_manager_idle(me->service.queue);
	me->broker_at = clock_ms() + queue_manager_idle_ms(me->service.queue);
}

/* Wait for a request; serve the connections meanwhile. */
static bool
wait_for_request(struct responder *me)
{
	struct pollfd fds[] = {
		{ .fd = fcgi_socket(me->slots.all[0].fcgi), .events = POLLIN },
		{ .fd = mq_socket(me->servers.mq), .events = POLLIN },
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
		if (seats_gather(me->service.seats))
			return true;
		seats_wait_to_gather(me->service.seats);
		(void)daemon_poll(NULL, 0, 0); /* were we asked to end? */
		return false;
	}
	if (raw_batch_marks_due(&me->marks) == 0)
		flush_marks(me);
	if (fds[2].revents != 0)
		db_idle(me->service.db);
	give_back(me);
	renew_session(me);
	return false;
}

/* What whoever set it up is to know. */
static void
warn_of_settings(const struct responder *me)
{
	if (fcgi_socket_is_open(me->slots.all[0].fcgi))
		log_warn("open_socket",
		    LOG_TEXT("text",
			"everybody on"
			" this host may connect to the listening socket,"
			" and is taken for nginx: give it the mode 0660"
			" (spawn-fcgi -M 0660)"));
	if (strcmp(settings.http.auth, "none") == 0)
		log_warn("no_auth",
		    LOG_TEXT("text",
			"auth = none:"
			" whoever reaches this from its own host may read"
			" and change every tenant's data; for development"
			" only"));
}

static enum err
serve(void *self, struct diag *diag)
{
	struct responder *me = self;
	unsigned limit = (unsigned)settings.http.request_timeout;
	enum err rc = E_OK;
	int64_t ends;

	warn_of_settings(me);
	while (rc == E_OK && !daemon_is_ending()) {
		bool got = false;

		daemon_watch(limit);
		if (!wait_for_request(me))
			continue;
		rc = fcgi_accept(me->slots.all[0].fcgi, &got, diag);
		if (rc == E_OK && got) {
			answer(me);
			give_back(me);
		}
		seats_let_go(me->service.seats, false);
	}
	/*
	 * Asked to end: first answer whoever is connected already. When the
	 * whole pool ends, nobody else would.
	 */
	ends = clock_ms() + DRAIN_MS;
	while (rc == E_OK && daemon_was_asked() && clock_left(ends) > 0) {
		bool got = false;

		daemon_watch(limit);
		rc = fcgi_accept(me->slots.all[0].fcgi, &got, diag);
		if (rc != E_OK || !got)
			break;
		answer(me);
	}
	daemon_watch(limit);
	flush_marks(me);
	return rc;
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

/* Unreachable servers do not keep us from starting: see health/ready. */
static void
connect_early(struct responder *me)
{
	struct queue_trouble trouble;
	struct diag diag;

	if (db_open(me->service.db, &diag) != E_OK)
		log_warn("database", LOG_TEXT("text", diag.text));
	if (queue_manager_declare(me->service.queue, START_MS, &diag) != E_OK)
		log_debug("declare", LOG_TEXT("text", diag.text));
	for (size_t place = 0;
	     queue_manager_trouble(me->service.queue, &place, &trouble);)
		log_warn("degraded", LOG_TEXT("what", trouble.what),
		    LOG_TEXT("text", trouble.text));
}

static enum err
open_responder(void *self, struct diag *diag)
{
	struct responder *me = self;
	struct service *service = &me->service;
	enum err rc;

	/*
	 * Large blocks stay with the process while it is busy, libpq's too;
	 * give_back() returns them.
	 */
	(void)mallopt(M_MMAP_THRESHOLD, MMAP_BYTES);
	(void)mallopt(M_TRIM_THRESHOLD, MMAP_BYTES);
	service->settings = &settings.http;
	service->routes = &router_routes;
	service->db = me->servers.db;
	service->queue = me->servers.queue;
	service->qdrant = me->servers.qdrant;
	service->marks = &me->marks;
	rc = secret_check(settings.http.secret_keys_file, diag);
	if (rc == E_OK)
		rc = auth_new(&settings.http, &service->auth, diag);
	if (rc == E_OK)
		rc = slots_init(&me->slots, service, diag);
	if (rc != E_OK)
		return rc;
	daemon_signals(); /* after libfcgi's own */
	me->slots.arena = me->servers.arena;
	open_seats(me);
	connect_early(me);
	return E_OK;
}

static void
close_responder(void *self)
{
	struct responder *me = self;

	slots_free(&me->slots);
	auth_free(me->service.auth);
	document_free(me->service.openapi);
	seats_free(me->service.seats);
}

int
main(int argc, char **argv)
{
	static struct responder me = { .waits = -1 };
	static const struct backend_program program = {
		.name = "pulse-etl-fcgi",
		.synopsis =
		    "Answer requests that nginx passes on by FastCGI:"
		    " store whole API responses\nand queue their ids. Standard"
		    " input is the listening socket (spawn-fcgi -n).",
		.settings = &settings,
		.backend = &me.servers,
		.arena_bytes = ARENA_BYTES,
		.answers = true,
		.open = open_responder,
		.serve = serve,
		.close = close_responder,
		.self = &me,
	};

	return backend_main(argc, argv, &program);
}
