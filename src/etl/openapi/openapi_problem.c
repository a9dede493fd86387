/* SPDX-License-Identifier: MIT */
#include "etl/openapi/openapi_problem.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "etl/openapi/openapi_operation.h"
#include "etl/openapi/openapi_schema.h"
#include "http/http_status.h"

#define DESCRIPTION_MAX 4096
#define KEY_SIZE 32

static const struct shape_row error_rows[] = {
	/* clang-format off */
	{ "loc", SHAPE_TEXTS, 0, "Where: body, query, header or path, and the"
	  " name", NULL },
	{ "msg", SHAPE_TEXT, 0, "What is wrong with it", NULL },
	{ "type", SHAPE_TEXT, 0, "The same for programs", NULL },
	/* clang-format on */
};
static const struct shape error_shape = { "field_error", "An invalid field",
	error_rows, COUNT(error_rows), false, NULL };
static const struct shape_row problem_rows[] = {
	/* clang-format off */
	{ "type", SHAPE_TEXT, 0, NULL, NULL },
	{ "title", SHAPE_TEXT, 0, "The status in words", NULL },
	{ "status", SHAPE_INT, 0, NULL, NULL },
	{ "code", SHAPE_TEXT, 0, "What went wrong, in a word for programs that"
	  " stays the same; there may be new ones", NULL },
	{ "detail", SHAPE_TEXT, 0, "A sentence that a person can act on", NULL },
	{ "request_id", SHAPE_TEXT, 0, "As in the header X-Request-Id and in"
	  " the log", NULL },
	{ "errors", SHAPE_LIST, SHAPE_OPTIONAL, "Every invalid field",
	  &error_shape },
	/* clang-format on */
};
const struct shape openapi_problem_shape = { "problem",
	"What went wrong (RFC 9457)", problem_rows, COUNT(problem_rows), false,
	false };

/* What a problem has besides X-Request-Id; status 0: where no route is. */
static const struct {
	int status;
	const char *header;
} problem_headers[] = {
	{ 0, "Allow" },
	{ 401, "WWW-Authenticate" },
	{ 415, "Accept-Encoding" },
	{ 429, "Retry-After" },
	{ 503, "Retry-After" },
};

/* A word that a problem may have as its code. */
struct code {
	int status;
	char word[ERR_WORD_SIZE];
	const char *text;
};

static const enum err errors[] = {
#define ERR(code, class, text) code,
#include "base/err_rows.h"
#undef ERR
};

/* What nginx alone says of a status that routes answer with. */
static const struct code of_nginx[] = {
	{ 429, "too_many_requests", "more requests than nginx lets pass" },
	{ 503, "unavailable", "nginx takes no requests now" },
};

/* Errors that no request is answered with. */
static bool
is_inside(enum err code)
{
	static const enum err inside[] = { E_SETTING, E_USAGE, E_KEY_TAKEN,
		E_TOPOLOGY, E_MIGRATION };

	for (size_t i = 0; i < COUNT(inside); i++)
		if (inside[i] == code)
			return true;
	return err_class(code) == ERR_CLASS_OK;
}

/* The codes of a status, by and by. Gives: false after the last. */
static bool
next_code(int status, size_t *place, struct code *ret_code)
{
	while (*place < COUNT(errors)) {
		enum err code = errors[(*place)++];

		if (is_inside(code) || http_status_of(code) != status)
			continue;
		ret_code->status = status;
		err_word(code, ret_code->word);
		ret_code->text = err_text(code);
		return true;
	}
	while (*place < COUNT(errors) + COUNT(of_nginx)) {
		*ret_code = of_nginx[(*place)++ - COUNT(errors)];
		if (ret_code->status == status)
			return true;
	}
	return false;
}

/* Does any route answer with this status? What none does is not described. */
static bool
is_used(const struct route_list *routes, int status)
{
	if (status < 400)
		return false;
	for (size_t i = 0; i < routes->count; i++)
		if (openapi_answers(&routes->rows[i], status))
			return true;
	return false;
}

/* The status in words, and what its codes mean. */
static void
write_description(struct json *json, int status)
{
	struct buf text;
	struct code code;
	size_t place = 0;
	const char *between = ". Its code is one of: ";

	if (status == 0) {
		json_text(json, "description",
		    "What nginx answers itself, and other methods");
		return;
	}
	buf_init(&text, DESCRIPTION_MAX);
	buf_add_text(&text, http_status_title(status));
	while (next_code(status, &place, &code)) {
		buf_printf(&text, "%s%s (%s)", between, code.word, code.text);
		between = ", ";
	}
	if (buf_done(&text) == E_OK)
		json_span(json, "description", buf_span(&text));
	buf_free(&text);
}

static void
write_example(struct json *json, int status)
{
	struct code code = { 0, "not_implemented", "" };
	size_t place = 0;

	if (status != 0)
		(void)next_code(status, &place, &code);
	json_object(json, "example");
	json_text(json, "type", "about:blank");
	json_text(json, "title",
	    status == 0 ? "Not Implemented" : http_status_title(status));
	json_int(json, "status", status == 0 ? 501 : status);
	json_text(json, "code", code.word);
	json_text(json, "detail",
	    status == 0 ?
		"This Transfer-Encoding is not supported: send a"
		" Content-Length, or use chunked" :
		http_status_detail(status));
	json_text(json, "request_id", "import-2026-01-31.1");
	json_end(json);
}

/* The schema of a status's problems. */
static const char *
schema_of(int status, char key[KEY_SIZE])
{
	if (status == 0)
		return openapi_problem_shape.name;
	(void)snprintf(key, KEY_SIZE, "%s_%d", openapi_problem_shape.name,
	    status);
	return key;
}

static void
write_problem(struct json *json, int status)
{
	char key[KEY_SIZE];

	(void)snprintf(key, sizeof(key), "%d", status);
	json_object(json, status == 0 ? openapi_problem_shape.name : key);
	write_description(json, status);
	json_object(json, "headers");
	openapi_header(json, "X-Request-Id");
	for (size_t i = 0; i < COUNT(problem_headers); i++)
		if (problem_headers[i].status == status)
			openapi_header(json, problem_headers[i].header);
	json_end(json);
	json_object(json, "content");
	json_object(json, "application/problem+json");
	json_object(json, "schema");
	openapi_reference(json, "schemas", schema_of(status, key));
	json_end(json);
	write_example(json, status);
	json_end(json);
	json_end(json);
	json_end(json);
}

void
openapi_problems(struct json *json, const struct route_list *routes)
{
	int status;

	for (size_t i = 0; (status = http_status_at(i)) != 0; i++)
		if (is_used(routes, status))
			write_problem(json, status);
	write_problem(json, 0);
}

static void
write_schema(struct json *json, int status)
{
	char key[KEY_SIZE];
	struct code code;
	size_t place = 0;

	json_object(json, schema_of(status, key));
	json_text(json, "description", http_status_title(status));
	json_array(json, "allOf");
	json_object(json, NULL);
	openapi_reference(json, "schemas", openapi_problem_shape.name);
	json_end(json);
	json_object(json, NULL);
	json_text(json, "type", "object");
	json_object(json, "properties");
	json_object(json, "code");
	json_text(json, "type", "string");
	json_array(json, "enum");
	while (next_code(status, &place, &code))
		json_text(json, NULL, code.word);
	json_end(json);
	json_end(json);
	json_end(json);
	json_end(json);
	json_end(json);
	json_end(json);
}

void
openapi_problem_schemas(struct json *json, const struct route_list *routes)
{
	int status;

	for (size_t i = 0; (status = http_status_at(i)) != 0; i++)
		if (is_used(routes, status))
			write_schema(json, status);
}
