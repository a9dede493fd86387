/* SPDX-License-Identifier: MIT */
/*
 * How much a picture draws. A <use> draws what it refers to once more, and so
 * do patterns, masks, clip paths and filters for each element they are put on
 * and markers for each point; within each other they multiply: a few lines draw
 * billions of elements, and a browser would stop at nothing.
 *
 * What inherits a pattern or a marker counts as drawn with it, whether it is
 * or not, and so does what a style sheet might mean (svg_drawing_apply()).
 */
#ifndef ADAPTERS_SVG_SVG_DRAWING_H
#define ADAPTERS_SVG_SVG_DRAWING_H

#include "base/diag.h"
#include "base/str.h"

struct svg_drawing;

/* NULL without memory. Owns: you svg_drawing_free(), which takes NULL. */
struct svg_drawing *svg_drawing_new(void);
void svg_drawing_free(struct svg_drawing *drawing);

/*
 * An element begins, as the document has them. kind: its name, which stays,
 * empty when it is none of SVG. Fails: as the check below.
 */
enum err svg_drawing_add(struct svg_drawing *drawing, const char *kind,
    int depth, struct diag *diag) MUST_CHECK;

/*
 * The name of the last element, its classes, or the part of the picture that
 * its href refers to.
 */
void svg_drawing_name(struct svg_drawing *drawing, const char *id);
void svg_drawing_class(struct svg_drawing *drawing, const char *classes);
void svg_drawing_refer(struct svg_drawing *drawing, const char *fragment);

/* So many more points of a path or characters, of the last element. */
void svg_drawing_points(struct svg_drawing *drawing, size_t count);

/*
 * A property names a part of the picture with url(#part): of the last element
 * when selectors is SPAN_NONE, else of all that the rule of a style sheet is
 * for. A selector counts for all that its last word, an element's name, .class
 * or #id, is for; without one, as with brackets, for every element. SPAN_NONE
 * for the part: lines are dashed.
 */
void svg_drawing_apply(struct svg_drawing *drawing, struct span selectors,
    struct span part);

/*
 * When all elements are there.
 * Fails: E_INVALID when too much is drawn (svg_drawing_inside.h), or references
 *        lead too far; the client is told.
 */
enum err svg_drawing_check(struct svg_drawing *drawing, struct diag *diag)
    MUST_CHECK;

#endif
