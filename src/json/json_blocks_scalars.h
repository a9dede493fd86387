/* SPDX-License-Identifier: MIT */
/*
 * Of json_blocks_body.h: words and numbers, one by one.
 */
#ifndef JSON_JSON_BLOCKS_SCALARS_H
#define JSON_JSON_BLOCKS_SCALARS_H

#include <string.h>

#include "json/json_blocks.h"

/* What may stand behind one; whether it may there, the tokens say. */
static const bool is_delimiter[256] = {
	[' '] = true,
	['\t'] = true,
	['\n'] = true,
	['\r'] = true,
	[','] = true,
	['['] = true,
	[']'] = true,
	['{'] = true,
	['}'] = true,
	[':'] = true,
	['"'] = true,
};

static bool
any_scalar(struct json_pass *s, const unsigned char *at)
{
	switch (*at) {
	case 't':
		at = json_word(s, at, "true");
		break;
	case 'f':
		at = json_word(s, at, "false");
		break;
	case 'n':
		at = json_word(s, at, "null");
		break;
	default:
		at = json_number(s, at);
		break;
	}
	return at != NULL && is_delimiter[*at];
}

/* Usual are words and integers of up to seven digits. */
JSON_BLOCKS_TARGET static ALWAYS_INLINE bool
scalar_fine(struct json_pass *s, const unsigned char *at)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t bytes, digits;
	unsigned len;

	if (s->end - at < 8)
		return any_scalar(s, at);
	memcpy(&bytes, at, sizeof(bytes));
	if (*at >= 'a') {
		if (memcmp(at, "true", 4) == 0 || memcmp(at, "null", 4) == 0)
			return is_delimiter[at[4]];
		return memcmp(at, "false", 5) == 0 && is_delimiter[at[5]];
	}
	/* What is no digit gets its top bit; the first such is right. */
	digits = bytes ^ ones * '0';
	digits = (digits + ones * (0x80 - 10)) | digits;
	digits &= ones * 0x80;
	len = first_bit(digits) / 8;
	if (len >= 1 && len < 8 && (*at != '0' || len == 1) &&
	    is_delimiter[at[len]])
		return true;
	return any_scalar(s, at);
}

#endif
