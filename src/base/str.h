/* SPDX-License-Identifier: MIT */
/*
 * A span is a piece of text somebody else owns: where it starts and how many
 * bytes it has. It is not terminated; at == NULL means absent (SQL's NULL).
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cc.h"

struct span {
	const char *at;
	size_t len;
};

#define SPAN_LIT(literal) ((struct span){ "" literal, sizeof(literal) - 1 })
#define SPAN_NONE ((struct span){ NULL, 0 })
/* For printf's "%.*s". */
#define SPAN_ARG(span) (int)(span).len, (span).at

/* A span over a terminated string; NULL gives SPAN_NONE. */
struct span str_span(const char *text);

/* Is the span exactly this text? A prefix is not. */
bool span_is(struct span span, const char *text);

/* The same, ASCII letters in any case. */
bool span_is_nocase(struct span span, const char *text);

/* Is it one of "a|b|c"? */
bool span_is_choice(struct span span, const char *choices);

/* Has it nothing but blanks, those of Unicode included? */
bool span_is_blank(struct span span);

/* Is it one word of small letters, digits, - and _, which begins with neither? */
bool span_is_word(struct span span);

/* Without leading and trailing blanks and tabs. */
struct span span_trim(struct span span);

/*
 * Cut at the first `mark`: gives what stands before it and leaves in *rest
 * what follows (SPAN_NONE when there is no mark).
 */
struct span span_cut(struct span *rest, char mark);

/*
 * Read a whole decimal integer, with an optional '-'; no blanks, no '+', no
 * leading zeros.
 * Gives: true and *ret; false when it is none or does not fit.
 */
bool span_int64(struct span span, int64_t *ret) MUST_CHECK;

/*
 * Count the characters (code points) of a span.
 * Gives: the count, or SIZE_MAX when the span is not valid UTF-8 (RFC 3629).
 */
size_t span_utf8_chars(struct span span);

/*
 * Length in bytes of the valid UTF-8 sequence at `at` (RFC 3629: no overlong
 * form, no surrogate, nothing above U+10FFFF), 0 when there is none.
 */
size_t utf8_sequence(const unsigned char *at, const unsigned char *end);

#endif
