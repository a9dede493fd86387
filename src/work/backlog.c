/* SPDX-License-Identifier: MIT */
#include "work/backlog.h"

#include "base/log.h"
#include "models/batch/raw_batch_relay.h"
#include "queue/queue_lanes.h"

void
backlog_count(struct db *db, struct queue_manager *queue, int64_t of,
    struct arena *arena)
{
	int64_t tenant_id, most, pending;
	struct diag diag;

	while (queue_lanes_due(queue, of, &tenant_id, &most)) {
		diag_clear(&diag);
		if (raw_batch_pending_of(db, tenant_id, most, arena, &pending,
			&diag) != E_OK) {
			log_debug("backlog", LOG_INT("tenant_id", tenant_id),
			    LOG_TEXT("text", diag.text));
			pending = -1;
		}
		queue_lanes_note(queue, tenant_id, pending);
	}
}

void
backlog_count_idle(struct db *db, struct queue_manager *queue,
    struct arena *arena)
{
	db_tenant(db, DB_EVERY_TENANT);
	backlog_count(db, queue, 0, arena);
	db_tenant(db, DB_NO_TENANT);
	arena_reset(arena);
}
