/*
 * Content codings of request bodies (RFC 9110, section 8.4.1): gzip by zlib,
 * zstd (RFC 8878) by libzstd where it was found at build time. What comes out
 * is limited by its buffer's cap, so that a bomb stops there.
 */
#ifndef ADAPTERS_UNPACK_H
#define ADAPTERS_UNPACK_H

#include "base/buf.h"
#include "base/diag.h"

/* The codings that unpack() takes, for Accept-Encoding. */
extern const char unpack_codings[];

/*
 * Unpack a whole body.
 *
 * Gives: the text at the end of `out`.
 * Fails: E_MEDIA for another coding; E_SYNTAX when the bytes are damaged, end
 *        too early or go on too long; E_TOO_LARGE, E_NO_MEMORY as buf_done().
 */
enum err unpack(struct span coding, struct span packed, struct buf *out,
    struct diag *diag) MUST_CHECK;

#endif
