/* SPDX-License-Identifier: MIT */
/*
 * Do all implementations of the scan say the same?
 */
#ifndef TESTS_UNIT_JSON_SAME_H
#define TESTS_UNIT_JSON_SAME_H

#include "json/json_scan.h"

/*
 * All implementations, on a copy that ends where the text does: of the value at
 * `from`, and of the whole. Gives: does the scan accept the whole text? An
 * assertion costs Check a system call, so there is one only where it fails.
 */
bool json_same(struct span text, size_t from, const struct json_limits *limits);

#endif
