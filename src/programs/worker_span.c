/* SPDX-License-Identifier: MIT */
#include "programs/worker_span.h"

#include "base/clock.h"
#include "base/log.h"
#include "work/worker_details.h"

void
worker_span_begin(struct trace_span *span, const struct mq_delivery *delivery,
    bool is_load)
{
	trace_accept(span, str_span(mq_header_text(delivery, "traceparent")),
	    is_load ? "load" : "transform", TRACE_CONSUMER, clock_us());
	log_set_trace(span->context);
}

void
worker_span_end(struct trace_span *span, const struct job *job,
    const struct worker_fate *fate, const struct diag *diag)
{
	trace_note_int(span, "etl.tenant_id", job->tenant_id);
	trace_note_int(span, "etl.raw_data_id", job->raw_data_id);
	trace_note_text(span, "etl.entity_type", job->entity_type);
	trace_note_text(span, "etl.fate",
	    str_span(worker_fate_name(fate->kind)));
	trace_note_int(span, "etl.attempt", fate->attempt);
	trace_note_int(span, "etl.items", fate->items);
	if (diag->code != E_OK)
		trace_note_text(span, "error.type",
		    str_span(err_name(diag->code)));
	trace_end(span,
	    fate->kind == WORKER_BURY || fate->kind == WORKER_RETRY);
}
