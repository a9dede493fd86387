/* SPDX-License-Identifier: MIT */
/*
 * What the files of mq.h share; nobody else may know that it
 * is rabbitmq-c.
 */
#ifndef ADAPTERS_MQ_MQ_INSIDE_H
#define ADAPTERS_MQ_MQ_INSIDE_H

/* From 0.12 on they have a folder, and the old names warn. */
#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/ssl_socket.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#endif

#include "adapters/mq/mq.h"
#include "base/metrics_held.h"

/*
 * Publishing has its channel; questions that may close one have another, and
 * so has taking messages.
 */
enum { CHANNEL_CONFIRM = 1, CHANNEL_ASK = 2, CHANNEL_TAKE = 3 };

struct mq {
	const struct mq_settings *settings;
	const char *program;
	amqp_connection_state_t conn; /* NULL: closed */
	int held;		      /* see metrics_hold() */
	unsigned generation;
	uint64_t tag;	/* of the newest message published */
	bool blocked;	/* by the broker's connection.blocked */
	bool broken;	/* a close was seen: mq_close() at the next chance */
	bool ask_open;	/* CHANNEL_ASK is */
	bool take_open; /* CHANNEL_TAKE is */
	bool twin;	/* of another one */
	bool unawaited; /* messages of which no confirm was waited for */
	struct mq_delivery *first, **last; /* read, not yet asked for */
	struct mq_delivery *coming;	   /* frames of it are missing */
	size_t coming_left;		   /* bytes of its body */
	char why[256];			   /* the broker's words for it */
	char blocked_why[64];		   /* and for being blocked */
	int64_t retry_at;
	unsigned pause;
	size_t place; /* of the URL that answered last, or is tried next */
};

/* One URL of the settings. What its query does not say is 0. */
struct mq_url {
	struct amqp_connection_info info; /* its texts are in text */
	char *text;			  /* you free() it */
	int heartbeat;			  /* seconds */
	int timeout;			  /* ms */
	int frame_max, channel_max;
};

/* Fails: E_SETTING: the diag tells what is wrong with it. */
enum err mq_url_read(struct span text, struct mq_url *ret_url,
    struct diag *diag) MUST_CHECK;

/* The first of the settings' URLs, or what stands in its place. */
enum err mq_url_first(const struct mq_settings *settings,
    struct mq_url *ret_url, struct diag *diag) MUST_CHECK;

/* The channel for publishing; its messages are counted from 1. */
enum err mq_open_confirm(struct mq *mq, struct diag *diag) MUST_CHECK;

/*
 * rabbitmq-c sends each message alone; between on and off they leave in
 * packets that are full (tcp(7), TCP_CORK), and the broker is woken once for
 * several. Where this fails they leave one by one.
 */
void mq_cork(struct mq *mq, bool on);

/* Keep the broker's words for the log, terminated. */
void mq_keep_words(struct mq *mq, amqp_bytes_t words);

/* A reply of the library as an error of ours; closes are remembered. */
enum err mq_judge(struct mq *mq, amqp_rpc_reply_t reply, const char *what,
    struct diag *diag);

/* The same of a login, naming the user. */
enum err mq_judge_login(struct mq *mq, amqp_rpc_reply_t reply, const char *user,
    struct diag *diag) MUST_CHECK;

/*
 * Tell why no socket was opened: the library's status, and errno of then or 0.
 * Gives: E_MQ_CONNECT.
 */
enum err mq_tell_socket(const struct amqp_connection_info *info, int status,
    int number, struct diag *diag);

/* After a question to the broker: a lost or refused one ends the connection. */
enum err mq_asked(struct mq *mq, const char *what, struct diag *diag);

enum mq_state { MQ_IN_FLIGHT, MQ_RETURNED, MQ_ACKED, MQ_NACKED };

/* Messages that were sent and are not settled yet. */
struct mq_flight {
	struct mq_message *messages;
	size_t count;
	uint64_t first; /* the delivery tag of messages[0] */
	size_t settled;
	bool returned;	      /* some message was */
	bool uncounted;	      /* it is nobody's message */
	unsigned char *state; /* per message, of enum mq_state */
	struct diag *diag;
};

/* An ack or nack of one message, or of all up to it. */
void mq_settle(struct mq_flight *flight, uint64_t tag, bool multiple,
    bool acked);

/* The properties of a returned message tell which it was. */
void mq_note_return(struct mq_flight *flight,
    const amqp_basic_properties_t *properties);

/*
 * Read one frame, waiting at most that long in ms, and act on it. flight: NULL
 * when nothing is awaited.
 * Gives: false when there was none in time, or the connection is broken.
 */
bool mq_serve_frame(struct mq *mq, int timeout, struct mq_flight *flight);

/* Frames of CHANNEL_TAKE. Trouble marks the connection as broken. */
void mq_take_method(struct mq *mq, const amqp_basic_deliver_t *method);
void mq_take_properties(struct mq *mq, const amqp_frame_t *frame);
void mq_take_body(struct mq *mq, amqp_bytes_t part);

/* An empty message of this connection, or NULL. */
struct mq_delivery *mq_delivery_new(const struct mq *mq, uint64_t tag,
    bool redelivered) MUST_CHECK;

/* Keep what is kept of its properties; add to its body what has room. */
void mq_delivery_properties(struct mq_delivery *delivery,
    const amqp_basic_properties_t *properties);
void mq_delivery_add(struct mq_delivery *delivery, const void *bytes,
    size_t len);

/* Forget what was read and not yet asked for. */
void mq_take_nothing(struct mq *mq);

#endif
