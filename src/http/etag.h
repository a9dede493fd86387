/* SPDX-License-Identifier: MIT */
/*
 * Versions of what was answered: ETag and the headers that name such versions
 * (RFC 9110, section 8.8.3 and 13.1).
 */
#ifndef HTTP_ETAG_H
#define HTTP_ETAG_H

#include "base/str.h"

/* Is a header a bare `*`, any version? Within quotes it is one like others. */
bool etag_is_any(struct span header);

/*
 * The next version of If-Match or If-None-Match, without its quotes. Our
 * versions hold no comma.
 *
 * Gives: false when there is none; *ret_weak, whether it was marked as weak.
 */
bool etag_next(struct span *rest, struct span *ret_tag, bool *ret_weak)
    MUST_CHECK;

/*
 * Does If-None-Match name this version? Weak comparison: a mark does no harm.
 */
bool etag_is_known(struct span if_none_match, struct span tag);

/*
 * Does If-Match allow a change of a row of this version? Strong comparison, of
 * the part of each tag before its first '-' (see resource.c). Without the
 * header anything is allowed.
 */
bool etag_allows(struct span if_match, struct span version);

#endif
