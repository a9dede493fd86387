/* SPDX-License-Identifier: MIT */
#include "queue/queue_consumer.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "queue/queue_inside.h"

/* What is taken, in the order of the consumers' numbers. */
static const enum queue of_batches[] = { QUEUE_TRANSFORM, QUEUE_LOAD };
/* Ms to wait for the confirm of a message that follows from another. */
#define FOLLOW_MS 10000

void
queue_consumer_of(struct queue_manager *manager, const enum queue *queues,
    size_t count)
{
	manager->taken = queues;
	manager->taken_count = count;
}

/* Who was told of no others takes those of batches. */
static void
take_default(struct queue_manager *manager)
{
	if (manager->taken == NULL)
		queue_consumer_of(manager, of_batches, COUNT(of_batches));
}

void
queue_consumer_pause(struct queue_manager *manager,
    const bool pauses[QUEUE_COUNT])
{
	memcpy(manager->pauses, pauses, sizeof(manager->pauses));
}

/*
 * Take from the queues that are not taken from and are to be. A main queue's
 * number is its place in `taken`; its bulk queues follow all main queues.
 */
static enum err
consume(struct queue_manager *manager, unsigned prefetch,
    const bool wanted[QUEUE_COUNT], struct diag *diag)
{
	struct queue_names names[QUEUE_TAKEN];
	const char *queues[QUEUE_TAKEN];
	size_t lanes = 1 + (size_t)manager->lanes_taken, consumed;
	size_t count = manager->taken_count * lanes;

	for (size_t i = 0; i < count; i++) {
		enum queue queue = manager->taken[i % manager->taken_count];

		names[i] = queue_part(queue,
		    queue_lane_part((int)(i / manager->taken_count)));
		queues[i] = wanted[queue] ? names[i].queue : NULL;
	}
	return mq_consume(manager->mq, queues, count, prefetch, &consumed,
	    diag);
}

/* What is paused since the last round, or goes on. */
static enum err
follow_pauses(struct queue_manager *manager, unsigned prefetch,
    struct diag *diag)
{
	size_t lanes = 1 + (size_t)manager->lanes_taken;
	bool ends[QUEUE_COUNT], goes_on = false;
	enum err rc = E_OK;

	for (size_t i = 0; i < manager->taken_count; i++) {
		enum queue queue = manager->taken[i];
		bool begins = manager->pauses[queue] && !manager->paused[queue];

		ends[queue] = !manager->pauses[queue] && manager->paused[queue];
		goes_on |= ends[queue];
		if (begins || ends[queue])
			log_info(begins ? "queue_paused" : "queue_resumed",
			    LOG_TEXT("queue", queue_name(queue)));
		for (size_t lane = 0; rc == E_OK && begins && lane < lanes;
		     lane++)
			rc = mq_cancel(manager->mq,
			    lane * manager->taken_count + i, diag);
		manager->paused[queue] = manager->pauses[queue];
	}
	if (rc == E_OK && goes_on) {
		rc = consume(manager, prefetch, ends, diag);
		queue_lost_begin(manager);
	}
	return rc;
}

enum err
queue_consumer_round(struct queue_manager *manager, unsigned prefetch,
    struct diag *diag)
{
	bool wanted[QUEUE_COUNT];
	enum err rc;

	mq_idle(manager->mq);
	queue_lost_look(manager);
	rc = queue_manager_declare(manager,
	    (int)manager->mq_settings->rabbitmq_timeout, diag);
	if (rc != E_OK)
		return rc;
	take_default(manager);
	if (manager->consumed == mq_generation(manager->mq))
		return follow_pauses(manager, prefetch, diag);
	for (size_t i = 0; i < QUEUE_COUNT; i++)
		wanted[i] = !manager->pauses[i];
	manager->lanes_taken = manager->lanes_there;
	rc = consume(manager, prefetch, wanted, diag);
	if (rc != E_OK)
		return rc;
	memcpy(manager->paused, manager->pauses, sizeof(manager->paused));
	manager->consumed = mq_generation(manager->mq);
	queue_lost_begin(manager);
	log_info("consuming", LOG_INT("generation", manager->consumed),
	    LOG_INT("prefetch", prefetch));
	mq_idle(manager->mq);
	return E_OK;
}

static enum queue
family_of(const struct queue_manager *manager,
    const struct mq_delivery *delivery)
{
	return manager->taken[delivery->queue % manager->taken_count];
}

int
queue_consumer_lane(const struct queue_manager *manager,
    const struct mq_delivery *delivery)
{
	size_t lane = manager->taken_count == 0 ?
	    0 :
	    delivery->queue / manager->taken_count;

	return lane > QUEUE_LANES ? 0 : (int)lane;
}

/*
 * Is it a's turn rather than b's? That of the family which was served longest
 * ago; within it, that of the main queue or of the bulk queues, and of these
 * that of the one which was.
 */
static bool
is_sooner(void *context, const struct mq_delivery *a,
    const struct mq_delivery *b)
{
	const struct queue_manager *manager = context;
	const struct queue_turns *turns = &manager->turns;
	enum queue of_a = family_of(manager, a), of_b = family_of(manager, b);
	int lane_a = queue_consumer_lane(manager, a);
	int lane_b = queue_consumer_lane(manager, b);

	if (of_a != of_b)
		return turns->family[of_a] < turns->family[of_b];
	if ((lane_a > 0) != (lane_b > 0))
		return turns->side[of_a][lane_a > 0] <
		    turns->side[of_b][lane_b > 0];
	return turns->lane[of_a][lane_a] < turns->lane[of_b][lane_b];
}

struct mq_delivery *
queue_consumer_next(struct queue_manager *manager, enum queue *ret_queue)
{
	struct queue_turns *turns = &manager->turns;
	struct mq_delivery *delivery;
	int lane;

	take_default(manager);
	delivery = mq_next_by(manager->mq, is_sooner, manager);
	if (delivery == NULL) {
		queue_lost_note(manager, NULL, 0);
		return NULL;
	}
	*ret_queue = family_of(manager, delivery);
	lane = queue_consumer_lane(manager, delivery);
	turns->now++;
	turns->family[*ret_queue] = turns->now;
	turns->side[*ret_queue][lane > 0] = turns->now;
	turns->lane[*ret_queue][lane] = turns->now;
	queue_lost_note(manager, ret_queue, lane);
	return delivery;
}

bool
queue_consumer_has(const struct queue_manager *manager,
    const struct mq_delivery *delivery)
{
	return mq_is_current(manager->mq, delivery);
}

enum err
queue_consumer_done(struct queue_manager *manager,
    const struct mq_delivery *delivery, struct diag *diag)
{
	return mq_ack(manager->mq, delivery, diag);
}

int64_t
queue_consumer_deliveries(const struct mq_delivery *delivery)
{
	return mq_header_number(delivery, "x-delivery-count", 0);
}

/* Publish the same body elsewhere, then settle the message that came. */
static enum err
move(struct queue_manager *manager, enum queue queue, int part,
    const struct mq_delivery *delivery, const struct mq_arg *headers,
    size_t count, struct diag *diag)
{
	struct queue_names names = queue_part(queue, part);
	struct mq_message message = {
		.exchange = EXCHANGE,
		.routing_key = names.key,
		.body = delivery->body,
		.message_id = delivery->message_id.at == NULL ?
		    "" :
		    delivery->message_id.at,
		.type = delivery->type.at == NULL ? "" : delivery->type.at,
		.traceparent = mq_header_text(delivery, "traceparent"),
		.headers = headers,
		.header_count = count,
	};
	enum err rc;

	rc = queue_publish(manager, queue, part, &message, 1, FOLLOW_MS, diag);
	if (rc == E_MQ_REFUSED)
		queue_manager_forget(manager); /* its queue may have gone */
	if (rc != E_OK)
		return rc;
	return mq_ack(manager->mq, delivery, diag);
}

enum err
queue_consumer_retry(struct queue_manager *manager, enum queue queue,
    const struct mq_delivery *delivery, int step, int64_t attempt, int64_t held,
    struct diag *diag)
{
	int lane = queue_consumer_lane(manager, delivery);
	const struct mq_arg headers[] = {
		{ HEADER_ATTEMPT, NULL, attempt },
		{ HEADER_HELD, NULL, held },
		{ HEADER_SINCE, NULL, clock_wall_ms() },
		{ HEADER_LANE, NULL, lane },
	};

	if (step < 1)
		step = 1;
	if (step > QUEUE_RETRIES)
		step = QUEUE_RETRIES;
	return move(manager, queue, step, delivery, headers,
	    COUNT(headers) - (lane == 0), diag);
}

enum err
queue_consumer_bury(struct queue_manager *manager, enum queue queue,
    const struct mq_delivery *delivery, const char *reason, struct diag *diag)
{
	int lane = queue_consumer_lane(manager, delivery);
	const struct mq_arg headers[] = {
		{ HEADER_REASON, reason, 0 },
		{ HEADER_ATTEMPT, NULL,
		    mq_header_number(delivery, HEADER_ATTEMPT, 0) },
		{ HEADER_LANE, NULL, lane },
	};

	return move(manager, queue, QUEUE_DEAD, delivery, headers,
	    COUNT(headers) - (lane == 0), diag);
}
