/* SPDX-License-Identifier: MIT */
/*
 * API tokens: what clients show to say who they are. A token is
 * API_TOKEN_PREFIX and 64 hexadecimal digits, 256 random bits; only its SHA-256
 * is kept, so that nobody who reads the table can use it. It is shown once,
 * when it is made.
 */
#ifndef MODELS_TENANT_API_TOKEN_H
#define MODELS_TENANT_API_TOKEN_H

#include "adapters/crypto/digest.h"
#include "adapters/db/db.h"
#include "models/tenant/role.h"

#define API_TOKEN_PREFIX "petl_"
#define API_TOKEN_LEN (sizeof(API_TOKEN_PREFIX) - 1 + 64)

/* What a token may do, and for whom. */
struct api_token {
	int64_t id;
	int64_t tenant_id;
	enum role role;
	int64_t expires_in; /* seconds; INT64_MAX: never */
	bool has_quota;	    /* its tenant has */
};

/* Has the text a token's form? */
bool api_token_is(struct span text);

/*
 * Find the valid token with this digest: neither revoked nor expired, of an
 * active tenant. Notes that it was used, once a minute at most.
 *
 * Needs: db_tenant(DB_EVERY_TENANT), for it is not known yet whose it is.
 * Fails: E_UNKNOWN_CALLER when there is none; others as db_run().
 */
enum err api_token_find(struct db *db,
    const unsigned char digest[DIGEST_SHA256_SIZE], struct arena *arena,
    struct api_token *ret_token, struct diag *diag) MUST_CHECK;

/*
 * Make a token.
 *
 * Needs: an open transaction of the owner's role; name of 1 to 100 characters.
 * Gives: *ret_id, and ret_token, terminated, to be shown once.
 * Fails: E_NO_ROW: there is no such tenant.
 */
enum err api_token_insert(struct db *db, int64_t tenant_id, struct span name,
    enum role role, int64_t lifetime, struct arena *arena, int64_t *ret_id,
    char ret_token[API_TOKEN_LEN + 1], struct diag *diag) MUST_CHECK;

/*
 * List the tokens of a tenant, 0 for all: id, tenant_id, name, role,
 * token_hint, created_at, expires_at, last_used_at, state.
 */
enum err api_token_list(struct db *db, int64_t tenant_id, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

/*
 * Revoke a token; one that is revoked already stays so.
 * Gives: *ret_tenant_id. Fails: E_NO_ROW.
 */
enum err api_token_revoke(struct db *db, int64_t id, struct arena *arena,
    int64_t *ret_tenant_id, struct diag *diag) MUST_CHECK;

#endif
