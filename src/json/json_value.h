/* SPDX-License-Identifier: MIT */
/*
 * The inner part of json_scan: one pass over any JSON value that checks it and
 * keeps nothing. There are several implementations of it, which all say the
 * same: json_value_body.h is compiled once for each kind of processor, each
 * time with another way to look at many bytes at once. Only json_scan.c and
 * what measures or compares them use it.
 */
#ifndef JSON_JSON_VALUE_H
#define JSON_JSON_VALUE_H

#include "json/json_scan.h"

#define JSON_DEPTH_MAX 1024

/* What this compiler can build implementations for. */
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define JSON_X86 1
#elif defined(__aarch64__) && defined(__ARM_NEON)
#define JSON_NEON 1
#endif

struct json_pass;

/*
 * One implementation. Its functions begin at the pass's `at` and leave it
 * behind what they read; they return false after noting a flaw.
 */
struct json_impl {
	const char *name;
	/* Any value, nested or not, blanks before it skipped. */
	bool (*value)(struct json_pass *s);
	/* A member's name, undecoded, and its colon, up to the value. */
	bool (*name_of)(struct json_pass *s, struct span *ret_name);
};

struct json_pass {
	const struct json_impl *impl;
	const unsigned char *start;
	const unsigned char *at;
	const unsigned char *end; /* *end is 0 */
	const struct json_limits *limits;
	unsigned depth;
	size_t expansion;
	size_t memory; /* of the values so far, as JSON_OBJECT_BYTES says */
	bool last_was_small; /* of arrays and objects: not worth a block */
	enum json_flaw flaw;
	const unsigned char *flaw_at;
};

extern const struct json_impl json_impl_plain, json_impl_sse2, json_impl_avx2,
    json_impl_neon;

/*
 * The implementations that this processor can run, 0 being the plain one and
 * the last the fastest. Gives: NULL when there are not so many.
 */
const struct json_impl *json_impl_get(size_t number);
const struct json_impl *json_impl_best(void);

/* json_scan_object() with a chosen implementation. */
bool json_scan_with(const struct json_impl *impl, struct span text,
    const struct json_limits *limits, struct json_member *members, size_t count,
    struct json_refusal *ret_refusal) MUST_CHECK;

/* -- what the implementations share: what is rare, or goes wrong */

/*
 * Note a flaw; one at the very end of the text is a truncation.
 * Gives: false, so that a caller can return it at once.
 */
bool json_refuse(struct json_pass *s, enum json_flaw flaw,
    const unsigned char *at);

void json_skip_blanks(struct json_pass *s);

/* Into an array or object, from its bracket, up to what is in it. */
bool json_enter(struct json_pass *s) MUST_CHECK;

/* The escape at the backslash at `at`. Gives: what is behind it, or NULL. */
const unsigned char *json_escape(struct json_pass *s, const unsigned char *at);

/* The bytes of a string between two places are UTF-8, or it is noted. */
bool json_utf8(struct json_pass *s, const unsigned char *from,
    const unsigned char *to) MUST_CHECK;

/* A word or a number. Gives: what is behind it, or NULL. */
const unsigned char *json_word(struct json_pass *s, const unsigned char *at,
    const char *word);
const unsigned char *json_number(struct json_pass *s, const unsigned char *at);

#endif
