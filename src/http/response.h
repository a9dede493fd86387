/* SPDX-License-Identifier: MIT */
/*
 * One answer, complete before its first byte is sent. The body is JSON written
 * into a buffer; big payloads are spans that stay where they are and are sent
 * at their place.
 */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include "http/request.h"
#include "json/json_write.h"

struct resp_insert;

struct resp {
	int status;
	const char *media_type;
	bool is_packed;	  /* the body is no text */
	struct buf *head; /* further header lines */
	struct buf *body;
	struct json *json; /* writes to the body */
	struct json writer;
	struct resp_insert *inserts; /* in their order */
	struct resp_insert **inserts_end;
	size_t insert_bytes;
};

/* An empty answer, 200. The buffers are the caller's and are emptied. */
void response_init(struct resp *rp, struct buf *head, struct buf *body);

/* Add a header line. Needs: name and value are ours or checked. */
void response_header(struct resp *rp, const char *name, const char *value);

/*
 * Write a JSON value that is not copied: the span and the arena must live
 * until the answer is sent. SPAN_NONE is null.
 */
void response_insert(struct resp *rp, const char *key, struct span json,
    struct arena *arena);

/*
 * Turn an error into a problem (RFC 9457), whatever was written so far; its
 * member `code` is err_word().
 */
void response_problem(struct resp *rp, struct req *rq, enum err rc);

/*
 * Send it all; a HEAD request gets no body.
 * Gives: false when the client has gone.
 */
bool response_send(struct resp *rp, const struct req *rq, struct fcgi *fcgi);

/* The answer is complete: a newline ends it, for those who read it so. */
void response_end(struct resp *rp);

/* The body as JSON, in which each payload that is inserted is {} or []. */
void response_outline(const struct resp *rp, struct buf *out);

/* The body's bytes in all. */
size_t response_size(const struct resp *rp);

#endif
