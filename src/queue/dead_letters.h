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

/* A queue by its name, with or without "_queue". */
bool dead_letters_queue(const char *name, enum queue *ret_queue);

#endif
