/* SPDX-License-Identifier: MIT */
#include "base/suggest.h"

#include <stdbool.h>
#include <string.h>

#define CHARS_MAX 64
/* Names of fewer letters are a part of too many others. */
#define PART_MIN 4

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters without their case, all that separates words as one. */
static unsigned char
plain(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (unsigned char)(c - 'A' + 'a');
	return c == '-' || c == ' ' || c == '.' ? '_' : (unsigned char)c;
}

static bool
is_same(struct span a, const char *b)
{
	for (size_t i = 0; i < a.len; i++)
		if (plain(a.at[i]) != plain(b[i]))
			return false;
	return true;
}

/*
 * How many characters were changed, left out, added, or exchanged with the next
 * one (the distance of Damerau and Levenshtein, no place changed twice).
 */
static size_t
distance(struct span a, const char *b, size_t b_len)
{
	size_t rows[3][CHARS_MAX + 1];
	size_t *before = rows[0], *last = rows[1], *now = rows[2];

	for (size_t j = 0; j <= b_len; j++)
		last[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *first = before;

		now[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			unsigned char x = plain(a.at[i - 1]);
			unsigned char y = plain(b[j - 1]);

			now[j] = least(last[j - 1] + (x != y),
			    least(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && x == plain(b[j - 2]) &&
			    y == plain(a.at[i - 2]))
				now[j] = least(now[j], before[j - 2] + 1);
		}
		before = last;
		last = now;
		now = first;
	}
	return last[b_len];
}

/* Is one text within the other, as words of it? */
static bool
is_part(struct span part, struct span whole)
{
	for (size_t i = 0; i + part.len <= whole.len; i++) {
		size_t end = i + part.len;

		if (is_same(part, whole.at + i) &&
		    (i == 0 || plain(whole.at[i - 1]) == '_') &&
		    (end == whole.len || plain(whole.at[end]) == '_'))
			return true;
	}
	return false;
}

void
suggest(struct suggestion *best, struct span given, const char *candidate)
{
	struct span name = str_span(candidate);
	size_t most = name.len < 6 ? 1 : name.len / 3;
	size_t far;

	if (given.len == 0 || given.len > CHARS_MAX || name.len > CHARS_MAX)
		return;
	far = distance(given, name.at, name.len);
	if (far > most) {
		if ((given.len < PART_MIN || !is_part(given, name)) &&
		    (name.len < PART_MIN || !is_part(name, given)))
			return;
		/* Behind all that are just misspelt. */
		far += CHARS_MAX;
	}
	if (best->name != NULL && far >= best->distance)
		return;
	best->name = candidate;
	best->distance = far;
}
