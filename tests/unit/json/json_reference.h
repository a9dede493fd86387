/* SPDX-License-Identifier: MIT */
/*
 * A second reader of JSON, written to be compared with: recursive, byte by
 * byte, straight from the grammar of RFC 8259 and the table of UTF-8 in RFC
 * 3629, and slow. What json_scan accepts must be what this accepts; the two
 * share no code that looks at JSON.
 */
#ifndef TESTS_UNIT_JSON_REFERENCE_H
#define TESTS_UNIT_JSON_REFERENCE_H

#include "json/json_scan.h"

/*
 * Would json_scan_object() accept this text? Gives: if so, *members as it
 * should have filled them.
 */
bool json_reference(struct span text, const struct json_limits *limits,
    struct json_member *members, size_t count);

/* Do two lists of found members say the same? */
bool json_reference_same(const struct json_member *one,
    const struct json_member *other, size_t count);

#endif
