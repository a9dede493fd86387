/* SPDX-License-Identifier: MIT */
/*
 * What the properties of a picture draw, as attributes and in style sheets:
 * references go to svg_drawing.h, numbers have their limits. Every style was
 * checked by svg_check_style() before. Only svg.c uses this.
 *
 * A style sheet is read as CSS does as far as it matters here: strings,
 * comments and braces. Where a browser may see less than we do, that is less
 * to draw.
 */
#ifndef ADAPTERS_SVG_SVG_STYLE_H
#define ADAPTERS_SVG_SVG_STYLE_H

#include "adapters/svg/svg_drawing.h"
#include "base/buf.h"

/* An attribute of the last element. Fails: E_INVALID, the client is told. */
enum err svg_style_attribute(const char *name, const char *value,
    struct svg_drawing *drawing, struct diag *diag) MUST_CHECK;

/* The attribute style of the last element. Fails: as above, E_NO_MEMORY. */
enum err svg_style_read(const char *text, struct svg_drawing *drawing,
    struct diag *diag) MUST_CHECK;

/* A style sheet. Fails: as above. */
enum err svg_style_read_sheet(const char *text, struct svg_drawing *drawing,
    struct diag *diag) MUST_CHECK;

#endif
