/* SPDX-License-Identifier: MIT */
/*
 * What the files of db.h share; nobody else may know that it is libpq.
 */
#ifndef ADAPTERS_DB_DB_INSIDE_H
#define ADAPTERS_DB_DB_INSIDE_H

#include <libpq-fe.h>

#include "adapters/db/db.h"

#define PREPARED_MAX 256
#define SCOPE_UNKNOWN INT64_MIN

struct db {
	const struct db_settings *settings;
	const char *program;
	bool is_reader; /* see db_new_reader() */
	PGconn *conn;
	unsigned opened;     /* how many connections there were */
	size_t host;	     /* the place of the one that answered last */
	size_t hosts;	     /* how many there are; 0: not known yet */
	bool is_only;	     /* see db_new_other() */
	bool refused;	     /* see db_was_refused() */
	int64_t tenant_id;   /* see db_tenant() */
	int64_t scope;	     /* the session's tenant, as far as we told it */
	bool in_transaction; /* even when the connection has gone since */
	bool shared;	     /* the server's session is not ours alone */
	int64_t told_statement_timeout, told_lock_timeout; /* see db_settle() */
	bool unprepared; /* its prepared statements do not last */
	unsigned prepared_count;
	struct {
		const char *name; /* a literal */
		uint32_t hash;	  /* of its text: part of the server's name */
	} prepared[PREPARED_MAX];
	int64_t retry_at; /* of clock_ms(); not before */
	unsigned pause;	  /* ms */
	const struct db_waiter
	    *waiter;	     /* see db_serve_while_waiting(), or NULL */
	int peer;	     /* see db_wait_for_peer() */
	bool ends;	     /* see db_cancel_at_end() */
	bool reads;	     /* what runs now changes nothing */
	int64_t answer_by;   /* see db_answer_by(), or 0 */
	int64_t reads_until; /* of clock_ms(), if somebody waits for it */
	const struct db_each *each; /* of what runs now, or NULL */
	bool cancelled;		    /* it was */
	bool too_slow;		    /* that is why */
	bool unreplicated;	    /* a commit is at the primary only */
	size_t peak_bytes; /* bytes of the largest statement or answer */
};

struct db_rows {
	PGresult *result;
};

/* What says where the servers are, each a list with commas, or NULL. */
struct db_places {
	PQconninfoOption *options; /* which the texts live in */
	const char *host, *hostaddr, *port;
	size_t count;	/* of hosts */
	bool has_attrs; /* it says of which kind: target_session_attrs */
};

/*
 * Read a connection string, and libpq's environment for what it leaves out.
 * Gives: *ret_places, whose texts are the string's or the environment's.
 * Owns:  you db_places_done().
 */
void db_places_read(const char *url, struct db_places *ret_places);
void db_places_done(struct db_places *places);

/* How long the server lets a statement take, ms. */
int64_t db_statement_ms(const struct db *db);

/* Open what is closed. Fails: as db_open(). */
enum err db_connect(struct db *db, struct diag *diag);

/* As db_do(), on a connection that was just looked at. */
enum err db_do_now(struct db *db, const char *sql, struct diag *diag);

/*
 * Tell a connection that was just opened our settings, once where its session
 * is ours alone, and find out whether it is.
 */
enum err db_settle(struct db *db, int64_t deadline, struct diag *diag);

/* Whose rows the statement behind it may see, and those after it. */
const struct db_statement *db_scope(const struct db *db);

/* Its parameters; tenant: room for a number, as long as they live. */
#define DB_NUMBER_SIZE 24
struct db_scope_texts {
	char tenant[DB_NUMBER_SIZE];
	char statement_timeout[DB_NUMBER_SIZE];
	char lock_timeout[DB_NUMBER_SIZE];
};
void db_scope_params(const struct db *db, struct db_scope_texts *texts,
    struct db_params *params);

/* The server's name of a statement that is prepared; false: it is not yet. */
#define DB_NAME_SIZE 64
bool db_prepared_name(const struct db *db, const char *name,
    char out[DB_NAME_SIZE]);

/* The name to prepare one under; and note that it is. */
void db_prepared_make_name(const struct db_statement *statement,
    char out[DB_NAME_SIZE]);
void db_prepared_add(struct db *db, const struct db_statement *statement);

/*
 * Has the session lost a prepared statement, or has it already? A pooler gives
 * us another one each time. From then on there are none.
 */
bool db_prepared_lost(struct db *db, enum err rc, const struct diag *diag);

/*
 * Send what libpq has queued, reading meanwhile, so that nobody gets stuck;
 * false when the connection is lost or the time is over.
 */
bool db_flush(struct db *db, int64_t deadline);

/* When waiting ends that began now, of clock_ms(): after so many ms, or before. */
int64_t db_deadline(const struct db *db, int64_t ms);

/* The last result of what was sent; NULL when the connection is lost. */
PGresult *db_collect(struct db *db, int64_t deadline);

/* How large libpq's buffers have become at least: see db_shrink_buffers(). */
void db_note_size(struct db *db, size_t bytes);

/*
 * Collect a pipeline whose last statement is the one that matters: its result,
 * the first error, and the word that it is over. Rows that were looked at one
 * by one are in no result.
 * Gives: false when the connection was lost; result and error are what came.
 */
bool db_collect_pipeline(struct db *db, int64_t deadline, int skip,
    PGresult **ret_result, PGresult **ret_error);

/* libpq's message without its line end, as the operator's text. */
enum err db_note(const struct db *db, enum err code, const char *what,
    struct diag *diag);

/*
 * Ask the server to give up what runs, once; its result, an error, still
 * comes. why: what the log says, or NULL: nothing.
 */
void db_cancel(struct db *db, const char *why);

/*
 * Wait for the connection's socket, serving the waiter meanwhile, and cancel
 * what nobody waits for any more; false when the time is over.
 */
bool db_wait(struct db *db, short events, int64_t deadline);

#endif
