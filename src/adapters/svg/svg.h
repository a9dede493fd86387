/* SPDX-License-Identifier: MIT */
/*
 * Is this an SVG picture that can do nothing but be looked at? Read by expat
 * from memory alone; nothing is changed, a picture is taken as it is or not.
 *
 * Taken are only elements that are known (svg_element_rows.h) in the
 * namespace of SVG, and inert descriptions of drawing programs. Refused are a
 * DOCTYPE and with it entities, processing instructions, on… attributes, and
 * every reference that does not stay within the picture, in attributes and in
 * style sheets; and a picture that draws too much (svg_drawing.h), or has
 * numbers that let a browser compute for long (svg_limit.h).
 */
#ifndef ADAPTERS_SVG_SVG_H
#define ADAPTERS_SVG_SVG_H

#include "base/diag.h"
#include "base/str.h"

/*
 * Fails: E_INVALID: diag tells the client what is in the way;
 *        E_NOT_SET_UP: this build has no expat.
 */
enum err svg_check(struct span bytes, struct diag *diag) MUST_CHECK;

#endif
