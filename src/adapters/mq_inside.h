/*
 * What mq.c, mq_publish.c and mq_declare.c share; nobody else may know that it
 * is rabbitmq-c.
 */
#ifndef ADAPTERS_MQ_INSIDE_H
#define ADAPTERS_MQ_INSIDE_H

#include <amqp.h>

#include "adapters/mq.h"

/* Publishing has its channel; questions that may close one have another. */
enum { CHANNEL_CONFIRM = 1, CHANNEL_ASK = 2 };

struct mq {
	const struct mq_settings *settings;
	const char *program;
	amqp_connection_state_t conn; /* NULL: closed */
	unsigned generation;
	uint64_t tag;	/* of the newest message published */
	bool blocked;	/* by the broker's connection.blocked */
	bool broken;	/* a close was seen: mq_close() at the next chance */
	bool ask_open;	/* CHANNEL_ASK is */
	char why[256];	/* the broker's words for it */
	int64_t retry_at;
	unsigned pause;
};

/* Keep the broker's words for the log, terminated. */
void mq_keep_words(struct mq *mq, amqp_bytes_t words);

/* A reply of the library as an error of ours; closes are remembered. */
enum err mq_judge(struct mq *mq, amqp_rpc_reply_t reply, const char *what,
    struct diag *diag);

#endif
