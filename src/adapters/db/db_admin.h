/* SPDX-License-Identifier: MIT */
/*
 * A PostgreSQL connection for a person's program, such as the migrations: one
 * conninfo string or libpq's environment, statements without a time limit of
 * ours, every word of the server passed on. Not for the service, which has
 * adapters/db/db.h: nothing here reconnects.
 *
 * Invariant: at most one is open in a process; db_admin_cancel() is for it.
 */
#ifndef ADAPTERS_DB_DB_ADMIN_H
#define ADAPTERS_DB_DB_ADMIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"

struct db_admin;

/* What the server said: an error or a notice. Absent parts are NULL. */
struct db_admin_words {
	const char *severity;
	const char *sqlstate;
	const char *text;
	const char *detail;
	const char *hint;
	const char *context;
	/* Which character of the statement it is about, from 1; 0: unknown. */
	size_t at;
};

/* Rows as text; NULL is NULL. cells[row * columns + column]. */
struct db_admin_rows {
	size_t count;
	size_t columns;
	char **cells;
};

/*
 * Connect. dsn: a conninfo string or URI; NULL or empty for libpq's PG*
 * variables, which also fill in what the string leaves out. Of several hosts it
 * is the first that takes changes, unless target_session_attrs says otherwise.
 * said is called with each notice and error while a statement runs; context is
 * passed to it.
 *
 * Gives: *ret_admin; the session speaks UTF-8, lives in UTC and reads '\' in
 *        plain strings as itself. program is its application_name.
 * Fails: E_DB_CONNECT.
 * Owns:  you db_admin_close().
 */
enum err db_admin_open(const char *dsn, const char *program,
    void (*said)(void *context, const struct db_admin_words *words),
    void *context, struct db_admin **ret_admin, struct diag *diag) MUST_CHECK;
void db_admin_close(struct db_admin *admin);

/* The name of the database that it is connected to. */
const char *db_admin_database(const struct db_admin *admin);

/*
 * A conninfo string for another login at the same server and database, over
 * this host (NULL: as it is connected). Gives: a text of the arena; it holds the
 * password.
 */
char *db_admin_dsn_of(const struct db_admin *admin, const char *host,
    const char *user, const char *password, struct arena *arena) MUST_CHECK;

/*
 * Would a login as this user, over the same way, be asked for a password? A
 * server that knows people by their account on the machine asks for none.
 */
bool db_admin_asks_password(const struct db_admin *admin, const char *user,
    struct arena *arena) MUST_CHECK;

/* Is it connected over a socket of this machine? */
bool db_admin_is_local(const struct db_admin *admin);

/*
 * An option of a conninfo string or URI, such as password; NULL where it has
 * none, or cannot be read. Lives: in the arena.
 */
char *db_admin_dsn_option(const char *dsn, const char *name,
    struct arena *arena);

/*
 * What the server keeps of a role's password (PQencryptPasswordConn()), so that
 * neither it nor its log is ever told the password itself. Lives: in the arena.
 * Fails: E_DB.
 */
enum err db_admin_verifier(struct db_admin *admin, const char *user,
    const char *password, struct arena *arena, char **ret_verifier,
    struct diag *diag) MUST_CHECK;

/*
 * Run exactly one statement; values are $1, $2 … as text. Two statements in
 * one text are refused by the server.
 *
 * Needs: the arena that sql or a value was made in, or (NULL) none was; one
 *        where rows are asked for.
 * Gives: *ret_rows in the arena, unless ret_rows is NULL.
 * Fails: E_NO_MEMORY: the arena had failed, and nothing was sent, or there is
 *        no room for the rows; E_DB_LOST; E_INVALID for a COPY from or to the
 *        client; E_DB for what the server refuses, diag->sqlstate says why.
 */
enum err db_admin_run(struct db_admin *admin, const char *sql,
    const char *const *values, int count, struct arena *arena,
    struct db_admin_rows **ret_rows, struct diag *diag) MUST_CHECK;

/*
 * Ask the server to give up the statement that runs, if any; it then fails
 * with SQLSTATE 57014. May be called in a signal handler.
 */
void db_admin_cancel(void);

#endif
