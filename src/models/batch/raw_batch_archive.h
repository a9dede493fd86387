/* SPDX-License-Identifier: MIT */
/*
 * Batches that leave the database for files, and come back. A batch is its row
 * as a JSON object without the payload, and the payload as PostgreSQL prints it,
 * with all digits of its numbers; the files are programs/tool/archive.h.
 *
 * Needs, everywhere: db set to the tenant.
 */
#ifndef MODELS_BATCH_RAW_BATCH_ARCHIVE_H
#define MODELS_BATCH_RAW_BATCH_ARCHIVE_H

#include "models/batch/raw_batch_filter.h"

/*
 * Which batches: a filter's, which names a status, with these ids, whose payload
 * is there.
 */
struct raw_batch_range {
	struct raw_batch_filter filter;
	int64_t first_id, last_id; /* 0: any */
};

/* How many there are, and how many bytes of payload. */
enum err raw_batch_archive_count(struct db *db,
    const struct raw_batch_range *range, struct arena *arena,
    int64_t *ret_count, int64_t *ret_bytes, struct diag *diag) MUST_CHECK;

/* The next `limit` ids behind one, in their order, as rows of one column. */
enum err raw_batch_archive_ids(struct db *db,
    const struct raw_batch_range *range, int64_t after_id, int64_t limit,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
    MUST_CHECK;

/*
 * One of them. Gives: *ret_row, *ret_payload; SPAN_NONE: it has gone since, or
 * has another status, as when somebody requeues it.
 */
enum err raw_batch_archive_get(struct db *db,
    const struct raw_batch_filter *filter, int64_t id, struct arena *arena,
    struct span *ret_row, struct span *ret_payload, struct diag *diag)
    MUST_CHECK;

/*
 * Remove those of the rows, a JSON array of what raw_batch_archive_get() gave,
 * that are in the database as they were then, and which nothing hangs on
 * (raw_batch_purge.h), nor are the newest completed one of their integration
 * and type. Needs: as db_add_jsonb(). Gives: *ret_count.
 */
enum err raw_batch_archive_remove(struct db *db, int64_t tenant_id,
    struct span rows, struct arena *arena, int64_t *ret_count,
    struct diag *diag) MUST_CHECK;

/*
 * Let no new batch get an id up to this one. Stores wait for it, if it has to
 * change anything.
 *
 * Needs: no open transaction.
 * Fails: E_DB, 42501: only the owner of the tables may do this; as db_run().
 */
enum err raw_batch_archive_reserve(struct db *db, int64_t last_id,
    struct arena *arena, struct diag *diag) MUST_CHECK;

enum raw_batch_return {
	RAW_BATCH_ADDED,     /* it is there again */
	RAW_BATCH_FILLED,    /* its payload is there again */
	RAW_BATCH_SAME,	     /* it was there, and stays as it is */
	RAW_BATCH_DIFFERENT, /* another one has its id */
};

/*
 * Bring one back, with its id. With `requeue` it is pending, and the relay
 * queues it; else nothing is made of it again, and what was pending waits until
 * somebody requeues it.
 *
 * Needs: row and payload as db_add_jsonb(). Gives: *ret.
 * Fails: E_NO_INTEGRATION, E_INVALID as raw_batch_explain(); as db_run().
 */
enum err raw_batch_archive_return(struct db *db, int64_t tenant_id, int64_t id,
    struct span row, struct span payload, bool requeue, struct arena *arena,
    enum raw_batch_return *ret, struct diag *diag) MUST_CHECK;

#endif
