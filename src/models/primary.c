/* SPDX-License-Identifier: MIT */
#include "models/primary.h"

enum err
primary_look(struct db *server, struct arena *arena,
    struct primary_state *ret_state, struct diag *diag)
{
	/*
	 * What senders send, and to whom, is not for everybody to see; that
	 * there is one is. The first eight digits of a file of the log are its
	 * timeline.
	 */
	static const struct db_statement statement = {
		.name = "primary_look",
		.sql =
		    "SELECT pg_is_in_recovery(),"
		    " current_setting('synchronous_standby_names') <> ''"
		    " AND NOT EXISTS (SELECT FROM pg_stat_get_wal_senders()),"
		    " CASE WHEN NOT pg_is_in_recovery() THEN"
		    " ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()),"
		    " 8))::bit(32)::integer END,"
		    " system_identifier FROM pg_control_system()",
	};
	struct db_rows *rows;
	enum err rc = db_get_row(server, &statement, NULL, arena, &rows, diag);

	if (rc != E_OK)
		return rc;
	ret_state->is_standby = db_bool(rows, 0, 0);
	ret_state->is_alone = db_bool(rows, 0, 1);
	ret_state->timeline = db_int(rows, 0, 2);
	ret_state->system = db_int(rows, 0, 3);
	return E_OK;
}

bool
primary_replaces(const struct primary_state *one,
    const struct primary_state *other)
{
	return !one->is_standby && one->timeline > other->timeline &&
	    one->system == other->system;
}
