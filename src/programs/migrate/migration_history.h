/* SPDX-License-Identifier: MIT */
/*
 * What is applied: the table migration_history of the database, one row per
 * applied migration, and the lock that lets one runner at a time change it.
 * The service reads `number` from it and nothing else.
 */
#ifndef PROGRAMS_MIGRATE_MIGRATION_HISTORY_H
#define PROGRAMS_MIGRATE_MIGRATION_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "adapters/db/db_admin.h"
#include "programs/migrate/migration_file.h"

struct migration_applied {
	int number;
	const char *name; /* without the number */
	const char *checksum;
	const char *applied_at; /* UTC */
};

struct migration_history {
	bool exists;			   /* the table */
	struct migration_applied *applied; /* by number */
	size_t count;
};

/*
 * Become the one runner; the lock lasts as long as the connection. When there
 * is another one, say so on standard error and wait up to `seconds`.
 * Fails: E_DB_BUSY: the other one was not done by then; as db_admin_run().
 */
enum err migration_history_lock(struct db_admin *db, int64_t seconds,
    struct arena *arena, struct diag *diag) MUST_CHECK;

/* Read it all; a database without the table has nothing applied. */
enum err migration_history_read(struct db_admin *db, struct arena *arena,
    struct migration_history *ret_history, struct diag *diag) MUST_CHECK;

/* The applied migration of that number, or NULL. */
const struct migration_applied *migration_history_get(
    const struct migration_history *history, int number);

/* Make the table, and drop it. */
enum err migration_history_create(struct db_admin *db, struct diag *diag)
    MUST_CHECK;
enum err migration_history_drop(struct db_admin *db, struct diag *diag)
    MUST_CHECK;

/* Note in the caller's transaction what was applied, or rolled back. */
enum err migration_history_add(struct db_admin *db,
    const struct migration_file *file, struct arena *arena, struct diag *diag)
    MUST_CHECK;
enum err migration_history_remove(struct db_admin *db,
    const struct migration_file *file, struct arena *arena, struct diag *diag)
    MUST_CHECK;

#endif
