/* SPDX-License-Identifier: MIT */
/*
 * What needs more than one batch, once a batch has been transformed: metrics
 * of work items, links between work items and pull requests, parents, mapped
 * types and statuses. Limited to what the batch touched; running it again
 * changes nothing.
 */
#ifndef LOADERS_LOADER_H
#define LOADERS_LOADER_H

#include "models/transform_job.h"

/*
 * Run the loads of a batch's entity type, if it has any.
 *
 * Needs: an open transaction of the job's tenant; the batch is transformed.
 * Fails: E_INVALID  the entity type is unknown; else as db_run().
 */
enum err loader_run(struct db *db, const struct transform_job *job,
    struct arena *arena, struct diag *diag) MUST_CHECK;

/* Add the texts of the loads to a digest. */
enum err loader_digest(const struct transform_job *job, struct digest *digest,
    struct diag *diag) MUST_CHECK;

#endif
