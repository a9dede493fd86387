/* SPDX-License-Identifier: MIT */
/*
 * What the relay does for extractions: it makes runs of schedules that are due,
 * and finds runs whose message is to be published: new ones that nobody has
 * queued, waiting ones whose time has come, and those whose message was lost.
 */
#ifndef MODELS_EXTRACT_EXTRACT_DUE_H
#define MODELS_EXTRACT_EXTRACT_DUE_H

#include "adapters/db/db.h"

/*
 * Make a run of each job that is due, one at most, whatever times were missed;
 * none where one of the same integration and type is open.
 * Gives: *ret_count, how many jobs were due.
 */
enum err extract_due_schedules(struct db *db, int64_t limit,
    struct arena *arena, int64_t *ret_count, struct diag *diag) MUST_CHECK;

/* The columns of a run whose message is to be published. */
enum {
	EXTRACT_DUE_ID,
	EXTRACT_DUE_TENANT,
	EXTRACT_DUE_INTEGRATION,
	EXTRACT_DUE_TYPE,
	EXTRACT_DUE_PARAMS,
	EXTRACT_DUE_WAITING, /* runs of its tenant that have a message */
};

/*
 * Lock runs that are to be queued; others' locks are passed over. min_age: how
 * long a new run is left to who made it, seconds.
 * Needs: an open transaction. Gives: rows of EXTRACT_DUE_….
 */
enum err extract_due_lock(struct db *db, int64_t min_age, int64_t limit,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
    MUST_CHECK;

/*
 * Runs whose message must have been lost: they have been queued or running for
 * `age` seconds without a step. They are to be queued again.
 * Needs: no message waits. Gives: *ret_count.
 */
enum err extract_due_again(struct db *db, int64_t age, struct arena *arena,
    int64_t *ret_count, struct diag *diag) MUST_CHECK;

#endif
