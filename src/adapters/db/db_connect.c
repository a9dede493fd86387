/* SPDX-License-Identifier: MIT */
/*
 * Opening a session: one host after the other, each for as long as
 * database_connect_timeout says. libpq goes on to the next host when one refuses
 * it; of one that has vanished it waits for an answer as long as we let it
 * (PostgreSQL, "Asynchronous connection", PQconnectPoll). So it is given one at
 * a time, the one that answered last first.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
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
/* A name of DNS has 253 bytes at most, the path of a socket 107. */
#define HOST_SIZE 256
#define DEFAULT_PORT "5432"

/* One of them. */
struct place {
	char host[HOST_SIZE], hostaddr[HOST_SIZE], port[16];
};

static const char *
url_of(const struct db *db)
{
	return db->is_reader ?
	    db->settings->database_read_url :
	    db->settings->database_url;
}

/* The member of a list, or the only one it has. */
static bool
member(const char *list, size_t number, char *out, size_t size)
{
	struct span rest = str_span(list == NULL ? "" : list), one;

	do
		one = span_cut(&rest, ',');
	while (number-- > 0 && rest.at != NULL);
	return snprintf(out, size, "%.*s", (int)one.len, one.at) < (int)size;
}

/*
 * False: an entry is longer than any that is valid. An empty port in a list is
 * libpq's own default, as it is there; nothing would leave the whole list.
 */
static bool
place_read(const struct db_places *places, size_t number,
    struct place *ret_place)
{
	const char *port = places->port == NULL ? "" : places->port;
	bool is_read = member(places->host, number, ret_place->host,
			   sizeof(ret_place->host)) &&
	    member(places->hostaddr, number, ret_place->hostaddr,
		sizeof(ret_place->hostaddr)) &&
	    member(port, number, ret_place->port, sizeof(ret_place->port));

	if (*port != '\0' && ret_place->port[0] == '\0')
		memcpy(ret_place->port, DEFAULT_PORT, sizeof(DEFAULT_PORT));
	return is_read;
}

/*
 * libpq's messages to stderr would break the log's lines. One tells that a
 * commit stopped waiting for the synchronous standby: it comes as a warning, in
 * the server's language (PostgreSQL, src/backend/replication/syncrep.c).
 */
static void
on_notice(void *context, const PGresult *result)
{
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *from = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);
	struct db *db = context;

	if (from != NULL && strcmp(from, "SyncRepWaitForLSN") == 0)
		db->unreplicated = true;
	log_debug("db_notice", LOG_TEXT("text", text));
}

/*
 * Start connecting. Settings of the session come later, see db_settle(): a
 * pooler refuses them here. A server that has vanished is given up after ten
 * seconds, by its silence at what was sent or by keepalives (tcp(7)).
 */
static PGconn *
start(const struct db *db, const struct db_places *places,
    const struct place *place)
{
	const struct db_settings *set = db->settings;
	char timeout[24];
	/* dbname may hold a whole connection string; what follows it wins. */
	const char *keys[13] = { "dbname", "application_name",
		"client_encoding", "connect_timeout", "keepalives_idle",
		"keepalives_interval", "keepalives_count", "tcp_user_timeout" };
	const char *values[13] = { url_of(db), db->program, "UTF8", timeout,
		"5", "2", "3", "10000" };
	size_t count = 8;

	if (places->count > 1) {
		keys[count] = "host";
		values[count++] = place->host;
		keys[count] = "hostaddr";
		values[count++] = place->hostaddr;
		keys[count] = "port";
		values[count++] = place->port;
		if (db->is_only || !places->has_attrs) {
			keys[count] = "target_session_attrs";
			values[count] = db->is_only ? "any" :
			    db->is_reader	    ? "standby" :
						      "read-write";
		}
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

/* Of a connection that failed: was there nobody who listens? */
static bool
is_refusal(const PGconn *conn)
{
	return conn != NULL && PQstatus(conn) == CONNECTION_BAD &&
	    strstr(PQerrorMessage(conn), strerror(ECONNREFUSED)) != NULL;
}

/* A session with one of the hosts; closed again if it fails. */
static enum err
connect_one(struct db *db, const struct db_places *places,
    const struct place *place, struct diag *diag)
{
	int64_t deadline = db_deadline(db,
	    db->settings->database_connect_timeout * 1000);
	enum err rc;

	db->refused = false;
	db->conn = start(db, places, place);
	rc = db->conn != NULL && PQstatus(db->conn) != CONNECTION_BAD &&
		finish_open(db, deadline) &&
		PQsetnonblocking(db->conn, 1) == 0 ?
	    E_OK :
	    db_note(db, E_DB_CONNECT, "cannot connect to PostgreSQL", diag);
	if (rc != E_OK)
		db->refused = is_refusal(db->conn);
	if (rc == E_OK) {
		(void)PQsetNoticeReceiver(db->conn, on_notice, db);
		rc = db_settle(db, deadline, diag);
	}
	if (rc != E_OK)
		db_close(db);
	return rc;
}

/*
 * One after the other, beginning with the last that answered. What is told is
 * the error of that one: the others are standbys, as a rule.
 */
static enum err
connect_any(struct db *db, struct diag *diag)
{
	struct db_places places;
	struct place place;
	struct diag other;
	enum err rc = E_DB_CONNECT;
	size_t count;

	db_places_read(url_of(db), &places);
	db->hosts = places.count;
	count = db->is_only ? 1 : places.count;
	for (size_t i = 0; i < count && rc != E_OK; i++) {
		size_t number = (db->host + i) % places.count;

		if (!place_read(&places, number, &place)) {
			rc = diag_set(diag, E_DB_CONNECT,
			    "%s: the name of a host is too long",
			    db->is_reader ? "database_read_url" :
					    "database_url");
			break;
		}
		if (i > 0 && db->answer_by != 0 &&
		    clock_left(db->answer_by) == 0) {
			db->host = number; /* which has its turn next time */
			break;
		}
		diag_clear(&other);
		rc = connect_one(db, &places, &place, i == 0 ? diag : &other);
		if (rc == E_OK) {
			db->host = number;
			diag_clear(diag);
		}
	}
	db_places_done(&places);
	return rc;
}

enum err
db_connect(struct db *db, struct diag *diag)
{
	enum err rc;

	if (clock_ms() < db->retry_at)
		return diag_set(diag, E_DB_CONNECT,
		    "PostgreSQL was unreachable; waiting before the next attempt");
	rc = connect_any(db, diag);
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
	put_off(db);
	return rc;
}

size_t
db_other_hosts(const struct db *db)
{
	return db->hosts == 0 ? 0 : db->hosts - 1;
}

struct db *
db_new_other(const struct db *db, size_t number)
{
	struct db *other = db_new(db->settings, db->program);

	if (other != NULL) {
		other->host = db->host + number;
		other->is_only = true;
	}
	return other;
}

bool
db_was_refused(const struct db *db)
{
	return db->refused;
}

void
db_go_to_other(struct db *db, size_t number)
{
	log_warn("primary_replaced",
	    LOG_TEXT("host", db->conn == NULL ? NULL : PQhost(db->conn)));
	db->host += number;
	db_close(db);
}

enum err
db_open(struct db *db, struct diag *diag)
{
	db_idle(db);
	return db->conn != NULL ? E_OK : db_connect(db, diag);
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
