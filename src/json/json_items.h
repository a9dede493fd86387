/* SPDX-License-Identifier: MIT */
/*
 * The elements of an array that json_scan has found, as the bytes they are.
 * For short arrays of small things; a batch is only counted.
 */
#ifndef JSON_JSON_ITEMS_H
#define JSON_JSON_ITEMS_H

#include "base/str.h"

/*
 * Needs: a value json_scan called JSON_ARRAY.
 * Gives: how many elements it has, the first max of them in items.
 */
size_t json_items(struct span array, struct span *items, size_t max);

#endif
