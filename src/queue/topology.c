/* SPDX-License-Identifier: MIT */
/* Declaring the exchange and all queues. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "queue/queue_inside.h"

/*
 * Deliveries of one message before the broker itself gives it up. The worker
 * does before, and says why: see queue_consumer.h.
 */
#define DELIVERY_LIMIT 100
/* As good as none, on brokers that would else give a message up after 20. */
#define NO_LIMIT 1000000000
/* A missing queue is left to the process that owns them for so long, ms. */
#define OWNER_MS 10000

/* Of each lane: an exchange that is there once it was declared. */
static const char *const markers[] = {
#define LANE(number, times, marker) marker,
#include "queue/topology_rows.h"
#undef LANE
};

/*
 * A main queue hands what its consumers reject to the dead-letter queue, at
 * most once: the handing over at least once that RabbitMQ offers has ended
 * queues for good on 3.10 (docs/reliability.md). What we retry or give up we
 * publish ourselves, with confirm, before we settle it. The relay takes from
 * the retry queues what is due, so that no broker's expiry is needed. Where a
 * policy sets an expiry all the same, a retry comes early instead of never;
 * where it sets a length, what is too much is refused instead of dropped.
 */
void
topology_args(const struct queue_manager *manager, enum queue queue, int part,
    bool before, struct topology_args *ret)
{
	bool quorum = manager->settings->queue_type[0] == 'q';
	bool passes_on = part != QUEUE_DEAD;
	struct mq_arg *next = ret->args;

	ret->names = queue_part(queue,
	    queue_is_taken(part) ? QUEUE_DEAD : QUEUE_MAIN);
	*next++ = (struct mq_arg){ "x-queue-type",
		manager->settings->queue_type, 0 };
	if (passes_on) {
		*next++ = (struct mq_arg){ "x-dead-letter-exchange", EXCHANGE,
			0 };
		*next++ = (struct mq_arg){ "x-dead-letter-routing-key",
			ret->names.key, 0 };
	}
	if (before && part > QUEUE_MAIN && part < QUEUE_DEAD)
		*next++ = (struct mq_arg){ "x-message-ttl", NULL,
			queue_delay(part) };
	if (!before || (quorum && passes_on))
		*next++ = (struct mq_arg){ "x-overflow", "reject-publish", 0 };
	if (quorum && passes_on) /* else a policy could set the other */
		*next++ = (struct mq_arg){ "x-dead-letter-strategy",
			before ? "at-least-once" : "at-most-once", 0 };
	if (quorum && !before)
		*next++ = (struct mq_arg){ "x-delivery-limit", NULL,
			queue_is_taken(part) ? DELIVERY_LIMIT : NO_LIMIT };
	else if (quorum && part == QUEUE_MAIN)
		*next++ = (struct mq_arg){ "x-delivery-limit", NULL, 20 };
	ret->count = (size_t)(next - ret->args);
}

/* Who has no right to declare may yet ask whether it exists. */
static enum err
declare_exchange(struct queue_manager *manager, struct diag *diag)
{
	enum err rc = mq_declare_exchange(manager->mq, EXCHANGE, false, diag);

	if (rc != E_MQ_DENIED)
		return rc;
	rc = mq_declare_exchange(manager->mq, EXCHANGE, true, diag);
	if (rc == E_NO_ROW)
		return diag_set(diag, E_MQ_DENIED,
		    "the user may not declare"
		    " the exchange " EXCHANGE
		    ", which is missing: grant the"
		    " permission to configure, or declare it, durable and"
		    " direct");
	return rc;
}

/* Its messages are lost: the owner's rows say which they were. */
static enum err
make_missing(struct queue_manager *manager, enum queue queue,
    const struct queue_names *names, struct diag *diag)
{
	if (manager->owner == NULL) {
		if (manager->missing_at == 0)
			manager->missing_at = clock_ms();
		if (clock_ms() - manager->missing_at < OWNER_MS)
			return diag_set(diag, E_MQ_NO_QUEUE,
			    "there is no queue"
			    " %s; the relay declares it",
			    names->queue);
		return E_OK;
	}
	log_debug("queue_missing", LOG_TEXT("queue", names->queue));
	return manager->owner->lost(manager->owner->context, queue, diag);
}

/* Were a version's bulk queues declared before? lane: from 1. */
static bool
was_declared(const struct queue_manager *manager, int lane)
{
	struct diag diag;

	diag_clear(&diag);
	return mq_declare_exchange(manager->mq, markers[lane - 1], true,
		   &diag) == E_OK;
}

bool
queue_lane_is_there(const struct queue_manager *manager, int lane)
{
	struct mq_queue_stats stats;
	struct diag diag;
	enum err rc = E_OK;

	diag_clear(&diag);
	for (unsigned i = 0; rc == E_OK && i < QUEUE_COUNT; i++) {
		struct queue_names names = queue_part((enum queue)i,
		    queue_lane_part(lane));

		rc = mq_stats(manager->mq, names.queue, &stats, &diag);
	}
	return rc == E_OK;
}

void
queue_manager_find_lanes(struct queue_manager *manager)
{
	int lane = 1;

	while (lane <= QUEUE_LANES &&
	    (was_declared(manager, lane) || queue_lane_is_there(manager, lane)))
		lane++;
	manager->lanes_there = lane - 1;
}

/* *ret_before: it is as versions up to 1.0 made it. */
static enum err
declare_part(struct queue_manager *manager, enum queue queue, int part,
    bool *ret_before, struct diag *diag)
{
	struct queue_names names = queue_part(queue, part);
	struct topology_args args;
	struct mq_queue_stats stats;
	struct diag older;
	bool missing;
	enum err rc;

	rc = mq_stats(manager->mq, names.queue, &stats, diag);
	missing = rc == E_NO_ROW;
	if (missing && part > QUEUE_DEAD &&
	    !was_declared(manager, part - QUEUE_DEAD))
		rc = E_OK; /* nothing was lost with it */
	else if (missing)
		rc = make_missing(manager, queue, &names, diag);
	if (rc != E_OK)
		return rc;
	topology_args(manager, queue, part, false, &args);
	rc = mq_declare_queue(manager->mq, names.queue, args.args, args.count,
	    diag);
	if (rc == E_MQ_DENIED && missing)
		return diag_set(diag, rc,
		    "the user may not declare the queue"
		    " %s, which is missing: grant the permission to configure,"
		    " or declare it",
		    names.queue);
	if (rc == E_TOPOLOGY) {
		topology_args(manager, queue, part, true, &args);
		diag_clear(&older);
		if (mq_declare_queue(manager->mq, names.queue, args.args,
			args.count, &older) == E_OK) {
			diag_clear(diag);
			*ret_before = true;
			return E_OK; /* bound it is as well */
		}
		/* A stranger's, unless it was made anew just now. */
		topology_args(manager, queue, part, false, &args);
		if (mq_declare_queue(manager->mq, names.queue, args.args,
			args.count, &older) != E_OK)
			return rc;
		diag_clear(diag);
		rc = E_OK;
	}
	if (rc == E_OK || rc == E_MQ_DENIED)
		rc = mq_bind(manager->mq, names.queue, EXCHANGE, names.key,
		    diag);
	if (rc == E_MQ_DENIED) { /* then it is bound, or messages return */
		diag_clear(diag);
		rc = E_OK;
	}
	return rc;
}

/* A bulk queue of each; with the last of its version, that they are there. */
static enum err
declare_lane(struct queue_manager *manager, int lane, struct diag *diag)
{
	const char *marker = markers[lane - 1];
	struct diag marked;
	bool before;
	enum err rc = E_OK;

	for (unsigned i = 0; rc == E_OK && i < QUEUE_COUNT; i++)
		rc = declare_part(manager, (enum queue)i, queue_lane_part(lane),
		    &before, diag);
	diag_clear(&marked);
	if (rc == E_OK &&
	    (lane == QUEUE_LANES || strcmp(markers[lane], marker) != 0) &&
	    !was_declared(manager, lane))
		(void)!mq_declare_exchange(manager->mq, marker, false, &marked);
	return rc;
}

/*
 * The bulk queues. Where some are missing, as where an older version declared
 * the others, and declaring is not permitted, those before them will do; where
 * all are, all goes to the main queues.
 */
static enum err
declare_lanes(struct queue_manager *manager, struct diag *diag)
{
	enum err rc = E_OK;
	int there = 0;

	while (rc == E_OK && there < QUEUE_LANES) {
		rc = declare_lane(manager, there + 1, diag);
		there += rc == E_OK;
	}
	manager->lanes_there = there;
	if (rc == E_MQ_DENIED) {
		if (!manager->lanes_told)
			log_warn("topology", LOG_TEXT("text", diag->text),
			    LOG_TEXT("advice",
				"without all bulk queues a tenant with many"
				" batches makes others wait"));
		manager->lanes_told = true;
		diag_clear(diag);
		return E_OK;
	}
	return rc;
}

enum err
topology_declare(struct queue_manager *manager, bool *ret_before,
    struct diag *diag)
{
	enum err rc = declare_exchange(manager, diag);

	for (unsigned i = 0; rc == E_OK && i < QUEUE_COUNT; i++) {
		/* What others lead to comes first. */
		rc = declare_part(manager, (enum queue)i, QUEUE_DEAD,
		    ret_before, diag);
		for (int part = 0; rc == E_OK && part < QUEUE_DEAD; part++)
			rc = declare_part(manager, (enum queue)i, part,
			    ret_before, diag);
	}
	if (rc == E_OK)
		rc = declare_lanes(manager, diag);
	if (rc == E_OK)
		manager->missing_at = 0;
	return rc;
}
