/* SPDX-License-Identifier: MIT */
/*
 * The queue manager: declares the queues and publishes jobs to them. It holds
 * no state of jobs: RabbitMQ does.
 */
#ifndef QUEUE_QUEUE_MANAGER_H
#define QUEUE_QUEUE_MANAGER_H

#include "adapters/mq/mq.h"
#include "base/arena.h"
#include "queue/job.h"

enum queue {
#define QUEUE(id, name, key, text) id,
#include "queue/topology_rows.h"
#undef QUEUE
	QUEUE_COUNT
};

/* How many bulk queues each of them has, see queue_lanes.h. */
enum {
	QUEUE_LANES = 0
#define LANE(number, times, marker) +1
#include "queue/topology_rows.h"
#undef LANE
};

struct queue_settings {
#define SETTING(kind, ...) CONF_MEMBER_##kind(__VA_ARGS__)
#include "queue/queue_conf_rows.h"
#undef SETTING
};

extern const struct conf_row queue_conf_rows[];
extern const size_t queue_conf_count;

struct queue_manager;

/*
 * Who owns the queues: the process that declares what is missing, for it knows
 * from the rows what was lost with it, and makes anew what an older version has
 * declared. Others wait for it a while before they declare it themselves.
 */
struct queue_owner {
	/*
	 * A queue of this family is missing, before it is declared.
	 * Fails: it is not declared now.
	 */
	enum err (*lost)(void *context, enum queue queue, struct diag *diag);
	void *context; /* of the owner, for lost() */
};
void queue_manager_own(struct queue_manager *manager,
    const struct queue_owner *owner);

/* A manager over a connection; all three outlive it. Owns: you free it. */
struct queue_manager *queue_manager_new(struct mq *mq,
    const struct mq_settings *mq_settings,
    const struct queue_settings *settings) MUST_CHECK;
void queue_manager_free(struct queue_manager *manager);

/*
 * Connect if need be and declare the topology once per connection. Idempotent.
 * Where declaring is not permitted, that all is there will do.
 *
 * Fails: E_TOPOLOGY when a queue exists with other arguments: publishing is
 *        refused from then on, until a later call succeeds. E_MQ_NO_QUEUE: one
 *        is missing, which the owner will declare. E_MQ_DENIED: one is, and
 *        declaring is not permitted. E_MQ_CONNECT, E_MQ_LOST. Each change of
 *        the outcome is logged here.
 */
enum err queue_manager_declare(struct queue_manager *manager, int timeout,
    struct diag *diag) MUST_CHECK;

/*
 * For who declares nothing: which bulk queues are there to publish to, and to
 * look at? Needs: the connection is open.
 */
void queue_manager_find_lanes(struct queue_manager *manager);

/*
 * What was declared may be gone: the next queue_manager_declare() declares it
 * again on the same connection.
 */
void queue_manager_forget(struct queue_manager *manager);

/* In idle moments: heartbeats, alarms, reconnecting, declaring. */
void queue_manager_idle(struct queue_manager *manager);

/* Milliseconds until queue_manager_idle() is due, messages or not. */
int queue_manager_idle_ms(const struct queue_manager *manager);

/* Can messages be published, as far as is known? */
bool queue_manager_is_up(const struct queue_manager *manager);

/*
 * Publish one job and wait for the broker's confirm.
 *
 * Needs: its traceparent is NULL or a text that fits a header.
 * Fails: as mq_publish(), and E_TOPOLOGY. The job may be published again at
 *        any time: consumers take duplicates.
 */
enum err queue_manager_publish(struct queue_manager *manager, enum queue queue,
    const struct job *job, struct diag *diag) MUST_CHECK;

/* The same, waiting for `ms` at most where that is less than the settings say. */
enum err queue_manager_publish_within(struct queue_manager *manager,
    enum queue queue, const struct job *job, int ms, struct diag *diag)
    MUST_CHECK;

/*
 * Publish many jobs, then wait for all confirms; `timeout` ms, below 0: as
 * long as the settings say.
 *
 * Gives: confirmed[i] for each job, also when the whole fails.
 */
enum err queue_manager_publish_all(struct queue_manager *manager,
    enum queue queue, const struct job *jobs, size_t count, int timeout,
    struct arena *arena, bool *confirmed, struct diag *diag) MUST_CHECK;

/*
 * Count messages and consumers of one main queue, and the messages of its bulk
 * queues with them.
 */
enum err queue_manager_count(struct queue_manager *manager, enum queue queue,
    struct mq_queue_stats *ret_stats, struct diag *diag) MUST_CHECK;

/*
 * What could be seen of a queue. The main ones come first, each followed by
 * its retry and dead-letter queues.
 */
struct queue_state {
	const char *name;
	bool is_up;   /* it answers; else there are no counts */
	bool refuses; /* messages, of late all of them */
	bool missing; /* there is none of this name */
	struct mq_queue_stats counts;
	int64_t down_at;  /* of clock_ms(), since when it does not answer */
	char text[160];	  /* why */
	char policy[160]; /* one that overrides what we rely on, or empty */
};

/*
 * Look at all queues, over a connection of its own. A queue without a leader
 * counts no messages and says no word of it; it is asked for one.
 *
 * Needs: max_age: ms; what was seen so lately is told again.
 * Gives: *ret_states and *ret_count, the manager's.
 * Fails: E_MQ_CONNECT; E_NO_MEMORY: nothing was given; E_MQ_REFUSED: the
 *        broker takes no messages at all, and the states are given
 *        nevertheless.
 */
enum err queue_manager_look(struct queue_manager *manager, int64_t max_age,
    const struct queue_state **ret_states, size_t *ret_count, struct diag *diag)
    MUST_CHECK;

/*
 * What keeps messages from being queued, or is about to: "broker" or a queue's
 * name, and a sentence. Gives: true while there is one more.
 * Needs: *place 0 at first.
 */
struct queue_trouble {
	const char *what;
	char text[256];
};
bool queue_manager_trouble(struct queue_manager *manager, size_t *place,
    struct queue_trouble *ret_trouble);

/*
 * For the owner, now and then: look at the queues, tell of a change, and give
 * up those that will not come back (setting queue_rebuild): they are declared
 * anew.
 */
void queue_manager_mend(struct queue_manager *manager);

#endif
