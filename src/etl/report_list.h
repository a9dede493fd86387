/* SPDX-License-Identifier: MIT */
/* What lists of reports take; their handlers are named by resource_routes.h. */
#ifndef ETL_REPORT_LIST_H
#define ETL_REPORT_LIST_H

#include "etl/resource.h"
#include "models/report/report.h"

/* How many rows a page has without a limit, and at most. */
#define REPORT_LIMIT 1000
#define REPORT_LIMIT_MAX 10000

struct report_input {
	int64_t limit;
	struct span cursor, fields;
	struct span values[REPORT_FILTERS_MAX]; /* see report.h */
};

#endif
