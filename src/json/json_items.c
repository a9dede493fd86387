/* SPDX-License-Identifier: MIT */
#include "json/json_items.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The end of the element at `at`: its comma, or the bracket of the array. */
static const char *
end_of_item(const char *at, const char *end)
{
	bool in_string = false;
	unsigned depth = 0;

	for (; at < end; at++) {
		if (in_string) {
			if (*at == '\\' && at + 1 < end)
				at++;
			else if (*at == '"')
				in_string = false;
			continue;
		}
		if (*at == '"')
			in_string = true;
		else if (*at == '[' || *at == '{')
			depth++;
		else if (depth == 0 && (*at == ',' || *at == ']'))
			break;
		else if (*at == ']' || *at == '}')
			depth--;
	}
	return at;
}

size_t
json_items(struct span array, struct span *items, size_t max)
{
	const char *at = array.at;
	const char *end = array.at + array.len;
	size_t count = 0;

	while (at < end && *at != ']') {
		const char *after;

		at++; /* the bracket or a comma */
		while (at < end && is_blank(*at))
			at++;
		after = end_of_item(at, end);
		if (at == after)
			break; /* an empty array */
		if (count < max) {
			const char *last = after;

			while (is_blank(last[-1]))
				last--;
			items[count] = (struct span){ at, (size_t)(last - at) };
		}
		count++;
		at = after;
	}
	return count;
}
