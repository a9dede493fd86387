/* SPDX-License-Identifier: MIT */
#include "models/tables/schema.h"

#include <string.h>

/* Each table and the rights that the service needs, as rows of VALUES. */
#define TABLE(name) "'), ('" #name "', '"
#define GRANT(right) right ","

/*
 * What keeps a store, or a worker, from its work, in one text; NULL: nothing.
 * It asks the catalogue only, so that it cannot fail of what it looks for.
 */
static const char checks_sql[] =
    "WITH need (name, rights) AS (SELECT * FROM (VALUES ('', '"
#include "models/tables/schema_table.h"
    "')) AS n (name, rights)), known AS (SELECT name, rights,"
    " to_regclass(name) AS id FROM need WHERE name <> ''),"
    " lacks AS (SELECT k.name || ' (' || string_agg(r.wanted, ', ') || ')'"
    " AS what FROM known AS k CROSS JOIN"
    " unnest(string_to_array(rtrim(k.rights, ','), ',')) AS r (wanted)"
    " WHERE r.wanted <> '' AND NOT CASE WHEN k.id IS NULL THEN true"
    " WHEN r.wanted LIKE 'USAGE%' THEN COALESCE(has_sequence_privilege("
    "pg_get_serial_sequence(k.name, 'id'), 'USAGE'), true)"
    " WHEN r.wanted LIKE '% (%)' THEN has_column_privilege(k.id,"
    " substring(r.wanted FROM '[(](.*)[)]'), split_part(r.wanted, ' ', 1))"
    " ELSE has_table_privilege(k.id, r.wanted) END"
    " GROUP BY k.name)"
    " SELECT string_agg(c.name || ': ' || c.what, '; '),"
    " (SELECT has_table_privilege(k.id, 'SELECT') FROM known AS k"
    " WHERE k.name = 'migration_history') FROM (VALUES"
    " ('writable', CASE WHEN current_setting('transaction_read_only') = 'on'"
    " THEN 'the database is read-only at the moment' END),"
    " ('encoding', CASE WHEN current_setting('server_encoding') <> 'UTF8'"
    " THEN 'the database is ' || current_setting('server_encoding') ||"
    " ' and has to be UTF8' END),"
    " ('schema', (SELECT CASE WHEN count(*) > 3 THEN count(*) || ' tables'"
    " ELSE string_agg(k.name, ', ') END || ' cannot be found in the schemas of"
    " search_path: run pulse-etl-migrate' FROM known AS k"
    " WHERE k.id IS NULL HAVING count(*) > 0)),"
    " ('row_security', CASE WHEN current_setting('row_security') <> 'on'"
    " THEN 'it is off for this role or database' ELSE"
    " (SELECT 'it is off for ' || string_agg(k.name, ', ') FROM known AS k"
    " JOIN pg_class AS t ON t.oid = k.id WHERE k.name <> 'migration_history'"
    " AND NOT (t.relrowsecurity AND t.relforcerowsecurity)) END),"
    " ('rights', (SELECT 'the service lacks ' || string_agg(l.what, ', ')"
    " FROM lacks AS l))) AS c (name, what) WHERE c.what IS NOT NULL";

enum err
schema_migrated(struct db *db, struct arena *arena, struct diag *diag)
{
	static const struct db_statement newest = {
		.name = "schema_newest",
		.sql =
		    "SELECT COALESCE(bool_or(number = $1), false),"
		    " COALESCE(max(number), 0) FROM migration_history",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, schema_needed);
	rc = db_get_row(db, &newest, &params, arena, &rows, diag);
	if (rc == E_OK && !db_bool(rows, 0, 0))
		return diag_tell(diag, E_DB_BUSY,
		    "The database is not ready: "
		    "schema: migration %d is not applied, the newest one is"
		    " %d: run pulse-etl-migrate --apply-all",
		    schema_needed, (int)db_int(rows, 0, 1));
	return rc;
}

enum err
schema_ready(struct db *db, struct arena *arena, struct diag *diag)
{
	static const struct db_statement checks = {
		.name = "schema_checks",
		.sql = checks_sql,
	};
	struct db_rows *rows;
	struct span wrong;
	enum err rc;

	rc = db_run(db, &checks, NULL, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	wrong = db_text(rows, 0, 0);
	/* What a migration brings is missing because of it. */
	if (wrong.at == NULL || db_bool(rows, 0, 1))
		rc = schema_migrated(db, arena, diag);
	if (rc != E_OK || wrong.at == NULL)
		return rc;
	/* Whoever is told of it sends no stores, so none would fail of it. */
	if (strncmp(wrong.at, "writable: ", 10) == 0)
		db_leave_reader(db);
	return diag_tell(diag, E_DB_BUSY,
	    "The database is not ready: "
	    "%.*s",
	    SPAN_ARG(wrong));
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
