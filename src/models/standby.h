/* SPDX-License-Identifier: MIT */
/*
 * Does a standby have all that was committed at the primary before now? Not
 * how far it is behind in general: a position of the write-ahead log is asked
 * of the primary each time, and compared with what the standby has replayed.
 *
 * What a client was told of is flushed at the primary, so it is below
 * pg_current_wal_flush_lsn(); and what the standby has replayed is seen by
 * each of its statements that begins afterwards (PostgreSQL, "System
 * Administration Functions", "Recovery Information Functions").
 */
#ifndef MODELS_STANDBY_H
#define MODELS_STANDBY_H

#include "adapters/db/db.h"

/* Where the primary is. Its texts live in the arena they were asked for in. */
struct standby_mark {
	struct span position; /* of its log: all before it is flushed */
	int64_t timeline;     /* a server that is promoted begins a new one */
	struct span system;   /* the same of all servers of a cluster */
	struct span database;
};

enum standby_state {
	STANDBY_CURRENT,	/* it has all of it */
	STANDBY_BEHIND,		/* not yet */
	STANDBY_NONE,		/* the server is no standby: it was promoted */
	STANDBY_OTHER_TIMELINE, /* it follows, or followed, another primary */
	STANDBY_OTHER_DATABASE	/* it is not a copy of the primary's */
};

/*
 * Ask the primary where it is.
 * Gives: *ret_mark. Fails: as db_run(); E_DB where it is no primary.
 */
enum err standby_mark(struct db *primary, struct arena *arena,
    struct standby_mark *ret_mark, struct diag *diag) MUST_CHECK;

/*
 * Ask the standby how it stands to that.
 *
 * Gives: *ret_state; *ret_lag, unless it is NULL, the bytes of the log that it
 *        has not replayed, 0 where that says nothing.
 * Fails: as db_run().
 */
enum err standby_look(struct db *standby, const struct standby_mark *mark,
    struct arena *arena, enum standby_state *ret_state, int64_t *ret_lag,
    struct diag *diag) MUST_CHECK;

#endif
