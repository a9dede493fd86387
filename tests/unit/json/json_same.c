/* SPDX-License-Identifier: MIT */
#include "unit/json/json_same.h"

#include "json/json_value.h"
#include "unit/unit.h"

/* With another implementation as with the plain one, to the byte? */
static bool
is_same_value(const struct json_impl *impl, struct span text, size_t from,
    const struct json_limits *limits)
{
	const unsigned char *start = (const unsigned char *)text.at;
	struct json_pass plain = { .impl = json_impl_get(0), .start = start,
		.at = start + from, .end = start + text.len, .limits = limits };
	struct json_pass other = plain;
	bool accepted = plain.impl->value(&plain);

	other.impl = impl;
	if (impl->value(&other) != accepted)
		return false;
	if (!accepted)
		return other.flaw == plain.flaw &&
		    other.flaw_at == plain.flaw_at;
	return other.at == plain.at && other.depth == plain.depth &&
	    other.expansion == plain.expansion &&
	    other.memory == plain.memory;
}

/* The same of the whole scan. */
static bool
is_same_scan(const struct json_impl *impl, struct span text,
    const struct json_limits *limits, bool *ret_accepted)
{
	struct json_member plain = { .name = "v" }, other = plain;
	struct json_refusal why = { JSON_OK, 0, 0 }, reason = why;

	*ret_accepted = json_scan_with(json_impl_get(0), text, limits, &plain,
	    1, &why);
	if (json_scan_with(impl, text, limits, &other, 1, &reason) !=
	    *ret_accepted)
		return false;
	if (!*ret_accepted)
		return reason.flaw == why.flaw && reason.at == why.at;
	return other.kind == plain.kind && other.value.at == plain.value.at &&
	    other.value.len == plain.value.len &&
	    other.item_count == plain.item_count;
}

bool
json_same(struct span text, size_t from, const struct json_limits *limits)
{
	struct span copy = unit_copy(text);
	bool accepted = false;

	for (size_t i = 0; json_impl_get(i) != NULL; i++) {
		const struct json_impl *impl = json_impl_get(i);

		if (!is_same_value(impl, copy, from, limits) ||
		    !is_same_scan(impl, copy, limits, &accepted))
			ck_abort_msg("%s from %zu: '%.*s'", impl->name, from,
			    SPAN_ARG(text));
	}
	unit_free(copy);
	return accepted;
}
