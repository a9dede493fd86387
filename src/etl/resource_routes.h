/* SPDX-License-Identifier: MIT */
/*
 * What rows of route_rows.h stand for that are of a table of the catalogue:
 * routes of the handlers in resource.h, which are the same for all.
 *
 * ROUTE_OF(resource, name, method, path, role, handler, input rows, sentence,
 * answer, statuses) is a ROUTE whose handler works on that resource; `name` is
 * what openapi.json calls it.
 */
#ifndef ETL_RESOURCE_ROUTES_H
#define ETL_RESOURCE_ROUTES_H

/* clang-format off */
#define RESOURCE_LIST(name, names, path, sentence) \
	ROUTE_LIST_OF(name##_resource, names##_list, "GET", path, ROLE_READER, \
	    resource_list, resource_list_input, sentence, \
	    answer_##name##_list, "200 304")

#define RESOURCE(name, names, path, sentence, a, noun, delete_input) \
	RESOURCE_LIST(name, names, path, sentence) \
	RESOURCE_ROW(name, path, a, noun, delete_input)

#define RESOURCE_ROW(name, path, a, noun, delete_input) \
	ROUTE_OF(name##_resource, name##_create, "POST", path, ROLE_ADMIN, \
	    resource_create, name##_create_input, "Make " a " " noun, \
	    answer_##name, "201 404 409") \
	ROUTE_OF(name##_resource, name##_get, "GET", path "/{id}", \
	    ROLE_READER, resource_get, NO_INPUT, "One " noun, \
	    answer_##name, "200 304") \
	ROUTE_OF(name##_resource, name##_update, "PUT", path "/{id}", \
	    ROLE_ADMIN, resource_update, name##_update_input, \
	    "Change " a " " noun, answer_##name, "200 409 412") \
	ROUTE_OF(name##_resource, name##_delete, "DELETE", path "/{id}", \
	    ROLE_ADMIN, resource_remove, delete_input, \
	    "Delete or deactivate " a " " noun, answer_done, \
	    "200 400 409 412")

#define RESOURCE_DEPENDENCIES(name, path, a, noun) \
	ROUTE_OF(name##_resource, name##_depends, "GET", \
	    path "/{id}/dependencies", ROLE_READER, resource_dependencies, \
	    NO_INPUT, "What depends on " a " " noun, \
	    answer_##name##_dependencies, "200 304")

#define REPORT_LIST(name, names, path, sentence) \
	ROUTE_LIST_OF(name##_resource, names##_list, "GET", path, ROLE_READER, \
	    report_get_list, name##_list_input, sentence, \
	    answer_##name##_list, "200 304")

#define REPORT_ONE(name, path, sentence) \
	ROUTE_OF(name##_resource, name##_get, "GET", path "/{id}", \
	    ROLE_READER, report_get_one, NO_INPUT, sentence, answer_##name, \
	    "200 304")
/* clang-format on */

#endif
