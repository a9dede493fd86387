/* SPDX-License-Identifier: MIT */
/*
 * What the relay does with rows of batches now and then, and looks at.
 */
#ifndef MODELS_BATCH_RAW_BATCH_CHORES_H
#define MODELS_BATCH_RAW_BATCH_CHORES_H

#include "adapters/db/db.h"

/*
 * Bring batches back to pending that are in processing for longer than a
 * lease, seconds. Rows that a worker holds locked are passed over.
 * Gives: id, tenant_id, attempts of each.
 */
enum err raw_batch_end_leases(struct db *db, int64_t lease, int64_t limit,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
    MUST_CHECK;

/*
 * Which loads make metrics follow a mapping, a workflow step or a category that
 * has changed: of each integration that has such a status the newest completed
 * batch whose load computes metrics. After a load that has failed for good
 * there is none until a newer batch comes: it would fail one batch after the
 * other.
 * Gives: rows of RAW_BATCH_LOCKED_… without the last column, of at most `limit`
 *        integrations.
 */
enum err raw_batch_loads_due(struct db *db, int64_t limit, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

/*
 * Forget that pending batches were queued longer ago than age, seconds, so
 * that the relay queues them again. Gives: how many.
 */
enum err raw_batch_queue_again(struct db *db, int64_t age, int64_t limit,
    struct arena *arena, int64_t *ret_count, struct diag *diag) MUST_CHECK;

/*
 * Batches that were completed within age, seconds, with ids above after, in
 * their order. Gives: as raw_batch_lock_unqueued(), and locks none.
 */
enum err raw_batch_completed_since(struct db *db, int64_t age, int64_t after,
    int64_t limit, struct arena *arena, struct db_rows **ret_rows,
    struct diag *diag) MUST_CHECK;

/*
 * How many batches of all tenants are pending, from what is added up, in a time
 * that does not grow with them.
 */
enum err raw_batch_pending(struct db *db, struct arena *arena,
    int64_t *ret_count, struct diag *diag) MUST_CHECK;

#endif
