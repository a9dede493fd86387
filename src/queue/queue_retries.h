/* SPDX-License-Identifier: MIT */
/*
 * What waits in the retry queues comes back to the main ones in its time. The
 * relay looks at the front of each, publishes what is due and settles it after
 * the confirm: nothing rests on the broker's own expiry, which loses messages
 * when the queue they go to has no leader.
 */
#ifndef QUEUE_QUEUE_RETRIES_H
#define QUEUE_QUEUE_RETRIES_H

#include "queue/queue_manager.h"

struct queue_retries;

/*
 * With a connection of its own to the manager's broker.
 * Owns: you free it. The manager outlives it.
 */
struct queue_retries *queue_retries_new(const struct queue_manager *manager)
    MUST_CHECK;
void queue_retries_free(struct queue_retries *retries);

/*
 * Publish what is due, if it is time to look again.
 *
 * Needs: the queues are declared.
 * Fails: as mq_get() and mq_publish(), for some queue: what is due stays so.
 */
enum err queue_retries_round(struct queue_retries *retries, struct diag *diag)
    MUST_CHECK;

/* Milliseconds until the next round. */
int queue_retries_ms(const struct queue_retries *retries);

#endif
