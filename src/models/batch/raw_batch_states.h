/* SPDX-License-Identifier: MIT */
/*
 * How many batches stand where, and how long the oldest of them have waited.
 */
#ifndef MODELS_BATCH_RAW_BATCH_STATES_H
#define MODELS_BATCH_RAW_BATCH_STATES_H

#include "adapters/db/db.h"

/* What raw_batch_states() gives, a row for each status. */
enum {
	RAW_BATCH_STATE,
	RAW_BATCH_STATE_BATCHES,
	RAW_BATCH_STATE_OLDEST,	 /* created_at; of completed ones NULL */
	RAW_BATCH_STATE_SECONDS, /* since then */
	RAW_BATCH_STATE_COLUMNS
};

/*
 * Count the active batches of a tenant, or (0) of all. The completed ones are
 * the rest of all, which are not looked at. Needs: db_tenant() of the same.
 */
enum err raw_batch_states(struct db *db, int64_t tenant_id, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

/* What raw_batch_standing() gives, a row for each status, then "unqueued". */
enum {
	RAW_BATCH_STANDING,
	RAW_BATCH_STANDING_BATCHES,
	RAW_BATCH_STANDING_EXACT,
	RAW_BATCH_STANDING_OLDEST, /* created_at, or NULL */
};

/*
 * The same within milliseconds, however many there are, by the counts that
 * raw_batch_counts() takes. "unqueued" are the pending batches whose message the
 * broker has not confirmed, among the oldest and the newest of them; it is
 * exact where all could be looked at, else there may be more. Needs: db_tenant()
 * of the tenant.
 */
enum err raw_batch_standing(struct db *db, int64_t tenant_id,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
    MUST_CHECK;

/* Over how long raw_batch_throughput() looks back, seconds. */
#define RAW_BATCH_THROUGHPUT_SECONDS 300

struct raw_batch_throughput {
	int64_t received;  /* in the whole minutes of that time */
	int64_t completed; /* in that time */
	bool is_exact;	   /* else computed from the newest completed ones */
};

/*
 * How many of a tenant's active batches came and were processed lately, within
 * milliseconds, however many there are. Needs: db_tenant() of the tenant.
 */
enum err raw_batch_throughput(struct db *db, int64_t tenant_id,
    struct arena *arena, struct raw_batch_throughput *ret, struct diag *diag)
    MUST_CHECK;

#endif
