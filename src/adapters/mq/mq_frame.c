/* SPDX-License-Identifier: MIT */
/*
 * What comes in: one frame after the other, whoever it is for. It hands them to
 * the messages in flight and to the messages that arrive.
 */
#include <stdio.h>
#include <sys/time.h>

#include "adapters/mq/mq_inside.h"
#include "base/log.h"

/* A method frame that nobody asked for, with or without messages in flight. */
static void
serve_method(struct mq *mq, const amqp_frame_t *frame, struct mq_flight *flight)
{
	const amqp_method_t *method = &frame->payload.method;

	switch (method->id) {
	case AMQP_BASIC_ACK_METHOD: {
		const amqp_basic_ack_t *ack = method->decoded;

		if (flight != NULL)
			mq_settle(flight, ack->delivery_tag, ack->multiple,
			    true);
		break;
	}
	case AMQP_BASIC_NACK_METHOD: {
		const amqp_basic_nack_t *nack = method->decoded;

		if (flight != NULL)
			mq_settle(flight, nack->delivery_tag, nack->multiple,
			    false);
		break;
	}
	case AMQP_BASIC_RETURN_METHOD: {
		const amqp_basic_return_t *back = method->decoded;

		mq_keep_words(mq, back->reply_text);
		if (flight != NULL)
			(void)diag_set(flight->diag, E_MQ_NO_QUEUE,
			    "the broker returned the message: %d %s",
			    back->reply_code, mq->why);
		break;
	}
	case AMQP_CONNECTION_BLOCKED_METHOD: {
		const amqp_connection_blocked_t *blocked = method->decoded;

		mq_keep_words(mq, blocked->reason);
		mq->blocked = true;
		(void)snprintf(mq->blocked_why, sizeof(mq->blocked_why),
		    "%.60s", mq->why);
		if (!mq->twin)
			log_warn("mq_blocked", LOG_TEXT("text", mq->why));
		break;
	}
	case AMQP_CONNECTION_UNBLOCKED_METHOD:
		mq->blocked = false;
		if (!mq->twin)
			log_info("mq_unblocked",
			    LOG_INT("generation", mq->generation));
		break;
	case AMQP_CHANNEL_CLOSE_METHOD: {
		const amqp_channel_close_t *close = method->decoded;

		mq_keep_words(mq, close->reply_text);
		mq->broken = true;
		break;
	}
	case AMQP_CONNECTION_CLOSE_METHOD: {
		const amqp_connection_close_t *close = method->decoded;

		mq_keep_words(mq, close->reply_text);
		mq->broken = true;
		break;
	}
	case AMQP_BASIC_DELIVER_METHOD:
		mq_take_method(mq, method->decoded);
		break;
	case AMQP_BASIC_CANCEL_METHOD:
		mq_keep_words(mq,
		    amqp_cstring_bytes("the broker cancelled a"
				       " consumer: its queue has gone"));
		mq->broken = true;
		break;
	default:
		break;
	}
}

bool
mq_serve_frame(struct mq *mq, int timeout, struct mq_flight *flight)
{
	struct timeval wait = { timeout / 1000, (timeout % 1000) * 1000 };
	amqp_frame_t frame;
	int status;

	amqp_maybe_release_buffers(mq->conn);
	status = amqp_simple_wait_frame_noblock(mq->conn, &frame, &wait);
	if (status == AMQP_STATUS_TIMEOUT)
		return false;
	if (status != AMQP_STATUS_OK) {
		mq_keep_words(mq,
		    amqp_cstring_bytes(amqp_error_string2(status)));
		mq->broken = true;
		return false;
	}
	if (frame.frame_type == AMQP_FRAME_METHOD)
		serve_method(mq, &frame, flight);
	else if (frame.channel == CHANNEL_TAKE &&
	    frame.frame_type == AMQP_FRAME_HEADER)
		mq_take_properties(mq, &frame);
	else if (frame.channel == CHANNEL_TAKE)
		mq_take_body(mq, frame.payload.body_fragment);
	else if (frame.frame_type == AMQP_FRAME_HEADER && flight != NULL)
		mq_note_return(flight, frame.payload.properties.decoded);
	return !mq->broken;
}
