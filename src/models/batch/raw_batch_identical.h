/* SPDX-License-Identifier: MIT */
/*
 * What is known of payloads that were processed (docs/identical.md): which
 * batch had it last, which versions of which rows that one read, and whether
 * the same were there once it was loaded. Then it has changed nothing, and as
 * long as they are there, another one would not either.
 */
#ifndef MODELS_BATCH_RAW_BATCH_IDENTICAL_H
#define MODELS_BATCH_RAW_BATCH_IDENTICAL_H

#include "models/batch/raw_batch_work.h"

/* The last batch that was processed with a batch's payload. */
struct raw_batch_twin {
	int64_t id;	 /* 0: none is known of */
	bool is_settled; /* what it read is known, and it has changed nothing */
	struct span seen; /* what it read, a digest in hexadecimal */
	int64_t items;	  /* of it */
};

/*
 * The twin of a batch: its tenant, integration, type, payload and metadata, an
 * older one, and processed less than a week ago.
 * Gives: *ret_twin; is_settled only of one that is completed, without a note,
 *        and still there with its payload.
 * Fails: as db_run().
 */
enum err raw_batch_twin_get(struct db *db, const struct raw_batch_name *name,
    struct arena *arena, struct raw_batch_twin *ret_twin, struct diag *diag)
    MUST_CHECK;

/*
 * This batch is the last one with its payload that was transformed. seen: what
 * it read before; SPAN_NONE: that is not known.
 * Needs: its transaction, in which it was claimed (raw_batch_hold).
 */
enum err raw_batch_twin_put(struct db *db, const struct raw_batch_name *name,
    struct span seen, struct arena *arena, struct diag *diag) MUST_CHECK;

/*
 * What this batch read before it was transformed, if it is still the last one
 * with its payload, and could be settled now that it is loaded; else SPAN_NONE.
 */
enum err raw_batch_twin_seen(struct db *db, const struct raw_batch_name *name,
    struct arena *arena, struct span *ret_seen, struct diag *diag) MUST_CHECK;

/* It is settled, if that is still what it read. */
enum err raw_batch_twin_settle(struct db *db, const struct raw_batch_name *name,
    struct span seen, struct arena *arena, struct diag *diag) MUST_CHECK;

/* Forget payloads that were processed more than a week ago; limit: at most. */
enum err raw_batch_twins_forget(struct db *db, int64_t limit,
    struct arena *arena, int64_t *ret_count, struct diag *diag) MUST_CHECK;

#endif
