/* SPDX-License-Identifier: MIT */
#include "models/succession.h"

#include "base/clock.h"
#include "models/primary.h"

/* How long what was found holds, ms. */
#define LOOK_MS 1000
/* How long one of the others may take to answer, ms. */
#define ASK_MS 2000

enum answer {
	ANSWER_NO,	 /* it is a standby, or no server runs there */
	ANSWER_REPLACED, /* it is the primary now */
	ANSWER_NONE	 /* nobody can say */
};

/* Ask one of the other hosts. */
static enum answer
ask(struct db *db, size_t number, const struct primary_state *ours,
    struct arena *arena)
{
	struct db *other = db_new_other(db, number);
	struct primary_state state;
	enum answer answer = ANSWER_NONE;
	struct diag diag;

	if (other == NULL)
		return ANSWER_NONE;
	diag_clear(&diag);
	db_answer_by(other, clock_ms() + ASK_MS);
	if (primary_look(other, arena, &state, &diag) == E_OK)
		answer = primary_replaces(&state, ours) ?
		    ANSWER_REPLACED :
		    ANSWER_NO;
	else if (db_was_refused(other))
		answer = ANSWER_NO;
	db_free(other);
	return answer;
}

/* No standby follows: is one of the other hosts the primary? */
static enum err
ask_others(struct db *db, const struct primary_state *ours, struct arena *arena)
{
	bool all_answered = true;

	for (size_t n = 1; n <= db_other_hosts(db); n++) {
		enum answer answer = ask(db, n, ours, arena);

		if (answer == ANSWER_REPLACED) {
			db_go_to_other(db, n);
			return E_OK;
		}
		all_answered = all_answered && answer == ANSWER_NO;
	}
	return all_answered ? E_OK : E_DB_BUSY;
}

enum err
succession_check(struct succession *known, struct db *db, struct arena *arena,
    struct diag *diag)
{
	struct primary_state ours;
	struct diag other;
	enum err rc = E_OK;

	diag_clear(&other);
	if (db_open(db, &other) != E_OK || db_other_hosts(db) == 0)
		return E_OK;
	if (known->session == db_session(db) && clock_left(known->look_at) > 0)
		return E_OK;
	if (clock_left(known->refused_until) > 0) {
		rc = E_DB_BUSY;
	} else if (primary_look(db, arena, &ours, &other) != E_OK) {
		return E_OK;
	} else if (ours.is_alone) {
		rc = ask_others(db, &ours, arena);
		if (rc != E_OK)
			known->refused_until = clock_ms() + LOOK_MS;
	}
	if (rc != E_OK)
		return diag_tell(diag, rc,
		    "No standby follows the database that answers, and another"
		    " one cannot be asked whether it has taken its place: try"
		    " again");
	known->session = db_session(db);
	known->look_at = clock_ms() + LOOK_MS;
	return E_OK;
}
