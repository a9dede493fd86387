/* SPDX-License-Identifier: MIT */
/*
 * Any bytes: every implementation of the scan that this processor has says
 * what the plain one says, to the byte. The bytes are scanned as they are, as a
 * string's content behind a run of plain characters, and as a value within an
 * array behind a run of blanks, so that each step's border is met.
 */
#include <stdlib.h>
#include <string.h>

#include "json/json_value.h"

#include "fuzz.h"

#define MEMBERS 3
#define RUN_MAX 140

static void
clear(struct json_member *members)
{
	static const char *const items[] = { "issues", "values", "a.b", NULL };

	memset(members, 0, MEMBERS * sizeof(*members));
	members[0].name = "raw_data";
	members[0].items = items;
	members[1].name = "tenant_id";
	members[2].name = "a";
}

static void
same_members(const struct json_member *plain, const struct json_member *other)
{
	for (size_t i = 0; i < MEMBERS; i++)
		must(plain[i].kind == other[i].kind &&
		    plain[i].value.at == other[i].value.at &&
		    plain[i].value.len == other[i].value.len &&
		    plain[i].item_count == other[i].item_count);
}

static void
check(struct span text, const struct json_limits *limits)
{
	struct json_member plain[MEMBERS], other[MEMBERS];
	struct json_refusal why = { JSON_OK, 0, 0 };
	bool accepted;

	clear(plain);
	accepted = json_scan_with(json_impl_get(0), text, limits, plain,
	    MEMBERS, &why);
	for (size_t i = 1; json_impl_get(i) != NULL; i++) {
		struct json_refusal reason = { JSON_OK, 0, 0 };

		clear(other);
		must(accepted == json_scan_with(json_impl_get(i), text, limits,
		    other, MEMBERS, &reason));
		must(why.flaw == reason.flaw && why.at == reason.at);
		if (accepted)
			same_members(plain, other);
	}
}

/* Nothing may be read behind the 0 at the end: the block ends there. */
static void
check_copy(const char *before, int fill, size_t run, const uint8_t *data,
    size_t size, const char *behind)
{
	static const struct json_limits small = { 3, 12, 40, false, 66,
	    5000 };
	size_t head = strlen(before), tail = strlen(behind);
	size_t len = head + run + size + tail;
	char *copy = malloc(len + 1);

	if (copy == NULL)
		return;
	memcpy(copy, before, head);
	memset(copy + head, fill, run);
	if (size > 0)
		memcpy(copy + head + run, data, size);
	memcpy(copy + head + run + size, behind, tail + 1);
	check((struct span){ copy, len }, &json_limits_default);
	check((struct span){ copy, len }, &json_limits_unstorable);
	check((struct span){ copy, len }, &small);
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t run = size == 0 ? 0 : (data[0] + size) % RUN_MAX;

	check_copy("", 'x', 0, data, size, "");
	check_copy("{\"raw_data\":\"", 'x', run, data, size, "\"}");
	check_copy("{\"raw_data\":[{\"", 'x', run, data, size,
	    "\" :  1}]\n   }");
	check_copy("{\"raw_data\":[[", ' ', run, data, size, "]]}");
	check_copy("{\"raw_data\":{\"a\":[[1,", ' ', run, data, size,
	    ",{\"b\":[]}]]}, \"a\":[-1.5e3, {}]}");
	return 0;
}
