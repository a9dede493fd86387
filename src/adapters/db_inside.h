/*
 * What the files of db.h share; nobody else may know that it is libpq.
 */
#ifndef ADAPTERS_DB_INSIDE_H
#define ADAPTERS_DB_INSIDE_H

#include <libpq-fe.h>

#include "adapters/db.h"

#define PREPARED_MAX 256
#define SCOPE_UNKNOWN INT64_MIN

struct db {
	const struct db_settings *settings;
	const char *program;
	PGconn *conn;
	unsigned opened; /* how many connections there were */
	int64_t tenant_id; /* see db_tenant() */
	int64_t scope; /* the session's tenant, as far as we told it */
	bool in_transaction; /* even when the connection has gone since */
	unsigned prepared_count;
	const char *prepared[PREPARED_MAX]; /* names, each a literal */
	int64_t retry_at; /* of clock_ms(); not before */
	unsigned pause;	  /* ms */
	const struct db_company *company; /* see db_wait_with(), or NULL */
	size_t swollen;	  /* bytes of the largest statement or answer */
};

struct db_rows {
	PGresult *result;
};

/* libpq's message without its line end, as the operator's text. */
enum err db_note(const struct db *db, enum err code, const char *what,
    struct diag *diag);

/*
 * Wait for the connection's socket, serving the company meanwhile; false when
 * the time is over.
 */
bool db_wait(const struct db *db, short events, int64_t deadline);

#endif
