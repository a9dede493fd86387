/* SPDX-License-Identifier: MIT */
/*
 * Any bytes: json_scan accepts what the reference accepts, finds the same
 * members within the text, and says the same twice. Several passes: with the
 * limits of the service, with some that small inputs can reach, and with those
 * that take what json_replace() is for, and what that makes of it.
 */
#include <stdlib.h>
#include <string.h>

#include "json/json_replace.h"
#include "json/json_scan.h"

#include "fuzz.h"
#include "unit/json/json_reference.h"

#define MEMBERS 3

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
check_members(struct span text, const struct json_member *members)
{
	for (size_t i = 0; i < MEMBERS; i++) {
		struct span value = members[i].value;

		must((members[i].kind == JSON_ABSENT) == (value.at == NULL));
		must(members[i].item_count >= 0);
		if (value.at == NULL)
			continue;
		must(value.len > 0 && value.len <= text.len);
		must(value.at >= text.at &&
		    value.at + value.len <= text.at + text.len);
	}
}

static void
check(struct span text, const struct json_limits *limits)
{
	struct json_member found[MEMBERS], again[MEMBERS], wanted[MEMBERS];
	struct json_refusal refusal = { JSON_OK, 0, 0 }, same = { JSON_OK, 0, 0 };
	bool accepted;

	clear(found);
	clear(again);
	clear(wanted);
	accepted = json_scan_object(text, limits, found, MEMBERS, &refusal);
	must(accepted == json_scan_object(text, limits, again, MEMBERS, &same));
	must(accepted == json_reference(text, limits, wanted, MEMBERS));
	must(refusal.flaw == same.flaw && refusal.at == same.at);
	if (!accepted) {
		must(refusal.flaw != JSON_OK && refusal.at <= text.len);
		return;
	}
	check_members(text, found);
	must(json_reference_same(found, again, MEMBERS));
	must(json_reference_same(found, wanted, MEMBERS));
}

/*
 * What passes with unstorable escapes is, once they are replaced, what passes
 * without: the same members at the same places, nothing but these changed.
 */
static void
check_replaced(char *text, size_t size)
{
	struct json_member before[MEMBERS], after[MEMBERS];
	struct json_refusal refusal = { JSON_OK, 0, 0 };
	struct span span = { text, size };
	size_t count;
	bool strict;

	clear(before);
	clear(after);
	strict = json_scan_object(span, &json_limits_default, before, MEMBERS,
	    &refusal);
	if (!json_scan_object(span, &json_limits_unstorable, before, MEMBERS,
	    &refusal)) {
		must(!strict);
		return;
	}
	count = json_replace(text, size);
	must((count == 0) == strict);
	must(json_scan_object(span, &json_limits_default, after, MEMBERS,
	    &refusal));
	must(json_reference_same(before, after, MEMBERS));
	must(json_replace(text, size) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct json_limits small = { 3, 12, 40, false, 3,
	    2000 };
	char *copy = malloc(size + 1); /* nothing may be read behind its end */

	if (copy == NULL)
		return 0;
	if (size > 0)
		memcpy(copy, data, size);
	copy[size] = '\0';
	check((struct span){ copy, size }, &json_limits_default);
	check((struct span){ copy, size }, &json_limits_unstorable);
	check((struct span){ copy, size }, &small);
	check_replaced(copy, size);
	free(copy);
	return 0;
}
