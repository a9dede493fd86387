/* SPDX-License-Identifier: MIT */
/*
 * The span of a worker's job, in the trace that its message names.
 */
#ifndef PROGRAMS_WORKER_SPAN_H
#define PROGRAMS_WORKER_SPAN_H

#include "adapters/mq/mq_delivery.h"
#include "base/trace.h"
#include "work/worker_job.h"

/* A message is at hand; its trace is in the log from now on. */
void worker_span_begin(struct trace_span *span,
    const struct mq_delivery *delivery, bool is_load);

/* It is settled. diag: of the job's failure; code E_OK: there was none. */
void worker_span_end(struct trace_span *span, const struct job *job,
    const struct worker_fate *fate, const struct diag *diag);

#endif
