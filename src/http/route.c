/* SPDX-License-Identifier: MIT */
#include "http/route.h"

#include <string.h>

/* Does the path fit? *ret_id is what stands for {id} or {name}. */
static bool
fits(const char *pattern, struct span path, struct span *ret_id)
{
	struct span want = str_span(pattern);

	while (want.at != NULL && path.at != NULL) {
		struct span part = span_cut(&path, '/');
		struct span wanted = span_cut(&want, '/');

		if (span_is(wanted, "{id}") || span_is(wanted, "{name}")) {
			if (part.len == 0)
				return false;
			*ret_id = part;
		} else if (wanted.len != part.len ||
		    memcmp(wanted.at, part.at, part.len) != 0) {
			return false;
		}
	}
	return want.at == NULL && path.at == NULL;
}

static bool
has_method(const struct route *route, struct span method)
{
	return span_is(method, route->method) ||
	    (span_is(method, "HEAD") && strcmp(route->method, "GET") == 0);
}

static void
add_allow(char allow[ROUTE_ALLOW_SIZE], const char *method)
{
	size_t len = strlen(allow);

	if (len > 0)
		(void)strncat(allow, ", ", ROUTE_ALLOW_SIZE - 1 - len);
	(void)strncat(allow, method, ROUTE_ALLOW_SIZE - 1 - strlen(allow));
	if (strcmp(method, "GET") == 0)
		add_allow(allow, "HEAD");
}

/* Is the path that of a route without {id}? */
static bool
is_written_out(const struct route *routes, size_t count, struct span path)
{
	for (size_t i = 0; i < count; i++)
		if (span_is(path, routes[i].path) &&
		    strstr(routes[i].path, "{id}") == NULL)
			return true;
	return false;
}

/* One slash at the end of a path says nothing. */
static struct span
without_slash(struct span path)
{
	if (path.len > 1 && path.at[path.len - 1] == '/')
		path.len--;
	return path;
}

enum err
route_find(const struct route *routes, size_t count, struct req *rq,
    char ret_allow[ROUTE_ALLOW_SIZE])
{
	const struct span path = without_slash(rq->path);
	bool written_out = is_written_out(routes, count, path);
	struct span id = SPAN_NONE;
	bool is_path = false;

	ret_allow[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		struct span here = SPAN_NONE;

		if (!fits(routes[i].path, path, &here) ||
		    (written_out && here.at != NULL))
			continue;
		is_path = true;
		add_allow(ret_allow, routes[i].method);
		if (has_method(&routes[i], rq->method)) {
			rq->route = &routes[i];
			id = here;
		}
	}
	if (!is_path)
		return diag_tell(&rq->diag, E_NO_ROUTE,
		    "There is nothing at this path");
	if (rq->route == NULL)
		return diag_tell(&rq->diag, E_METHOD, "This path allows %s",
		    ret_allow);
	if (id.at != NULL && strstr(rq->route->path, "{name}") != NULL)
		rq->name = id;
	else if (id.at != NULL && (!span_int64(id, &rq->id) || rq->id < 1))
		return request_refuse(rq, FIELD_PATH, "id", "int_type",
		    "must be a positive number");
	return E_OK;
}
