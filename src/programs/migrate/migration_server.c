/* SPDX-License-Identifier: MIT */
#include "programs/migrate/migration_server.h"

#include <stdio.h>

#include "programs/migrate/migration_tell.h"

#define OWNER "'pulse_etl_owner'"
#define SERVICE "'pulse_etl_service'"
#define READER "'pulse_etl_reader'"
#define EXISTS_ROLE(name) \
	"EXISTS (SELECT FROM pg_roles WHERE rolname = " name ")"

/* Of the database, whoever looks: a sentence for each thing that is wrong. */
static const char database_sql[] =
    "SELECT what FROM (VALUES"
    " (CASE WHEN current_setting('server_encoding') <> 'UTF8' THEN"
    " format('the database''s encoding is %s, and has to be UTF8: make it with"
    " CREATE DATABASE ... ENCODING ''UTF8'' TEMPLATE template0',"
    " current_setting('server_encoding')) END),"
    " (CASE WHEN current_setting('server_version_num')::integer < 150000 THEN"
    " format('the server is PostgreSQL %s, and has to be 15 or later: upgrade"
    " it', current_setting('server_version')) END),"
    " (CASE WHEN current_schema() IS DISTINCT FROM 'public' THEN"
    " format('the tables would be looked for in the schema %s, and have to be"
    " in public: ALTER ROLE ... RESET search_path, also IN DATABASE, and ALTER"
    " DATABASE ... RESET search_path', COALESCE(quote_ident(current_schema()),"
    " 'of none')) END),"
    " ((SELECT format('the role %s is a superuser or bypasses row-level"
    " security, which keeps tenants apart', rolname) FROM pg_roles"
    " WHERE rolname IN (" SERVICE ", " READER
    ") AND (rolsuper OR rolbypassrls) LIMIT 1)),"
    " ((SELECT 'the service may not use the schema public: GRANT USAGE ON"
    " SCHEMA public TO pulse_etl_service' FROM pg_roles AS r"
    " JOIN pg_namespace AS n ON n.nspname = 'public'"
    " WHERE r.rolname = " SERVICE
    " AND NOT has_schema_privilege(r.oid, n.oid, 'USAGE')))"
    ") AS checks (what) WHERE what IS NOT NULL";

/* Tables that the service could write once, since migration 0006. */
#define LOST \
	"(SELECT c.relname FROM pg_roles AS r CROSS JOIN pg_class AS c" \
	" JOIN pg_policy AS p ON p.polrelid = c.oid" \
	" AND p.polname = 'tenant_isolation'" \
	" WHERE r.rolname = " SERVICE \
	" AND NOT c.relispartition" \
	" AND c.relnamespace = to_regnamespace('public')" \
	" AND c.relname NOT IN ('tenants', 'users', 'api_tokens'," \
	" 'system_settings', 'integration_hook_secrets')" \
	" AND NOT (has_table_privilege(r.oid, c.oid, 'SELECT')" \
	" AND has_table_privilege(r.oid, c.oid, 'INSERT'))) AS lost"

/*
 * Of the runner: the statement that sets it right, where the runner may, or the
 * sentence that says who can. In PostgreSQL 16 a member may be one without
 * being allowed to use it; before, CREATEROLE gives any role but a superuser's.
 */
static const char runner_sql[] =
    "WITH me AS (SELECT rolsuper, rolcreaterole,"
    " current_setting('server_version_num')::integer >= 160000 AS new"
    " FROM pg_roles WHERE rolname = current_user) "
    "SELECT fix, what, may FROM me CROSS JOIN LATERAL (VALUES"
    " (1, CASE WHEN NOT " EXISTS_ROLE(OWNER) " THEN"
    " 'CREATE ROLE pulse_etl_owner NOLOGIN' END,"
    " 'the role pulse_etl_owner is missing, and ' || current_user ||"
    " ' may not create it: CREATE ROLE pulse_etl_owner as a superuser',"
    " rolsuper OR rolcreaterole),"
    " (2, CASE WHEN NOT " EXISTS_ROLE(SERVICE) " THEN"
    " 'CREATE ROLE pulse_etl_service NOLOGIN' END,"
    " 'the role pulse_etl_service is missing, and ' || current_user ||"
    " ' may not create it: CREATE ROLE pulse_etl_service as a superuser',"
    " rolsuper OR rolcreaterole),"
    " (3, CASE WHEN current_user <> " OWNER " AND NOT rolsuper AND NOT"
    " COALESCE((SELECT pg_has_role(current_user, oid, CASE WHEN new"
    " THEN 'SET' ELSE 'MEMBER' END) AND pg_has_role(current_user, oid,"
    " 'USAGE') FROM pg_roles WHERE rolname = " OWNER "), false) THEN"
    " format('GRANT pulse_etl_owner TO %I%s', current_user, CASE WHEN new"
    " THEN ' WITH INHERIT TRUE, SET TRUE' ELSE '' END) END,"
    " format('%s is no member of pulse_etl_owner, whom the tables are given"
    " to: GRANT pulse_etl_owner TO %I, as a superuser', current_user,"
    " current_user),"
    " CASE WHEN " EXISTS_ROLE(OWNER) " THEN CASE WHEN new THEN"
    " (SELECT pg_has_role(current_user, oid, 'USAGE WITH ADMIN OPTION')"
    " OR pg_has_role(current_user, oid, 'MEMBER WITH ADMIN OPTION')"
    " FROM pg_roles WHERE rolname = " OWNER ") ELSE rolcreaterole END"
    " ELSE rolcreaterole END),"
    " (4, CASE WHEN NOT has_schema_privilege('public', 'CREATE') THEN"
    " '' END, current_user || ' may not make tables in the schema public:"
    " GRANT CREATE ON SCHEMA public TO ' || quote_ident(current_user) || ', as"
    " its owner', false),"
    " (5, CASE WHEN NOT COALESCE((SELECT has_schema_privilege(oid, 'public',"
    " 'CREATE') AND has_schema_privilege(oid, 'public', 'USAGE')"
    " FROM pg_roles WHERE rolname = " OWNER "), false) THEN"
    " 'GRANT CREATE, USAGE ON SCHEMA public TO pulse_etl_owner' END,"
    " 'pulse_etl_owner may not have tables in the schema public: GRANT CREATE,"
    " USAGE ON SCHEMA public TO pulse_etl_owner, as its owner',"
    " has_schema_privilege('public', 'CREATE WITH GRANT OPTION')),"
    " (6, (SELECT '' FROM pg_class WHERE relnamespace ="
    " to_regnamespace('public') AND relname IN ('raw_extraction_data',"
    " 'migration_history') AND NOT pg_has_role(current_user, relowner, 'USAGE')"
    " LIMIT 1), current_user || ' does not own the tables: use their owner, or"
    " be its member', false),"
    " (7, CASE WHEN NOT " EXISTS_ROLE(READER) " THEN"
    " 'CREATE ROLE pulse_etl_reader NOLOGIN' END,"
    " 'the role pulse_etl_reader is missing, and ' || current_user ||"
    " ' may not create it: CREATE ROLE pulse_etl_reader as a superuser',"
    " rolsuper OR rolcreaterole),"
    " (8, CASE WHEN to_regnamespace('report') IS NULL AND NOT"
    " has_database_privilege(current_database(), 'CREATE') THEN '' END,"
    " format('%s may not make the schema report: GRANT CREATE ON DATABASE %I"
    " TO %I, as its owner', current_user, current_database(), current_user),"
    " false),"
    " (9, (SELECT '' FROM " LOST " LIMIT 1), (SELECT 'the service has lost"
    " rights, see --verify: ' || string_agg('GRANT SELECT, INSERT ON ' ||"
    " relname || ' TO pulse_etl_service', '; ') FROM " LOST "), false)"
    ") AS needs (place, fix, what, may) WHERE fix IS NOT NULL"
    " ORDER BY place";

enum { FIX, WHAT, MAY, RUNNER_COLUMNS };

enum err
migration_server_print(struct db_admin *db, struct arena *arena,
    unsigned *count, struct diag *diag)
{
	struct db_admin_rows *rows;
	enum err rc = db_admin_run(db, database_sql, NULL, 0, arena, &rows,
	    diag);

	if (rc != E_OK)
		return rc;
	for (size_t i = 0; i < rows->count; i++)
		(void)printf("%s\n", rows->cells[i]);
	*count += (unsigned)rows->count;
	return E_OK;
}

/* Print the first column of each row on standard error. */
static unsigned
refuse_all(const struct db_admin_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		migration_tell_wrong(rows->cells[i]);
	return (unsigned)rows->count;
}

/* Set right what the runner may, in one transaction. */
static enum err
set_right(struct db_admin *db, const struct db_admin_rows *needs,
    struct diag *diag)
{
	struct diag ignored;
	enum err rc = db_admin_run(db, "BEGIN", NULL, 0, NULL, NULL, diag);

	for (size_t i = 0; i < needs->count && rc == E_OK; i++) {
		const char *fix = needs->cells[i * RUNNER_COLUMNS + FIX];

		rc = db_admin_run(db, fix, NULL, 0, NULL, NULL, diag);
		if (rc == E_OK)
			migration_tell_right(fix);
	}
	if (rc == E_OK)
		return db_admin_run(db, "COMMIT", NULL, 0, NULL, NULL, diag);
	if (rc != E_DB_LOST &&
	    db_admin_run(db, "ROLLBACK", NULL, 0, NULL, NULL, &ignored) != E_OK)
		return E_DB_LOST;
	return rc == E_DB ?
	    diag_set(diag, E_MIGRATION,
		"the roles could not be"
		" made ready; nothing was changed") :
	    rc;
}

enum err
migration_server_prepare(struct db_admin *db, bool dry_run, struct arena *arena,
    struct diag *diag)
{
	struct db_admin_rows *wrong, *needs;
	unsigned refused;
	enum err rc;

	rc = db_admin_run(db, database_sql, NULL, 0, arena, &wrong, diag);
	if (rc != E_OK)
		return rc;
	refused = refuse_all(wrong);
	if (refused == 0) {
		rc = db_admin_run(db, runner_sql, NULL, 0, arena, &needs, diag);
		if (rc != E_OK)
			return rc;
		for (size_t i = 0; i < needs->count; i++) {
			char **cells = &needs->cells[i * RUNNER_COLUMNS];

			if (cells[MAY][0] == 't')
				continue;
			migration_tell_wrong(cells[WHAT]);
			refused++;
		}
	}
	if (refused > 0)
		return diag_set(diag, E_MIGRATION,
		    "the database %s is not as"
		    " migrations need it; nothing was changed",
		    db_admin_database(db));
	return dry_run || needs->count == 0 ? E_OK : set_right(db, needs, diag);
}
