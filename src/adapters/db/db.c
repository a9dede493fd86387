/* SPDX-License-Identifier: MIT */
#include "adapters/db/db.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/db/db_inside.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"

const struct conf_row db_conf_rows[] = {
#define SETTING(kind, ...) CONF_ROW_##kind(struct db_settings, __VA_ARGS__)
#include "adapters/db/db_conf_rows.h"
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
		db->peer = -1;
	}
	return db;
}

struct db *
db_new_reader(const struct db_settings *settings, const char *program)
{
	struct db *db = db_new(settings, program);

	if (db != NULL)
		db->is_reader = true;
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
	db->scope = DB_NO_TENANT;
	db->peak_bytes = 0;
}

void
db_renew_limits(struct db *db)
{
	const struct db_settings *settings = db->settings;

	if (db->conn == NULL || db->shared || db->in_transaction ||
	    (db->told_statement_timeout == db_statement_ms(db) &&
		db->told_lock_timeout == settings->database_lock_timeout))
		return;
	db_close(db);
}

static enum err
check_url(const char *name, const char *url, struct diag *diag)
{
	PQconninfoOption *options;

	if (strchr(url, '=') == NULL && strstr(url, "://") == NULL)
		return E_OK; /* the name of a database */
	options = PQconninfoParse(url, NULL);
	PQconninfoFree(options);
	if (options == NULL)
		return diag_set(diag, E_SETTING,
		    "%s: this is neither"
		    " postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with %%XX"
		    " for what is special in it, nor name=value pairs as libpq"
		    " takes them",
		    name);
	return E_OK;
}

enum err
db_settings_check(const void *values, struct diag *diag)
{
	const struct db_settings *settings = values;
	enum err rc = check_url("database_url", settings->database_url, diag);

	if (rc == E_OK)
		rc = check_url("database_read_url", settings->database_read_url,
		    diag);
	return rc;
}

void
db_free(struct db *db)
{
	if (db == NULL)
		return;
	db_close(db);
	free(db);
}

unsigned
db_session(const struct db *db)
{
	return db->conn == NULL ? 0 : db->opened;
}

bool
db_is_shared(const struct db *db)
{
	return db->shared;
}

int
db_socket(const struct db *db)
{
	return db->conn == NULL ? -1 : PQsocket(db->conn);
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
	metrics_add(METRIC_DB_LOST, 1);
	log_warn("db_lost",
	    LOG_TEXT("text",
		"the server closed the connection"
		" while it was idle"));
	db_close(db);
}
