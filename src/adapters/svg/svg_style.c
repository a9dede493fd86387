/* SPDX-License-Identifier: MIT */
#include "adapters/svg/svg_style.h"

#include <string.h>

#include "adapters/svg/svg_limit.h"
#include "adapters/svg/svg_text.h"

/* Rules within each other. */
#define RULES_DEPTH_MAX 16
/* A style sheet of more bytes than the whole picture may have. */
#define STYLE_MAX (2u << 20)

/* A style while it is read. */
struct style {
	struct svg_drawing *drawing;
	struct diag *diag;
	/* Of the rules that are open; none: of the last element. */
	struct span selectors[RULES_DEPTH_MAX];
	size_t depth;
	bool is_sheet;
};

/* Note all url(#part) of a text. */
static void
apply_parts(struct style *style, const char *text)
{
	struct span selectors = SPAN_NONE, part;

	if (style->depth > 0)
		selectors = style->selectors[style->depth - 1];
	else if (style->is_sheet)
		selectors = SPAN_LIT("*");
	while (svg_next_part(&text, &part) && part.at != NULL)
		svg_drawing_apply(style->drawing, selectors, part);
}

/* As references, these draw once more; as functions they have no limits. */
static bool
has_function(const char *value)
{
	return strcasestr(value, "blur(") != NULL ||
	    strcasestr(value, "drop-shadow(") != NULL;
}

static enum err
refuse_function(struct diag *diag)
{
	return svg_refuse(diag,
	    "blur() or drop-shadow() in a style, for which"
	    " there is the element filter",
	    NULL);
}

static enum err
read_property(struct style *style, struct span name, const char *value)
{
	struct span selectors = SPAN_NONE;
	bool is_dashed;
	enum err rc;

	apply_parts(style, value);
	if (!span_is_nocase(name, "stroke-dasharray"))
		return E_OK;
	rc = svg_limit_dashes(str_span(value), &is_dashed, style->diag);
	if (rc != E_OK || !is_dashed)
		return rc;
	if (style->depth > 0)
		selectors = style->selectors[style->depth - 1];
	else if (style->is_sheet)
		selectors = SPAN_LIT("*");
	svg_drawing_apply(style->drawing, selectors, SPAN_NONE);
	return E_OK;
}

/* One declaration, ended by a 0. */
static enum err
read_declaration(struct style *style, char *text)
{
	char *colon = strchr(text, ':');
	struct span name;

	if (colon == NULL)
		return E_OK;
	name = svg_trim((struct span){ text, (size_t)(colon - text) });
	if (span_is_nocase(name, "d"))
		return svg_refuse(style->diag, "a path in a style", NULL);
	if (has_function(colon + 1))
		return refuse_function(style->diag);
	/* var() would put it on who knows what. */
	if (name.len > 2 && memcmp(name.at, "--", 2) == 0 &&
	    strcasestr(colon + 1, "url(") != NULL)
		return svg_refuse(style->diag, "a reference in a style's",
		    "--name");
	return read_property(style, name, colon + 1);
}

static enum err
open_rule(struct style *style, char *text)
{
	struct span selectors = svg_trim(str_span(text));

	if (style->depth >= RULES_DEPTH_MAX)
		return svg_refuse(style->diag,
		    "rules too deep within each"
		    " other",
		    NULL);
	if (selectors.len == 0)
		selectors = SPAN_LIT("*");
	style->selectors[style->depth++] = selectors;
	apply_parts(style, text);
	return E_OK;
}

/* Leave out comments: where one stands, words end. */
static void
remove_comments(char *text)
{
	char *to = text, quote = '\0';

	for (char *at = text; *at != '\0'; at++) {
		if (quote == '\0' && at[0] == '/' && at[1] == '*') {
			at = strstr(at + 2, "*/");
			if (at == NULL)
				break;
			at++;
			*to++ = ' ';
			continue;
		}
		if (quote != '\0' &&
		    (*at == quote || *at == '\n' || *at == '\r' || *at == '\f'))
			quote = '\0';
		else if (quote == '\0' && (*at == '"' || *at == '\''))
			quote = *at;
		*to++ = *at;
	}
	*to = '\0';
}

/*
 * The place of the next mark outside of strings, or the end; NULL when it is
 * within parentheses, where it would be none.
 */
static char *
find_mark(char *at)
{
	int open = 0;

	while (*at != '\0') {
		char quote = *at;

		if (strchr(";{}", *at) != NULL)
			break;
		if (*at == '(')
			open++;
		if (*at == ')' && open-- == 0)
			return NULL;
		at++;
		if (quote != '"' && quote != '\'')
			continue;
		while (*at != '\0' && *at != quote &&
		    strchr("\n\r\f", *at) == NULL)
			at++;
		if (*at == quote)
			at++;
	}
	return open == 0 ? at : NULL;
}

/* Declarations and rules, one after the other. */
static enum err
read_pieces(struct style *style, char *text)
{
	enum err rc = E_OK;

	remove_comments(text);
	while (rc == E_OK && *text != '\0') {
		char *end = find_mark(text), mark;

		if (end == NULL)
			return svg_refuse(style->diag,
			    "a style with a"
			    " parenthesis too many",
			    NULL);
		mark = *end;
		*end = '\0';
		if (mark == '{')
			rc = open_rule(style, text);
		else
			rc = read_declaration(style, text);
		if (mark == '}' && style->depth > 0)
			style->depth--;
		text = mark == '\0' ? end : end + 1;
	}
	return rc;
}

static enum err
read_style(const char *text, bool is_sheet, struct svg_drawing *drawing,
    struct diag *diag)
{
	struct style style = { .drawing = drawing,
		.diag = diag,
		.is_sheet = is_sheet };
	struct buf copy;
	enum err rc;

	buf_init(&copy, STYLE_MAX);
	buf_add_text(&copy, text);
	rc = buf_done(&copy);
	if (rc == E_OK && copy.len > 0)
		rc = read_pieces(&style, copy.data);
	buf_free(&copy);
	return rc;
}

enum err
svg_style_read(const char *text, struct svg_drawing *drawing, struct diag *diag)
{
	return read_style(text, false, drawing, diag);
}

enum err
svg_style_read_sheet(const char *text, struct svg_drawing *drawing,
    struct diag *diag)
{
	return read_style(text, true, drawing, diag);
}

enum err
svg_style_attribute(const char *name, const char *value,
    struct svg_drawing *drawing, struct diag *diag)
{
	struct style style = { .drawing = drawing, .diag = diag };
	size_t len = strlen(name);

	if (len >= 6 && strcasecmp(name + len - 6, "filter") == 0 &&
	    has_function(value))
		return refuse_function(diag);
	return read_property(&style, str_span(name), value);
}
