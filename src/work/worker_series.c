/* SPDX-License-Identifier: MIT */
#include "work/worker_series.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/metrics.h"
#include "models/entity_type.h"

static const char *const stages[] = {
	[WORKER_CLAIMED] = "claim",
	[WORKER_TRANSFORMED] = "transform",
	[WORKER_LOADED] = "load",
};

/* type: NULL of one that is not known. */
static void
write_labels(const struct entity_type *type, const char *stage,
    char ret_labels[SERIES_LABELS_SIZE])
{
	(void)snprintf(ret_labels, SERIES_LABELS_SIZE,
	    "entity_type=\"%s\",stage=\"%s\"",
	    type == NULL ? "other" : type->name, stage);
}

void
worker_series_expect(void)
{
	char labels[SERIES_LABELS_SIZE];

	for (size_t i = 0; i < entity_type_count; i++)
		for (size_t j = 0; j < COUNT(stages); j++) {
			write_labels(&entity_types[i], stages[j], labels);
			metrics_expect(SERIES_JOB, labels);
		}
	metrics_expect(SERIES_WAIT, "");
}

void
worker_series_add(struct span entity_type, enum worker_stage stage,
    int64_t began)
{
	char labels[SERIES_LABELS_SIZE];

	write_labels(entity_type_find(entity_type), stages[stage], labels);
	metrics_observe(SERIES_JOB, labels, clock_us() - began);
}

void
worker_series_wait(int64_t us)
{
	metrics_observe(SERIES_WAIT, "", us);
}
