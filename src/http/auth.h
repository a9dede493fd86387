/* SPDX-License-Identifier: MIT */
/*
 * Who asks, what he may do, and for which tenant. Every route acts for one
 * tenant; without one nothing is done. A caller shows an API token
 * (models/tenant/api_token.h) or, where the settings say so, a JSON Web Token.
 */
#ifndef HTTP_AUTH_H
#define HTTP_AUTH_H

#include "http/request.h"

struct auth;

/*
 * What a responder knows of callers: a key for JWT, tokens seen of late.
 * Fails: E_SETTING: the key is missing or does not fit, or what says who may
 *        read metrics (auth_metrics.h) does not. Owns: you auth_free().
 */
enum err auth_new(const struct http_settings *settings, struct auth **ret_auth,
    struct diag *diag) MUST_CHECK;
void auth_free(struct auth *auth);

/*
 * Before the body is read: is the caller known, and may he use the route?
 *
 * Needs: rq->route is found.
 * Gives: rq->who.
 * Fails: E_UNKNOWN_CALLER, E_FORBIDDEN; as db_run() when it cannot be asked.
 */
enum err auth_check(struct req *rq) MUST_CHECK;

/*
 * Once the query and the body are there: the tenant. Older clients name it in
 * the query or the body; it must be the caller's. With auth = none it is what
 * they say, the same everywhere.
 *
 * Gives: rq->who.tenant_id.
 * Fails: E_FORBIDDEN when they differ; E_SYNTAX or E_INVALID when it is
 *        missing or no number.
 */
enum err auth_tenant(struct req *rq) MUST_CHECK;

#endif
