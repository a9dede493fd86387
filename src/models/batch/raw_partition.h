/* SPDX-License-Identifier: MIT */
/*
 * Partitions of raw_extraction_data by ranges of id, where an operator has
 * chosen them (docs/partitions.md). The functions of the database that are
 * called here act as the tables' owner; each waits a second at most for a lock
 * and fails then with E_DB_BUSY: nothing was done, and the next time will do.
 */
#ifndef MODELS_BATCH_RAW_PARTITION_H
#define MODELS_BATCH_RAW_PARTITION_H

#include "adapters/db/db.h"

/* Is it partitioned? */
enum err raw_partition_is_used(struct db *db, struct arena *arena,
    bool *ret_is_used, struct diag *diag) MUST_CHECK;

/*
 * Make partitions of `rows` ids, until two are ahead that no id has reached, and
 * end the one that stores go to when its first batch is older than `days` (0:
 * never), by a jump of the ids. Of a table that is not partitioned, take away
 * what an interrupted pulse-etl-migrate --partition has left.
 *
 * Gives: what was done ("made", "closed", "abandoned") and the table's name, a
 *        row each.
 */
enum err raw_partition_tend(struct db *db, int64_t rows, int64_t days,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
    MUST_CHECK;

/*
 * Names of those that may go: in which no batch is left, or, by a number of days
 * (0: none), whose batches may all go by retention_days.
 */
enum err raw_partition_past(struct db *db, int64_t days, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

/*
 * Drop a partition with all its batches, what refers to them and what counts
 * have of them, in one transaction. Reading goes on until its end.
 *
 * Needs: db set to every tenant; past_days: only if raw_partition_past() names
 *        it still, once nobody can change its batches any more; -1: in any case.
 * Gives: how many active batches there were, and the bytes of their payloads.
 * Fails: E_NO_ROW: there is no such partition; E_CONFLICT: stores go to it,
 *        batches in it are pending, processing or failed and it is not forced,
 *        or it may not go by past_days.
 */
enum err raw_partition_drop(struct db *db, const char *name, bool is_forced,
    int64_t past_days, struct arena *arena, int64_t *ret_batches,
    int64_t *ret_bytes, struct diag *diag) MUST_CHECK;

/* What the list shows: SHOWN(member, heading, kind). */
#define RAW_PARTITION_SHOWN(SHOWN) \
	SHOWN(name, "PARTITION", TEXT) \
	SHOWN(first_id, NULL, INT) \
	SHOWN(next_id, NULL, INT) \
	SHOWN(batches, "BATCHES", INT) \
	SHOWN(bytes, "BYTES", INT) \
	SHOWN(lowest_id, "FIRST", INT) \
	SHOWN(lowest_at, "AT", STAMP) \
	SHOWN(highest_id, NULL, INT) \
	SHOWN(highest_at, NULL, STAMP) \
	SHOWN(pending, NULL, INT) \
	SHOWN(processing, NULL, INT) \
	SHOWN(failed, NULL, INT) \
	SHOWN(is_ahead, NULL, BOOL) \
	SHOWN(open, "OPEN", INT)
#define RAW_PARTITION_CELL(member, heading, kind) RAW_PARTITION_##member,
enum { RAW_PARTITION_SHOWN(RAW_PARTITION_CELL) RAW_PARTITION_COLUMNS };

/*
 * How many batches of a partition are needed yet, whatever their status: they
 * wait for another one's rows, or are pages of a census that lacks others.
 * Needs: db_tenant(DB_EVERY_TENANT). Gives: *ret_count. Fails: as db_run().
 */
enum err raw_partition_needed(struct db *db, const char *name,
    struct arena *arena, int64_t *ret_count, struct diag *diag) MUST_CHECK;

/*
 * All partitions, in the order of ids; the rest, which takes what no other
 * does, comes last, without first_id and next_id. open: pending, processing or
 * failed.
 */
enum err raw_partition_list(struct db *db, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

#endif
