/*
 * What the files of this folder share of the queue manager.
 */
#ifndef QUEUE_QUEUE_INSIDE_H
#define QUEUE_QUEUE_INSIDE_H

#include "queue/queue_manager.h"

#define EXCHANGE "etl.direct"
#define JOB_MAX_BYTES 65536

struct queue_manager {
	struct mq *mq;
	const struct mq_settings *mq_settings;
	const struct queue_settings *settings;
	unsigned declared; /* the connection's generation it was done for */
	unsigned consumed; /* the one whose messages are taken */
	enum err trouble;  /* of the last try to declare */
};

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

#endif
