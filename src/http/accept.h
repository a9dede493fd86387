/* SPDX-License-Identifier: MIT */
/*
 * Which form of an answer a client likes best: Accept (RFC 9110, section
 * 12.5.1). A client whose header names none of ours gets the first all the same,
 * as that section allows; so wildcards are not looked at.
 */
#ifndef HTTP_ACCEPT_H
#define HTTP_ACCEPT_H

#include <stddef.h>

#include "base/str.h"

#define ACCEPT_JSON "application/json"
#define ACCEPT_LINES "application/x-ndjson"
#define ACCEPT_CSV "text/csv"

/*
 * Choose among media types, whose names may be in any case of letters (section
 * 8.3.1).
 *
 * Gives: the place of the one with the most weight, of several the one that
 *        the header names first; 0 where it names none, or has not come.
 */
size_t accept_choose(struct span accept, const char *const *types,
    size_t count);

#endif
