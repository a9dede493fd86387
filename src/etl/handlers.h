/* SPDX-License-Identifier: MIT */
/*
 * What the route table names: each handler answers one route, or the same of
 * several resources; each set of rows is a route's input.
 */
#ifndef ETL_HANDLERS_H
#define ETL_HANDLERS_H

#include "http/route.h"

#define ROUTE(method, path, role, handler, input, sentence, answer, statuses) \
	route_handler handler; \
	extern const struct field_set input;
#define ROUTE_OF(of, name, ...) \
	extern const struct resource of; \
	ROUTE(__VA_ARGS__)
#include "etl/route_rows.h"
#undef ROUTE
#undef ROUTE_OF

#endif
