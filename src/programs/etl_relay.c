/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl-relay: queues what the responders could not. A row of
 * raw_extraction_data is its own outbox: pending and queued_at NULL means that
 * no message of it was confirmed. Several relays may run side by side.
 *
 * What if it dies? Before COMMIT the rows stay unmarked and are queued again:
 * a duplicate message, never a lost one.
 */
#include "base/clock.h"
#include "base/daemon.h"
#include "base/log.h"
#include "base/metrics.h"
#include "models/batch/raw_batch_counts.h"
#include "models/batch/raw_batch_relay.h"
#include "models/batch/raw_batch_version.h"
#include "models/tables/schema.h"
#include "programs/backend.h"
#include "queue/queue_manager.h"
#include "queue/queue_retries.h"
#include "work/backlog.h"
#include "work/publish.h"
#include "work/relay_chores.h"
#include "work/relay_lost.h"

#define ARENA_BYTES (64 << 20)
/* Rows that one round goes on by, at most. */
#define RANGE_ROWS 5000
/* All rows are looked through now and then: at most this share of the time. */
#define FULL_SHARE 100
#define FULL_MS 60000
/*
 * While many rows are to be queued, each tenant gets some queued now and then:
 * so often at most, ms, and in at most this share of the time.
 */
#define SHARES_MS 500
#define SHARES_SHARE 10
/* How often counts are added up, and how many rows at once, so many times. */
#define SUMS_MS 5000
#define SUMS_ROWS 10000
#define SUMS_STEPS 20

static struct settings settings;

struct relay {
	struct backend servers;
	struct relay_lost lost;
	struct queue_retries *retries;
	int64_t round_at;  /* of clock_ms(): when to look for rows */
	int64_t full_at;   /* of clock_ms(): when to look through all rows */
	int64_t after_id;  /* rows up to here were looked at */
	int64_t shares_at; /* of clock_ms(): when each tenant gets some */
	int64_t chores_at; /* of clock_ms(): when the chores are due */
	int64_t sums_at;   /* of clock_ms(): when counts are added up */
	struct relay_retention retention;
	enum err retry_trouble; /* of the last round at the retry queues */
};

/* What a round has found and done. */
struct seen {
	size_t marked;
	int64_t first_id, last_id; /* of its last transaction */
	bool more;		   /* there may be more at once */
	bool left;		   /* the broker did not take all */
};

/* Lock, publish and mark, in an open transaction. */
static enum err
queue_rows(struct relay *relay, enum raw_batch_where where,
    const struct raw_batch_range *range, struct seen *seen, struct diag *diag)
{
	struct published published;
	struct db_rows *rows;
	size_t count;
	enum err rc;

	rc = raw_batch_lock_unqueued(relay->servers.db, where, range,
	    settings.relay.relay_min_age, settings.relay.relay_batch,
	    relay->servers.arena, &rows, diag);
	if (rc != E_OK || db_rows_count(rows) == 0)
		return rc;
	count = (size_t)db_rows_count(rows);
	rc = publish_transforms(relay->servers.db, relay->servers.queue, rows,
	    (int)settings.relay.relay_timeout, relay->servers.arena, &published,
	    diag);
	/* What was confirmed is worth a COMMIT even if the rest was not. */
	if (rc == E_OK && published.confirmed == 0) {
		rc = published.why.code;
		*diag = published.why;
	}
	if (rc != E_OK)
		return rc;
	seen->first_id = db_int(rows, 0, RAW_BATCH_LOCKED_ID);
	seen->last_id = db_int(rows, (int)count - 1, RAW_BATCH_LOCKED_ID);
	seen->marked += published.confirmed;
	if (published.confirmed < count)
		seen->left = true;
	else if (count == (size_t)settings.relay.relay_batch)
		seen->more = true;
	return E_OK;
}

/* The same, in a transaction of its own. */
static enum err
commit_rows(struct relay *relay, enum raw_batch_where where,
    const struct raw_batch_range *range, struct seen *seen, struct diag *diag)
{
	enum err rc = db_begin(relay->servers.db, diag);

	if (rc != E_OK)
		return rc;
	rc = queue_rows(relay, where, range, seen, diag);
	if (rc == E_OK) {
		rc = db_commit(relay->servers.db, diag);
		if (rc == E_OK)
			backlog_count(relay->servers.db, relay->servers.queue,
			    0, relay->servers.arena);
		return rc;
	}
	db_rollback(relay->servers.db);
	return rc;
}

/*
 * Look at all that is pending, now and then: a row may come into sight late,
 * when its transaction has taken its time, or be locked by others when its turn
 * comes. Then go on from the end, or from what is left.
 */
static enum err
look_at_all(struct relay *relay, struct seen *seen, struct diag *diag)
{
	int64_t began = clock_ms(), newest, pause;
	enum err rc;

	rc = raw_batch_newest(relay->servers.db, settings.relay.relay_min_age,
	    relay->servers.arena, &newest, diag);
	if (rc == E_OK)
		rc = commit_rows(relay, RAW_BATCH_ANYWHERE, NULL, seen, diag);
	if (rc != E_OK)
		return rc;
	relay->after_id = newest;
	if (seen->left)
		relay->after_id = seen->first_id - 1;
	else if (seen->more && seen->last_id < newest)
		relay->after_id = seen->last_id;
	pause = (clock_ms() - began) * FULL_SHARE;
	relay->full_at = clock_ms() + (pause > FULL_MS ? pause : FULL_MS);
	return E_OK;
}

/*
 * Look at the rows that came since, each once: whoever stored it has had the
 * time to queue it. And at those that are due.
 */
static enum err
look_at_new(struct relay *relay, struct seen *seen, struct diag *diag)
{
	struct raw_batch_range range = { .after_id = relay->after_id };
	enum err rc;

	rc = raw_batch_look_on(relay->servers.db, settings.relay.relay_min_age,
	    RANGE_ROWS, relay->servers.arena, &range, diag);
	if (rc == E_OK && range.unqueued > 0)
		rc = commit_rows(relay, RAW_BATCH_IN_RANGE, &range, seen, diag);
	if (rc != E_OK)
		return rc;
	if (!seen->left)
		relay->after_id = seen->more ? seen->last_id : range.last_id;
	seen->more = seen->more || range.more;
	return range.due ?
	    commit_rows(relay, RAW_BATCH_DUE, NULL, seen, diag) :
	    E_OK;
}

/*
 * There is much to be queued, in the order of ids: so that nobody waits for the
 * whole of another tenant's, some of each tenant's newest come between.
 */
static enum err
look_at_shares(struct relay *relay, struct seen *seen, struct diag *diag)
{
	int64_t began = clock_ms(), pause;
	struct seen some = { 0 };
	enum err rc;

	if (clock_left(relay->shares_at) > 0)
		return E_OK;
	rc = commit_rows(relay, RAW_BATCH_SHARES, NULL, &some, diag);
	seen->marked += some.marked;
	pause = (clock_ms() - began) * SHARES_SHARE;
	relay->shares_at = clock_ms() + (pause > SHARES_MS ? pause : SHARES_MS);
	return rc;
}

/* Gives: true when there may be more at once. */
static bool
do_round(struct relay *relay)
{
	int64_t began = clock_ms();
	struct seen seen = { 0 };
	bool loads = false;
	struct diag diag;
	enum err rc;

	diag_clear(&diag);
	rc = queue_manager_declare(relay->servers.queue,
	    (int)settings.relay.relay_timeout, &diag);
	if (relay->lost.rows)
		relay->full_at = 0;
	relay->lost.rows = false;
	if (rc == E_OK)
		rc = schema_expect(relay->servers.db, &relay->servers.session,
		    relay->servers.arena, &diag);
	db_tenant(relay->servers.db, DB_EVERY_TENANT);
	if (rc == E_OK)
		rc = relay_lost_loads(&relay->lost,
		    (int)settings.relay.relay_timeout, &loads, &diag);
	if (rc == E_OK && began >= relay->full_at)
		rc = look_at_all(relay, &seen, &diag);
	else if (rc == E_OK)
		rc = look_at_new(relay, &seen, &diag);
	if (rc == E_OK && seen.more && !seen.left)
		rc = look_at_shares(relay, &seen, &diag);
	arena_reset(relay->servers.arena);
	backend_tell(&relay->servers, rc, &diag);
	if (rc != E_OK)
		relay->full_at = 0; /* what was seen may be another server's */
	metrics_add(METRIC_RELAYED, seen.marked);
	if (seen.marked > 0)
		log_info("relayed", LOG_INT("count", (int64_t)seen.marked),
		    LOG_INT("ms", clock_ms() - began));
	return rc == E_OK && (loads || (seen.more && !seen.left));
}

/* The chores, when they are due; trouble is told, and tried again later. */
static void
do_chores(struct relay *relay)
{
	int64_t pause = settings.relay.relay_chores * 1000;
	struct diag diag;

	if (clock_ms() < relay->chores_at || relay->servers.trouble != E_OK)
		return;
	relay->chores_at = clock_ms() + pause +
	    daemon_jitter((unsigned)pause / 4 + 1);
	relay_lost_note_empty(&relay->lost);
	diag_clear(&diag);
	if (relay_chores(relay->servers.db, relay->servers.queue,
		&settings.relay, &relay->retention, relay->servers.arena,
		&diag) != E_OK)
		log_warn("chores", LOG_TEXT("error", err_name(diag.code)),
		    LOG_TEXT("text", diag.text));
	arena_reset(relay->servers.arena);
}

/* Batches that were counted since the last time are added up. */
static void
add_up(struct relay *relay)
{
	int64_t count = SUMS_ROWS;
	struct diag diag;
	enum err rc = E_OK;

	if (clock_ms() < relay->sums_at)
		return;
	relay->sums_at = clock_ms() + SUMS_MS;
	diag_clear(&diag);
	for (int i = 0; rc == E_OK && i < SUMS_STEPS && count == SUMS_ROWS; i++)
		rc = raw_batch_counts_add_up(relay->servers.db, SUMS_ROWS,
		    relay->servers.arena, &count, &diag);
	if (rc != E_OK && rc != E_DB_CONNECT)
		log_warn("sums", LOG_TEXT("error", err_name(rc)),
		    LOG_TEXT("text", diag.text));
	arena_reset(relay->servers.arena);
}

/* What waited for its next try is due, or came to wait. */
static void
return_retries(struct relay *relay)
{
	struct diag diag;
	enum err rc;

	if (!queue_manager_is_up(relay->servers.queue))
		return;
	diag_clear(&diag);
	rc = queue_retries_round(relay->retries, &diag);
	if (rc != E_OK && rc != relay->retry_trouble)
		log_warn("retries", LOG_TEXT("error", err_name(rc)),
		    LOG_TEXT("text", diag.text));
	relay->retry_trouble = rc;
}

/* How long nothing is to be done, ms. */
static int
idle_ms(const struct relay *relay)
{
	int interval = (int)settings.relay.relay_interval;
	int due = queue_manager_is_up(relay->servers.queue) ?
	    queue_retries_ms(relay->retries) :
	    interval;

	/* A little chance keeps relays side by side out of step. */
	interval += (int)daemon_jitter((unsigned)interval / 4 + 1);
	return due < interval ? due : interval;
}

static enum err
serve(void *self, struct diag *diag)
{
	struct relay *relay = self;
	bool more = false;

	(void)diag;
	while (backend_wait(&relay->servers, more ? 0 : idle_ms(relay))) {
		mq_idle(relay->servers.mq);
		return_retries(relay);
		if (!more && clock_left(relay->round_at) > 0)
			continue;
		more = do_round(relay);
		metrics_add(METRIC_RELAY_ROUNDS, 1);
		relay->round_at = clock_ms() + settings.relay.relay_interval;
		queue_manager_mend(relay->servers.queue);
		if (!more)
			do_chores(relay);
		add_up(relay);
		if (relay->servers.trouble == E_OK)
			relay_resume(relay->servers.db, relay->servers.arena);
	}
	return E_OK;
}

static enum err
open_relay(void *self, struct diag *diag)
{
	struct relay *relay = self;

	relay->retries = queue_retries_new(relay->servers.queue);
	if (relay->retries == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory to start");
	db_tenant(relay->servers.db, DB_EVERY_TENANT);
	relay->lost = (struct relay_lost){ .db = relay->servers.db,
		.queue = relay->servers.queue,
		.arena = relay->servers.arena };
	relay_lost_init(&relay->lost);
	return E_OK;
}

static void
close_relay(void *self)
{
	struct relay *relay = self;

	queue_retries_free(relay->retries);
}

int
main(int argc, char **argv)
{
	static struct relay relay;
	static const struct backend_program program = {
		.name = "pulse-etl-relay",
		.synopsis =
		    "Queue the ids of stored batches that no responder"
		    " could queue, because the\nbroker was unreachable"
		    " or the responder died.",
		.settings = &settings,
		.backend = &relay.servers,
		.arena_bytes = ARENA_BYTES,
		.open = open_relay,
		.serve = serve,
		.close = close_relay,
		.self = &relay,
	};

	return backend_main(argc, argv, &program);
}
