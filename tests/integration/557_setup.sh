#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# pulse-etl setup: from a database and a virtual host that are empty to a
# batch that is stored and processed.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
app_up
etc=$TMP/etc/pulse-etl
mkdir -p "$TMP/etc"
database=etl_setup_$$
role=etl_setup_login_$$
weak=etl_setup_weak_$$
superuser() { # STATEMENT [DATABASE]
	PGUSER=postgres PGDATABASE=${2:-postgres} psql -qAtX -v ON_ERROR_STOP=1 -c "$1"
}
superuser "CREATE DATABASE $database OWNER pulse_etl_owner ENCODING 'UTF8' TEMPLATE template0"
undo() {
	superuser "DROP DATABASE IF EXISTS $database WITH (FORCE)"
	superuser "DROP DATABASE IF EXISTS ${database}_weak WITH (FORCE)"
	superuser "DROP ROLE IF EXISTS $role"
	superuser "DROP ROLE IF EXISTS $weak"
}
broker=$(sed -n 's/^rabbitmq_url = //p' "$ETL_APP/etl.conf")
(umask 077 && sed 's|^amqp://[^:]*:\([^@]*\)@.*|\1|' <<<"$broker" >"$TMP/broker.password")
# shellcheck disable=SC2001 # a back-reference
broker=$(sed 's|^\(amqp://[^:]*\):[^@]*@|\1@|' <<<"$broker")

setup() { # OPTION…; sets OUT, ERR, CODE
	OUT=$(env -u ETL_CONFIG timeout 120 "$ETL_BUILD/pulse-etl" setup --broker "$broker" \
		--broker-password-file "$TMP/broker.password" --tenant 'First house' --role "$role" \
		--group "$(id -gn)" --folder "$etc" --run-folder "$TMP/run" --migrations "$ETL_SOURCE/migrations" \
		"$@" 2>"$TMP/setup.err")
	CODE=$?
	ERR=$(cat "$TMP/setup.err")
}

# -- what is refused
setup --yes --database "postgresql://somebody:secret@127.0.0.1/$database"
check_is "a password on the command line: 64" "$CODE" 64
check_fails "which is not repeated" grep -q secret <<<"$ERR"
setup --yes --database "dbname=there_is_no_such"
check_is "a database that is not there: 69" "$CODE" 69
check_match "says why, and how to make one" "$ERR" 'there_is_no_such.* does not exist.*createdb'
check_fails "and nothing is made" test -e "$etc"
setup --database "dbname=$database" </dev/null
check_is "without a database, a tenant and --yes it asks nobody twice" "$CODE" 0
dropped=$(superuser "SELECT count(*) FROM pg_roles WHERE rolname = '$role'")
check_is "all was told, so nothing was asked: the role is there" "$dropped" 1

# -- what was made
check_is "the settings are not for everybody" "$(stat -c %a "$etc/etl.conf" "$etc/keys" | tr '\n' ' ')" "640 640 "
check_is "the programs take them" \
	"$("$ETL_BUILD/pulse-etl-fcgi" --config "$etc/etl.conf" --dump-settings >/dev/null 2>&1 && echo yes)" yes
check_is "the log of PostgreSQL has no password" \
	"$(grep -c "$(sed -n "s/.*password='\([0-9a-f]*\)'.*/\1/p" "$etc/etl.conf")" "$ETL_STACK/logs/postgres.log")" 0
check_is "the service's login has the rights of the service" \
	"$(superuser "SELECT rolsuper, rolcreaterole, pg_has_role('$role', 'pulse_etl_service', 'MEMBER'),
		pg_has_role('$role', 'pulse_etl_owner', 'MEMBER') FROM pg_roles WHERE rolname = '$role'")" \
		'f|f|t|f'
token=$(grep -o 'petl_[0-9a-f]*' <<<"$OUT")
DATABASE_URL=postgresql://pulse_etl_owner@127.0.0.1:$PGPORT/$database setup --yes
check_is "the owner's DATABASE_URL in the environment is no login of the service" "$CODE$ERR" 0
check_match "a token is printed once" "$token" '^petl_[0-9a-f]{64}$'
check_match "nginx's lines are printed" "$OUT" 'include .*/nginx/pulse-etl-http.conf;'
integration=$(sed -n 's/.*"integration_id": \([0-9]*\).*/\1/p' <<<"$OUT")
check_match "and a line of curl" "$OUT" 'curl .*Authorization: Bearer'
ready() { "$ETL_BUILD/pulse-etl" --config "$etc/etl.conf" health >"$TMP/health" 2>&1 && grep -q '^database: ready' \
	"$TMP/health"; }
check "the database is ready for the service" ready

# -- a batch, by a pool and a worker with these settings
app stop relay
app stop pool
socket=$(sed -n 's|.*server unix:\([^;]*\);.*|\1|p' "$ETL_APP/nginx/pulse-etl-http.conf")
rm -f "$socket"
spawn-fcgi -n -s "$socket" -M 0666 -- "$ETL_BUILD/pulse-etl-fcgi" --config "$etc/etl.conf" 2>"$TMP/pool.log" &
pool=$!
"$ETL_BUILD/pulse-etl-worker" --config "$etc/etl.conf" 2>"$TMP/worker.log" &
worker=$!
as_first() { # METHOD PATH [CURL OPTION…]; prints the status
	printf 'header = "Authorization: Bearer %s"\n' "$token" | curl -sS -K - -o "$TMP/answer" -w '%{http_code}' \
		-X "$1" "${@:3}" "$ETL_URL/app/etl$2"
}
listens() { [ -S "$socket" ] && [ "$(as_first GET /health)" = 200 ]; }
check "a pool runs with these settings" wait_until 20 listens
status=$(as_first POST "/raw-data/store?integration_id=$integration&entity_type=jira_projects_batch" \
	-H 'Content-Type: application/json' --data '[{"id": "1", "key": "A", "name": "one"}]')
check_is "a batch is stored" "$status" 201
processed() { [ "$(superuser "SELECT processing_status FROM raw_extraction_data" "$database")" = completed ]; }
check "and processed" wait_until 30 processed
kill -s TERM "$pool" "$worker" 2>/dev/null
wait "$pool" "$worker" 2>/dev/null

# -- again
made() { # what there is of all that setup makes
	cat "$etc/etl.conf" "$etc/keys" | cksum
	superuser "SELECT (SELECT count(*) FROM tenants), (SELECT count(*) FROM integrations),
		(SELECT count(*) FROM api_tokens),
		(SELECT rolpassword FROM pg_authid WHERE rolname = '$role')" "$database"
}
before=$(made)
setup --yes --database "dbname=$database"
check_is "run again: 0" "$CODE" 0
check_is "it keeps what is there" "$(grep -c '^kept' <<<"$OUT") $(grep -c '^made' <<<"$OUT")" "5 0"
check_is "and changes nothing" \
	"$(made)" \
		"$before"

setup --yes --database dbname=postgres
check_is "settings of another database: 1" "$CODE" 1
check_match "both are named" "$ERR" "is for the database $database, and --database names postgres"
check_is "where nothing was made" "$(superuser "SELECT to_regclass('raw_extraction_data') IS NULL")" t
setup --yes --database "dbname=$database" --role other
check_match "and those of another role" "$CODE $ERR" "^1 .*is for the role $role"

# -- it died on the way: the settings are there, the role is not
superuser "DROP DATABASE $database WITH (FORCE)"
superuser "DROP ROLE $role"
superuser "CREATE DATABASE $database OWNER pulse_etl_owner ENCODING 'UTF8' TEMPLATE template0"
setup --yes --database "dbname=$database"
check_is "what is missing is made, with the password of the settings" "$CODE" 0
check "the service logs in with it" ready
rm -r "$etc"
setup --yes --database "dbname=$database"
check_is "settings that are lost while the role is there: refused" "$CODE" 1
check_match "it says what to do" "$ERR" 'another password, set it, or choose another name'

# -- who may not make roles
superuser "CREATE ROLE $weak LOGIN PASSWORD 'weak'"
superuser "CREATE DATABASE ${database}_weak OWNER $weak ENCODING 'UTF8' TEMPLATE template0"
rm -rf "$etc"
superuser "DROP OWNED BY $role" "$database"
superuser "DROP ROLE $role"
PGUSER=$weak PGPASSWORD=weak PGPASSFILE=/dev/null setup --yes --database "dbname=${database}_weak"
check_is "who may not make roles: 1" "$CODE" 1
check_match "gets the SQL for who may" "$OUT" "CREATE ROLE $role LOGIN PASSWORD 'SCRAM-SHA-256"
check_fails "without a password in it" grep -qF "$(sed -n "s/.*password='\([0-9a-f]*\)'.*/\1/p" "$etc/etl.conf")" \
	<<<"$OUT"
sed -n '/^GRANT\|^CREATE ROLE/p' <<<"$OUT" >"$TMP/roles.sql"
PGUSER=postgres psql -qAtX -v ON_ERROR_STOP=1 -d "${database}_weak" -f "$TMP/roles.sql" >"$TMP/psql.out" 2>&1
PGUSER=$weak PGPASSWORD=weak PGPASSFILE=/dev/null setup --yes --database "dbname=${database}_weak"
check_is "once that was run, setup passes" "$CODE" 0

# -- root, of a machine with both servers: what applies the migrations is PostgreSQL's user, without root's groups
if [ "$(id -u)" = 0 ] && [ -x /var/run/postgresql ] && id postgres >/dev/null 2>&1; then
	mkdir -p "$TMP/bin"
	cp "$ETL_BUILD/pulse-etl" "$TMP/bin/"
	printf '#!/bin/sh\n{ id -u; id -g; id -G; id -ru; } >%s\n' "$TMP/ids" >"$TMP/bin/pulse-etl-migrate"
	chmod 755 "$TMP/bin" "$TMP/bin/pulse-etl-migrate" "$TMP"
	: >"$TMP/ids"
	chmod 666 "$TMP/ids"
	rm -rf "$etc"
	cp "$PGPASSFILE" "$TMP/server.pgpass"
	chown postgres "$TMP/server.pgpass"
	env -u ETL_CONFIG -u DATABASE_URL PGUSER=postgres PGPASSFILE="$TMP/server.pgpass" timeout 60 \
		"$TMP/bin/pulse-etl" setup --yes --broker "$broker" --broker-password-file "$TMP/broker.password" \
		--role "$role" --group "$(id -gn)" --folder "$etc" --run-folder "$TMP/run" >"$TMP/setup.out" \
		2>"$TMP/setup.err"
	check_is "migrations are applied by PostgreSQL's user" \
		"$(sed -n '1p;2p;4p' "$TMP/ids" | tr '\n' ' ')" \
		"$(id -u postgres) $(id -g postgres) $(id -u postgres) " || note_file "$TMP/setup.err"
	check_is "in its groups alone" "$(sed -n 3p "$TMP/ids" | tr ' ' '\n' | sort)" \
		"$(id -G postgres | tr ' ' '\n' | sort)"
	superuser "DROP DATABASE IF EXISTS pulse_etl WITH (FORCE)"
else
	skip "the user who applies the migrations" "this takes root, and PostgreSQL's user"
fi
undo
done_testing
