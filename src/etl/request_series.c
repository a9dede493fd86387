/* SPDX-License-Identifier: MIT */
#include "etl/request_series.h"

#include <stdio.h>
#include <string.h>

#include "base/metrics.h"

/* The route whose stages are told. */
#define STORE_PATH "/app/etl/raw-data/store"

static const char *const stages[] = {
	[STORE_READ] = "stage=\"read\"",
	[STORE_SCAN] = "stage=\"scan\"",
	[STORE_INSERT] = "stage=\"insert\"",
	[STORE_PUBLISH] = "stage=\"publish\"",
	[STORE_ANSWER] = "stage=\"answer\"",
};

/* The labels of a route; NULL: of what has none. status 0: without one. */
static void
write_labels(const struct route *route, int status,
    char ret_labels[SERIES_LABELS_SIZE])
{
	char more[32] = "";

	if (status != 0)
		(void)snprintf(more, sizeof(more), ",status=\"%d\"", status);
	(void)snprintf(ret_labels, SERIES_LABELS_SIZE,
	    "method=\"%s\",route=\"%s\"%s",
	    route == NULL ? "other" : route->method,
	    route == NULL ? "other" : route->path, more);
}

void
request_series_expect(const struct route_list *routes)
{
	char labels[SERIES_LABELS_SIZE];

	for (size_t i = 0; i < routes->count; i++) {
		write_labels(&routes->rows[i], 0, labels);
		metrics_expect(SERIES_ROUTE, labels);
	}
	for (size_t i = 0; i < COUNT(stages); i++)
		metrics_expect(SERIES_STORE, stages[i]);
}

void
request_series_add(const struct req *rq, int status, int64_t us,
    int64_t answer_us)
{
	char labels[SERIES_LABELS_SIZE];

	write_labels(rq->route, 0, labels);
	metrics_observe(SERIES_ROUTE, rq->route == NULL ? NULL : labels, us);
	write_labels(rq->route, status, labels);
	/* Whatever clients do wrong, there is room for what we do. */
	metrics_observe(
	    status >= 500 ? SERIES_ROUTE_FAILED : SERIES_ROUTE_STATUS, labels,
	    us);
	if (rq->route == NULL || strcmp(rq->route->path, STORE_PATH) != 0)
		return;
	if (rq->read_us > 0)
		request_series_stage(STORE_READ, rq->read_us);
	if (rq->scan_us > 0)
		request_series_stage(STORE_SCAN, rq->scan_us);
	request_series_stage(STORE_ANSWER, answer_us);
}

void
request_series_stage(enum store_stage stage, int64_t us)
{
	metrics_observe(SERIES_STORE, stages[stage], us);
}
