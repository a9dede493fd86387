/*
 * How much a picture draws. A <use> draws what it refers to once more, so that
 * a few lines that refer to each other draw billions of elements; a browser
 * would stop at nothing.
 */
#ifndef ADAPTERS_SVG_DRAWING_H
#define ADAPTERS_SVG_DRAWING_H

#include "base/diag.h"

struct svg_drawing;

/* NULL without memory. Owns: you svg_drawing_free(), which takes NULL. */
struct svg_drawing *svg_drawing_new(void);
void svg_drawing_free(struct svg_drawing *drawing);

/* An element begins, as the document has them. Fails: as the check below. */
enum err svg_drawing_add(struct svg_drawing *drawing, int depth,
    struct diag *diag) MUST_CHECK;

/* The name of the last element, or the part of the picture it refers to. */
void svg_drawing_name(struct svg_drawing *drawing, const char *id);
void svg_drawing_refer(struct svg_drawing *drawing, const char *fragment);

/*
 * When all elements are there.
 * Fails: E_INVALID when 10,000 or more are drawn, or references lead too far;
 *        the client is told.
 */
enum err svg_drawing_check(struct svg_drawing *drawing, struct diag *diag)
    MUST_CHECK;

#endif
