/* SPDX-License-Identifier: MIT */
/*
 * The shapes of answers that the route table names, and those they are made
 * of. A new route takes one that is there or adds one.
 */
#ifndef ETL_ANSWERS_H
#define ETL_ANSWERS_H

#include "http/shape.h"

#define ROUTE(method, path, role, handler, input, sentence, answer, statuses) \
	extern const struct shape answer;
#define ROUTE_OF(of, name, ...) ROUTE(__VA_ARGS__)
#include "etl/route_rows.h"
#undef ROUTE
#undef ROUTE_OF

#endif
