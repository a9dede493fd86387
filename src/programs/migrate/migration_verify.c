/* SPDX-License-Identifier: MIT */
#include "programs/migrate/migration_verify.h"

#include <stdio.h>
#include <string.h>

#include "models/tables/schema_declared.h"
#include "programs/migrate/migration_server.h"

/*
 * All there is in the schema that tables are made in: kind, table, name or
 * definition, type, NOT NULL. One statement, so that it is one moment's. What
 * is not valid yet or any more, or not in force, says so in its definition.
 */
#define SERVICE "r.rolname = 'pulse_etl_service'"
/* A dump writes the casts of a list down, and reads them one by one. */
#define AS_DECLARED(sql) \
	"regexp_replace(regexp_replace(" sql \
	"," \
	" '\\((''[^'']*''::character varying)\\)::text', '\\1', 'g')," \
	" 'ANY \\((ARRAY\\[[^]]*::character varying\\])\\)'," \
	" 'ANY ((\\1)::text[])', 'g')"
static const char live_sql[] =
    "WITH tables AS (SELECT c.oid, c.relname FROM pg_class AS c"
    " WHERE c.relnamespace = current_schema()::regnamespace"
    " AND c.relkind IN ('r', 'p') AND NOT c.relispartition) "
    "SELECT 'table', relname::text, relname::text, '', 'f' FROM tables "
    "UNION ALL SELECT 'column', t.relname, a.attname,"
    " format_type(a.atttypid, a.atttypmod),"
    " CASE WHEN a.attnotnull THEN 't' ELSE 'f' END"
    " FROM tables AS t JOIN pg_attribute AS a ON a.attrelid = t.oid"
    " AND a.attnum > 0 AND NOT a.attisdropped "
    "UNION ALL SELECT 'default', t.relname, a.attname || ' = ' ||"
    " CASE e.sql WHEN 'nextval(''' || t.relname || '_id_seq''::regclass)'"
    " THEN 'nextval' ELSE " AS_DECLARED("e.sql") " END, '', 'f'"
    " FROM tables AS t JOIN pg_attrdef AS d ON d.adrelid = t.oid"
    " JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = d.adnum"
    " CROSS JOIN LATERAL (SELECT pg_get_expr(d.adbin, d.adrelid) AS sql) AS e "
    "UNION ALL SELECT CASE k.contype WHEN 'c' THEN 'check' ELSE 'key' END,"
    " t.relname, " AS_DECLARED("pg_get_constraintdef(k.oid)") ", '', 'f'"
    " FROM tables AS t JOIN pg_constraint AS k ON k.conrelid = t.oid"
    " AND k.contype IN ('p', 'u', 'f', 'x', 'c') AND k.conparentid = 0 "
    "UNION ALL SELECT 'policy', t.relname, p.policyname ||"
    " CASE p.permissive WHEN 'PERMISSIVE' THEN '' ELSE ' RESTRICTIVE' END ||"
    " ' FOR ' || p.cmd || ' TO ' || array_to_string(p.roles, ', ') ||"
    " regexp_replace(COALESCE(' USING ' || p.qual, '') ||"
    " CASE WHEN p.with_check <> p.qual OR p.qual IS NULL"
    " THEN COALESCE(' WITH CHECK ' || p.with_check, '') ELSE '' END,"
    " ' AS \"?[a-z_]+\"?', '', 'g') ||"
    " CASE WHEN c.relrowsecurity THEN '' ELSE ' NOT ENABLED' END ||"
    " CASE WHEN c.relforcerowsecurity THEN '' ELSE ' NOT FORCED' END, '', 'f'"
    " FROM tables AS t JOIN pg_class AS c ON c.oid = t.oid"
    " JOIN pg_policies AS p ON p.schemaname = current_schema()"
    " AND p.tablename = t.relname "
    "UNION ALL SELECT 'trigger', t.relname,"
    " replace(pg_get_triggerdef(g.oid, true), 'CREATE TRIGGER ', '') ||"
    " CASE g.tgenabled WHEN 'O' THEN '' WHEN 'D' THEN ' DISABLED'"
    " WHEN 'R' THEN ' REPLICA' ELSE ' ALWAYS' END, '', 'f'"
    " FROM tables AS t JOIN pg_trigger AS g ON g.tgrelid = t.oid"
    " AND NOT g.tgisinternal "
    "UNION ALL SELECT 'index', t.relname,"
    " CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END ||"
    " regexp_replace(pg_get_indexdef(i.indexrelid), '^.*? USING ', '') ||"
    " CASE WHEN i.indisvalid THEN '' ELSE ' NOT VALID' END, '', 'f'"
    " FROM tables AS t JOIN pg_index AS i ON i.indrelid = t.oid"
    " WHERE NOT EXISTS (SELECT FROM pg_constraint AS k"
    " WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')) "
    "UNION ALL SELECT 'grant', g.relname, g.name, '', 'f'"
    " FROM (SELECT t.relname, p.name FROM tables AS t"
    " CROSS JOIN pg_roles AS r CROSS JOIN (VALUES ('SELECT'), ('INSERT'),"
    " ('UPDATE'), ('DELETE')) AS p (name) WHERE " SERVICE
    " AND has_table_privilege(r.oid, t.oid, p.name)"
    " UNION ALL SELECT t.relname, 'UPDATE (' || a.attname || ')'"
    " FROM tables AS t CROSS JOIN pg_roles AS r"
    " JOIN pg_attribute AS a ON a.attrelid = t.oid"
    " AND a.attnum > 0 AND a.attacl IS NOT NULL WHERE " SERVICE
    " AND has_column_privilege(r.oid, t.oid, a.attnum, 'UPDATE')"
    " AND NOT has_table_privilege(r.oid, t.oid, 'UPDATE')"
    " UNION ALL SELECT t.relname, 'USAGE of its sequence'"
    " FROM tables AS t CROSS JOIN pg_roles AS r JOIN pg_depend AS d"
    " ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid"
    " AND d.classid = 'pg_class'::regclass AND d.deptype = 'a'"
    " JOIN pg_class AS s ON s.oid = d.objid AND s.relkind = 'S' WHERE " SERVICE
    " AND has_sequence_privilege(r.oid, s.oid, 'USAGE')"
    " AND has_table_privilege(r.oid, t.oid, 'INSERT')) AS g "
    "ORDER BY 2, 1, 3";

enum { LIVE_KIND, LIVE_TABLE, LIVE_NAME, LIVE_TYPE, LIVE_NEEDED, LIVE_COLUMNS };

static const char *const kinds[] = {
	[SCHEMA_TABLE] = "table",
	[SCHEMA_COLUMN] = "column",
	[SCHEMA_DEFAULT] = "default",
	[SCHEMA_KEY] = "key",
	[SCHEMA_CHECK] = "check",
	[SCHEMA_INDEX] = "index",
	[SCHEMA_POLICY] = "policy",
	[SCHEMA_TRIGGER] = "trigger",
	[SCHEMA_GRANT] = "grant",
};

struct comparison {
	const struct db_admin_rows *live;
	bool *declared; /* for each row of live */
	unsigned differences;
	unsigned notes;
};

/* Find what a row declares and nobody took yet. NULL: it is not there. */
static char **
take(struct comparison *comparison, enum schema_kind kind, const char *table,
    const char *name)
{
	for (size_t i = 0; i < comparison->live->count; i++) {
		char **cells = &comparison->live->cells[i * LIVE_COLUMNS];

		if (comparison->declared[i] ||
		    strcmp(cells[LIVE_KIND], kinds[kind]) != 0 ||
		    strcmp(cells[LIVE_TABLE], table) != 0 ||
		    strcmp(cells[LIVE_NAME], name) != 0)
			continue;
		comparison->declared[i] = true;
		return cells;
	}
	return NULL;
}

static const char *
nullability(bool needed)
{
	return needed ? "NOT NULL" : "nullable";
}

static void
compare_column(struct comparison *comparison, const char *table,
    const struct schema_row *row)
{
	char **live = take(comparison, row->kind, table, row->name);
	bool needed;

	if (live == NULL) {
		comparison->differences++;
		(void)printf("%s.%s: the column is missing: %s, %s\n", table,
		    row->name, row->type, nullability(row->needed));
		return;
	}
	if (strcmp(live[LIVE_TYPE], row->type) != 0) {
		comparison->differences++;
		(void)printf("%s.%s: the type is %s, declared is %s\n", table,
		    row->name, live[LIVE_TYPE], row->type);
	}
	needed = live[LIVE_NEEDED][0] == 't';
	if (needed != row->needed) {
		comparison->differences++;
		(void)printf("%s.%s: it is %s, declared is %s\n", table,
		    row->name, nullability(needed), nullability(row->needed));
	}
}

/* Compare each declared row; those of a missing table are missing with it. */
static void
compare(struct comparison *comparison)
{
	const char *table = NULL;
	bool is_there = false;

	for (size_t i = 0; i < schema_rows_count; i++) {
		const struct schema_row *row = &schema_rows[i];

		if (row->kind == SCHEMA_TABLE) {
			table = row->name;
			is_there = take(comparison, row->kind, table, table) !=
			    NULL;
			if (!is_there) {
				comparison->differences++;
				(void)printf("%s: the table is missing\n",
				    table);
			}
			continue;
		}
		if (!is_there)
			continue;
		if (row->kind == SCHEMA_COLUMN) {
			compare_column(comparison, table, row);
		} else if (take(comparison, row->kind, table, row->name) ==
		    NULL) {
			comparison->differences++;
			(void)printf("%s: the %s is missing: %s\n", table,
			    kinds[row->kind], row->name);
		}
	}
}

/* Is it part of a table that is not declared, and so noted with that? */
static bool
is_part_of_note(const struct comparison *comparison, const char *table)
{
	for (size_t i = 0; i < comparison->live->count; i++) {
		char **cells = &comparison->live->cells[i * LIVE_COLUMNS];

		if (strcmp(cells[LIVE_KIND], kinds[SCHEMA_TABLE]) == 0 &&
		    strcmp(cells[LIVE_NAME], table) == 0)
			return !comparison->declared[i];
	}
	return false;
}

/* A further table or grant, or an index that refuses nothing, does no harm. */
static bool
is_harmless(char **cells)
{
	return strcmp(cells[LIVE_KIND], kinds[SCHEMA_TABLE]) == 0 ||
	    strcmp(cells[LIVE_KIND], kinds[SCHEMA_GRANT]) == 0 ||
	    (strcmp(cells[LIVE_KIND], kinds[SCHEMA_INDEX]) == 0 &&
		strncmp(cells[LIVE_NAME], "UNIQUE ", 7) != 0);
}

/* Print what is there and nobody declared. */
static void
note_others(struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->live->count; i++) {
		char **cells = &comparison->live->cells[i * LIVE_COLUMNS];
		bool is_table = strcmp(cells[LIVE_KIND], kinds[SCHEMA_TABLE]) ==
		    0;

		if (comparison->declared[i] ||
		    (!is_table &&
			is_part_of_note(comparison, cells[LIVE_TABLE])))
			continue;
		if (is_harmless(cells))
			comparison->notes++;
		else
			comparison->differences++;
		if (is_table)
			(void)printf("note: %s: a table that is not declared\n",
			    cells[LIVE_TABLE]);
		else
			(void)printf("%s%s: the %s is not declared: %s\n",
			    is_harmless(cells) ? "note: " : "",
			    cells[LIVE_TABLE], cells[LIVE_KIND],
			    cells[LIVE_NAME]);
	}
}

enum err
migration_verify(struct db_admin *db, struct arena *arena, struct diag *diag)
{
	struct comparison comparison = { 0 };
	struct db_admin_rows *live;
	enum err rc;

	rc = db_admin_run(db, live_sql, NULL, 0, arena, &live, diag);
	if (rc != E_OK)
		return rc;
	comparison.live = live;
	comparison.declared = arena_ask(arena, live->count + 1);
	if (comparison.declared == NULL)
		return arena_done(arena, diag);
	rc = migration_server_print(db, arena, &comparison.differences, diag);
	if (rc != E_OK)
		return rc;
	compare(&comparison);
	note_others(&comparison);
	(void)printf("%u differences, %u notes\n", comparison.differences,
	    comparison.notes);
	if (comparison.differences > 0)
		return diag_set(diag, E_MIGRATION,
		    "the database %s is not"
		    " what this version declares",
		    db_admin_database(db));
	return E_OK;
}
