/* SPDX-License-Identifier: MIT */
/*
 * Inserting several small batches together.
 */
#ifndef MODELS_BATCH_RAW_BATCH_GROUP_H
#define MODELS_BATCH_RAW_BATCH_GROUP_H

#include "models/batch/raw_batch_store.h"

/*
 * Insert several batches of one tenant in one statement: all of them, or none.
 *
 * Needs: 1 to RAW_BATCH_GROUP_MAX of them, without idempotency keys.
 * Gives: ret_stored[i] of each.
 * Fails: as raw_batch_insert(). E_DB may be one batch's fault: insert them one
 *        by one, nothing was stored.
 */
#define RAW_BATCH_GROUP_MAX 16
enum err raw_batch_insert_all(struct db *db,
    const struct raw_batch *const *batches, size_t count, struct arena *arena,
    struct raw_batch_stored *ret_stored, struct diag *diag) MUST_CHECK;

#endif
