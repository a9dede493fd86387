/* SPDX-License-Identifier: MIT */
#include "http/response.h"

#include <assert.h>
#include <stdio.h>

#include "adapters/unpack.h"
#include "http/http_status.h"

/* Seconds after which a client may try again. */
#define RETRY_AFTER "5"
/* What stays allocated between two requests, bytes. */
#define KEEP 262144

struct resp_insert {
	struct resp_insert *next;
	size_t at; /* the body's length before it */
	struct span bytes;
};

static void
start(struct resp *rp)
{
	rp->status = 200;
	rp->media_type = "application/json";
	rp->is_packed = false;
	rp->json = &rp->writer;
	rp->inserts = NULL;
	rp->inserts_end = &rp->inserts;
	rp->insert_bytes = 0;
	buf_reset(rp->head, KEEP);
	buf_reset(rp->body, KEEP);
	json_init(rp->json, rp->body);
}

void
response_init(struct resp *rp, struct buf *head, struct buf *body)
{
	rp->head = head;
	rp->body = body;
	start(rp);
}

void
response_header(struct resp *rp, const char *name, const char *value)
{
	buf_printf(rp->head, "%s: %s\r\n", name, value);
}

void
response_insert(struct resp *rp, const char *key, struct span json,
    struct arena *arena)
{
	struct resp_insert *insert;

	if (json.at == NULL) {
		json_null(rp->json, key);
		return;
	}
	insert = arena_get(arena, sizeof(*insert));
	json_raw(rp->json, key, SPAN_LIT(""));
	insert->at = rp->body->len;
	insert->bytes = json;
	*rp->inserts_end = insert;
	rp->inserts_end = &insert->next;
	rp->insert_bytes += json.len;
}

/* One entry of "errors"; without a name it is about the whole place. */
static void
add_error(struct json *json, const struct field_error *error)
{
	json_object(json, NULL);
	json_array(json, "loc");
	json_text(json, NULL, request_place_name(error->place));
	if (error->name != NULL)
		json_text(json, NULL, error->name);
	json_end(json);
	json_text(json, "msg", error->text);
	json_text(json, "type", error->type);
	json_end(json);
}

void
response_problem(struct resp *rp, struct req *rq, enum err rc)
{
	const char *detail = rq->diag.client;
	char word[ERR_WORD_SIZE];

	start(rp);
	err_word(rc, word);
	rp->status = http_status_of(rc);
	rp->media_type = "application/problem+json";
	if (detail[0] == '\0')
		detail = http_status_detail(rp->status);
	json_object(rp->json, NULL);
	json_text(rp->json, "type", "about:blank");
	json_text(rp->json, "title", http_status_title(rp->status));
	json_int(rp->json, "status", rp->status);
	json_text(rp->json, "code", word);
	json_text(rp->json, "detail", detail);
	json_text(rp->json, "request_id", rq->request_id);
	if (rq->errors != NULL) {
		json_array(rp->json, "errors");
		for (const struct field_error *error = rq->errors;
		     error != NULL; error = error->next)
			add_error(rp->json, error);
		json_end(rp->json);
	}
	json_end(rp->json);
	if (rq->retry_after > 0)
		buf_printf(rp->head, "Retry-After: %lld\r\n",
		    (long long)rq->retry_after);
	else if (rp->status == 503)
		response_header(rp, "Retry-After", RETRY_AFTER);
	response_end(rp);
	if (rp->status == 401)
		response_header(rp, "WWW-Authenticate",
		    "Bearer realm=\"pulse-etl\"");
	if (rp->status == 415)
		response_header(rp, "Accept-Encoding", unpack_codings);
}

void
response_end(struct resp *rp)
{
	assert(rp->json->depth == 0);
	if (!rp->is_packed && rp->body->len > 0 &&
	    rp->body->data[rp->body->len - 1] != '\n')
		buf_add_char(rp->body, '\n');
}

void
response_outline(const struct resp *rp, struct buf *out)
{
	size_t done = 0;

	for (const struct resp_insert *insert = rp->inserts; insert != NULL;
	     insert = insert->next) {
		struct span bytes = insert->bytes;

		if (bytes.len > 0 && (bytes.at[0] == '{' || bytes.at[0] == '['))
			bytes = bytes.at[0] == '{' ?
			    SPAN_LIT("{}") :
			    SPAN_LIT("[]");
		buf_add(out, rp->body->data + done, insert->at - done);
		buf_add_span(out, bytes);
		done = insert->at;
	}
	buf_add(out, rp->body->data + done, rp->body->len - done);
}

size_t
response_size(const struct resp *rp)
{
	return rp->body->len + rp->insert_bytes;
}

bool
response_send(struct resp *rp, const struct req *rq, struct fcgi *fcgi)
{
	char head[256];
	size_t sent = 0;
	int len;

	len = snprintf(head, sizeof(head),
	    "Status: %d %s\r\n"
	    "X-Request-Id: %s\r\n",
	    rp->status, http_status_title(rp->status), rq->request_id);
	fcgi_write(fcgi, (struct span){ head, (size_t)len });
	if (rq->trace.context[0] != '\0') {
		len = snprintf(head, sizeof(head), "traceparent: %s\r\n",
		    rq->trace.context);
		fcgi_write(fcgi, (struct span){ head, (size_t)len });
	}
	if (rp->status != 304) {
		len = snprintf(head, sizeof(head),
		    "Content-Type: %s\r\n"
		    "Content-Length: %zu\r\n",
		    rp->media_type, response_size(rp));
		fcgi_write(fcgi, (struct span){ head, (size_t)len });
	}
	fcgi_write(fcgi, buf_span(rp->head));
	fcgi_write(fcgi, SPAN_LIT("\r\n"));
	if (rp->status == 304 || span_is(rq->method, "HEAD"))
		return fcgi_finish(fcgi);
	for (const struct resp_insert *insert = rp->inserts; insert != NULL;
	     insert = insert->next) {
		fcgi_write(fcgi,
		    (struct span){ rp->body->data + sent, insert->at - sent });
		fcgi_write(fcgi, insert->bytes);
		sent = insert->at;
	}
	fcgi_write(fcgi,
	    (struct span){ rp->body->data + sent, rp->body->len - sent });
	return fcgi_finish(fcgi);
}
