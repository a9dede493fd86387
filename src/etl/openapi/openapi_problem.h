/* SPDX-License-Identifier: MIT */
/*
 * Problems in openapi.json: one response for each status, with the codes that
 * it may have (base/err_rows.h, and nginx's own).
 */
#ifndef ETL_OPENAPI_OPENAPI_PROBLEM_H
#define ETL_OPENAPI_OPENAPI_PROBLEM_H

#include "http/route.h"
#include "json/json_write.h"

/* The shape of all problems. */
extern const struct shape openapi_problem_shape;

/* Write the responses of problems, named like their statuses, and `problem`. */
void openapi_problems(struct json *json, const struct route_list *routes);

/* Write their schemas, which say the codes: problem_404 and so on. */
void openapi_problem_schemas(struct json *json,
    const struct route_list *routes);

#endif
