#include "adapters/db/db_admin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

struct db_admin {
	PGconn *conn;
	void (*said)(void *context, const struct db_admin_words *words);
	void *context;
};

/* A signal handler gets no arguments: this is where it finds its target. */
static PGcancel *volatile cancel_handle;

/* Pass on what the server said with this result. */
static void
pass_on(struct db_admin *admin, const PGresult *result)
{
	const char *at = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
	struct db_admin_words words = {
		.severity = PQresultErrorField(result, PG_DIAG_SEVERITY),
		.sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE),
		.text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY),
		.detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL),
		.hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT),
		.context = PQresultErrorField(result, PG_DIAG_CONTEXT),
		.at = at == NULL ? 0 : strtoul(at, NULL, 10),
	};

	if (words.text != NULL && admin->said != NULL)
		admin->said(admin->context, &words);
}

static void
on_notice(void *admin, const PGresult *result)
{
	pass_on(admin, result);
}

/* libpq's own message, without its line end. */
static enum err
note(const struct db_admin *admin, enum err code, const char *what,
    struct diag *diag)
{
	const char *text = admin->conn == NULL ? "out of memory" :
	    PQerrorMessage(admin->conn);
	size_t len = strlen(text);

	while (len > 0 && text[len - 1] == '\n')
		len--;
	return diag_set(diag, code, "%s: %.*s", what, (int)len, text);
}

enum err
db_admin_open(const char *dsn, const char *program,
    void (*said)(void *context, const struct db_admin_words *words),
    void *context, struct db_admin **ret_admin, struct diag *diag)
{
	/* What stands before dbname may be set otherwise by the string. */
	const char *const names[] = { "application_name", "dbname",
		"client_encoding", NULL };
	const char *const values[] = { program, dsn == NULL ? "" : dsn, "UTF8",
		NULL };
	struct db_admin *admin = calloc(1, sizeof(*admin));
	enum err rc;

	if (admin == NULL)
		return diag_set(diag, E_NO_MEMORY, "out of memory");
	admin->said = said;
	admin->context = context;
	admin->conn = PQconnectdbParams(names, values, 1);
	if (PQstatus(admin->conn) != CONNECTION_OK) {
		rc = note(admin, E_DB_CONNECT, "cannot connect", diag);
		db_admin_close(admin);
		return rc;
	}
	(void)PQsetNoticeReceiver(admin->conn, on_notice, admin);
	cancel_handle = PQgetCancel(admin->conn);
	rc = db_admin_run(admin, "SELECT set_config("
	    "'standard_conforming_strings', 'on', false),"
	    " set_config('TimeZone', 'UTC', false),"
	    /* Migrations are about the rows of all tenants. */
	    " set_config('app.every_tenant', 'on', false)",
	    NULL, 0, NULL, NULL, diag);
	if (rc != E_OK) {
		db_admin_close(admin);
		return rc;
	}
	*ret_admin = admin;
	return E_OK;
}

void
db_admin_close(struct db_admin *admin)
{
	PGcancel *handle = cancel_handle;

	if (admin == NULL)
		return;
	cancel_handle = NULL;
	PQfreeCancel(handle);
	PQfinish(admin->conn);
	free(admin);
}

const char *
db_admin_database(const struct db_admin *admin)
{
	return PQdb(admin->conn);
}

/* Copy a result into the arena; NULL when it is too much for it. */
static struct db_admin_rows *
copy_rows(const PGresult *result, struct arena *arena)
{
	struct db_admin_rows *rows = arena_get(arena, sizeof(*rows));
	const int count = PQntuples(result), columns = PQnfields(result);
	char **cell;

	rows->count = (size_t)count;
	rows->columns = (size_t)columns;
	rows->cells = arena_ask(arena,
	    rows->count * rows->columns * sizeof(*rows->cells));
	if (rows->cells == NULL)
		return NULL;
	cell = rows->cells;
	for (int row = 0; row < count; row++) {
		for (int column = 0; column < columns; column++, cell++) {
			if (PQgetisnull(result, row, column))
				continue;
			*cell = arena_text(arena,
			    str_span(PQgetvalue(result, row, column)));
		}
	}
	return rows;
}

/* What a failed statement means; the server's words are passed on here. */
static enum err
explain(struct db_admin *admin, const PGresult *result, struct diag *diag)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	enum err code = PQstatus(admin->conn) == CONNECTION_OK ? E_DB :
	    E_DB_LOST;

	pass_on(admin, result);
	(void)note(admin, code, err_text(code), diag);
	if (state != NULL)
		(void)snprintf(diag->sqlstate, sizeof(diag->sqlstate), "%s",
		    state);
	return code;
}

enum err
db_admin_run(struct db_admin *admin, const char *sql,
    const char *const *values, int count, struct arena *arena,
    struct db_admin_rows **ret_rows, struct diag *diag)
{
	ExecStatusType status;
	PGresult *result;
	enum err rc;

	diag_clear(diag);
	rc = arena == NULL ? E_OK : arena_done(arena, diag);
	if (rc != E_OK)
		return rc;
	/* The extended protocol, so that one text is one statement. */
	result = PQexecParams(admin->conn, sql, count, NULL, values, NULL,
	    NULL, 0);
	status = PQresultStatus(result);
	if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) {
		/* libpq ends the copy when the next statement comes. */
		rc = diag_set(diag, E_INVALID,
		    "COPY from or to the client is not possible here");
	} else if (status != PGRES_EMPTY_QUERY && status != PGRES_COMMAND_OK &&
	    status != PGRES_TUPLES_OK) {
		rc = explain(admin, result, diag);
	} else if (ret_rows != NULL) {
		*ret_rows = copy_rows(result, arena);
		rc = arena_done(arena, diag);
	}
	PQclear(result);
	return rc;
}

void
db_admin_cancel(void)
{
	PGcancel *handle = cancel_handle;
	char text[256];

	/* Without success the statement goes on; there is nobody to tell. */
	if (handle != NULL)
		(void)PQcancel(handle, text, sizeof(text));
}
