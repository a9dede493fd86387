/* SPDX-License-Identifier: MIT */
/* 16 bytes at a time: what every x86-64 has. */
#include "json/json_value_sse2.h"

#ifdef JSON_X86

static ALWAYS_INLINE const unsigned char *
skip_plain(const unsigned char *at, const unsigned char *end, bool *high)
{
	unsigned stop, tops;

	for (; end - at >= 16; at += 16) {
		look_at_16(at, &stop, &tops);
		if (stop != 0) {
			*high |= (tops & ~stop & (stop - 1)) != 0;
			return at + __builtin_ctz(stop);
		}
		*high |= tops != 0;
	}
	return skip_plain_tail(at, high);
}

#define JSON_IMPL json_impl_sse2
#define JSON_IMPL_NAME "sse2"
#include "json/json_value_body.h"

#endif
