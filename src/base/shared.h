/* SPDX-License-Identifier: MIT */
/*
 * Memory that all processes of a service share: a small file, mapped. Whoever
 * comes first makes it; what is in it outlives a process. Its first eight bytes
 * say what the rest is; a file of something else, another version's, is
 * replaced by a fresh one, all zero.
 */
#ifndef BASE_SHARED_H
#define BASE_SHARED_H

#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

struct shared_head {
	uint32_t magic;
	uint32_t layout;
};

/*
 * Map the file `path` of `size` bytes, which begins with a shared_head.
 *
 * Needs: `layout` tells this content from any other one of the same size.
 * Gives: *ret_at. Owns: nobody; it stays until the process ends.
 * Fails: E_SYSTEM; the text begins with what `setting` names.
 */
enum err shared_open(const char *path, const char *setting, uint32_t layout,
    size_t size, void **ret_at, struct diag *diag) MUST_CHECK;

/* FNV-1a over a text, onto what other texts have given; the first: 0. */
uint32_t shared_layout(uint32_t hash, const char *text);

#endif
