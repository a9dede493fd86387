/* SPDX-License-Identifier: MIT */
/*
 * What the texts of a picture may say: its attributes and style sheets run
 * nothing and fetch nothing. Only the files
 * of svg use this.
 */
#ifndef ADAPTERS_SVG_SVG_TEXT_H
#define ADAPTERS_SVG_SVG_TEXT_H

#include <stdbool.h>

#include "base/diag.h"
#include "base/str.h"

/* Tell the client what is in the way; name may be NULL. Gives: E_INVALID. */
enum err svg_refuse(struct diag *diag, const char *what, const char *name);

/* Without the blanks around it, those of CSS. */
struct span svg_trim(struct span text);

/*
 * The next url(#part) of a text, which goes on behind it; SPAN_NONE when there
 * is none. Gives: false when a url() is something else.
 */
bool svg_next_part(const char **text, struct span *ret_part) MUST_CHECK;

/* A style or attribute may fetch nothing but name a part of the picture. */
bool svg_stays_within(const char *text);

/* A style sheet, or the attribute of that name. Fails: E_INVALID. */
enum err svg_check_style(const char *text, struct diag *diag) MUST_CHECK;

/* A browser passes over blanks and control characters in a scheme. */
bool svg_has_script(const char *value);

/* What an element of that name refers to. Fails: E_INVALID. */
enum err svg_check_href(const char *element, const char *value,
    struct diag *diag) MUST_CHECK;

#endif
