/* SPDX-License-Identifier: MIT */
/*
 * Logos: SVG pictures that were checked, each under a name that is made of what
 * is in it. They are everybody's to read; no tenant is in them.
 */
#ifndef MODELS_CATALOGUE_LOGO_H
#define MODELS_CATALOGUE_LOGO_H

#include "adapters/db/db.h"

/* Half a SHA-256 in hexadecimal digits, .svg, and the byte that ends a text. */
#define LOGO_NAME_SIZE (32 + 5)
#define LOGO_MAX_BYTES 1048576

/* The name of a picture. Fails: as digest_sha256(). */
enum err logo_name(struct span picture, char ret_name[LOGO_NAME_SIZE],
    struct diag *diag) MUST_CHECK;

/*
 * Keep a picture under its name, unless it is there.
 * Needs: name is logo_name()'s; svg_check() took the picture; it has
 *        LOGO_MAX_BYTES at most. Fails: as db_run().
 */
enum err logo_insert(struct db *db, const char *name, struct span picture,
    struct arena *arena, struct diag *diag) MUST_CHECK;

/*
 * Gives: *ret_picture, which lives in the arena.
 * Fails: E_NO_ROW: the client is told; others as db_run().
 */
enum err logo_get(struct db *db, struct span name, struct arena *arena,
    struct span *ret_picture, struct diag *diag) MUST_CHECK;

#endif
