/* SPDX-License-Identifier: MIT */
#include "queue/dead_letters.h"

#include <stdlib.h>
#include <string.h>

#include "base/cc.h"
#include "base/clock.h"
#include "base/log.h"
#include "queue/queue_consumer.h"
#include "queue/queue_inside.h"

/* How long the dead are looked through, ms. */
#define LOOK_MS 2000

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
	struct queue_names names = queue_part(queue,
	    queue_home(manager, delivery));
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

bool
dead_letters_read(enum queue queue, const struct mq_delivery *delivery,
    struct arena *arena, struct job *ret_job)
{
	struct diag diag;

	diag_clear(&diag);
	if (queue == QUEUE_EXTRACT)
		return job_read_extract(delivery->body, arena, ret_job,
			   &diag) == E_OK;
	return job_read_batch(delivery->body, arena, ret_job, &diag) == E_OK;
}

/* The same over a connection that is there already. */
static enum err
walk_through(struct queue_manager *aside, enum queue queue,
    struct dead_walk *walk, int64_t deadline, struct arena *arena,
    struct diag *diag)
{
	enum err rc;

	walk->left = 0;
	rc = dead_letters_count(aside, queue, &walk->there, diag);
	for (int64_t i = 0; rc == E_OK && i < walk->there; i++) {
		struct mq_delivery *delivery = NULL;
		struct dead_letter letter = { 0 };

		if (walk->is_enough || clock_left(deadline) == 0) {
			walk->left = walk->there - i;
			break;
		}
		rc = dead_letters_next(aside, queue, &delivery, diag);
		if (rc != E_OK || delivery == NULL)
			break;
		letter.delivery = delivery;
		letter.is_job = dead_letters_read(queue, delivery, arena,
		    &letter.job);
		rc = walk->work(walk, aside, &letter, diag);
		mq_delivery_free(delivery);
	}
	return rc;
}

enum err
dead_letters_walk(struct queue_manager *manager, enum queue queue,
    struct dead_walk *walk, struct arena *arena, struct diag *diag)
{
	struct queue_manager aside = *manager;
	enum err rc;

	aside.mq = mq_twin(manager->mq);
	if (aside.mq == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory");
	rc = walk_through(&aside, queue, walk, clock_ms() + LOOK_MS, arena,
	    diag);
	mq_free(aside.mq); /* what was not settled is back */
	if (rc == E_NO_ROW)
		return diag_tell(diag, E_MQ_LOST,
		    "The dead-letter queue is missing: the relay declares it"
		    " automatically");
	return rc;
}

const char *
dead_letters_reason(const struct mq_delivery *delivery)
{
	const char *reason = mq_header_text(delivery, HEADER_REASON);

	/* The broker's own: rejected, delivery_limit. */
	return reason != NULL ?
	    reason :
	    mq_header_text(delivery, "x-first-death-reason");
}

/* Whose messages are forgotten, and how many were. */
struct forgotten {
	const int64_t *ids;
	size_t count;
	int64_t began;
	int64_t gone;
};

static enum err
forget_one(struct dead_walk *walk, struct queue_manager *aside,
    const struct dead_letter *letter, struct diag *diag)
{
	struct forgotten *forgotten = walk->context;

	if (letter->is_job && letter->delivery->timestamp <= forgotten->began &&
	    bsearch(&letter->job.raw_data_id, forgotten->ids, forgotten->count,
		sizeof(*forgotten->ids), compare_ids) != NULL)
		forgotten->gone += mq_ack(aside->mq, letter->delivery, diag) ==
		    E_OK;
	return E_OK;
}

int64_t
dead_letters_forget(struct queue_manager *manager, const int64_t *ids,
    size_t count, struct arena *arena)
{
	static const enum queue queues[] = { QUEUE_TRANSFORM, QUEUE_LOAD };
	struct queue_manager aside = *manager;
	struct forgotten forgotten = { .ids = ids,
		.count = count,
		.began = clock_wall() };
	int64_t deadline = clock_ms() + LOOK_MS;

	aside.mq = mq_twin(manager->mq);
	for (size_t i = 0; aside.mq != NULL && i < COUNT(queues); i++) {
		struct dead_walk walk = { .work = forget_one,
			.context = &forgotten };
		struct diag diag;

		diag_clear(&diag);
		if (walk_through(&aside, queues[i], &walk, deadline, arena,
			&diag) == E_OK &&
		    walk.left > 0)
			log_warn("dead_left",
			    LOG_TEXT("queue",
				queue_part(queues[i], QUEUE_DEAD).queue),
			    LOG_INT("messages", walk.left));
	}
	mq_free(aside.mq); /* the others are back */
	return forgotten.gone;
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
