/* SPDX-License-Identifier: MIT */
#include "json/json_replace.h"

#include <string.h>

#define ESCAPE_CHARS 6

static unsigned
hex_digit(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

/* What the escape \uXXXX at `at` says; 0x10000: it is none. */
static unsigned
unit_at(const char *at, const char *end)
{
	unsigned code = 0;

	if (end - at < ESCAPE_CHARS || at[0] != '\\' || at[1] != 'u')
		return 0x10000;
	for (int i = 2; i < ESCAPE_CHARS; i++)
		code = code * 16 + hex_digit(at[i]);
	return code;
}

/* How long the escape at `at` is; 0: it is one that cannot be stored. */
static size_t
storable(const char *at, const char *end)
{
	unsigned code, next;

	if (at[1] != 'u')
		return 2;
	code = unit_at(at, end);
	if (code == 0 || (code >= 0xdc00 && code <= 0xdfff))
		return 0;
	if (code < 0xd800 || code > 0xdbff)
		return ESCAPE_CHARS;
	next = unit_at(at + ESCAPE_CHARS, end);
	return next >= 0xdc00 && next <= 0xdfff ? 2 * ESCAPE_CHARS : 0;
}

/* A backslash is nowhere but in a string, where it begins an escape. */
size_t
json_replace(char *text, size_t len)
{
	char *at = text, *const end = text + len;
	size_t count = 0;

	while (at < end) {
		size_t step;

		at = memchr(at, '\\', (size_t)(end - at));
		if (at == NULL || end - at < 2)
			break;
		step = storable(at, end);
		if (step == 0) {
			memcpy(at, "\\ufffd", ESCAPE_CHARS);
			step = ESCAPE_CHARS;
			count++;
		}
		at += step;
	}
	return count;
}
