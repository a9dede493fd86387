#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Bad days under a load of eight clients: nothing acknowledged is ever lost.
# FAULT_SECONDS is how long each lasts (make check-faults makes it longer),
# FAULT_ONLY a regular expression for some of them, FAULT_TABLE a file for the
# table at the end.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/ledger.sh"
. "$(dirname "$0")/invariants.sh"
seconds=${FAULT_SECONDS:-3}

# -- a build whose processes can be made to die at chosen places
ordinary=$ETL_BUILD
export ETL_BUILD=$ordinary-failpoints
check "there is a build with failpoints" env ETL_CONFIGURE="${ETL_CONFIGURE-} --enable-failpoints" \
	"$ETL_SOURCE/deploy/build"
ETL_APP_POOL=6 app_up 'relay_min_age = 1' 'relay_interval = 200' 'relay_chores = 1' 'relay_lost_age = 4' \
	'database_statement_timeout = 3000' 'database_lock_timeout = 2000' 'database_connect_timeout = 2' \
	'log_level = warn'
check "a build for users has none" sh -c "! grep -q ETL_FAILPOINT '$ordinary/pulse-etl-fcgi'"

responder() { responders | shuf -n 1; }
until_end() { # COMMAND…: again and again for the time of a case
	local ends=$((SECONDS + seconds))
	while [ $SECONDS -lt $ends ]; do "$@"; done
}
answers() { cut -f 1 "$TMP/ledger" | sort -u | tr '\n' ' '; }
fault() { # NAME COMMAND…
	local name=$1 ended queue
	shift
	[[ $name =~ ${FAULT_ONLY-} ]] || return 0
	sql "TRUNCATE raw_extraction_data CASCADE" >"$TMP/out"
	# shellcheck disable=SC2154 # messages.sh has it
	for queue in "${transform_queues[@]}"; do queue_purge "$queue"; done
	load_start "$name"
	sleep 0.5
	"$@"
	ended=$(date +%s.%N)
	wait_until 30 queued_since "$ended" || note "$name: no store was queued within 30 s"
	sleep 0.3
	ledger_check "$name" "$ended" "${messages-}"
	[ -n "${messages-}" ] || check_nothing_left "$name" no-workers
	check_match "$name: answers are 2xx or a clear error" "$(answers)" '^(20[012] |50[0234] |000 )+$'
	check "$name: all is well again" wait_until 30 well_again
}
# Messages that the broker did not take, of all processes: by this cause, or by
# any but its being away.
failed_messages() { # [CAUSE]
	request GET /app/etl/metrics
	grep '^etl_messages_failed_total{' "$BODY" | grep -e "${1:+cause=\"$1\"}" |
		{ [ -n "${1-}" ] && cat || grep -v away; } | awk '{ n += $2 } END { print n + 0 }'
}
# The counters of a fault have grown since the last call.
counted=0
grown() { # NAME
	local before=$counted
	counted=$(failed_messages)
	[[ ! $1 =~ ${FAULT_ONLY-} ]] || check "$1: what the broker did not take is counted ($before, $counted)" \
		[ "$counted" -gt "$before" ]
}
# What its answers must have been, where the fault shows in them.
answered() { # NAME REGEX TEXT
	[[ $1 =~ ${FAULT_ONLY-} ]] || return 0
	check_match "$1: $3" "$(answers)" "$2"
}
well_again() {
	api POST raw-data/store \
		--data '{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":[]}'
	[ "$STATUS $(json .queued)" = "201 true" ]
}

# -- responders
kill_responder() { kill -s KILL "$(responder)" 2>/dev/null; sleep 0.2; }
# In its long form a minute of this.
long=$((seconds >= 20 ? 60 : 2 * seconds))
seconds=$long fault kill_9 until_end kill_responder
# For the time of a case, and until a client has seen one die.
dies() {
	sleep "$seconds"
	wait_until 60 grep -qsE ' 502 [^ ]+$' "$TMP"/ledger.?
}
for point in committed published; do
	app stop pool
	export ETL_FAILPOINT=$point:20
	app start pool
	unset ETL_FAILPOINT
	fault "die_$point" dies
	answered "die_$point" 502 "some died there"
	app stop pool
	app start pool
done
roll() { app roll pool; }
fault roll until_end roll
answered roll '^201 $' "no request is lost"

# -- the broker
broker_for() { app "$1" rabbitmq; sleep "$seconds"; app "$2" rabbitmq; }
fault broker_stopped broker_for stop start
fault broker_killed broker_for kill start
fault broker_paused broker_for pause resume
alarm() { broker_alarm on; sleep "$seconds"; broker_alarm off; }
counted=$(failed_messages)
fault broker_alarm alarm
answered broker_alarm 202 "stores are answered 202"
grown broker_alarm
[[ ! broker_stopped =~ ${FAULT_ONLY-} ]] || check "broker_stopped: it is counted by its cause" \
	[ "$(failed_messages away)" -gt 0 ]
[[ ! broker_paused =~ ${FAULT_ONLY-} ]] || check "broker_paused: it is counted by its cause" \
	[ "$(failed_messages timeout)" -gt 0 ]
permit() { # WRITE
	mgmt PUT "/api/permissions/$ETL_VHOST/etl_user" \
		"{\"configure\":\".*\",\"write\":\"$1\",\"read\":\".*\"}" >"$TMP/out"
}
# An open channel remembers what it may do: it notices with the next one. Asked
# of the broker itself: the management interface may not know them all yet.
cut_all() {
	broker_eval "[rabbit_networking:close_connection(P, \"cut by a test\") ||
		[{pid, P}, {vhost, <<\"$ETL_VHOST\">>}] <- rabbit_networking:connection_info_all([pid, vhost])]" \
		>"$TMP/out"
	sleep 0.5
}
revoke() { permit '^$'; until_end cut_all; permit '.*'; }
# The management interface learns of a connection seconds later.
listed() {
	mgmt GET "/api/vhosts/$ETL_VHOST/connections" | jq -r '.[].name | @uri' >"$TMP/names" && [ -s "$TMP/names" ]
}
cut_connections() { # COUNT
	wait_until 10 listed
	shuf -n "$1" "$TMP/names" | while read -r name; do mgmt DELETE "/api/connections/$name" >"$TMP/out"; done
	sleep 0.2
}
fault permission_revoked revoke
answered permission_revoked 202 "stores are answered 202"
lost_before=$(grep -c event=mq_lost "$APP_LOGS/pool.log")
some_lost() { [ "$(grep -c event=mq_lost "$APP_LOGS/pool.log")" -gt "$lost_before" ]; }
# What is listed may be gone already: then once more.
cut_some() {
	until_end cut_connections 3
	wait_until 30 eval 'some_lost || { cut_connections 3; false; }'
}
fault connections_closed cut_some
[[ ! connections_closed =~ ${FAULT_ONLY-} ]] || check "connections_closed: the responders lost some" some_lost
# The messages that were in it are gone; the relay makes them anew once what
# is left has been worked off.
delete_queue() { queue_delete transform_queue; sleep "$seconds"; }
counted=$(failed_messages)
messages=missing fault queue_deleted delete_queue
grown queue_deleted
work_off() {
	local ids queue
	ids=$(for queue in "${transform_queues[@]}"; do queue_take "$queue" 10000; done |
		jq -r .raw_data_id | sort -u | paste -sd,)
	[ -z "$ids" ] || sql "UPDATE raw_extraction_data SET processing_status = 'completed'
		WHERE id IN ($ids)" >"$TMP/out"
	sql_is 0 "SELECT count(*) FROM raw_extraction_data WHERE processing_status = 'pending'"
}
[[ ! queue_deleted =~ ${FAULT_ONLY-} ]] ||
	check "queue_deleted: every batch is worked off" wait_until 60 work_off

# -- PostgreSQL
database_for() { app "$1" postgres; sleep "$seconds"; app "$2" postgres; }
fault database_stopped database_for stop start
fault database_killed database_for kill start
fault database_paused database_for pause resume
cut_backends() {
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pulse-etl-fcgi'
		ORDER BY random() LIMIT 2" >"$TMP/out"
	sleep 0.1
}
fault backends_terminated until_end cut_backends
crash() {
	kill -s KILL "$(pgrep -f "pulse-etl-fcgi|pulse_etl $ETL_DATABASE" -P "$(app_pid postgres)" |
		shuf -n 1)" 2>/dev/null
	sleep 1
}
fault backend_crashed until_end crash
read_only() { # on|off
	PGOPTIONS="${PGOPTIONS-} -c default_transaction_read_only=off" sql \
		"ALTER DATABASE \"$PGDATABASE\" SET default_transaction_read_only = $1" >"$TMP/out"
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE application_name LIKE 'pulse-etl-%'" >"$TMP/out"
}
standby() { read_only on; sleep "$seconds"; read_only off; }
fault read_only standby
answered read_only 503 "stores are answered 503"
connections() { # LIMIT
	super -c "ALTER DATABASE \"$PGDATABASE\" CONNECTION LIMIT $1" >"$TMP/out"
	super -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE application_name LIKE 'pulse-etl-%'" >"$TMP/out"
}
crowd() { connections 0; sleep "$seconds"; connections -1; }
fault too_many_connections crowd
answered too_many_connections 503 "stores are answered 503"

# -- a full disk: the table's tablespace is a small one in memory
fill() {
	head -c 100M /dev/zero >"$disk/filler" 2>/dev/null
	sleep "$seconds"
	rm "$disk/filler"
}
disk=$TMP/disk
mkdir "$disk"
if [[ ! disk_full =~ ${FAULT_ONLY-} ]]; then
	:
elif ! mount -t tmpfs -o size=32m,mode=700,uid="$(stat -c %u "$ETL_STACK/postgres")" tmpfs "$disk" 2>"$TMP/err"; then
	skip "disk_full" "a file system cannot be mounted here"
else
	trap 'umount -l "$disk"; clean_up' EXIT
	super -c "CREATE TABLESPACE $ETL_DATABASE LOCATION '$disk'" >"$TMP/out"
	super -c "ALTER TABLE raw_extraction_data SET TABLESPACE $ETL_DATABASE" >"$TMP/out"
	fault disk_full fill
	answered disk_full 503 "stores are answered 503"
	sql "ALTER TABLE raw_extraction_data SET TABLESPACE pg_default" >"$TMP/out"
	super -c "DROP TABLESPACE $ETL_DATABASE" >"$TMP/out"
	umount "$disk"
	trap clean_up EXIT
fi

# -- nginx and the relay
reload() { kill -s HUP "$(app_pid nginx)"; sleep 0.3; }
fault nginx_reloaded until_end reload
answered nginx_reloaded '^201 $' "no request is lost"
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
ledger_table
done_testing
