/* SPDX-License-Identifier: MIT */
/*
 * What openapi.json says in words and by examples, beyond the rows that
 * requests are served by: member_rows.h, answer_rows.h and operation_rows.h.
 */
#ifndef ETL_OPENAPI_OPENAPI_WORDS_H
#define ETL_OPENAPI_OPENAPI_WORDS_H

#include <stdbool.h>

#include "http/field_row.h"
#include "http/route.h"
#include "json/json_write.h"

/* A member's sentence; `of` is its shape or its operation. NULL: none. */
const char *openapi_member_sentence(const char *of, const char *name);

/*
 * Write a member's example as `key`, unless it has none.
 * Gives: whether it has one; is_own: only one that is given for `of`.
 */
bool openapi_member_example(struct json *json, const char *key, const char *of,
    const char *name, bool is_own);

/* What an operation does, beyond its summary. NULL: nothing is said. */
const char *openapi_operation_sentence(const char *name);

/* Write the descriptions of all tags. */
void openapi_tags(struct json *json);

/* What an answer that is a success means; its shape's sentence at least. */
const char *openapi_answer_sentence(const struct route *route, int status);

/* Write an answer's example, or that of a request's body, as `key`. */
void openapi_answer_example(struct json *json, const char *key,
    const struct route *route, int status);
void openapi_shape_example(struct json *json, const char *key,
    const struct shape *shape);
void openapi_body_example(struct json *json, const char *key,
    const struct route *route);

#endif
