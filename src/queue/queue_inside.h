/* SPDX-License-Identifier: MIT */
/*
 * What the files of this folder share of the queue manager.
 */
#ifndef QUEUE_QUEUE_INSIDE_H
#define QUEUE_QUEUE_INSIDE_H

#include "queue/queue_manager.h"

#define EXCHANGE "etl.direct"
#define JOB_MAX_BYTES 65536
/* Where messages are while their queue is made anew: <queue>.moving. */
#define MOVING ".moving"
/* When a message was put on a retry queue, ms since 1970. */
#define HEADER_SINCE "x-since"
/* The bulk queue that a message comes back to, from 1. */
#define HEADER_LANE "x-lane"

/* The parts of a queue's family: the main one, retries, the dead. */
enum {
	QUEUE_RETRIES = 0
#define RETRY(number, delay) +1
#include "queue/topology_rows.h"
#undef RETRY
	,
	QUEUE_MAIN = 0, /* then the retries from 1 */
	QUEUE_DEAD = QUEUE_RETRIES + 1,
	QUEUE_PARTS = QUEUE_DEAD + 1 + QUEUE_LANES, /* then bulk queues */
};
/* Whatever jobs are taken from: a main queue is its family's lane 0. */
#define QUEUE_TAKEN (QUEUE_COUNT * (1 + QUEUE_LANES))

/* Whether the broker still sends the messages of queues that are taken. */
struct queue_taking {
	int64_t look_at; /* of clock_ms(): when to count the consumers */
	bool waiting;	 /* nothing has come, and nothing is at work */
	/* Since when the queue seems to have lost us, of clock_ms(); 0: not. */
	/* Of lane * QUEUE_COUNT + queue. */
	int64_t lost_at[QUEUE_TAKEN];
	int64_t consumers[QUEUE_TAKEN]; /* the most that were counted */
	bool was_none[QUEUE_TAKEN];	/* none was, since a message came */
};

/* When jobs were last taken, counted in jobs: whose turn is it? */
struct queue_turns {
	int64_t now;
	int64_t family[QUEUE_COUNT];
	int64_t side[QUEUE_COUNT][2]; /* the main queue; bulk queues */
	int64_t lane[QUEUE_COUNT][1 + QUEUE_LANES];
};

/* What is known of the backlogs of tenants. */
struct queue_lanes {
	struct queue_backlog {
		int64_t tenant_id; /* 0: nobody's place */
		int64_t known;	   /* so many were pending */
		int64_t own;	   /* and so many were published since */
		int64_t known_at;  /* of clock_ms(); 0: not counted yet */
		int64_t used_at;
	} all[64];
};

struct queue_manager {
	struct mq *mq;
	const struct mq_settings *mq_settings;
	const struct queue_settings *settings;
	const struct queue_owner *owner; /* NULL: another process owns them */
	unsigned declared; /* the connection's generation it was done for */
	unsigned consumed; /* the one whose messages are taken */
	/* Of which queues; NULL: of those of batches. */
	const enum queue *taken;
	size_t taken_count;
	enum err trouble;   /* of the last try to declare */
	struct diag why;    /* of it */
	int64_t again_at;   /* of clock_ms(): not declared before; 0: at once */
	int64_t missing_at; /* when a queue was first missing; 0: none is */
	/* Since when only nacks came, of clock_ms(); 0: they do not. */
	int64_t refused_at[QUEUE_COUNT][QUEUE_PARTS];
	int64_t renewed_at;	   /* when the channel was opened anew */
	struct queue_watch *watch; /* see queue_states.c */
	struct queue_taking taking;
	struct queue_turns turns;
	struct queue_lanes lanes;
	/* Bulk queues of each that are declared, and that are taken from. */
	int lanes_there, lanes_taken;
	bool pauses[QUEUE_COUNT]; /* is to be taken from no more */
	bool paused[QUEUE_COUNT]; /* is not, on this connection */
	bool lanes_told;	  /* that some are missing */
};

/* A main queue's name, and its routing key. */
const char *queue_name(enum queue queue);
const char *queue_key(enum queue queue);

/*
 * A queue's name and routing key with a suffix: ".dead", or ".retry" and a
 * number.
 */
struct queue_names {
	char queue[64];
	char key[64];
};
struct queue_names queue_names(enum queue queue, const char *suffix,
    int number);

/* The names of a part. */
struct queue_names queue_part(enum queue queue, int part);

/* The part that is a lane, 0: the main queue; and the lane of a part. */
int queue_lane_part(int lane);
bool queue_is_taken(int part);

/* Where a message that was not done comes back to: a part that is there. */
int queue_home(const struct queue_manager *manager,
    const struct mq_delivery *delivery);

/* Is a bulk queue of each there, whoever declared it? lane: from 1. */
bool queue_lane_is_there(const struct queue_manager *manager, int lane);

/* The lane for one more transform job of a tenant, which is noted. */
int queue_lanes_take(struct queue_manager *manager, int64_t tenant_id);

/* The delay of a retry queue, ms. part: from 1. */
int64_t queue_delay(int part);

/*
 * Publish to a part, noting what it refuses: a channel that has had nothing but
 * nacks for a while is opened anew, for RabbitMQ may go on with them after
 * their cause has gone.
 * Fails: as mq_publish().
 */
enum err queue_publish(struct queue_manager *manager, enum queue queue,
    int part, struct mq_message *messages, size_t count, int timeout,
    struct diag *diag) MUST_CHECK;

/*
 * A message as it came, to be published elsewhere: all but what the broker
 * itself adds to it. headers has room for MQ_HEADERS_MAX.
 */
struct mq_message queue_copy(const struct mq_delivery *delivery,
    const char *exchange, const char *routing_key, struct mq_arg *headers);

/*
 * Has this queue been without a process for so long that it will not come
 * back? diag: the broker's answer when it was asked for a message.
 */
bool queue_is_dead(struct queue_manager *manager, const char *queue,
    const struct diag *diag);

/* Messages that main queues took and refused, of all processes here. */
uint64_t queue_taken(enum queue queue);
uint64_t queue_refused(enum queue queue);

/*
 * Note in each state which policy overrides what we rely on.
 * Fails: as mq_policies(): they stay as they are.
 */
enum err queue_policies(const struct mq *mq, struct queue_state *states,
    size_t count, struct arena *arena, struct diag *diag) MUST_CHECK;

/*
 * Has the broker lost this process as a consumer? See queue_lost.c. begin: the
 * queues are taken from since now. note: the queue of the message that came, or
 * NULL: none did. look: now and then the consumers are counted; where this
 * process is none of them and the queue could be taken from, the connection is
 * closed, which is logged. pause: ms until look is due, at most `pause`.
 */
void queue_lost_begin(struct queue_manager *manager);
void queue_lost_note(struct queue_manager *manager, const enum queue *from,
    int lane);
void queue_lost_look(struct queue_manager *manager);
int queue_lost_pause(const struct queue_manager *manager, int pause);

void queue_watch_free(struct queue_watch *watch);

/* Heartbeats of its connection, which ends when it was not used for long. */
void queue_watch_idle(struct queue_watch *watch);

/*
 * The arguments of a part, which refer to each other: do not copy them.
 * before: those that versions up to 1.0 gave it.
 */
struct topology_args {
	struct mq_arg args[8];
	size_t count;
	struct queue_names names;
};
void topology_args(const struct queue_manager *manager, enum queue queue,
    int part, bool before, struct topology_args *ret);

/*
 * Declare everything, on a connection that is open.
 * Gives: *ret_before: some queue is as versions up to 1.0 made it.
 * Fails: as queue_manager_declare().
 */
enum err topology_declare(struct queue_manager *manager, bool *ret_before,
    struct diag *diag) MUST_CHECK;

/* Was nothing left half done by topology_move(), of any process? */
bool topology_is_moved(struct queue_manager *manager);

/*
 * Make queues of versions up to 1.0 anew, and go on with what another process
 * has left half done. Nothing is lost: a message is somewhere else before it
 * is taken away.
 *
 * Fails: E_MQ_REFUSED: another process is at it. E_MQ_DENIED: the user has no
 *        right to. As mq_publish().
 */
enum err topology_move(struct queue_manager *manager, struct diag *diag)
    MUST_CHECK;

#endif
