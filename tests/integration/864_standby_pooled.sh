#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Lists from a standby behind PgBouncer in transaction mode, with one session of the
# server for all responders: each list is a tenant's own, and has what was stored.
# shellcheck disable=SC2034,SC2154 # requests.sh and catalogue.sh have them
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/catalogue.sh"
. "$(dirname "$0")/standby.sh"
PATH=$PATH:/usr/sbin
command -v pgbouncer >/dev/null || skip_all "pgbouncer is missing: deploy/install-deps"
ETL_APP_POOL=3 app_up
second_tenant
check "a standby follows" standby_make one
trap 'bouncer_down; standby_end; clean_up' EXIT

bouncer=$TMP/bouncer
mkdir -p "$bouncer"
[ "$(id -u)" != 0 ] || chown postgres: "$bouncer"
port=$(free_port)
awk -F : '{ printf "\"%s\" \"%s\"\n", $4, $5 }' "$PGPASSFILE" | as_server tee "$bouncer/users" >"$TMP/out"
as_server tee "$bouncer/ini" >"$TMP/out" <<-INI
	[databases]
	* = host=127.0.0.1 port=$STANDBY_PORT
	[pgbouncer]
	logfile = $bouncer/log
	pidfile = $bouncer/pid
	listen_addr = 127.0.0.1
	listen_port = $port
	unix_socket_dir =
	auth_type = scram-sha-256
	auth_file = $bouncer/users
	pool_mode = transaction
	default_pool_size = 1
INI
(cd / && as_server pgbouncer -q -d "$bouncer/ini") >"$TMP/bouncer.out" 2>&1
bouncer_down() {
	local pid
	pid=$(cat "$bouncer/pid" 2>/dev/null) || return 0
	kill -s TERM "$pid" 2>/dev/null
	wait_until 10 eval "! kill -0 $pid 2>/dev/null"
}
check "PgBouncer listens" wait_until 10 eval "[ -n \"\$(ss -Hltn 'sport = :$port')\" ]"
unset ETL_APP_CONF
sed -n "s|^database_url = \(.*\)@127.0.0.1:[0-9]*/|database_read_url = \1@127.0.0.1:$port/|p" "$ETL_APP/etl.conf" \
	>>"$ETL_APP/extra.conf"
echo 'database_prepared = off' >>"$ETL_APP/extra.conf"
app restart pool

from_standby() {
	api GET projects
	request GET /app/etl/metrics
	[ "$(sed -n 's/^etl_reads_total{from="standby".*} //p' "$BODY")" -ge "$1" ]
}
check "lists come from the standby" wait_until 10 from_standby 1

# Each tenant renames its project and lists it, both at once.
hammer() { # TENANT TOKEN_FILE PROJECT
	local n
	TENANT=$1 TOKEN_FILE=$2
	for n in $(seq 20); do
		sql "UPDATE projects SET name = 'Of $1, $n' WHERE id = $3"
		api GET projects
		[ "$STATUS $(json "map(select(.id > 900).name) | join(\" \")")" = "200 Of $1, $n" ] ||
			echo "$n: $STATUS $(head -c 300 "$BODY")"
	done
}
sql "INSERT INTO projects (id, tenant_id, integration_id, key, name) VALUES (901, 1, 1, 'A', 'alpha')"
first=$(token_file 1 reader)
(BODY=$TMP/body.1 HEADERS=$TMP/headers.1 && hammer 1 "$first" 901 >"$TMP/one" 2>&1) &
hammer 2 "$second_token" 1001 >"$TMP/two" 2>&1
wait $!
check_is "tenant 1 sees its own project only, with its newest name" "$(cat "$TMP/one")" ""
check_is "tenant 2, too" "$(cat "$TMP/two")" ""
unset TOKEN_FILE
TENANT=1
check "most of these lists were the standby's" from_standby 30
check_is "on one session of the server" "$(standby_super one -c "SELECT count(*) FROM pg_stat_activity
	WHERE datname = '$PGDATABASE' AND usename = 'pulse_etl'")" 1
export PGPASSFILE=$TMP/standby.pgpass PGOPTIONS=
check_is "which keeps no tenant" "$(PGPORT=$port PGUSER=pulse_etl psql -qAtX -c \
	"SELECT current_setting('app.tenant_id', true) IN ('', '0')" 2>&1)" t
done_testing
