/* SPDX-License-Identifier: MIT */
/*
 * Masks of 64 bytes by AVX2, 32 at a time; the parity by PCLMULQDQ. json_impl
 * chooses it where the processor says that it has these and BMI.
 */
#include "json/json_blocks.h"

#ifdef JSON_X86

#include <immintrin.h>

#define JSON_BLOCKS json_blocks_avx2
#define JSON_BLOCKS_TARGET __attribute__((target("avx2,pclmul,bmi,bmi2,popcnt")))

#define STEP 32
#define SAME8(c) c, c, c, c, c, c, c, c
#define SAME(c) { SAME8(c), SAME8(c), SAME8(c), SAME8(c) }
#define TWICE(...) { __VA_ARGS__, __VA_ARGS__ }

/*
 * The first two bytes of a sequence and what is wrong with them, a bit each, as
 * J. Keiser and D. Lemire have it ("Validating UTF-8 in less than one
 * instruction per byte", 2021): a bit is left when all three tables have it.
 */
enum {
	SHORT = 1,	 /* a first byte, then no further byte */
	LONG = 2,	 /* ASCII, then a further byte */
	OVERLONG_3 = 4,	 /* e0, then below a0 */
	LARGE = 8,	 /* f4, then above 8f; f5 and more, then above 8f */
	SURROGATES = 16, /* ed, then above 9f */
	OVERLONG_2 = 32, /* c0 or c1 */
	OVERLONG_4 = 64, /* f0, then below 90; f5 and more, then below 90 */
	FURTHER = 128,	 /* two further bytes: right as 3rd, 4th */
	ANY = SHORT | LONG | FURTHER,
	HIGHEST = ANY | LARGE | OVERLONG_4,
};

static const struct constants {
	unsigned char quote[STEP], backslash[STEP], colon[STEP], comma[STEP];
	unsigned char space[STEP], controls[STEP], open[STEP], close[STEP];
	unsigned char blanks[STEP]; /* each where its lower half says */
	unsigned char half[STEP];
	unsigned char first_upper[STEP], first_lower[STEP], second_upper[STEP];
	unsigned char third[STEP], fourth[STEP], top[STEP];
} all_constants __attribute__((aligned(STEP))) = {
	SAME('"'), SAME('\\'), SAME(':'), SAME(','),
	SAME(' '), SAME(0x1f), SAME('{'), SAME('}'),
	TWICE(' ', 255, 255, 255, 255, 255, 255, 255,
	    255, '\t', '\n', 255, 255, '\r', 255, 255),
	SAME(0x0f),
	TWICE(SAME8(LONG), FURTHER, FURTHER, FURTHER, FURTHER,
	    SHORT | OVERLONG_2, SHORT, SHORT | OVERLONG_3 | SURROGATES,
	    SHORT | LARGE | OVERLONG_4),
	TWICE(ANY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4, ANY | OVERLONG_2,
	    ANY, ANY, ANY | LARGE, HIGHEST, HIGHEST, HIGHEST,
	    HIGHEST, HIGHEST, HIGHEST, HIGHEST, HIGHEST,
	    HIGHEST | SURROGATES, HIGHEST, HIGHEST),
	TWICE(SAME8(SHORT),
	    LONG | OVERLONG_2 | FURTHER | OVERLONG_3 | OVERLONG_4,
	    LONG | OVERLONG_2 | FURTHER | OVERLONG_3 | LARGE,
	    LONG | OVERLONG_2 | FURTHER | SURROGATES | LARGE,
	    LONG | OVERLONG_2 | FURTHER | SURROGATES | LARGE,
	    SHORT, SHORT, SHORT, SHORT),
	SAME(0xe0 - 0x80), SAME(0xf0 - 0x80), SAME(0x80),
};

JSON_BLOCKS_TARGET static ALWAYS_INLINE __m256i
load(const unsigned char *at)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)at);
}

/*
 * Constants that stay operands in memory, for nothing. Those that the compiler
 * sees through it makes anew in each block, for a call may spoil all registers.
 */
static ALWAYS_INLINE const struct constants *
constants_in_memory(void)
{
	const struct constants *c = &all_constants;

	__asm__("" : "+r"(c));
	return c;
}

JSON_BLOCKS_TARGET static ALWAYS_INLINE __m256i
constant(const unsigned char *at)
{
	return _mm256_load_si256((const __m256i *)(const void *)at);
}

JSON_BLOCKS_TARGET static ALWAYS_INLINE uint64_t
mask(__m256i low, __m256i high)
{
	return (uint32_t)_mm256_movemask_epi8(low) |
	    (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << STEP;
}

JSON_BLOCKS_TARGET static ALWAYS_INLINE uint64_t
equal(__m256i low, __m256i high, __m256i to)
{
	return mask(_mm256_cmpeq_epi8(low, to), _mm256_cmpeq_epi8(high, to));
}

/* Control characters and backslashes are looked for together. */
JSON_BLOCKS_TARGET static ALWAYS_INLINE void
load_block(const unsigned char *at, struct json_block *m)
{
	const struct constants *c = constants_in_memory();
	__m256i a = load(at), b = load(at + STEP), least, rare;
	const __m256i space = constant(c->space);
	const __m256i blanks = constant(c->blanks);
	const __m256i controls = constant(c->controls);
	const __m256i backslash = constant(c->backslash);

	m->quote = equal(a, b, constant(c->quote));
	m->colon = equal(a, b, constant(c->colon));
	m->comma = equal(a, b, constant(c->comma));
	m->blank = mask(_mm256_cmpeq_epi8(a, _mm256_shuffle_epi8(blanks, a)),
	    _mm256_cmpeq_epi8(b, _mm256_shuffle_epi8(blanks, b)));
	m->high = mask(a, b);
	m->control = m->backslash = 0;
	least = _mm256_min_epu8(_mm256_min_epu8(a, b), controls);
	rare = _mm256_or_si256(_mm256_or_si256(
	    _mm256_cmpeq_epi8(_mm256_min_epu8(a, b), least),
	    _mm256_cmpeq_epi8(a, backslash)), _mm256_cmpeq_epi8(b, backslash));
	if (_mm256_movemask_epi8(rare) != 0) {
		m->backslash = equal(a, b, backslash);
		m->control = mask(
		    _mm256_cmpeq_epi8(_mm256_min_epu8(a, controls), a),
		    _mm256_cmpeq_epi8(_mm256_min_epu8(b, controls), b));
	}
	/* [ and ] differ from { and } by one bit, and nothing else does. */
	a = _mm256_or_si256(a, space);
	b = _mm256_or_si256(b, space);
	m->open = equal(a, b, constant(c->open));
	m->close = equal(a, b, constant(c->close));
}

JSON_BLOCKS_TARGET static ALWAYS_INLINE __m256i
upper_halves(__m256i v, const struct constants *c)
{
	return _mm256_and_si256(_mm256_srli_epi16(v, 4), constant(c->half));
}

/* What is wrong at each of 32 bytes and the one before it; 0: nothing. */
JSON_BLOCKS_TARGET static ALWAYS_INLINE __m256i
utf8_flaws(const unsigned char *at, const struct constants *c)
{
	const __m256i first = load(at - 1);
	__m256i flaws = _mm256_and_si256(_mm256_and_si256(
	    _mm256_shuffle_epi8(constant(c->first_upper),
	    upper_halves(first, c)),
	    _mm256_shuffle_epi8(constant(c->first_lower),
	    _mm256_and_si256(first, constant(c->half)))),
	    _mm256_shuffle_epi8(constant(c->second_upper),
	    upper_halves(load(at), c)));
	/* Third and fourth bytes: FURTHER must be there, and only there. */
	__m256i further = _mm256_or_si256(
	    _mm256_subs_epu8(load(at - 2), constant(c->third)),
	    _mm256_subs_epu8(load(at - 3), constant(c->fourth)));

	return _mm256_xor_si256(flaws,
	    _mm256_and_si256(further, constant(c->top)));
}

JSON_BLOCKS_TARGET static ALWAYS_INLINE bool
utf8_fine(const unsigned char *at)
{
	const struct constants *c = constants_in_memory();
	__m256i flaws = _mm256_or_si256(utf8_flaws(at, c),
	    utf8_flaws(at + STEP, c));

	return _mm256_testz_si256(flaws, flaws) != 0;
}

/* A product without carries, of all ones. */
JSON_BLOCKS_TARGET static ALWAYS_INLINE uint64_t
prefix_xor(uint64_t bits)
{
	return (uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128(
	    _mm_cvtsi64_si128((long long)bits), _mm_set1_epi8(-1), 0));
}

JSON_BLOCKS_TARGET static ALWAYS_INLINE unsigned
first_bit(uint64_t bits)
{
	return (unsigned)_tzcnt_u64(bits);
}

/* A byte above 0x7f is below the blank, too, as one with a sign. */
JSON_BLOCKS_TARGET static ALWAYS_INLINE __m256i
not_plain(__m256i v)
{
	return _mm256_or_si256(_mm256_or_si256(
	    _mm256_cmpeq_epi8(v, _mm256_set1_epi8('"')),
	    _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\'))),
	    _mm256_cmpgt_epi8(_mm256_set1_epi8(' '), v));
}

JSON_BLOCKS_TARGET __attribute__((noinline)) static const unsigned char *
skip_text(const unsigned char *at, const unsigned char *end)
{
	for (; end - at >= JSON_BLOCK; at += JSON_BLOCK) {
		__m256i stops = _mm256_or_si256(not_plain(load(at)),
		    not_plain(load(at + STEP)));

		if (_mm256_movemask_epi8(stops) != 0)
			break;
	}
	return at;
}

JSON_BLOCKS_TARGET static ALWAYS_INLINE unsigned
count_bits(uint64_t bits)
{
	return (unsigned)_mm_popcnt_u64(bits);
}

#include "json/json_blocks_body.h"

#endif
