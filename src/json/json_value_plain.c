/* SPDX-License-Identifier: MIT */
/*
 * The implementation for any processor, eight bytes at a time, and the choice
 * among all of them.
 */
#include <string.h>

#include "json/json_value.h"

/*
 * Does any of eight bytes need a look: a quote, a backslash, a control
 * character or a byte above 0x7f? The usual bit tricks: a byte minus n borrows
 * into its top bit when it is smaller than n. A borrow may also raise a false
 * alarm in the next byte, which only costs a look.
 */
static ALWAYS_INLINE bool
eight_plain(const unsigned char *at)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t tops = UINT64_C(0x8080808080808080);
	uint64_t word, quote, slash;

	memcpy(&word, at, sizeof(word));
	quote = word ^ (ones * '"');
	slash = word ^ (ones * '\\');
	return ((word | (word - ones * 0x20) | (quote - ones) |
	    (slash - ones)) & tops) == 0;
}

static ALWAYS_INLINE const unsigned char *
skip_plain(const unsigned char *at, const unsigned char *end, bool *high)
{
	for (;;) {
		while (end - at >= 8 && eight_plain(at))
			at += 8;
		while (*at >= 0x20 && *at < 0x80 && *at != '"' && *at != '\\')
			at++;
		if (*at < 0x80)
			return at;
		*high = true;
		while (*at >= 0x80)
			at++;
	}
}

static ALWAYS_INLINE const unsigned char *
skip_blank_run(const unsigned char *at, const unsigned char *end)
{
	(void)end;
	while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')
		at++;
	return at;
}

#define JSON_IMPL json_impl_plain
#define JSON_IMPL_NAME "plain"
#include "json/json_value_body.h"

#ifdef JSON_X86
/* AVX2, and what json_blocks_avx2.c needs besides: all since 2013 have it. */
static bool
has_avx2(void)
{
	return __builtin_cpu_supports("avx2") &&
	    __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi") &&
	    __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
}
#endif

const struct json_impl *
json_impl_get(size_t number)
{
	const struct json_impl *there[3] = { &json_impl_plain };
	size_t count = 1;

#ifdef JSON_X86
	there[count++] = &json_impl_sse2;
	if (has_avx2())
		there[count++] = &json_impl_avx2;
#endif
#ifdef JSON_NEON
	there[count++] = &json_impl_neon;
#endif
	return number < count ? there[number] : NULL;
}

const struct json_impl *
json_impl_best(void)
{
#ifdef JSON_X86
	return has_avx2() ? &json_impl_avx2 : &json_impl_sse2;
#elif defined(JSON_NEON)
	return &json_impl_neon;
#else
	return &json_impl_plain;
#endif
}
