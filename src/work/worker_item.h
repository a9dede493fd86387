/* SPDX-License-Identifier: MIT */
/*
 * A statement over a whole batch that fails does not say at which item. This
 * finds it, by trying beginnings of the batch, each of them rolled back.
 */
#ifndef WORK_WORKER_ITEM_H
#define WORK_WORKER_ITEM_H

#include "models/transform_job.h"

/*
 * Find the item that makes a batch, or its load, fail with this SQLSTATE.
 *
 * Needs: no open transaction; db_tenant() is the job's.
 * Gives: its place in the batch, from 0; -1 when none is found in a minute.
 */
int64_t worker_find_item(struct db *db, const struct transform_job *job,
    bool load, const char *sqlstate, struct arena *arena);

#endif
