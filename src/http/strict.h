/* SPDX-License-Identifier: MIT */
/*
 * Names that a route does not take: a mistyped filter must not be no filter.
 */
#ifndef HTTP_STRICT_H
#define HTTP_STRICT_H

#include "http/request.h"

/*
 * Refuse each parameter of the query and member of the body, or part of a form,
 * that the rows do not have, with the name that was probably meant. tenant_id
 * is taken everywhere.
 *
 * Fails: E_SYNTAX when one is in the query, E_INVALID when all are in the body;
 *        the request's list of errors then has them.
 */
enum err strict_check(struct req *rq, const struct field_set *set) MUST_CHECK;

#endif
