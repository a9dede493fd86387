/*
 * The queue manager: declares the queues and publishes jobs to them. It holds
 * no state of jobs: RabbitMQ does.
 */
#ifndef QUEUE_QUEUE_MANAGER_H
#define QUEUE_QUEUE_MANAGER_H

#include "adapters/mq.h"
#include "base/arena.h"
#include "queue/job.h"

enum queue {
#define QUEUE(id, name, key, text) id,
#include "queue/topology_table.h"
#undef QUEUE
	QUEUE_COUNT
};

struct queue_settings {
#define SETTING(field, kind, ...) CONF_MEMBER(field, kind)
#include "queue/queue_conf_table.h"
#undef SETTING
};

extern const struct conf_row queue_conf_rows[];
extern const size_t queue_conf_count;

struct queue_manager;

/* A manager over a connection; all three outlive it. Owns: you free it. */
struct queue_manager *queue_manager_new(struct mq *mq,
    const struct mq_settings *mq_settings,
    const struct queue_settings *settings) MUST_CHECK;
void queue_manager_free(struct queue_manager *manager);

/*
 * Connect if need be and declare the topology once per connection. Idempotent.
 *
 * Fails: E_TOPOLOGY when a queue exists with other arguments: publishing is
 *        refused from then on, until a later call succeeds. E_MQ_CONNECT,
 *        E_MQ_LOST. Each change of the outcome is logged here.
 */
enum err queue_manager_declare(struct queue_manager *manager, int timeout,
    struct diag *diag) MUST_CHECK;

/*
 * What was declared may be gone: the next queue_manager_declare() declares it
 * again on the same connection.
 */
void queue_manager_forget(struct queue_manager *manager);

/* In idle moments: heartbeats, alarms, reconnecting, declaring. */
void queue_manager_idle(struct queue_manager *manager);

/* Can messages be published, as far as is known? */
bool queue_manager_is_up(const struct queue_manager *manager);

/*
 * Publish one job and wait for the broker's confirm.
 *
 * Needs: traceparent NULL or a text that fits a header.
 * Fails: as mq_publish(), and E_TOPOLOGY. The job may be published again at
 *        any time: consumers take duplicates.
 */
enum err queue_manager_publish(struct queue_manager *manager, enum queue queue,
    const struct job *job, const char *traceparent, struct diag *diag)
    MUST_CHECK;

/*
 * Publish many jobs, then wait for all confirms.
 *
 * Gives: confirmed[i] for each job, also when the whole fails.
 */
enum err queue_manager_publish_all(struct queue_manager *manager,
    enum queue queue, const struct job *jobs, size_t count, int timeout,
    struct arena *arena, bool *confirmed, struct diag *diag) MUST_CHECK;

/* Count messages and consumers of one main queue. */
enum err queue_manager_count(struct queue_manager *manager, enum queue queue,
    struct mq_queue_stats *ret_stats, struct diag *diag) MUST_CHECK;

/*
 * Count messages and consumers of the queues: the main ones first, each
 * followed by its retry and dead-letter queues.
 * Gives: *ret_stats and *ret_count, in the arena.
 */
struct queue_stats {
	const char *name;
	struct mq_queue_stats counts;
};
enum err queue_manager_stats(struct queue_manager *manager,
    struct arena *arena, struct queue_stats **ret_stats, size_t *ret_count,
    struct diag *diag) MUST_CHECK;

#endif
