/* SPDX-License-Identifier: MIT */
#include "etl/openapi/openapi_schema.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "etl/openapi/openapi_words.h"
#include "http/field.h"
#include "http/form.h"
#include "models/entity_type.h"

/* More shapes than this are our mistake. */
#define SHAPES_MAX 256

/* A type, or with null an array of both. */
static void
write_type(struct json *json, const char *type, bool nullable)
{
	if (!nullable) {
		json_text(json, "type", type);
		return;
	}
	json_array(json, "type");
	json_text(json, NULL, type);
	json_text(json, NULL, "null");
	json_end(json);
}

static void
write_choices(struct json *json, const char *choices, bool nullable)
{
	struct span rest = str_span(choices);

	json_array(json, "enum");
	while (rest.at != NULL)
		json_span(json, NULL, span_cut(&rest, '|'));
	if (nullable)
		json_null(json, NULL);
	json_end(json);
}

/* An object with members that are not described; generators need the word. */
static void
write_map(struct json *json, bool nullable)
{
	write_type(json, "object", nullable);
	json_bool(json, "additionalProperties", true);
}

/* Such an object, or an array of anything. */
static void
write_document(struct json *json, bool nullable)
{
	json_array(json, "anyOf");
	json_object(json, NULL);
	write_map(json, false);
	json_end(json);
	json_object(json, NULL);
	json_text(json, "type", "array");
	json_object(json, "items");
	json_end(json);
	json_end(json);
	if (nullable) {
		json_object(json, NULL);
		json_text(json, "type", "null");
		json_end(json);
	}
	json_end(json);
}

static void
write_bounds(struct json *json, const char *least, const char *most,
    const struct field *row)
{
	json_int(json, least, row->min);
	json_int(json, most, row->max);
}

/* The types that something is made of; others are kept as they came. */
static void
write_entity_types(struct json *json)
{
	json_array(json, "examples");
	for (size_t i = 0; i < entity_type_count; i++)
		json_text(json, NULL, entity_types[i].name);
	json_end(json);
}

void
openapi_field(struct json *json, const char *key, const struct field *row,
    bool nullable)
{
	json_object(json, key);
	switch (row->kind) {
	case FIELD_INT:
		write_type(json, "integer", nullable);
		json_text(json, "format", "int64");
		write_bounds(json, "minimum", "maximum", row);
		break;
	case FIELD_TEXT:
		write_type(json, "string", nullable);
		if (row->choices != NULL)
			write_choices(json, row->choices, nullable);
		else
			write_bounds(json, "minLength", "maxLength", row);
		if (field_pattern(row->form) != NULL)
			json_text(json, "pattern", field_pattern(row->form));
		break;
	case FIELD_BOOL:
		write_type(json, "boolean", nullable);
		break;
	case FIELD_STAMP:
		write_type(json, "string", nullable);
		json_text(json, "format", "date-time");
		break;
	case FIELD_OBJECT:
		write_map(json, nullable);
		break;
	case FIELD_DOCUMENT:
		write_document(json, nullable);
		break;
	case FIELD_FILE:
		write_type(json, "string", false);
		json_text(json, "format", "binary");
		json_int(json, "maxLength", row->max);
		break;
	}
	if (row->sentence != NULL)
		json_text(json, "description", row->sentence);
	if (strcmp(row->name, "entity_type") == 0)
		write_entity_types(json);
	json_end(json);
}

/* The older name of a field, which is taken as well. */
static void
write_older(struct json *json, const struct field *row)
{
	json_object(json, row->older_name);
	json_bool(json, "deprecated", true);
	json_text(json, "description", row->name);
	json_end(json);
}

/* Of a field with two names one must be there. */
static void
write_either(struct json *json, const struct field *row)
{
	const char *const names[] = { row->name, row->older_name };

	json_object(json, NULL);
	json_array(json, "anyOf");
	for (size_t i = 0; i < COUNT(names); i++) {
		json_object(json, NULL);
		json_array(json, "required");
		json_text(json, NULL, names[i]);
		json_end(json);
		json_end(json);
	}
	json_end(json);
	json_end(json);
}

static void
write_required(struct json *json, const struct field_set *input)
{
	bool has_older = false;

	json_array(json, "required");
	for (size_t i = 0; i < input->count; i++) {
		const struct field *row = &input->rows[i];

		if (row->place != FIELD_BODY || !row->required)
			continue;
		if (row->older_name != NULL)
			has_older = true;
		else
			json_text(json, NULL, row->name);
	}
	json_end(json);
	if (!has_older)
		return;
	json_array(json, "allOf");
	for (size_t i = 0; i < input->count; i++)
		if (input->rows[i].place == FIELD_BODY &&
		    input->rows[i].required &&
		    input->rows[i].older_name != NULL)
			write_either(json, &input->rows[i]);
	json_end(json);
}

/* The object that a route's body must be. */
static void
write_body(struct json *json, const struct route *route, const char *name)
{
	const struct field_set *input = route->input;
	bool is_form = form_is_wanted(input);

	json_object(json, name);
	json_text(json, "description", route->sentence);
	json_text(json, "type", "object");
	json_object(json, "properties");
	for (size_t i = 0; i < input->count; i++) {
		const struct field *row = &input->rows[i];

		if (row->place != FIELD_BODY)
			continue;
		openapi_field(json, row->name, row, !is_form && !row->required);
		if (row->older_name != NULL)
			write_older(json, row);
	}
	json_object(json, "tenant_id");
	write_type(json, "integer", !is_form);
	json_bool(json, "deprecated", true);
	json_text(json, "description", "Older clients name their tenant");
	json_end(json);
	json_end(json);
	write_required(json, input);
	json_bool(json, "additionalProperties", false);
	json_end(json);
}

bool
openapi_body_name(const struct route *route, char ret_name[OPENAPI_NAME_SIZE])
{
	if (route->role ==
	    ROLE_SIGNED) /* its body is of the source's own kind */
		return false;
	for (size_t i = 0; i < route->input->count; i++)
		if (route->input->rows[i].place == FIELD_BODY) {
			(void)snprintf(ret_name, OPENAPI_NAME_SIZE, "%s_input",
			    route->name);
			return true;
		}
	return false;
}

void
openapi_document(struct json *json, const struct field_set *input)
{
	for (size_t i = 0; i < input->count; i++)
		if (input->rows[i].kind == FIELD_DOCUMENT)
			openapi_field(json, "schema", &input->rows[i], false);
}

void
openapi_reference(struct json *json, const char *kind, const char *name)
{
	char text[160];

	(void)snprintf(text, sizeof(text), "#/components/%s/%s", kind, name);
	json_text(json, "$ref", text);
}

static void
write_member(struct json *json, const struct shape *shape,
    const struct shape_row *row)
{
	const char *sentence = row->sentence != NULL ?
	    row->sentence :
	    openapi_member_sentence(shape->name, row->name);
	bool nullable = (row->flags & SHAPE_NULLABLE) != 0;

	json_object(json, row->name);
	switch (row->kind) {
	case SHAPE_INT:
		write_type(json, "integer", nullable);
		break;
	case SHAPE_NUMBER:
		write_type(json, "number", nullable);
		break;
	case SHAPE_TEXT:
		write_type(json, "string", nullable);
		break;
	case SHAPE_BOOL:
		write_type(json, "boolean", nullable);
		break;
	case SHAPE_TRUE:
		json_text(json, "type", "boolean");
		json_bool(json, "const", true);
		break;
	case SHAPE_STAMP:
		write_type(json, "string", nullable);
		json_text(json, "format", "date-time");
		break;
	case SHAPE_JSON:
		write_document(json, nullable);
		break;
	case SHAPE_MAP:
		write_map(json, nullable);
		break;
	case SHAPE_TEXTS:
		write_type(json, "array", nullable);
		json_object(json, "items");
		json_text(json, "type", "string");
		json_end(json);
		break;
	case SHAPE_OBJECT:
		openapi_reference(json, "schemas", row->of->name);
		break;
	case SHAPE_LIST:
		write_type(json, "array", nullable);
		json_object(json, "items");
		openapi_reference(json, "schemas", row->of->name);
		json_end(json);
		break;
	}
	if (sentence != NULL)
		json_text(json, "description", sentence);
	json_end(json);
}

static void
write_object(struct json *json, const struct shape *shape)
{
	if (shape->count == 0) {
		write_map(json, false);
		return;
	}
	json_text(json, "type", "object");
	json_object(json, "properties");
	for (size_t i = 0; i < shape->count; i++)
		write_member(json, shape, &shape->rows[i]);
	json_end(json);
	json_array(json, "required");
	for (size_t i = 0; i < shape->count; i++)
		if ((shape->rows[i].flags & SHAPE_OPTIONAL) == 0)
			json_text(json, NULL, shape->rows[i].name);
	json_end(json);
	json_bool(json, "additionalProperties", false);
}

/* Shapes, each once. */
struct shapes {
	size_t count;
	const struct shape *items[SHAPES_MAX];
};

/* Add a shape and those it is made of. */
static void
add_shape(struct shapes *all, const struct shape *shape)
{
	if (shape == NULL || !shape_is_json(shape))
		return;
	for (size_t i = 0; i < all->count; i++)
		if (all->items[i] == shape)
			return;
	assert(all->count < SHAPES_MAX);
	all->items[all->count++] = shape;
	for (size_t i = 0; i < shape->count; i++)
		add_shape(all, shape->rows[i].of);
}

void
openapi_schemas(struct json *json, const struct route_list *routes,
    const struct shape *also)
{
	struct shapes all = { 0, { NULL } };
	char name[OPENAPI_NAME_SIZE];

	add_shape(&all, also);
	for (size_t i = 0; i < routes->count; i++)
		add_shape(&all, routes->rows[i].answer);
	for (size_t i = 0; i < all.count; i++) {
		json_object(json, all.items[i]->name);
		json_text(json, "description", all.items[i]->sentence);
		if (all.items[i]->is_list) {
			json_text(json, "type", "array");
			json_object(json, "items");
		}
		write_object(json, all.items[i]);
		if (all.items[i]->is_list)
			json_end(json);
		json_end(json);
	}
	for (size_t i = 0; i < routes->count; i++)
		if (openapi_body_name(&routes->rows[i], name))
			write_body(json, &routes->rows[i], name);
}
