/* SPDX-License-Identifier: MIT */
/*
 * Is a server a primary, and is it still the one that others follow? One that
 * was cut off while a standby was promoted does not know of that: it takes
 * itself for the primary as before.
 */
#ifndef MODELS_PRIMARY_H
#define MODELS_PRIMARY_H

#include "adapters/db/db.h"

struct primary_state {
	bool is_standby;
	/*
	 * Commits wait for a standby, and none follows: it may have been
	 * replaced. One that has vanished follows until wal_sender_timeout.
	 */
	bool is_alone;
	int64_t timeline; /* a server that is promoted begins a new one */
	int64_t system;	  /* the same of all servers of a cluster */
};

/*
 * Ask a server how it stands.
 * Gives: *ret_state. Fails: as db_run().
 */
enum err primary_look(struct db *server, struct arena *arena,
    struct primary_state *ret_state, struct diag *diag) MUST_CHECK;

/* Has the one been promoted in the other's place? */
bool primary_replaces(const struct primary_state *one,
    const struct primary_state *other);

#endif
