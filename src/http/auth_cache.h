/* SPDX-License-Identifier: MIT */
/*
 * Callers whose tokens were found valid a moment ago, so that a request costs
 * no question to the database. Bounded; an entry lives AUTH_CACHE_SECONDS at
 * most, which is how long a revoked token may still work. Tokens themselves
 * are not kept, only their SHA-256.
 */
#ifndef HTTP_AUTH_CACHE_H
#define HTTP_AUTH_CACHE_H

#include "adapters/crypto/digest.h"
#include "http/request.h"

#define AUTH_CACHE_SECONDS 30
#define AUTH_CACHE_SETS 64
#define AUTH_CACHE_WAYS 4

struct auth_cache_entry {
	unsigned char digest[DIGEST_SHA256_SIZE];
	int64_t until; /* of clock_ms(); 0: free */
	struct who who;
};

struct auth_cache {
	struct auth_cache_entry entries[AUTH_CACHE_SETS][AUTH_CACHE_WAYS];
};

/* The caller with this token, or NULL when he is not known (any more). */
const struct who *auth_cache_find(const struct auth_cache *cache,
    const unsigned char digest[DIGEST_SHA256_SIZE], int64_t now);

/* Remember a caller for so many seconds, AUTH_CACHE_SECONDS at most. */
void auth_cache_add(struct auth_cache *cache,
    const unsigned char digest[DIGEST_SHA256_SIZE], const struct who *who,
    int64_t seconds, int64_t now);

#endif
