/* SPDX-License-Identifier: MIT */
/*
 * One validating pass over JSON text (RFC 8259) that finds the members of its
 * outermost object without building a tree: for each wanted member its kind
 * and the very bytes of its value. Not a parser: nothing is decoded or copied,
 * so numbers keep all their digits.
 *
 * Refused besides bad syntax is what PostgreSQL's jsonb refuses or what would
 * hurt it: see json_flaw_rows.h.
 *
 * Every text given here must be followed by a byte that is 0 (a struct buf
 * does that): the pass relies on it to stop.
 */
#ifndef JSON_JSON_SCAN_H
#define JSON_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum json_flaw {
#define FLAW(code, well_formed, name, text) code,
#include "json/json_flaw_rows.h"
#undef FLAW
};

enum json_kind {
	JSON_ABSENT,
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

struct json_limits {
	unsigned depth; /* arrays and objects within each other, <= 1024 */
	int exponent;	/* the largest |exponent| of a number */
	/* bytes all exponents together may add when printed */
	size_t expansion;
	bool unstorable;  /* \u0000 and half surrogates pass: json_replace.h */
	unsigned members; /* of one object; 0: any number */
	size_t memory; /* bytes of JSON_OBJECT_BYTES and so on; 0: any number */
};

/*
 * What PostgreSQL holds for a value while it makes jsonb of a text (measured on
 * 15 and 17: docs/tuning.md), bytes, rounded up: an object with the first pair
 * of it, an array, any other value. It is freed with the statement. A text adds
 * its own length a few times.
 */
#define JSON_OBJECT_BYTES 640
#define JSON_ARRAY_BYTES 300
#define JSON_SCALAR_BYTES 110

/*
 * What the service accepts; docs/decisions/payload-is-never-rebuilt.md says
 * why. The second one takes what json_replace() is going to replace as well.
 */
extern const struct json_limits json_limits_default, json_limits_unstorable;

/*
 * A member somebody wants. `items` is where its value is a batch: names of the
 * members of an object which hold the batch's items, NULL at the end, "a.b"
 * being b within a. One without a name takes a member that nobody wants: its
 * value is that member's name, undecoded.
 */
struct json_member {
	const char *name; /* or NULL */
	const char *const *items;
	/* Found: */
	enum json_kind kind; /* JSON_ABSENT: there was none */
	struct span value;   /* its bytes, quotes and brackets included */
	/* an array's elements; an object's as above, else 1 */
	int64_t item_count;
};

/*
 * Where and why a text was refused; at counts bytes from 0. memory: of
 * JSON_VALUES, what the values up to the end of that one would take, bytes.
 */
struct json_refusal {
	enum json_flaw flaw;
	size_t at;
	size_t memory;
};

/*
 * Scan a text that must be one object and find the wanted members.
 *
 * Gives: members[0..count) filled. A name is compared undecoded: a name
 *        written with escapes is another name.
 * Fails: *ret_refusal says why; the members are then undefined.
 */
bool json_scan_object(struct span text, const struct json_limits *limits,
    struct json_member *members, size_t count, struct json_refusal *ret_refusal)
    MUST_CHECK;

/*
 * Scan a text that may be any value: what a member's would be. Its depth counts
 * as if it were one.
 *
 * Gives: *ret_value filled but for its name; its items say how it is counted.
 * Fails: as above, but any kind of value will do.
 */
bool json_scan_document(struct span text, const struct json_limits *limits,
    struct json_member *ret_value, struct json_refusal *ret_refusal) MUST_CHECK;

/* The flaw's machine name and its sentence. */
const char *json_flaw_name(enum json_flaw flaw);
const char *json_flaw_text(enum json_flaw flaw);

/* Is the text JSON all the same (answered 422), or not even that (400)? */
bool json_flaw_is_well_formed(enum json_flaw flaw);

#endif
