/* SPDX-License-Identifier: MIT */
/*
 * How long requests and the stages of stores took, for GET /metrics: a line for
 * each route, and one for each stage (SERIES rows of base/metric_rows.h).
 */
#ifndef ETL_REQUEST_SERIES_H
#define ETL_REQUEST_SERIES_H

#include "http/route.h"

enum store_stage {
	STORE_READ,    /* the body came, and was unpacked */
	STORE_SCAN,    /* its JSON was checked */
	STORE_INSERT,  /* the row was committed, alone or with others */
	STORE_PUBLISH, /* the broker confirmed the message, or did not */
	STORE_ANSWER,  /* the answer went to nginx */
};

/* Let the lines be there from the beginning. Needs: metrics_open(). */
void request_series_expect(const struct route_list *routes);

/*
 * Count a request that was answered after `us` microseconds, the last
 * `answer_us` of them for the sending.
 */
void request_series_add(const struct req *rq, int status, int64_t us,
    int64_t answer_us);

/* A stage of a store took so long, microseconds. */
void request_series_stage(enum store_stage stage, int64_t us);

#endif
