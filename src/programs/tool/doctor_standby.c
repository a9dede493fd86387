/* SPDX-License-Identifier: MIT */
/*
 * What pulse-etl doctor asks the standby that database_read_url names. Whatever
 * is wrong with it, the primary answers: only a setting that is wrong is worse
 * than worth a look.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "base/daemon.h"
#include "models/standby.h"
#include "models/tables/schema.h"
#include "programs/tool/doctor.h"

/* So long it may take to have what is committed now, ms. */
#define WAIT_MS 2000
#define NAP_MS 50

static const char about[] = "standby";

static void
tell_state(struct doctor *doctor, enum standby_state state, int64_t lag)
{
	switch (state) {
	case STANDBY_CURRENT:
		doctor_tell(doctor, DOCTOR_OK, about, NULL,
		    "has all that is committed, and answers lists");
		return;
	case STANDBY_BEHIND:
		doctor_tell(doctor, DOCTOR_WARN, about,
		    "see pg_stat_replication at the primary, and whether replay is"
		    " paused: SELECT pg_get_wal_replay_pause_state()",
		    "%" PRId64
		    " bytes of the write-ahead log behind after %d ms",
		    lag, WAIT_MS);
		return;
	case STANDBY_NONE:
		doctor_tell(doctor, DOCTOR_WARN, about,
		    "name a standby in database_read_url, or several hosts of"
		    " which one is",
		    "database_read_url leads to a server that is not a standby");
		return;
	case STANDBY_OTHER_TIMELINE:
		doctor_tell(doctor, DOCTOR_WARN, about,
		    "let primary_conninfo name the primary; CHECKPOINT at the"
		    " primary, then at the standby",
		    "does not follow this primary, or has not made a restart"
		    " point since the primary was promoted");
		return;
	case STANDBY_OTHER_DATABASE:
		break;
	}
	doctor_tell(doctor, DOCTOR_WRONG, about,
	    "name a standby of database_url's server, and the same database, in"
	    " database_read_url",
	    "database_read_url leads to a database that is not a copy of the"
	    " primary's");
}

static enum err
look(struct tool *tool, struct db *standby, struct diag *diag,
    enum standby_state *ret_state, int64_t *ret_lag)
{
	const int64_t ends = clock_ms() + WAIT_MS;
	struct standby_mark mark;
	enum err rc = standby_mark(tool->db, tool->arena, &mark, diag);

	while (rc == E_OK) {
		rc = standby_look(standby, &mark, tool->arena, ret_state,
		    ret_lag, diag);
		if (rc != E_OK || *ret_state != STANDBY_BEHIND ||
		    clock_left(ends) == 0)
			break;
		(void)daemon_poll(NULL, 0, NAP_MS);
	}
	return rc;
}

/* Its login may be another one than the primary's. */
static void
look_at_role(struct doctor *doctor, struct db *standby)
{
	static const struct db_statement bypasses = {
		.sql =
		    "SELECT rolsuper OR rolbypassrls FROM pg_roles"
		    " WHERE rolname = current_user",
	};
	struct diag diag;
	bool does;

	diag_clear(&diag);
	if (db_get_bool(standby, &bypasses, NULL, doctor_tool(doctor)->arena,
		&does, &diag) == E_OK &&
	    does)
		doctor_tell(doctor, DOCTOR_WRONG, about,
		    "give database_read_url the login of database_url",
		    "the login of database_read_url bypasses row security");
}

static void
look_at(struct doctor *doctor, struct db *standby)
{
	struct tool *tool = doctor_tool(doctor);
	enum standby_state state;
	struct diag diag;
	int64_t lag;

	diag_clear(&diag);
	if (db_open(standby, &diag) != E_OK ||
	    look(tool, standby, &diag, &state, &lag) != E_OK) {
		doctor_tell(doctor, DOCTOR_WARN, about,
		    "start it, or mend database_read_url; until then the primary"
		    " answers lists",
		    "%s", diag.text);
		return;
	}
	tell_state(doctor, state, lag);
	if (state != STANDBY_OTHER_DATABASE &&
	    schema_migrated(standby, tool->arena, &diag) != E_OK)
		doctor_tell(doctor, DOCTOR_WARN, about,
		    "name the same database in database_read_url as in"
		    " database_url, and let the standby catch up",
		    "%s", diag.client[0] != '\0' ? diag.client : diag.text);
	look_at_role(doctor, standby);
}

void
doctor_standby(struct doctor *doctor)
{
	struct tool *tool = doctor_tool(doctor);
	const struct db_settings *settings = &tool->settings->db;
	struct db *standby;
	struct diag diag;

	diag_clear(&diag);
	if (settings->database_read_url[0] == '\0' ||
	    db_open(tool->db, &diag) != E_OK) /* which was told already */
		return;
	standby = db_new_reader(settings, "pulse-etl doctor");
	if (standby != NULL)
		look_at(doctor, standby);
	db_free(standby);
}
