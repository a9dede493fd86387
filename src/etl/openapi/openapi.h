/* SPDX-License-Identifier: MIT */
/*
 * The description of all routes, an OpenAPI 3.1 document, from the very rows
 * they are served by.
 */
#ifndef ETL_OPENAPI_OPENAPI_H
#define ETL_OPENAPI_OPENAPI_H

#include "http/route.h"

void openapi_write(struct json *json, const struct route_list *routes);

#endif
