/* SPDX-License-Identifier: MIT */
/*
 * Making batches pending again, so that they are processed once more.
 */
#ifndef MODELS_BATCH_RAW_BATCH_REQUEUE_H
#define MODELS_BATCH_RAW_BATCH_REQUEUE_H

#include "models/batch/raw_batch_filter.h"

/*
 * Let batches be processed again: pending, not queued, attempts counted anew,
 * errors kept as history. At most filter->limit, oldest first; those that are
 * at work are passed over, those whose payload is gone, and without a status to
 * filter by those that are pending, unless one is named by its id.
 *
 * Gives: rows of RAW_BATCH_LOCKED_…; their messages are to be published, which
 *        the relay does otherwise.
 */
enum err raw_batch_requeue(struct db *db, const struct raw_batch_filter *filter,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
    MUST_CHECK;

/* How many batches raw_batch_requeue() would find, its limit aside. */
enum err raw_batch_requeue_count(struct db *db,
    const struct raw_batch_filter *filter, struct arena *arena,
    int64_t *ret_count, struct diag *diag) MUST_CHECK;

/* The first of them, oldest first, as lists show them: raw_batch_columns. */
enum err raw_batch_requeue_first(struct db *db,
    const struct raw_batch_filter *filter, int64_t limit, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

#endif
