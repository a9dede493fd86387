/* SPDX-License-Identifier: MIT */
/*
 * What the relay does now and then besides queueing: it ends leases of dead
 * workers, removes expired idempotency keys and goes on with retention,
 * compares rows with messages, queues loads for metrics that are due, and runs
 * of extractions whose time has come.
 * Several relays may do so side by side; each chore is harmless when repeated.
 */
#ifndef WORK_RELAY_CHORES_H
#define WORK_RELAY_CHORES_H

#include "adapters/db/db.h"
#include "queue/queue_manager.h"
#include "work/relay_conf.h"
#include "work/relay_retention.h"

/*
 * Do all chores once. Each change is logged.
 * Fails: as db_run(), and queue_manager_count().
 */
enum err relay_chores(struct db *db, struct queue_manager *queue,
    const struct relay_settings *settings, struct relay_retention *retention,
    struct arena *arena, struct diag *diag) MUST_CHECK;

/*
 * Tenants that go on after a pause: let some of what has waited be queued
 * again. Trouble is logged, and it is tried again the next time. The arena is
 * empty afterwards.
 */
void relay_resume(struct db *db, struct arena *arena);

#endif
