/* SPDX-License-Identifier: MIT */
/*
 * What PostgreSQL cannot store in jsonb although it is JSON: the escape \u0000
 * and each escape of half a surrogate pair. Each is replaced by \ufffd, the
 * replacement character, in place: both are six bytes, so nothing moves.
 */
#ifndef JSON_JSON_REPLACE_H
#define JSON_JSON_REPLACE_H

#include <stddef.h>

#include "base/cc.h"

/*
 * Replace these in all strings and names of a text.
 *
 * Needs: a whole document, or members of one, that json_scan accepts with
 *        json_limits_unstorable.
 * Gives: how many were replaced.
 */
size_t json_replace(char *text, size_t len) MUST_CHECK;

#endif
