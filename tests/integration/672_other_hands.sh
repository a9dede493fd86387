#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Databases that others have made: dumped and restored, without their grants, in
# another encoding or schema, by owners of other names. What will not do is
# refused before the first change, found by --verify, and named by health/ready.
. "$(dirname "$0")/lib.sh"
need_programs
fresh_database
tag=${PGDATABASE#etl_}
owner=$PGUSER
roles=
clean_roles() {
	local name
	for name in $test_databases; do stack database-drop "$name" >/dev/null 2>&1; done
	for name in $roles; do super -d postgres -c "DROP ROLE IF EXISTS $name" >/dev/null 2>&1; done
	clean_up
}
trap clean_roles EXIT
another() { # NAME [OPTIONS OF CREATE DATABASE]: an empty database, in PGDATABASE
	PGDATABASE=${1}_$tag
	super -d postgres -c "CREATE DATABASE $PGDATABASE ${2:-OWNER $owner}"
	test_databases="$test_databases $PGDATABASE"
	[ -n "${2-}" ] || super -c "ALTER SCHEMA public OWNER TO $owner"
}
migrate() {
	"$ETL_BUILD/pulse-etl-migrate" --dir "$ETL_SOURCE/migrations" "$@" >"$TMP/out" 2>"$TMP/err"
	CODE=$?
}
says() { cat "$TMP/out" "$TMP/err" | grep -q -- "$1"; }
is_untouched() {
	[ "$(super -c "SELECT count(*) FROM pg_class
		WHERE relnamespace::regnamespace::text !~ '^(pg_|information_schema)'")" = 0 ]
}

# -- a dump, read back by psql and by pg_restore
first=$PGDATABASE
migrate --apply-all
check_is "the migrations are applied" "$CODE" 0
PGOPTIONS='' PGUSER=postgres pg_dump "$first" >"$TMP/plain.sql" 2>"$TMP/dump.err"
PGOPTIONS='' PGUSER=postgres pg_dump -Fc "$first" >"$TMP/dump" 2>>"$TMP/dump.err"
another plain
super -f "$TMP/plain.sql" >"$TMP/psql.out" 2>&1
migrate --verify
check_is "after pg_dump | psql, --verify has no difference" "$CODE $(head -n 3 "$TMP/out")" "0 0 differences, 0 notes"
another custom
PGOPTIONS='' PGUSER=postgres pg_restore -d "$PGDATABASE" "$TMP/dump" >"$TMP/psql.out" 2>&1
migrate --verify
check_is "nor after pg_restore" "$CODE $(head -n 3 "$TMP/out")" "0 0 differences, 0 notes"
migrate --apply-all
check_is "and --apply-all has nothing to do" "$CODE $(cat "$TMP/out")" "0 nothing to do"

# -- without its grants
another bare
PGOPTIONS='' PGUSER=postgres pg_restore --no-privileges -d "$PGDATABASE" "$TMP/dump" >"$TMP/psql.out" 2>&1
migrate --verify
check_is "without its grants --verify has differences" "$CODE" 1
check "and names each" grep -qx 'raw_extraction_data: the grant is missing: INSERT' "$TMP/out"
check "also of a sequence" grep -qx 'raw_extraction_data: the grant is missing: USAGE of its sequence' "$TMP/out"
migrate --apply-all
check_is "--apply-all refuses it" "$CODE" 1
check "with what to do" says 'GRANT SELECT, INSERT ON raw_extraction_data TO pulse_etl_service'

# -- another encoding
for encoding in LATIN1 SQL_ASCII; do
	another "${encoding,,}" "OWNER $owner TEMPLATE template0 ENCODING '$encoding' LOCALE 'C'"
	super -c "ALTER SCHEMA public OWNER TO $owner"
	migrate --apply-all
	check_is "$encoding is refused" "$CODE" 1
	check "$encoding: in a sentence that says UTF8" says "encoding is $encoding, and has to be UTF8"
	check "$encoding: nothing was made" is_untouched
	migrate --verify
	check "$encoding: --verify says so, too" grep -q "encoding is $encoding" "$TMP/out"
done

# -- a schema of its own
another schema
super -c "CREATE SCHEMA pulse AUTHORIZATION $owner" -c "GRANT USAGE ON SCHEMA pulse TO pulse_etl_service" \
	-c "ALTER DATABASE $PGDATABASE SET search_path = pulse"
migrate --apply-all
check_is "a schema of its own is refused" "$CODE" 1
check "it is named" says 'in the schema pulse, and have to be in public'
check "nothing was made" is_untouched
migrate --verify
check "--verify says so, too" grep -q 'in the schema pulse' "$TMP/out"

# -- owners of other names
role() { # NAME OPTIONS
	roles="$roles ${1}_$tag"
	super -d postgres -c "CREATE ROLE ${1}_$tag LOGIN PASSWORD 'x' $2"
}
as() { # NAME ARGUMENT…: the migrations as that role
	PGUSER=${1}_$tag PGPASSWORD=x PGOPTIONS='' "$ETL_BUILD/pulse-etl-migrate" --dir "$ETL_SOURCE/migrations" \
		"${@:2}" >"$TMP/out" 2>"$TMP/err"
	CODE=$?
}
# As a cloud's first user: no superuser, but CREATEROLE, and the database.
role cloud CREATEROLE
[ "$(super -c 'SHOW server_version_num')" -lt 160000 ] ||
	super -c "GRANT pulse_etl_owner, pulse_etl_service TO cloud_$tag WITH ADMIN OPTION, INHERIT FALSE, SET FALSE"
another cloud "OWNER cloud_$tag"
as cloud --apply-all
check_is "a database's owner with CREATEROLE can migrate" "$CODE" 0
[ "$CODE" = 0 ] || note "$(tail -n 5 "$TMP/err")"
as cloud --verify
check_is "and has no difference" "$CODE $(tail -n 1 "$TMP/out")" "0 0 differences, 0 notes"
as cloud --rollback-to 0
check_is "and can roll back" "$CODE" 0
# Roles made by others, who have let it in.
role member ''
super -c "GRANT pulse_etl_owner TO member_$tag"
another member "OWNER member_$tag"
as member --apply-all
check_is "a member of the owner can migrate" "$CODE" 0
[ "$CODE" = 0 ] || note "$(tail -n 5 "$TMP/err")"
# Others may not, and nothing is begun.
role stranger ''
another stranger "OWNER stranger_$tag"
as stranger --apply-all
check_is "who is no member may not" "$CODE" 1
check "and is told what to ask for" says "GRANT pulse_etl_owner TO stranger_$tag, as a superuser"
check "nothing was made" is_untouched
another closed "OWNER stranger_$tag"
as member --apply-all
check_is "who may not make tables may not" "$CODE" 1
check "and is told" says 'may not make tables in the schema public'
check "nothing was made" is_untouched

# -- what the service says of it
app_up
not_ready() { # NAME CHECK CHANGE UNDO
	super -c "$3" >"$TMP/sql.out"
	end_sessions pulse-etl-fcgi
	refuses() { request GET /app/etl/health/ready; [ "$STATUS" = 503 ] && [[ $(json .detail) == *"$2"* ]]; }
	check "$1: not ready, and which part" wait_until 10 refuses "$1" "$2"
	note "$(json .detail)"
	super -c "$4" >"$TMP/sql.out"
	end_sessions pulse-etl-fcgi
	check "$1: set right, ready again" wait_until 10 ready_is '[]'
}
not_ready "a right on the table" "rights: the service lacks raw_extraction_data (INSERT)" \
	"REVOKE INSERT ON raw_extraction_data FROM pulse_etl_service" \
	"GRANT INSERT ON raw_extraction_data TO pulse_etl_service"
not_ready "a right on the sequence" "raw_extraction_data (USAGE of its sequence)" \
	"REVOKE USAGE, SELECT ON SEQUENCE raw_extraction_data_id_seq FROM pulse_etl_service" \
	"GRANT USAGE, SELECT ON SEQUENCE raw_extraction_data_id_seq TO pulse_etl_service"
not_ready "a right of the workers" "work_items (UPDATE)" \
	"REVOKE UPDATE ON work_items FROM pulse_etl_service" "GRANT UPDATE ON work_items TO pulse_etl_service"
not_ready "row security of a table" "row_security: it is off for projects" \
	"ALTER TABLE projects DISABLE ROW LEVEL SECURITY" "ALTER TABLE projects ENABLE ROW LEVEL SECURITY"
not_ready "another schema" "schema: " \
	"CREATE SCHEMA other; ALTER DATABASE $PGDATABASE SET search_path = other" \
	"ALTER DATABASE $PGDATABASE RESET search_path"
not_ready "read-only" "writable: the database is read-only" \
	"ALTER DATABASE $PGDATABASE SET default_transaction_read_only = on" \
	"SET default_transaction_read_only = off; ALTER DATABASE $PGDATABASE RESET default_transaction_read_only"
super -c "ALTER DATABASE $PGDATABASE SET row_security = off"
end_sessions pulse-etl-fcgi
check "row_security = off of the database changes nothing: ready" wait_until 10 ready_is '[]'
request POST /app/etl/raw-data/store --data '{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":[1]}'
check_is "and a store passes" "$STATUS" 201
done_testing
