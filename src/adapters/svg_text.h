/*
 * What the texts of a picture may say: its attributes and style sheets run
 * nothing and fetch nothing. Only svg.c uses this.
 */
#ifndef ADAPTERS_SVG_TEXT_H
#define ADAPTERS_SVG_TEXT_H

#include <stdbool.h>

#include "base/diag.h"

/* Tell the client what is in the way; name may be NULL. Gives: E_INVALID. */
enum err svg_refuse(struct diag *diag, const char *what, const char *name);

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
