/* SPDX-License-Identifier: MIT */
/* The requeueing that several routes end in. */
#ifndef ETL_REQUEUE_H
#define ETL_REQUEUE_H

#include "http/response.h"
#include "models/batch/raw_batch_filter.h"

/*
 * Requeue the batches of a filter, take them from the tenant's quota, note the
 * change, and answer how many are pending and queued; 202: the relay has to
 * help.
 *
 * Fails: E_NO_ROW  a filter of one id found none; as requeue(), quota_take().
 */
enum err requeue_answer(struct req *rq, struct resp *rp,
    const struct raw_batch_filter *filter) MUST_CHECK;

#endif
