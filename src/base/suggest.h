/* SPDX-License-Identifier: MIT */
/*
 * The known name that a misspelt one was probably meant to be: "limit" for
 * "limt", "processing_status" for "status". Candidates are shown one by one.
 */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include "base/str.h"

struct suggestion {
	const char *name; /* the nearest so far; NULL: none is near */
	size_t distance;
};

/*
 * Look at one more candidate. Near is a name with few letters exchanged, added
 * or left out, a third of them at most, or one that has the other as a part.
 * Needs: *best is zeroed before the first one.
 */
void suggest(struct suggestion *best, struct span given, const char *candidate);

#endif
