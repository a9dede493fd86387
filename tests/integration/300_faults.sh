#!/usr/bin/env bash
# Bad days under a load of eight clients: nothing acknowledged is ever lost.
# FAULT_SECONDS is how long each lasts; make check-faults makes it longer.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/ledger.sh"
seconds=${FAULT_SECONDS:-3}

# -- a build whose processes can be made to die at chosen places
ordinary=$ETL_BUILD
export ETL_BUILD=$ordinary-failpoints
check "there is a build with failpoints" env ETL_CONFIGURE=--enable-failpoints "$ETL_SOURCE/deploy/build"
ETL_APP_POOL=6 app_up 'relay_min_age = 1' 'relay_interval = 200' 'relay_chores = 1' 'relay_lost_age = 4' \
	'database_statement_timeout = 3000' 'database_lock_timeout = 2000' 'database_connect_timeout = 2' 'log_level = warn'
check "a build for users has none" sh -c "! grep -q ETL_FAILPOINT '$ordinary/pulse-etl-fcgi'"

responder() { pgrep -P "$(app_pid pool)" -x pulse-etl-fcgi | shuf -n 1; }
until_end() { # COMMAND…: again and again for the time of a case
	local ends=$((SECONDS + seconds))
	while [ $SECONDS -lt $ends ]; do "$@"; done
}
answers() { cut -f 1 "$TMP/ledger" | sort -u | tr '\n' ' '; }
fault() { # NAME COMMAND…
	local name=$1
	shift
	sql "TRUNCATE raw_extraction_data CASCADE" >"$TMP/out"
	queue_purge transform_queue
	load_start "$name"
	sleep 0.5
	"$@"
	sleep 0.5
	ledger_check "$name" "${messages-}"
	check_match "$name: answers are 2xx or a clear error" "$(answers)" '^(20[012] |50[0234] |000 )+$'
	check "$name: all is well again" wait_until 30 well_again
}
well_again() {
	request POST '/app/etl/raw-data/store?tenant_id=1' --data '{"integration_id":1,"entity_type":"e","raw_data":[]}'
	[ "$STATUS $(json .queued)" = "201 true" ]
}

# -- responders
kill_responder() { kill -s KILL "$(responder)" 2>/dev/null; sleep 0.2; }
fault kill_9 until_end kill_responder
for point in committed published; do
	app stop pool
	export ETL_FAILPOINT=$point:20
	app start pool
	unset ETL_FAILPOINT
	fault "die_$point" sleep "$seconds"
	check_match "die_$point: some died there" "$(answers)" 502
	app stop pool
	app start pool
done
roll() { app roll pool; }
fault roll until_end roll
check_is "a rolling restart loses no request" "$(answers)" "201 "

# -- the broker
broker_for() { app "$1" rabbitmq; sleep "$seconds"; app "$2" rabbitmq; }
fault broker_stopped broker_for stop start
fault broker_killed broker_for kill start
fault broker_paused broker_for pause resume
alarm() { broker_alarm on; sleep "$seconds"; broker_alarm off; }
fault broker_alarm alarm
check_match "an alarm: stores are answered 202" "$(answers)" '202'
permit() { # WRITE
	mgmt PUT "/api/permissions/$ETL_VHOST/etl_user" "{\"configure\":\".*\",\"write\":\"$1\",\"read\":\".*\"}" >"$TMP/out"
}
revoke() { permit '^$'; sleep "$seconds"; permit '.*'; }
fault permission_revoked revoke
cut_connection() {
	mgmt GET /api/connections | jq -r '.[].name | @uri' | shuf -n 3 |
		while read -r name; do mgmt DELETE "/api/connections/$name" >"$TMP/out"; done
	sleep 0.2
}
fault connections_closed until_end cut_connection
# The messages that were in it are gone; the relay makes them anew once what
# is left has been worked off.
delete_queue() { queue_delete transform_queue; sleep "$seconds"; }
messages=missing fault queue_deleted delete_queue
work_off() {
	local ids
	ids=$(queue_take transform_queue 10000 | jq -r .raw_data_id | sort -u | paste -sd,)
	[ -z "$ids" ] || sql "UPDATE raw_extraction_data SET processing_status = 'completed' WHERE id IN ($ids)" >"$TMP/out"
	sql_is 0 "SELECT count(*) FROM raw_extraction_data WHERE processing_status = 'pending'"
}
check "queue_deleted: every batch is worked off" wait_until 60 work_off

# -- PostgreSQL
database_for() { app "$1" postgres; sleep "$seconds"; app "$2" postgres; }
fault database_stopped database_for stop start
fault database_killed database_for kill start
fault database_paused database_for pause resume
cut_backends() {
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pulse-etl-fcgi' ORDER BY random() LIMIT 2" >"$TMP/out"
	sleep 0.1
}
fault backends_terminated until_end cut_backends
crash() { kill -s KILL "$(pgrep -f "pulse-etl-fcgi|pulse_etl $ETL_DATABASE" -P "$(app_pid postgres)" | shuf -n 1)" 2>/dev/null; sleep 1; }
fault backend_crashed until_end crash
read_only() { # on|off
	PGOPTIONS='-c default_transaction_read_only=off' sql "ALTER DATABASE \"$PGDATABASE\" SET default_transaction_read_only = $1" >"$TMP/out"
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'pulse-etl-%'" >"$TMP/out"
}
standby() { read_only on; sleep "$seconds"; read_only off; }
fault read_only standby
unset PGOPTIONS

# -- nginx and the relay
reload() { kill -s HUP "$(app_pid nginx)"; sleep 0.3; }
fault nginx_reloaded until_end reload
check_is "a reload loses no request" "$(answers)" "201 "
app stop relay
export ETL_FAILPOINT=relayed:2
app start relay
unset ETL_FAILPOINT
fault relay_dies_mid_batch broker_for stop start
app restart relay

# -- the network between, cut in silence and with resets, by a proxy of our own
proxy() { # PORT TARGET
	setsid socat "TCP-LISTEN:$1,bind=127.0.0.1,fork,reuseaddr" "TCP:127.0.0.1:$2" 2>"$TMP/socat.err" &
	proxy_pids+=($!)
}
proxies() { local pid; for pid in "${proxy_pids[@]}"; do pgrep -g "$pid"; done; }
free_port() { local p; while :; do p=$((20000 + RANDOM % 12000)); [ -n "$(ss -Hltn "sport = :$p")" ] || break; done; echo "$p"; }
proxy_pids=()
broker_port=${ETL_AMQP_URL##*:}; broker_port=${broker_port%%/*}
service_url=$(sed -n 's/^database_url = //p' "$ETL_APP/etl.conf")
database_proxy=$(free_port) broker_proxy=$(free_port)
proxy "$database_proxy" "$PGPORT"
proxy "$broker_proxy" "$broker_port"
app stop pool
cat >>"$ETL_APP/extra.conf" <<-CONF
database_url = ${service_url/:$PGPORT\//:$database_proxy/}
rabbitmq_url = ${ETL_AMQP_URL/:$broker_port\//:$broker_proxy/}
CONF
unset ETL_APP_CONF
app start pool
silence() { proxies | xargs kill -s STOP; sleep "$seconds"; proxies | xargs kill -s CONT; }
fault network_silent silence
reset() { proxies | grep -vxF "$(printf '%s\n' "${proxy_pids[@]}")" | xargs -r kill -s KILL 2>/dev/null; sleep 0.3; }
fault network_reset until_end reset
kill -s TERM "${proxy_pids[@]}"
done_testing
