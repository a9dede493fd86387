/* SPDX-License-Identifier: MIT */
/*
 * Removing old batches by hand. Those that something hangs on stay: batches that
 * wait for others, pages of a census that is not whole, and those whose
 * Idempotency-Key may come again.
 */
#ifndef MODELS_BATCH_RAW_BATCH_PURGE_H
#define MODELS_BATCH_RAW_BATCH_PURGE_H

#include "adapters/db/db.h"

/* Which batches to purge: those that came to their end long ago. */
struct raw_batch_purge {
	int64_t tenant_id;  /* 0: every tenant's */
	struct span status; /* completed, failed, or deleted: in any status */
	int64_t age;	    /* seconds since the end, or since they came */
	int64_t after_id;   /* moves on with each step */
};

/*
 * Remove at most `limit` of them, in the order of their ids, and move on.
 * Needs: db set to that tenant, or to every one.
 * Gives: *ret_count, how many were removed, 0 at the end.
 */
enum err raw_batch_purge_step(struct db *db, struct raw_batch_purge *purge,
    int64_t limit, struct arena *arena, int64_t *ret_count, struct diag *diag)
    MUST_CHECK;

/* How many there are, and how many bytes of payload. */
enum err raw_batch_purge_count(struct db *db,
    const struct raw_batch_purge *purge, struct arena *arena,
    int64_t *ret_count, int64_t *ret_bytes, struct diag *diag) MUST_CHECK;

/* The first of them, in the order of their ids; the cells of a row: */
enum {
	RAW_BATCH_PURGE_ID,
	RAW_BATCH_PURGE_TENANT,
	RAW_BATCH_PURGE_TYPE,
	RAW_BATCH_PURGE_STATUS,
	RAW_BATCH_PURGE_CREATED,
	RAW_BATCH_PURGE_BYTES,
	RAW_BATCH_PURGE_COLUMNS
};
enum err raw_batch_purge_first(struct db *db,
    const struct raw_batch_purge *purge, int64_t limit, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

#endif
