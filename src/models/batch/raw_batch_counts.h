/* SPDX-License-Identifier: MIT */
/*
 * How many batches came when, by status: from what stores, triggers and the
 * relay keep (migration 0032), not from the batches, so that it does not matter
 * how many there are. The numbers are exact.
 */
#ifndef MODELS_BATCH_RAW_BATCH_COUNTS_H
#define MODELS_BATCH_RAW_BATCH_COUNTS_H

#include "adapters/db/db.h"
#include "models/batch/raw_batch_filter.h"

/* How long a bucket may be, and how many there may be. */
#define RAW_BATCH_BUCKETS "1m|5m|1h|1d"
#define RAW_BATCH_BUCKETS_MAX 2000
/* How many there are where the filter does not say since when. */
#define RAW_BATCH_BUCKETS_USUAL 60

/* What a row says of a bucket. */
enum raw_batch_counts_column {
	RAW_BATCH_COUNTS_START, /* ISO 8601 */
	RAW_BATCH_COUNTS_END,
	RAW_BATCH_COUNTS_RECEIVED,
	RAW_BATCH_COUNTS_BYTES, /* of their payloads, as they came */
	RAW_BATCH_COUNTS_PENDING,
	RAW_BATCH_COUNTS_PROCESSING,
	RAW_BATCH_COUNTS_COMPLETED,
	RAW_BATCH_COUNTS_FAILED,
	RAW_BATCH_COUNTS_COLUMNS
};

/*
 * Count active batches in buckets, oldest first, also those that are empty. Of
 * the filter its integration, type, status and times count; the first bucket is
 * the one that created_after lies in, the last one that of the moment before
 * created_before, by default now. Buckets begin at whole minutes, hours and days
 * (UTC).
 *
 * Needs: bucket: one of RAW_BATCH_BUCKETS.
 * Gives: rows of RAW_BATCH_COUNTS_COLUMNS columns; none: the times are the
 *        wrong way round; more than RAW_BATCH_BUCKETS_MAX: too many, and
 *        there may be others still.
 * Fails: as db_run().
 */
enum err raw_batch_counts(struct db *db, const struct raw_batch_filter *filter,
    struct span bucket, struct arena *arena, struct db_rows **ret_rows,
    struct diag *diag) MUST_CHECK;

/*
 * Add up what was noted since the last time, `limit` notes at most.
 *
 * Needs: db_tenant(DB_EVERY_TENANT).
 * Gives: *ret_count: how many there were. Fails: as db_run().
 */
enum err raw_batch_counts_add_up(struct db *db, int64_t limit,
    struct arena *arena, int64_t *ret_count, struct diag *diag) MUST_CHECK;

#endif
