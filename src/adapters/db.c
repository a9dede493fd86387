#include "adapters/db.h"

#include <assert.h>
#include <endian.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "base/clock.h"
#include "base/daemon.h"
#include "base/log.h"

/* From PostgreSQL's catalogue, pg_type.dat. */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25,
	OID_INT8_ARRAY = 1016, OID_JSONB = 3802 };

#define PREPARED_MAX 64
#define PAUSE_MIN_MS 100
#define PAUSE_MAX_MS 5000
/* How much longer than the server we wait for a statement. */
#define GRACE_MS 2000

struct db {
	const struct db_settings *settings;
	const char *program;
	PGconn *conn;
	unsigned prepared_count;
	const char *prepared[PREPARED_MAX]; /* names, each a literal */
	int64_t retry_at; /* of clock_ms(); not before */
	unsigned pause;	  /* ms */
};

struct db_rows {
	PGresult *result;
};

const struct conf_row db_conf_rows[] = {
#define SETTING(...) CONF_ROW(struct db_settings, __VA_ARGS__)
#include "adapters/db_conf_table.h"
#undef SETTING
};
const size_t db_conf_count = COUNT(db_conf_rows);

struct db *
db_new(const struct db_settings *settings, const char *program)
{
	struct db *db = calloc(1, sizeof(*db));

	if (db != NULL) {
		db->settings = settings;
		db->program = program;
	}
	return db;
}

void
db_close(struct db *db)
{
	if (db->conn == NULL)
		return;
	PQfinish(db->conn);
	db->conn = NULL;
	db->prepared_count = 0;
}

void
db_free(struct db *db)
{
	if (db == NULL)
		return;
	db_close(db);
	free(db);
}

int
db_socket(const struct db *db)
{
	return db->conn == NULL ? -1 : PQsocket(db->conn);
}

/* libpq's message without its line end, as the operator's text. */
static enum err
note_conn(const struct db *db, enum err code, const char *what,
    struct diag *diag)
{
	const char *text = db->conn == NULL ? "out of memory" :
	    PQerrorMessage(db->conn);

	return diag_set(diag, code, "%s: %.*s", what,
	    (int)strcspn(text, "\n"), text);
}

/* Wait for the socket; false when the time is over. */
static bool
wait_socket(const PGconn *conn, short events, int64_t deadline)
{
	struct pollfd fd = { .fd = PQsocket(conn), .events = events };

	do {
		if (poll(&fd, 1, clock_left(deadline)) > 0)
			return true;
	} while (clock_left(deadline) > 0);
	return false;
}

/* libpq's messages to stderr would break the log's lines. */
static void
on_notice(void *unused, const PGresult *result)
{
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	(void)unused;
	log_debug("db_notice", LOG_TEXT("text", text));
}

/* Start connecting with our own session settings. */
static PGconn *
start(const struct db *db)
{
	const struct db_settings *set = db->settings;
	char options[256], timeout[24];
	/* dbname may hold a whole connection string; what follows it wins. */
	const char *keys[] = { "dbname", "application_name", "client_encoding",
		"connect_timeout", "options", "target_session_attrs",
		"keepalives_idle", "keepalives_interval", "keepalives_count",
		"tcp_user_timeout", NULL };
	const char *values[] = { set->database_url, db->program, "UTF8", timeout,
		options, "any", "30", "10", "3", "30000", NULL };
	bool several = strchr(set->database_url, ',') != NULL ||
	    strchr(getenv("PGHOST") == NULL ? "" : getenv("PGHOST"), ',') != NULL;

	if (several && strstr(set->database_url, "target_session_attrs") == NULL)
		values[5] = "read-write";
	else
		keys[5] = values[5] = NULL;
	if (keys[5] == NULL) {
		/* Close the gap: a NULL key ends the list. */
		for (size_t i = 5; i + 1 < COUNT(keys); i++) {
			keys[i] = keys[i + 1];
			values[i] = values[i + 1];
		}
	}
	(void)snprintf(timeout, sizeof(timeout), "%d",
	    (int)set->database_connect_timeout);
	(void)snprintf(options, sizeof(options), "-c timezone=UTC"
	    " -c statement_timeout=%d -c lock_timeout=%d"
	    " -c idle_in_transaction_session_timeout=60000",
	    (int)set->database_statement_timeout,
	    (int)set->database_lock_timeout);
	return PQconnectStartParams(keys, values, 1);
}

/* Drive the connection until it is open, refused, or the time is over. */
static bool
finish_open(PGconn *conn, int64_t deadline)
{
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;

	while (state != PGRES_POLLING_OK) {
		if (state == PGRES_POLLING_FAILED)
			return false;
		if (!wait_socket(conn, state == PGRES_POLLING_READING ?
		    POLLIN : POLLOUT, deadline))
			return false;
		state = PQconnectPoll(conn);
	}
	return true;
}

/* After a failure: not again before a pause that doubles, give or take. */
static void
put_off(struct db *db)
{
	db->pause = db->pause == 0 ? PAUSE_MIN_MS : db->pause * 2;
	if (db->pause > PAUSE_MAX_MS)
		db->pause = PAUSE_MAX_MS;
	db->retry_at = clock_ms() + db->pause / 2 + daemon_jitter(db->pause / 2);
}

enum err
db_open(struct db *db, struct diag *diag)
{
	enum err rc;

	db_idle(db);
	if (db->conn != NULL)
		return E_OK;
	if (clock_ms() < db->retry_at)
		return diag_set(diag, E_DB_CONNECT,
		    "PostgreSQL was away just now; pausing before the next try");
	db->conn = start(db);
	if (db->conn != NULL && PQstatus(db->conn) != CONNECTION_BAD &&
	    finish_open(db->conn, clock_ms() +
	    db->settings->database_connect_timeout * 1000) &&
	    PQsetnonblocking(db->conn, 1) == 0) {
		(void)PQsetNoticeReceiver(db->conn, on_notice, NULL);
		db->pause = 0;
		db->retry_at = 0;
		log_info("db_connected",
		    LOG_TEXT("host", PQhost(db->conn)),
		    LOG_TEXT("database", PQdb(db->conn)));
		return E_OK;
	}
	rc = note_conn(db, E_DB_CONNECT, "cannot connect to PostgreSQL", diag);
	db_close(db);
	put_off(db);
	return rc;
}

void
db_idle(struct db *db)
{
	struct pollfd fd = { .fd = db_socket(db), .events = POLLIN };

	if (db->conn == NULL)
		return;
	if (PQstatus(db->conn) == CONNECTION_OK) {
		if (poll(&fd, 1, 0) <= 0)
			return;
		if (PQconsumeInput(db->conn) == 1 &&
		    PQstatus(db->conn) == CONNECTION_OK)
			return;
	}
	log_warn("db_lost", LOG_TEXT("text", "the server closed the connection"
	    " while it was idle"));
	db_close(db);
}

static int
next_param(struct db_params *params, unsigned type)
{
	int i = params->count++;

	assert(i < DB_PARAMS_MAX);
	params->types[i] = type;
	params->values[i] = NULL;
	params->lengths[i] = 0;
	params->formats[i] = 1;
	return i;
}

void
db_add_int(struct db_params *params, int64_t value)
{
	int i = next_param(params, OID_INT8);

	params->numbers[i] = (int64_t)htobe64((uint64_t)value);
	params->values[i] = (const char *)&params->numbers[i];
	params->lengths[i] = sizeof(params->numbers[i]);
}

void
db_add_bool(struct db_params *params, bool value)
{
	int i = next_param(params, OID_BOOL);

	params->values[i] = value ? "\1" : "\0";
	params->lengths[i] = 1;
}

/* Binary text is its bytes: no terminator needed, none believed. */
void
db_add_text(struct db_params *params, struct span value)
{
	int i = next_param(params, OID_TEXT);

	params->values[i] = value.at;
	params->lengths[i] = (int)value.len;
}

void
db_add_bytes(struct db_params *params, const void *bytes, size_t len)
{
	int i = next_param(params, OID_BYTEA);

	params->values[i] = bytes;
	params->lengths[i] = (int)len;
}

void
db_add_jsonb(struct db_params *params, struct span json)
{
	int i = next_param(params, OID_JSONB);
	char *version;

	if (json.at == NULL)
		return;
	memcpy(&version, &json.at, sizeof(version)); /* the caller's, mutable */
	version--;
	*version = 1;
	params->values[i] = version;
	params->lengths[i] = (int)json.len + 1;
}

/* Binary form, array_recv: dimensions, has-nulls, type, length, lower bound. */
void
db_add_int_array(struct db_params *params, const int64_t *values, size_t count,
    struct arena *arena)
{
	const size_t size = 20 + count * 12;
	int i = next_param(params, OID_INT8_ARRAY);
	unsigned char *bytes = arena_get(arena, size);
	const uint32_t head[] = { htobe32(1), 0, htobe32(OID_INT8),
		htobe32((uint32_t)count), htobe32(1) };
	const uint32_t width = htobe32(8);

	if (bytes == NULL)
		return; /* NULL matches no row: nothing is done */
	memcpy(bytes, head, sizeof(head));
	for (size_t j = 0; j < count; j++) {
		uint64_t value = htobe64((uint64_t)values[j]);

		memcpy(bytes + 20 + j * 12, &width, sizeof(width));
		memcpy(bytes + 24 + j * 12, &value, sizeof(value));
	}
	params->values[i] = (const char *)bytes;
	params->lengths[i] = (int)size;
}

/* Send what libpq has queued, reading meanwhile, so that nobody gets stuck. */
static bool
flush(PGconn *conn, int64_t deadline)
{
	for (;;) {
		int left = PQflush(conn);

		if (left <= 0)
			return left == 0;
		if (!wait_socket(conn, POLLIN | POLLOUT, deadline))
			return false;
		if (PQconsumeInput(conn) == 0)
			return false;
	}
}

/* The last result of what was sent; NULL when the connection is lost. */
static PGresult *
collect(PGconn *conn, int64_t deadline)
{
	PGresult *last = NULL, *result;

	if (!flush(conn, deadline))
		return NULL;
	for (;;) {
		while (PQisBusy(conn)) {
			if (!wait_socket(conn, POLLIN, deadline) ||
			    PQconsumeInput(conn) == 0) {
				PQclear(last);
				return NULL;
			}
		}
		result = PQgetResult(conn);
		if (result == NULL)
			return last;
		PQclear(last);
		last = result;
		if (PQstatus(conn) == CONNECTION_BAD)
			return last;
	}
}

/*
 * The classes of SQLSTATE that pass by themselves: connection, lack of
 * resources, operator intervention, read-only, locks, serialization.
 */
static bool
is_passing(const char *state)
{
	static const char *const prefixes[] = { "08", "53", "57", "25006",
		"40001", "40P01", "55P03", "58" };

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
	enum err rc = note_conn(db, statement->changes ? E_DB_UNKNOWN :
	    E_DB_LOST, "the connection to PostgreSQL was lost", diag);

	db_close(db);
	return rc;
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
	rc = diag_set(diag, is_passing(state) ? E_DB_BUSY : E_DB,
	    "%s: %s%s%s", state, text == NULL ? "" : text,
	    detail == NULL ? "" : ", constraint ",
	    detail == NULL ? "" : detail);
	(void)snprintf(diag->sqlstate, sizeof(diag->sqlstate), "%s", state);
	PQclear(result);
	/* FATAL from the server: it told why, and hung up. */
	if (PQstatus(db->conn) == CONNECTION_BAD || strncmp(state, "57P", 3) == 0)
		db_close(db);
	return rc;
}

static bool
is_prepared(const struct db *db, const char *name)
{
	for (unsigned i = 0; i < db->prepared_count; i++)
		if (strcmp(db->prepared[i], name) == 0)
			return true;
	return false;
}

static int64_t
deadline_of(const struct db *db)
{
	return clock_ms() + db->settings->database_statement_timeout + GRACE_MS;
}

/* Prepare a statement on this connection unless it is. */
static enum err
prepare(struct db *db, const struct db_statement *statement,
    const struct db_params *params, struct diag *diag)
{
	const struct db_statement harmless = { .name = statement->name };
	PGresult *result = NULL;
	enum err rc;

	if (is_prepared(db, statement->name))
		return E_OK;
	assert(db->prepared_count < PREPARED_MAX);
	if (PQsendPrepare(db->conn, statement->name, statement->sql,
	    params == NULL ? 0 : params->count,
	    params == NULL ? NULL : params->types) == 1)
		result = collect(db->conn, deadline_of(db));
	rc = judge(db, &harmless, result, diag);
	if (rc != E_OK)
		return rc;
	PQclear(result);
	db->prepared[db->prepared_count++] = statement->name;
	return E_OK;
}

static void
clear_rows(void *rows)
{
	PQclear(((struct db_rows *)rows)->result);
}

enum err
db_run(struct db *db, const struct db_statement *statement,
    const struct db_params *params, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_params none;
	bool named = statement->name != NULL && db->settings->database_prepared;
	struct db_rows *rows = arena_get(arena, sizeof(*rows));
	PGresult *result = NULL;
	enum err rc;
	int sent;

	if (rows == NULL || !arena_defer(arena, clear_rows, rows))
		return diag_set(diag, E_NO_MEMORY, "rows of a statement");
	if (params == NULL)
		params = &none;
	rc = db_open(db, diag);
	if (rc == E_OK && named)
		rc = prepare(db, statement, params, diag);
	if (rc != E_OK)
		return rc;
	if (named)
		sent = PQsendQueryPrepared(db->conn, statement->name,
		    params->count, params->values, params->lengths,
		    params->formats, 0);
	else
		sent = PQsendQueryParams(db->conn, statement->sql, params->count,
		    params->types, params->values, params->lengths,
		    params->formats, 0);
	if (sent == 1)
		result = collect(db->conn, deadline_of(db));
	rc = judge(db, statement, result, diag);
	if (rc != E_OK)
		return rc;
	rows->result = result;
	*ret_rows = rows;
	return E_OK;
}

enum err
db_do(struct db *db, const char *sql, struct diag *diag)
{
	const struct db_statement statement = { .sql = sql, .changes = true };
	PGresult *result = NULL;
	enum err rc = db_open(db, diag);

	if (rc != E_OK)
		return rc;
	if (PQsendQuery(db->conn, sql) == 1)
		result = collect(db->conn, deadline_of(db));
	rc = judge(db, &statement, result, diag);
	if (rc == E_OK)
		PQclear(result);
	return rc;
}

int
db_rows_count(const struct db_rows *rows)
{
	return PQntuples(rows->result);
}

int64_t
db_rows_affected(const struct db_rows *rows)
{
	int64_t count = 0;

	if (!span_int64(str_span(PQcmdTuples(rows->result)), &count))
		return 0;
	return count;
}

bool
db_is_null(const struct db_rows *rows, int row, int column)
{
	return PQgetisnull(rows->result, row, column) == 1;
}

struct span
db_text(const struct db_rows *rows, int row, int column)
{
	if (db_is_null(rows, row, column))
		return SPAN_NONE;
	return (struct span){ PQgetvalue(rows->result, row, column),
		(size_t)PQgetlength(rows->result, row, column) };
}

int64_t
db_int(const struct db_rows *rows, int row, int column)
{
	int64_t value = 0;

	if (!span_int64(db_text(rows, row, column), &value))
		return 0;
	return value;
}

bool
db_bool(const struct db_rows *rows, int row, int column)
{
	return span_is(db_text(rows, row, column), "t");
}
