/* SPDX-License-Identifier: MIT */
/*
 * Processing stored batches again, without a new extraction: their rows become
 * pending, then their ids are published. What the broker does not take now is
 * queued by the relay.
 */
#ifndef WORK_REQUEUE_H
#define WORK_REQUEUE_H

#include "models/batch/raw_batch_filter.h"
#include "queue/queue_manager.h"

struct requeued {
	size_t pending; /* batches that are pending again */
	size_t queued;	/* of these, the broker has the message */
};

/*
 * Requeue the batches of a filter, see raw_batch_requeue().
 *
 * Needs: db set to the filter's tenant; no open transaction.
 * Gives: *ret_requeued. An unreachable broker is no failure.
 * Fails: as db_run(); no batch was changed.
 */
enum err requeue(struct db *db, struct queue_manager *queue,
    const struct raw_batch_filter *filter, struct arena *arena,
    struct requeued *ret_requeued, struct diag *diag) MUST_CHECK;

#endif
