/* SPDX-License-Identifier: MIT */
/*
 * Arrays and objects in blocks, on an x86-64 that says it can. What is left:
 * as SSE2 for the usual short string, where a wider step gains nothing, for the
 * next one waits for its end; from the 33rd byte on 64 at a time.
 */
#include "json/json_blocks.h"
#include "json/json_value_sse2.h"

#ifdef JSON_X86

#include <immintrin.h>

/* What of 32 bytes ends a plain run. */
__attribute__((target("avx2"))) static ALWAYS_INLINE __m256i
stops_of(__m256i v)
{
	return _mm256_or_si256(_mm256_or_si256(
	    _mm256_cmpeq_epi8(v, _mm256_set1_epi8('"')),
	    _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\'))),
	    _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x1f)), v));
}

/* Over whole plain steps only; the byte that stops is left to the caller. */
__attribute__((target("avx2"), noinline)) static const unsigned char *
skip_long_plain(const unsigned char *at, const unsigned char *end, bool *high)
{
	__m256i all = _mm256_setzero_si256();

	for (; end - at >= 64; at += 64) {
		__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)at);
		__m256i b = _mm256_loadu_si256(
		    (const __m256i *)(const void *)(at + 32));

		if (_mm256_movemask_epi8(_mm256_or_si256(stops_of(a),
		    stops_of(b))) != 0)
			break;
		all = _mm256_or_si256(all, _mm256_or_si256(a, b));
	}
	*high |= _mm256_movemask_epi8(all) != 0;
	return at;
}

static ALWAYS_INLINE const unsigned char *
skip_plain(const unsigned char *at, const unsigned char *end, bool *high)
{
	unsigned stop, tops;

	for (int step = 0; end - at >= 16; step++) {
		look_at_16(at, &stop, &tops);
		if (stop != 0) {
			*high |= (tops & ~stop & (stop - 1)) != 0;
			return at + __builtin_ctz(stop);
		}
		*high |= tops != 0;
		at += 16;
		if (step == 1)
			at = skip_long_plain(at, end, high);
	}
	return skip_plain_tail(at, high);
}

#define JSON_BLOCKS json_blocks_avx2
#define JSON_IMPL json_impl_avx2
#define JSON_IMPL_NAME "avx2"
#include "json/json_value_body.h"

#endif
