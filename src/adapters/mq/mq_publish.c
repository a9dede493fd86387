#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "adapters/mq/mq_inside.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"

/* How long confirms are awaited of a broker that has just blocked us, ms. */
#define BLOCKED_MS 100

/* What one frame says of the messages in flight. */
struct flight {
	struct mq_message *messages;
	size_t count;
	uint64_t first; /* the delivery tag of messages[0] */
	size_t settled;
	bool returned;	/* some message was */
	bool uncounted; /* it is nobody's message */
	unsigned char *state; /* per message */
	struct diag *diag;
};

enum { IN_FLIGHT, RETURNED, ACKED, NACKED };

static void
settle(struct flight *flight, uint64_t tag, bool multiple, bool acked)
{
	for (size_t i = 0; i < flight->count; i++) {
		uint64_t mine = flight->first + i;

		if (mine != tag && !(multiple && mine < tag))
			continue;
		if (flight->state[i] == ACKED || flight->state[i] == NACKED)
			continue;
		flight->messages[i].confirmed = acked &&
		    flight->state[i] != RETURNED;
		flight->state[i] = acked ? ACKED : NACKED;
		flight->settled++;
		if (!flight->uncounted)
			metrics_add(flight->messages[i].confirmed ?
			    METRIC_PUBLISHED : acked ?
			    METRIC_UNQUEUED_RETURNED : METRIC_UNQUEUED_NACKED,
			    1);
		if (!acked)
			(void)diag_set(flight->diag, E_MQ_REFUSED,
			    "the broker refused the message (basic.nack)");
	}
}

/* The properties of a returned message tell which it was. */
static void
note_return(struct flight *flight, const amqp_basic_properties_t *properties)
{
	struct span id = { properties->message_id.bytes,
		properties->message_id.len };

	for (size_t i = 0; i < flight->count; i++) {
		if (!span_is(id, flight->messages[i].message_id))
			continue; /* of one that was not waited for */
		flight->state[i] = RETURNED;
		flight->returned = true;
	}
}

/* A method frame that came by itself, with or without messages in flight. */
static void
serve_method(struct mq *mq, const amqp_frame_t *frame, struct flight *flight)
{
	const amqp_method_t *method = &frame->payload.method;

	switch (method->id) {
	case AMQP_BASIC_ACK_METHOD: {
		const amqp_basic_ack_t *ack = method->decoded;

		if (flight != NULL)
			settle(flight, ack->delivery_tag, ack->multiple, true);
		break;
	}
	case AMQP_BASIC_NACK_METHOD: {
		const amqp_basic_nack_t *nack = method->decoded;

		if (flight != NULL)
			settle(flight, nack->delivery_tag, nack->multiple,
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
		(void)snprintf(mq->blocked_why, sizeof(mq->blocked_why), "%.60s",
		    mq->why);
		if (!mq->twin)
			log_warn("mq_blocked", LOG_TEXT("text", mq->why));
		break;
	}
	case AMQP_CONNECTION_UNBLOCKED_METHOD:
		mq->blocked = false;
		if (!mq->twin)
			log_info("mq_unblocked", LOG_INT("generation",
			    mq->generation));
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
		mq_keep_words(mq, amqp_cstring_bytes("the broker cancelled a"
		    " consumer: its queue has gone"));
		mq->broken = true;
		break;
	default:
		break;
	}
}

/*
 * Read one frame, waiting at most that long, and act on it.
 * Gives: false when there was none in time, or the connection is broken.
 */
static bool
serve_frame(struct mq *mq, int timeout, struct flight *flight)
{
	struct timeval wait = { timeout / 1000, (timeout % 1000) * 1000 };
	amqp_frame_t frame;
	int status;

	amqp_maybe_release_buffers(mq->conn);
	status = amqp_simple_wait_frame_noblock(mq->conn, &frame, &wait);
	if (status == AMQP_STATUS_TIMEOUT)
		return false;
	if (status != AMQP_STATUS_OK) {
		mq_keep_words(mq, amqp_cstring_bytes(amqp_error_string2(status)));
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
		note_return(flight, frame.payload.properties.decoded);
	return !mq->broken;
}

void
mq_idle(struct mq *mq)
{
	if (mq->conn == NULL)
		return;
	while (serve_frame(mq, 0, NULL))
		;
	if (mq->broken) {
		if (!mq->twin) {
			metrics_add(METRIC_MQ_LOST, 1);
			log_warn("mq_lost", LOG_TEXT("text", mq->why));
		}
		mq_close(mq);
	}
}

const char *
mq_is_blocked(const struct mq *mq)
{
	return mq->conn != NULL && mq->blocked ? mq->blocked_why : NULL;
}

/* A header of ours in the library's words. */
static amqp_table_entry_t
header(const char *key, const char *text, int64_t number)
{
	amqp_table_entry_t entry;

	memset(&entry, 0, sizeof(entry));
	entry.key = amqp_cstring_bytes(key);
	if (text != NULL) {
		entry.value.kind = AMQP_FIELD_KIND_UTF8;
		entry.value.value.bytes = amqp_cstring_bytes(text);
	} else {
		entry.value.kind = AMQP_FIELD_KIND_I64;
		entry.value.value.i64 = number;
	}
	return entry;
}

static int
send_one(struct mq *mq, const struct mq_message *message)
{
	amqp_basic_properties_t properties;
	amqp_table_entry_t headers[MQ_HEADERS_MAX];
	int count = 0;
	amqp_bytes_t body;

	memset(&properties, 0, sizeof(properties));
	properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG |
	    AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG |
	    AMQP_BASIC_TIMESTAMP_FLAG | AMQP_BASIC_TYPE_FLAG;
	properties.delivery_mode = 2; /* persistent */
	properties.content_type = amqp_cstring_bytes("application/json");
	properties.message_id = amqp_cstring_bytes(message->message_id);
	properties.timestamp = message->timestamp != 0 ?
	    (uint64_t)message->timestamp : (uint64_t)time(NULL);
	properties.type = amqp_cstring_bytes(message->type);
	if (message->traceparent != NULL)
		headers[count++] = header("traceparent", message->traceparent,
		    0);
	for (size_t i = 0; i < message->header_count &&
	    count < MQ_HEADERS_MAX; i++)
		headers[count++] = header(message->headers[i].key,
		    message->headers[i].text, message->headers[i].number);
	if (count > 0) {
		properties._flags |= AMQP_BASIC_HEADERS_FLAG;
		properties.headers.num_entries = count;
		properties.headers.entries = headers;
	}
	memset(&body, 0, sizeof(body));
	body.len = message->body.len;
	memcpy(&body.bytes, &message->body.at, sizeof(body.bytes));
	return amqp_basic_publish(mq->conn, CHANNEL_CONFIRM,
	    amqp_cstring_bytes(message->exchange),
	    amqp_cstring_bytes(message->routing_key), 1, 0, &properties, body);
}

static enum err
send_all(struct mq *mq, const struct flight *flight)
{
	int status = AMQP_STATUS_OK;

	if (flight->count > 1)
		mq_cork(mq, true);
	for (size_t i = 0; i < flight->count && !mq->broken; i++) {
		status = send_one(mq, &flight->messages[i]);
		if (status != AMQP_STATUS_OK)
			break;
		mq->tag++;
	}
	if (flight->count > 1)
		mq_cork(mq, false);
	if (status == AMQP_STATUS_OK)
		return E_OK;
	mq->broken = true;
	return diag_set(flight->diag, E_MQ_LOST, "publish: %s",
	    amqp_error_string2(status));
}

/* Send all, then wait until each is settled. */
static enum err
publish(struct mq *mq, struct flight *flight, int timeout)
{
	int64_t deadline = clock_ms() + timeout;
	enum err rc;

	flight->first = mq->tag + 1;
	rc = send_all(mq, flight);
	if (rc != E_OK)
		return rc;
	while (flight->settled < flight->count) {
		bool was_blocked = mq->blocked;

		if (serve_frame(mq, clock_left(deadline), flight)) {
			/* The message that told it of us may yet be taken. */
			if (mq->blocked && !was_blocked &&
			    deadline > clock_ms() + BLOCKED_MS)
				deadline = clock_ms() + BLOCKED_MS;
			continue;
		}
		if (mq->broken)
			return diag_set(flight->diag, E_MQ_LOST,
			    "closed while waiting for a confirm: %s", mq->why);
		if (mq->blocked) { /* their confirms may come later */
			mq->unawaited = true;
			return diag_set(flight->diag, E_MQ_REFUSED,
			    "the broker takes no messages now: %s",
			    mq->blocked_why);
		}
		if (clock_left(deadline) == 0) {
			mq->broken = true;
			return diag_set(flight->diag, E_MQ_TIMEOUT,
			    "no confirm within %d ms", timeout);
		}
	}
	for (size_t i = 0; i < flight->count; i++)
		if (!flight->messages[i].confirmed) /* diag says which way */
			return flight->returned ? E_MQ_NO_QUEUE : E_MQ_REFUSED;
	return E_OK;
}

enum err
mq_publish(struct mq *mq, struct mq_message *messages, size_t count,
    int timeout, struct diag *diag)
{
	struct flight flight = { .messages = messages, .count = count,
		.diag = diag };
	enum err rc;

	for (size_t i = 0; i < count; i++)
		messages[i].confirmed = false;
	rc = mq_open(mq, timeout, diag); /* reads what came meanwhile, too */
	if (rc != E_OK) {
		metrics_add(METRIC_UNQUEUED_AWAY, count);
		return rc;
	}
	if (mq->blocked) {
		metrics_add(METRIC_UNQUEUED_BLOCKED, count);
		return diag_set(diag, E_MQ_REFUSED,
		    "the broker takes no messages now: %s",
		    mq->blocked_why);
	}
	flight.state = calloc(count, sizeof(*flight.state));
	if (flight.state == NULL)
		return diag_set(diag, E_NO_MEMORY, "messages in flight");
	rc = publish(mq, &flight, timeout);
	metrics_add(rc == E_MQ_TIMEOUT ? METRIC_UNQUEUED_TIMEOUT :
	    mq->blocked ? METRIC_UNQUEUED_BLOCKED : METRIC_UNQUEUED_CLOSED,
	    count - flight.settled);
	free(flight.state);
	if (mq->broken)
		mq_close(mq);
	return rc;
}

static enum err
probe(struct mq *mq, const char *exchange, int timeout, struct diag *diag)
{
	struct mq_message message = { .exchange = exchange,
		.routing_key = "probe", .message_id = "probe",
		.type = "probe", .body = SPAN_LIT("") };
	unsigned char state = IN_FLIGHT;
	struct flight flight = { .messages = &message, .count = 1,
		.state = &state, .uncounted = true, .diag = diag };
	enum err rc = mq_open(mq, timeout, diag);

	if (rc != E_OK)
		return rc;
	if (mq->blocked)
		return diag_set(diag, E_MQ_REFUSED,
		    "the broker takes no messages now: %s", mq->blocked_why);
	rc = publish(mq, &flight, timeout);
	if (mq->broken)
		mq_close(mq);
	if (rc == E_MQ_NO_QUEUE) {
		diag_clear(diag);
		return E_OK;
	}
	return rc;
}

enum err
mq_probe(struct mq *mq, const char *exchange, int timeout, struct diag *diag)
{
	/* The first one is taken even so, and the broker blocks us then. */
	enum err rc = probe(mq, exchange, timeout, diag);

	return rc == E_OK ? probe(mq, exchange, timeout, diag) : rc;
}
