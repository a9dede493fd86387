/* SPDX-License-Identifier: MIT */
#include "programs/slots.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "etl/request_series.h"
#include "etl/store.h"
#include "http/route.h"

#define ANSWER_BYTES (16 << 20)
#define HEAD_BYTES 65536

/* What max_body allows now: a HUP may have changed it. */
static size_t
body_cap(const struct slots *slots)
{
	return (size_t)slots->service->settings->max_body + 1;
}

static void
init_buffers(struct slots *slots, struct slot *slot)
{
	buf_init(&slot->body, body_cap(slots));
	buf_init(&slot->head, HEAD_BYTES);
	buf_init(&slot->answer, ANSWER_BYTES);
	slots->count++;
}

enum err
slots_init(struct slots *slots, struct service *service, struct diag *diag)
{
	enum err rc = fcgi_new(&slots->all[0].fcgi, diag);

	if (rc != E_OK)
		return rc;
	slots->service = service;
	init_buffers(slots, &slots->all[0]);
	return E_OK;
}

void
slots_free(struct slots *slots)
{
	for (size_t i = 0; i < slots->count; i++) {
		buf_free(&slots->all[i].body);
		buf_free(&slots->all[i].head);
		buf_free(&slots->all[i].answer);
		fcgi_free(slots->all[i].fcgi);
	}
}

void
slots_shrink(struct slots *slots, size_t keep)
{
	for (size_t i = 0; i < slots->count; i++) {
		buf_reset(&slots->all[i].body, keep);
		buf_reset(&slots->all[i].answer, keep);
	}
}

/* One line per request. */
static void
log_request(const struct req *rq, const struct resp *rp, int64_t began,
    bool sent)
{
	enum log_level level = rp->status >= 500 ?
	    LOG_LEVEL_WARN :
	    LOG_LEVEL_INFO;
	const struct log_pair pairs[] = {
		LOG_SPAN("method", rq->method),
		LOG_SPAN("path", rq->path),
		LOG_INT("status", rp->status),
		LOG_INT("us", clock_us() - began),
		LOG_INT("in", (int64_t)rq->body->len),
		LOG_INT("out", (int64_t)response_size(rp)),
		LOG_INT("tenant_id", rq->who.tenant_id),
		LOG_TEXT("who", rq->who.name[0] == '\0' ? NULL : rq->who.name),
		LOG_TEXT("client", sent ? NULL : "gone"),
		LOG_TEXT("error",
		    rq->diag.code == E_OK ? NULL : err_name(rq->diag.code)),
		LOG_TEXT("sqlstate",
		    rq->diag.sqlstate[0] == '\0' ? NULL : rq->diag.sqlstate),
		LOG_TEXT("text", rq->diag.code == E_OK ? NULL : rq->diag.text),
	};

	log_write(level, "request", pairs, COUNT(pairs));
}

static void
count_request(const struct slot *slot, int64_t sent_at, bool sent)
{
	const struct resp *rp = &slot->rp;
	int64_t now = clock_us();
	static const enum metric classes[] = { METRIC_REQUESTS_2XX,
		METRIC_REQUESTS_3XX, METRIC_REQUESTS_4XX, METRIC_REQUESTS_5XX };

	metrics_add(classes[(rp->status / 100 - 2) & 3], 1);
	metrics_add(METRIC_REQUEST_SECONDS, (uint64_t)(now - slot->began));
	if (!sent)
		metrics_add(METRIC_REQUESTS_GONE, 1);
	request_series_add(&slot->rq, rp->status, now - slot->began,
	    now - sent_at);
}

/* The request's span, after OpenTelemetry's conventions for HTTP servers. */
static void
end_span(struct req *rq, const struct resp *rp)
{
	struct trace_span *span = &rq->trace;

	if (rq->route != NULL) {
		span->name = rq->route->name;
		trace_note_text(span, "http.request.method",
		    str_span(rq->route->method));
		trace_note_text(span, "http.route", str_span(rq->route->path));
	}
	trace_note_int(span, "http.response.status_code", rp->status);
	trace_note_text(span, "etl.request_id", str_span(rq->request_id));
	trace_note_int(span, "etl.tenant_id", rq->who.tenant_id);
	if (rq->diag.code != E_OK)
		trace_note_text(span, "error.type",
		    str_span(err_name(rq->diag.code)));
	trace_end(span, rp->status >= 500);
}

void
slots_begin(struct slots *slots, struct slot *slot)
{
	slot->began = clock_us();
	slot->body.cap = body_cap(slots);
	slot->answer.cap = ANSWER_BYTES; /* a report's row may have raised it */
	service_request(slots->service, &slot->rq, slots->arena, &slot->body);
	request_from_fcgi(&slot->rq, slot->fcgi);
	response_init(&slot->rp, &slot->head, &slot->answer);
}

size_t
slots_end(struct slot *slot)
{
	int64_t sent_at = clock_us();
	size_t bytes;
	bool sent;

	request_log(&slot->rq);
	sent = response_send(&slot->rp, &slot->rq, slot->fcgi);
	log_request(&slot->rq, &slot->rp, slot->began, sent);
	count_request(slot, sent_at, sent);
	end_span(&slot->rq, &slot->rp);
	bytes = response_size(&slot->rp);
	if (bytes < slot->body.len)
		bytes = slot->body.len;
	buf_reset(&slot->body, SIZE_MAX);
	return bytes;
}

/* A further slot, with its buffers. NULL: there is no memory for one. */
static struct slot *
slot_at(struct slots *slots, size_t place)
{
	struct slot *slot = &slots->all[place];
	struct diag diag;

	if (place < slots->count)
		return slot;
	if (fcgi_another(&slot->fcgi, &diag) != E_OK)
		return NULL;
	init_buffers(slots, slot);
	return slot;
}

static size_t
length_of(const struct slot *slot)
{
	int64_t length;

	return span_int64(slot->rq.content_length, &length) && length > 0 ?
	    (size_t)length :
	    0;
}

size_t
slots_gather(struct slots *slots, bool *ret_other)
{
	size_t bytes = length_of(&slots->all[0]), count = 1;

	*ret_other = false;
	while (count < RAW_BATCH_GROUP_MAX && bytes < STORE_GROUP_BYTES) {
		struct slot *slot = slot_at(slots, count);
		struct diag diag;
		bool got = false;

		if (slot == NULL ||
		    fcgi_accept(slot->fcgi, &got, &diag) != E_OK || !got)
			break;
		slots_begin(slots, slot);
		bytes += length_of(slot);
		*ret_other = !store_may_have_company(&slot->rq) ||
		    bytes > STORE_GROUP_BYTES;
		if (*ret_other)
			break;
		count++;
	}
	return count;
}
