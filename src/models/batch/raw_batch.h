/* SPDX-License-Identifier: MIT */
/*
 * One row of raw_extraction_data, a whole API response and where it stands:
 * read, listed, and changed by hand. raw_batch_store.h inserts it,
 * raw_batch_work.h is a worker's, raw_batch_relay.h and raw_batch_chores.h are
 * the relay's.
 */
#ifndef MODELS_BATCH_RAW_BATCH_H
#define MODELS_BATCH_RAW_BATCH_H

#include "adapters/db/db.h"
#include "models/batch/raw_batch_filter.h"
#include "models/tables/column.h"

/* The values of processing_status. */
#define RAW_BATCH_STATUSES "pending|processing|completed|failed"

/* The columns of a row as they are read, in the order of the answer. */
enum raw_batch_column {
#define SHOWN(member, ...) RAW_BATCH_##member,
#include "models/batch/raw_batch_shown_rows.h"
#undef SHOWN
	RAW_BATCH_COLUMNS
};
extern const struct column raw_batch_columns[RAW_BATCH_COLUMNS];

/*
 * List batches without touching their payload, newest first.
 *
 * Gives: rows of RAW_BATCH_COLUMNS columns.
 */
enum err raw_batch_list(struct db *db, const struct raw_batch_filter *filter,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
    MUST_CHECK;

/* So far the rows that a filter leaves are counted. */
#define RAW_BATCH_COUNTED 10000

/* How many rows a filter has; where that is not exact, at least so many. */
struct raw_batch_total {
	int64_t count;
	bool is_exact;
};

/*
 * How many rows the filter has, paging aside: all of a tenant's without looking
 * at them, of others RAW_BATCH_COUNTED at most.
 */
enum err raw_batch_count(struct db *db, const struct raw_batch_filter *filter,
    struct arena *arena, struct raw_batch_total *ret_total, struct diag *diag)
    MUST_CHECK;

/* The payload of one row; SPAN_NONE when it has gone. Lives in the arena. */
enum err raw_batch_payload(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct span *ret_raw_data, struct diag *diag)
    MUST_CHECK;

/*
 * Is a batch's payload there? Only then can it be processed again.
 * Fails: E_PAYLOAD_GONE, E_NO_ROW: the client is told; as db_run().
 */
enum err raw_batch_check_payload(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct diag *diag) MUST_CHECK;

/* Tell the client that there is no such batch. Gives: E_NO_ROW. */
enum err raw_batch_tell_absent(struct diag *diag);

/* Columns that only a single record shows, behind RAW_BATCH_COLUMNS. */
enum {
	RAW_BATCH_METADATA = RAW_BATCH_COLUMNS,
	RAW_BATCH_ERRORS,
	RAW_BATCH_VERSION, /* changes whenever the row does */
	RAW_BATCH_KNOWN,   /* is it among those the caller has? */
	RAW_BATCH_RAW_DATA,
};

/*
 * Get one batch. known: versions the caller has, comma separated, or
 * SPAN_NONE; when the row's is among them, the payload is not read (NULL), nor
 * without with_payload.
 * Fails: E_NO_ROW.
 */
enum err raw_batch_get(struct db *db, int64_t tenant_id, int64_t id,
    struct span known, bool with_payload, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

/* A new status; error_details is changed only when it is set. */
struct raw_batch_change {
	struct span status;
	bool has_details;
	struct span error_details; /* JSON; see db_add_jsonb(); or SPAN_NONE */
};

/*
 * Set the processing status as the state machine allows. A batch that comes
 * back to pending is queued again by the relay; after an end its attempts are
 * counted anew.
 * Fails: E_NO_ROW; E_PROCESSING: a worker has it; E_CONFLICT, the diag telling
 *        the client from what to what.
 */
enum err raw_batch_set_status(struct db *db, int64_t tenant_id, int64_t id,
    const struct raw_batch_change *change, struct arena *arena,
    struct diag *diag) MUST_CHECK;

/*
 * Take a batch out of all lists; it stays in the table.
 * Fails: E_NO_ROW; E_PROCESSING: a worker has it.
 */
enum err raw_batch_delete(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct diag *diag) MUST_CHECK;

#endif
