/* SPDX-License-Identifier: MIT */
/*
 * What the server is told of us: time zone, limits, whose rows. A session that
 * is ours alone is told once, and of tenants when they change. One that a
 * pooler shares among its clients is told with each transaction, and forgets it
 * with its end: so nobody sees another's tenant, and nobody else has our
 * limits.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "adapters/db/db_inside.h"

/* A statement that outlives its worker would hold its rows, ms. */
#define CHECK_MS "2000"

int64_t
db_statement_ms(const struct db *db)
{
	return db->is_reader ?
	    db->settings->database_read_timeout :
	    db->settings->database_statement_timeout;
}

enum err
db_settle(struct db *db, int64_t deadline, struct diag *diag)
{
	/*
	 * A pooler makes up the number that a server tells at the start, which
	 * is its process. row_security may have been set for the database, and
	 * client_min_messages, without which nobody tells of a commit that is
	 * at the primary only. To compile a report's statement takes seconds,
	 * to run it milliseconds.
	 */
	static const char sql[] =
	    "SELECT s.shared,"
	    " set_config('TimeZone', 'UTC', s.shared),"
	    " set_config('row_security', 'on', s.shared),"
	    " set_config('client_min_messages', 'warning', s.shared),"
	    " set_config('jit', 'off', s.shared),"
	    " set_config('statement_timeout', $3, s.shared),"
	    " set_config('lock_timeout', $4, s.shared),"
	    " set_config('idle_in_transaction_session_timeout', '60000',"
	    " s.shared),"
	    " set_config('app.tenant_id', '0', s.shared),"
	    " set_config('app.every_tenant', 'off', s.shared),"
	    " CASE WHEN version() LIKE '%linux%'"
	    " AND current_setting('server_version_num')::integer >= 140000"
	    " THEN set_config('client_connection_check_interval', "
	    "'" CHECK_MS
	    "', s.shared) END"
	    " FROM (SELECT $1::boolean OR pg_backend_pid() <> $2::integer"
	    " AS shared) AS s";
	struct db_scope_texts texts;
	struct db_params scope = { 0 };
	char process[DB_NUMBER_SIZE];
	const char *values[4];
	PGresult *result = NULL;

	(void)snprintf(process, sizeof(process), "%d", PQbackendPID(db->conn));
	db_scope_params(db, &texts, &scope);
	values[0] = strcmp(db->settings->database_session, "shared") == 0 ?
	    "t" :
	    "f";
	values[1] = process;
	values[2] = texts.statement_timeout;
	values[3] = texts.lock_timeout;
	if (PQsendQueryParams(db->conn, sql, 4, NULL, values, NULL, NULL, 0) ==
	    1)
		result = db_collect(db, deadline);
	if (PQresultStatus(result) != PGRES_TUPLES_OK) {
		PQclear(result);
		return db_note(db, E_DB_CONNECT,
		    "PostgreSQL does not take the session's settings", diag);
	}
	db->shared = PQgetvalue(result, 0, 0)[0] == 't';
	db->scope = db->shared ? SCOPE_UNKNOWN : DB_NO_TENANT;
	db->told_statement_timeout = db_statement_ms(db);
	db->told_lock_timeout = db->settings->database_lock_timeout;
	PQclear(result);
	return E_OK;
}

const struct db_statement *
db_scope(const struct db *db)
{
#define WHOSE(local) \
	"SELECT set_config('app.tenant_id', $1, " local \
	")," \
	" set_config('app.every_tenant', $2, " local ")"
	static const struct db_statement own = {
		.name = "db_scope",
		.sql = WHOSE("false"),
	};
	static const struct db_statement shared = {
		.name = "db_scope_shared",
		.sql = WHOSE("true") ", set_config('TimeZone', 'UTC', true),"
		    " set_config('row_security', 'on', true),"
		    " set_config('client_min_messages', 'warning', true),"
		    " set_config('jit', 'off', true),"
		    " set_config('statement_timeout', $3, true),"
		    " set_config('lock_timeout', $4, true),"
		    " set_config('idle_in_transaction_session_timeout',"
		    " '60000', true)",
	};

	return db->shared ? &shared : &own;
}

void
db_scope_params(const struct db *db, struct db_scope_texts *texts,
    struct db_params *params)
{
	bool every = db->tenant_id == DB_EVERY_TENANT;

	(void)snprintf(texts->tenant, sizeof(texts->tenant), "%" PRId64,
	    every ? 0 : db->tenant_id);
	(void)snprintf(texts->statement_timeout,
	    sizeof(texts->statement_timeout), "%" PRId64, db_statement_ms(db));
	(void)snprintf(texts->lock_timeout, sizeof(texts->lock_timeout),
	    "%" PRId64, db->settings->database_lock_timeout);
	db_add_text(params, str_span(texts->tenant));
	db_add_text(params, str_span(every ? "on" : "off"));
	if (!db->shared)
		return;
	db_add_text(params, str_span(texts->statement_timeout));
	db_add_text(params, str_span(texts->lock_timeout));
}
