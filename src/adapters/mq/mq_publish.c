/* SPDX-License-Identifier: MIT */
/* Publishing messages and waiting until each is confirmed. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "adapters/mq/mq_inside.h"
#include "base/clock.h"
#include "base/metrics.h"

/* How long confirms are awaited of a broker that has just blocked us, ms. */
#define BLOCKED_MS 100

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
	    (uint64_t)message->timestamp :
	    (uint64_t)time(NULL);
	properties.type = amqp_cstring_bytes(message->type);
	if (message->traceparent != NULL)
		headers[count++] = header("traceparent", message->traceparent,
		    0);
	for (size_t i = 0; i < message->header_count && count < MQ_HEADERS_MAX;
	     i++)
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
send_all(struct mq *mq, const struct mq_flight *flight)
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
publish(struct mq *mq, struct mq_flight *flight, int timeout)
{
	int64_t deadline = clock_ms() + timeout;
	enum err rc;

	flight->first = mq->tag + 1;
	rc = send_all(mq, flight);
	if (rc != E_OK)
		return rc;
	while (flight->settled < flight->count) {
		bool was_blocked = mq->blocked;

		if (mq_serve_frame(mq, clock_left(deadline), flight)) {
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
	struct mq_flight flight = { .messages = messages,
		.count = count,
		.diag = diag };
	enum err rc;

	for (size_t i = 0; i < count; i++)
		messages[i].confirmed = false;
	mq_idle(mq); /* what came meanwhile */
	if (mq->conn == NULL) {
		metrics_add(METRIC_UNQUEUED_AWAY, count);
		return diag_set(diag, E_MQ_CONNECT, "RabbitMQ is unreachable");
	}
	if (mq->blocked) {
		metrics_add(METRIC_UNQUEUED_BLOCKED, count);
		return diag_set(diag, E_MQ_REFUSED,
		    "the broker takes no messages now: %s", mq->blocked_why);
	}
	flight.state = calloc(count, sizeof(*flight.state));
	if (flight.state == NULL)
		return diag_set(diag, E_NO_MEMORY, "messages in flight");
	rc = publish(mq, &flight, timeout);
	metrics_add(rc == E_MQ_TIMEOUT ? METRIC_UNQUEUED_TIMEOUT :
		mq->blocked	       ? METRIC_UNQUEUED_BLOCKED :
					 METRIC_UNQUEUED_CLOSED,
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
		.routing_key = "probe",
		.message_id = "probe",
		.type = "probe",
		.body = SPAN_LIT("") };
	unsigned char state = MQ_IN_FLIGHT;
	struct mq_flight flight = { .messages = &message,
		.count = 1,
		.state = &state,
		.uncounted = true,
		.diag = diag };
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
