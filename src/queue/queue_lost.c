/* SPDX-License-Identifier: MIT */
/*
 * Does this process still take messages from its queues? RabbitMQ cancels the
 * consumers of a queue that is deleted. It does not tell them of a quorum queue
 * whose process has ended, nor of that queue being deleted and declared anew:
 * they stay connected and get nothing. So each process counts the consumers.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "queue/queue_inside.h"

/* The consumers are counted so often, ms. */
#define LOOK_MS 3000
/* An election, or a message on its way, takes less than this, ms. */
#define LOST_MS 2500
/* A queue without a process is asked again after this time, ms. */
#define ENDED_MS 5000

void
queue_lost_begin(struct queue_manager *manager)
{
	manager->taking = (struct queue_taking){ .look_at = clock_ms() };
}

void
queue_lost_note(struct queue_manager *manager, const enum queue *from, int lane)
{
	struct queue_taking *taking = &manager->taking;
	unsigned i;

	taking->waiting = from == NULL;
	if (from == NULL)
		return;
	i = (unsigned)lane * QUEUE_COUNT + *from;
	taking->lost_at[i] = 0;
	taking->was_none[i] = false;
}

/*
 * Has the queue a process? One that has none ends the connection that asks for
 * a message, so another one asks.
 */
static bool
answers(const struct queue_manager *manager, const char *queue)
{
	struct mq *twin = mq_twin(manager->mq);
	struct mq_delivery *delivery = NULL;
	struct diag diag;
	enum err rc;

	if (twin == NULL)
		return false;
	diag_clear(&diag);
	rc = mq_get(twin, queue, &delivery, &diag);
	mq_delivery_free(delivery);
	mq_free(twin); /* a message that came just now goes back with it */
	return rc == E_OK;
}

/* Other processes may have ended, or taken the queue before this one did. */
static const char fewer[] =
    "the queue has fewer consumers than it had, and"
    " this process may be none of them; connecting"
    " again";

/* Is it so for long enough, as far as was counted? */
static bool
lasts(struct queue_taking *taking, unsigned i, bool seems_lost)
{
	if (!seems_lost)
		taking->lost_at[i] = 0;
	else if (taking->lost_at[i] == 0)
		taking->lost_at[i] = clock_ms();
	return seems_lost && clock_ms() - taking->lost_at[i] >= LOST_MS;
}

/*
 * Is this process no consumer of the queue, which could be taken from? Gives:
 * why, or NULL.
 */
static const char *
why_lost(struct queue_manager *manager, unsigned i, const char *name)
{
	struct queue_taking *taking = &manager->taking;
	int64_t *most = &taking->consumers[i];
	bool *was_none = &taking->was_none[i];
	struct mq_queue_stats stats = { 0 };
	struct diag diag;
	bool none, unsent, less;
	enum err rc;

	diag_clear(&diag);
	rc = mq_stats(manager->mq, name, &stats, &diag);
	if (rc == E_NO_ROW)
		return "the queue was deleted; it is taken from again once it"
		       " is declared";
	if (rc == E_MQ_LOST) { /* as mq_idle() would tell it */
		metrics_add(METRIC_MQ_LOST, 1);
		log_warn("mq_lost", LOG_TEXT("text", diag.text));
	}
	/* An election looks the same: then connecting again does no harm. */
	none = rc == E_OK && stats.consumer_count == 0;
	*was_none |= none;
	unsent = rc == E_OK && taking->waiting && stats.message_count > 0;
	less = rc == E_OK && taking->waiting &&
	    (stats.consumer_count < *most || *was_none);
	if (rc == E_OK && stats.consumer_count > *most)
		*most = stats.consumer_count;
	if (!lasts(taking, i, none || unsent || less))
		return NULL;
	if (none && stats.message_count == 0 && !answers(manager, name)) {
		taking->look_at = clock_ms() + ENDED_MS;
		return NULL;
	}
	return none ?
	    "the queue has no consumer, so it was made anew and the"
	    " broker did not say so; connecting again" :
	    unsent ?
	    "the queue has messages and sends none to this process,"
	    " which waits for them; connecting again" :
	    fewer;
}

void
queue_lost_look(struct queue_manager *manager)
{
	const enum queue *queues = manager->taken;
	struct queue_taking *taking = &manager->taking;
	size_t lanes = 1 + (size_t)manager->lanes_taken;

	/* A blocked connection is not answered. */
	if (!queue_manager_is_up(manager) ||
	    manager->consumed != mq_generation(manager->mq) ||
	    clock_left(taking->look_at) > 0 ||
	    mq_is_blocked(manager->mq) != NULL)
		return;
	taking->look_at = clock_ms() + LOOK_MS;
	for (size_t i = 0;
	     i < manager->taken_count * lanes && queue_manager_is_up(manager);
	     i++) {
		enum queue queue = queues[i % manager->taken_count];
		unsigned lane = (unsigned)(i / manager->taken_count);
		struct queue_names names = queue_part(queue,
		    queue_lane_part((int)lane));
		const char *why = manager->paused[queue] ?
		    NULL :
		    why_lost(manager, lane * QUEUE_COUNT + queue, names.queue);
		const struct log_pair pairs[] = {
			LOG_TEXT("queue", names.queue),
			LOG_TEXT("text", why),
		};

		if (why == NULL)
			continue;
		log_write(why == fewer ? LOG_LEVEL_INFO : LOG_LEVEL_WARN,
		    "consumer_lost", pairs, COUNT(pairs));
		mq_close(manager->mq);
	}
	/* Others publish to it, who have connected since it was declared. */
	if (manager->lanes_told && manager->lanes_taken < QUEUE_LANES &&
	    queue_lane_is_there(manager, manager->lanes_taken + 1)) {
		log_info("topology",
		    LOG_TEXT("text",
			"there are more bulk queues; connecting again"));
		mq_close(manager->mq);
	}
	mq_idle(manager->mq); /* what came between the answers */
}

int
queue_lost_pause(const struct queue_manager *manager, int pause)
{
	int left = clock_left(manager->taking.look_at);

	if (!queue_manager_is_up(manager) ||
	    mq_is_blocked(manager->mq) != NULL ||
	    manager->consumed != mq_generation(manager->mq))
		return pause;
	return pause < 0 || left < pause ? left : pause;
}
