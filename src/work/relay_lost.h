/* SPDX-License-Identifier: MIT */
/*
 * What a relay does when the broker has lost a queue: the rows say which
 * messages there should be. Batches that wait for one are queued again. That a
 * batch was loaded no row says, so that those completed since load_queue was
 * last seen empty are loaded once more; that changes nothing where it was done.
 */
#ifndef WORK_RELAY_LOST_H
#define WORK_RELAY_LOST_H

#include "adapters/db/db.h"
#include "queue/queue_manager.h"

struct relay_lost {
	struct db *db;
	struct queue_manager *queue;
	struct arena *arena;
	struct queue_owner owner;
	int64_t empty_at;    /* of clock_ms(): load_queue was empty; 0: never */
	bool rows;	     /* some were marked: look through all */
	bool loads;	     /* some are to be published */
	int64_t loads_age;   /* seconds */
	int64_t loads_after; /* up to this id they are */
};

/* Make the relay the queues' owner. lost, db, queue and arena stay. */
void relay_lost_init(struct relay_lost *lost);

/*
 * Publish load jobs that may be lost, some at a time.
 * Gives: *ret_more: there are more.
 * Fails: as db_run() and mq_publish(): they still are to be.
 */
enum err relay_lost_loads(struct relay_lost *lost, int timeout, bool *ret_more,
    struct diag *diag) MUST_CHECK;

/* Now and then: is load_queue empty? */
void relay_lost_note_empty(struct relay_lost *lost);

#endif
