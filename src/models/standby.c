/* SPDX-License-Identifier: MIT */
#include "models/standby.h"

enum err
standby_mark(struct db *primary, struct arena *arena,
    struct standby_mark *ret_mark, struct diag *diag)
{
	/* The first eight digits of a file of the log are its timeline. */
	static const struct db_statement statement = {
		.name = "standby_mark",
		.sql =
		    "SELECT w.at, ('x' || left(pg_walfile_name(w.at), 8))"
		    "::bit(32)::integer, s.system_identifier,"
		    " current_database()"
		    " FROM pg_current_wal_flush_lsn() AS w (at),"
		    " pg_control_system() AS s",
	};
	struct db_rows *rows;
	enum err rc = db_get_row(primary, &statement, NULL, arena, &rows, diag);

	if (rc != E_OK)
		return rc;
	ret_mark->position = db_text(rows, 0, 0);
	ret_mark->timeline = db_int(rows, 0, 1);
	ret_mark->system = db_text(rows, 0, 2);
	ret_mark->database = db_text(rows, 0, 3);
	return E_OK;
}

enum err
standby_look(struct db *standby, const struct standby_mark *mark,
    struct arena *arena, enum standby_state *ret_state, int64_t *ret_lag,
    struct diag *diag)
{
	/*
	 * Both timelines are of its control file, which may lag behind what it
	 * replays and is never ahead of it.
	 */
	static const struct db_statement statement = {
		.name = "standby_look",
		.sql =
		    "SELECT pg_is_in_recovery(),"
		    " s.system_identifier = $1::bigint"
		    " AND current_database() = $4,"
		    " greatest(c.timeline_id, r.min_recovery_end_timeline)"
		    " = $2::bigint,"
		    " COALESCE(w.at >= $3::pg_lsn, false),"
		    " COALESCE(greatest(pg_wal_lsn_diff($3::pg_lsn, w.at), 0), 0)"
		    "::bigint"
		    " FROM pg_last_wal_replay_lsn() AS w (at),"
		    " pg_control_system() AS s, pg_control_checkpoint() AS c,"
		    " pg_control_recovery() AS r",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_text(&params, mark->system);
	db_add_int(&params, mark->timeline);
	db_add_text(&params, mark->position);
	db_add_text(&params, mark->database);
	rc = db_get_row(standby, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	if (!db_bool(rows, 0, 1))
		*ret_state = STANDBY_OTHER_DATABASE;
	else if (!db_bool(rows, 0, 0))
		*ret_state = STANDBY_NONE;
	else if (!db_bool(rows, 0, 2))
		*ret_state = STANDBY_OTHER_TIMELINE;
	else
		*ret_state = db_bool(rows, 0, 3) ?
		    STANDBY_CURRENT :
		    STANDBY_BEHIND;
	if (ret_lag != NULL)
		*ret_lag = db_int(rows, 0, 4);
	return E_OK;
}
