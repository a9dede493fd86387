/* SPDX-License-Identifier: MIT */
/*
 * How batches stand at this moment, for GET /metrics: what can be said within
 * milliseconds however many rows there are. Of each status so many are looked
 * at, by an index; where there are more, numbers say "at least".
 */
#ifndef MODELS_BATCH_RAW_BATCH_GAUGES_H
#define MODELS_BATCH_RAW_BATCH_GAUGES_H

#include "adapters/db/db.h"

/* A count that is this may be more. */
#define RAW_BATCH_GAUGE_MAX 2000

struct raw_batch_gauges {
	int64_t pending, processing, failed;
	int64_t all; /* active ones, exactly */
	/* Of the pending: */
	int64_t unqueued; /* to be queued, and not confirmed by the broker */
	int64_t queued;
	int64_t queued_long; /* of these, for longer than age */
	/* Ages of the oldest, microseconds; 0: there is none. */
	int64_t unqueued_us;
	int64_t pending_us; /* since it was queued, or else stored */
	int64_t processing_us;
	bool writable; /* the database takes changes */
};

/*
 * Gives: *ret. An unqueued batch's age counts from its being stored; so does
 *        that of one that is to be processed again, until the relay queues it.
 * Needs: db_tenant(DB_EVERY_TENANT). age: seconds.
 */
enum err raw_batch_gauges(struct db *db, int64_t age, struct arena *arena,
    struct raw_batch_gauges *ret, struct diag *diag) MUST_CHECK;

/*
 * The service's sessions in this database, of all hosts.
 * Gives: rows of a program's name and how many.
 */
enum err raw_batch_sessions(struct db *db, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

#endif
