/* SPDX-License-Identifier: MIT */
/*
 * The input of a route read by its rows (http/field_row.h): each value goes to
 * its member of a struct. Reading finds every invalid field, not just the
 * first.
 */
#ifndef HTTP_FIELD_H
#define HTTP_FIELD_H

#include "base/err.h"
#include "http/field_row.h"

struct req;

/*
 * Read all rows into the struct at `values`, whose members hold the defaults.
 *
 * Fails: E_SYNTAX when a query value is bad, E_INVALID when only body fields
 *        are; the request's list of errors then has them all.
 */
enum err fields_read(const struct field_set *set, struct req *rq, void *values)
    MUST_CHECK;

/*
 * Find what is wrong with the fields, and keep nothing else. Fails: as above.
 */
enum err fields_check(const struct field_set *set, struct req *rq) MUST_CHECK;

/* A form as JSON Schema's pattern; NULL: any text has it. */
const char *field_pattern(enum field_form form);

#endif
