/* SPDX-License-Identifier: MIT */
#include "adapters/db/db.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/db/db_inside.h"
#include "base/clock.h"
#include "base/daemon.h"
#include "base/log.h"
#include "base/metrics.h"

#define PAUSE_MIN_MS 100
#define PAUSE_MAX_MS 5000
/* What a connection's buffers may keep, however long it is idle, bytes. */
#define KEEP_BYTES (32 << 20)

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
	    (db->told_statement_timeout ==
		    settings->database_statement_timeout &&
		db->told_lock_timeout == settings->database_lock_timeout))
		return;
	db_close(db);
}

enum err
db_settings_check(const void *values, struct diag *diag)
{
	const struct db_settings *settings = values;
	const char *url = settings->database_url;
	PQconninfoOption *options;

	if (strchr(url, '=') == NULL && strstr(url, "://") == NULL)
		return E_OK; /* the name of a database */
	options = PQconninfoParse(url, NULL);
	PQconninfoFree(options);
	if (options == NULL)
		return diag_set(diag, E_SETTING,
		    "database_url: this is neither"
		    " postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with %%XX"
		    " for what is special in it, nor name=value pairs as libpq"
		    " takes them");
	return E_OK;
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

/* libpq's messages to stderr would break the log's lines. */
static void
on_notice(void *unused, const PGresult *result)
{
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	(void)unused;
	log_debug("db_notice", LOG_TEXT("text", text));
}

/*
 * Start connecting. Settings of the session come later, see db_settle(): a
 * pooler refuses them here.
 */
static PGconn *
start(const struct db *db)
{
	const struct db_settings *set = db->settings;
	char timeout[24];
	/* dbname may hold a whole connection string; what follows it wins. */
	const char *keys[] = { "dbname", "application_name", "client_encoding",
		"connect_timeout", "keepalives_idle", "keepalives_interval",
		"keepalives_count", "tcp_user_timeout", NULL, NULL };
	const char *values[] = { set->database_url, db->program, "UTF8",
		timeout, "30", "10", "3", "30000", NULL, NULL };
	bool several = strchr(set->database_url, ',') != NULL ||
	    strchr(getenv("PGHOST") == NULL ? "" : getenv("PGHOST"), ',') !=
		NULL;

	if (several &&
	    strstr(set->database_url, "target_session_attrs") == NULL) {
		keys[8] = "target_session_attrs";
		values[8] = "read-write";
	}
	(void)snprintf(timeout, sizeof(timeout), "%d",
	    (int)set->database_connect_timeout);
	return PQconnectStartParams(keys, values, 1);
}

/* Drive the connection until it is open, refused, or the time is over. */
static bool
finish_open(struct db *db, int64_t deadline)
{
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;

	while (state != PGRES_POLLING_OK) {
		if (state == PGRES_POLLING_FAILED)
			return false;
		if (!db_wait(db,
			state == PGRES_POLLING_READING ? POLLIN : POLLOUT,
			deadline))
			return false;
		state = PQconnectPoll(db->conn);
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
	db->retry_at = clock_ms() + db->pause / 2 +
	    daemon_jitter(db->pause / 2);
}

enum err
db_open(struct db *db, struct diag *diag)
{
	db_idle(db);
	return db->conn != NULL ? E_OK : db_connect(db, diag);
}

enum err
db_connect(struct db *db, struct diag *diag)
{
	int64_t deadline;
	enum err rc;

	if (clock_ms() < db->retry_at)
		return diag_set(diag, E_DB_CONNECT,
		    "PostgreSQL was unreachable; waiting before the next attempt");
	deadline = db_deadline(db,
	    db->settings->database_connect_timeout * 1000);
	db->conn = start(db);
	rc = db->conn != NULL && PQstatus(db->conn) != CONNECTION_BAD &&
		finish_open(db, deadline) &&
		PQsetnonblocking(db->conn, 1) == 0 ?
	    E_OK :
	    db_note(db, E_DB_CONNECT, "cannot connect to PostgreSQL", diag);
	if (rc == E_OK) {
		(void)PQsetNoticeReceiver(db->conn, on_notice, NULL);
		rc = db_settle(db, deadline, diag);
	}
	if (rc == E_OK) {
		db->pause = 0;
		db->retry_at = 0;
		db->opened++;
		metrics_add(METRIC_DB_CONNECTED, 1);
		log_info("db_connected", LOG_TEXT("host", PQhost(db->conn)),
		    LOG_TEXT("database", PQdb(db->conn)),
		    LOG_TEXT("session", db->shared ? "shared" : NULL));
		return E_OK;
	}
	metrics_add(METRIC_DB_LOST, 1);
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
	metrics_add(METRIC_DB_LOST, 1);
	log_warn("db_lost",
	    LOG_TEXT("text",
		"the server closed the connection"
		" while it was idle"));
	db_close(db);
}

void
db_shrink_buffers(struct db *db)
{
	struct diag diag;

	if (db->conn == NULL || db->in_transaction ||
	    db->peak_bytes <= KEEP_BYTES)
		return;
	log_debug("db_shrink_buffers",
	    LOG_INT("bytes", (int64_t)db->peak_bytes));
	db_close(db);
	diag_clear(&diag);
	if (db_open(db, &diag) != E_OK)
		log_warn("database", LOG_TEXT("text", diag.text));
}
