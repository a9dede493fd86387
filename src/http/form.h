/* SPDX-License-Identifier: MIT */
/*
 * A request's body as a form, for routes that take a file: read with the limit
 * its rows give, taken apart, and its tenant_id put where auth_tenant() looks.
 */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include "http/request.h"

/* Does a route take a form? One of its rows is a file then. */
bool form_is_wanted(const struct field_set *wanted);

/*
 * Gives: rq->form.
 * Fails: E_MEDIA, E_TOO_LARGE, E_SYNTAX; the client is told why.
 */
enum err form_read(struct req *rq, const struct field_set *wanted) MUST_CHECK;

#endif
