/* SPDX-License-Identifier: MIT */
/*
 * Packing: what is answered by zlib, what is kept by libzstd where it was found
 * at build time.
 */
#ifndef ADAPTERS_PACK_H
#define ADAPTERS_PACK_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/str.h"

/*
 * Pack bytes as gzip (RFC 1952), as small as zlib can; the same each time.
 *
 * Gives: the packed bytes, appended to ret.
 * Fails: E_NO_MEMORY; E_TOO_LARGE as buf_done().
 */
enum err pack_gzip(struct span bytes, struct buf *ret, struct diag *diag)
    MUST_CHECK;

/*
 * A file that is packed piece by piece: as one zstd frame (RFC 8878), which ends
 * with a checksum of its content, or not at all.
 */
struct pack;

/* The coding of pack_new(), as unpack_new() takes it; "": not packed. */
extern const char pack_coding[];

/*
 * Begin a file. Owns: you pack_free(); NULL is fine. Fails: E_NO_MEMORY.
 */
enum err pack_new(struct pack **ret_pack, struct diag *diag) MUST_CHECK;
void pack_free(struct pack *pack);

/*
 * Pack the next bytes. Gives: what is ready, appended to ret.
 * Fails: E_NO_MEMORY; E_TOO_LARGE as buf_done().
 */
enum err pack_add(struct pack *pack, struct span bytes, struct buf *ret,
    struct diag *diag) MUST_CHECK;

/* That was all of this file; the next one may begin. The same. */
enum err pack_end(struct pack *pack, struct buf *ret, struct diag *diag)
    MUST_CHECK;

#endif
