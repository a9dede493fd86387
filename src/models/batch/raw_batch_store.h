/* SPDX-License-Identifier: MIT */
/*
 * Inserting one batch. Its row is its own outbox: queued_at stays NULL until
 * the broker confirmed the message with its id.
 */
#ifndef MODELS_BATCH_RAW_BATCH_STORE_H
#define MODELS_BATCH_RAW_BATCH_STORE_H

#include "models/batch/idempotency_key.h"
#include "models/batch/raw_batch_version.h"

/* What is stored. */
struct raw_batch {
	int64_t tenant_id;
	int64_t integration_id;
	struct span entity_type;	 /* 1 to 50 characters */
	struct span external_id;	 /* SPAN_NONE: NULL */
	struct span raw_data;		 /* JSON; see db_add_jsonb() */
	struct span extraction_metadata; /* the same, or SPAN_NONE */
	int64_t item_count;
	int64_t replaced; /* characters of it, see json/json_replace.h */
	/* SHA-256 of raw_data as it came; NULL: as it is. */
	const unsigned char *digest;
	bool queue; /* false: nobody will queue it */
	bool done;  /* nothing is to become of it: it is completed at once */
	bool is_mapped;		 /* its type is one of the tenant's own */
	const char *traceparent; /* of who stores it; NULL: none */
	/* Written with the batch; NULL: none. */
	const struct idempotency_key *key;
};

/* What became of a batch that was stored. */
struct raw_batch_stored {
	struct raw_batch_version row;
	struct span product; /* of its integration */
};

/*
 * Insert one batch, committed when this returns E_OK.
 *
 * Gives: *ret_stored; processing_status is pending or completed, queued_at
 *        NULL.
 * Fails: E_NO_INTEGRATION  the tenant has no such integration;
 *        E_KEY_TAKEN       the key was used before: idempotency_key_get();
 *        E_INVALID         PostgreSQL cannot store this JSON: diag tells;
 *        E_DB_UNKNOWN      it may have been stored: the connection was lost,
 *                          and nobody could tell in time what became of it;
 *        others as db_run(): nothing was stored.
 */
enum err raw_batch_insert(struct db *db, const struct raw_batch *batch,
    struct arena *arena, struct raw_batch_stored *ret_stored, struct diag *diag)
    MUST_CHECK;

#endif
