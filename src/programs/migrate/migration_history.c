/* SPDX-License-Identifier: MIT */
#include "programs/migrate/migration_history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "programs/migrate/migration_tell.h"

/* The first 8 bytes of the SHA-256 of "pulse-etl-migrate". */
#define LOCK_KEY "6773953467272594634"

/* Wait within a transaction, so that the time limit is gone with it. */
static enum err
wait_for_lock(struct db_admin *db, int64_t seconds, struct arena *arena,
    struct diag *diag)
{
	const char *limit = arena_printf(arena, "%llds", (long long)seconds);
	struct diag ignored;
	enum err rc;

	rc = db_admin_run(db, "BEGIN", NULL, 0, NULL, NULL, diag);
	if (rc == E_OK)
		rc = db_admin_run(db,
		    "SELECT set_config('lock_timeout', $1, true)", &limit, 1,
		    arena, NULL, diag);
	if (rc == E_OK)
		rc = db_admin_run(db, "SELECT pg_advisory_lock(" LOCK_KEY ")",
		    NULL, 0, NULL, NULL, diag);
	if (rc == E_OK)
		return db_admin_run(db, "COMMIT", NULL, 0, NULL, NULL, diag);
	if (rc == E_DB && strcmp(diag->sqlstate, "55P03") == 0)
		rc = diag_set(diag, E_DB_BUSY,
		    "another runner was not done"
		    " within %s; nothing was changed",
		    limit);
	if (rc != E_DB_LOST &&
	    db_admin_run(db, "ROLLBACK", NULL, 0, NULL, NULL, &ignored) != E_OK)
		return rc;
	return rc;
}

enum err
migration_history_lock(struct db_admin *db, int64_t seconds,
    struct arena *arena, struct diag *diag)
{
	struct db_admin_rows *rows;
	enum err rc;

	rc = db_admin_run(db, "SELECT pg_try_advisory_lock(" LOCK_KEY ")", NULL,
	    0, arena, &rows, diag);
	if (rc != E_OK || strcmp(rows->cells[0], "t") == 0)
		return rc;
	if (seconds == 0)
		return diag_set(diag, E_DB_BUSY,
		    "another runner is at work;"
		    " nothing was changed");
	migration_tell_note("waiting for another runner");
	return wait_for_lock(db, seconds, arena, diag);
}

enum err
migration_history_read(struct db_admin *db, struct arena *arena,
    struct migration_history *ret_history, struct diag *diag)
{
	struct migration_history history = { 0 };
	struct db_admin_rows *rows;
	enum err rc;

	rc = db_admin_run(db, "SELECT to_regclass('migration_history')", NULL,
	    0, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	history.exists = rows->cells[0] != NULL;
	if (history.exists) {
		rc = db_admin_run(db,
		    "SELECT number, name, checksum,"
		    " to_char(applied_at AT TIME ZONE 'UTC',"
		    " 'YYYY-MM-DD HH24:MI:SS\"Z\"')"
		    " FROM migration_history ORDER BY number",
		    NULL, 0, arena, &rows, diag);
		if (rc != E_OK)
			return rc;
		history.count = rows->count;
	}
	history.applied = arena_ask(arena,
	    (history.count + 1) * sizeof(*history.applied));
	if (history.applied == NULL)
		return arena_done(arena, diag);
	for (size_t i = 0; i < history.count; i++) {
		char *const *cells = &rows->cells[i * rows->columns];

		history.applied[i] = (struct migration_applied){
			.number = (int)strtol(cells[0], NULL, 10),
			.name = cells[1],
			.checksum = cells[2],
			.applied_at = cells[3],
		};
	}
	*ret_history = history;
	return E_OK;
}

const struct migration_applied *
migration_history_get(const struct migration_history *history, int number)
{
	for (size_t i = 0; i < history->count; i++) {
		if (history->applied[i].number == number)
			return &history->applied[i];
	}
	return NULL;
}

enum err
migration_history_create(struct db_admin *db, struct diag *diag)
{
	return db_admin_run(db,
	    "CREATE TABLE migration_history ("
	    "number INTEGER PRIMARY KEY,"
	    " name TEXT NOT NULL,"
	    " checksum TEXT NOT NULL,"
	    " applied_at TIMESTAMPTZ NOT NULL DEFAULT now())",
	    NULL, 0, NULL, NULL, diag);
}

enum err
migration_history_drop(struct db_admin *db, struct diag *diag)
{
	return db_admin_run(db, "DROP TABLE migration_history", NULL, 0, NULL,
	    NULL, diag);
}

enum err
migration_history_add(struct db_admin *db, const struct migration_file *file,
    struct arena *arena, struct diag *diag)
{
	const char *const values[] = {
		arena_printf(arena, "%d", file->number),
		file->stem + strlen("0001_"),
		file->checksum,
	};

	return db_admin_run(db,
	    "INSERT INTO migration_history"
	    " (number, name, checksum) VALUES ($1, $2, $3)",
	    values, COUNT(values), arena, NULL, diag);
}

enum err
migration_history_remove(struct db_admin *db, const struct migration_file *file,
    struct arena *arena, struct diag *diag)
{
	const char *number = arena_printf(arena, "%d", file->number);

	return db_admin_run(db,
	    "DELETE FROM migration_history"
	    " WHERE number = $1",
	    &number, 1, arena, NULL, diag);
}
