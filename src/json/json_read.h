/* SPDX-License-Identifier: MIT */
/*
 * Decode small JSON values that json_scan has found and validated. Integers
 * are read by span_int64() from their bytes, never through a double.
 */
#ifndef JSON_JSON_READ_H
#define JSON_JSON_READ_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

/*
 * Decode a JSON string, quotes included.
 *
 * Needs: a value json_scan called JSON_STRING.
 * Gives: *ret_text, terminated as well; it lives in the arena.
 * Fails: E_NO_MEMORY, E_SYNTAX when it is no string after all.
 */
enum err json_read_string(struct span value, struct arena *arena,
    struct span *ret_text, struct diag *diag) MUST_CHECK;

#endif
