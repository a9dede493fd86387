/* SPDX-License-Identifier: MIT */
/*
 * A route: method, path and who may call it, and the handler that answers.
 * Paths are compared as they came, byte by byte: no decoding, no merging of
 * slashes, no dots; one slash at the end is passed over. `{id}` stands for one
 * positive number; a path that is written out wins over one with {id}. `{name}`
 * stands for any text without a slash; a row of the input says what it may be.
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "http/response.h"
#include "http/shape.h"

struct resource; /* for handlers that answer routes of several */

typedef enum err route_handler(struct req *rq, struct resp *rp);

struct route {
	const char *method;
	const char *path;
	enum role role;
	route_handler *handler;
	const struct resource *resource; /* what it works on, or NULL */
	const struct field_set *input;
	const char *sentence;
	/* What describes it further; see etl/route_rows.h. */
	const char *name; /* its own, or else the handler's */
	const struct shape *answer;
	const char *statuses; /* "201 404" */
	bool is_list;	      /* a standby may answer: see etl/reading.h */
};

struct route_list {
	const struct route *rows;
	size_t count;
};

/*
 * Find the route of a request; HEAD is taken as GET.
 *
 * Gives: rq->route and rq->id or rq->name; on E_METHOD the methods that would do, for
 *        Allow, in ret_allow.
 * Fails: E_NO_ROUTE; E_METHOD; E_SYNTAX when {id} is no number.
 */
#define ROUTE_ALLOW_SIZE 64
enum err route_find(const struct route *routes, size_t count, struct req *rq,
    char ret_allow[ROUTE_ALLOW_SIZE]) MUST_CHECK;

#endif
