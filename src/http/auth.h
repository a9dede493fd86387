/*
 * Who asks, and for which tenant. Every route acts for one tenant; without one
 * nothing is done.
 */
#ifndef HTTP_AUTH_H
#define HTTP_AUTH_H

#include "http/request.h"

/* Who may call a route; each role may also do what those above it may. */
enum role {
	ROLE_OPEN, /* anybody: it tells nothing about a tenant */
	ROLE_READER,
	ROLE_WRITER,
	ROLE_ADMIN,
};

/*
 * Before the body is read: is the caller known?
 * Fails: E_UNKNOWN_CALLER.
 */
enum err auth_check(struct req *rq) MUST_CHECK;

/*
 * Once the query and the body are there: the tenant. Older clients name it in
 * the query or the body; it must be the same everywhere.
 *
 * Gives: rq->who.tenant_id.
 * Fails: E_FORBIDDEN when they differ; E_SYNTAX or E_INVALID when it is
 *        missing or no number.
 */
enum err auth_tenant(struct req *rq) MUST_CHECK;

#endif
