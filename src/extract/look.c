/* SPDX-License-Identifier: MIT */
#include "extract/look.h"

#include <string.h>

#include "json/json_read.h"

bool
look_object(struct span value, struct json_member *members, size_t count)
{
	struct json_refusal refusal;
	char *end, kept;
	bool found;

	if (value.len == 0)
		return false;
	memcpy(&end, &value.at, sizeof(end)); /* the caller's, mutable */
	end += value.len;
	kept = *end;
	*end = '\0';
	found = json_scan_object(value, &json_limits_unstorable, members, count,
	    &refusal);
	*end = kept;
	for (size_t i = 0; !found && i < count; i++)
		members[i].kind = JSON_ABSENT;
	return found;
}

struct json_member
look_member(struct span value, const char *name)
{
	struct json_member member = { .name = name };

	(void)look_object(value, &member, 1);
	return member;
}

struct json_member
look_path(struct span value, const char *path)
{
	struct json_member found = { .kind = JSON_OBJECT, .value = value };
	struct span rest = str_span(path);
	char name[64];

	while (rest.at != NULL && found.kind == JSON_OBJECT) {
		struct span word = span_cut(&rest, '.');

		if (word.len >= sizeof(name))
			return (struct json_member){ 0 };
		memcpy(name, word.at, word.len);
		name[word.len] = '\0';
		found = look_member(found.value, name);
	}
	found.name = NULL;
	if (rest.at != NULL)
		found.kind = JSON_ABSENT;
	return found;
}

struct span
look_text(struct span value, struct arena *arena)
{
	struct span text;
	struct diag diag;

	if (value.len == 0)
		return SPAN_NONE;
	if (value.at[0] != '"')
		return value.at[0] == '-' ||
			(value.at[0] >= '0' && value.at[0] <= '9') ?
		    arena_span(arena, value) :
		    SPAN_NONE;
	return json_read_string(value, arena, &text, &diag) == E_OK ?
	    text :
	    SPAN_NONE;
}

struct span *
look_items(const struct json_member *array, struct arena *arena,
    size_t *ret_count)
{
	struct span *items = NULL;

	*ret_count = 0;
	if (array->kind != JSON_ARRAY || array->item_count == 0)
		return NULL;
	items = arena_ask(arena, (size_t)array->item_count * sizeof(*items));
	if (items != NULL)
		*ret_count = json_items(array->value, items,
		    (size_t)array->item_count);
	return items;
}
