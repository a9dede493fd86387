/* SPDX-License-Identifier: MIT */
/* Taking messages from queues, and settling them. */
#include <stdio.h>

#include "adapters/mq/mq_inside.h"

/* The channel for messages, opened once per connection. */
static enum err
take_channel(struct mq *mq, struct diag *diag)
{
	enum err rc = mq_open(mq, (int)mq->settings->rabbitmq_timeout, diag);

	if (rc != E_OK || mq->take_open)
		return rc;
	(void)amqp_channel_open(mq->conn, CHANNEL_TAKE);
	rc = mq_asked(mq, "channel.open", diag);
	mq->take_open = rc == E_OK;
	return rc;
}

enum err
mq_consume(struct mq *mq, const char *const *queues, size_t count,
    unsigned prefetch, size_t *ret_consumed, struct diag *diag)
{
	enum err rc = take_channel(mq, diag);

	*ret_consumed = 0;
	if (rc != E_OK)
		return rc;
	(void)amqp_basic_qos(mq->conn, CHANNEL_TAKE, 0, (uint16_t)prefetch, 0);
	rc = mq_asked(mq, "basic.qos", diag);
	for (size_t i = 0; rc == E_OK && i < count; i++) {
		char tag[24]; /* the queue's number */

		if (queues[i] == NULL)
			continue;
		(void)snprintf(tag, sizeof(tag), "%zu", i);
		(void)amqp_basic_consume(mq->conn, CHANNEL_TAKE,
		    amqp_cstring_bytes(queues[i]), amqp_cstring_bytes(tag), 0,
		    0, 0, amqp_empty_table);
		rc = mq_asked(mq, queues[i], diag);
		*ret_consumed += rc == E_OK;
	}
	return rc;
}

enum err
mq_cancel(struct mq *mq, size_t number, struct diag *diag)
{
	char tag[24];

	if (mq_socket(mq) < 0)
		return diag_set(diag, E_MQ_LOST, "the connection was lost");
	(void)snprintf(tag, sizeof(tag), "%zu", number);
	(void)amqp_basic_cancel(mq->conn, CHANNEL_TAKE,
	    amqp_cstring_bytes(tag));
	return mq_asked(mq, "basic.cancel", diag);
}

struct mq_delivery *
mq_next(struct mq *mq)
{
	struct mq_delivery *delivery = mq->first;

	if (delivery == NULL)
		return NULL;
	mq->first = delivery->next;
	if (mq->first == NULL)
		mq->last = &mq->first;
	delivery->next = NULL;
	return delivery;
}

struct mq_delivery *
mq_next_by(struct mq *mq,
    bool (*is_sooner)(void *context, const struct mq_delivery *a,
	const struct mq_delivery *b),
    void *context)
{
	struct mq_delivery **best = &mq->first, *delivery;

	for (struct mq_delivery **at = &mq->first; *at != NULL;
	     at = &(*at)->next)
		if (is_sooner(context, *at, *best))
			best = at;
	delivery = *best;
	if (delivery == NULL)
		return NULL;
	*best = delivery->next;
	if (*best == NULL)
		mq->last = best;
	delivery->next = NULL;
	return delivery;
}

bool
mq_is_current(const struct mq *mq, const struct mq_delivery *delivery)
{
	return mq->conn != NULL && !mq->broken &&
	    mq->generation == delivery->generation;
}

/* The content behind a get-ok. */
static enum err
read_content(struct mq *mq, struct mq_delivery *delivery, struct diag *diag)
{
	amqp_message_t message;
	enum err rc;

	rc = mq_judge(mq,
	    amqp_read_message(mq->conn, CHANNEL_TAKE, &message, 0), "basic.get",
	    diag);
	if (rc != E_OK)
		return rc;
	delivery->cut = message.body.len > MQ_BODY_MAX;
	delivery->body.at = arena_ask(delivery->arena, MQ_BODY_MAX + 1);
	if (delivery->body.at == NULL)
		rc = arena_done(delivery->arena, diag);
	else
		mq_delivery_add(delivery, message.body.bytes, message.body.len);
	mq_delivery_properties(delivery, &message.properties);
	amqp_destroy_message(&message);
	return rc;
}

enum err
mq_get(struct mq *mq, const char *queue, struct mq_delivery **ret_delivery,
    struct diag *diag)
{
	struct mq_delivery *delivery = NULL;
	amqp_rpc_reply_t reply;
	enum err rc = take_channel(mq, diag);

	if (rc != E_OK)
		return rc;
	reply = amqp_basic_get(mq->conn, CHANNEL_TAKE,
	    amqp_cstring_bytes(queue), 0);
	rc = mq_judge(mq, reply, queue, diag);
	if (rc == E_OK && reply.reply.id == AMQP_BASIC_GET_OK_METHOD) {
		const amqp_basic_get_ok_t *got = reply.reply.decoded;

		delivery = mq_delivery_new(mq, got->delivery_tag,
		    got->redelivered != 0);
		rc = delivery == NULL ?
		    diag_set(diag, E_NO_MEMORY, "a message") :
		    read_content(mq, delivery, diag);
	}
	amqp_maybe_release_buffers(mq->conn);
	if (rc != E_OK) {
		mq_delivery_free(delivery);
		mq_close(mq);
		return rc;
	}
	*ret_delivery = delivery;
	return E_OK;
}

/* Settling has no answer: it is in the socket, or the connection is gone. */
static enum err
settled(struct mq *mq, const struct mq_delivery *delivery, bool done,
    struct diag *diag)
{
	int status;

	if (!mq_is_current(mq, delivery))
		return diag_set(diag, E_MQ_LOST,
		    "the connection that the"
		    " message came by was lost; it comes again");
	status = done ?
	    amqp_basic_ack(mq->conn, CHANNEL_TAKE, delivery->tag, 0) :
	    amqp_basic_reject(mq->conn, CHANNEL_TAKE, delivery->tag, 1);
	if (status == AMQP_STATUS_OK)
		return E_OK;
	mq_close(mq);
	return diag_set(diag, E_MQ_LOST, "settling a message: %s",
	    amqp_error_string2(status));
}

enum err
mq_give_back(struct mq *mq, const struct mq_delivery *delivery,
    struct diag *diag)
{
	return settled(mq, delivery, false, diag);
}

enum err
mq_ack(struct mq *mq, const struct mq_delivery *delivery, struct diag *diag)
{
	return settled(mq, delivery, true, diag);
}
