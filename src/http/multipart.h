/* SPDX-License-Identifier: MIT */
/*
 * A body of multipart/form-data (RFC 7578), taken apart where it lies: each
 * part's name and bytes are spans of the body. Strict: what a browser or curl
 * sends is read, everything that could be read in two ways is refused.
 */
#ifndef HTTP_MULTIPART_H
#define HTTP_MULTIPART_H

#include <stddef.h>

#include "base/diag.h"
#include "base/str.h"

/* More parts than this are refused. */
#define MULTIPART_PARTS_MAX 16
/* Bytes the headers of one part may have. */
#define MULTIPART_HEAD_MAX 4096

struct part {
	struct span name;
	/* SPAN_NONE: it is no file; never a path of ours */
	struct span file_name;
	struct span media_type; /* SPAN_NONE: it does not say */
	struct span bytes;
};

struct parts {
	size_t count;
	struct part items[MULTIPART_PARTS_MAX];
};

/*
 * The boundary of a Content-Type.
 * Fails: E_MEDIA when it is not multipart/form-data; E_SYNTAX when it has no
 *        boundary or an impossible one.
 */
enum err multipart_boundary(struct span content_type, struct span *ret_boundary,
    struct diag *diag) MUST_CHECK;

/*
 * Take a whole body apart.
 *
 * Gives: the parts in their order, as spans of the body.
 * Fails: E_SYNTAX; the client is told what is wrong.
 */
enum err multipart_read(struct span body, struct span boundary,
    struct parts *ret_parts, struct diag *diag) MUST_CHECK;

/* Count the parts of a name. Gives: *ret_part, the first. */
size_t multipart_find(const struct parts *parts, const char *name,
    const struct part **ret_part);

#endif
