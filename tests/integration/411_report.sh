#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The schema report: a login sees the rows of its tenant, whatever its session
# says, and nothing of tokens, payloads and passwords; who could read past the
# views is refused; back and again.
. "$(dirname "$0")/lib.sh"
need_programs
fresh_database
migrate() { "$ETL_BUILD/pulse-etl-migrate" --dir "$ETL_SOURCE/migrations" "$@" >"$TMP/out" 2>&1; }
migrate --apply-all
check_is "the migrations are applied" "$?" 0
tag=${PGDATABASE#etl_}
clean_roles() {
	local name
	for name in one none two super member rights group; do
		super -c "DROP OWNED BY ${name}_$tag; DROP ROLE ${name}_$tag" >/dev/null 2>&1
	done
	clean_up
}
trap clean_roles EXIT
views=$(sql "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
	WHERE relnamespace = 'report'::regnamespace AND relkind = 'v'")
check_is "there are the views" "$views" \
	"cycle_times deployments dora_weekly etl_health flow_daily pr_times pull_requests records status_changes \
statuses work_items"
check_is "each does what its reader may" "$(sql "SELECT count(*) FROM pg_class WHERE relkind = 'v'
	AND relnamespace = 'report'::regnamespace AND NOT reloptions @> '{security_invoker=true}'")" 0
check_is "each column has a comment" "$(sql "SELECT string_agg(c.relname || '.' || a.attname, ' ')
	FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
	WHERE c.relnamespace = 'report'::regnamespace AND c.relkind = 'v'
	AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid) IS NULL)")" ""

# -- two tenants with one of everything
super <<'SQL' >"$TMP/out" 2>&1
INSERT INTO tenants (id, name) VALUES (1, 'One'), (2, 'Two');
INSERT INTO integrations (id, tenant_id, provider, type, password)
SELECT n, n, 'Jira', 'data_source', 'hidden' FROM generate_series(1, 2) AS n;
INSERT INTO projects (id, tenant_id, integration_id, external_id, key, name)
SELECT n, n, n, 'p', 'P' || n, 'Project' FROM generate_series(1, 2) AS n;
INSERT INTO statuses (id, tenant_id, integration_id, external_id, original_name, category)
SELECT n, n, n, 's', 'Open', 'To Do' FROM generate_series(1, 2) AS n;
INSERT INTO work_items (id, tenant_id, integration_id, external_id, key, project_id, status_id, created,
	work_first_started_at, work_last_completed_at, total_cycle_time_seconds, total_lead_time_seconds,
	history_complete)
SELECT n, n, n, 'w', 'P' || n || '-1', n, n, '2026-01-01', '2026-01-02', '2026-01-03', 86400, 86400, true
FROM generate_series(1, 2) AS n;
INSERT INTO changelogs (tenant_id, integration_id, work_item_id, external_id, to_status_id)
SELECT n, n, n, 'c', n FROM generate_series(1, 2) AS n;
INSERT INTO repositories (id, tenant_id, integration_id, external_id, full_name, default_branch)
SELECT n, n, n, 'r', 'o/r' || n, 'main' FROM generate_series(1, 2) AS n;
INSERT INTO prs (id, tenant_id, integration_id, external_id, repository_id, number, name, destination,
	pr_created_at, merged_at)
SELECT n, n, n, 'x', n, 1, 'One', 'main', '2026-01-01', '2026-01-02' FROM generate_series(1, 2) AS n;
INSERT INTO prs_commits (tenant_id, integration_id, external_id, pr_id, authored_date, author_email)
SELECT n, n, 'sha', n, '2025-12-31', 'hidden' FROM generate_series(1, 2) AS n;
INSERT INTO records (tenant_id, integration_id, entity_type, external_id, fields)
SELECT n, n, 'own', 'r', '{"a": 1}' FROM generate_series(1, 2) AS n;
INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items, raw_data_bytes,
	raw_data_sha256)
SELECT n, n, 'jira_issues_batch', '{"a": "hidden"}', 1, 2, sha256('') FROM generate_series(1, 2) AS n;
SQL
check_is "the rows are there" "$(cat "$TMP/out")" ""
admit() { sql "SELECT report.admit('$1', $2, ${3:-NULL})"; }
check "a login is let in" admit "one_$tag" 1
check "and one of the other tenant" admit "two_$tag" 2
super -c "CREATE ROLE none_$tag LOGIN IN ROLE pulse_etl_reader" -c "ALTER ROLE none_$tag PASSWORD 'x'" \
	-c "ALTER ROLE one_$tag PASSWORD 'x'" -c "ALTER ROLE two_$tag PASSWORD 'x'"
as() { # NAME STATEMENT…: what that login gets
	local name=$1 statement
	local -a commands=()
	shift
	for statement; do commands+=(-c "$statement"); done
	PGUSER=${name}_$tag PGPASSWORD=x PGOPTIONS='' psql -qAtX -v ON_ERROR_STOP=1 "${commands[@]}" 2>&1
}
check_is "its session begins read-only, and limited" "$(as one "SELECT concat_ws(' ',
	current_setting('default_transaction_read_only'), current_setting('statement_timeout'),
	current_setting('work_mem'), current_setting('jit'))")" "on 1min 64MB off"
count="SELECT string_agg(n::text, ' ') FROM (VALUES"
for view in $views; do count+=" ((SELECT count(*) FROM report.$view)),"; done
count="${count%,}) AS v (n)"
days=$(sql "SELECT CURRENT_DATE - date '2026-01-01' + 1")
own="1 1 1 1 $days 1 1 1 1 1 1"
check_is "it sees one row of everything, its own" "$(as one "$count")" "$own"
check_is "so does the other" "$(as two "$count")" "$own"
check_is "it is the tenant's" "$(as one 'SELECT key FROM report.work_items')" P1-1
check_is "the other's is the other's" "$(as two 'SELECT key FROM report.work_items')" P2-1
# What a session may set is not asked.
for claim in "SET app.tenant_id = 2" "SET app.every_tenant = on" "SET ROLE pulse_etl_reader" \
	"SET app.tenant_id = 2; SET app.every_tenant = on; SET ROLE pulse_etl_reader" "SET row_security = off"; do
	if [ "$claim" = "SET row_security = off" ]; then
		check_match "$claim: is refused" "$(as one "$claim" "$count")" \
			'query would be affected by row-level security'
		continue
	fi
	check_is "$claim: the same views" "$(as one "$claim" "$count")" "$own"
	check_is "$claim: the same rows of the table" "$(as one "$claim" 'SELECT key FROM public.work_items')" P1-1
done
check_is "a member without a tenant sees no rows" "$(as none "SET app.tenant_id = 1; SET app.every_tenant = on" \
	"$count")" "0 0 0 0 0 0 0 0 0 0 0"
check_match "nor does it become another" "$(as one "SET SESSION AUTHORIZATION two_$tag")" 'permission denied'
for denied in "TABLE public.api_tokens" "TABLE public.users" "TABLE public.tenants" "TABLE public.audit_log" \
	"TABLE report.logins" "TABLE public.system_settings" "SELECT raw_data FROM public.raw_extraction_data" \
	"SELECT extraction_metadata FROM public.raw_extraction_data" "SELECT password FROM public.integrations" \
	"SELECT settings FROM public.integrations" "SELECT author_email FROM public.prs_commits" \
	"SELECT report.admit('one_$tag', 2)" "SELECT report.dismiss('two_$tag')"; do
	check_match "it may not: ${denied%_"$tag"*}" "$(as one "$denied")" 'permission denied'
done
for denied in "UPDATE public.work_items SET key = 'x'" "DELETE FROM public.work_items" \
	"INSERT INTO report.logins VALUES ('one_$tag', 2)" "CREATE VIEW report.mine AS SELECT 1" \
	"CREATE TABLE public.mine (a int)"; do
	check_match "nor: ${denied%% \'*}" "$(as one 'SET default_transaction_read_only = off' "$denied")" \
		'permission denied'
done
check_is "the service sees the tenant that it says" "$(super -c "SET ROLE pulse_etl_service" \
	-c "SET app.tenant_id = 2" -c "SELECT key FROM report.work_items")" P2-1

super -c 'UPDATE tenants SET active = false WHERE id = 1'
check_is "while its tenant is disabled it sees nothing" "$(as one "$count")" "0 0 0 0 0 0 0 0 0 0 0"
check_is "and the other sees what it saw" "$(as two "$count")" "$own"
super -c 'UPDATE tenants SET active = true WHERE id = 1'
check_is "then its own again" "$(as one "$count")" "$own"

# -- what EXPLAIN tells of the other tenant's texts
super -c "INSERT INTO work_items (id, tenant_id, integration_id, external_id, key, project_id, status_id, summary,
	assignee) SELECT 9 + n, 2, 2, 'e' || n, 'P2-' || 1 + n, 2, 2, chr(97 + n % 26) || ' plan',
	'Ann' FROM generate_series(1, 500) AS n" \
	-c 'ANALYZE work_items'
estimates() { # CONDITION…
	local condition
	for condition; do
		as one "EXPLAIN SELECT FROM public.work_items WHERE $condition" | sed -n '1s/.* rows=\([0-9]*\) .*/\1/p'
	done | sort -u | wc -l
}
check_is "not how many are below a summary" \
	"$(estimates "summary < 'a'" "summary < 'm'" "summary < 'zz'" 2>&1)" 1
check_is "nor whether somebody has items" "$(estimates "assignee = 'Ann'" "assignee = 'Bob'")" 1
super -c "DELETE FROM work_items WHERE external_id LIKE 'e%'" >"$TMP/out"
# A column that is new has to be in one of the lists: this, or that of the migration.
check_is "these texts have statistics, for plans need them" "$(sql "SELECT string_agg(DISTINCT attname, ' '
	ORDER BY attname) FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
	WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND a.attstattarget IS DISTINCT FROM 0
	AND a.atttypid::regtype::text ~ '^(text|character.*)$'
	AND has_column_privilege('pulse_etl_reader', c.oid, a.attnum, 'SELECT')")" "category \
default_branch destination entity_type external_id external_repo_id full_name host identity key language name \
name_key original_name parent_external_id processing_status project_type provider source status status_category \
status_from status_to step_category step_name type wit_from wit_to work_item_keys"

# -- what PostgreSQL lets everybody do, until docs/security.md is followed
lock="SELECT etl_alone(2, 2, 'work_items')"
object="SELECT lo_from_bytea(0, 'x')"
sed -n '/^ *-- as a superuser/,/gexec$/p' "$ETL_SOURCE/docs/security.md" | super >"$TMP/out" 2>&1
check_is "a superuser takes it away" "$(cat "$TMP/out")" ""
check_match "a reader holds no lock of another tenant's work" "$(as one "$lock")" \
	'permission denied for function pg_advisory_xact_lock'
check_match "nor does it make large objects" "$(as one 'SET default_transaction_read_only = off' "$object")" \
	'permission denied for function lo_from_bytea'
check_is "the service has its locks" "$(super -c "SET ROLE pulse_etl_service" -c "$lock" 2>&1)" ""
check_is "and so has the tables' owner" "$(sql "$lock" 2>&1)" ""

# -- another tenant, and none
check "a login moves to another tenant" admit "one_$tag" 2
check_is "and sees that one's rows" "$(as one 'SELECT key FROM report.work_items')" P2-1
check_is "a login is dismissed" "$(sql "SELECT report.dismiss('one_$tag')")" t
check_is "and sees no rows from then on" "$(as one 'SELECT key FROM report.work_items')" ""
check_is "who is no reader cannot be dismissed" "$(sql "SELECT report.dismiss('one_$tag')")" f

# -- who may not be a reader
super -c "CREATE ROLE super_$tag LOGIN SUPERUSER" -c "CREATE ROLE member_$tag LOGIN IN ROLE pulse_etl_service" \
	-c "CREATE ROLE rights_$tag LOGIN" -c "GRANT SELECT (token_sha256) ON api_tokens TO rights_$tag" \
	-c "CREATE ROLE group_$tag NOLOGIN"
refused() { # NAME WHY
	check_match "not a reader: $1" "$(super -c "SELECT report.admit('${1}_$tag', 1)" 2>&1)" \
		"cannot be a reader: it $2"
}
refused super "is a superuser"
refused member "is a member of pulse_etl_service"
refused rights "has rights of its own on api_tokens"
refused group "may not log in"
check_match "nor of a tenant that is not there" "$(super -c "SELECT report.admit('two_$tag', 77)" 2>&1)" \
	'there is no active tenant 77'
check_match "a password is not taken for a verifier" "$(super -c "SELECT report.admit('two_$tag', 2, 'secret')" 2>&1)" \
	'is not one of PostgreSQL'
check_is "none of them is one" "$(super -c "SELECT count(*) FROM report.logins WHERE login <> 'two_$tag'")" 0
check_is "and none is a member" "$(super -c "SELECT string_agg(member::regrole::text, ' ') FROM pg_auth_members
	WHERE roleid = 'pulse_etl_reader'::regrole AND member::regrole::text ~ '^(super|member|rights|group)_$tag'")" ""

# -- back and again
before=$(sql "SELECT max(number) FROM migration_history WHERE name <> 'report'
	AND number < (SELECT number FROM migration_history WHERE name = 'report')")
migrate --rollback-to "$before"
check_is "it is rolled back" "$?" 0
check_is "with all of the schema" "$(sql "SELECT to_regnamespace('report') IS NULL
	AND NOT EXISTS (SELECT FROM pg_policies WHERE policyname LIKE 'reader%')
	AND NOT EXISTS (SELECT FROM pg_class WHERE relacl::text LIKE '%pulse_etl_reader%')")" t
check_match "a reader's login reads nothing" "$(as two 'TABLE public.work_items')" 'permission denied'
migrate --apply-all
check_is "and applied again" "$?" 0
check "without a difference" "$ETL_BUILD/pulse-etl-migrate" --verify
done_testing
