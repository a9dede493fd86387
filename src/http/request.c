/* SPDX-License-Identifier: MIT */
#include "http/request.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "adapters/unpack.h"
#include "base/clock.h"
#include "base/log.h"

/* Bytes of a packed body that are unpacked at a time. */
#define PACKED_PIECE 65536
#define DAY_MS (24 * 3600 * 1000LL)

const char *const hook_header_names[HOOK_HEADERS] = {
#define HOOK_HEADER(code, name, param) [code] = name,
#include "http/hook_header_rows.h"
#undef HOOK_HEADER
};
static const char *const hook_params[HOOK_HEADERS] = {
#define HOOK_HEADER(code, name, param) [code] = param,
#include "http/hook_header_rows.h"
#undef HOOK_HEADER
};

void
request_init(struct req *rq, struct arena *arena, struct buf *body)
{
	memset(rq, 0, sizeof(*rq));
	rq->arena = arena;
	rq->body = body;
	rq->errors_end = &rq->errors;
}

/* Letters, digits and a few marks: safe in logs, headers and answers. */
static bool
is_sane_id(struct span id)
{
	static const char marks[] = "._:-";

	if (id.len == 0 || id.len > REQUEST_ID_MAX)
		return false;
	for (size_t i = 0; i < id.len; i++) {
		char c = id.at[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			(c >= 'A' && c <= 'Z') ||
			memchr(marks, c, sizeof(marks) - 1) != NULL))
			return false;
	}
	return true;
}

/* The caller's id for the request, or one of ours. */
static void
set_request_id(struct req *rq, struct span given)
{
	unsigned char bytes[16];

	if (is_sane_id(given)) {
		memcpy(rq->request_id, given.at, given.len);
		rq->request_id[given.len] = '\0';
		return;
	}
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes)) {
		int64_t now = clock_us();

		memset(bytes, 0, sizeof(bytes));
		memcpy(bytes, &now, sizeof(now));
	}
	for (size_t i = 0; i < sizeof(bytes); i++)
		(void)snprintf(&rq->request_id[2 * i], 3, "%02x", bytes[i]);
}

/* A header that nginx passes on empty was not there. */
static struct span
header(const struct fcgi *fcgi, const char *name)
{
	struct span value = fcgi_param(fcgi, name);

	return value.len == 0 ? SPAN_NONE : value;
}

/*
 * Milliseconds since nginx gave the request to the pool: its $msec, seconds
 * with three decimals. 0 when it does not say, or its clock is another.
 */
static int64_t
time_since(struct span sent)
{
	struct span seconds = span_cut(&sent, '.');
	int64_t whole, rest = 0, since;

	if (!span_int64(seconds, &whole) || sent.len != 3 || whole < 0 ||
	    whole > INT32_MAX * 8LL)
		return 0;
	for (size_t i = 0; i < sent.len; i++) { /* 007 is no span_int64() */
		if (sent.at[i] < '0' || sent.at[i] > '9')
			return 0;
		rest = rest * 10 + (sent.at[i] - '0');
	}
	since = clock_wall_ms() - whole * 1000 - rest;
	return since < 0 || since > DAY_MS ? 0 : since;
}

void
request_from_fcgi(struct req *rq, struct fcgi *fcgi)
{
	rq->fcgi = fcgi;
	/* Copies: the log wants them when the answer has been sent. */
	rq->method = str_span(arena_text(rq->arena,
	    fcgi_param(fcgi, "REQUEST_METHOD")));
	rq->query = str_span(arena_text(rq->arena,
	    fcgi_param(fcgi, "REQUEST_URI")));
	rq->path = span_cut(&rq->query, '?');
	rq->authorization = header(fcgi, "HTTP_AUTHORIZATION");
	rq->content_type = header(fcgi, "CONTENT_TYPE");
	rq->content_encoding = header(fcgi, "HTTP_CONTENT_ENCODING");
	rq->content_length = header(fcgi, "CONTENT_LENGTH");
	rq->accept_encoding = header(fcgi, "HTTP_ACCEPT_ENCODING");
	rq->if_match = header(fcgi, "HTTP_IF_MATCH");
	rq->accept = header(fcgi, "HTTP_ACCEPT");
	rq->if_none_match = header(fcgi, "HTTP_IF_NONE_MATCH");
	/* An empty one is refused: its client believes to be protected. */
	rq->idempotency_key = fcgi_param(fcgi, "HTTP_IDEMPOTENCY_KEY");
	rq->traceparent = header(fcgi, "HTTP_TRACEPARENT");
	rq->remote_addr = header(fcgi, "REMOTE_ADDR");
	for (size_t i = 0; i < HOOK_HEADERS; i++)
		rq->hook[i] = header(fcgi, hook_params[i]);
	rq->waited_ms = time_since(header(fcgi, "ETL_SENT"));
	set_request_id(rq, fcgi_param(fcgi, "HTTP_X_REQUEST_ID"));
	trace_accept(&rq->trace, rq->traceparent, "request", TRACE_SERVER,
	    clock_us());
}

/*
 * The one coding of the body; SPAN_NONE: it is as it is. Empty elements of the
 * list say nothing (RFC 9110, section 5.6.1); of several codings all are given,
 * which nobody takes.
 */
static struct span
packed_as(const struct req *rq)
{
	struct span rest = rq->content_encoding, coding = SPAN_NONE;

	while (rest.at != NULL) {
		struct span part = span_trim(span_cut(&rest, ','));

		if (part.len == 0 || span_is_nocase(part, "identity"))
			continue;
		if (coding.at != NULL)
			return rq->content_encoding;
		coding = part;
	}
	return coding;
}

/* Read a packed body, and unpack what has come while the rest is coming. */
static enum err
read_packed(struct req *rq, struct span coding, size_t length)
{
	struct unpack *unpack = NULL;
	struct buf piece;
	enum err rc;

	rc = unpack_new(coding, rq->body, &unpack, &rq->diag);
	if (rc != E_OK)
		return rc;
	buf_init(&piece, PACKED_PIECE);
	while (rc == E_OK && length > 0) {
		size_t next = length < PACKED_PIECE ? length : PACKED_PIECE;

		buf_reset(&piece, SIZE_MAX);
		rc = fcgi_read(rq->fcgi, &piece, next, &rq->diag);
		if (rc == E_OK)
			rc = unpack_add(unpack, buf_span(&piece), &rq->diag);
		length -= next;
	}
	if (rc == E_OK)
		rc = unpack_done(unpack, &rq->diag);
	unpack_free(unpack);
	buf_free(&piece);
	return rc;
}

enum err
request_read_body(struct req *rq, int64_t max)
{
	const struct span coding = packed_as(rq);
	const size_t before = rq->body->len;
	int64_t length;
	enum err rc;

	if (max > rq->settings->max_body)
		max = rq->settings->max_body;
	if (rq->fcgi == NULL)
		return E_OK;
	if (rq->content_length.at == NULL)
		return diag_tell(&rq->diag, E_SYNTAX,
		    "The request has no Content-Length");
	if (!span_int64(rq->content_length, &length) || length < 0)
		return diag_tell(&rq->diag, E_SYNTAX,
		    "The Content-Length is not a number of bytes");
	if (length > max)
		return diag_tell(&rq->diag, E_TOO_LARGE,
		    "The body has %lld"
		    " bytes; this service takes %lld",
		    (long long)length, (long long)max);
	if (coding.at != NULL)
		rc = read_packed(rq, coding, (size_t)length);
	else
		rc = fcgi_read(rq->fcgi, rq->body, (size_t)length, &rq->diag);
	if (rc == E_OK)
		rc = fcgi_read_end(rq->fcgi, &rq->diag);
	if (rc == E_OK && (int64_t)(rq->body->len - before) > max)
		return diag_tell(&rq->diag, E_TOO_LARGE,
		    "The unpacked body is larger than this service takes");
	return rc;
}

struct span
request_bearer(const struct req *rq)
{
	struct span token = rq->authorization;
	struct span scheme = span_cut(&token, ' ');

	if (token.at == NULL || !span_is_nocase(scheme, "Bearer"))
		return SPAN_NONE;
	return span_trim(token);
}

const struct json_member *
request_member(const struct req *rq, const char *name)
{
	for (size_t i = 0; i < rq->member_count; i++)
		if (rq->members[i].kind != JSON_ABSENT &&
		    strcmp(rq->members[i].name, name) == 0)
			return &rq->members[i];
	return NULL;
}

const char *
request_place_name(enum field_place place)
{
	switch (place) {
	case FIELD_PATH:
		return "path";
	case FIELD_QUERY:
		return "query";
	case FIELD_HEADER:
		return "header";
	case FIELD_BODY:
		break;
	}
	return "body";
}

enum err
request_refuse(struct req *rq, enum field_place place, const char *name,
    const char *type, const char *text)
{
	struct field_error *error = arena_ask(rq->arena, sizeof(*error));
	enum err rc = place == FIELD_BODY ? E_INVALID : E_SYNTAX;

	if (rq->diag.code == E_OK)
		(void)diag_tell(&rq->diag, rc, "%s %s: %s",
		    request_place_name(place), name, text);
	if (error == NULL)
		return rc;
	error->place = place;
	error->name = name;
	error->type = type;
	error->text = text;
	*rq->errors_end = error;
	rq->errors_end = &error->next;
	return rc;
}

void
request_log(const struct req *rq)
{
	log_set_context("request_id", rq->request_id);
	log_set_trace(rq->trace.context);
}

const char *
request_traceparent(const struct req *rq)
{
	return rq->trace.context[0] == '\0' ? NULL : rq->trace.context;
}
