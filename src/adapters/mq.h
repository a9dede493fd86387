/*
 * One RabbitMQ connection with one confirm channel: opened when needed,
 * reopened after a pause when lost. Messages count as delivered to the broker
 * only after its basic.ack without a basic.return.
 *
 * connection.blocked is asked for at login and obeyed: while the broker is out
 * of memory or disk, publishing is refused at once.
 */
#ifndef ADAPTERS_MQ_H
#define ADAPTERS_MQ_H

#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/diag.h"
#include "base/str.h"

struct mq;

struct mq_settings {
#define SETTING(field, kind, ...) CONF_MEMBER(field, kind)
#include "adapters/mq_conf_table.h"
#undef SETTING
};

extern const struct conf_row mq_conf_rows[];
extern const size_t mq_conf_count;

struct mq_message {
	const char *exchange;
	const char *routing_key;
	struct span body;
	const char *message_id;
	const char *type;
	const char *traceparent; /* W3C trace context, or NULL */
	bool confirmed;		 /* set by mq_publish() */
};

/* One argument of a queue: a text, or a number where text is NULL. */
struct mq_arg {
	const char *key;
	const char *text;
	int64_t number;
};

struct mq_queue_stats {
	int64_t message_count; /* ready ones */
	int64_t consumer_count;
};

/* A connection to be; settings outlive it. Owns: you mq_free(). */
struct mq *mq_new(const struct mq_settings *settings, const char *program)
    MUST_CHECK;
void mq_free(struct mq *mq);

/*
 * Make sure that it is open: connect, log in, open the confirm channel.
 * timeout: ms for all of it. Fails: E_MQ_CONNECT, at once during a pause.
 */
enum err mq_open(struct mq *mq, int timeout, struct diag *diag) MUST_CHECK;
void mq_close(struct mq *mq);

/* Which connection this is: counts up with each that was opened. */
unsigned mq_generation(const struct mq *mq);

/*
 * For an idle program's poll: the socket or -1; what to do when it is readable
 * or mq_idle_ms() have passed: heartbeats, blocked, close.
 */
int mq_socket(const struct mq *mq);
int mq_idle_ms(const struct mq *mq);
void mq_idle(struct mq *mq);

/*
 * Publish messages, persistent and mandatory, and wait for their confirms.
 *
 * Gives: confirmed in each message. E_OK only when all are.
 * Fails: E_MQ_CONNECT, E_MQ_LOST, E_MQ_REFUSED (returned, nacked, blocked,
 *        channel closed), E_MQ_TIMEOUT: the broker may yet have it; the
 *        connection is closed, so that no late confirm is taken for another's.
 */
enum err mq_publish(struct mq *mq, struct mq_message *messages, size_t count,
    int timeout, struct diag *diag) MUST_CHECK;

/*
 * Declare what must exist. Idempotent.
 * Fails: E_TOPOLOGY when it exists with other properties: diag has the
 *        broker's words; E_MQ_LOST. The connection is closed after either.
 */
enum err mq_declare_exchange(struct mq *mq, const char *name,
    struct diag *diag) MUST_CHECK;
enum err mq_declare_queue(struct mq *mq, const char *name,
    const struct mq_arg *args, size_t count, struct diag *diag) MUST_CHECK;
enum err mq_bind(struct mq *mq, const char *queue, const char *exchange,
    const char *routing_key, struct diag *diag) MUST_CHECK;

/*
 * Count a queue's messages and consumers (passive declare).
 * Fails: E_NO_ROW when there is no such queue, E_MQ_LOST.
 */
enum err mq_stats(struct mq *mq, const char *queue,
    struct mq_queue_stats *ret_stats, struct diag *diag) MUST_CHECK;

#endif
