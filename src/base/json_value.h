/*
 * The inner part of json_scan: one pass over any JSON value that checks it and
 * keeps nothing. Only json_scan.c uses it.
 */
#ifndef BASE_JSON_VALUE_H
#define BASE_JSON_VALUE_H

#include "base/json_scan.h"

/*
 * The state of a pass. The functions below begin at `at` and leave it behind
 * what they read; they return false after noting a flaw.
 */
struct json_pass {
	const unsigned char *start;
	const unsigned char *at;
	const unsigned char *end; /* *end is 0 */
	const struct json_limits *limits;
	unsigned depth;
	size_t expansion;
	enum json_flaw flaw;
	const unsigned char *flaw_at;
};

/*
 * Note a flaw; one at the very end of the text is a truncation.
 * Gives: false, so that a caller can return it at once.
 */
bool json_refuse(struct json_pass *s, enum json_flaw flaw,
    const unsigned char *at);

void json_skip_blanks(struct json_pass *s);

/* Into an array or object, from its bracket, up to what is in it. */
bool json_enter(struct json_pass *s) MUST_CHECK;

/* A member's name, undecoded, and its colon, up to the value. */
bool json_name(struct json_pass *s, struct span *ret_name) MUST_CHECK;

/* Any value, nested or not, blanks before it skipped. */
bool json_value(struct json_pass *s) MUST_CHECK;

#endif
