/* SPDX-License-Identifier: MIT */
/*
 * The query string: `name=value` pairs, percent-decoded
 * (application/x-www-form-urlencoded, WHATWG URL, section 5).
 */
#ifndef HTTP_PARAMS_H
#define HTTP_PARAMS_H

#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

/* More pairs than this are refused. */
#define PARAMS_MAX 64

struct param {
	struct span name;
	struct span value;
};

struct params {
	size_t count;
	struct param pairs[PARAMS_MAX];
};

/*
 * Read a query string.
 *
 * Gives: the pairs in their order; texts live in the arena.
 * Fails: E_SYNTAX for half an escape, bytes that are not UTF-8, a NUL
 *        character, too many pairs.
 */
enum err params_read(struct span query, struct arena *arena,
    struct params *ret_params, struct diag *diag) MUST_CHECK;

/*
 * Find a parameter.
 * Gives: how often it is there; *ret_value of the first.
 */
size_t params_find(const struct params *params, const char *name,
    struct span *ret_value);

#endif
