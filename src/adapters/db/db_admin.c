/* SPDX-License-Identifier: MIT */
#include "adapters/db/db_admin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/db/db_inside.h"
#include "base/buf.h"

#define DSN_BYTES_MAX 8192

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
	const char *text = admin->conn == NULL ?
	    "out of memory" :
	    PQerrorMessage(admin->conn);
	size_t len = strlen(text);

	while (len > 0 && text[len - 1] == '\n')
		len--;
	return diag_set(diag, code, "%s: %.*s", what, (int)len, text);
}

/* Of several hosts the one that takes changes, as the service does. */
static bool
wants_primary(const char *dsn)
{
	struct db_places places;
	bool wants;

	db_places_read(dsn, &places);
	wants = places.count > 1 && !places.has_attrs;
	db_places_done(&places);
	return wants;
}

enum err
db_admin_open(const char *dsn, const char *program,
    void (*said)(void *context, const struct db_admin_words *words),
    void *context, struct db_admin **ret_admin, struct diag *diag)
{
	/* What stands before dbname may be set otherwise by the string. */
	const char *names[] = { "application_name", "dbname", "client_encoding",
		NULL, NULL };
	const char *values[] = { program, dsn == NULL ? "" : dsn, "UTF8", NULL,
		NULL };
	struct db_admin *admin = calloc(1, sizeof(*admin));
	enum err rc;

	if (admin == NULL)
		return diag_set(diag, E_NO_MEMORY, "out of memory");
	if (wants_primary(values[1])) {
		names[3] = "target_session_attrs";
		values[3] = "read-write";
	}
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
	rc = db_admin_run(admin,
	    "SELECT set_config("
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

/* name='value', as conninfo strings quote it (PostgreSQL manual 34.1.1.1). */
static void
add_option(struct buf *dsn, const char *name, const char *value)
{
	buf_printf(dsn, "%s%s='", dsn->len == 0 ? "" : " ", name);
	for (; *value != '\0'; value++) {
		if (*value == '\'' || *value == '\\')
			buf_add_char(dsn, '\\');
		buf_add_char(dsn, *value);
	}
	buf_add_char(dsn, '\'');
}

/* Is it one that another login shares? */
static bool
is_shared(const char *keyword)
{
	static const char *const shared[] = { "host", "hostaddr", "port",
		"dbname", "sslmode", "sslrootcert" };

	for (size_t i = 0; i < COUNT(shared); i++)
		if (strcmp(shared[i], keyword) == 0)
			return true;
	return false;
}

char *
db_admin_dsn_of(const struct db_admin *admin, const char *host,
    const char *user, const char *password, struct arena *arena)
{
	PQconninfoOption *options = PQconninfo(admin->conn);
	struct buf dsn;
	char *text;

	buf_init(&dsn, DSN_BYTES_MAX);
	for (const PQconninfoOption *it = options;
	     it != NULL && it->keyword != NULL; it++) {
		const bool is_host = strncmp(it->keyword, "host", 4) == 0;

		if (it->val == NULL || it->val[0] == '\0' ||
		    !is_shared(it->keyword) || (is_host && host != NULL))
			continue;
		add_option(&dsn, it->keyword, it->val);
	}
	PQconninfoFree(options);
	if (host != NULL)
		add_option(&dsn, "host", host);
	add_option(&dsn, "user", user);
	if (password[0] != '\0')
		add_option(&dsn, "password", password);
	text = arena_text(arena,
	    buf_done(&dsn) == E_OK ? buf_span(&dsn) : SPAN_NONE);
	explicit_bzero(dsn.data, dsn.len);
	buf_free(&dsn);
	return text;
}

bool
db_admin_asks_password(const struct db_admin *admin, const char *user,
    struct arena *arena)
{
	const char *dsn = db_admin_dsn_of(admin, NULL, user, "", arena);
	PGconn *conn = dsn[0] == '\0' ? NULL : PQconnectdb(dsn);
	/* It also says so where a password was asked for and none was there. */
	bool asks = conn != NULL && PQconnectionNeedsPassword(conn) == 1;

	PQfinish(conn);
	return asks;
}

bool
db_admin_is_local(const struct db_admin *admin)
{
	const char *host = PQhost(admin->conn);

	return host == NULL || host[0] == '/' || host[0] == '\0';
}

char *
db_admin_dsn_option(const char *dsn, const char *name, struct arena *arena)
{
	PQconninfoOption *options = PQconninfoParse(dsn, NULL);
	char *value = NULL;

	for (const PQconninfoOption *it = options;
	     it != NULL && it->keyword != NULL; it++)
		if (strcmp(it->keyword, name) == 0 && it->val != NULL)
			value = arena_text(arena, str_span(it->val));
	PQconninfoFree(options);
	return value;
}

enum err
db_admin_verifier(struct db_admin *admin, const char *user,
    const char *password, struct arena *arena, char **ret_verifier,
    struct diag *diag)
{
	char *verifier = PQencryptPasswordConn(admin->conn, password, user,
	    NULL);

	if (verifier == NULL)
		return note(admin, E_DB, "cannot make a password", diag);
	*ret_verifier = arena_text(arena, str_span(verifier));
	PQfreemem(verifier);
	return arena_done(arena, diag);
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
	enum err code = PQstatus(admin->conn) == CONNECTION_OK ?
	    E_DB :
	    E_DB_LOST;

	pass_on(admin, result);
	(void)note(admin, code, err_text(code), diag);
	if (state != NULL)
		(void)snprintf(diag->sqlstate, sizeof(diag->sqlstate), "%s",
		    state);
	return code;
}

enum err
db_admin_run(struct db_admin *admin, const char *sql, const char *const *values,
    int count, struct arena *arena, struct db_admin_rows **ret_rows,
    struct diag *diag)
{
	ExecStatusType status;
	PGresult *result;
	enum err rc;

	diag_clear(diag);
	rc = arena == NULL ? E_OK : arena_done(arena, diag);
	if (rc != E_OK)
		return rc;
	/* The extended protocol, so that one text is one statement. */
	result = PQexecParams(admin->conn, sql, count, NULL, values, NULL, NULL,
	    0);
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
