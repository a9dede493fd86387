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
	METRICS
};

/* Names whose labels come with what is counted. */
enum series {
#define SERIES(id, ...) id,
#include "base/metric_rows.h"
	SERIES_NAMES
};

/* More of one set of labels is not taken: it counts for the rest. */
#define SERIES_LABELS_SIZE 128
/* No answer has more lines than this, whatever is counted. */
#define METRICS_SERIES_MAX 2000
/* Of these, so many are left to gauges of whoever answers. */
#define METRICS_GAUGES_MAX 180

/*
 * Share the counters in this file. Before it, or where it fails, they are this
 * process's own. Fails: E_SYSTEM.
 */
enum err metrics_open(const char *path, struct diag *diag) MUST_CHECK;

void metrics_add(enum metric metric, uint64_t count);
uint64_t metrics_get(enum metric metric);

/*
 * Count one more for these labels, `key="value"` with commas between, or for
 * the rest (NULL); of a histogram it took so many microseconds. Labels are
 * never forgotten, so they have to be few: templates, names of a table.
 */
void metrics_observe(enum series series, const char *labels, int64_t us);

/* Let a line for these labels be there from the beginning, with 0. */
void metrics_expect(enum series series, const char *labels);

/*
 * Write all of them in Prometheus's text format, version 0.0.4. A histogram's
 * count is its bucket +Inf, whoever counts meanwhile.
 */
void metrics_write(struct buf *out);

#endif
