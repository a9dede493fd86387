/* SPDX-License-Identifier: MIT */
/*
 * Running one statement: prepared, scoped to its tenant, judged by its answer.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "adapters/db/db_inside.h"
#include "base/clock.h"
#include "base/metrics.h"

/* How much longer than the server we wait for a statement. */
#define GRACE_MS 2000

/*
 * The classes of SQLSTATE that will pass: connection, lack of
 * resources, operator intervention, read-only, locks, serialization; and a
 * column, function or table that is not there before its migration.
 */
static bool
is_passing(const char *state)
{
	static const char *const prefixes[] = { "08", "53", "57", "25006",
		"40001", "40P01", "55P03", "58", "42703", "42883", "42P01" };

	for (size_t i = 0; i < COUNT(prefixes); i++)
		if (strncmp(state, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

/* The connection broke under a statement. */
static enum err
note_lost(struct db *db, const struct db_statement *statement,
    struct diag *diag)
{
	enum err rc = db_note(db, statement->changes ? E_DB_UNKNOWN : E_DB_LOST,
	    "the connection to PostgreSQL was lost", diag);

	metrics_add(METRIC_DB_LOST, 1);
	db_close(db);
	return rc;
}

/*
 * Where a standby is synchronous, a commit that did not wait for it (somebody
 * cancelled it) would be lost if that became the primary.
 */
static enum err
replicated(const struct db *db, const struct db_statement *statement,
    struct diag *diag)
{
	if (!db->unreplicated)
		return E_OK;
	return diag_set(diag, statement->changes ? E_DB_UNKNOWN : E_DB_BUSY,
	    "PostgreSQL's synchronous standby has not confirmed the commit");
}

/* The next use begins with the host behind it. */
void
db_leave_reader(struct db *db)
{
	if (db->hosts < 2 || db->conn == NULL)
		return;
	db->host++;
	db_close(db);
}

/* Has the server ended a statement that only read, for it took too long? */
static bool
is_cut_short(const struct db *db, const char *sqlstate)
{
	return db->is_reader && !db->cancelled &&
	    strcmp(sqlstate, "57014") == 0;
}

/* What the server answered, as an error of ours. Owns: result. */
static enum err
judge(struct db *db, const struct db_statement *statement, PGresult *result,
    struct diag *diag)
{
	const char *state, *text, *detail;
	enum err rc;

	if (result == NULL)
		return note_lost(db, statement, diag);
	switch (PQresultStatus(result)) {
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
	case PGRES_EMPTY_QUERY:
		return E_OK;
	case PGRES_COPY_OUT:
	case PGRES_COPY_IN:
	case PGRES_BAD_RESPONSE:
	case PGRES_NONFATAL_ERROR:
	case PGRES_FATAL_ERROR:
	case PGRES_COPY_BOTH:
	case PGRES_SINGLE_TUPLE:
#ifdef LIBPQ_HAS_CHUNK_MODE
	case PGRES_TUPLES_CHUNK:
#endif
	case PGRES_PIPELINE_SYNC:
	case PGRES_PIPELINE_ABORTED:
		break;
	}
	state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	if (state == NULL) {
		PQclear(result);
		return note_lost(db, statement, diag);
	}
	text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	detail = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
	rc = diag_set(diag,
	    db->cancelled && db->ends ? E_DB_LOST :
		is_passing(state)     ? E_DB_BUSY :
					E_DB,
	    "%s: %s%s%s", state, text == NULL ? "" : text,
	    detail == NULL ? "" : ", constraint ",
	    detail == NULL ? "" : detail);
	(void)snprintf(diag->sqlstate, sizeof(diag->sqlstate), "%s", state);
	if (db->too_slow || is_cut_short(db, diag->sqlstate))
		(void)snprintf(diag->client, sizeof(diag->client),
		    "The"
		    " database took too long to find this: try again, or ask"
		    " for less, by a filter or a smaller limit");
	PQclear(result);
	/* FATAL from the server: it told why, and hung up. */
	if (PQstatus(db->conn) == CONNECTION_BAD ||
	    strncmp(diag->sqlstate, "57P", 3) == 0)
		db_close(db);
	else if (strcmp(diag->sqlstate, "25006") == 0)
		db_leave_reader(db);
	return rc;
}

static int64_t
deadline_of(const struct db *db)
{
	return db_deadline(db, db_statement_ms(db) + GRACE_MS);
}

/* Prepare a statement on this connection unless it is. */
static enum err
prepare(struct db *db, const struct db_statement *statement,
    const struct db_params *params, struct diag *diag)
{
	const struct db_statement harmless = { .name = statement->name };
	PGresult *result = NULL;
	char name[DB_NAME_SIZE];
	enum err rc;

	if (db_prepared_name(db, statement->name, name))
		return E_OK;
	db_prepared_make_name(statement, name);
	if (PQsendPrepare(db->conn, name, statement->sql,
		params == NULL ? 0 : params->count,
		params == NULL ? NULL : params->types) == 1)
		result = db_collect(db, deadline_of(db));
	rc = judge(db, &harmless, result, diag);
	if (rc != E_OK)
		return rc;
	PQclear(result);
	db_prepared_add(db, statement);
	return E_OK;
}

static void
clear_rows(void *rows)
{
	PQclear(((struct db_rows *)rows)->result);
}

static size_t
params_size(const struct db_params *params)
{
	size_t bytes = 0;

	for (int i = 0; i < params->count; i++)
		bytes += (size_t)params->lengths[i];
	return bytes;
}

static bool
send_statement(struct db *db, const struct db_statement *statement,
    const struct db_params *params, bool named)
{
	char name[DB_NAME_SIZE];

	if (named && db_prepared_name(db, statement->name, name))
		return PQsendQueryPrepared(db->conn, name, params->count,
			   params->values, params->lengths, params->formats,
			   0) == 1;
	return PQsendQueryParams(db->conn, statement->sql, params->count,
		   params->types, params->values, params->lengths,
		   params->formats, 0) == 1;
}

/* Does the session have to be told whose rows it may see? */
static bool
needs_scope(const struct db *db)
{
	return !db->in_transaction &&
	    (db->shared || db->scope != db->tenant_id);
}

/* An error takes the session's scope back, with all else of its transaction. */
static void
note_scope(struct db *db, bool went_well)
{
	if (!db->shared)
		db->scope = went_well ? db->tenant_id : SCOPE_UNKNOWN;
}

/*
 * Run a statement as a pipeline, one round trip: whose rows it is about, the
 * statement, and, where its rows must come before its commit, a Flush before
 * the Sync (PostgreSQL, "Message Flow", "Pipelining"). Without a BEGIN all up
 * to the Sync is one transaction.
 */
static enum err
run(struct db *db, const struct db_statement *statement,
    const struct db_params *params, bool named, struct db_rows *rows,
    struct diag *diag)
{
	const struct db_statement *scope = db_scope(db);
	bool scoped = needs_scope(db);
	struct db_params whose = { 0 };
	struct db_scope_texts texts;
	const struct db_each *each = db->each;
	PGresult *error = NULL;
	bool whole;

	db->cancelled = db->too_slow = db->unreplicated = false;
	if (scoped) {
		db_scope_params(db, &texts, &whose);
		if (named) {
			enum err rc = prepare(db, scope, &whose, diag);

			if (rc != E_OK)
				return rc;
		}
	}
	db_note_size(db, params_size(params));
	db->reads = !statement->changes;
	db->reads_until = db->is_reader ?
	    INT64_MAX :
	    clock_ms() + db->settings->database_read_timeout;
	whole = PQenterPipelineMode(db->conn) == 1 &&
	    (!scoped || send_statement(db, scope, &whose, named)) &&
	    send_statement(db, statement, params, named) &&
	    (!statement->early_rows || PQsendFlushRequest(db->conn) == 1) &&
	    PQpipelineSync(db->conn) == 1 &&
	    db_collect_pipeline(db, deadline_of(db), scoped ? 1 : 0,
		&rows->result, &error);
	db->reads = false;
	db_note_size(db, PQresultMemorySize(rows->result));
	if (scoped)
		note_scope(db, whole && error == NULL);
	if (whole && each != NULL && db->each == NULL && error != NULL) {
		PQclear(error); /* for we have cancelled it */
		error = NULL;
	}
	if (whole && PQexitPipelineMode(db->conn) == 1 && error == NULL)
		return replicated(db, statement, diag);
	if (error != NULL && (whole || rows->result == NULL))
		return judge(db, statement, error, diag);
	PQclear(error);
	return note_lost(db, statement, diag);
}

/*
 * The one look before a statement: what the server has closed meanwhile is
 * opened, for nothing was sent, unless a transaction was lost with it.
 */
static enum err
ready(struct db *db, struct diag *diag)
{
	db_idle(db);
	if (db->conn != NULL)
		return E_OK;
	if (db->in_transaction)
		return diag_set(diag, E_DB_LOST,
		    "the connection to"
		    " PostgreSQL was lost in a transaction");
	return db_connect(db, diag);
}

enum err
db_run(struct db *db, const struct db_statement *statement,
    const struct db_params *params, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_params none;
	bool named = statement->name != NULL && !db->unprepared &&
	    db->settings->database_prepared;
	struct db_rows *rows = arena_ask(arena, sizeof(*rows));
	enum err rc;

	/* The text and the parameters may be in it as well. */
	if (rows == NULL || !arena_defer(arena, clear_rows, rows))
		return arena_done(arena, diag);
	if (params == NULL)
		params = &none;
	rc = ready(db, diag);
	if (rc != E_OK)
		return rc;
	if (named)
		rc = prepare(db, statement, params, diag);
	if (rc == E_OK) {
		*ret_rows = rows;
		rc = run(db, statement, params, named, rows, diag);
	}
	if (!named || !db_prepared_lost(db, rc, diag))
		return rc;
	if (db->in_transaction)
		return diag_set(diag, E_DB_BUSY,
		    "prepared statements do not"
		    " last: this transaction has to be done again");
	diag_clear(diag);
	*ret_rows = rows;
	return run(db, statement, params, false, rows, diag);
}

enum err
db_run_each(struct db *db, const struct db_statement *statement,
    const struct db_params *params, struct arena *arena,
    const struct db_each *each, struct diag *diag)
{
	struct db_rows *none;
	enum err rc;

	assert(statement->name == NULL && !statement->changes);
	db->each = each;
	rc = db_run(db, statement, params, arena, &none, diag);
	db->each = NULL;
	return rc;
}

enum err
db_do(struct db *db, const char *sql, struct diag *diag)
{
	enum err rc = ready(db, diag);

	return rc == E_OK ? db_do_now(db, sql, diag) : rc;
}

enum err
db_do_now(struct db *db, const char *sql, struct diag *diag)
{
	const struct db_statement statement = { .sql = sql, .changes = true };
	PGresult *result = NULL;
	enum err rc;

	db->unreplicated = false;
	if (PQsendQuery(db->conn, sql) == 1)
		result = db_collect(db, deadline_of(db));
	rc = judge(db, &statement, result, diag);
	if (rc != E_OK)
		return rc;
	PQclear(result);
	return replicated(db, &statement, diag);
}
