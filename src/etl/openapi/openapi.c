/* SPDX-License-Identifier: MIT */
#include "etl/openapi/openapi.h"

#include <string.h>

#include "etl/handlers.h"
#include "etl/openapi/openapi_operation.h"
#include "etl/openapi/openapi_problem.h"
#include "etl/openapi/openapi_schema.h"
#include "etl/openapi/openapi_words.h"
#include "etl/service.h"
#include "http/document.h"

/* Parameters that routes share; their operations refer to them. */
static const struct field parameters[] = {
	/* clang-format off */
	{ FIELD_QUERY, "tenant_id", .kind = FIELD_INT, .min = 1,
	  .max = INT32_MAX, .deprecated = true, .sentence = "The tenant, as older clients name it;"
	    " another than the caller's is refused" },
	{ FIELD_HEADER, "X-Request-Id", .kind = FIELD_TEXT, .min = 1,
	  .max = REQUEST_ID_MAX, .sentence = "A name for the request, which"
	    " comes back: letters, digits and ._:-" },
	{ FIELD_HEADER, "If-None-Match", .kind = FIELD_TEXT, .min = 1,
	  .max = 4096, .sentence = "The ETag that the client has" },
	{ FIELD_HEADER, "If-Match", .kind = FIELD_TEXT, .min = 1, .max = 4096,
	  .sentence = "The ETag of what is to be changed" },
	{ FIELD_HEADER, "Content-Encoding", .kind = FIELD_TEXT,
	  .choices = "identity|gzip|zstd",
	  .sentence = "How the body is packed" },
	/* clang-format on */
};

/* Headers of answers; required: each answer that describes it has it. */
static const struct field headers[] = {
	/* clang-format off */
	{ FIELD_HEADER, "X-Request-Id", .kind = FIELD_TEXT, .required = true,
	  .min = 1, .max = REQUEST_ID_MAX,
	  .sentence = "The request's name in the log" },
	{ FIELD_HEADER, "traceparent", .kind = FIELD_TEXT, .min = 55,
	  .max = 55, .sentence = "The trace that the request belongs to, and"
	    " its span (W3C Trace Context)" },
	{ FIELD_HEADER, "ETag", .kind = FIELD_TEXT, .required = true, .min = 3,
	  .max = 4096, .sentence = "The version of what is answered" },
	{ FIELD_HEADER, "Location", .kind = FIELD_TEXT, .required = true,
	  .min = 1, .max = 4096, .sentence = "Where what was made is" },
	{ FIELD_HEADER, "Idempotency-Replayed", .kind = FIELD_TEXT,
	  .required = true, .choices = "true",
	  .sentence = "The key and the body came before: the first answer" },
	{ FIELD_HEADER, "X-Total-Count", .kind = FIELD_INT, .required = true,
	  .min = 0, .max = INT64_MAX,
	  .sentence = "All that the filter finds" },
	{ FIELD_HEADER, "X-Next-Cursor", .kind = FIELD_TEXT, .min = 1,
	  .max = 4096, .sentence = "The cursor of the next page, if any" },
	{ FIELD_HEADER, "Link", .kind = FIELD_TEXT, .min = 1, .max = 8192,
	  .sentence = "The next page, rel=next (RFC 8288)" },
	{ FIELD_HEADER, "Retry-After", .kind = FIELD_INT, .required = true,
	  .min = 0, .max = 86400, .sentence = "Seconds to wait" },
	{ FIELD_HEADER, "WWW-Authenticate", .kind = FIELD_TEXT,
	  .required = true, .min = 1, .max = 4096,
	  .sentence = "How to say who calls" },
	{ FIELD_HEADER, "Accept-Encoding", .kind = FIELD_TEXT,
	  .required = true, .min = 1, .max = 4096,
	  .sentence = "How a body may be packed" },
	{ FIELD_HEADER, "Allow", .kind = FIELD_TEXT, .min = 1, .max = 4096,
	  .sentence = "The methods of this path, with 405" },
	/* clang-format on */
};

/* Each path once, with all its methods. */
static void
write_paths(struct json *json, const struct route_list *routes)
{
	const struct route *rows = routes->rows;

	json_object(json, "paths");
	for (size_t i = 0; i < routes->count; i++) {
		bool is_known = false;

		for (size_t j = 0; j < i; j++)
			is_known |= strcmp(rows[j].path, rows[i].path) == 0;
		if (is_known)
			continue;
		json_object(json, rows[i].path);
		for (size_t j = i; j < routes->count; j++)
			if (strcmp(rows[j].path, rows[i].path) == 0)
				openapi_operation(json, &rows[j], routes);
		json_end(json);
	}
	json_end(json);
}

static void
write_components(struct json *json, const struct route_list *routes)
{
	json_object(json, "components");
	json_object(json, "securitySchemes");
	json_object(json, "bearer");
	json_text(json, "type", "http");
	json_text(json, "scheme", "bearer");
	json_text(json, "description",
	    "An API token, or a JWT; the names"
	    " beside it are the roles that may call a route");
	json_end(json);
	openapi_signatures(json);
	json_end(json);
	json_object(json, "parameters");
	for (size_t i = 0; i < COUNT(parameters); i++)
		openapi_parameter(json, parameters[i].name, NULL,
		    &parameters[i]);
	json_end(json);
	json_object(json, "headers");
	for (size_t i = 0; i < COUNT(headers); i++) {
		struct field bare = headers[i];

		json_object(json, headers[i].name);
		json_text(json, "description", headers[i].sentence);
		if (headers[i].required)
			json_bool(json, "required", true);
		bare.sentence = NULL;
		openapi_field(json, "schema", &bare, false);
		json_end(json);
	}
	json_end(json);
	json_object(json, "responses");
	openapi_problems(json, routes);
	json_end(json);
	json_object(json, "schemas");
	openapi_schemas(json, routes, &openapi_problem_shape);
	openapi_problem_schemas(json, routes);
	json_end(json);
	json_end(json);
}

static void
write_info(struct json *json)
{
	json_object(json, "info");
	json_text(json, "title", "Pulse ETL");
	json_text(json, "version", PACKAGE_VERSION);
	json_text(json, "description",
	    "Whole API responses come in, each as"
	    " one row and one message; what they mean is kept per tenant.");
	json_object(json, "license");
	json_text(json, "name", "MIT");
	json_text(json, "identifier", "MIT");
	json_end(json);
	json_end(json);
	json_array(json, "servers");
	json_object(json, NULL);
	json_text(json, "url", "/");
	json_text(json, "description", "Where this document came from");
	json_end(json);
	json_end(json);
}

void
openapi_write(struct json *json, const struct route_list *routes)
{
	json_object(json, NULL);
	json_text(json, "openapi", "3.1.0");
	write_info(json);
	openapi_tags(json);
	write_paths(json, routes);
	write_components(json, routes);
	json_end(json);
}

static void
write_all(struct json *json, const struct service *service)
{
	openapi_write(json, service->routes);
}

/* Describe all routes. */
enum err
openapi_get(struct req *rq, struct resp *rp)
{
	return document_answer(&rq->service->openapi, write_all, rq, rp);
}
