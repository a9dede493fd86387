#include "queue/queue_retries.h"

#include <stdlib.h>

#include "base/clock.h"
#include "queue/queue_inside.h"

/* Messages held of each queue, and published at once. */
#define HELD 50
#define CONFIRM_MS 10000
#define QUEUES (QUEUE_COUNT * QUEUE_RETRIES)
/* Till a queue that cannot be read is tried again, ms. */
#define SKIP_MS 10000
/* Till what could not be published is tried again, ms. */
#define AGAIN_MS 1000

struct held {
	struct mq_delivery *delivery;
	int64_t due; /* of clock_ms() */
};

struct queue_retries {
	struct mq *mq; /* of its own: a queue's trouble is nobody else's */
	struct queue_manager *manager;
	unsigned generation; /* of the connection that all are of */
	struct held held[QUEUES][HELD];
	size_t count[QUEUES];
	unsigned numbers[QUEUES]; /* of the queues that are consumed */
	int64_t skipped[QUEUES];  /* of clock_ms(): not before; 0: at once */
	int64_t again_at;	  /* of clock_ms(): nothing before */
};

struct queue_retries *
queue_retries_new(const struct queue_manager *manager)
{
	struct queue_retries *retries = calloc(1, sizeof(*retries));

	if (retries == NULL)
		return NULL;
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

/* The broker has them: it delivers them again. */
static void
drop_all(struct queue_retries *retries)
{
	for (size_t i = 0; i < QUEUES; i++) {
		for (size_t j = 0; j < retries->count[i]; j++)
			mq_delivery_free(retries->held[i][j].delivery);
		retries->count[i] = 0;
	}
}

void
queue_retries_free(struct queue_retries *retries)
{
	if (retries == NULL)
		return;
	drop_all(retries);
	queue_manager_free(retries->manager);
	mq_free(retries->mq);
	free(retries);
}

/* The queues that can be read; one that ends the connection waits a while. */
static enum err
consume(struct queue_retries *retries, struct diag *diag)
{
	struct queue_names names[QUEUES];
	const char *queues[QUEUES];
	size_t count = 0, consumed = 0;
	enum err rc;

	drop_all(retries);
	for (unsigned i = 0; i < QUEUES; i++) {
		names[i] = queue_part((enum queue)(i / QUEUE_RETRIES),
		    (int)(i % QUEUE_RETRIES) + 1);
		if (clock_left(retries->skipped[i]) > 0)
			continue;
		retries->numbers[count] = i;
		queues[count++] = names[i].queue;
	}
	rc = mq_consume(retries->mq, queues, count, HELD, &consumed, diag);
	if (rc == E_OK)
		retries->generation = mq_generation(retries->mq);
	else if (rc != E_MQ_CONNECT && consumed < count)
		retries->skipped[retries->numbers[consumed]] =
		    clock_ms() + SKIP_MS;
	return rc;
}

/*
 * When a message is due: its delay after it was published, as its publisher's
 * clock says, but never later than its delay from now.
 */
static int64_t
due_of(const struct mq_delivery *delivery, int64_t delay)
{
	int64_t waited, since = mq_header_number(delivery, HEADER_SINCE, 0);

	if (since == 0 && delivery->timestamp > 0)
		since = (delivery->timestamp + 1) * 1000;
	if (since == 0)
		return clock_ms() + delay;
	waited = clock_wall_ms() - since;
	if (waited < 0)
		waited = 0;
	return clock_ms() + (waited < delay ? delay - waited : 0);
}

/* Keep what came. More than was asked for is the broker's again, later. */
static void
take(struct queue_retries *retries)
{
	struct mq_delivery *delivery;

	while ((delivery = mq_next(retries->mq)) != NULL) {
		unsigned i = delivery->queue < QUEUES ?
		    retries->numbers[delivery->queue] : 0;
		int64_t delay;

		if (retries->count[i] == HELD) {
			mq_delivery_free(delivery);
			continue;
		}
		delay = queue_delay((int)(i % QUEUE_RETRIES) + 1);
		retries->held[i][retries->count[i]++] = (struct held){
			delivery, due_of(delivery, delay) };
	}
}

/* Publish what is due of one queue; what was confirmed is settled. */
static enum err
move_due(struct queue_retries *retries, unsigned i, struct diag *diag)
{
	static struct mq_arg headers[HELD][MQ_HEADERS_MAX];
	enum queue queue = (enum queue)(i / QUEUE_RETRIES);
	struct queue_names names = queue_part(queue, QUEUE_MAIN);
	struct mq_message messages[HELD];
	struct held *held = retries->held[i], moved[HELD];
	size_t due = 0, left = 0;
	enum err rc, settled = E_OK;

	for (size_t j = 0; j < retries->count[i]; j++) {
		if (clock_left(held[j].due) > 0) {
			held[left++] = held[j];
			continue;
		}
		messages[due] = queue_copy(held[j].delivery, EXCHANGE,
		    names.key, headers[due]);
		moved[due++] = held[j];
	}
	retries->count[i] = left;
	if (due == 0)
		return E_OK;
	rc = queue_publish(retries->manager, queue, QUEUE_MAIN, messages, due,
	    CONFIRM_MS, diag);
	for (size_t j = 0; j < due; j++) {
		if (messages[j].confirmed && settled == E_OK)
			settled = mq_ack(retries->mq, moved[j].delivery,
			    diag);
		if (messages[j].confirmed)
			mq_delivery_free(moved[j].delivery);
		else
			held[retries->count[i]++] = moved[j];
	}
	return rc != E_OK ? rc : settled;
}

/* Is a queue to be tried again that could not be read? */
static bool
is_again(struct queue_retries *retries)
{
	bool again = false;

	for (size_t i = 0; i < QUEUES; i++) {
		if (retries->skipped[i] == 0 ||
		    clock_left(retries->skipped[i]) > 0)
			continue;
		retries->skipped[i] = 0;
		again = true;
	}
	return again;
}

enum err
queue_retries_turn(struct queue_retries *retries, struct diag *diag)
{
	enum err rc = E_OK;

	if (clock_left(retries->again_at) > 0)
		return E_OK;
	mq_idle(retries->mq);
	if (is_again(retries))
		mq_close(retries->mq);
	if (mq_socket(retries->mq) < 0 ||
	    retries->generation != mq_generation(retries->mq))
		rc = consume(retries, diag);
	if (rc == E_OK)
		take(retries);
	for (unsigned i = 0; rc == E_OK && i < QUEUES; i++)
		rc = move_due(retries, i, diag);
	retries->again_at = rc == E_OK ? 0 : clock_ms() + AGAIN_MS;
	return rc;
}

int
queue_retries_socket(const struct queue_retries *retries)
{
	return mq_socket(retries->mq);
}

int
queue_retries_ms(const struct queue_retries *retries)
{
	int64_t next = -1;

	for (size_t i = 0; i < QUEUES; i++)
		for (size_t j = 0; j < retries->count[i]; j++)
			if (next < 0 || retries->held[i][j].due < next)
				next = retries->held[i][j].due;
	if (next < 0)
		return -1;
	return clock_left(next < retries->again_at ? retries->again_at : next);
}
