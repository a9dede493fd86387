/* SPDX-License-Identifier: MIT */
/*
 * What trying a mapping (work/type_try.h) asks of the tables, in the transaction
 * that is taken back.
 */
#ifndef MODELS_CATALOGUE_MAPPED_TRIAL_H
#define MODELS_CATALOGUE_MAPPED_TRIAL_H

#include "models/transform_job.h"

/*
 * Find the batch, and let its mapping be this document in this transaction.
 *
 * Needs: an open transaction; job has tenant_id and raw_data_id.
 * Gives: the job's other members, but for the deadline.
 * Fails: E_NO_ROW, and the client is told; as db_run().
 */
enum err mapped_trial_begin(struct db *db, struct span document,
    struct arena *arena, struct transform_job *job, struct diag *diag)
    MUST_CHECK;

/*
 * The first rows that the batch's items have now, a JSON object each.
 * Fails: as db_run().
 */
enum err mapped_trial_rows(struct db *db, const struct transform_job *job,
    int64_t limit, struct arena *arena, struct db_rows **ret_rows,
    struct diag *diag) MUST_CHECK;

#endif
