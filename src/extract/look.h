/* SPDX-License-Identifier: MIT */
/*
 * Looking into an answer: members of objects within objects, without a tree.
 * The answer is in a buffer that may be written: while a value is looked at, the
 * byte behind it is 0 (see json_scan.h).
 */
#ifndef EXTRACT_LOOK_H
#define EXTRACT_LOOK_H

#include "base/arena.h"
#include "json/json_items.h"
#include "json/json_scan.h"

/*
 * Find members of a value that should be an object.
 * Gives: false when it is none; then all are absent.
 */
bool look_object(struct span value, struct json_member *members, size_t count);

/* One member; absent when the value is no object. */
struct json_member look_member(struct span value, const char *name);

/* The member at a path, "data.repository.id". */
struct json_member look_path(struct span value, const char *path);

/* A string decoded, or a number as it is; SPAN_NONE: neither. */
struct span look_text(struct span value, struct arena *arena);

/* The elements of an array; *ret_count is 0 when it is none. */
struct span *look_items(const struct json_member *array, struct arena *arena,
    size_t *ret_count);

#endif
