/* SPDX-License-Identifier: MIT */
/*
 * Taking jobs from the queues, and what becomes of a message: it is
 * done, it comes back after a delay, or it is dead. Whatever happens, it is
 * settled only after what follows from it was confirmed, so a message is there
 * twice at times and never lost.
 *
 * Headers of ours: x-attempt, how often a job failed; x-held, how often it met
 * somebody else at work; x-reason, why it is dead; x-lane, which bulk queue it
 * comes back to.
 */
#ifndef QUEUE_QUEUE_CONSUMER_H
#define QUEUE_QUEUE_CONSUMER_H

#include "queue/queue_manager.h"

#define HEADER_ATTEMPT "x-attempt"
#define HEADER_HELD "x-held"
#define HEADER_REASON "x-reason"

/*
 * Whose messages to take, from the next connection on, in place of those of
 * transform_queue and load_queue. The queues outlive the manager.
 */
void queue_consumer_of(struct queue_manager *manager, const enum queue *queues,
    size_t count);

/*
 * Connect, declare and take messages of transform_queue and load_queue, or of
 * others, unless it is so already; then read what came. Every three seconds it
 * counts the consumers of the queues, for RabbitMQ cancels those of a queue that
 * is deleted (www.rabbitmq.com/docs/consumer-cancel), and not those of a quorum
 * queue whose process has ended: where this process is none of them, the
 * connection is closed and opened anew; what was not settled comes again.
 * Fails: as queue_manager_declare() and mq_consume().
 */
enum err queue_consumer_round(struct queue_manager *manager, unsigned prefetch,
    struct diag *diag) MUST_CHECK;

/*
 * Take no further messages of a queue and its bulk queues, or take them again,
 * from the next round on. What has come already is still to be had: as many as
 * the prefetch from each. An index of enum queue tells which are to be paused.
 */
void queue_consumer_pause(struct queue_manager *manager,
    const bool pauses[QUEUE_COUNT]);

/*
 * The next message, or NULL, and which queue it is of. The queues are served in
 * turn, a main queue and its bulk queues as well: none of them waits for more
 * than one job of each other. Owns: as mq_next().
 */
struct mq_delivery *queue_consumer_next(struct queue_manager *manager,
    enum queue *ret_queue) MUST_CHECK;

/* Which bulk queue it came from; 0: the main queue. */
int queue_consumer_lane(const struct queue_manager *manager,
    const struct mq_delivery *delivery);

/* Is it still ours? If not, the broker delivers it again, to anybody. */
bool queue_consumer_has(const struct queue_manager *manager,
    const struct mq_delivery *delivery);

/*
 * How often it was delivered before and not settled, where the broker counts:
 * quorum queues do.
 */
int64_t queue_consumer_deliveries(const struct mq_delivery *delivery);

/* It is done. Fails: E_MQ_LOST: it comes again. */
enum err queue_consumer_done(struct queue_manager *manager,
    const struct mq_delivery *delivery, struct diag *diag) MUST_CHECK;

/*
 * Let it come back after a delay, with these counts. step: which delay, from
 * 1; more than there are is the longest.
 * Fails: as mq_publish(): it is still ours.
 */
enum err queue_consumer_retry(struct queue_manager *manager, enum queue queue,
    const struct mq_delivery *delivery, int step, int64_t attempt, int64_t held,
    struct diag *diag) MUST_CHECK;

/*
 * Put it on the dead-letter queue with a reason. If only the beginning of its
 * body was kept, that part is published.
 * Fails: as mq_publish(): it is still ours.
 */
enum err queue_consumer_bury(struct queue_manager *manager, enum queue queue,
    const struct mq_delivery *delivery, const char *reason, struct diag *diag)
    MUST_CHECK;

#endif
