#include "json/json_read.h"

#include <string.h>

#include <cjson/cJSON.h>

enum err
json_read_string(struct span value, struct arena *arena, struct span *ret_text,
    struct diag *diag)
{
	enum err rc = E_OK;
	const char *decoded;
	char *copy;
	cJSON *item;

	/* Most strings have no escape: no need to ask anybody. */
	if (value.len >= 2 && value.at[0] == '"' &&
	    memchr(value.at, '\\', value.len) == NULL) {
		struct span inner = { value.at + 1, value.len - 2 };

		copy = arena_text(arena, inner);
		if (copy == NULL)
			return diag_set(diag, E_NO_MEMORY, "a string's copy");
		*ret_text = (struct span){ copy, inner.len };
		return E_OK;
	}
	item = cJSON_ParseWithLength(value.at, value.len);
	decoded = cJSON_GetStringValue(item);
	if (decoded == NULL) {
		rc = diag_set(diag, E_SYNTAX, "a string cannot be decoded");
		goto out;
	}
	copy = arena_text(arena, str_span(decoded));
	if (copy == NULL) {
		rc = diag_set(diag, E_NO_MEMORY, "a string's copy");
		goto out;
	}
	*ret_text = str_span(copy);
out:
	cJSON_Delete(item);
	return rc;
}
