/* SPDX-License-Identifier: MIT */
#include "work/relay_lost.h"

#include "base/clock.h"
#include "base/daemon.h"
#include "base/log.h"
#include "models/batch/raw_batch_chores.h"
#include "work/publish.h"

/* Messages at once. */
#define AGAIN 1000
/* Rows of one statement that forgets messages: each begins at the first row. */
#define AGAIN_ROWS 10000
/*
 * How far back loads are published again: to before the time when the queue was
 * last empty by as much as one may have waited for a retry, or been at work; a
 * day, when that was never seen. Seconds.
 */
#define RETRY_AGE 1800
#define DAY 86400

/*
 * A queue is missing, and whatever message it had is lost. Before it is
 * declared, so that another relay notices, too, if this one dies here.
 */
static enum err
queue_lost(void *context, enum queue queue, struct diag *diag)
{
	struct relay_lost *lost = context;
	int64_t count = AGAIN_ROWS, sum = 0;
	enum err rc = E_OK;

	if (queue == QUEUE_LOAD && !lost->loads) {
		lost->loads = true;
		lost->loads_after = 0;
		lost->loads_age = lost->empty_at == 0 ?
		    DAY :
		    (clock_ms() - lost->empty_at) / 1000 + RETRY_AGE;
	}
	if (queue != QUEUE_TRANSFORM)
		return E_OK;
	while (rc == E_OK && count == AGAIN_ROWS) {
		daemon_feed_watchdog();
		rc = raw_batch_queue_again(lost->db, 0, AGAIN_ROWS, lost->arena,
		    &count, diag);
		if (rc == E_OK)
			sum += count;
	}
	if (sum > 0)
		log_warn("queued_again", LOG_INT("count", sum),
		    LOG_TEXT("text",
			"a queue was missing: its batches are"
			" queued again from their rows"));
	lost->rows = true;
	return rc;
}

void
relay_lost_init(struct relay_lost *lost)
{
	lost->owner = (struct queue_owner){ queue_lost, lost };
	queue_manager_own(lost->queue, &lost->owner);
}

enum err
relay_lost_loads(struct relay_lost *lost, int timeout, bool *ret_more,
    struct diag *diag)
{
	struct db_rows *rows;
	int count;
	enum err rc;

	*ret_more = false;
	if (!lost->loads)
		return E_OK;
	rc = raw_batch_completed_since(lost->db, lost->loads_age,
	    lost->loads_after, AGAIN, lost->arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	count = db_rows_count(rows);
	lost->loads = count > 0;
	if (count == 0)
		return E_OK;
	/* Most were done: they are not to make others wait. */
	rc = publish_loads(lost->queue, rows, true, timeout, lost->arena, diag);
	if (rc != E_OK)
		return rc;
	log_warn("loads_again", LOG_INT("count", count));
	lost->loads_after = db_int(rows, count - 1, RAW_BATCH_LOCKED_ID);
	*ret_more = count == AGAIN;
	return E_OK;
}

void
relay_lost_note_empty(struct relay_lost *lost)
{
	struct mq_queue_stats stats;
	struct diag diag;

	diag_clear(&diag);
	if (queue_manager_count(lost->queue, QUEUE_LOAD, &stats, &diag) ==
		E_OK &&
	    stats.message_count == 0)
		lost->empty_at = clock_ms();
}
