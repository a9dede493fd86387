/* SPDX-License-Identifier: MIT */
/*
 * One message as it came from a queue, and the headers that messages have.
 */
#ifndef ADAPTERS_MQ_MQ_DELIVERY_H
#define ADAPTERS_MQ_MQ_DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/*
 * One argument of a queue, or header of a message: a text, or a number where
 * text is NULL.
 */
struct mq_arg {
	const char *key;
	const char *text;
	int64_t number;
};

#define MQ_HEADERS_MAX 16 /* what is more is not sent, and not kept */

#define MQ_BODY_MAX 65536 /* bytes of a body that are kept */

/* A message taken from a queue: it stays the broker's until it is settled. */
struct mq_delivery {
	unsigned queue;	  /* which of those given to mq_consume() */
	bool redelivered; /* somebody had it before and did not settle it */
	bool cut;	  /* the body is longer than what is here */
	struct span body; /* a byte 0 follows */
	struct span message_id;
	struct span type;
	int64_t timestamp;		       /* seconds since 1970; 0: none */
	struct mq_arg headers[MQ_HEADERS_MAX]; /* texts and numbers only */
	size_t header_count;
	/* mq's own: */
	uint64_t tag;
	unsigned generation;
	struct arena *arena; /* where its texts are */
	struct mq_delivery *next;
};

/* NULL is nothing to free. */
void mq_delivery_free(struct mq_delivery *delivery);

/* A header of a message: its number, or `absent`; its text, or NULL. */
int64_t mq_header_number(const struct mq_delivery *delivery, const char *key,
    int64_t absent);
const char *mq_header_text(const struct mq_delivery *delivery, const char *key);

#endif
