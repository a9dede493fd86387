/* SPDX-License-Identifier: MIT */
/*
 * Write JSON text into a buffer, member by member. The key comes first and is
 * NULL in arrays and for the outermost value. Objects and arrays are closed by
 * hand with json_end(). Failures latch in the buffer.
 *
 * A key where none belongs, a member without one, a second outermost value, an
 * end without its beginning and too many levels are mistakes of the caller: an
 * assertion fails; without assertions E_MISTAKE latches.
 */
#ifndef JSON_JSON_WRITE_H
#define JSON_JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define JSON_WRITE_DEPTH 16

struct json {
	struct buf *out;
	unsigned depth;
	char close[JSON_WRITE_DEPTH]; /* what is open: '}' or ']' */
	bool comma;		      /* a value stands before the next one */
};

/* Begin to write at the end of `out`, which outlives the writer. */
void json_init(struct json *json, struct buf *out);

void json_object(struct json *json, const char *key);
void json_array(struct json *json, const char *key);

/* Close the innermost object or array. */
void json_end(struct json *json);

void json_null(struct json *json, const char *key);
void json_bool(struct json *json, const char *key, bool value);
void json_int(struct json *json, const char *key, int64_t value);

/*
 * A string; SPAN_NONE is null. Invalid UTF-8 is replaced by U+FFFD, so that
 * what is written is always JSON.
 */
void json_span(struct json *json, const char *key, struct span value);
void json_text(struct json *json, const char *key, const char *value);

/* A value that is JSON already, as it is; SPAN_NONE is null. */
void json_raw(struct json *json, const char *key, struct span value);

#endif
