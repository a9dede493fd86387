/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a method, a blank and a path: the route that is found is the one
 * that a plain comparison finds, and ids are positive numbers. One slash at the
 * end of a path says nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "http/route.h"

#include "fuzz.h"

static const struct route routes[] = {
	{ .method = "GET", .path = "/app/etl/health" },
	{ .method = "GET", .path = "/app/etl/raw-data" },
	{ .method = "POST", .path = "/app/etl/raw-data/store" },
	{ .method = "GET", .path = "/app/etl/raw-data/{id}" },
	{ .method = "DELETE", .path = "/app/etl/raw-data/{id}" },
	{ .method = "PUT", .path = "/app/etl/raw-data/{id}/status" },
};

/* Does the path fit, said another way: before {id}, digits, behind {id}. */
static bool
fits(const char *pattern, struct span path, int64_t *ret_id)
{
	const char *hole = strstr(pattern, "{id}");
	size_t before = hole == NULL ? strlen(pattern) : (size_t)(hole - pattern);
	size_t behind = hole == NULL ? 0 : strlen(hole + 4);
	struct span id;

	*ret_id = 0;
	if (path.len < before + behind ||
	    memcmp(path.at, pattern, before) != 0)
		return false;
	if (hole == NULL)
		return path.len == before;
	id = (struct span){ path.at + before, path.len - before - behind };
	if (memcmp(id.at + id.len, hole + 4, behind) != 0)
		return false;
	return span_int64(id, ret_id) && *ret_id > 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(1 << 16);
	char allow[ROUTE_ALLOW_SIZE];
	struct span path;
	struct buf body;
	struct req rq;
	int64_t id;
	enum err rc;

	must(arena != NULL);
	buf_init(&body, 16);
	request_init(&rq, arena, &body);
	rq.path = (struct span){ (const char *)data, size };
	rq.method = span_cut(&rq.path, ' ');
	if (rq.path.at == NULL)
		rq.path = (struct span){ "", 0 };
	path = rq.path;
	if (path.len > 1 && path.at[path.len - 1] == '/')
		path.len--; /* which says nothing */
	rc = route_find(routes, COUNT(routes), &rq, allow);
	must(memchr(allow, '\0', sizeof(allow)) != NULL);
	if (rc == E_OK) {
		must(fits(rq.route->path, path, &id));
		must(id == 0 || id == rq.id);
	} else {
		for (size_t i = 0; i < COUNT(routes); i++)
			must(!span_is(rq.method, routes[i].method) ||
			    !fits(routes[i].path, path, &id));
	}
	buf_free(&body);
	arena_free(arena);
	return 0;
}
