/* SPDX-License-Identifier: MIT */
/*
 * Packing what is answered, by zlib.
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

#endif
