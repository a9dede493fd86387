/* SPDX-License-Identifier: MIT */
/*
 * Numbers of a picture that have a limit: those of svg_limit_rows.h, the
 * regions of filters, the tiles of patterns, dashes. Only svg.c and svg_style.c
 * use this.
 */
#ifndef ADAPTERS_SVG_SVG_LIMIT_H
#define ADAPTERS_SVG_SVG_LIMIT_H

#include <stddef.h>

#include "base/diag.h"
#include "base/str.h"

/*
 * An element with all its attributes: names and values in turn, up to a NULL.
 * Fails: E_INVALID, the client is told what and the limit.
 */
enum err svg_limit_check(const char *element, const char *const *attributes,
    struct diag *diag) MUST_CHECK;

/* The value of stroke-dasharray. Gives: *ret_dashed. Fails: as above. */
enum err svg_limit_dashes(struct span value, bool *ret_dashed,
    struct diag *diag) MUST_CHECK;

/* No fewer than the points of a path (d) or of a polygon (points). */
size_t svg_limit_points(const char *attribute, const char *value);

#endif
