/* SPDX-License-Identifier: MIT */
/*
 * JSON Schemas for openapi.json, written from the rows that requests are read
 * by and from the shapes of answers.
 */
#ifndef ETL_OPENAPI_OPENAPI_SCHEMA_H
#define ETL_OPENAPI_OPENAPI_SCHEMA_H

#include "http/field_row.h"
#include "http/route.h"
#include "json/json_write.h"

/* What one field takes. nullable: null does, too, as in a body. */
void openapi_field(struct json *json, const char *key, const struct field *row,
    bool nullable);

/* What a route's body is called in the components. Gives: has it one? */
#define OPENAPI_NAME_SIZE 80
bool openapi_body_name(const struct route *route,
    char ret_name[OPENAPI_NAME_SIZE]) MUST_CHECK;

/* The value of the row that is a document, where that alone is the body. */
void openapi_document(struct json *json, const struct field_set *input);

/* A reference to a shape's schema, or to another of the components. */
void openapi_reference(struct json *json, const char *kind, const char *name);

/*
 * Write the schemas of all answers and their parts, of one more shape, and of
 * all bodies, as members.
 */
void openapi_schemas(struct json *json, const struct route_list *routes,
    const struct shape *also);

#endif
