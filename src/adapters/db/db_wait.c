/* SPDX-License-Identifier: MIT */
/*
 * Waiting for PostgreSQL: for its socket, for what was sent to leave, for the
 * results. Whoever waits serves another connection meanwhile, and gives up with it.
 */
#include <poll.h>
#include <string.h>

#include "adapters/db/db_inside.h"
#include "base/clock.h"
#include "base/daemon.h"
#include "base/log.h"

enum err
db_note(const struct db *db, enum err code, const char *what, struct diag *diag)
{
	const char *text = db->conn == NULL ?
	    "out of memory" :
	    PQerrorMessage(db->conn);

	return diag_set(diag, code, "%s: %.*s", what, (int)strcspn(text, "\n"),
	    text);
}

void
db_serve_while_waiting(struct db *db, const struct db_waiter *waiter)
{
	db->waiter = waiter;
}

void
db_wait_for_peer(struct db *db, int peer)
{
	db->peer = peer;
}

void
db_answer_by(struct db *db, int64_t at)
{
	db->answer_by = at;
}

int64_t
db_deadline(const struct db *db, int64_t ms)
{
	int64_t deadline = clock_ms() + ms;

	return db->answer_by != 0 && db->answer_by < deadline ?
	    db->answer_by :
	    deadline;
}

bool
db_cancel_at_end(struct db *db, bool on)
{
	bool was = db->ends;

	db->ends = on;
	return was;
}

void
db_cancel(struct db *db, const char *why)
{
	PGcancel *cancelling = db->cancelled ? NULL : PQgetCancel(db->conn);
	char text[256];

	db->cancelled = true;
	if (cancelling == NULL)
		return;
	if (PQcancel(cancelling, text, sizeof(text)) == 1 && why != NULL)
		log_info("cancelled", LOG_TEXT("why", why));
	PQfreeCancel(cancelling);
}

bool
db_wait(struct db *db, short events, int64_t deadline)
{
	const struct db_waiter *waiter = db->waiter;
	struct pollfd fds[] = { { .fd = PQsocket(db->conn), .events = events },
		{ .fd = -1, .events = POLLIN },
		{ .fd = -1, .events = 0 } }; /* see fcgi_is_gone() */
	int left, ready;

	do {
		if (db->ends && daemon_was_asked())
			db_cancel(db, "the program ends");
		fds[2].fd = db->reads && !db->cancelled ? db->peer : -1;
		left = clock_left(deadline);
		if (fds[2].fd >= 0 && clock_left(db->reads_until) == 0) {
			db->too_slow = true;
			db_cancel(db, "it has taken database_read_timeout");
		} else if (fds[2].fd >= 0 &&
		    clock_left(db->reads_until) < left) {
			left = clock_left(db->reads_until);
		}
		if (waiter != NULL) {
			int pause = waiter->pause(waiter->context);

			fds[1].fd = waiter->socket(waiter->context);
			if (pause >= 0 && pause < left)
				left = pause;
		}
		ready = daemon_poll(fds, COUNT(fds), left);
		if (ready > 0 && fds[0].revents != 0)
			return true;
		if (fds[2].revents != 0)
			db_cancel(db, "the client has gone");
		if (waiter != NULL && (ready == 0 || fds[1].revents != 0))
			waiter->serve(waiter->context);
	} while (clock_left(deadline) > 0);
	return false;
}

bool
db_flush(struct db *db, int64_t deadline)
{
	for (;;) {
		int left = PQflush(db->conn);

		if (left <= 0)
			return left == 0;
		if (!db_wait(db, POLLIN | POLLOUT, deadline))
			return false;
		if (PQconsumeInput(db->conn) == 0)
			return false;
	}
}

PGresult *
db_collect(struct db *db, int64_t deadline)
{
	PGconn *conn = db->conn;
	PGresult *last = NULL, *result;

	if (!db_flush(db, deadline))
		return NULL;
	for (;;) {
		while (PQisBusy(conn)) {
			if (!db_wait(db, POLLIN, deadline) ||
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

void
db_note_size(struct db *db, size_t bytes)
{
	if (bytes > db->peak_bytes)
		db->peak_bytes = bytes;
}

/* Does the result say that its statement went well? */
static bool
is_fine(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ||
	    status == PGRES_EMPTY_QUERY;
}

/* A row that came alone; who has seen enough sees no more of them. */
static void
show_row(struct db *db, PGresult *result)
{
	const struct db_each *each = db->each;
	const struct db_rows row = { result };

	db_note_size(db, PQresultMemorySize(result));
	if (each == NULL || each->look(each->context, &row))
		return;
	db->each = NULL;
	db_cancel(db, NULL);
}

bool
db_collect_pipeline(struct db *db, int64_t deadline, int skip,
    PGresult **ret_result, PGresult **ret_error)
{
	PGconn *conn = db->conn;
	PGresult *result;

	if (!db_flush(db, deadline))
		return false;
	for (;;) {
		/* Takes effect only before the statement's first row. */
		if (db->each != NULL && skip == 0)
			(void)PQsetSingleRowMode(conn);
		while (PQisBusy(conn))
			if (!db_wait(db, POLLIN, deadline) ||
			    PQconsumeInput(conn) == 0)
				return false;
		result = PQgetResult(conn);
		if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
			PQclear(result);
			return true;
		}
		if (PQresultStatus(result) == PGRES_SINGLE_TUPLE) {
			show_row(db, result);
			PQclear(result);
			continue;
		}
		if (result != NULL && is_fine(result) && skip-- == 0)
			*ret_result = result;
		else if (result != NULL && !is_fine(result) &&
		    *ret_error == NULL)
			*ret_error = result;
		else
			PQclear(result);
		if (PQstatus(conn) == CONNECTION_BAD)
			return false;
	}
}
