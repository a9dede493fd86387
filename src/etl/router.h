/* SPDX-License-Identifier: MIT */
/*
 * From a request to its answer: find the route, ask who calls, read the input,
 * run the handler, and turn whatever fails into a problem.
 */
#ifndef ETL_ROUTER_H
#define ETL_ROUTER_H

#include "http/route.h"

/* All routes, for what describes them. */
extern const struct route_list router_routes;

/* Answer a request; the answer is complete, and not sent yet. */
void router_answer(struct req *rq, struct resp *rp);

/* The answers in these places are complete: send them. */
typedef void router_answered(void *to, const size_t *places, size_t count);

/*
 * Answer several that store_may_have_company() said yes to, stored together
 * where they are of one tenant. Each answer is sent as soon as it is known. Who
 * has not begun ROUTER_STORES_MS after the first one is told to come again, so
 * that none waits for all of the others' locks.
 *
 * Needs: RAW_BATCH_GROUP_MAX at most. Gives: each was answered().
 */
#define ROUTER_STORES_MS 10000
void router_answer_stores(struct req *const *rqs, struct resp *const *rps,
    size_t count, router_answered *answered, void *to);

/* Is it for a route that is open to all: health, metrics, openapi.json? */
bool router_is_open(const struct req *rq);

#endif
