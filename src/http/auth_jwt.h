/* SPDX-License-Identifier: MIT */
/*
 * What a JSON Web Token of the platform says about its bearer: claims
 * tenant_id, user_id, email, role, is_admin, exp, nbf, iss, aud (RFC 7519,
 * 4.1).
 */
#ifndef HTTP_AUTH_JWT_H
#define HTTP_AUTH_JWT_H

#include "http/request.h"

/* Seconds by which clocks may differ. */
#define AUTH_JWT_SLACK 30

/*
 * Read the claims of a token whose signature is right.
 *
 * Needs: claims are followed by a byte that is 0.
 * Gives: *ret_who without has_quota, and how long the token is valid yet.
 *        A role we do not know may do nothing (ROLE_OPEN).
 * Fails: E_UNKNOWN_CALLER: of another issuer or for another audience than the
 *        settings jwt_issuer and jwt_audience say, where they say one; expired, not valid yet, or incomplete; diag says.
 */
enum err auth_jwt_read(struct span claims, const struct http_settings *settings,
    int64_t now, struct arena *arena, struct who *ret_who, int64_t *ret_seconds,
    struct diag *diag) MUST_CHECK;

#endif
