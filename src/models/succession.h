/* SPDX-License-Identifier: MIT */
/*
 * A primary that was replaced is left. Of several hosts of database_url, one
 * that was cut off while another was promoted takes itself for the primary when
 * it is back: what was acknowledged since then is missing there, for whoever
 * reads, and for a worker, which would take its message for one about nothing.
 * So a primary whose commits wait for a standby, and that no standby follows, is
 * believed only when each of the others was asked.
 */
#ifndef MODELS_SUCCESSION_H
#define MODELS_SUCCESSION_H

#include "adapters/db/db.h"

/* What a program knows of that; all of it 0 at first. */
struct succession {
	unsigned session;      /* of db_session(), that was looked at */
	int64_t look_at;       /* of clock_ms(): when to look again */
	int64_t refused_until; /* of clock_ms() */
};

/*
 * Make sure, at most a second ago, that the session is at the primary; where it
 * is not, it is closed, and the next statement goes to the one that is.
 *
 * Needs: no open transaction.
 * Fails: E_DB_BUSY  it is alone, and another host cannot be asked. Not when it
 *        cannot be asked itself: the next statement tells that.
 */
enum err succession_check(struct succession *known, struct db *db,
    struct arena *arena, struct diag *diag) MUST_CHECK;

#endif
