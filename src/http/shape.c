/* SPDX-License-Identifier: MIT */
#include "http/shape.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "json/json_items.h"
#include "json/json_scan.h"

static enum err
differs(const struct shape *shape, const char *member, const char *how,
    struct diag *diag)
{
	return diag_set(diag, E_MISTAKE,
	    "the answer is not as the shape %s"
	    " says: %s%s%s",
	    shape->name, member, member[0] == '\0' ? "" : " ", how);
}

static bool
is_whole(struct span number)
{
	for (size_t i = 0; i < number.len; i++)
		if (memchr(".eE", number.at[i], 3) != NULL)
			return false;
	return true;
}

static enum err check_list(const struct shape *shape, struct span array,
    struct diag *diag);
static enum err check_object(const struct shape *shape, struct span object,
    struct diag *diag);

/* Texts only? */
static bool
is_texts(struct span array)
{
	struct span items[64];
	size_t count = json_items(array, items, COUNT(items));

	for (size_t i = 0; i < count && i < COUNT(items); i++)
		if (items[i].at[0] != '"')
			return false;
	return true;
}

static bool
is_of_kind(enum shape_kind wanted, const struct json_member *member)
{
	switch (wanted) {
	case SHAPE_INT:
		return member->kind == JSON_NUMBER && is_whole(member->value);
	case SHAPE_NUMBER:
		return member->kind == JSON_NUMBER;
	case SHAPE_TEXT:
	case SHAPE_STAMP:
		return member->kind == JSON_STRING;
	case SHAPE_BOOL:
		return member->kind == JSON_TRUE || member->kind == JSON_FALSE;
	case SHAPE_TRUE:
		return member->kind == JSON_TRUE;
	case SHAPE_JSON:
		return member->kind == JSON_OBJECT ||
		    member->kind == JSON_ARRAY;
	case SHAPE_MAP:
	case SHAPE_OBJECT:
		return member->kind == JSON_OBJECT;
	case SHAPE_TEXTS:
		return member->kind == JSON_ARRAY && is_texts(member->value);
	case SHAPE_LIST:
		break;
	}
	return member->kind == JSON_ARRAY;
}

static enum err
check_member(const struct shape *shape, const struct shape_row *row,
    const struct json_member *member, struct diag *diag)
{
	if (member->kind == JSON_ABSENT)
		return (row->flags & SHAPE_OPTIONAL) != 0 ?
		    E_OK :
		    differs(shape, row->name, "is missing", diag);
	if (member->kind == JSON_NULL)
		return (row->flags & SHAPE_NULLABLE) != 0 ?
		    E_OK :
		    differs(shape, row->name, "is null", diag);
	if (!is_of_kind(row->kind, member))
		return differs(shape, row->name, "is of another kind", diag);
	if (row->kind == SHAPE_OBJECT)
		return check_object(row->of, member->value, diag);
	if (row->kind == SHAPE_LIST)
		return check_list(row->of, member->value, diag);
	return E_OK;
}

/* The members of a scan: those of the rows, and one that none of them names. */
static enum err
check_members(const struct shape *shape, struct span object,
    struct json_member *members, struct diag *diag)
{
	const struct json_member *other = &members[shape->count];
	struct json_refusal refusal;

	for (size_t i = 0; i < shape->count; i++)
		members[i].name = shape->rows[i].name;
	if (!json_scan_object(object, &json_limits_default, members,
		shape->count + 1, &refusal))
		return differs(shape, "", json_flaw_text(refusal.flaw), diag);
	for (size_t i = 0; i < shape->count; i++) {
		enum err rc = check_member(shape, &shape->rows[i], &members[i],
		    diag);

		if (rc != E_OK)
			return rc;
	}
	if (shape->count > 0 && other->kind != JSON_ABSENT)
		return diag_set(diag, E_MISTAKE,
		    "the answer is not as the"
		    " shape %s says: it has no %.*s",
		    shape->name, SPAN_ARG(other->value));
	return E_OK;
}

static enum err
check_object(const struct shape *shape, struct span object, struct diag *diag)
{
	struct json_member *members = calloc(shape->count + 1,
	    sizeof(*members));
	struct buf copy; /* a scan needs the byte that ends it */
	enum err rc;

	buf_init(&copy, object.len);
	buf_add_span(&copy, object);
	rc = buf_done(&copy);
	if (members == NULL || rc != E_OK)
		rc = diag_set(diag, E_NO_MEMORY, "no memory");
	else
		rc = check_members(shape, buf_span(&copy), members, diag);
	buf_free(&copy);
	free(members);
	return rc;
}

static enum err
check_list(const struct shape *shape, struct span array, struct diag *diag)
{
	const size_t count = json_items(array, NULL, 0);
	struct span *items = calloc(count + 1, sizeof(*items));
	enum err rc = E_OK;

	if (items == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory");
	(void)json_items(array, items, count);
	for (size_t i = 0; i < count && rc == E_OK; i++)
		rc = check_object(shape, items[i], diag);
	free(items);
	return rc;
}

bool
shape_is_json(const struct shape *shape)
{
	return strchr(shape->name, '/') == NULL;
}

enum err
shape_check(const struct shape *shape, struct span json, struct diag *diag)
{
	struct json_member whole = { .name = NULL };
	struct json_refusal refusal;

	if (!shape_is_json(shape))
		return E_OK;
	if (!shape->is_list)
		return check_object(shape, json, diag);
	if (!json_scan_document(json, &json_limits_default, &whole, &refusal))
		return differs(shape, "", json_flaw_text(refusal.flaw), diag);
	if (whole.kind != JSON_ARRAY)
		return differs(shape, "", "it is an array", diag);
	return check_list(shape, whole.value, diag);
}
