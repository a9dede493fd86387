/* SPDX-License-Identifier: MIT */
/*
 * A step of 16 bytes, which every x86-64 can do: what its two implementations
 * share.
 */
#ifndef JSON_JSON_VALUE_SSE2_H
#define JSON_JSON_VALUE_SSE2_H

#include "json/json_value.h"

#ifdef JSON_X86

#include <emmintrin.h>

/* One bit for each of 16 bytes: those that end a plain run, and above 0x7f. */
static ALWAYS_INLINE void
look_at_16(const unsigned char *at, unsigned *ret_stop, unsigned *ret_high)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)at);

	*ret_stop = (unsigned)_mm_movemask_epi8(_mm_or_si128(
	    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
	    _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))),
	    _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v)));
	*ret_high = (unsigned)_mm_movemask_epi8(v);
}

static ALWAYS_INLINE const unsigned char *
skip_blank_run(const unsigned char *at, const unsigned char *end)
{
	for (; end - at >= 16; at += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)at);
		unsigned blank = (unsigned)_mm_movemask_epi8(_mm_or_si128(
		    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')),
		    _mm_cmpeq_epi8(v, _mm_set1_epi8('\n'))),
		    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\r')),
		    _mm_cmpeq_epi8(v, _mm_set1_epi8('\t')))));

		if (blank != 0xffff)
			return at + __builtin_ctz(~blank);
	}
	while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')
		at++;
	return at;
}

/* The last bytes of the text, too few for a step. */
static const unsigned char *
skip_plain_tail(const unsigned char *at, bool *high)
{
	for (; *at >= 0x20 && *at != '"' && *at != '\\'; at++)
		*high |= *at >= 0x80;
	return at;
}

#endif

#endif
