/* SPDX-License-Identifier: MIT */
/*
 * Publishing the jobs of batches, from their rows.
 */
#ifndef WORK_PUBLISH_H
#define WORK_PUBLISH_H

#include "models/batch/raw_batch_version.h"
#include "queue/queue_manager.h"

/* What has come of it. */
struct published {
	size_t confirmed; /* so many rows' messages the broker has */
	struct diag why;  /* code E_OK: those of all rows */
};

/*
 * Publish the transform jobs of rows that are to be queued, wait at most so
 * many ms for their confirms, and mark the rows whose message is confirmed.
 *
 * Needs: rows of RAW_BATCH_LOCKED_…, at least one.
 * Gives: *ret_published, also when it fails.
 * Fails: as db_run(): the rows are not marked, whose messages will come twice.
 *        That the broker did not take them all is no failure.
 */
enum err publish_transforms(struct db *db, struct queue_manager *queue,
    const struct db_rows *rows, int timeout, struct arena *arena,
    struct published *ret_published, struct diag *diag) MUST_CHECK;

/*
 * Publish the load jobs of rows, to the main queue, or as if each tenant had
 * many waiting.
 *
 * Needs: as above; the last column is not looked at.
 * Fails: as mq_publish(): not all are confirmed.
 */
enum err publish_loads(struct queue_manager *queue, const struct db_rows *rows,
    bool as_many, int timeout, struct arena *arena, struct diag *diag)
    MUST_CHECK;

#endif
