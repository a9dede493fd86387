/* SPDX-License-Identifier: MIT */
#include "programs/migrate/migration_partition.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "programs/migrate/migration_tell.h"

#define TABLE "raw_extraction_data"
/* Between two tries for the locks. */
#define PAUSE_MS 300

/* Foreign keys that were made without a look at the rows. */
static const char unvalidated_sql[] =
    "SELECT format('ALTER TABLE %s VALIDATE CONSTRAINT %I',"
    " conrelid::regclass, conname) FROM pg_constraint WHERE contype = 'f'"
    " AND NOT convalidated AND conparentid = 0"
    " AND confrelid = '" TABLE "'::regclass ORDER BY 1";

struct state {
	bool is_used;
	const char *obstacle;
};

static enum err
look(struct migration_run *run, struct state *ret, struct diag *diag)
{
	struct db_admin_rows *rows;
	enum err rc;

	rc = db_admin_run(run->db,
	    "SELECT to_regproc('raw_partitions_choose') IS NOT NULL", NULL, 0,
	    run->arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	if (rows->cells[0][0] != 't')
		return diag_set(diag, E_MIGRATION,
		    "the tables are those of an"
		    " older version: pulse-etl-migrate --apply-all first");
	rc = db_admin_run(run->db,
	    "SELECT raw_partition_is_used(), raw_partitions_obstacle()", NULL,
	    0, run->arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	ret->is_used = rows->cells[0][0] == 't';
	ret->obstacle = rows->cells[1];
	return E_OK;
}

static enum err
run_plain(struct migration_run *run, const char *sql, struct diag *diag)
{
	return db_admin_run(run->db, sql, NULL, 0, NULL, NULL, diag);
}

/* The locks are had, in an open transaction; *ret: or they are not. */
static enum err
try_locks(struct migration_run *run, bool *ret, struct diag *diag)
{
	struct db_admin_rows *rows;
	enum err rc = run_plain(run, "BEGIN", diag);

	if (rc == E_OK)
		rc = db_admin_run(run->db, "SELECT raw_partition_lock_all()",
		    NULL, 0, run->arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	*ret = rows->cells[0][0] == 't';
	return *ret ? E_OK : run_plain(run, "ROLLBACK", diag);
}

static enum err
wait_for_locks(struct migration_run *run, struct diag *diag)
{
	const int64_t deadline = clock_ms() + run->lock_timeout * 1000;
	bool is_told = false, is_ours = false;
	enum err rc;

	for (;;) {
		rc = try_locks(run, &is_ours, diag);
		if (rc != E_OK || is_ours)
			return rc;
		if (clock_left(deadline) == 0)
			return diag_set(diag, E_DB_BUSY,
			    "others used " TABLE " all the time, for %" PRId64
			    " s: look for long transactions in"
			    " pg_stat_activity, or give --lock-timeout more;"
			    " nothing was changed",
			    run->lock_timeout);
		if (!is_told)
			migration_tell_note("waiting until nobody uses " TABLE
					    "; stores go on between the tries");
		is_told = true;
		(void)poll(NULL, 0, PAUSE_MS);
	}
}

/* One statement in a transaction that has all locks, for as short as it takes. */
static enum err
run_locked(struct migration_run *run, const char *what, const char *sql,
    const char *const *values, int count, struct diag *diag)
{
	struct diag ignored;
	int64_t start;
	enum err rc = wait_for_locks(run, diag);

	start = clock_ms();
	if (rc == E_OK)
		rc = db_admin_run(run->db, sql, values, count, run->arena, NULL,
		    diag);
	if (rc == E_OK)
		rc = run_plain(run, "COMMIT", diag);
	if (rc != E_OK) {
		if (rc == E_DB)
			(void)run_plain(run, "ROLLBACK", &ignored);
		return rc;
	}
	(void)printf("%s (the table was locked for %" PRId64 " ms)\n", what,
	    clock_ms() - start);
	return E_OK;
}

/* What takes long and lets others read and write meanwhile. */
static enum err
run_long(struct migration_run *run, const char *what, const char *sql,
    struct diag *diag)
{
	const int64_t start = clock_ms();
	enum err rc = run_plain(run, sql, diag);

	if (rc == E_OK)
		(void)printf("%s (%" PRId64 " ms)\n", what, clock_ms() - start);
	return rc;
}

/*
 * Look at the rows that refer to batches. Statistics are not made: those of the
 * first partition are there, and of an empty one they would say that nothing is
 * cheaper than to read it whole, when it is filled, too.
 */
static enum err
finish(struct migration_run *run, struct diag *diag)
{
	struct db_admin_rows *rows;
	enum err rc;

	rc = db_admin_run(run->db, unvalidated_sql, NULL, 0, run->arena, &rows,
	    diag);
	for (size_t i = 0; rc == E_OK && i < rows->count; i++)
		rc = run_long(run, rows->cells[i], rows->cells[i], diag);
	return rc;
}

static enum err
tell(enum err rc, const char *what, struct diag *diag)
{
	if (rc != E_DB && rc != E_DB_LOST)
		return rc;
	return diag_set(diag, rc == E_DB ? E_MIGRATION : rc,
	    "%s: run it again to"
	    " go on; what is reported above stays done",
	    what);
}

/* The end that was prepared would stop stores when they reach it. */
static void
take_end_away(struct migration_run *run)
{
	struct diag ignored;
	enum err rc;

	diag_clear(&ignored);
	rc = wait_for_locks(run, &ignored);
	if (rc == E_OK)
		rc = run_plain(run,
		    "ALTER TABLE " TABLE
		    " DROP CONSTRAINT IF EXISTS raw_partitions_end",
		    &ignored);
	if (rc == E_OK)
		rc = run_plain(run, "COMMIT", &ignored);
	if (rc != E_OK)
		migration_tell_note(
		    "warning: the constraint"
		    " raw_partitions_end is left: the relay"
		    " takes it away, or the next run uses it");
}

static enum err
choose(struct migration_run *run, int64_t rows, struct diag *diag)
{
	const char *text = arena_printf(run->arena, "%" PRId64, rows);
	enum err rc;

	rc = run_locked(run, "the end of the first partition is set",
	    "SELECT raw_partitions_prepare($1)", &text, 1, diag);
	if (rc != E_OK)
		return rc;
	rc = run_long(run, "all batches are before it",
	    "ALTER TABLE " TABLE " VALIDATE CONSTRAINT raw_partitions_end",
	    diag);
	if (rc == E_OK)
		rc = run_locked(run, TABLE " is partitioned",
		    "SELECT raw_partitions_choose($1)", &text, 1, diag);
	if (rc != E_OK && rc != E_DB_LOST)
		take_end_away(run);
	return rc;
}

enum err
migration_partition_choose(struct migration_run *run, int64_t rows,
    struct diag *diag)
{
	struct state state = { 0 };
	enum err rc;

	rc = migration_run_begin(run, diag);
	if (rc == E_OK)
		rc = look(run, &state, diag);
	if (rc == E_OK && !state.is_used && state.obstacle != NULL)
		return diag_set(diag, E_MIGRATION, "%s; nothing was changed",
		    state.obstacle);
	if (rc != E_OK)
		return rc;
	if (run->dry_run) {
		(void)printf(state.is_used ?
			TABLE " is partitioned\n" :
			"would make " TABLE
			" the first partition, which takes"
			" %" PRId64
			" more batches, without writing it"
			" anew\nwould make two partitions of as many"
			" behind it, and one for the rest\n",
		    rows);
		return E_OK;
	}
	if (!state.is_used)
		rc = choose(run, rows, diag);
	else
		(void)puts(TABLE " is partitioned");
	if (rc == E_OK)
		rc = finish(run, diag);
	return tell(rc, "the table was not partitioned, or not wholly", diag);
}

enum err
migration_partition_undo(struct migration_run *run, struct diag *diag)
{
	struct state state = { 0 };
	enum err rc;

	rc = migration_run_begin(run, diag);
	if (rc == E_OK)
		rc = look(run, &state, diag);
	if (rc == E_OK && state.is_used && state.obstacle != NULL)
		return diag_set(diag, E_MIGRATION, "%s; nothing was changed",
		    state.obstacle);
	if (rc != E_OK)
		return rc;
	if (run->dry_run) {
		(void)puts(state.is_used ?
			"would make " TABLE
			" one table again, if one partition"
			" has all batches" :
			TABLE " is one table");
		return E_OK;
	}
	if (state.is_used)
		rc = run_locked(run, TABLE " is one table again",
		    "SELECT raw_partitions_undo()", NULL, 0, diag);
	else
		take_end_away(run);
	if (rc == E_OK)
		rc = finish(run, diag);
	return tell(rc, "the partitions are as they were", diag);
}
