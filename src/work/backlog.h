/* SPDX-License-Identifier: MIT */
/*
 * Counting what waits of those tenants whose jobs this process publishes, for
 * the choice of a bulk queue (queue/queue_lanes.h).
 */
#ifndef WORK_BACKLOG_H
#define WORK_BACKLOG_H

#include "adapters/db/db.h"
#include "queue/queue_manager.h"

/*
 * Count what is due to be counted, nothing most of the time; after publishing,
 * when nobody waits for an answer.
 *
 * Needs: no open transaction; of: the tenant whose rows the connection sees, 0:
 *        it sees all.
 * A failure is told at debug: what was known holds on.
 */
void backlog_count(struct db *db, struct queue_manager *queue, int64_t of,
    struct arena *arena);

/*
 * The same of all tenants, where the connection is nobody's just now; the arena
 * is empty afterwards.
 */
void backlog_count_idle(struct db *db, struct queue_manager *queue,
    struct arena *arena);

#endif
