#include "models/schema.h"

#include <string.h>

enum err
schema_ready(struct db *db, struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "schema_ready",
		.sql = "SELECT current_setting('transaction_read_only') = 'on',"
		    " EXISTS (SELECT FROM migration_history WHERE number = $1)",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, SCHEMA_NEEDED);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc == E_DB && strcmp(diag->sqlstate, "42P01") == 0)
		return diag_tell(diag, E_DB_BUSY,
		    "The database has no tables yet: run pulse-etl-migrate");
	if (rc != E_OK)
		return rc;
	if (db_bool(rows, 0, 0))
		return diag_tell(diag, E_DB_BUSY,
		    "The database is read-only at the moment");
	if (!db_bool(rows, 0, 1))
		return diag_tell(diag, E_DB_BUSY, "Migration %d is not applied"
		    " to the database: run pulse-etl-migrate", SCHEMA_NEEDED);
	return E_OK;
}

enum err
schema_expect(struct db *db, unsigned *session, struct arena *arena,
    struct diag *diag)
{
	enum err rc = db_open(db, diag);

	if (rc != E_OK || *session == db_session(db))
		return rc;
	db_tenant(db, DB_NO_TENANT);
	rc = schema_ready(db, arena, diag);
	*session = rc == E_OK ? db_session(db) : 0;
	return rc;
}
