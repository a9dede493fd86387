/* SPDX-License-Identifier: MIT */
/*
 * A faster way through an array or object than that of json_value_body.h: 64
 * bytes at a time, as masks with a bit for each byte. It only says whether the
 * value is without a flaw. When it is not, or holds something rare, it says no,
 * and the exact way is gone from the same start, which finds and names the
 * flaw. So it may refuse what it likes, and must accept nothing that is wrong.
 */
#ifndef JSON_JSON_BLOCKS_H
#define JSON_JSON_BLOCKS_H

#include "json/json_value.h"

#define JSON_BLOCK 64

/* Bit n of each says what byte n of a block is. */
struct json_block {
	uint64_t quote;
	uint64_t backslash;
	uint64_t open;	/* [ and { */
	uint64_t close; /* ] and } */
	uint64_t colon;
	uint64_t comma;
	uint64_t blank;	  /* the four of RFC 8259, section 2 */
	uint64_t control; /* below 0x20 */
	uint64_t high;	  /* above 0x7f */
};

/*
 * An array or object, from its bracket at s->at.
 *
 * Gives: true, s->at being behind it; or false, the pass being as it was but
 *        for the flaw that json_refuse() notes.
 */
bool json_blocks_avx2(struct json_pass *s) MUST_CHECK;

#endif
