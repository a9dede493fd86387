/* SPDX-License-Identifier: MIT */
/* Making queues of an older version anew, with what is in them. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/daemon.h"
#include "base/log.h"
#include "queue/queue_inside.h"

#define LOCK "etl.moving"
/* An exchange that is there once nothing is left to be moved. */
#define MOVED "etl.moved"
/* Messages at once. */
#define GROUP 100
#define CONFIRM_MS 10000
/* For what was on its way to a queue when it was unbound, ms. */
#define SETTLE_MS 100
/*
 * How long consumers of an older version may finish what they have in hand, ms:
 * what they have not begun goes with the queue.
 */
#define CONSUMERS_MS 10000
#define CONSUMERS_STEP_MS 250
/* Another process may declare the old queue between two steps of ours. */
#define TRIES 5

/* Publish a group with another key, then settle what was confirmed. */
static enum err
move_group(struct queue_manager *manager, struct mq_delivery **group,
    size_t count, const char *key, struct diag *diag)
{
	static struct mq_arg headers[GROUP][MQ_HEADERS_MAX];
	struct mq_message messages[GROUP];
	enum err rc;

	for (size_t i = 0; i < count; i++)
		messages[i] = queue_copy(group[i], EXCHANGE, key, headers[i]);
	rc = mq_publish(manager->mq, messages, count, CONFIRM_MS, diag);
	for (size_t i = 0; rc == E_OK && i < count; i++)
		rc = mq_ack(manager->mq, group[i], diag);
	return rc;
}

/* Move what is ready. Gives: *ret_moved grows. */
static enum err
drain_now(struct queue_manager *manager, const char *from, const char *key,
    int64_t *ret_moved, struct diag *diag)
{
	struct mq_delivery *group[GROUP];
	enum err rc = E_OK;
	size_t count;

	do {
		daemon_feed_watchdog();
		for (count = 0; count < GROUP; count++) {
			group[count] = NULL;
			rc = mq_get(manager->mq, from, &group[count], diag);
			if (rc != E_OK || group[count] == NULL)
				break;
		}
		if (rc == E_OK && count > 0)
			rc = move_group(manager, group, count, key, diag);
		for (size_t i = 0; i < count; i++)
			mq_delivery_free(group[i]);
		if (rc == E_OK)
			*ret_moved += (int64_t)count;
	} while (rc == E_OK && count == GROUP);
	if (rc != E_OK)
		mq_close(manager->mq); /* what was not settled is back */
	return rc;
}

/* The same, with what was on its way. */
static enum err
drain(struct queue_manager *manager, const char *from, const char *key,
    int64_t *ret_moved, struct diag *diag)
{
	enum err rc = drain_now(manager, from, key, ret_moved, diag);

	if (rc != E_OK)
		return rc;
	(void)poll(NULL, 0, SETTLE_MS);
	return drain_now(manager, from, key, ret_moved, diag);
}

/* Let consumers of an older version finish; what they give back is moved. */
static enum err
drain_consumers(struct queue_manager *manager, const char *from,
    const char *key, int64_t *ret_moved, struct diag *diag)
{
	int64_t deadline = clock_ms() + CONSUMERS_MS;
	struct mq_queue_stats stats;
	enum err rc = drain(manager, from, key, ret_moved, diag);

	while (rc == E_OK && !daemon_was_asked()) {
		rc = mq_stats(manager->mq, from, &stats, diag);
		if (rc == E_OK && stats.consumer_count == 0)
			return drain_now(manager, from, key, ret_moved, diag);
		if (rc == E_OK && clock_left(deadline) == 0)
			return E_OK;
		(void)poll(NULL, 0, CONSUMERS_STEP_MS);
		if (rc == E_OK)
			rc = drain_now(manager, from, key, ret_moved, diag);
	}
	return rc;
}

/*
 * Empty the old queue into another one that takes its place meanwhile, and
 * delete it. A queue that cannot be read any more has lost its messages.
 */
static enum err
put_aside(struct queue_manager *manager, enum queue queue,
    const struct queue_names *names, const char *aside, struct diag *diag)
{
	int64_t moved = 0, left = 0;
	enum err rc;

	/* What is published goes aside; so does, by a key of its own, ours. */
	rc = mq_bind(manager->mq, aside, EXCHANGE, aside, diag);
	if (rc == E_OK)
		rc = mq_bind(manager->mq, aside, EXCHANGE, names->key, diag);
	if (rc == E_OK)
		rc = mq_unbind(manager->mq, names->queue, EXCHANGE, names->key,
		    diag);
	if (rc == E_OK)
		rc = drain_consumers(manager, names->queue, aside, &moved,
		    diag);
	if (rc == E_MQ_LOST && queue_is_dead(manager, names->queue, diag)) {
		log_error("queue_given_up", LOG_TEXT("queue", names->queue),
		    LOG_TEXT("text", diag->text),
		    LOG_TEXT("advice",
			"its"
			" messages are lost with it; batches are queued again from"
			" their rows"));
		rc = manager->owner->lost(manager->owner->context, queue, diag);
	}
	if (rc == E_OK)
		rc = mq_delete_queue(manager->mq, names->queue, &left, diag);
	if (rc == E_OK && left > 0)
		log_warn("queue_deleted", LOG_TEXT("queue", names->queue),
		    LOG_INT("messages", left));
	return rc;
}

/* Make the queue, and give it what waits aside. */
static enum err
take_back(struct queue_manager *manager, enum queue queue, int part,
    const char *aside, struct diag *diag)
{
	struct queue_names names = queue_part(queue, part);
	struct topology_args args;
	int64_t moved = 0, left = 0;
	enum err rc;

	topology_args(manager, queue, part, false, &args);
	rc = mq_declare_queue(manager->mq, names.queue, args.args, args.count,
	    diag);
	if (rc == E_OK)
		rc = mq_bind(manager->mq, names.queue, EXCHANGE, names.key,
		    diag);
	if (rc == E_OK)
		rc = mq_unbind(manager->mq, aside, EXCHANGE, names.key, diag);
	if (rc == E_OK)
		rc = drain(manager, aside, names.key, &moved, diag);
	if (rc == E_OK)
		rc = mq_delete_queue(manager->mq, aside, &left, diag);
	if (rc == E_OK)
		log_info("queue_moved", LOG_TEXT("queue", names.queue),
		    LOG_INT("messages", moved), LOG_INT("lost", left));
	return rc;
}

/* One try at a part: see below. Fails: E_TOPOLOGY: it changed meanwhile. */
static enum err
move_once(struct queue_manager *manager, enum queue queue, int part,
    const char *aside, struct diag *diag)
{
	struct queue_names names = queue_part(queue, part);
	struct topology_args args;
	struct mq_queue_stats stats;
	enum err rc;

	topology_args(manager, queue, part, false, &args);
	rc = mq_declare_queue(manager->mq, names.queue, args.args, args.count,
	    diag);
	if (rc == E_OK) {
		rc = mq_stats(manager->mq, aside, &stats, diag);
		if (rc == E_NO_ROW)
			return E_OK; /* nothing was left half done */
	} else if (rc == E_TOPOLOGY) {
		topology_args(manager, queue, part, true, &args);
		rc = mq_declare_queue(manager->mq, names.queue, args.args,
		    args.count, diag);
		/* Messages wait aside in a queue like that of the dead. */
		topology_args(manager, queue, QUEUE_DEAD, false, &args);
		if (rc == E_OK)
			rc = mq_declare_queue(manager->mq, aside, args.args,
			    args.count, diag);
		if (rc == E_OK)
			rc = put_aside(manager, queue, &names, aside, diag);
	}
	if (rc == E_OK)
		rc = take_back(manager, queue, part, aside, diag);
	return rc;
}

/* A queue that is as versions up to 1.0 made it is made anew. */
static enum err
move_part(struct queue_manager *manager, enum queue queue, int part,
    struct diag *diag)
{
	struct queue_names names = queue_part(queue, part);
	char aside[sizeof(names.queue) + sizeof(MOVING)];
	enum err rc = E_TOPOLOGY;

	(void)snprintf(aside, sizeof(aside), "%s" MOVING, names.queue);
	for (int i = 0; i < TRIES && rc == E_TOPOLOGY; i++)
		rc = move_once(manager, queue, part, aside, diag);
	return rc;
}

bool
topology_is_moved(struct queue_manager *manager)
{
	struct diag diag;

	diag_clear(&diag);
	return mq_declare_exchange(manager->mq, MOVED, true, &diag) == E_OK;
}

enum err
topology_move(struct queue_manager *manager, struct diag *diag)
{
	enum err rc = mq_lock(manager->mq, LOCK, diag);
	struct diag unlock_diag;
	int64_t left;

	if (rc == E_MQ_REFUSED)
		return diag_set(diag, rc,
		    "another relay makes the queues of"
		    " an older version anew just now");
	if (rc != E_OK)
		return rc;
	/* The dead first: older versions declare these before all else. */
	for (unsigned i = 0; rc == E_OK && i < QUEUE_COUNT; i++)
		rc = move_part(manager, (enum queue)i, QUEUE_DEAD, diag);
	for (unsigned i = 0; rc == E_OK && i < QUEUE_COUNT; i++)
		for (int part = 0; rc == E_OK && part < QUEUE_DEAD; part++)
			rc = move_part(manager, (enum queue)i, part, diag);
	if (rc == E_OK)
		rc = mq_declare_exchange(manager->mq, MOVED, false, diag);
	diag_clear(&unlock_diag);
	if (mq_socket(manager->mq) >= 0)
		(void)!mq_delete_queue(manager->mq, LOCK, &left, &unlock_diag);
	return rc;
}
