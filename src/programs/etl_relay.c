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
#include "models/batch/raw_batch_relay.h"
#include "models/batch/raw_batch_version.h"
#include "models/tables/schema.h"
#include "programs/backend.h"
#include "queue/queue_manager.h"
#include "queue/queue_retries.h"
#include "work/publish.h"
#include "work/relay_chores.h"
#include "work/relay_lost.h"

#define ARENA_BYTES (64 << 20)
/* Rows that one round goes on by, at most. */
#define RANGE_ROWS 5000
/* All rows are looked through now and then: at most this share of the time. */
#define FULL_SHARE 100
#define FULL_MS 60000

static struct settings settings;

struct relay {
	struct backend servers;
	struct relay_lost lost;
	struct queue_retries *retries;
	int64_t round_at;  /* of clock_ms(): when to look for rows */
	int64_t full_at;   /* of clock_ms(): when to look through all rows */
	int64_t after_id;  /* rows up to here were looked at */
	int64_t chores_at; /* of clock_ms(): when the chores are due */
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
queue_rows(struct relay *me, enum raw_batch_where where,
    const struct raw_batch_range *range, struct seen *seen, struct diag *diag)
{
	struct published published;
	struct db_rows *rows;
	size_t count;
	enum err rc;

	rc = raw_batch_lock_unqueued(me->servers.db, where, range,
	    settings.relay.relay_min_age, settings.relay.relay_batch,
	    me->servers.arena, &rows, diag);
	if (rc != E_OK || db_rows_count(rows) == 0)
		return rc;
	count = (size_t)db_rows_count(rows);
	rc = publish_transforms(me->servers.db, me->servers.queue, rows,
	    (int)settings.relay.relay_timeout, me->servers.arena, &published,
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
commit_rows(struct relay *me, enum raw_batch_where where,
    const struct raw_batch_range *range, struct seen *seen, struct diag *diag)
{
	enum err rc = db_begin(me->servers.db, diag);

	if (rc != E_OK)
		return rc;
	rc = queue_rows(me, where, range, seen, diag);
	if (rc == E_OK)
		return db_commit(me->servers.db, diag);
	db_rollback(me->servers.db);
	return rc;
}

/*
 * Look at all that is pending, now and then: a row may come into sight late,
 * when its transaction has taken its time, or be locked by others when its turn
 * comes. Then go on from the end, or from what is left.
 */
static enum err
look_at_all(struct relay *me, struct seen *seen, struct diag *diag)
{
	int64_t began = clock_ms(), newest, pause;
	enum err rc;

	rc = raw_batch_newest(me->servers.db, settings.relay.relay_min_age,
	    me->servers.arena, &newest, diag);
	if (rc == E_OK)
		rc = commit_rows(me, RAW_BATCH_ANYWHERE, NULL, seen, diag);
	if (rc != E_OK)
		return rc;
	me->after_id = newest;
	if (seen->left)
		me->after_id = seen->first_id - 1;
	else if (seen->more && seen->last_id < newest)
		me->after_id = seen->last_id;
	pause = (clock_ms() - began) * FULL_SHARE;
	me->full_at = clock_ms() + (pause > FULL_MS ? pause : FULL_MS);
	return E_OK;
}

/*
 * Look at the rows that came since, each once: whoever stored it has had the
 * time to queue it. And at those that are due.
 */
static enum err
look_at_new(struct relay *me, struct seen *seen, struct diag *diag)
{
	struct raw_batch_range range = { .after_id = me->after_id };
	enum err rc;

	rc = raw_batch_look_on(me->servers.db, settings.relay.relay_min_age,
	    RANGE_ROWS, me->servers.arena, &range, diag);
	if (rc == E_OK && range.unqueued > 0)
		rc = commit_rows(me, RAW_BATCH_IN_RANGE, &range, seen, diag);
	if (rc != E_OK)
		return rc;
	if (!seen->left)
		me->after_id = seen->more ? seen->last_id : range.last_id;
	seen->more = seen->more || range.more;
	return range.due ?
	    commit_rows(me, RAW_BATCH_DUE, NULL, seen, diag) :
	    E_OK;
}

/* Gives: true when there may be more at once. */
static bool
do_round(struct relay *me)
{
	int64_t began = clock_ms();
	struct seen seen = { 0 };
	bool loads = false;
	struct diag diag;
	enum err rc;

	diag_clear(&diag);
	rc = queue_manager_declare(me->servers.queue,
	    (int)settings.relay.relay_timeout, &diag);
	if (me->lost.rows)
		me->full_at = 0;
	me->lost.rows = false;
	if (rc == E_OK)
		rc = schema_expect(me->servers.db, &me->servers.session,
		    me->servers.arena, &diag);
	db_tenant(me->servers.db, DB_EVERY_TENANT);
	if (rc == E_OK)
		rc = relay_lost_loads(&me->lost,
		    (int)settings.relay.relay_timeout, &loads, &diag);
	if (rc == E_OK && began >= me->full_at)
		rc = look_at_all(me, &seen, &diag);
	else if (rc == E_OK)
		rc = look_at_new(me, &seen, &diag);
	arena_reset(me->servers.arena);
	backend_tell(&me->servers, rc, &diag);
	if (rc != E_OK)
		me->full_at = 0; /* what was seen may be another server's */
	metrics_add(METRIC_RELAYED, seen.marked);
	if (seen.marked > 0)
		log_info("relayed", LOG_INT("count", (int64_t)seen.marked),
		    LOG_INT("ms", clock_ms() - began));
	return rc == E_OK && (loads || (seen.more && !seen.left));
}

/* The chores, when they are due; trouble is told, and tried again later. */
static void
do_chores(struct relay *me)
{
	int64_t pause = settings.relay.relay_chores * 1000;
	struct diag diag;

	if (clock_ms() < me->chores_at || me->servers.trouble != E_OK)
		return;
	me->chores_at = clock_ms() + pause +
	    daemon_jitter((unsigned)pause / 4 + 1);
	relay_lost_note_empty(&me->lost);
	diag_clear(&diag);
	if (relay_chores(me->servers.db, me->servers.queue, &settings.relay,
		me->servers.arena, &diag) != E_OK)
		log_warn("chores", LOG_TEXT("error", err_name(diag.code)),
		    LOG_TEXT("text", diag.text));
	arena_reset(me->servers.arena);
}

/* What waited for its next try is due, or came to wait. */
static void
return_retries(struct relay *me)
{
	struct diag diag;
	enum err rc;

	if (!queue_manager_is_up(me->servers.queue))
		return;
	diag_clear(&diag);
	rc = queue_retries_round(me->retries, &diag);
	if (rc != E_OK && rc != me->retry_trouble)
		log_warn("retries", LOG_TEXT("error", err_name(rc)),
		    LOG_TEXT("text", diag.text));
	me->retry_trouble = rc;
}

/* How long nothing is to be done, ms. */
static int
idle_ms(const struct relay *me)
{
	int interval = (int)settings.relay.relay_interval;
	int due = queue_manager_is_up(me->servers.queue) ?
	    queue_retries_ms(me->retries) :
	    interval;

	/* A little chance keeps relays side by side out of step. */
	interval += (int)daemon_jitter((unsigned)interval / 4 + 1);
	return due < interval ? due : interval;
}

static enum err
serve(void *self, struct diag *diag)
{
	struct relay *me = self;
	bool more = false;

	(void)diag;
	while (backend_wait(&me->servers, more ? 0 : idle_ms(me))) {
		mq_idle(me->servers.mq);
		return_retries(me);
		if (!more && clock_left(me->round_at) > 0)
			continue;
		more = do_round(me);
		me->round_at = clock_ms() + settings.relay.relay_interval;
		queue_manager_mend(me->servers.queue);
		if (!more)
			do_chores(me);
	}
	return E_OK;
}

static enum err
open_relay(void *self, struct diag *diag)
{
	struct relay *me = self;

	me->retries = queue_retries_new(me->servers.queue);
	if (me->retries == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory to start");
	db_tenant(me->servers.db, DB_EVERY_TENANT);
	me->lost = (struct relay_lost){ .db = me->servers.db,
		.queue = me->servers.queue,
		.arena = me->servers.arena };
	relay_lost_init(&me->lost);
	return E_OK;
}

static void
close_relay(void *self)
{
	struct relay *me = self;

	queue_retries_free(me->retries);
}

int
main(int argc, char **argv)
{
	static struct relay me;
	static const struct backend_program program = {
		.name = "pulse-etl-relay",
		.synopsis =
		    "Queue the ids of stored batches that no responder"
		    " could queue, because the\nbroker was unreachable"
		    " or the responder died.",
		.settings = &settings,
		.backend = &me.servers,
		.arena_bytes = ARENA_BYTES,
		.open = open_relay,
		.serve = serve,
		.close = close_relay,
		.self = &me,
	};

	return backend_main(argc, argv, &program);
}
