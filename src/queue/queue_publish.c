/* SPDX-License-Identifier: MIT */
/* Publishing to a queue, and noticing one that only refuses. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/trace.h"
#include "queue/queue_inside.h"

/* How long nothing but nacks is borne, ms. */
#define REFUSED_MS 3000

static const enum metric taken[QUEUE_COUNT] = {
	[QUEUE_EXTRACT] = METRIC_EXTRACT_TAKEN,
	[QUEUE_TRANSFORM] = METRIC_TRANSFORM_TAKEN,
	[QUEUE_LOAD] = METRIC_LOAD_TAKEN,
};
static const enum metric refused[QUEUE_COUNT] = {
	[QUEUE_EXTRACT] = METRIC_EXTRACT_REFUSED,
	[QUEUE_TRANSFORM] = METRIC_TRANSFORM_REFUSED,
	[QUEUE_LOAD] = METRIC_LOAD_REFUSED,
};

uint64_t
queue_taken(enum queue queue)
{
	return metrics_get(taken[queue]);
}

uint64_t
queue_refused(enum queue queue)
{
	return metrics_get(refused[queue]);
}

/* Nothing but nacks: since when, and is it time for another channel? */
static void
note_refusal(struct queue_manager *manager, enum queue queue, int part)
{
	int64_t *since = &manager->refused_at[queue][part];
	struct queue_names names = queue_part(queue, part);
	int64_t now = clock_ms();

	if (*since == 0)
		*since = now;
	if (now - *since < REFUSED_MS || now - manager->renewed_at < REFUSED_MS)
		return;
	if (manager->renewed_at < *since)
		log_warn("queue_refuses", LOG_TEXT("queue", names.queue),
		    LOG_TEXT("advice",
			"it takes no message: see whether it has"
			" reached a limit of length that a policy sets, or has no"
			" leader; batches are kept and queued later"));
	manager->renewed_at = now;
	metrics_add(METRIC_CHANNELS_RENEWED, 1);
	mq_renew(manager->mq);
}

/*
 * A span for each message, of which its traceparent then tells; NULL: none, and
 * it goes on in the trace it has.
 */
static struct trace_span *
begin_spans(enum queue queue, struct mq_message *messages, size_t count)
{
	static const char *const names[QUEUE_COUNT] = {
		[QUEUE_EXTRACT] = "publish extract_queue",
		[QUEUE_TRANSFORM] = "publish transform_queue",
		[QUEUE_LOAD] = "publish load_queue",
	};
	struct trace_span *spans = trace_is_on() ?
	    calloc(count, sizeof(*spans)) :
	    NULL;

	for (size_t i = 0; spans != NULL && i < count; i++) {
		trace_start(&spans[i], messages[i].traceparent, names[queue],
		    TRACE_PRODUCER);
		if (spans[i].is_kept)
			messages[i].traceparent = spans[i].context;
	}
	return spans;
}

static void
end_spans(struct trace_span *spans, struct mq_message *messages, size_t count)
{
	for (size_t i = 0; spans != NULL && i < count; i++) {
		trace_note_text(&spans[i], "messaging.system",
		    SPAN_LIT("rabbitmq"));
		trace_end(&spans[i], !messages[i].confirmed);
		messages[i].traceparent = NULL; /* it was the span's */
	}
	free(spans);
}

enum err
queue_publish(struct queue_manager *manager, enum queue queue, int part,
    struct mq_message *messages, size_t count, int timeout, struct diag *diag)
{
	struct trace_span *spans = queue_is_taken(part) ?
	    begin_spans(queue, messages, count) :
	    NULL;
	uint64_t confirmed = 0;
	enum err rc;

	rc = mq_publish(manager->mq, messages, count, timeout, diag);
	end_spans(spans, messages, count);
	for (size_t i = 0; i < count; i++)
		confirmed += messages[i].confirmed;
	if (queue_is_taken(part) && confirmed > 0)
		metrics_add(taken[queue], confirmed);
	if (confirmed > 0)
		manager->refused_at[queue][part] = 0;
	if (rc == E_MQ_NO_QUEUE) {
		queue_manager_forget(manager);
		/* Who took from it may not be told: see queue_lost.c. */
		if (manager->consumed == mq_generation(manager->mq))
			mq_close(manager->mq);
	}
	if (rc != E_MQ_REFUSED || confirmed > 0 || mq_is_blocked(manager->mq))
		return rc;
	if (queue_is_taken(part))
		metrics_add(refused[queue], count);
	note_refusal(manager, queue, part);
	return rc;
}

struct mq_message
queue_copy(const struct mq_delivery *delivery, const char *exchange,
    const char *routing_key, struct mq_arg *headers)
{
	static const char *const own[] = { "x-delivery-count",
		"x-acquired-count", "x-opt-delivery-count", HEADER_SINCE };
	struct mq_message message = {
		.exchange = exchange,
		.routing_key = routing_key,
		.body = delivery->body,
		.message_id = delivery->message_id.at == NULL ?
		    "" :
		    delivery->message_id.at,
		.type = delivery->type.at == NULL ? "" : delivery->type.at,
		.timestamp = delivery->timestamp,
		.headers = headers,
	};

	for (size_t i = 0; i < delivery->header_count; i++) {
		bool keep = true;

		for (size_t j = 0; j < COUNT(own); j++)
			keep = keep &&
			    strcmp(delivery->headers[i].key, own[j]) != 0;
		if (keep)
			headers[message.header_count++] = delivery->headers[i];
	}
	return message;
}
