/* SPDX-License-Identifier: MIT */
/*
 * Put a SELECT with optional filters together: the text grows beside its
 * parameters, so that a value never becomes text.
 */
#ifndef ADAPTERS_DB_SQL_H
#define ADAPTERS_DB_SQL_H

#include "adapters/db/db.h"
#include "base/buf.h"

struct sql {
	struct buf text;
	struct db_params params;
	bool has_where;
};

/* An empty statement. Owns: sql_done(). */
void sql_init(struct sql *sql);
void sql_done(struct sql *sql);

/* Add text that is ours. */
void sql_add(struct sql *sql, const char *text);

/*
 * Add one condition, joined by WHERE or AND. condition holds one "%d" where
 * the parameter's number belongs: "entity_type = $%d".
 */
void sql_where_int(struct sql *sql, const char *condition, int64_t value);
void sql_where_text(struct sql *sql, const char *condition, struct span value);
void sql_where(struct sql *sql, const char *condition);

/* Add a number or a text as a parameter, "LIMIT $%d". */
void sql_add_int(struct sql *sql, const char *text, int64_t value);
void sql_add_text(struct sql *sql, const char *text, struct span value);

/* The statement; its texts live until sql_done(). */
enum err sql_statement(struct sql *sql, struct db_statement *ret_statement,
    struct diag *diag) MUST_CHECK;

/*
 * Run the statement, which changes rows or does not, and end it: sql_done().
 * Gives: its rows, or the number that is the first column of its only one, or
 *        each row to who looks at them.
 * Fails: E_TOO_LARGE  the statement; else as db_run(), db_run_each(),
 *        db_get_int().
 */
enum err sql_run(struct sql *sql, struct db *db, bool changes,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
    MUST_CHECK;
enum err sql_run_each(struct sql *sql, struct db *db, struct arena *arena,
    const struct db_each *each, struct diag *diag) MUST_CHECK;
enum err sql_get_int(struct sql *sql, struct db *db, struct arena *arena,
    int64_t *ret_number, struct diag *diag) MUST_CHECK;

#endif
