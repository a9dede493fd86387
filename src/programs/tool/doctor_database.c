/* SPDX-License-Identifier: MIT */
/*
 * What pulse-etl doctor asks PostgreSQL. Each question is a statement whose
 * rows are findings: level, text and cure.
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "models/tables/schema.h"
#include "programs/tool/doctor.h"

struct question {
	const char *about;
	const char *sql; /* $1: seconds since 1970 here */
};

/* A level by a condition that is bad, and one that is worse. */
#define LEVEL(wrong, warn) \
	"CASE WHEN " wrong " THEN 'wrong' WHEN " warn \
	" THEN 'warn'" \
	" ELSE 'ok' END, "

static const struct question questions[] = {
	{ "PostgreSQL",
	    "SELECT " LEVEL("v < 150000",
		"false") "'version ' || current_setting('server_version'),"
			 " 'upgrade to PostgreSQL 15 or later'"
			 " FROM (SELECT current_setting('server_version_num')::int AS v,"
			 " $1::bigint) AS s" },
	{ "encoding",
	    "SELECT " LEVEL("e <> 'UTF8'",
		"false") "e,"
			 " 'dump the data, and restore into a database made with createdb"
			 " -E UTF8 -T template0' FROM (SELECT pg_encoding_to_char(encoding)"
			 " AS e, $1::bigint FROM pg_database"
			 " WHERE datname = current_database()) AS s" },
	{ "compression",
	    "SELECT " LEVEL("false",
		"attcompression IS DISTINCT FROM 'l'") "'raw_data is compressed with ' || CASE attcompression WHEN 'l'"
						       " THEN 'lz4' ELSE 'pglz, which takes three times the CPU' END,"
						       " 'ALTER TABLE raw_extraction_data ALTER raw_data SET COMPRESSION"
						       " lz4, on a PostgreSQL built with lz4'"
						       " FROM pg_attribute WHERE $1::bigint > 0"
						       " AND attrelid = to_regclass('raw_extraction_data')"
						       " AND attname = 'raw_data'" },
	{ "durability",
	    "SELECT " LEVEL("'off' IN (current_setting('fsync'),"
			    " current_setting('full_page_writes'),"
			    " current_setting('synchronous_commit'))",
		"false") "'fsync ' || current_setting('fsync') || ', full_page_writes '"
			 " || current_setting('full_page_writes') ||"
			 " ', synchronous_commit ' || current_setting('synchronous_commit'),"
			 " 'set all three to on in postgresql.conf: a 201 has to be on disk'"
			 " WHERE $1::bigint > 0" },
	{ "memory",
	    "SELECT " LEVEL("false",
		"b < 128 * 1024 * 1024") "'shared_buffers ' || pg_size_pretty(b),"
					 " 'set shared_buffers to a quarter of the memory'"
					 " FROM (SELECT setting::bigint * 8192 AS b, $1::bigint"
					 " FROM pg_settings WHERE name = 'shared_buffers') AS s" },
	{ "connections",
	    "SELECT " LEVEL("l < 3",
		"l < 10") "l || ' of ' || current_setting('max_connections') || ' are left',"
			  " 'raise max_connections, or start fewer responders and workers'"
			  " FROM (SELECT current_setting('max_connections')::int -"
			  " current_setting('superuser_reserved_connections')::int -"
			  " count(*) FILTER (WHERE backend_type = 'client backend') AS l,"
			  " $1::bigint FROM pg_stat_activity GROUP BY 2) AS s" },
	{ "clock",
	    "SELECT " LEVEL("abs(d) > 60",
		"abs(d) > 5") "'PostgreSQL''s differs from this machine''s by ' || d || ' s',"
			      " 'let both machines keep their clocks by NTP (chrony)'"
			      " FROM (SELECT round(extract(epoch FROM clock_timestamp())"
			      " - $1::bigint)::bigint AS d) AS s" },
	{ "row security",
	    "SELECT " LEVEL("count(*) > 0",
		"false") "CASE count(*) WHEN 0 THEN 'forced for every table of tenants'"
			 " ELSE 'is not forced for ' || string_agg(relname, ', ') END,"
			 " 'ALTER TABLE NAME FORCE ROW LEVEL SECURITY, as"
			 " pulse_etl_owner'"
			 " FROM pg_class AS c WHERE $1::bigint > 0"
			 " AND relkind IN ('r', 'p')"
			 " AND relnamespace = 'public'::regnamespace"
			 " AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid)"
			 " AND NOT (relrowsecurity AND relforcerowsecurity)" },
	{ "role",
	    "SELECT " LEVEL("rolsuper OR rolbypassrls",
		"rolcreaterole OR rolcreatedb"
		" OR pg_has_role(current_user, 'pulse_etl_owner', 'MEMBER')") "current_user || CASE WHEN rolsuper THEN ' is a superuser'"
									      " WHEN rolbypassrls THEN ' bypasses row security'"
									      " WHEN pg_has_role(current_user, 'pulse_etl_owner', 'MEMBER')"
									      " THEN ' owns the tables' WHEN rolcreaterole OR rolcreatedb"
									      " THEN ' may make roles or databases' ELSE ' has the rights of the"
									      " service' END,"
									      " 'give the service a login of its own: CREATE ROLE etl LOGIN"
									      " IN ROLE pulse_etl_service'"
									      " FROM pg_roles WHERE rolname = current_user AND $1::bigint > 0"
									      " AND to_regrole('pulse_etl_owner') IS NOT NULL" },
	{ "tenants",
	    "SELECT " LEVEL("count(*) = 0",
		"false") "count(*) || ' active', 'pulse-etl tenant create NAME'"
			 " FROM tenants WHERE active AND $1::bigint > 0" },
	{ "tokens",
	    "SELECT 'warn', 'token ' || id || ' of tenant '"
	    " || tenant_id || ' ends at ' || to_char(expires_at,"
	    " 'YYYY-MM-DD HH24:MI') || ' UTC',"
	    " 'pulse-etl token create, give it to its client, then pulse-etl"
	    " token revoke ' || id FROM api_tokens"
	    " WHERE revoked_at IS NULL AND active AND $1::bigint > 0"
	    " AND expires_at BETWEEN now() AND now() + interval '14 days'"
	    " ORDER BY expires_at LIMIT 20" },
	{ "batches",
	    "SELECT " LEVEL("s > 3600",
		"s > 900") "n || ' pending, the oldest for ' || COALESCE(s, 0) || ' s',"
			   " 'start workers, or more of them; pulse-etl queues tells whether"
			   " somebody takes the messages' FROM (SELECT count(*) AS n,"
			   " extract(epoch FROM (now() AT TIME ZONE 'UTC') -"
			   " min(created_at))::bigint AS s FROM raw_extraction_data"
			   " WHERE active AND processing_status = 'pending'"
			   " AND queue_transform AND $1::bigint > 0) AS s" },
	{ "batches",
	    "SELECT 'warn', n || ' failed',"
	    " 'pulse-etl raw list --status failed tells why; pulse-etl requeue"
	    " --status failed does them again' FROM (SELECT count(*) AS n"
	    " FROM raw_extraction_data WHERE active"
	    " AND processing_status = 'failed' AND $1::bigint > 0) AS s"
	    " WHERE n > 0" },
	{ "batches",
	    "SELECT 'warn', n || ' at work for more than an hour',"
	    " 'the relay gives lost ones back after relay_lost_age: see that it"
	    " runs' FROM (SELECT count(*) AS n FROM raw_extraction_data"
	    " WHERE active AND processing_status = 'processing'"
	    " AND claimed_at < (now() AT TIME ZONE 'UTC') - interval '1 hour'"
	    " AND $1::bigint > 0) AS s WHERE n > 0" },
};

/* What only tables of this version can tell. */
static const struct question newest[] = {
	{ "extractions",
	    "SELECT 'warn', n || ' queued for more than an hour',"
	    " 'start pulse-etl-extractor, or more of them' FROM (SELECT"
	    " count(*) AS n FROM extract_runs WHERE state = 'queued' AND"
	    " created_at < (now() AT TIME ZONE 'UTC') - interval '1 hour'"
	    " AND $1::bigint > 0) AS s WHERE n > 0" },
	{ "partitions",
	    "SELECT " LEVEL("false",
		"a = 0") "n || ' in all, ' || a || ' that no id has reached'"
			 " || CASE WHEN r > 0 THEN '; ' || r || ' batches are in"
			 " none of them, but in the rest' ELSE '' END,"
			 " 'see that the relay runs: it makes partitions ahead'"
			 " FROM (SELECT count(*) AS n, count(*) FILTER (WHERE"
			 " is_ahead) AS a, sum(batches) FILTER (WHERE next_id"
			 " IS NULL) AS r FROM raw_partitions()"
			 " WHERE $1::bigint > 0) AS s WHERE n > 0" },
	{ "partitions",
	    "SELECT 'warn', 'pulse-etl-migrate --partition was interrupted:"
	    " no id from ' || e || ' on can be stored', 'run it again; or the"
	    " relay takes that end away' FROM (SELECT raw_partitions_end() AS e"
	    " WHERE $1::bigint > 0) AS s WHERE e IS NOT NULL" },
	{ "pauses",
	    "SELECT 'warn', queue || ' is paused since ' || paused_at,"
	    " 'pulse-etl queue resume ' || queue FROM queue_pauses"
	    " WHERE $1::bigint > 0 UNION ALL"
	    " SELECT 'warn', 'tenant ' || tenant_id || ' is paused since ' ||"
	    " paused_at, 'pulse-etl tenant resume ' || tenant_id"
	    " FROM tenant_pauses WHERE resumed_at IS NULL" },
	{ "integrations",
	    "SELECT 'warn', 'the source of integration ' || id || ' refuses its"
	    " credentials', 'pulse-etl integration password --tenant ' ||"
	    " tenant_id || ' ' || id FROM integrations WHERE active"
	    " AND refused_at IS NOT NULL AND $1::bigint > 0"
	    " ORDER BY id LIMIT 20" },
};

static enum doctor_level
level_of(struct span text)
{
	if (span_is(text, "ok"))
		return DOCTOR_OK;
	return span_is(text, "warn") ? DOCTOR_WARN : DOCTOR_WRONG;
}

static void
ask(struct doctor *doctor, const struct question *question)
{
	struct tool *tool = doctor_tool(doctor);
	const struct db_statement statement = { .sql = question->sql };
	struct db_params params = { 0 };
	struct db_rows *rows;
	struct diag diag;

	diag_clear(&diag);
	db_add_int(&params, (int64_t)time(NULL));
	if (db_run(tool->db, &statement, &params, tool->arena, &rows, &diag) !=
	    E_OK) {
		doctor_tell(doctor, DOCTOR_WRONG, question->about, NULL, "%s",
		    diag.text);
		return;
	}
	for (int i = 0; i < db_rows_count(rows); i++) {
		enum doctor_level level = level_of(db_text(rows, i, 0));

		doctor_tell(doctor, level, question->about,
		    level == DOCTOR_OK ?
			NULL :
			arena_text(tool->arena, db_text(rows, i, 2)),
		    "%.*s", SPAN_ARG(db_text(rows, i, 1)));
	}
}

void
doctor_database(struct doctor *doctor)
{
	struct tool *tool = doctor_tool(doctor);
	struct diag diag;
	enum err rc;

	diag_clear(&diag);
	if (db_open(tool->db, &diag) != E_OK) {
		doctor_tell(doctor, DOCTOR_WRONG, "PostgreSQL",
		    "start it, or"
		    " mend database_url in the settings",
		    "%s", diag.text);
		return;
	}
	rc = schema_ready(tool->db, tool->arena, &diag);
	if (rc == E_OK)
		doctor_tell(doctor, DOCTOR_OK, "tables", NULL,
		    "are those of"
		    " this version, and the service may use them");
	else
		doctor_tell(doctor, DOCTOR_WRONG, "tables",
		    "pulse-etl-migrate --apply-all, then pulse-etl-migrate"
		    " --verify",
		    "%s", diag.client[0] != '\0' ? diag.client : diag.text);
	for (size_t i = 0; i < COUNT(questions); i++)
		ask(doctor, &questions[i]);
	for (size_t i = 0; rc == E_OK && i < COUNT(newest); i++)
		ask(doctor, &newest[i]);
}
