/* SPDX-License-Identifier: MIT */
#include "http/params.h"

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Decode one name or value. */
static enum err
decode(struct span raw, struct arena *arena, struct span *ret_text,
    struct diag *diag)
{
	char *text = arena_ask(arena, raw.len + 1);
	size_t len = 0;

	if (text == NULL)
		return arena_done(arena, diag);
	for (size_t i = 0; i < raw.len; i++) {
		char c = raw.at[i];

		if (c == '%') {
			bool whole = raw.len - i > 2;
			int high = whole ? hex_digit(raw.at[i + 1]) : -1;
			int low = whole ? hex_digit(raw.at[i + 2]) : -1;

			if (high < 0 || low < 0)
				return diag_tell(diag, E_SYNTAX,
				    "The query"
				    " string holds a '%%' that is not followed"
				    " by two hexadecimal digits");
			c = (char)(high * 16 + low);
			i += 2;
		} else if (c == '+') {
			c = ' ';
		}
		if (c == '\0')
			return diag_tell(diag, E_SYNTAX,
			    "The query string holds a NUL character");
		text[len++] = c;
	}
	ret_text->at = text;
	ret_text->len = len;
	if (span_utf8_chars(*ret_text) == SIZE_MAX)
		return diag_tell(diag, E_SYNTAX,
		    "The query string is not valid UTF-8");
	return E_OK;
}

enum err
params_read(struct span query, struct arena *arena, struct params *ret_params,
    struct diag *diag)
{
	enum err rc;

	ret_params->count = 0;
	while (query.len > 0) {
		struct span rest = query;
		struct span value = span_cut(&rest, '&');
		struct span name;
		struct param *pair;

		query = rest;
		if (value.len == 0)
			continue;
		name = span_cut(&value, '=');
		if (ret_params->count == PARAMS_MAX)
			return diag_tell(diag, E_SYNTAX,
			    "The query string has more than %d parameters",
			    PARAMS_MAX);
		pair = &ret_params->pairs[ret_params->count];
		rc = decode(name, arena, &pair->name, diag);
		if (rc == E_OK)
			rc = decode(value, arena, &pair->value, diag);
		if (rc != E_OK)
			return rc;
		ret_params->count++;
	}
	return E_OK;
}

size_t
params_find(const struct params *params, const char *name,
    struct span *ret_value)
{
	size_t found = 0;

	for (size_t i = 0; i < params->count; i++) {
		if (!span_is(params->pairs[i].name, name))
			continue;
		if (found++ == 0)
			*ret_value = params->pairs[i].value;
	}
	return found;
}
