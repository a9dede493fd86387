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

/* The object that a route's body must be; is_form: a form's fields. */
void openapi_body(struct json *json, const struct field_set *input,
    bool is_form);

/* A reference to a shape's schema, or to another of the components. */
void openapi_reference(struct json *json, const char *kind, const char *name);

/* The schemas of all answers and of what they are made of, and of problems. */
void openapi_schemas(struct json *json, const struct route_list *routes);

#endif
