/* SPDX-License-Identifier: MIT */
/* 16 bytes at a time: what every 64-bit ARM has. */
#include "json/json_value.h"

#ifdef JSON_NEON

#include <arm_neon.h>

/* Four bits for each byte of a comparison's result. */
static ALWAYS_INLINE uint64_t
nibbles(uint8x16_t mask)
{
	return vget_lane_u64(vreinterpret_u64_u8(
	    vshrn_n_u16(vreinterpretq_u16_u8(mask), 4)), 0);
}

static ALWAYS_INLINE const unsigned char *
skip_plain(const unsigned char *at, const unsigned char *end, bool *high)
{
	for (; end - at >= 16; at += 16) {
		uint8x16_t v = vld1q_u8(at);
		uint64_t stop = nibbles(vorrq_u8(
		    vorrq_u8(vceqq_u8(v, vdupq_n_u8('"')),
		    vceqq_u8(v, vdupq_n_u8('\\'))),
		    vcltq_u8(v, vdupq_n_u8(0x20))));
		uint64_t tops = nibbles(vcgeq_u8(v, vdupq_n_u8(0x80)));

		if (stop != 0) {
			*high |= (tops & ~stop & (stop - 1)) != 0;
			return at + __builtin_ctzll(stop) / 4;
		}
		*high |= tops != 0;
	}
	for (; *at >= 0x20 && *at != '"' && *at != '\\'; at++)
		*high |= *at >= 0x80;
	return at;
}

static ALWAYS_INLINE const unsigned char *
skip_blank_run(const unsigned char *at, const unsigned char *end)
{
	for (; end - at >= 16; at += 16) {
		uint8x16_t v = vld1q_u8(at);
		uint64_t other = ~nibbles(vorrq_u8(
		    vorrq_u8(vceqq_u8(v, vdupq_n_u8(' ')),
		    vceqq_u8(v, vdupq_n_u8('\n'))),
		    vorrq_u8(vceqq_u8(v, vdupq_n_u8('\r')),
		    vceqq_u8(v, vdupq_n_u8('\t')))));

		if (other != 0)
			return at + __builtin_ctzll(other) / 4;
	}
	while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')
		at++;
	return at;
}

#define JSON_IMPL json_impl_neon
#define JSON_IMPL_NAME "neon"
#include "json/json_value_body.h"

#endif
