/*
 * pulse-etl-relay: queues what the responders could not. A row of
 * raw_extraction_data is its own outbox: pending and queued_at NULL means that
 * no message of it was confirmed. Several relays may run side by side.
 *
 * What if it dies? Before COMMIT the rows stay unmarked and are queued again:
 * a duplicate message, never a lost one.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/daemon.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/metrics.h"
#include "models/batch/raw_batch_relay.h"
#include "models/tables/schema.h"
#include "programs/settings.h"
#include "queue/queue_manager.h"
#include "queue/queue_retries.h"
#include "work/batch_jobs.h"
#include "work/relay_chores.h"
#include "work/relay_lost.h"

#define PROGRAM "pulse-etl-relay"
#define ARENA_BYTES (64 << 20)
#define WATCH_SECONDS 120
/* Rows that one round goes on by, at most. */
#define RANGE_ROWS 5000
/* All rows are looked through now and then: at most this share of the time. */
#define FULL_SHARE 100
#define FULL_MS 60000

static struct settings settings;
static struct conf_set sets[SETTINGS_SETS];

struct relay {
	struct db *db;
	struct mq *mq;
	struct queue_manager *queue;
	struct relay_lost lost;
	struct queue_retries *retries;
	struct arena *arena;
	int64_t round_at; /* of clock_ms(): when to look for rows */
	int64_t full_at; /* of clock_ms(): when to look through all rows */
	int64_t after_id; /* rows up to here were looked at */
	unsigned session; /* whose tables and rights were looked at */
	int64_t chores_at; /* of clock_ms(): when the chores are due */
	enum err trouble; /* of the last round, so that it is told once */
	enum err retry_trouble; /* of the retry queues, in the last round */
};

/* What a round has found and done. */
struct seen {
	size_t marked;
	int64_t first_id, last_id; /* of its last transaction */
	bool more; /* there may be more at once */
	bool left; /* the broker did not take all */
};

/* Publish the jobs of locked rows and mark those that were confirmed. */
static enum err
publish_rows(struct relay *me, const struct db_rows *rows, size_t *ret_marked,
    struct diag *diag)
{
	size_t count = (size_t)db_rows_count(rows);
	struct job *jobs = batch_jobs(rows, me->arena);
	struct raw_batch_version *done = arena_get(me->arena,
	    count * sizeof(*done));
	bool *confirmed = arena_get(me->arena, count * sizeof(*confirmed));
	enum err published, rc;
	size_t marked = 0;

	if (jobs == NULL || done == NULL || confirmed == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory for jobs");
	published = queue_manager_publish_all(me->queue, QUEUE_TRANSFORM, jobs,
	    count, (int)settings.relay.relay_timeout, me->arena, confirmed,
	    diag);
	FAILPOINT("relayed");
	for (size_t i = 0; i < count; i++)
		if (confirmed[i])
			done[marked++] = raw_batch_locked(rows, (int)i);
	if (marked > 0) {
		struct diag mark_diag;

		diag_clear(&mark_diag);
		rc = raw_batch_mark_queued(me->db, done, marked, me->arena,
		    &mark_diag);
		if (rc != E_OK) {
			*diag = mark_diag;
			return rc;
		}
	}
	*ret_marked = marked;
	/* What was confirmed is worth a COMMIT even if the rest was not. */
	return marked > 0 ? E_OK : published;
}

/* Lock, publish and mark, in an open transaction. */
static enum err
queue_rows(struct relay *me, enum raw_batch_where where,
    const struct raw_batch_range *range, struct seen *seen, struct diag *diag)
{
	struct db_rows *rows;
	size_t count, marked;
	enum err rc;

	rc = raw_batch_lock_unqueued(me->db, where, range,
	    settings.relay.relay_min_age, settings.relay.relay_batch,
	    me->arena, &rows, diag);
	if (rc != E_OK || db_rows_count(rows) == 0)
		return rc;
	count = (size_t)db_rows_count(rows);
	rc = publish_rows(me, rows, &marked, diag);
	if (rc != E_OK)
		return rc;
	seen->first_id = db_int(rows, 0, RAW_BATCH_LOCKED_ID);
	seen->last_id = db_int(rows, (int)count - 1, RAW_BATCH_LOCKED_ID);
	seen->marked += marked;
	if (marked < count)
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
	enum err rc = db_begin(me->db, diag);

	if (rc != E_OK)
		return rc;
	rc = queue_rows(me, where, range, seen, diag);
	if (rc == E_OK)
		return db_commit(me->db, diag);
	db_rollback(me->db);
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

	rc = raw_batch_newest(me->db, settings.relay.relay_min_age, me->arena,
	    &newest, diag);
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

	rc = raw_batch_look_on(me->db, settings.relay.relay_min_age,
	    RANGE_ROWS, me->arena, &range, diag);
	if (rc == E_OK && range.unqueued > 0)
		rc = commit_rows(me, RAW_BATCH_IN_RANGE, &range, seen, diag);
	if (rc != E_OK)
		return rc;
	if (!seen->left)
		me->after_id = seen->more ? seen->last_id : range.last_id;
	seen->more = seen->more || range.more;
	return range.due ? commit_rows(me, RAW_BATCH_DUE, NULL, seen, diag) :
	    E_OK;
}

/* Tell a change of fortune once. */
static void
tell(struct relay *me, enum err rc, const struct diag *diag)
{
	if (rc != E_OK && rc != me->trouble)
		log_warn("waiting", LOG_TEXT("error", err_name(rc)),
		    LOG_TEXT("text", diag->text));
	if (rc == E_OK && me->trouble != E_OK)
		log_info("resumed", LOG_TEXT("after", err_name(me->trouble)));
	if (rc != E_OK)
		me->full_at = 0; /* what was seen may be another server's */
	me->trouble = rc;
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
	rc = queue_manager_declare(me->queue,
	    (int)settings.relay.relay_timeout, &diag);
	if (me->lost.rows)
		me->full_at = 0;
	me->lost.rows = false;
	if (rc == E_OK)
		rc = schema_expect(me->db, &me->session, me->arena, &diag);
	db_tenant(me->db, DB_EVERY_TENANT);
	if (rc == E_OK)
		rc = relay_lost_loads(&me->lost,
		    (int)settings.relay.relay_timeout, &loads, &diag);
	if (rc == E_OK && began >= me->full_at)
		rc = look_at_all(me, &seen, &diag);
	else if (rc == E_OK)
		rc = look_at_new(me, &seen, &diag);
	arena_reset(me->arena);
	tell(me, rc, &diag);
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

	if (clock_ms() < me->chores_at || me->trouble != E_OK)
		return;
	me->chores_at = clock_ms() + pause +
	    daemon_jitter((unsigned)pause / 4 + 1);
	relay_lost_note_empty(&me->lost);
	diag_clear(&diag);
	if (relay_chores(me->db, me->queue, &settings.relay, me->arena,
	    &diag) != E_OK)
		log_warn("chores", LOG_TEXT("error", err_name(diag.code)),
		    LOG_TEXT("text", diag.text));
	arena_reset(me->arena);
}

/* What waited for its next try is due, or came to wait. */
static void
return_retries(struct relay *me)
{
	struct diag diag;
	enum err rc;

	if (!queue_manager_is_up(me->queue))
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
	int due = queue_manager_is_up(me->queue) ?
	    queue_retries_ms(me->retries) : interval;

	/* A little chance keeps relays side by side out of step. */
	interval += (int)daemon_jitter((unsigned)interval / 4 + 1);
	return due < interval ? due : interval;
}

static void
serve(struct relay *me)
{
	bool more = false;

	while (!daemon_is_ending()) {
		struct pollfd fds[] = {
			{ .fd = mq_socket(me->mq), .events = POLLIN },
			{ .fd = db_socket(me->db), .events = POLLIN },
		};

		daemon_watch(WATCH_SECONDS);
		(void)daemon_poll(fds, COUNT(fds), more ? 0 : idle_ms(me));
		if (daemon_is_ending())
			break;
		if (fds[0].revents != 0)
			mq_idle(me->mq);
		if (fds[1].revents != 0)
			db_idle(me->db);
		return_retries(me);
		if (!more && clock_left(me->round_at) > 0)
			continue;
		more = do_round(me);
		me->round_at = clock_ms() + settings.relay.relay_interval;
		queue_manager_mend(me->queue);
		if (!more)
			do_chores(me);
	}
}

int
main(int argc, char **argv)
{
	static const struct daemon_program program = {
		.name = PROGRAM,
		.synopsis = "Queue the ids of stored batches that no responder"
		    " could queue, because the\nbroker was unreachable"
		    " or the responder died.",
		.sets = sets,
		.set_count = COUNT(sets),
	};
	struct relay me = { 0 };

	settings_init(&settings, sets);
	daemon_init(argc, argv, &program);
	daemon_signals();
	daemon_start(&settings.daemon);
	me.arena = arena_new(ARENA_BYTES);
	me.db = db_new(&settings.db, PROGRAM);
	me.mq = mq_new(&settings.mq, PROGRAM);
	if (me.mq != NULL)
		me.queue = queue_manager_new(me.mq, &settings.mq,
		    &settings.queue);
	if (me.queue != NULL)
		me.retries = queue_retries_new(me.queue);
	if (me.arena == NULL || me.db == NULL || me.retries == NULL) {
		log_error("ending", LOG_TEXT("text", "no memory to start"));
		return err_exit_code(E_NO_MEMORY);
	}
	db_tenant(me.db, DB_EVERY_TENANT);
	me.lost = (struct relay_lost){ .db = me.db, .queue = me.queue,
		.arena = me.arena };
	relay_lost_init(&me.lost);
	log_info("started", LOG_TEXT("version", PACKAGE_VERSION));
	serve(&me);
	log_info("ended", LOG_TEXT("version", PACKAGE_VERSION));
	queue_retries_free(me.retries);
	queue_manager_free(me.queue);
	mq_free(me.mq);
	db_free(me.db);
	arena_free(me.arena);
	conf_free(sets, COUNT(sets));
	return err_exit_code(E_OK);
}
