#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# pulse-etl report: logins for BI tools are made, moved and revoked, without a
# password in a command line or log; reports are printed for one tenant.
. "$(dirname "$0")/lib.sh"
need_programs
fresh_database
"$ETL_BUILD/pulse-etl-migrate" --dir "$ETL_SOURCE/migrations" --apply-all >"$TMP/out" 2>&1
check_is "the migrations are applied" "$?" 0
tag=${PGDATABASE#etl_}
clean_roles() {
	super -c "DROP ROLE IF EXISTS bi_$tag" -c "DROP ROLE IF EXISTS boss_$tag" >/dev/null 2>&1
	clean_up
}
trap clean_roles EXIT
super <<'SQL' >"$TMP/out" 2>&1
INSERT INTO tenants (id, name) VALUES (1, 'One'), (2, 'Two');
INSERT INTO integrations (id, tenant_id, provider, type)
SELECT n, n, 'Jira', 'data_source' FROM generate_series(1, 2) AS n;
INSERT INTO work_items (id, tenant_id, integration_id, external_id, key, summary, created, story_points)
SELECT n, 1, 1, 'w' || n, 'ONE-' || n, E'a\tb', '2026-01-01', 2.5 FROM generate_series(1, 12000) AS n;
INSERT INTO work_items (id, tenant_id, integration_id, external_id, key) VALUES (20000, 2, 2, 'w', 'TWO-1');
SQL
check_is "the rows are there" "$(cat "$TMP/out")" ""
tool() {
	"$ETL_BUILD/pulse-etl" --config /dev/null "$@" >"$TMP/out" 2>"$TMP/err"
	CODE=$?
}
tool_is() { # NAME CODE ARGUMENT…
	tool "${@:3}"
	check_is "$1" "$CODE" "$2"
	[ "$CODE" = "$2" ] || note "$(cat "$TMP/err")"
}
DATABASE_URL="host=$PGHOST port=$PGPORT user=$PGUSER dbname=$PGDATABASE"
export DATABASE_URL
as_bi() { # PASSWORD STATEMENT
	PGUSER=bi_$tag PGPASSWORD=$1 PGPASSFILE=/dev/null PGOPTIONS='' psql -qAtX -c "$2" 2>&1
}

# -- logins
super -c "ALTER DATABASE $PGDATABASE SET log_statement = 'all'"
log=$ETL_STACK/logs/postgres.log
offset=$(stat -c %s "$log")
echo "open sesame $tag" >"$TMP/password"
tool_is "a login is made" 0 report grant --tenant 1 --password-file "$TMP/password" "bi_$tag"
check_is "it logs in, and sees the tenant's rows" \
	"$(as_bi "open sesame $tag" 'SELECT count(*) FROM report.work_items')" 12000
check_match "with that password only" "$(as_bi wrong 'SELECT 1')" 'authentication failed'
check "the server's log has what was done" grep -q 'report.admit' <(tail -c +"$offset" "$log")
check_fails "and no password" grep -q "open sesame" <(tail -c +"$offset" "$log")
super -c "ALTER DATABASE $PGDATABASE RESET log_statement"
tool_is "it moves to another tenant, and keeps its password" 0 report grant --tenant 2 "bi_$tag"
check_is "whose rows it sees" "$(as_bi "open sesame $tag" 'SELECT key FROM report.work_items')" TWO-1
tool_is "they are listed" 0 report list --output json
check_is "with their tenant" "$(jq -c '.[] | [.login, .tenant_id, .tenant_name, .can_login]' "$TMP/out")" \
	"[\"bi_$tag\",2,\"Two\",true]"
tool_is "one is revoked" 0 report revoke "bi_$tag"
check_is "and sees nothing" "$(as_bi "open sesame $tag" 'SELECT count(*) FROM report.work_items')" 0
check_is "each was noted" "$(sql "SELECT string_agg(action || ' ' || tenant_id, ', ' ORDER BY id) FROM audit_log")" \
	"report.grant 1, report.grant 2, report.revoke 2"
tool_is "who is no reader cannot be revoked" 1 report revoke "bi_$tag"
check_match "and what to ask" "$(cat "$TMP/err")" 'is no reader: pulse-etl report list'
tool_is "no reader of a tenant that is not there" 1 report grant --tenant 7 "bi_$tag"
check_match "which it says" "$(cat "$TMP/err")" 'there is no active tenant 7'
super -c "CREATE ROLE boss_$tag LOGIN SUPERUSER"
tool_is "no superuser" 1 report grant --tenant 1 "boss_$tag"
check_match "and says why" "$(cat "$TMP/err")" 'cannot be a reader: it is a superuser'
: >"$TMP/empty"
tool_is "no empty password" 65 report grant --tenant 1 --password-file "$TMP/empty" "bi_$tag"
tool_is "no login without a tenant" 64 report grant "bi_$tag"
check_is "none of these is a reader" "$(sql 'SELECT count(*) FROM report.logins')" 0

# -- export
tool_is "a report is printed" 0 report export --tenant 1 --output ndjson work_items
check_is "whole, and of this tenant" "$(jq -s -c '[length, (map(.key) | unique | length), .[0].key, .[0].story_points,
	.[0].created]' "$TMP/out")" '[12000,12000,"ONE-1",2.5,"2026-01-01T00:00:00.000000Z"]'
tool_is "as JSON" 0 report export --tenant 2 --output json work_items
check_is "an array" "$(jq -c 'map(.key)' "$TMP/out")" '["TWO-1"]'
tool_is "as TSV" 0 report export --tenant 1 --output tsv work_items
check_is "escaped" "$(sed -n '2s/.*\(a.*b\).*/\1/p' "$TMP/out" | head -c 4)" 'a\tb'
tool_is "one that goes by days" 0 report export --tenant 1 --output ndjson flow_daily
check_is "has its days" "$(head -n 1 "$TMP/out" | jq -c '[.day, .arrivals]')" '["2026-01-01",12000]'
tool_is "one without rows" 0 report export --tenant 1 --output json deployments
check_is "is an empty array" "$(cat "$TMP/out")" '[]'
tool_is "no report that is not there" 64 report export --tenant 1 passwords
check_match "and it names those that are" "$(cat "$TMP/err")" 'one of work_items, status_changes'
tool_is "no tenant that is not there" 1 report export --tenant 7 work_items
PGUSER=postgres DATABASE_URL="host=$PGHOST port=$PGPORT user=postgres dbname=$PGDATABASE" \
	tool_is "as a superuser" 0 report export --tenant 2 --output json work_items
check_is "it is one tenant's still" "$(jq -c 'map(.key)' "$TMP/out")" '["TWO-1"]'
done_testing
