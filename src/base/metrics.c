/* SPDX-License-Identifier: MIT */
#include "base/metrics.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

#include "base/shared.h"

enum kind { COUNT_KIND, SECONDS_KIND };

static const struct {
	enum kind kind;
	const char *name;
	const char *labels;
	const char *help;
} rows[METRICS] = {
#define METRIC(id, kind, name, labels, help) \
	[id] = { kind##_KIND, name, labels, help },
#include "base/metric_rows.h"
#undef METRIC
};

struct counters {
	struct shared_head head;
	_Atomic uint64_t counts[METRICS];
};

static struct counters own;
static struct counters *shared = &own;

/* Another table, another number. */
static uint32_t
layout(void)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < METRICS; i++)
		hash = shared_layout(shared_layout(hash, rows[i].name),
		    rows[i].labels);
	return hash;
}

enum err
metrics_open(const char *path, struct diag *diag)
{
	void *there;
	enum err rc = shared_open(path, "metrics_file", layout(),
	    sizeof(struct counters), &there, diag);

	if (rc == E_OK)
		shared = there;
	return rc;
}

void
metrics_add(enum metric metric, uint64_t count)
{
	(void)atomic_fetch_add_explicit(&shared->counts[metric], count,
	    memory_order_relaxed);
}

uint64_t
metrics_get(enum metric metric)
{
	return atomic_load_explicit(&shared->counts[metric],
	    memory_order_relaxed);
}

void
metrics_write(struct buf *out)
{
	const char *before = "";

	for (size_t i = 0; i < METRICS; i++) {
		uint64_t count = metrics_get((enum metric)i);

		if (strcmp(before, rows[i].name) != 0)
			buf_printf(out, "# HELP %s %s\n# TYPE %s counter\n",
			    rows[i].name, rows[i].help, rows[i].name);
		before = rows[i].name;
		buf_add_text(out, rows[i].name);
		if (rows[i].labels[0] != '\0')
			buf_printf(out, "{%s}", rows[i].labels);
		if (rows[i].kind == SECONDS_KIND)
			buf_printf(out, " %" PRIu64 ".%06" PRIu64 "\n",
			    count / 1000000, count % 1000000);
		else
			buf_printf(out, " %" PRIu64 "\n", count);
	}
}
