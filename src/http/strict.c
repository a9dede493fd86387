/* SPDX-License-Identifier: MIT */
#include "http/strict.h"

#include <string.h>

#include "base/suggest.h"

static bool
is_named(const struct field *row, struct span name)
{
	return span_is(name, row->name) ||
	    (row->older_name != NULL && span_is(name, row->older_name));
}

static bool
is_known(const struct field_set *set, enum field_place place, struct span name)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->rows[i].place == place &&
		    is_named(&set->rows[i], name))
			return true;
	return span_is(name, "tenant_id");
}

static enum err
refuse(struct req *rq, const struct field_set *set, enum field_place place,
    struct span given)
{
	struct suggestion near = { 0 };
	char *name = arena_text(rq->arena, given);
	const char *text = "is not known here";
	const struct field *elsewhere = NULL;

	for (size_t i = 0; i < set->count; i++) {
		const struct field *row = &set->rows[i];

		if (row->place == place)
			suggest(&near, given, row->name);
		else if (is_named(row, given))
			elsewhere = row;
	}
	if (elsewhere != NULL)
		text = arena_printf(rq->arena,
		    "is not known here; %s belongs"
		    " in the %s",
		    elsewhere->name, request_place_name(elsewhere->place));
	else if (near.name != NULL)
		text = arena_printf(rq->arena,
		    "is not known here; did you"
		    " mean %s?",
		    near.name);
	return request_refuse(rq, place, name, "unknown", text);
}

/* The next name of the body; SPAN_NONE: there are no more. */
static struct span
body_name(const struct req *rq, size_t number)
{
	if (rq->form != NULL)
		return number < rq->form->count ?
		    rq->form->items[number].name :
		    SPAN_NONE;
	return number < REQUEST_STRANGERS ? rq->strangers[number] : SPAN_NONE;
}

enum err
strict_check(struct req *rq, const struct field_set *set)
{
	enum err rc = E_OK;
	struct span name;

	for (size_t i = 0; (name = body_name(rq, i)).at != NULL; i++) {
		if (is_known(set, FIELD_BODY, name))
			continue;
		rc = refuse(rq, set, FIELD_BODY, name);
	}
	for (size_t i = 0; i < rq->params.count; i++) {
		name = rq->params.pairs[i].name;
		if (is_known(set, FIELD_QUERY, name))
			continue;
		rc = refuse(rq, set, FIELD_QUERY, name);
	}
	return rc;
}
