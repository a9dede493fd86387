/* SPDX-License-Identifier: MIT */
#include "adapters/svg/svg_text.h"

#include <string.h>

/* What an image may hold: pictures of points, never another SVG. */
static const char *const data_types[] = {
	"data:image/png;base64,",
	"data:image/jpeg;base64,",
	"data:image/gif;base64,",
	"data:image/webp;base64,",
};

/* Functions of CSS that fetch something; url() may name a part. */
static const char *const fetching[] = { "image-set(", "image(", "src(",
	"cross-fade(", "element(" };

/*
 * What else a style may not hold. A backslash would spell any word in another
 * way; keyframes draw the picture for ever; in
 * brackets, braces are none (svg_style.c).
 */
static const char *const style_words[] = { "\\", "@import", "@font-face",
	"@namespace", "@charset", "keyframes", "expression",
	"javascript:", "behavior", "binding", "[" };

enum err
svg_refuse(struct diag *diag, const char *what, const char *name)
{
	return diag_tell(diag, E_INVALID, "The SVG holds %s%s%.40s: remove it",
	    what, name == NULL ? "" : " ", name == NULL ? "" : name);
}

static const char blanks[] = " \t\r\n\f";

struct span
svg_trim(struct span text)
{
	while (text.len > 0 && memchr(blanks, *text.at, sizeof(blanks) - 1)) {
		text.at++;
		text.len--;
	}
	while (text.len > 0 &&
	    memchr(blanks, text.at[text.len - 1], sizeof(blanks) - 1))
		text.len--;
	return text;
}

/*
 * Only as drawing programs write it: a quote, a bracket or a comment more, and
 * a browser might see the end in another place.
 */
bool
svg_next_part(const char **text, struct span *ret_part)
{
	const char *at = *text;
	char quote = '\0';

	*ret_part = SPAN_NONE;
	do {
		at = strcasestr(at, "url");
		if (at == NULL)
			return true;
		at += 3;
	} while (*at != '(');
	at += 1 + strspn(at + 1, blanks);
	if (*at == '"' || *at == '\'')
		quote = *at++;
	if (*at++ != '#')
		return false;
	ret_part->at = at;
	ret_part->len = strcspn(at,
	    quote == '\0' ? "\"'(){};/* \t\r\n\f" : "\"'(){};/*\t\r\n\f");
	at += ret_part->len;
	if (quote != '\0' && *at++ != quote)
		return false;
	at += strspn(at, blanks);
	*text = at;
	return *at == ')';
}

bool
svg_stays_within(const char *text)
{
	for (size_t i = 0; i < COUNT(fetching); i++)
		if (strcasestr(text, fetching[i]) != NULL)
			return false;
	for (;;) {
		struct span part;

		if (!svg_next_part(&text, &part))
			return false;
		if (part.at == NULL)
			return true;
	}
}

enum err
svg_check_style(const char *text, struct diag *diag)
{
	for (size_t i = 0; i < COUNT(style_words); i++)
		if (strcasestr(text, style_words[i]) != NULL)
			return svg_refuse(diag, "a style with", style_words[i]);
	if (!svg_stays_within(text))
		return svg_refuse(diag, "a style that refers to elsewhere",
		    NULL);
	return E_OK;
}

bool
svg_has_script(const char *value)
{
	static const char word[] = "javascript:";
	size_t matched = 0;

	for (const char *at = value; *at != '\0'; at++) {
		char c = *at >= 'A' && *at <= 'Z' ? (char)(*at + 32) : *at;

		if ((unsigned char)c <= ' ')
			continue;
		matched = c == word[matched] ? matched + 1 :
		    c == word[0]	     ? 1 :
					       0;
		if (word[matched] == '\0')
			return true;
	}
	return false;
}

enum err
svg_check_href(const char *element, const char *value, struct diag *diag)
{
	if (value[0] == '#' || value[0] == '\0')
		return E_OK;
	if (strcmp(element, "image") == 0)
		for (size_t i = 0; i < COUNT(data_types); i++)
			if (strncasecmp(value, data_types[i],
				strlen(data_types[i])) == 0)
				return E_OK;
	return svg_refuse(diag, "a reference to elsewhere in", element);
}
