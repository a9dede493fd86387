/* SPDX-License-Identifier: MIT */
#include "etl/openapi/openapi_words.h"

#include <string.h>

/* A member's row; one without an example has a NULL there. */
struct member {
	const char *name;
	bool is_text;
	const char *example;
	const char *sentence;
};

static const struct member members[] = {
#define TEXT(name, example, sentence) { name, true, example, sentence },
#define VALUE(name, example, sentence) { name, false, example, sentence },
#define PART(name, sentence) { name, false, NULL, sentence },
#include "etl/openapi/member_rows.h"
#include "etl/openapi/report_member_rows.h"
#undef TEXT
#undef VALUE
#undef PART
};

static const struct {
	const char *operation;
	int status;
	const char *example, *sentence;
} answers[] = {
#define ANSWER(operation, status, example, sentence) \
	{ operation, status, example, sentence },
#include "etl/openapi/answer_rows.h"
#undef ANSWER
};

struct words {
	const char *name, *sentence;
};

static const struct words operations[] = {
#define OPERATION(name, sentence) { name, sentence },
#define TAG(name, sentence)
#include "etl/openapi/operation_rows.h"
#undef OPERATION
#undef TAG
};

static const struct words tags[] = {
#define OPERATION(name, sentence)
#define TAG(name, sentence) { name, sentence },
#include "etl/openapi/operation_rows.h"
#undef OPERATION
#undef TAG
};

/* Is a row's name "of.name", or "name" where of is NULL? */
static bool
is_called(const char *row, const char *of, const char *name)
{
	size_t len = of == NULL ? 0 : strlen(of);

	if (of == NULL)
		return strcmp(row, name) == 0;
	return strncmp(row, of, len) == 0 && row[len] == '.' &&
	    strcmp(row + len + 1, name) == 0;
}

static const struct member *
find(const char *of, const char *name)
{
	for (size_t i = 0; i < COUNT(members); i++)
		if (is_called(members[i].name, of, name))
			return &members[i];
	return NULL;
}

const char *
openapi_member_sentence(const char *of, const char *name)
{
	const struct member *own = of == NULL ? NULL : find(of, name);
	const struct member *any = find(NULL, name);

	if (own != NULL && own->sentence != NULL)
		return own->sentence;
	return any == NULL ? NULL : any->sentence;
}

bool
openapi_member_example(struct json *json, const char *key, const char *of,
    const char *name, bool is_own)
{
	const struct member *row = of == NULL ? NULL : find(of, name);

	if (row == NULL && !is_own)
		row = find(NULL, name);
	if (row == NULL || row->example == NULL)
		return false;
	if (row->is_text)
		json_text(json, key, row->example);
	else
		json_raw(json, key, str_span(row->example));
	return true;
}

/* Does a name end like this? */
static bool
ends(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len >= end_len && strcmp(name + len - end_len, end) == 0;
}

const char *
openapi_operation_sentence(const char *name)
{
	for (size_t i = 0; i < COUNT(operations); i++)
		if (strcmp(operations[i].name, name) == 0)
			return operations[i].sentence;
	for (size_t i = 0; i < COUNT(operations); i++)
		if (operations[i].name[0] == '_' &&
		    ends(name, operations[i].name))
			return operations[i].sentence;
	return NULL;
}

void
openapi_tags(struct json *json)
{
	json_array(json, "tags");
	for (size_t i = 0; i < COUNT(tags); i++) {
		json_object(json, NULL);
		json_text(json, "name", tags[i].name);
		json_text(json, "description", tags[i].sentence);
		json_end(json);
	}
	json_end(json);
}

const char *
openapi_answer_sentence(const struct route *route, int status)
{
	for (size_t i = 0; i < COUNT(answers); i++)
		if (strcmp(answers[i].operation, route->name) == 0 &&
		    answers[i].status == status && answers[i].sentence != NULL)
			return answers[i].sentence;
	return route->answer->sentence;
}

/*
 * A member of an example; one that may be absent only with a row of its own, or
 * where clients choose which there are.
 */
static void
write_member(struct json *json, const struct shape *shape,
    const struct shape_row *row)
{
	bool is_optional = (row->flags & SHAPE_OPTIONAL) != 0 &&
	    shape->line != shape;

	if (row->of == NULL) {
		(void)openapi_member_example(json, row->name, shape->name,
		    row->name, is_optional);
		return;
	}
	if (is_optional)
		return;
	if (row->kind == SHAPE_LIST)
		json_array(json, row->name);
	openapi_shape_example(json, row->kind == SHAPE_LIST ? NULL : row->name,
	    row->of);
	if (row->kind == SHAPE_LIST)
		json_end(json);
}

void
openapi_shape_example(struct json *json, const char *key,
    const struct shape *shape)
{
	if (shape->is_list)
		json_array(json, key);
	json_object(json, shape->is_list ? NULL : key);
	for (size_t i = 0; i < shape->count; i++)
		write_member(json, shape, &shape->rows[i]);
	json_end(json);
	if (shape->is_list)
		json_end(json);
}

void
openapi_answer_example(struct json *json, const char *key,
    const struct route *route, int status)
{
	for (size_t i = 0; i < COUNT(answers); i++)
		if (strcmp(answers[i].operation, route->name) == 0 &&
		    answers[i].status == status && answers[i].example != NULL) {
			json_raw(json, key, str_span(answers[i].example));
			return;
		}
	openapi_shape_example(json, key, route->answer);
}

void
openapi_body_example(struct json *json, const char *key,
    const struct route *route)
{
	json_object(json, key);
	for (size_t i = 0; i < route->input->count; i++) {
		const struct field *row = &route->input->rows[i];

		if (row->place == FIELD_BODY && !row->deprecated)
			(void)openapi_member_example(json, row->name,
			    route->name, row->name, false);
	}
	json_end(json);
}
