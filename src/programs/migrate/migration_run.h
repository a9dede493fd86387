/* SPDX-License-Identifier: MIT */
/*
 * What pulse-etl-migrate does: compare the files with the history, plan, and
 * run each migration as one transaction with its row of the history.
 *
 * Everything that can be refused is refused before the first change. What a
 * statement or the server complains about is printed on standard error as
 * FILE:LINE; what was done on standard output, a line each.
 *
 * Invariant: whatever ends a run, a migration is applied as a whole and noted,
 * or has left nothing behind.
 */
#ifndef PROGRAMS_MIGRATE_MIGRATION_RUN_H
#define PROGRAMS_MIGRATE_MIGRATION_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "programs/migrate/migration_history.h"
#include "programs/migrate/migration_sql.h"

struct migration_run {
	/* Set by the caller. */
	struct arena *arena;
	const char *dsn;      /* as db_admin_open() */
	bool dry_run;	      /* print the plan, change nothing */
	int64_t lock_timeout; /* seconds */
	struct migration_files files;
	/* Kept by migration_run_ functions. */
	struct db_admin *db;
	struct migration_history history;
	const char *path; /* of the file that runs, or NULL */
	const struct migration_statement *statement;
};

/* Connect. Fails: E_DB_CONNECT. Owns: you migration_run_close(). */
enum err migration_run_open(struct migration_run *run, const char *program,
    struct diag *diag) MUST_CHECK;
void migration_run_close(struct migration_run *run);

/*
 * Become the one runner, unless nothing is to be changed, and read the history.
 * From here on a signal gives the running statement up; a second one kills.
 */
enum err migration_run_begin(struct migration_run *run, struct diag *diag)
    MUST_CHECK;

/* Print what is applied, pending, changed or missing. */
enum err migration_run_status(struct migration_run *run, struct diag *diag)
    MUST_CHECK;

/*
 * Apply what is pending up to a number, and the number itself even when it is
 * on request; 0: all that is pending.
 * Fails: E_USAGE: no such migration; E_INVALID: a file is wrong; E_MIGRATION:
 *        the history forbids it, or a statement failed; and connection errors.
 */
enum err migration_run_apply(struct migration_run *run, int number,
    struct diag *diag) MUST_CHECK;

/* Roll back what is above a number, newest first; fails as above. */
enum err migration_run_rollback(struct migration_run *run, int number,
    struct diag *diag) MUST_CHECK;

/*
 * Roll everything back and drop the history. Unless confirmed, a person at a
 * terminal is asked for the database's name first.
 * Fails: E_USAGE: nobody confirmed it; and as above.
 */
enum err migration_run_drop_all(struct migration_run *run, bool confirmed,
    struct diag *diag) MUST_CHECK;

#endif
