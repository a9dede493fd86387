/* SPDX-License-Identifier: MIT */
/*
 * Bulk queues: the jobs of a tenant that has many of them waiting do not stand
 * before those of others. The first few of a tenant's jobs go to the main
 * queue, further ones to the first bulk queue, and what is beyond twenty times
 * as many to one of the others, by the tenant's id; consumers serve a family's
 * main queue and its bulk queues in turn. So how long a job waits depends on
 * the backlog of its own tenant and of those that share its queue, not on a
 * backlog of another size, nor of another large one.
 *
 * Nobody keeps a list of jobs: each process counts what it publishes for a
 * tenant, and asks the rows how many are pending after an eighth of what is
 * few, or after a second in which a tenant with a large backlog got more. What
 * was counted more than ten seconds ago counts no more, and what was published
 * no more when nothing was for ten seconds.
 */
#ifndef QUEUE_QUEUE_LANES_H
#define QUEUE_QUEUE_LANES_H

#include "queue/queue_manager.h"

/* How many open runs of one tenant are few. */
#define QUEUE_FEW_RUNS 10

/*
 * The lane for one more job of a tenant that has so many waiting; few: see
 * above, 0: no lanes. Where the broker lacks that one, the job is published to
 * the last that is there.
 */
int queue_lane_for(int64_t tenant_id, int64_t waiting, int64_t few);

/*
 * Is there a tenant whose pending batches are to be counted now? of: only this
 * one may be; 0: any.
 * Gives: *ret_tenant_id; *ret_most: from there on it does not matter how many.
 */
bool queue_lanes_due(struct queue_manager *manager, int64_t of,
    int64_t *ret_tenant_id, int64_t *ret_most);

/* So many batches of the tenant are pending; -1: nobody could say. */
void queue_lanes_note(struct queue_manager *manager, int64_t tenant_id,
    int64_t pending);

#endif
