#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# PgBouncer as Debian ships it, but for the pool's mode: two tenants by turns on
# one pooled server session, prepared statements or not, a server that is not in
# UTC and has limits of its own.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
PATH=$PATH:/usr/sbin
command -v pgbouncer >/dev/null || skip_all "pgbouncer is missing: deploy/install-deps"

bouncer=$TMP/bouncer
mkdir -p "$bouncer"
[ "$(id -u)" != 0 ] || chown postgres: "$bouncer"
port=$(free_port)
bouncer_up() { # MODE SIZE: nothing in ignore_startup_parameters
	awk -F : '{ printf "\"%s\" \"%s\"\n", $4, $5 }' "$PGPASSFILE" >"$TMP/users"
	{
		echo '[databases]'
		echo "* = host=127.0.0.1 port=$PGPORT"
		echo '[pgbouncer]'
		echo "logfile = $bouncer/log"
		echo "pidfile = $bouncer/pid"
		echo 'listen_addr = 127.0.0.1'
		echo "listen_port = $port"
		echo "unix_socket_dir ="
		echo 'auth_type = scram-sha-256'
		echo "auth_file = $bouncer/users"
		echo "pool_mode = $1"
		echo "default_pool_size = $2"
	} >"$TMP/bouncer.ini"
	as_server tee "$bouncer/users" <"$TMP/users" >/dev/null
	as_server tee "$bouncer/ini" <"$TMP/bouncer.ini" >/dev/null
	(cd / && as_server pgbouncer -q -d "$bouncer/ini") >"$TMP/bouncer.out" 2>&1
	wait_until 10 eval "[ -n \"\$(ss -Hltn 'sport = :$port')\" ]"
}
bouncer_down() {
	local pid
	pid=$(cat "$bouncer/pid" 2>/dev/null) || return 0
	kill -s TERM "$pid" 2>/dev/null
	wait_until 10 eval "! kill -0 $pid 2>/dev/null"
}
trap 'bouncer_down; clean_up' EXIT
through() { # the responders, relay and workers by way of PgBouncer
	sed "s|@127.0.0.1:$PGPORT/|@127.0.0.1:$port/|" "$ETL_APP/etl.conf" | sed -n 's/^database_url = //p'
}
server_sessions() {
	super -c "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'pulse_etl'
		AND backend_type = 'client backend'"
}
# Tenant 1's batches have names one-…, tenant 2's two-…
hammer() { # TOKEN_FILE INTEGRATION NAME COUNT
	local n
	for ((n = 1; n <= $4; n++)); do
		curl -sS -g --noproxy '*' -K "$1" -H 'Content-Type: application/json' -o "$TMP/$3.body" \
			-w '%{http_code}\n' \
			--data "{\"integration_id\":$2,\"entity_type\":\"jira_projects_batch\",
				\"external_id\":\"$3-$n\",\"raw_data\":[{\"id\":\"$n\",\"key\":\"$3$n\",
				\"name\":\"x\"}]}" \
			"$ETL_URL/app/etl/raw-data/store"
		curl -sS -g --noproxy '*' -K "$1" "$ETL_URL/app/etl/raw-data?limit=50" |
			jq -r '.raw_data_records[]?.external_id' | sed 's/-.*//' | sort -u
	done >"$TMP/$3.seen" 2>&1
}

for case in 'session 4 on' 'session 4 off' 'transaction 1 on' 'transaction 1 off'; do
	read -r mode size prepared <<<"$case"
	name="$mode mode, prepared $prepared"
	unset ETL_APP_CONF
	[ "$mode" = transaction ] || export ETL_APP_POOL=2
	[ "$mode" = session ] || export ETL_APP_POOL=4
	app_up "database_prepared = $prepared" 'database_lock_timeout = 700' 'relay_min_age = 0' 'relay_interval = 500'
	bouncer_up "$mode" "$size" || note "$(cat "$TMP/bouncer.out")"
	super -c "ALTER DATABASE \"$PGDATABASE\" SET timezone = 'Asia/Kolkata'"
	sql "INSERT INTO tenants (id, name) VALUES (2, 'Other');
	     INSERT INTO integrations (id, tenant_id, provider, type) VALUES (20, 2, 'Jira', 'data_source')" >"$TMP/out"
	one=$(token_file 1 writer) two=$(token_file 2 writer)
	printf 'database_url = %s\n' "$(through)" >>"$ETL_APP/extra.conf"
	app restart pool
	app restart relay
	[ "$mode" = session ] || ETL_APP_WORKERS=2 app start worker
	check "$name: the service is ready" wait_until 20 ready_is '[]'
	hammer "$one" 1 one 20 &
	first=$!
	hammer "$two" 20 two 20
	wait $first
	check_is "$name: tenant 1 sees its own only" \
		"$(sort "$TMP/one.seen" | uniq -c | awk '{ print $2 ":" $1 }' | paste -sd ' ')" "201:20 one:20"
	check_is "$name: tenant 2 sees its own only" \
		"$(sort "$TMP/two.seen" | uniq -c | awk '{ print $2 ":" $1 }' | paste -sd ' ')" "201:20 two:20"
	[ "$mode" = session ] || check_is "$name: on one session of the server" "$(server_sessions)" 1
	[ "$mode" = session ] || check "$name: the workers complete all" wait_until 60 all_done
	check_is "$name: times are UTC" \
		"$(sql "SELECT bool_and(created_at BETWEEN (now() AT TIME ZONE 'UTC') - interval '5 minutes'
			AND (now() AT TIME ZONE 'UTC')
		AND COALESCE(queued_at, created_at) <= now() AT TIME ZONE 'UTC') FROM raw_extraction_data")" t
	# The limits are in force.
	(sql "BEGIN; LOCK TABLE raw_extraction_data IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(5);
		COMMIT" >"$TMP/lock") &
	wait_until 10 sql_is 1 "SELECT count(*) FROM pg_locks WHERE database = (SELECT oid FROM pg_database
		WHERE datname = current_database()) AND mode = 'AccessExclusiveLock' AND granted
		AND relation = 'raw_extraction_data'::regclass"
	TOKEN_FILE=$one request POST /app/etl/raw-data/store \
		--data '{"integration_id":1,"entity_type":"jira_projects_batch","external_id":"late","raw_data":[]}'
	check_is "$name: a lock is not waited for beyond lock_timeout" \
		"$STATUS $(awk "BEGIN { print ($SECONDS_TAKEN < 3.2) }")" "503 1"
	wait $!
	check_is "$name: and nothing is stored then" \
		"$(sql "SELECT count(*) FROM raw_extraction_data WHERE external_id = 'late'")" 0
	app_down
	bouncer_down
done
done_testing
