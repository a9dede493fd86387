/* SPDX-License-Identifier: MIT */
#include "http/field.h"

#include <string.h>

#include "base/stamp.h"
#include "http/request.h"
#include "json/json_read.h"

/* Where one field's value was found. */
struct found {
	const char *name;
	struct span text;		  /* of the query */
	const struct json_member *member; /* of the body */
};

static enum err
refuse(struct req *rq, const struct field *row, const struct found *found,
    const char *type, const char *text)
{
	return request_refuse(rq, row->place, found->name, type, text);
}

static enum err
read_int(const struct field *row, struct req *rq, const struct found *found,
    int64_t *ret)
{
	int64_t value;

	if (!span_int64(found->text, &value))
		return refuse(rq, row, found, "int_type", "must be an integer");
	if (value < row->min || value > row->max)
		return refuse(rq, row, found, "out_of_range",
		    arena_printf(rq->arena, "must be from %lld to %lld",
			(long long)row->min, (long long)row->max));
	*ret = value;
	return E_OK;
}

const char *
field_pattern(enum field_form form)
{
	switch (form) {
	case FORM_ANY:
		break;
	case FORM_WORDS:
		return "\\S";
	case FORM_WORD:
		return "^[a-z0-9][a-z0-9_-]*$";
	case FORM_LOGO:
		return "^[A-Za-z0-9][A-Za-z0-9._-]*\\.svg$";
	}
	return NULL;
}

static bool
is_logo(struct span text)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789._-";

	for (size_t i = 0; i < text.len; i++)
		if (memchr(plain, text.at[i], sizeof(plain) - 1) == NULL)
			return false;
	return text.len > 4 && memchr("._-", text.at[0], 3) == NULL &&
	    memcmp(text.at + text.len - 4, ".svg", 4) == 0;
}

/* What is wrong with a text's form; NULL: nothing. */
static const char *
form_flaw(enum field_form form, struct span text)
{
	switch (form) {
	case FORM_ANY:
		break;
	case FORM_WORDS:
		return span_is_blank(text) ? "must not be blank" : NULL;
	case FORM_WORD:
		return span_is_word(text) ?
		    NULL :
		    "must be one word of small letters, digits, - and _,"
		    " such as jira";
	case FORM_LOGO:
		return is_logo(text) ?
		    NULL :
		    "must be the name of a logo:"
		    " letters, digits and ._- with .svg at the end";
	}
	return NULL;
}

/* A text as it came in the query, or what the JSON string of a body says. */
static enum err
decode(const struct field *row, struct req *rq, const struct found *found,
    struct span *ret)
{
	*ret = found->text;
	if (found->member == NULL)
		return E_OK;
	if (found->member->kind != JSON_STRING)
		return refuse(rq, row, found, "string_type",
		    "must be a string");
	return json_read_string(found->text, rq->arena, ret, &rq->diag);
}

static enum err
read_text(const struct field *row, struct req *rq, const struct found *found,
    struct span *ret)
{
	struct span text;
	const char *flaw;
	size_t chars;
	enum err rc = decode(row, rq, found, &text);

	if (rc != E_OK)
		return rc;
	if (row->choices != NULL) {
		if (!span_is_choice(text, row->choices))
			return refuse(rq, row, found, "enum",
			    arena_printf(rq->arena, "must be one of %s",
				row->choices));
		*ret = text;
		return E_OK;
	}
	chars = span_utf8_chars(text);
	if (chars < (size_t)row->min || chars > (size_t)row->max)
		return refuse(rq, row, found, "string_length",
		    arena_printf(rq->arena, "must have %lld to %lld characters",
			(long long)row->min, (long long)row->max));
	flaw = form_flaw(row->form, text);
	if (flaw != NULL)
		return refuse(rq, row, found, "string_form", flaw);
	*ret = text;
	return E_OK;
}

static enum err
read_bool(const struct field *row, struct req *rq, const struct found *found,
    bool *ret)
{
	static const char *const yes[] = { "true", "1", "yes", "on" };
	static const char *const no[] = { "false", "0", "no", "off" };

	if (found->member != NULL) {
		if (found->member->kind != JSON_TRUE &&
		    found->member->kind != JSON_FALSE)
			return refuse(rq, row, found, "bool_type",
			    "must be true or false");
		*ret = found->member->kind == JSON_TRUE;
		return E_OK;
	}
	for (size_t i = 0; i < COUNT(yes); i++) {
		if (span_is_nocase(found->text, yes[i]) ||
		    span_is_nocase(found->text, no[i])) {
			*ret = span_is_nocase(found->text, yes[i]);
			return E_OK;
		}
	}
	return refuse(rq, row, found, "bool_type", "must be true or false");
}

static enum err
read_stamp(const struct field *row, struct req *rq, const struct found *found,
    struct span *ret)
{
	char *stamp = arena_get(rq->arena, STAMP_SIZE);
	struct span text;
	enum err rc = decode(row, rq, found, &text);

	if (rc != E_OK)
		return rc;
	if (!stamp_read(text, stamp))
		return refuse(rq, row, found, "datetime",
		    "must be a time as ISO 8601 has it, such as"
		    " 2026-01-31T23:59:59Z");
	*ret = str_span(stamp);
	return E_OK;
}

/* JSON in a query. A byte before it is the caller's, as in a body. */
static enum err
scan_text(const struct field *row, struct req *rq, const struct found *found,
    struct json_member *ret_value)
{
	char *copy = arena_printf(rq->arena, " %.*s", SPAN_ARG(found->text));
	struct json_refusal refusal;
	enum err rc = arena_done(rq->arena, &rq->diag);

	if (rc != E_OK)
		return rc;
	if (json_scan_document((struct span){ copy + 1, found->text.len },
		&json_limits_default, ret_value, &refusal))
		return E_OK;
	return refuse(rq, row, found, json_flaw_name(refusal.flaw),
	    json_flaw_text(refusal.flaw));
}

static enum err
read_json(const struct field *row, struct req *rq, const struct found *found,
    struct span *ret)
{
	struct json_member given = { .kind = JSON_ABSENT };
	enum json_kind kind;
	enum err rc;

	if (found->member != NULL)
		given = *found->member;
	else if ((rc = scan_text(row, rq, found, &given)) != E_OK)
		return rc;
	kind = given.kind;
	if (kind != JSON_OBJECT &&
	    (row->kind == FIELD_OBJECT || kind != JSON_ARRAY))
		return refuse(rq, row, found,
		    row->kind == FIELD_OBJECT ?
			"object_type" :
			"object_or_array_type",
		    row->kind == FIELD_OBJECT ?
			"must be an object" :
			"must be an object or an array");
	*ret = given.value;
	return E_OK;
}

static enum err
read_file(const struct field *row, struct req *rq, const struct found *found,
    struct span *ret)
{
	if ((int64_t)found->text.len > row->max)
		return diag_tell(&rq->diag, E_TOO_LARGE,
		    "%s has %zu bytes; at"
		    " most %lld are taken",
		    found->name, found->text.len, (long long)row->max);
	if ((int64_t)found->text.len < row->min)
		return refuse(rq, row, found, "empty", "must not be empty");
	*ret = found->text;
	return E_OK;
}

static enum err
read_value(const struct field *row, struct req *rq, const struct found *found,
    void *target)
{
	switch (row->kind) {
	case FIELD_INT:
		return read_int(row, rq, found, target);
	case FIELD_TEXT:
		return read_text(row, rq, found, target);
	case FIELD_BOOL:
		return read_bool(row, rq, found, target);
	case FIELD_STAMP:
		return read_stamp(row, rq, found, target);
	case FIELD_FILE:
		return read_file(row, rq, found, target);
	case FIELD_OBJECT:
	case FIELD_DOCUMENT:
		break;
	}
	return read_json(row, rq, found, target);
}

/* Was a member of the body given by both its names? One would be lost. */
static bool
has_both(const struct field *row, const struct req *rq)
{
	return row->place == FIELD_BODY && row->older_name != NULL &&
	    request_member(rq, row->name) != NULL &&
	    request_member(rq, row->older_name) != NULL;
}

/* Look for a field. Gives: false when it is absent, null, or refused. */
static bool
find(const struct field *row, struct req *rq, struct found *ret_found,
    enum err *rc)
{
	const char *const names[] = { row->name, row->older_name };
	const struct part *part = NULL;
	size_t times = 0;

	memset(ret_found, 0, sizeof(*ret_found));
	ret_found->name = row->name;
	if (rq->is_payload && row->place == FIELD_BODY &&
	    row->kind != FIELD_DOCUMENT)
		return false; /* its twin in the query stands for it */
	for (size_t i = 0; i < COUNT(names) && names[i] != NULL && times == 0;
	     i++) {
		ret_found->name = names[i];
		if (row->place == FIELD_PATH) {
			ret_found->text = rq->name;
			times = 1;
			continue;
		}
		if (row->place == FIELD_QUERY) {
			times = params_find(&rq->params, names[i],
			    &ret_found->text);
			continue;
		}
		if (rq->form != NULL) {
			times = multipart_find(rq->form, names[i], &part);
			if (times > 0)
				ret_found->text = part->bytes;
			continue;
		}
		ret_found->member = request_member(rq, names[i]);
		if (ret_found->member != NULL) {
			ret_found->text = ret_found->member->value;
			times = ret_found->member->kind != JSON_NULL;
		}
	}
	if (times > 1)
		*rc = refuse(rq, row, ret_found, "duplicate",
		    "must not be given more than once");
	else if (times == 1 && has_both(row, rq))
		*rc = refuse(rq, row, ret_found, "duplicate",
		    arena_printf(rq->arena,
			"must not be given beside %s, its older name",
			row->older_name));
	if (times == 0)
		ret_found->name = row->name;
	if (times == 0 && row->required)
		*rc = refuse(rq, row, ret_found, "missing", "is missing");
	return times == 1 && *rc == E_OK;
}

enum err
fields_read(const struct field_set *set, struct req *rq, void *values)
{
	bool bad_query = false;
	bool bad_body = false;

	for (size_t i = 0; i < set->count; i++) {
		const struct field *row = &set->rows[i];
		enum err rc = E_OK;
		struct found found;

		if (row->place == FIELD_HEADER)
			continue;
		if (find(row, rq, &found, &rc))
			rc = read_value(row, rq, &found,
			    (char *)values + row->offset);
		if (rc != E_OK && rc != E_SYNTAX && rc != E_INVALID)
			return rc;
		bad_query |= rc == E_SYNTAX;
		bad_body |= rc == E_INVALID;
	}
	if (bad_query)
		return E_SYNTAX;
	return bad_body ? E_INVALID : arena_done(rq->arena, &rq->diag);
}

enum err
fields_check(const struct field_set *set, struct req *rq)
{
	size_t size = 0;
	void *values;

	for (size_t i = 0; i < set->count; i++)
		if (set->rows[i].offset + sizeof(struct span) > size)
			size = set->rows[i].offset + sizeof(struct span);
	values = arena_get(rq->arena, size + 1);
	return fields_read(set, rq, values);
}
