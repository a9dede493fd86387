/* SPDX-License-Identifier: MIT */
/*
 * Counters of all processes together: they share one small file in memory
 * (mmap), so that any of them can tell the sums, and counts outlive a process.
 * A file of other rows (another version's) is replaced by a fresh one.
 *
 * Besides the stop flag and the log's destination this is the one thing that
 * is global: every floor counts.
 */
#ifndef BASE_METRICS_H
#define BASE_METRICS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"

enum metric {
#define METRIC(id, ...) id,
#include "base/metric_rows.h"
#undef METRIC
	METRICS
};

/*
 * Share the counters in this file. Before it, or where it fails, they are this
 * process's own. Fails: E_SYSTEM.
 */
enum err metrics_open(const char *path, struct diag *diag) MUST_CHECK;

void metrics_add(enum metric metric, uint64_t count);
uint64_t metrics_get(enum metric metric);

/* Write all of them in Prometheus's text format, version 0.0.4. */
void metrics_write(struct buf *out);

#endif
