/* SPDX-License-Identifier: MIT */
/*
 * What the dead-letter queues hold, for operators. Messages are fetched one by
 * one, oldest first; those that are not settled are back in their queue when
 * the connection ends.
 */
#ifndef QUEUE_DEAD_LETTERS_H
#define QUEUE_DEAD_LETTERS_H

#include "queue/queue_manager.h"

/* How many there are. Fails: as mq_stats(). */
enum err dead_letters_count(struct queue_manager *manager, enum queue queue,
    int64_t *ret_count, struct diag *diag) MUST_CHECK;

/*
 * The next one, or NULL. Owns: you mq_delivery_free() it.
 * Fails: as mq_get().
 */
enum err dead_letters_next(struct queue_manager *manager, enum queue queue,
    struct mq_delivery **ret_delivery, struct diag *diag) MUST_CHECK;

/*
 * Put it back on the queue it came from, its attempts forgotten.
 * Fails: as mq_publish(): it stays dead.
 */
enum err dead_letters_revive(struct queue_manager *manager, enum queue queue,
    const struct mq_delivery *delivery, struct diag *diag) MUST_CHECK;

/* Forget it. Fails: E_MQ_LOST: it is still there. */
enum err dead_letters_drop(struct queue_manager *manager,
    const struct mq_delivery *delivery, struct diag *diag) MUST_CHECK;

/*
 * Forget what is dead of these batches, which are to be done again: their old
 * messages would be requeued, or shown, without need. As many as can be looked
 * at in a moment; over a connection of its own.
 *
 * Needs: ids grow. Call it before the batches' new messages are published.
 * Gives: how many messages went.
 */
int64_t dead_letters_forget(struct queue_manager *manager, const int64_t *ids,
    size_t count, struct arena *arena);

/*
 * Read the job of a dead message, of whichever kind the queue has. Its text
 * lives in the arena. Gives: false when it is no job.
 */
bool dead_letters_read(enum queue queue, const struct mq_delivery *delivery,
    struct arena *arena, struct job *ret_job) MUST_CHECK;

/* A message that is looked at, as far as it can be read. */
struct dead_letter {
	const struct mq_delivery *delivery;
	bool is_job;
	struct job job; /* its text lives in the arena of the walk */
};

struct dead_walk;

/*
 * What to do with each. aside: for dead_letters_revive() and _drop(); a message
 * that neither settles stays dead. It sets walk->is_enough to end the walk.
 * Fails: the walk ends, and fails with that.
 */
typedef enum err dead_letter_work(struct dead_walk *walk,
    struct queue_manager *aside, const struct dead_letter *letter,
    struct diag *diag);

struct dead_walk {
	dead_letter_work *work;
	void *context; /* of work() */
	bool is_enough;
	int64_t there; /* how many messages there are; out */
	int64_t left;  /* of them, not looked at; out */
};

/*
 * Look at what a queue has, oldest first, over a connection of its own, as long
 * as a request may take. What others look at at this moment is not seen.
 * Fails: E_MQ_CONNECT; E_MQ_LOST  the queue is missing: the client is told; as
 *        mq_get(), and as walk->work().
 */
enum err dead_letters_walk(struct queue_manager *manager, enum queue queue,
    struct dead_walk *walk, struct arena *arena, struct diag *diag) MUST_CHECK;

/* Why it died, as far as it is told; or NULL. Lives: as the delivery. */
const char *dead_letters_reason(const struct mq_delivery *delivery);

/* A queue by its name, with or without "_queue". */
bool dead_letters_queue(const char *name, enum queue *ret_queue);

#endif
