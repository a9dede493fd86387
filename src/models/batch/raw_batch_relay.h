/* SPDX-License-Identifier: MIT */
/*
 * What the relay looks for: batches whose message nobody has published, or
 * whose message is of no use any more. New rows are passed once, in the order
 * of their ids; of the others an index knows which are due (queue_due, which a
 * trigger keeps). So a look costs the same however many batches are pending.
 */
#ifndef MODELS_BATCH_RAW_BATCH_RELAY_H
#define MODELS_BATCH_RAW_BATCH_RELAY_H

#include "models/batch/raw_batch_version.h"

/* The rows behind after_id, as far as they are old enough to be judged. */
struct raw_batch_range {
	int64_t after_id;
	int64_t last_id;
	int64_t unqueued; /* of these, nobody has queued them */
	bool more;	  /* there are further ones, old enough as well */
	bool due;	  /* somewhere a row is due */
};

/*
 * Look on behind range->after_id, at most `rows` rows; min_age: how long a
 * batch is left to who stored it, seconds. Nothing is locked.
 */
enum err raw_batch_look_on(struct db *db, int64_t min_age, int64_t rows,
    struct arena *arena, struct raw_batch_range *range, struct diag *diag)
    MUST_CHECK;

/*
 * How many batches of a tenant are pending; `most` of them are looked at.
 * Needs: the connection sees the tenant's rows. Gives: *ret_count.
 */
enum err raw_batch_pending_of(struct db *db, int64_t tenant_id, int64_t most,
    struct arena *arena, int64_t *ret_count, struct diag *diag) MUST_CHECK;

/* The newest id that is old enough; 0: there is none. */
enum err raw_batch_newest(struct db *db, int64_t min_age, struct arena *arena,
    int64_t *ret_id, struct diag *diag) MUST_CHECK;

enum raw_batch_where {
	RAW_BATCH_ANYWHERE, /* among all that are pending: dear */
	RAW_BATCH_IN_RANGE,
	RAW_BATCH_DUE,
	RAW_BATCH_SHARES, /* some of each tenant's newest */
};

/*
 * Lock batches that are to be queued, in the order of their ids. Rows that
 * another relay has locked are passed over.
 *
 * Needs: an open transaction; range, where that is asked for.
 * Gives: rows of RAW_BATCH_LOCKED_….
 */
enum err raw_batch_lock_unqueued(struct db *db, enum raw_batch_where where,
    const struct raw_batch_range *range, int64_t min_age, int64_t limit,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
    MUST_CHECK;

#endif
