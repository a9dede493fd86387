/* SPDX-License-Identifier: MIT */
#include "json/json_scan.h"

#include <string.h>

#include "json/json_value.h"

const struct json_limits json_limits_default = {
	.depth = 512,
	.exponent = 308,
	.expansion = (size_t)128 << 20,
	.members = 4096,
	.memory = (size_t)512 << 20,
};

const struct json_limits json_limits_unstorable = {
	.depth = 512,
	.exponent = 308,
	.expansion = (size_t)128 << 20,
	.unstorable = true,
	.members = 4096,
	.memory = (size_t)512 << 20,
};

static const struct {
	bool well_formed;
	const char *name;
	const char *text;
} flaw_rows[] = {
#define FLAW(code, well_formed, name, text) \
	[code] = { well_formed, name, text },
#include "json/json_flaw_rows.h"
#undef FLAW
};

const char *
json_flaw_name(enum json_flaw flaw)
{
	return flaw_rows[flaw].name;
}

const char *
json_flaw_text(enum json_flaw flaw)
{
	return flaw_rows[flaw].text;
}

bool
json_flaw_is_well_formed(enum json_flaw flaw)
{
	return flaw_rows[flaw].well_formed;
}

/* After an element or member: is there another? *ret_more says. */
static bool
scan_next(struct json_pass *s, unsigned char close, bool *ret_more)
{
	json_skip_blanks(s);
	if (*s->at != ',' && *s->at != close)
		return json_refuse(s, JSON_SYNTAX, s->at);
	*ret_more = *s->at == ',';
	if (!*ret_more)
		s->depth--;
	s->at++;
	return true;
}

/* An array, from its bracket; counts the elements. */
static bool
scan_array(struct json_pass *s, int64_t *ret_count)
{
	bool more = true;

	*ret_count = 0;
	s->memory += JSON_ARRAY_BYTES;
	if (!json_enter(s))
		return false;
	if (*s->at == ']') {
		s->at++;
		s->depth--;
		return true;
	}
	while (more) {
		if (!s->impl->value(s) || !scan_next(s, ']', &more))
			return false;
		(*ret_count)++;
	}
	return true;
}

/*
 * Does this name lead to items? Gives what follows "name.", an empty text when
 * the items are the value itself, or NULL.
 */
static const char *
items_below(const char *const *items, struct span name)
{
	for (; *items != NULL; items++) {
		size_t len = strcspn(*items, ".");

		if (len == name.len && memcmp(*items, name.at, len) == 0)
			return *items + len + ((*items)[len] == '.' ? 1 : 0);
	}
	return NULL;
}

/* A member's name, one of not too many. */
static bool
next_member(struct json_pass *s, unsigned *count, struct span *ret_name)
{
	if ((*count)++ > s->limits->members - 1) /* of 0 it is the most */
		return json_refuse(s, JSON_MEMBERS, s->at);
	return s->impl->name_of(s, ret_name);
}

/* An object that may hold a batch's items, from its brace; -1: none found. */
static bool
scan_items(struct json_pass *s, const char *const *items, int64_t *ret_count)
{
	unsigned found = 0;
	bool more = true;

	*ret_count = -1;
	s->memory += JSON_OBJECT_BYTES;
	if (!json_enter(s))
		return false;
	if (*s->at == '}') {
		s->at++;
		s->depth--;
		return true;
	}
	while (more) {
		const char *below[2] = { NULL, NULL };
		int64_t count = -1;
		struct span name;

		if (!next_member(s, &found, &name))
			return false;
		json_skip_blanks(s);
		if (*ret_count < 0)
			below[0] = items_below(items, name);
		if (below[0] != NULL && *below[0] == '\0' && *s->at == '[') {
			if (!scan_array(s, &count))
				return false;
		} else if (below[0] != NULL && *below[0] != '\0' &&
		    *s->at == '{') {
			if (!scan_items(s, below, &count))
				return false;
		} else if (!s->impl->value(s)) {
			return false;
		}
		if (count >= 0)
			*ret_count = count;
		if (!scan_next(s, '}', &more))
			return false;
	}
	return true;
}

static enum json_kind
kind_of(unsigned char first)
{
	switch (first) {
	case 'n':
		return JSON_NULL;
	case 't':
		return JSON_TRUE;
	case 'f':
		return JSON_FALSE;
	case '"':
		return JSON_STRING;
	case '[':
		return JSON_ARRAY;
	case '{':
		return JSON_OBJECT;
	default:
		return JSON_NUMBER;
	}
}

/* The value of a wanted member. */
static bool
scan_member(struct json_pass *s, struct json_member *member)
{
	const unsigned char *start;
	bool fine;

	json_skip_blanks(s);
	start = s->at;
	member->kind = kind_of(*start);
	member->item_count = 1;
	if (member->kind == JSON_ARRAY)
		fine = scan_array(s, &member->item_count);
	else if (member->kind == JSON_OBJECT && member->items != NULL)
		fine = scan_items(s, member->items, &member->item_count);
	else
		fine = s->impl->value(s);
	if (member->item_count < 0)
		member->item_count = 1;
	member->value.at = (const char *)start;
	member->value.len = (size_t)(s->at - start);
	if (fine && s->memory - 1 > s->limits->memory - 1)
		return json_refuse(s, JSON_VALUES, start);
	return fine;
}

static struct json_member *
member_named(struct json_member *members, size_t count, struct span name)
{
	for (size_t i = 0; i < count; i++)
		if (members[i].name != NULL && span_is(name, members[i].name))
			return &members[i];
	return NULL;
}

/* Keep the name of a member that nobody wants, where there is room for it. */
static void
note_stranger(struct json_member *members, size_t count, struct span name)
{
	for (size_t i = 0; i < count; i++) {
		if (members[i].name != NULL || members[i].kind != JSON_ABSENT)
			continue;
		members[i].kind = JSON_STRING;
		members[i].value = name;
		return;
	}
}

/* The outermost object, from its brace. */
static bool
scan_envelope(struct json_pass *s, struct json_member *members, size_t count)
{
	unsigned found = 0;
	bool more = true;

	if (!json_enter(s))
		return false;
	if (*s->at == '}') {
		s->at++;
		return true;
	}
	while (more) {
		struct json_member *member;
		struct span name;

		if (!next_member(s, &found, &name))
			return false;
		member = member_named(members, count, name);
		if (member != NULL && member->kind != JSON_ABSENT)
			return json_refuse(s, JSON_DUPLICATE,
			    (const unsigned char *)name.at);
		if (member == NULL)
			note_stranger(members, count, name);
		if (member != NULL ? !scan_member(s, member) :
				     !s->impl->value(s))
			return false;
		if (!scan_next(s, '}', &more))
			return false;
	}
	return true;
}

/* Where the whole text goes wrong before its first or after its last brace. */
static bool
scan_text(struct json_pass *s, struct json_member *members, size_t count)
{
	if (s->end - s->at >= 3 && memcmp(s->at, "\xef\xbb\xbf", 3) == 0)
		return json_refuse(s, JSON_BOM, s->at);
	json_skip_blanks(s);
	if (s->at == s->end)
		return json_refuse(s, JSON_EMPTY, s->at);
	if (*s->at != '{') {
		if (!s->impl->value(s))
			return false;
		return json_refuse(s, JSON_NOT_OBJECT, s->start);
	}
	if (!scan_envelope(s, members, count))
		return false;
	json_skip_blanks(s);
	if (s->at != s->end)
		return json_refuse(s, JSON_TRAILING, s->at);
	return true;
}

static bool
scan_document(struct json_pass *s, struct json_member *value)
{
	if (s->end - s->at >= 3 && memcmp(s->at, "\xef\xbb\xbf", 3) == 0)
		return json_refuse(s, JSON_BOM, s->at);
	json_skip_blanks(s);
	if (s->at == s->end)
		return json_refuse(s, JSON_EMPTY, s->at);
	if (!scan_member(s, value))
		return false;
	json_skip_blanks(s);
	if (s->at != s->end)
		return json_refuse(s, JSON_TRAILING, s->at);
	return true;
}

bool
json_scan_document(struct span text, const struct json_limits *limits,
    struct json_member *ret_value, struct json_refusal *ret_refusal)
{
	const unsigned char *start = (const unsigned char *)text.at;
	struct json_pass s = {
		.impl = json_impl_best(),
		.start = start,
		.at = start,
		.end = start + text.len,
		.limits = limits,
		.depth = 1, /* that of an envelope */
	};

	if (scan_document(&s, ret_value))
		return true;
	ret_refusal->memory = s.memory;
	ret_refusal->flaw = s.flaw;
	ret_refusal->at = (size_t)(s.flaw_at - s.start);
	return false;
}

bool
json_scan_object(struct span text, const struct json_limits *limits,
    struct json_member *members, size_t count, struct json_refusal *ret_refusal)
{
	return json_scan_with(json_impl_best(), text, limits, members, count,
	    ret_refusal);
}

bool
json_scan_with(const struct json_impl *impl, struct span text,
    const struct json_limits *limits, struct json_member *members, size_t count,
    struct json_refusal *ret_refusal)
{
	const unsigned char *start = (const unsigned char *)text.at;
	struct json_pass s = {
		.impl = impl,
		.start = start,
		.at = start,
		.end = start + text.len,
		.limits = limits,
	};

	for (size_t i = 0; i < count; i++) {
		members[i].kind = JSON_ABSENT;
		members[i].value = SPAN_NONE;
		members[i].item_count = 0;
	}
	if (scan_text(&s, members, count))
		return true;
	ret_refusal->memory = s.memory;
	ret_refusal->flaw = s.flaw;
	ret_refusal->at = (size_t)(s.flaw_at - s.start);
	return false;
}
