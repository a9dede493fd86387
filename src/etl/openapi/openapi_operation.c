/* SPDX-License-Identifier: MIT */
#include "etl/openapi/openapi_operation.h"

#include <stdio.h>
#include <string.h>

#include "etl/openapi/openapi_schema.h"
#include "etl/openapi/openapi_words.h"
#include "http/accept.h"
#include "http/form.h"
#include "http/hook_auth.h"
#include "http/http_status.h"

/* What there is to say about one route. */
struct operation {
	const struct route *route;
	const struct route_list *routes; /* all of them */
	bool has_id;
	bool has_body;
	bool is_form;
};

/* What stands for a token where the body is signed: one of these. */
static const struct {
	const char *name;
	enum hook_header header;
	const char *sentence;
} signatures[] = {
	{ "github_signature", HOOK_SIGNATURE_256,
	    "GitHub: sha256= and the HMAC-SHA256 of the body, in hexadecimal" },
	{ "jira_signature", HOOK_SIGNATURE, "Jira: the same" },
	{ "gitlab_token", HOOK_GITLAB_TOKEN, "GitLab: the secret itself" },
};

void
openapi_signatures(struct json *json)
{
	for (size_t i = 0; i < COUNT(signatures); i++) {
		json_object(json, signatures[i].name);
		json_text(json, "type", "apiKey");
		json_text(json, "in", "header");
		json_text(json, "name",
		    hook_header_names[signatures[i].header]);
		json_text(json, "description", signatures[i].sentence);
		json_end(json);
	}
}

static struct operation
operation_of(const struct route *route)
{
	struct operation op = { .route = route };

	op.has_id = strstr(route->path, "{id}") != NULL;
	op.is_form = form_is_wanted(route->input);
	for (size_t i = 0; i < route->input->count; i++)
		op.has_body |= route->input->rows[i].place == FIELD_BODY;
	return op;
}

/* Is a status among "201 404"? */
static bool
lists(const char *statuses, int status)
{
	struct span rest = str_span(statuses);
	char text[12];

	(void)snprintf(text, sizeof(text), "%d", status);
	while (rest.at != NULL)
		if (span_is(span_cut(&rest, ' '), text))
			return true;
	return false;
}

/* May a route answer with this status? What its row lists, and what follows. */
static bool
answers_with(const struct operation *op, int status)
{
	bool known = op->route->role != ROLE_OPEN;

	if (lists(op->route->statuses, status))
		return true;
	switch (status) {
	case 400: /* a parameter that the route does not have, at least */
		return true;
	case 401:
	case 403:
		return known;
	case 404:
		return op->has_id;
	case 413: /* what came, or what there would be to answer */
	case 415: /* of a body, also of a route that takes none */
	case 422:
		return known;
	case 429: /* nginx's limits, and store's quota */
	case 500:
	case 503:
		return true;
	default:
		return false;
	}
}

/* Also of one that its operation's body does without. */
static void
write_parameter_example(struct json *json, const char *of, const char *name)
{
	if (!openapi_member_example(json, "example", of, name, false))
		(void)openapi_member_example(json, "example", NULL, name,
		    false);
}

void
openapi_parameter(struct json *json, const char *key, const char *of,
    const struct field *row)
{
	struct field bare = *row;

	json_object(json, key);
	json_text(json, "name", row->name);
	json_text(json, "in", request_place_name(row->place));
	if (row->required)
		json_bool(json, "required", true);
	if (row->deprecated)
		json_bool(json, "deprecated", true);
	if (row->sentence != NULL)
		json_text(json, "description", row->sentence);
	bare.sentence = NULL;
	/* else its members would be parameters */
	if (row->kind == FIELD_OBJECT) {
		json_object(json, "content");
		json_object(json, "application/json");
	}
	openapi_field(json, "schema", &bare, false);
	write_parameter_example(json, of, row->name);
	if (row->kind == FIELD_OBJECT) {
		json_end(json);
		json_end(json);
	}
	json_end(json);
}

static void
write_shared_parameter(struct json *json, const char *name)
{
	json_object(json, NULL);
	openapi_reference(json, "parameters", name);
	json_end(json);
}

static void
write_parameters(struct json *json, const struct operation *op)
{
	static const struct field id = { FIELD_PATH, "id", .kind = FIELD_INT,
		.required = true, .min = 1, .max = INT64_MAX,
		.sentence = "The row's number" };
	const struct field_set *input = op->route->input;

	json_array(json, "parameters");
	if (op->has_id)
		openapi_parameter(json, NULL, NULL, &id);
	for (size_t i = 0; i < input->count; i++)
		if (input->rows[i].place != FIELD_BODY)
			openapi_parameter(json, NULL, op->route->name,
			    &input->rows[i]);
	if (op->route->role > ROLE_SIGNED)
		write_shared_parameter(json, "tenant_id");
	if (lists(op->route->statuses, 304))
		write_shared_parameter(json, "If-None-Match");
	if (lists(op->route->statuses, 412))
		write_shared_parameter(json, "If-Match");
	if (op->has_body && op->route->role != ROLE_SIGNED)
		write_shared_parameter(json, "Content-Encoding");
	write_shared_parameter(json, "X-Request-Id");
	json_end(json);
}

static void
write_body(struct json *json, const struct operation *op)
{
	char name[OPENAPI_NAME_SIZE];

	if (!openapi_body_name(op->route, name) && !op->has_body)
		return;
	json_object(json, "requestBody");
	/* A DELETE may do without. */
	json_bool(json, "required", strcmp(op->route->method, "DELETE") != 0);
	json_object(json, "content");
	json_object(json,
	    op->is_form ? "multipart/form-data" : "application/json");
	if (op->route->role == ROLE_SIGNED) {
		openapi_document(json, op->route->input);
		(void)openapi_member_example(json, "example", op->route->name,
		    "raw_data", false);
	} else {
		json_object(json, "schema");
		openapi_reference(json, "schemas", name);
		json_end(json);
		openapi_body_example(json, "example", op->route);
	}
	json_end(json);
	json_end(json);
	json_end(json);
}

bool
openapi_answers(const struct route *route, int status)
{
	struct operation op = operation_of(route);

	return answers_with(&op, status);
}

void
openapi_header(struct json *json, const char *name)
{
	json_object(json, name);
	openapi_reference(json, "headers", name);
	json_end(json);
}

/* Has this shape a version? Where it is read it has, so where it is written. */
static bool
has_version(const struct route_list *routes, const struct shape *shape)
{
	for (size_t i = 0; i < routes->count; i++)
		if (routes->rows[i].answer == shape &&
		    lists(routes->rows[i].statuses, 304))
			return true;
	return false;
}

static bool
takes_header(const struct operation *op, const char *name)
{
	const struct field_set *input = op->route->input;

	for (size_t i = 0; i < input->count; i++)
		if (input->rows[i].place == FIELD_HEADER &&
		    strcmp(input->rows[i].name, name) == 0)
			return true;
	return false;
}

#define EXAMPLE_MAX 65536

/* A form of an answer that JSON Schema cannot describe. */
static void
write_text(struct json *json, const char *media_type, const struct buf *text)
{
	json_object(json, media_type);
	json_object(json, "schema");
	json_text(json, "type", "string");
	json_end(json);
	json_span(json, "example", buf_span(text));
	json_end(json);
}

/* The same answer as text: lines of JSON; CSV, of which the first line. */
static void
write_lines(struct json *json, const struct shape *shape)
{
	struct shape one = *shape->line;
	struct json line;
	struct buf text;

	one.is_list = false;
	buf_init(&text, EXAMPLE_MAX);
	json_init(&line, &text);
	openapi_shape_example(&line, NULL, &one);
	buf_add_char(&text, '\n');
	write_text(json, ACCEPT_LINES, &text);
	buf_reset(&text, EXAMPLE_MAX);
	for (size_t i = 0; i < shape->line->count; i++)
		buf_printf(&text, "%s%s", i == 0 ? "" : ",",
		    shape->line->rows[i].name);
	buf_add_text(&text, "\r\n");
	if (shape->line->is_list)
		write_text(json, ACCEPT_CSV, &text);
	buf_free(&text);
}

/* An answer that is no error. */
static void
write_success(struct json *json, const struct operation *op, int status)
{
	const struct shape *shape = op->route->answer;

	json_text(json, "description",
	    status == 304 ? "The client has it" :
			    openapi_answer_sentence(op->route, status));
	json_object(json, "headers");
	openapi_header(json, "X-Request-Id");
	openapi_header(json, "traceparent");
	if (has_version(op->routes, shape))
		openapi_header(json, "ETag");
	if (status == 201)
		openapi_header(json, "Location");
	if (status == 200 && takes_header(op, "Idempotency-Key"))
		openapi_header(json, "Idempotency-Replayed");
	if (shape->is_list && status == 200) {
		if (shape->line == NULL)
			openapi_header(json, "X-Total-Count");
		openapi_header(json, "X-Next-Cursor");
		openapi_header(json, "Link");
	}
	json_end(json);
	if (status == 304)
		return;
	json_object(json, "content");
	json_object(json,
	    shape_is_json(shape) ? "application/json" : shape->name);
	json_object(json, "schema");
	if (!shape_is_json(shape))
		json_text(json, "type", "string");
	else
		openapi_reference(json, "schemas", shape->name);
	json_end(json);
	openapi_answer_example(json, "example", op->route, status);
	json_end(json);
	if (shape->line != NULL)
		write_lines(json, shape);
	json_end(json);
}

static void
write_responses(struct json *json, const struct operation *op)
{
	char key[12];
	int status;

	json_object(json, "responses");
	for (size_t i = 0; (status = http_status_at(i)) != 0; i++) {
		if (!answers_with(op, status))
			continue;
		(void)snprintf(key, sizeof(key), "%d", status);
		json_object(json, key);
		if (status < 400)
			write_success(json, op, status);
		else
			openapi_reference(json, "responses", key);
		json_end(json);
	}
	json_object(json, "default");
	openapi_reference(json, "responses", "problem");
	json_end(json);
	json_end(json);
}

static struct span
tag_of(const struct route *route)
{
	struct span rest = str_span(route->path + strlen("/app/etl/"));

	return span_cut(&rest, '/');
}

void
openapi_operation(struct json *json, const struct route *route,
    const struct route_list *routes)
{
	struct operation op = operation_of(route);
	char method[8] = "";

	op.routes = routes;
	for (size_t i = 0; i + 1 < sizeof(method) && route->method[i]; i++)
		method[i] = (char)(route->method[i] | 0x20);
	json_object(json, method);
	json_text(json, "operationId", route->name);
	json_text(json, "summary", route->sentence);
	if (openapi_operation_sentence(route->name) != NULL)
		json_text(json, "description",
		    openapi_operation_sentence(route->name));
	json_array(json, "tags");
	json_span(json, NULL, tag_of(route));
	json_end(json);
	json_text(json, "x-role", role_name(route->role));
	json_array(json, "security");
	for (size_t i = 0; route->role == ROLE_SIGNED && i < COUNT(signatures);
	     i++) {
		json_object(json, NULL);
		json_array(json, signatures[i].name);
		json_end(json);
		json_end(json);
	}
	if (route->role > ROLE_SIGNED) {
		json_object(json, NULL);
		json_array(json, "bearer");
		json_text(json, NULL, role_name(route->role));
		json_end(json);
		json_end(json);
	}
	json_end(json);
	write_parameters(json, &op);
	write_body(json, &op);
	write_responses(json, &op);
	json_end(json);
}
