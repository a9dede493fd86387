/* SPDX-License-Identifier: MIT */
/*
 * One RabbitMQ connection with one confirm channel, and one to take messages
 * from queues: opened by mq_open() and by questions, after a pause when it was
 * lost; publishing only says that there is none. Messages count as delivered to
 * the broker only after its basic.ack without a basic.return.
 *
 * connection.blocked is asked for at login and obeyed: while the broker is out
 * of memory or disk, publishing is refused at once.
 */
#ifndef ADAPTERS_MQ_MQ_H
#define ADAPTERS_MQ_MQ_H

#include <stdbool.h>
#include <stdint.h>

#include "adapters/mq/mq_delivery.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/diag.h"
#include "base/str.h"

struct mq;

struct mq_settings {
#define SETTING(kind, ...) CONF_MEMBER_##kind(__VA_ARGS__)
#include "adapters/mq/mq_conf_rows.h"
#undef SETTING
};

extern const struct conf_row mq_conf_rows[];
extern const size_t mq_conf_count;

/* Are they of any use? Fails: E_SETTING. For a struct conf_set. */
enum err mq_settings_check(const void *values, struct diag *diag) MUST_CHECK;

struct mq_message {
	const char *exchange;
	const char *routing_key;
	struct span body;
	const char *message_id;
	const char *type;
	const char *traceparent;      /* W3C trace context, or NULL */
	const struct mq_arg *headers; /* others, at most MQ_HEADERS_MAX - 1 */
	size_t header_count;
	int64_t timestamp; /* seconds since 1970; 0: now */
	bool confirmed;	   /* set by mq_publish() */
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
 * Another connection to the same broker, for questions that may end one. It is
 * told in no log and no count, and waits two seconds for an answer.
 */
struct mq *mq_twin(const struct mq *mq) MUST_CHECK;

/*
 * Make sure that it is open: connect, log in, open the confirm channel.
 * timeout: ms for all of it. Fails: E_MQ_CONNECT, at once during a pause.
 */
enum err mq_open(struct mq *mq, int timeout, struct diag *diag) MUST_CHECK;
void mq_close(struct mq *mq);

/*
 * Close it, and do not open it again before about so many ms: what was wanted
 * of it cannot be had now.
 */
void mq_put_off(struct mq *mq, unsigned pause);

/* Open the channel for publishing anew, on the same connection. */
void mq_renew(struct mq *mq);

/* Has the broker said that it takes no messages now? Its words, or NULL. */
const char *mq_is_blocked(const struct mq *mq);

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
 * Fails: E_MQ_CONNECT: it is not open, and is not opened here; E_MQ_LOST;
 *        E_MQ_NO_QUEUE (returned: the topology is to be declared again);
 *        E_MQ_REFUSED (nacked, blocked, channel closed); E_MQ_TIMEOUT: the
 *        broker may yet have it; the connection is closed, so that no late
 *        confirm is taken for another's.
 */
enum err mq_publish(struct mq *mq, struct mq_message *messages, size_t count,
    int timeout, struct diag *diag) MUST_CHECK;

/*
 * Does the broker take messages? It tells of an alarm only whoever publishes:
 * something that reaches no queue.
 * Fails: E_MQ_REFUSED: it takes none; E_MQ_CONNECT, E_MQ_LOST, E_MQ_TIMEOUT.
 */
enum err mq_probe(struct mq *mq, const char *exchange, int timeout,
    struct diag *diag) MUST_CHECK;

/*
 * Declare what must exist. Idempotent. passive: only ask whether it does.
 * Fails: E_TOPOLOGY when it exists with other properties: diag has the
 *        broker's words; E_MQ_DENIED: the user has no right to; E_NO_ROW: it
 *        does not exist; E_MQ_LOST. Only after the last is the connection
 *        closed; that holds for all questions below.
 */
enum err mq_declare_exchange(struct mq *mq, const char *name, bool passive,
    struct diag *diag) MUST_CHECK;
enum err mq_declare_queue(struct mq *mq, const char *name,
    const struct mq_arg *args, size_t count, struct diag *diag) MUST_CHECK;
enum err mq_bind(struct mq *mq, const char *queue, const char *exchange,
    const char *routing_key, struct diag *diag) MUST_CHECK;
enum err mq_unbind(struct mq *mq, const char *queue, const char *exchange,
    const char *routing_key, struct diag *diag) MUST_CHECK;

/* Gives: *ret_lost, how many messages went with it. */
enum err mq_delete_queue(struct mq *mq, const char *name, int64_t *ret_lost,
    struct diag *diag) MUST_CHECK;

/*
 * Take a lock that ends with the connection: an exclusive queue of this name.
 * Fails: E_MQ_REFUSED: another connection has it.
 */
enum err mq_lock(struct mq *mq, const char *name, struct diag *diag) MUST_CHECK;

/*
 * Count a queue's messages and consumers (passive declare).
 * Fails: E_NO_ROW when there is no such queue, E_MQ_LOST.
 */
enum err mq_stats(struct mq *mq, const char *queue,
    struct mq_queue_stats *ret_stats, struct diag *diag) MUST_CHECK;

/*
 * What policies are in force for each queue, which AMQP does not tell: asked of
 * the management interface, if the settings name one.
 *
 * Gives: *ret_json, an array of objects with name, policy and
 *        effective_policy_definition; in the arena. SPAN_NONE: nobody was asked.
 * Fails: E_MQ_CONNECT: the diag says why there is no answer.
 */
enum err mq_policies(const struct mq *mq, struct arena *arena,
    struct span *ret_json, struct diag *diag) MUST_CHECK;

/*
 * Take messages from these queues, as many at once as prefetch from each; a
 * queue that is NULL is left out, and keeps its number. Ends with the
 * connection; when the broker cancels a consumer (its queue was deleted), the
 * connection is closed, to be opened and declared anew.
 * Gives: *ret_consumed, of how many queues, also when it fails.
 * Fails: E_NO_ROW when there is no such queue; E_MQ_LOST. The connection is
 *        closed after either.
 */
enum err mq_consume(struct mq *mq, const char *const *queues, size_t count,
    unsigned prefetch, size_t *ret_consumed, struct diag *diag) MUST_CHECK;

/*
 * Take no further messages from the queue of this number; those that came stay
 * to be had. Fails: E_MQ_LOST.
 */
enum err mq_cancel(struct mq *mq, size_t number, struct diag *diag) MUST_CHECK;

/*
 * The next message that mq_idle() has read, or NULL.
 * Owns: you mq_delivery_free() it, settled or not.
 */
struct mq_delivery *mq_next(struct mq *mq) MUST_CHECK;

/*
 * The same of those that are there, the one whose turn it is: of equals the one
 * that came first. is_sooner: is it a's turn rather than b's?
 */
struct mq_delivery *mq_next_by(struct mq *mq,
    bool (*is_sooner)(void *context, const struct mq_delivery *a,
	const struct mq_delivery *b),
    void *context) MUST_CHECK;

/* Is it this connection that it came by? If not, it comes again. */
bool mq_is_current(const struct mq *mq, const struct mq_delivery *delivery);

/*
 * Fetch one message without consuming.
 * Gives: *ret_delivery, NULL when the queue is empty. Owns: as mq_next().
 * Fails: as mq_consume().
 */
enum err mq_get(struct mq *mq, const char *queue,
    struct mq_delivery **ret_delivery, struct diag *diag) MUST_CHECK;

/*
 * Settle a message: it is done with.
 * Fails: E_MQ_LOST: the broker delivers it again.
 */
enum err mq_ack(struct mq *mq, const struct mq_delivery *delivery,
    struct diag *diag) MUST_CHECK;

/* It is not: back to its place in the queue with it. Fails: as mq_ack(). */
enum err mq_give_back(struct mq *mq, const struct mq_delivery *delivery,
    struct diag *diag) MUST_CHECK;

#endif
