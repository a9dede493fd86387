/* SPDX-License-Identifier: MIT */
/*
 * How long the stages of jobs took, and how long batches waited for them, for
 * GET /metrics (SERIES rows of base/metric_rows.h).
 */
#ifndef WORK_WORKER_SERIES_H
#define WORK_WORKER_SERIES_H

#include <stdint.h>

#include "base/str.h"

enum worker_stage {
	WORKER_CLAIMED, /* the row was looked for, and claimed if it may be */
	WORKER_TRANSFORMED, /* the transformer's transaction, whatever came of it */
	WORKER_LOADED,	    /* the loaders', the same */
};

/* Let the lines be there from the beginning. Needs: metrics_open(). */
void worker_series_expect(void);

/*
 * A stage that began at clock_us() `began` has ended. A type that is not known
 * counts as "other".
 */
void worker_series_add(struct span entity_type, enum worker_stage stage,
    int64_t began);

/* A batch had been queued for so long, microseconds, when it was claimed. */
void worker_series_wait(int64_t us);

#endif
