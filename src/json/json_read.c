/* SPDX-License-Identifier: MIT */
#include "json/json_read.h"

#include <string.h>

#include <cjson/cJSON.h>

enum err
json_read_string(struct span value, struct arena *arena, struct span *ret_text,
    struct diag *diag)
{
	struct span text;
	cJSON *item = NULL;
	enum err rc;

	/* Most strings have no escape: no need to ask anybody. */
	if (value.len >= 2 && value.at[0] == '"' &&
	    memchr(value.at, '\\', value.len) == NULL) {
		text = (struct span){ value.at + 1, value.len - 2 };
	} else {
		item = cJSON_ParseWithLength(value.at, value.len);
		text = str_span(cJSON_GetStringValue(item));
	}
	if (text.at == NULL) {
		rc = diag_set(diag, E_SYNTAX, "a string cannot be decoded");
	} else {
		text = arena_span(arena, text);
		rc = arena_done(arena, diag);
	}
	cJSON_Delete(item);
	if (rc == E_OK)
		*ret_text = text;
	return rc;
}
