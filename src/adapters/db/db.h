/* SPDX-License-Identifier: MIT */
/*
 * One PostgreSQL connection: opened at its first use, checked before each,
 * reopened after a pause when it was lost. Nothing is replayed: a statement
 * whose connection broke fails, and the caller's caller decides.
 *
 * The session speaks UTF-8, lives in UTC and has the time limits of the
 * settings; the program waits no longer than these either.
 */
#ifndef ADAPTERS_DB_DB_H
#define ADAPTERS_DB_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/diag.h"

struct db;
struct db_rows;

struct db_settings {
#define SETTING(kind, ...) CONF_MEMBER_##kind(__VA_ARGS__)
#include "adapters/db/db_conf_rows.h"
#undef SETTING
};

extern const struct conf_row db_conf_rows[];
extern const size_t db_conf_count;

/*
 * Can these settings be read? libpq's own words would hold the password.
 * Fails: E_SETTING.
 */
enum err db_settings_check(const void *values, struct diag *diag) MUST_CHECK;

/*
 * A statement. With a name it is prepared once per connection; without one
 * (NULL), for texts put together at run time, it is sent whole each time.
 */
struct db_statement {
	const char *name;
	const char *sql;
	/* A lost connection leaves open whether it took effect. */
	bool changes;
	/* Its rows must come before it commits: see E_DB_UNKNOWN below. */
	bool early_rows;
	/* Its rows say that it is to run again: see transform_job_run(). */
	bool repeats;
};

/*
 * A column for a statement that tells what somebody else has committed, where
 * that must outlast the primary: with synchronous replication it writes a little,
 * and so its commit waits until all before it is at the standby, too. Without it
 * a row would be told that is at a primary only which everybody else has left.
 */
#define DB_REPLICATED \
	"CASE WHEN current_setting('synchronous_standby_names') <> ''" \
	" THEN pg_logical_emit_message(true, 'pulse-etl', ''::text) END"

#define DB_PARAMS_MAX 24

/* The values of $1, $2 …, in order; what they point to must outlive the run. */
struct db_params {
	int count;
	const char *values[DB_PARAMS_MAX];
	int lengths[DB_PARAMS_MAX];
	int formats[DB_PARAMS_MAX];
	unsigned types[DB_PARAMS_MAX];
	int64_t numbers[DB_PARAMS_MAX]; /* in network order */
};

/*
 * A connection to be. Nothing is opened yet. settings must outlive it.
 * program: what pg_stat_activity shows as application_name.
 * Owns: you db_free().
 */
struct db *db_new(const struct db_settings *settings, const char *program)
    MUST_CHECK;
void db_free(struct db *db);

/*
 * The same to database_read_url, for what only reads. Of several hosts it takes
 * a standby; the server itself ends each statement after database_read_timeout.
 *
 * Needs: that setting is not empty.
 */
struct db *db_new_reader(const struct db_settings *settings,
    const char *program) MUST_CHECK;

/*
 * Open the connection now, or make sure that it is open.
 * Fails: E_DB_CONNECT, at once while the pause after a failure lasts.
 */
enum err db_open(struct db *db, struct diag *diag) MUST_CHECK;

/*
 * The settings may have changed: a session that was told other limits of time
 * is closed, and the next use opens one that has the new ones.
 *
 * Needs: no open transaction, and nothing that the session holds, as a lock.
 */
void db_renew_limits(struct db *db);

/* Which connection it is, counted from 1; 0 while there is none. */
unsigned db_session(const struct db *db);

/*
 * Is the server's session one that a pooler shares, so that locks and settings
 * of the session are nobody's? Needs: a connection that was opened.
 */
bool db_is_shared(const struct db *db);

/* Close it; the next use opens it again. */
void db_close(struct db *db);

/*
 * The server takes no writes: it is a standby by now, and a pooler has kept our
 * session. Where database_url has other hosts, close it, and the next use looks
 * for one that does. A statement that fails of it does so itself. Or a reader's
 * standby is of no use: the same of database_read_url.
 */
void db_leave_reader(struct db *db);

/*
 * How many hosts database_url has beside the one that answered last; 0 until
 * one was asked.
 */
size_t db_other_hosts(const struct db *db);

/*
 * A connection to be to one of these, whether it takes writes or not.
 *
 * Needs: number, from 1, is not above db_other_hosts().
 * Owns: you db_free(); NULL without memory.
 */
struct db *db_new_other(const struct db *db, size_t number) MUST_CHECK;

/* After E_DB_CONNECT: does the host run, and no server listens on it? */
bool db_was_refused(const struct db *db);

/*
 * That other host is the primary in this one's place: close the session, and
 * the next use begins there.
 *
 * Needs: as db_new_other(), and no open transaction.
 */
void db_go_to_other(struct db *db, size_t number);

/*
 * For an idle program's poll: the socket, or -1, and what to do when it is
 * readable: the server said something without being asked, mostly goodbye.
 */
int db_socket(const struct db *db);
void db_idle(struct db *db);

/*
 * Whose connection is served while a statement runs: its socket or -1; how
 * long it may be left alone, ms; what to do then, or when it is readable. So a
 * long statement costs no heartbeat elsewhere.
 */
struct db_waiter {
	int (*socket)(void *context);
	int (*pause)(void *context);
	void (*serve)(void *context);
	void *context;
};

/*
 * Whose answer a statement is for: the descriptor of a connection, or -1 for
 * nobody's. A statement that changes nothing is cancelled when its other end
 * has gone, or when it has taken database_read_timeout: it then fails with
 * E_DB_BUSY, and the client is told. Holds until it is told again.
 */
void db_wait_for_peer(struct db *db, int peer);

/*
 * From now on no statement is waited for beyond this time (of clock_ms()): its
 * connection is closed then, so whether a change took effect is not known
 * (E_DB_UNKNOWN). 0: as long as the settings say.
 */
void db_answer_by(struct db *db, int64_t at);

/*
 * A statement is cancelled once the program has been asked to end, whatever it
 * does: it then fails with E_DB_LOST, and its transaction is taken back. Turn
 * this off for what has to be noted even so.
 * Gives: whether it was on.
 */
bool db_cancel_at_end(struct db *db, bool on);

/* From now on, serve it. It outlives the connection; NULL: nobody. */
void db_serve_while_waiting(struct db *db, const struct db_waiter *waiter);

/*
 * Give back what giant statements and answers left in the connection's
 * buffers, which libpq never makes smaller: by opening it anew. That costs a
 * login, and the first statements find nothing in the session's caches; so it
 * is for a session that has been idle for long. Does nothing when nothing of
 * more than 32 MB went through.
 *
 * Needs: no open transaction.
 */
void db_shrink_buffers(struct db *db);

/*
 * Whose rows the statements and transactions that follow may see and write:
 * row-level security goes by it (app.tenant_id). The session is told in the
 * same round trip as the first statement that needs it, each transaction for
 * itself; a session that a pooler shares, with each statement. DB_NO_TENANT:
 * no tenant's. DB_EVERY_TENANT: for chores over all tenants.
 *
 * Needs: no open transaction.
 */
#define DB_NO_TENANT 0
#define DB_EVERY_TENANT (-1)
void db_tenant(struct db *db, int64_t tenant_id);

/*
 * A transaction around the statements that follow. A connection that is lost
 * inside it is not opened again before db_commit() or db_rollback(), whose
 * calls must match db_begin()'s successes, one of them each.
 *
 * Fails: as db_run(); db_commit(): E_DB_LOST  it was not committed;
 *        E_DB_UNKNOWN  nobody knows.
 */
enum err db_begin(struct db *db, struct diag *diag) MUST_CHECK;
enum err db_commit(struct db *db, struct diag *diag) MUST_CHECK;
void db_rollback(struct db *db);

/* Add a parameter; more than DB_PARAMS_MAX is our mistake. */
void db_add_int(struct db_params *params, int64_t value);
void db_add_bool(struct db_params *params, bool value);
void db_add_text(struct db_params *params, struct span value); /* NULL: NULL */
void db_add_bytes(struct db_params *params, const void *bytes, size_t len);
void db_add_int_array(struct db_params *params, const int64_t *values,
    size_t count, struct arena *arena);

/*
 * Add an array of texts, of bytes or of JSON; copies them. SPAN_NONE is NULL.
 * Lives: in the arena, which may fail.
 */
enum db_array { DB_TEXTS, DB_BYTES, DB_JSONBS };
void db_add_array(struct db_params *params, enum db_array kind,
    const struct span *values, size_t count, struct arena *arena);

/*
 * A jsonb parameter from the bytes that came, without a copy.
 *
 * Needs: the byte before json.at is the caller's to overwrite: PostgreSQL's
 *        binary form of jsonb is a version byte (1) and the text
 *        (jsonb_recv). SPAN_NONE is NULL.
 */
void db_add_jsonb(struct db_params *params, struct span json);

/*
 * Run a statement and wait for its rows.
 *
 * Needs: what was made in memory for the statement and its parameters was
 *        made in this arena.
 * Gives: *ret_rows, living in the arena; its texts with it.
 * Fails: E_NO_MEMORY    the arena had failed, or does; nothing was sent.
 *        E_DB_CONNECT   could not connect; nothing was sent.
 *        E_DB_LOST      lost in a statement that changes nothing.
 *        E_DB_UNKNOWN   lost in one that does; its outcome is not known; or
 *                       the synchronous standby did not confirm it.
 *                       *ret_rows is set even so: of a statement with
 *                       early_rows it holds what came before the loss.
 *        E_DB_BUSY      the server cannot now: limits, read-only, disk full.
 *        E_DB           anything else; diag->sqlstate tells what.
 */
enum err db_run(struct db *db, const struct db_statement *statement,
    const struct db_params *params, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

/*
 * What is done with each row, as it comes from the server. It returns whether it
 * wants more of them; the row lives until then.
 */
struct db_each {
	bool (*look)(void *context, const struct db_rows *row);
	void *context;
};

/*
 * The same for a statement whose rows may be too much to hold at once: each is
 * looked at alone, as row 0, and neither side holds more than one. The
 * statement is cancelled behind one that is enough; that is no failure.
 *
 * Needs: a statement without a name, which changes nothing; no transaction
 *        whose later statements matter, for what is cancelled ends it.
 * Fails: as db_run(), perhaps after some rows were looked at.
 */
enum err db_run_each(struct db *db, const struct db_statement *statement,
    const struct db_params *params, struct arena *arena,
    const struct db_each *each, struct diag *diag) MUST_CHECK;

/*
 * Run a statement that is to give a row, and take its first column, NULL being
 * 0 or false, where a value is asked for.
 * Fails: E_NO_ROW  it gave none, for the operator; else as db_run().
 */
enum err db_get_row(struct db *db, const struct db_statement *statement,
    const struct db_params *params, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;
enum err db_get_int(struct db *db, const struct db_statement *statement,
    const struct db_params *params, struct arena *arena, int64_t *ret_number,
    struct diag *diag) MUST_CHECK;
enum err db_get_bool(struct db *db, const struct db_statement *statement,
    const struct db_params *params, struct arena *arena, bool *ret_is_true,
    struct diag *diag) MUST_CHECK;

/*
 * Run a statement whose rows nobody asks for.
 * Gives: *ret_count, if it is not NULL: how many rows it changed.
 */
enum err db_change(struct db *db, const struct db_statement *statement,
    const struct db_params *params, struct arena *arena, int64_t *ret_count,
    struct diag *diag) MUST_CHECK;

/* The same for a text that changes the session, or something in it. */
enum err db_do(struct db *db, const char *sql, struct diag *diag) MUST_CHECK;

int db_rows_count(const struct db_rows *rows);
/* Rows an UPDATE or DELETE touched. */
int64_t db_rows_affected(const struct db_rows *rows);
bool db_is_null(const struct db_rows *rows, int row, int column);
struct span db_text(const struct db_rows *rows, int row, int column);
int64_t db_int(const struct db_rows *rows, int row, int column);
bool db_bool(const struct db_rows *rows, int row, int column);

#endif
