/* SPDX-License-Identifier: MIT */
/*
 * One route in openapi.json: who may call it, its parameters, its body, its
 * answers. All of it follows from the route's row and from the rows it names.
 */
#ifndef ETL_OPENAPI_OPENAPI_OPERATION_H
#define ETL_OPENAPI_OPENAPI_OPERATION_H

#include "http/route.h"
#include "json/json_write.h"

/* Write one of the routes as a member named like its method. */
void openapi_operation(struct json *json, const struct route *route,
    const struct route_list *routes);

/* Write what may stand for a token, as members of the security schemes. */
void openapi_signatures(struct json *json);

/* May a route answer with this status? */
bool openapi_answers(const struct route *route, int status);

/* Write a reference to an answer's header as a member named like it. */
void openapi_header(struct json *json, const char *name);

/*
 * Write a parameter from its row; key NULL in a list. of: its operation, NULL
 * for one that they share.
 */
void openapi_parameter(struct json *json, const char *key, const char *of,
    const struct field *row);

#endif
