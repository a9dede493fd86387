/* SPDX-License-Identifier: MIT */
#include "http/auth_cache.h"

#include <string.h>

const struct who *
auth_cache_find(const struct auth_cache *cache,
    const unsigned char digest[DIGEST_SHA256_SIZE], int64_t now)
{
	const struct auth_cache_entry *set =
	    cache->entries[digest[0] % AUTH_CACHE_SETS];

	for (size_t i = 0; i < AUTH_CACHE_WAYS; i++)
		if (set[i].until > now && digest_equal(set[i].digest, digest))
			return &set[i].who;
	return NULL;
}

void
auth_cache_add(struct auth_cache *cache,
    const unsigned char digest[DIGEST_SHA256_SIZE], const struct who *who,
    int64_t seconds, int64_t now)
{
	struct auth_cache_entry *set =
	    cache->entries[digest[0] % AUTH_CACHE_SETS];
	struct auth_cache_entry *oldest = &set[0];

	if (seconds > AUTH_CACHE_SECONDS)
		seconds = AUTH_CACHE_SECONDS;
	for (size_t i = 1; i < AUTH_CACHE_WAYS; i++)
		if (set[i].until < oldest->until)
			oldest = &set[i];
	memcpy(oldest->digest, digest, DIGEST_SHA256_SIZE);
	oldest->who = *who;
	oldest->until = now + seconds * 1000;
}
