/* SPDX-License-Identifier: MIT */
#include "queue/dead_letters.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "queue/queue_inside.h"

/* How long the dead are looked through, ms. */
#define FORGET_MS 2000

enum err
dead_letters_count(struct queue_manager *manager, enum queue queue,
    int64_t *ret_count, struct diag *diag)
{
	struct queue_names names = queue_part(queue, QUEUE_DEAD);
	struct mq_queue_stats stats;
	enum err rc = mq_stats(manager->mq, names.queue, &stats, diag);

	if (rc == E_OK)
		*ret_count = stats.message_count;
	return rc;
}

enum err
dead_letters_next(struct queue_manager *manager, enum queue queue,
    struct mq_delivery **ret_delivery, struct diag *diag)
{
	struct queue_names names = queue_part(queue, QUEUE_DEAD);

	return mq_get(manager->mq, names.queue, ret_delivery, diag);
}

enum err
dead_letters_revive(struct queue_manager *manager, enum queue queue,
    const struct mq_delivery *delivery, struct diag *diag)
{
	struct queue_names names = queue_part(queue, queue_home(delivery));
	struct mq_message message = {
		.exchange = EXCHANGE,
		.routing_key = names.key,
		.body = delivery->body,
		.message_id = delivery->message_id.at == NULL ?
		    "" :
		    delivery->message_id.at,
		.type = delivery->type.at == NULL ?
		    queue_key(queue) :
		    delivery->type.at,
		.traceparent = mq_header_text(delivery, "traceparent"),
	};
	enum err rc;

	if (delivery->cut)
		return diag_set(diag, E_TOO_LARGE,
		    "the message is longer than any job");
	rc = mq_publish(manager->mq, &message, 1,
	    (int)manager->mq_settings->rabbitmq_timeout, diag);
	if (rc != E_OK)
		return rc;
	return mq_ack(manager->mq, delivery, diag);
}

enum err
dead_letters_drop(struct queue_manager *manager,
    const struct mq_delivery *delivery, struct diag *diag)
{
	return mq_ack(manager->mq, delivery, diag);
}

static int
compare_ids(const void *key, const void *member)
{
	const int64_t *a = key, *b = member;

	return (*a > *b) - (*a < *b);
}

/* Is it a job of one of these batches? */
static bool
is_of(const struct mq_delivery *delivery, const int64_t *ids, size_t count,
    struct arena *arena)
{
	struct diag diag;
	struct job job = { 0 };

	diag_clear(&diag);
	return job_read_batch(delivery->body, arena, &job, &diag) == E_OK &&
	    bsearch(&job.raw_data_id, ids, count, sizeof(*ids), compare_ids) !=
	    NULL;
}

/* One queue's, until none is left or the time is over. */
static int64_t
forget(struct mq *mq, enum queue queue, const int64_t *ids, size_t count,
    int64_t began, int64_t deadline, struct arena *arena)
{
	struct queue_names names = queue_part(queue, QUEUE_DEAD);
	struct mq_queue_stats stats;
	struct diag diag;
	int64_t gone = 0;

	diag_clear(&diag);
	if (mq_stats(mq, names.queue, &stats, &diag) != E_OK)
		return 0;
	for (int64_t i = 0; i < stats.message_count; i++) {
		struct mq_delivery *delivery = NULL;

		if (clock_left(deadline) == 0) {
			log_warn("dead_left", LOG_TEXT("queue", names.queue),
			    LOG_INT("messages", stats.message_count - i));
			break;
		}
		if (mq_get(mq, names.queue, &delivery, &diag) != E_OK ||
		    delivery == NULL)
			break;
		if (delivery->timestamp <= began &&
		    is_of(delivery, ids, count, arena))
			gone += mq_ack(mq, delivery, &diag) == E_OK;
		mq_delivery_free(delivery);
	}
	return gone;
}

int64_t
dead_letters_forget(struct queue_manager *manager, const int64_t *ids,
    size_t count, struct arena *arena)
{
	struct mq *mq = mq_twin(manager->mq);
	int64_t began = clock_wall(), deadline = clock_ms() + FORGET_MS;
	int64_t gone = 0;

	if (mq == NULL)
		return 0;
	gone += forget(mq, QUEUE_TRANSFORM, ids, count, began, deadline, arena);
	gone += forget(mq, QUEUE_LOAD, ids, count, began, deadline, arena);
	mq_free(mq); /* the others are back */
	return gone;
}

bool
dead_letters_queue(const char *name, enum queue *ret_queue)
{
	for (unsigned i = 0; i < QUEUE_COUNT; i++) {
		struct queue_names names = queue_names((enum queue)i, "", 0);

		if (strcmp(name, names.queue) == 0 ||
		    strcmp(name, names.key) == 0) {
			*ret_queue = (enum queue)i;
			return true;
		}
	}
	return false;
}
