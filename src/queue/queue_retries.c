/* SPDX-License-Identifier: MIT */
#include "queue/queue_retries.h"

#include <stdlib.h>

#include "base/clock.h"
#include "queue/queue_inside.h"

/* Messages published at once. */
#define GROUP 100
#define CONFIRM_MS 10000
/* How often the queues are looked at, ms: the shortest delay is a second. */
#define ROUND_MS 500
/* Till a queue that cannot be read is tried again, ms. */
#define SKIP_MS 10000
#define QUEUES (QUEUE_COUNT * QUEUE_RETRIES)

struct queue_retries {
	struct mq *mq; /* of its own: a queue's trouble is nobody else's */
	struct queue_manager *manager;
	const struct queue_manager *declared; /* the one that declares */
	int64_t due[QUEUES];	 /* of clock_ms(): nothing is before; 0: look */
	int64_t undated[QUEUES]; /* when messages without a time are due */
	int64_t round_at;	 /* of clock_ms() */
};

struct queue_retries *
queue_retries_new(const struct queue_manager *manager)
{
	struct queue_retries *retries = calloc(1, sizeof(*retries));

	if (retries == NULL)
		return NULL;
	retries->declared = manager;
	retries->mq = mq_twin(manager->mq);
	if (retries->mq != NULL)
		retries->manager = queue_manager_new(retries->mq,
		    manager->mq_settings, manager->settings);
	if (retries->manager != NULL)
		return retries;
	mq_free(retries->mq);
	free(retries);
	return NULL;
}

void
queue_retries_free(struct queue_retries *retries)
{
	if (retries == NULL)
		return;
	queue_manager_free(retries->manager);
	mq_free(retries->mq);
	free(retries);
}

/*
 * How long until a message is due, ms: its delay after it was published, as its
 * publisher's clock says, but never longer than its delay from now. One that
 * tells no time waits from when the first of these was seen.
 */
static int64_t
left_of(const struct mq_delivery *delivery, int64_t delay, int64_t *undated)
{
	int64_t waited, since = mq_header_number(delivery, HEADER_SINCE, 0);

	if (since == 0 && delivery->timestamp > 0)
		since = (delivery->timestamp + 1) * 1000;
	if (since == 0) {
		if (*undated == 0)
			*undated = clock_ms() + delay;
		return clock_left(*undated);
	}
	waited = clock_wall_ms() - since;
	if (waited < 0)
		waited = 0;
	return waited < delay ? delay - waited : 0;
}

/*
 * Take what is due from the front of a queue; the first that is not goes back.
 * Gives: *ret_count; retries->due.
 */
static enum err
take_due(struct queue_retries *retries, unsigned i,
    struct mq_delivery *group[GROUP], size_t *ret_count, struct diag *diag)
{
	int part = (int)(i % QUEUE_RETRIES) + 1;
	struct queue_names names = queue_part((enum queue)(i / QUEUE_RETRIES),
	    part);
	enum err rc = E_OK;

	*ret_count = 0;
	retries->due[i] = 0;
	while (rc == E_OK && *ret_count < GROUP) {
		struct mq_delivery *delivery = NULL;
		int64_t left;

		rc = mq_get(retries->mq, names.queue, &delivery, diag);
		if (rc != E_OK || delivery == NULL) {
			retries->undated[i] = 0;
			break;
		}
		left = left_of(delivery, queue_delay(part),
		    &retries->undated[i]);
		if (left == 0) {
			group[(*ret_count)++] = delivery;
			continue;
		}
		retries->due[i] = clock_ms() + left;
		rc = mq_give_back(retries->mq, delivery, diag);
		mq_delivery_free(delivery);
		break;
	}
	return rc;
}

/* Publish what is due of one queue; what was confirmed is settled. */
static enum err
move_due(struct queue_retries *retries, unsigned i, size_t *ret_count,
    struct diag *diag)
{
	static struct mq_arg headers[GROUP][MQ_HEADERS_MAX];
	enum queue queue = (enum queue)(i / QUEUE_RETRIES);
	struct queue_names homes[GROUP];
	struct mq_message messages[GROUP];
	struct mq_delivery *group[GROUP];
	enum err rc;

	rc = take_due(retries, i, group, ret_count, diag);
	for (size_t j = 0; rc == E_OK && j < *ret_count; j++) {
		homes[j] = queue_part(queue,
		    queue_home(retries->declared, group[j]));
		messages[j] = queue_copy(group[j], EXCHANGE, homes[j].key,
		    headers[j]);
	}
	if (rc == E_OK && *ret_count > 0)
		rc = queue_publish(retries->manager, queue, QUEUE_MAIN,
		    messages, *ret_count, CONFIRM_MS, diag);
	for (size_t j = 0; rc == E_OK && j < *ret_count; j++)
		rc = mq_ack(retries->mq, group[j], diag);
	for (size_t j = 0; j < *ret_count; j++)
		mq_delivery_free(group[j]);
	return rc;
}

/* One queue: is anything in it, and due? */
static enum err
serve_queue(struct queue_retries *retries, unsigned i, struct diag *diag)
{
	struct queue_names names = queue_part((enum queue)(i / QUEUE_RETRIES),
	    (int)(i % QUEUE_RETRIES) + 1);
	struct mq_queue_stats stats;
	size_t count = GROUP;
	enum err rc;

	if (clock_left(retries->due[i]) > 0)
		return E_OK;
	rc = mq_stats(retries->mq, names.queue, &stats, diag);
	while (rc == E_OK && stats.message_count > 0 && count == GROUP)
		rc = move_due(retries, i, &count, diag);
	if (rc == E_OK || rc == E_MQ_CONNECT)
		return rc;
	/* What was taken and not settled is back; the others go on. */
	mq_close(retries->mq);
	retries->due[i] = clock_ms() +
	    (rc == E_MQ_REFUSED || rc == E_MQ_NO_QUEUE ?
		    2 * ROUND_MS :
		    SKIP_MS);
	return rc;
}

enum err
queue_retries_round(struct queue_retries *retries, struct diag *diag)
{
	enum err rc, first = E_OK;
	struct diag one;

	if (clock_left(retries->round_at) > 0)
		return E_OK;
	mq_idle(retries->mq);
	for (unsigned i = 0; i < QUEUES; i++) {
		diag_clear(&one);
		rc = serve_queue(retries, i, &one);
		if (rc != E_OK && first == E_OK) {
			first = rc;
			*diag = one;
		}
		if (rc == E_MQ_CONNECT)
			break;
	}
	retries->round_at = clock_ms() + ROUND_MS;
	return first;
}

int
queue_retries_ms(const struct queue_retries *retries)
{
	return clock_left(retries->round_at);
}
