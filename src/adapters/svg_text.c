#include "adapters/svg_text.h"

#include <string.h>

/* What an image may hold: pictures of points, never another SVG. */
static const char *const data_types[] = {
	"data:image/png;base64,", "data:image/jpeg;base64,",
	"data:image/gif;base64,", "data:image/webp;base64,",
};

/* Functions of CSS that fetch something; url() may name a part. */
static const char *const fetching[] = { "image-set(", "image(", "src(",
	"cross-fade(", "element(" };

/*
 * What else a style may not hold. A backslash would spell any word in another
 * way.
 */
static const char *const style_words[] = { "\\", "@import", "@font-face",
	"@namespace", "@charset", "expression", "javascript:", "behavior",
	"binding" };

enum err
svg_refuse(struct diag *diag, const char *what, const char *name)
{
	return diag_tell(diag, E_INVALID, "The SVG holds %s%s%.40s: remove it",
	    what, name == NULL ? "" : " ", name == NULL ? "" : name);
}

bool
svg_stays_within(const char *text)
{
	for (size_t i = 0; i < COUNT(fetching); i++)
		if (strcasestr(text, fetching[i]) != NULL)
			return false;
	for (const char *at = text; (at = strcasestr(at, "url")) != NULL;) {
		at += 3;
		if (*at != '(')
			continue;
		at += 1 + strspn(at + 1, " \t\r\n\f\"'");
		if (*at != '#')
			return false;
	}
	return true;
}

enum err
svg_check_style(const char *text, struct diag *diag)
{
	for (size_t i = 0; i < COUNT(style_words); i++)
		if (strcasestr(text, style_words[i]) != NULL)
			return svg_refuse(diag, "a style with", style_words[i]);
	if (!svg_stays_within(text))
		return svg_refuse(diag, "a style that refers to elsewhere", NULL);
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
		    c == word[0] ? 1 : 0;
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
