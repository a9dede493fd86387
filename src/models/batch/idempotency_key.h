/* SPDX-License-Identifier: MIT */
/*
 * A client's Idempotency-Key: the same key and body again never makes a second
 * batch. It is written in the same statement as the batch (raw_batch_insert)
 * and kept until it expires.
 */
#ifndef MODELS_BATCH_IDEMPOTENCY_KEY_H
#define MODELS_BATCH_IDEMPOTENCY_KEY_H

#include "adapters/crypto/digest.h"
#include "adapters/db/db.h"

#define IDEMPOTENCY_KEY_MAX 255 /* characters */

struct idempotency_key {
	struct span key; /* 1 to IDEMPOTENCY_KEY_MAX characters */
	unsigned char fingerprint[DIGEST_SHA256_SIZE]; /* of the body */
	int64_t lifetime;			       /* seconds */
};

/* What a key was used for. */
struct idempotency_use {
	int64_t raw_data_id;
	bool same_body;
	bool queued;	     /* that batch's message was confirmed */
	int64_t replaced;    /* that batch's replaced_characters */
	struct span product; /* of that batch's integration */
};

/* Add the key's three values to an insert's parameters. */
void idempotency_key_add(const struct idempotency_key *key,
    struct db_params *params);

/* Get what a key was used for. Fails: E_NO_ROW when it is not there (now). */
enum err idempotency_key_get(struct db *db, int64_t tenant_id,
    const struct idempotency_key *key, struct arena *arena,
    struct idempotency_use *ret_use, struct diag *diag) MUST_CHECK;

/*
 * Remove expired keys of all tenants, at most `limit`.
 * Gives: *ret_count, how many.
 */
enum err idempotency_key_purge(struct db *db, int64_t limit,
    struct arena *arena, int64_t *ret_count, struct diag *diag) MUST_CHECK;

#endif
