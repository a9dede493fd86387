/*
 * Any bytes: json_scan accepts what the reference accepts, finds the same
 * members within the text, and says the same twice. Two passes, one of them
 * with limits that small inputs can reach.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json_scan.h"

#include "fuzz.h"
#include "unit/json_reference.h"

#define MEMBERS 3

static void
must(bool fine)
{
	if (!fine)
		abort();
}

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
	struct json_refusal refusal = { JSON_OK, 0 }, same = { JSON_OK, 0 };
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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct json_limits small = { 3, 12, 40 };
	char *copy = malloc(size + 1); /* nothing may be read behind its end */

	if (copy == NULL)
		return 0;
	if (size > 0)
		memcpy(copy, data, size);
	copy[size] = '\0';
	check((struct span){ copy, size }, &json_limits_default);
	check((struct span){ copy, size }, &small);
	free(copy);
	return 0;
}
