/* SPDX-License-Identifier: MIT */
/*
 * A connection to a broker that is the test: what the broker would send is
 * written frame by frame, and what it would get can be read.
 */
#ifndef TESTS_UNIT_MQ_PEER_H
#define TESTS_UNIT_MQ_PEER_H

#include <sys/types.h>

#include "adapters/mq/mq.h"

/* The frames and methods of AMQP 0-9-1 that tests use. */
enum { PEER_METHOD = 1, PEER_HEADER = 2, PEER_BODY = 3 };
#define PEER_CHANNEL_CLOSE 20, 40
#define PEER_CONNECTION_CLOSE 10, 50
#define PEER_BLOCKED 10, 60
#define PEER_UNBLOCKED 10, 61
#define PEER_CANCEL 60, 30
#define PEER_PUBLISH 60, 40
#define PEER_RETURN 60, 50
#define PEER_DELIVER 60, 60
#define PEER_ACK 60, 80
#define PEER_REJECT 60, 90
#define PEER_NACK 60, 120

/* One that is open, its first; one at a time. */
struct mq *mq_peer_open(const struct mq_settings *settings);

/* Give it back without a farewell; what was sent is forgotten. */
void mq_peer_close(struct mq *mq);

/* The broker sends a frame; a method's with its arguments as they go out. */
void mq_peer_frame(int type, int channel, struct span payload);
void mq_peer_method(int channel, int class, int method, struct span arguments);

/* The content of a message: its header with a message id, and its body. */
void mq_peer_content(int channel, const char *message_id, struct span body);

/*
 * Another process answers what comes from now on: 0 to it, from mq_peer_begin()
 * to mq_peer_end(); mq_peer_done() waits for its end.
 */
pid_t mq_peer_begin(void);
void mq_peer_end(void);
void mq_peer_done(pid_t answering);

/* Wait until something has come. */
void mq_peer_wait(void);

/*
 * The next frame that the broker got. Gives: its type; 0 when there is none.
 * The payload lives until the next one; a method's begins with its number.
 */
int mq_peer_next(struct span *ret_payload);

/* Is it this method? */
bool mq_peer_is(struct span payload, int class, int method);

#endif
