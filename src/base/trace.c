/* SPDX-License-Identifier: MIT */
#include "base/trace.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/metrics.h"

#define TRACE_AT 3 /* where they stand in a traceparent */
#define TRACE_DIGITS 32
#define SPAN_AT 36
#define SPAN_DIGITS 16
#define FLAGS_AT 53

static struct {
	struct trace_span *spans;
	size_t first, count, most;
} kept;

/*
 * Ids of traces are no secrets: the system is asked for random bytes once. This
 * is SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
 * Generators, 2014).
 */
static uint64_t
random_bits(void)
{
	static uint64_t state;
	uint64_t bits;

	while (state == 0)
		if (getrandom(&state, sizeof(state), GRND_NONBLOCK) !=
		    (ssize_t)sizeof(state))
			state = (uint64_t)clock_us() << 20 ^
			    (uint64_t)(uintptr_t)&bits;
	state += 0x9e3779b97f4a7c15;
	bits = state;
	bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
	bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
	return bits ^ (bits >> 31);
}

/* Random digits, which are not all 0. */
static void
put_digits(char *to, size_t count)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < count; i += SPAN_DIGITS) {
		uint64_t bits = random_bits() | 1;

		for (size_t j = 0; j < SPAN_DIGITS; j++)
			to[i + j] = digits[bits >> (4 * j) & 15];
	}
}

static bool
is_hex(const char *at, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!((at[i] >= '0' && at[i] <= '9') ||
			(at[i] >= 'a' && at[i] <= 'f')))
			return false;
	return true;
}

static bool
is_id(const char *at, size_t count)
{
	return is_hex(at, count) && strspn(at, "0") < count;
}

bool
trace_read(struct span text, char ret_context[TRACEPARENT_SIZE])
{
	const size_t len = TRACEPARENT_SIZE - 1;
	const char *at = text.at;

	/* Section 3.2.2: ff is invalid; later versions may have more. */
	if (text.len < len || !is_hex(at, 2) || memcmp(at, "ff", 2) == 0 ||
	    (memcmp(at, "00", 2) == 0 && text.len != len) ||
	    (text.len > len && at[len] != '-'))
		return false;
	if (at[TRACE_AT - 1] != '-' || at[SPAN_AT - 1] != '-' ||
	    at[FLAGS_AT - 1] != '-' || !is_id(at + TRACE_AT, TRACE_DIGITS) ||
	    !is_id(at + SPAN_AT, SPAN_DIGITS) || !is_hex(at + FLAGS_AT, 2))
		return false;
	memcpy(ret_context, at, len);
	memcpy(ret_context, "00", 2);
	/* Of the flags this version knows one; others are handed on as 0. */
	ret_context[FLAGS_AT] = '0';
	ret_context[FLAGS_AT + 1] =
	    memchr("13579bdf", at[FLAGS_AT + 1], 8) != NULL ? '1' : '0';
	ret_context[len] = '\0';
	return true;
}

static bool
is_sampled(const char *context)
{
	return context[FLAGS_AT + 1] == '1';
}

/* A span of its own in the trace of its context. */
static void
begin(struct trace_span *span, const char *name, enum trace_kind kind,
    int64_t began)
{
	span->is_kept = kept.most > 0 && is_sampled(span->context);
	span->name = name;
	span->kind = kind;
	span->began = began;
	span->note_count = 0;
	if (span->is_kept)
		put_digits(span->context + SPAN_AT, SPAN_DIGITS);
}

static void
copy_parent(struct trace_span *span, const char *context)
{
	memcpy(span->parent, context + SPAN_AT, SPAN_DIGITS);
	span->parent[SPAN_DIGITS] = '\0';
}

void
trace_accept(struct trace_span *span, struct span given, const char *name,
    enum trace_kind kind, int64_t began)
{
	span->parent[0] = '\0';
	if (trace_read(given, span->context)) {
		copy_parent(span, span->context);
	} else {
		memcpy(span->context,
		    kept.most > 0 ?
			"00-................................-................-01" :
			"00-................................-................-00",
		    TRACEPARENT_SIZE);
		put_digits(span->context + TRACE_AT, TRACE_DIGITS);
		put_digits(span->context + SPAN_AT, SPAN_DIGITS);
	}
	begin(span, name, kind, began);
}

void
trace_start(struct trace_span *span, const char *context, const char *name,
    enum trace_kind kind)
{
	span->is_kept = false;
	span->context[0] = '\0';
	if (context == NULL ||
	    strnlen(context, TRACEPARENT_SIZE) != TRACEPARENT_SIZE - 1)
		return;
	memcpy(span->context, context, TRACEPARENT_SIZE);
	if (kept.most == 0)
		return;
	copy_parent(span, context);
	begin(span, name, kind, clock_us());
}

static struct trace_note *
note(struct trace_span *span, const char *key)
{
	struct trace_note *note = &span->notes[span->note_count];

	if (!span->is_kept || span->note_count == TRACE_NOTES_MAX)
		return NULL;
	span->note_count++;
	note->key = key;
	note->number = 0;
	note->text[0] = '\0';
	return note;
}

void
trace_note_int(struct trace_span *span, const char *key, int64_t number)
{
	struct trace_note *place = note(span, key);

	if (place != NULL)
		place->number = number;
}

void
trace_note_text(struct trace_span *span, const char *key, struct span text)
{
	struct trace_note *place = text.len == 0 ? NULL : note(span, key);
	size_t len = text.len < TRACE_NOTE_SIZE ?
	    text.len :
	    TRACE_NOTE_SIZE - 1;

	if (place == NULL)
		return;
	memcpy(place->text, text.at, len);
	place->text[len] = '\0';
}

void
trace_end(struct trace_span *span, bool has_failed)
{
	if (!span->is_kept)
		return;
	if (kept.count >= kept.most) {
		metrics_add(METRIC_SPANS_DROPPED, 1);
		return;
	}
	span->ended = clock_us();
	span->has_failed = has_failed;
	kept.spans[(kept.first + kept.count++) % kept.most] = *span;
}

enum err
trace_keep(size_t most)
{
	struct trace_span *spans = NULL;

	if (most > 0) {
		spans = calloc(most, sizeof(*spans));
		if (spans == NULL)
			return E_NO_MEMORY;
	}
	free(kept.spans);
	kept.spans = spans;
	kept.most = most;
	kept.first = 0;
	kept.count = 0;
	return E_OK;
}

bool
trace_is_on(void)
{
	return kept.most > 0;
}

size_t
trace_count(void)
{
	return kept.count;
}

const struct trace_span *
trace_at(size_t place)
{
	return &kept.spans[(kept.first + place) % kept.most];
}

void
trace_drop(size_t count)
{
	if (kept.most == 0)
		return;
	kept.first = (kept.first + count) % kept.most;
	kept.count -= count;
}
