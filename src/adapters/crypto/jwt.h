/* SPDX-License-Identifier: MIT */
/*
 * JSON Web Tokens (RFC 7519) of the platform, signed with one algorithm that
 * the settings name: a token that says another one, or none, is refused before
 * its signature is looked at (RFC 8725, 3.1). The cryptography is cjose's.
 */
#ifndef ADAPTERS_CRYPTO_JWT_H
#define ADAPTERS_CRYPTO_JWT_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

#define JWT_MAX_BYTES 8192

struct jwt_key;

/*
 * Make a key. algorithm: "HS256", text being the shared secret of at least 32
 * bytes (RFC 7518, 3.2), or "RS256", text being a public key in PEM form.
 *
 * Fails: E_SETTING, also when this build has no JWT.
 * Owns:  you jwt_key_free().
 */
enum err jwt_key_new(const char *algorithm, struct span text,
    struct jwt_key **ret_key, struct diag *diag) MUST_CHECK;
void jwt_key_free(struct jwt_key *key);

/*
 * Check a token's form, algorithm and signature; not its claims.
 *
 * Gives: *ret_claims, JSON, terminated, in the arena.
 * Fails: E_UNKNOWN_CALLER; diag says why, for the log.
 */
enum err jwt_verify(const struct jwt_key *key, struct span token,
    struct arena *arena, struct span *ret_claims, struct diag *diag) MUST_CHECK;

/*
 * Sign claims (JSON) with an RSA private key in PEM form: RS256.
 *
 * Gives: *ret_token, the compact form (RFC 7515, 7.1), in the arena.
 * Fails: E_INVALID: the key is none, has less than 2048 bits or a passphrase;
 *        E_SYSTEM, also when this build has no JWT.
 */
enum err jwt_sign(struct span key, struct span claims, struct arena *arena,
    struct span *ret_token, struct diag *diag) MUST_CHECK;

#endif
