/*
 * From a request to its answer: find the route, ask who calls, read the input,
 * run the handler, and turn whatever fails into a problem.
 */
#ifndef ETL_ROUTER_H
#define ETL_ROUTER_H

#include "http/response.h"

/* All routes, for what describes them. */
const struct route *router_routes(size_t *ret_count);

/* Answer a request; the answer is complete, and not sent yet. */
void router_answer(struct req *rq, struct resp *rp);

#endif
