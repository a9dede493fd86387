/* SPDX-License-Identifier: MIT */
/*
 * Traces: which request something belongs to, across processes, as W3C Trace
 * Context has it (https://www.w3.org/TR/trace-context/): a traceparent is
 * "00-", 32 hexadecimal digits of the trace, "-", 16 of the span, "-", flags.
 *
 * Spans, pieces of work in a trace, are kept in memory of the process until
 * somebody takes them (adapters/otlp.h); until trace_keep() none are, and the
 * functions below cost a few copies and no system call. What has no room is
 * dropped and counted: nothing waits for a span.
 */
#ifndef BASE_TRACE_H
#define BASE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cc.h"
#include "base/err.h"
#include "base/str.h"

#define TRACEPARENT_SIZE 56
#define TRACE_SPAN_SIZE 17
#define TRACE_NOTES_MAX 7
#define TRACE_NOTE_SIZE 64

/* The numbers of OTLP's SpanKind. */
enum trace_kind {
	TRACE_INTERNAL = 1,
	TRACE_SERVER,
	TRACE_CLIENT,
	TRACE_PRODUCER,
	TRACE_CONSUMER,
};

struct trace_note {
	const char *key;
	int64_t number;
	char text[TRACE_NOTE_SIZE]; /* empty: it is the number */
};

struct trace_span {
	char context[TRACEPARENT_SIZE]; /* for what comes of it; or empty */
	char parent[TRACE_SPAN_SIZE];	/* the span it comes of; or empty */
	bool is_kept;
	bool has_failed;
	enum trace_kind kind;
	const char *name;     /* lives as long as the process */
	int64_t began, ended; /* of clock_us() */
	size_t note_count;
	struct trace_note notes[TRACE_NOTES_MAX];
};

/*
 * Read a traceparent of anybody's, strictly: what is invalid is none. Of later
 * versions the parts of this one are taken, of the flags that it is sampled.
 */
bool trace_read(struct span text, char ret_context[TRACEPARENT_SIZE])
    MUST_CHECK;

/*
 * Begin what somebody has asked for: in their trace, or in a new one if what
 * was given is no traceparent. While spans are not kept, theirs is handed on
 * as it is. began: of clock_us(). name: lives as long as the process.
 */
void trace_accept(struct trace_span *span, struct span given, const char *name,
    enum trace_kind kind, int64_t began);

/* Begin a part of it now, unless context is NULL or no traceparent's length. */
void trace_start(struct trace_span *span, const char *context, const char *name,
    enum trace_kind kind);

/* What it is about. key: lives as long as the process; a text may be cut. */
void trace_note_int(struct trace_span *span, const char *key, int64_t number);
void trace_note_text(struct trace_span *span, const char *key,
    struct span text);

/* It is over. */
void trace_end(struct trace_span *span, bool has_failed);

/*
 * Keep spans from now on, so many at most; 0: no more, and forget those that
 * there are. Fails: E_NO_MEMORY.
 */
enum err trace_keep(size_t most) MUST_CHECK;

/* Are spans kept at all? */
bool trace_is_on(void);

/* Those that are kept, oldest first, and taking the first ones out. */
size_t trace_count(void);
const struct trace_span *trace_at(size_t place);
void trace_drop(size_t count);

#endif
