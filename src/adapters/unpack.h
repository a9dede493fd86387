/* SPDX-License-Identifier: MIT */
/*
 * Content codings of request bodies (RFC 9110, section 8.4.1): gzip by zlib,
 * zstd (RFC 8878) by libzstd where it was found at build time. Bodies are
 * unpacked piece by piece as they arrive; what comes out is limited by its
 * buffer's cap, so that a bomb stops there.
 */
#ifndef ADAPTERS_UNPACK_H
#define ADAPTERS_UNPACK_H

#include "base/buf.h"
#include "base/diag.h"

struct unpack;

/* The codings that unpack_new() takes, for Accept-Encoding. */
extern const char unpack_codings[];

/*
 * Begin to unpack a body.
 *
 * Needs: `out` to outlive it; text is added at its end.
 * Fails: E_MEDIA for another coding. Owns: you unpack_free().
 */
enum err unpack_new(struct span coding, struct buf *out,
    struct unpack **ret_unpack, struct diag *diag) MUST_CHECK;
void unpack_free(struct unpack *unpack);

/*
 * Unpack the next piece, cut anywhere. After a failure only unpack_free().
 *
 * Fails: E_SYNTAX when the bytes are damaged; E_TOO_LARGE, E_NO_MEMORY as
 *        buf_done().
 */
enum err unpack_add(struct unpack *unpack, struct span piece, struct diag *diag)
    MUST_CHECK;

/* That was all. Fails: E_SYNTAX when the body ends too early. */
enum err unpack_done(const struct unpack *unpack, struct diag *diag) MUST_CHECK;

#endif
