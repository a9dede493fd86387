#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Which alerts a failure raises: a real Prometheus scrapes the service by token
# and evaluates deploy/prometheus/rules.yml with its times shortened. Each
# failure must raise its own alerts and no other, and they must end with it.
# ALERTS_ONLY is a regular expression for some (make check-alerts: all of them),
# ALERTS_TABLE a file for the table.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
only=${ALERTS_ONLY-^(worker_stopped|dead_letter|pool_stopped)$}
seconds=${ALERTS_SECONDS:-3} # how long to look on once an alert is there
scrape=${ALERTS_SCRAPE:-1}   # a scrape of a broken server may take seconds
command -v prometheus >/dev/null || skip_all "prometheus is missing: deploy/install-deps"
(umask 077 && openssl rand -hex 32 >"$TMP/token")
ETL_APP_POOL=3 ETL_APP_WORKERS=1 app_up "metrics_token_file = $TMP/token" 'metrics_from = 192.0.2.1' \
	'relay_min_age = 1' 'relay_interval = 200' 'relay_timeout = 1000' 'database_connect_timeout = 2' \
	'database_statement_timeout = 2000' 'database_lock_timeout = 1000' \
	"queue_rebuild = $((12 * scrape))" 'log_level = warn'

# -- Prometheus: minutes become seconds
port=$(free_port)
mkdir -p "$TMP/prometheus"
sed -e "s/for: [0-9]*m\$/for: $((2 * scrape))s/" -e "s/\\[[0-9]*m\\]/[$((10 + 3 * scrape))s]/" \
	-e "s/> \\(300\\|1800\\|7200\\)\$/> $((10 + 3 * scrape))/" \
	"$ETL_SOURCE/deploy/prometheus/rules.yml" >"$TMP/prometheus/rules.yml"
sed -e 's/scrape_interval: .*/scrape_interval: '"$scrape"'s\n  evaluation_interval: 1s/' \
	-e "s/scrape_timeout: .*/scrape_timeout: ${scrape}s/" \
	-e "s|/etc/prometheus/pulse-etl.token|$TMP/token|" -e 's/scheme: https/scheme: http/' \
	-e "s|etl.example.org:443|${ETL_URL#http://}|" \
	"$ETL_SOURCE/deploy/prometheus/prometheus.yml" >"$TMP/prometheus/prometheus.yml"
prometheus --config.file="$TMP/prometheus/prometheus.yml" --storage.tsdb.path="$TMP/prometheus/data" \
	--web.listen-address="127.0.0.1:$port" --log.level=warn >"$TMP/prometheus/log" 2>&1 &
prometheus=$!
trap 'kill "$prometheus" "${load-$prometheus}" 2>/dev/null; wait; clean_up' EXIT

query() { # PROMQL JQ: what jq makes of the result
	curl -sS --noproxy '*' -m 10 "http://127.0.0.1:$port/api/v1/query" --data-urlencode "query=$1" \
		2>"$TMP/query.err" | jq -r ".data.result$2" 2>"$TMP/query.err"
}
# The alerts that fired within so many seconds, one line.
fired() { # SECONDS
	query "last_over_time(ALERTS{alertstate=\"firing\"}[${1}s])" \
		' | map(.metric.alertname) | unique | join(" ")'
}
firing() { query 'ALERTS{alertstate="firing"}' ' | map(.metric.alertname) | unique | join(" ")'; }
firing_is() { [ "$(firing)" = "$1" ]; }
# None fires or is about to, and so it stays: responders tell of the queues what
# they saw up to two seconds ago.
quiet() { [ -z "$(query ALERTS ' | map(.metric.alertname) | join(" ")')" ]; }
calm() { quiet && sleep 2.5 && quiet; }

if ! wait_until 20 eval '[ "$(query up "[0].value[1]")" = 1 ]'; then
	failed "Prometheus scrapes the service with its token"
	note_file "$TMP/prometheus/log"
	done_testing
fi
passed "Prometheus scrapes the service with its token"

# Some stores all the time, which the worker processes.
store_on() {
	while :; do
		store_one
		sleep 0.3
	done
}
BODY=$TMP/load.body HEADERS=$TMP/load.headers store_on >"$TMP/load.out" 2>&1 &
load=$!
sleep 3
check "all is well: no alert" wait_until 60 calm

# NAME, its alerts, how it begins, how it ends.
fault() { # NAME ALERTS BEGIN END
	local name=$1 want=$2 begin=$3 end=$4 began took
	[[ $name =~ $only ]] || return 0
	began=$SECONDS
	$begin
	if [ -n "$want" ]; then
		wait_until 120 firing_is "$want"
	else
		sleep $((6 * scrape))
	fi
	took=$((SECONDS - began))
	sleep "$seconds"
	check_is "$name raises ${want:-none}, and no other" "$(fired $((SECONDS - began - 1)))" "$want"
	printf '| `%s` | %s | %s |\n' "$name" "${want:-none}" "${want:+$took}" >>"$TMP/table"
	$end
	check "$name: the alert ends with it" wait_until 120 calm
	quiet || note "firing: $(firing)"
}
part() { app "$1" "$2"; }
nothing() { :; }

fault worker_stopped EtlNoWorkers "part stop worker" "part start worker"
dead_letter() { publish transform.dead '{"no":"job"}'; }
no_dead_letter() { queue_purge transform_queue.dead >"$TMP/out"; }
fault dead_letter EtlDeadLetters dead_letter no_dead_letter
fault pool_stopped EtlUnreachable "part stop pool" "part start pool"
fault nginx_stopped EtlUnreachable "part stop nginx" "part start nginx"
paused() { "$ETL_BUILD/pulse-etl" --config "$ETL_APP/etl.conf" queue "$1" transform >"$TMP/out"; }
fault queue_paused EtlPaused "paused pause" "paused resume"
fault relay_stopped EtlRelayStopped "part stop relay" "part start relay"

# -- what heals within seconds raises nothing
kill_one() { kill -s KILL "$(responders | shuf -n 1)"; }
fault kill_9 "" kill_one nothing
fault roll "" "app roll pool" nothing
reload() { kill -s HUP "$(app_pid nginx)"; }
fault nginx_reloaded "" reload nothing
cut_backends() { end_sessions pulse-etl-fcgi; }
fault backends_terminated "" cut_backends nothing
fault queue_deleted "" "queue_delete transform_queue" nothing

# -- the broker
broker_alarms() { broker_alarm "$1"; }
fault broker_alarm EtlBrokerRefuses "broker_alarms on" "broker_alarms off"
permit() { # WRITE
	mgmt PUT "/api/permissions/$ETL_VHOST/etl_user" \
		"{\"configure\":\".*\",\"write\":\"$1\",\"read\":\".*\"}" >"$TMP/out"
	broker_eval "[rabbit_networking:close_connection(P, \"cut by a test\") ||
		[{pid, P}, {vhost, <<\"$ETL_VHOST\">>}] <- rabbit_networking:connection_info_all([pid, vhost])]" \
		>"$TMP/out"
}
revoke() { permit '^$'; }
grant() { permit '.*'; }
fault permission_revoked EtlUnqueued revoke grant
limit() {
	mgmt PUT "/api/policies/$ETL_VHOST/short" '{"pattern":"^transform_queue$",
		"definition":{"max-length":1,"overflow":"reject-publish"},"apply-to":"queues"}' >"$TMP/out"
	part stop worker
}
no_limit() { mgmt DELETE "/api/policies/$ETL_VHOST/short" >"$TMP/out"; part start worker; }
fault queue_full "EtlNoWorkers EtlUnqueued" limit no_limit
end_queue() { queue_eval transform_queue 'ra:stop_server(quorum_queues, amqqueue:get_pid(Q))' >"$TMP/out"; }
# The relay gives it up after queue_rebuild, and declares it anew.
made_anew() {
	wait_until 120 sh -c "grep -q 'event=queue_given_up' '$APP_LOGS/relay.log'"
	wait_until 30 ready_is '[]'
}
fault queue_dead EtlQueueDown end_queue made_anew
fault broker_paused EtlBrokerUnreachable "part pause rabbitmq" "part resume rabbitmq"
fault broker_stopped EtlBrokerUnreachable "part stop rabbitmq" "part start rabbitmq"

# -- PostgreSQL
read_only() { # on|off
	super -c "ALTER DATABASE \"$PGDATABASE\" SET default_transaction_read_only = $1" >"$TMP/out"
	super -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE application_name LIKE 'pulse-etl-%' AND datname = '$PGDATABASE'" >"$TMP/out"
}
fault read_only EtlDatabaseReadOnly "read_only on" "read_only off"
connections() { # LIMIT
	super -c "ALTER DATABASE \"$PGDATABASE\" CONNECTION LIMIT $1" >"$TMP/out"
	super -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE application_name LIKE 'pulse-etl-%' AND datname = '$PGDATABASE'" >"$TMP/out"
}
fault too_many_connections EtlDatabaseUnreachable "connections 0" "connections -1"
fault database_stopped EtlDatabaseUnreachable "part stop postgres" "part start postgres"
fault database_paused EtlDatabaseUnreachable "part pause postgres" "part resume postgres"
disk=$TMP/disk
if [[ disk_full =~ $only ]]; then
	mkdir "$disk"
	if mount -t tmpfs -o size=32m,mode=700,uid="$(stat -c %u "$ETL_STACK/postgres")" tmpfs "$disk" \
		2>"$TMP/err"; then
		trap 'kill "$prometheus" "$load" 2>/dev/null; wait; umount -l "$disk"; clean_up' EXIT
		super -c "CREATE TABLESPACE $ETL_DATABASE LOCATION '$disk'" >"$TMP/out"
		super -c "ALTER TABLE raw_extraction_data SET TABLESPACE $ETL_DATABASE" >"$TMP/out"
		fill() { head -c 100M /dev/zero >"$disk/filler" 2>/dev/null; }
		fault disk_full EtlErrors fill "rm $disk/filler"
		sql "ALTER TABLE raw_extraction_data SET TABLESPACE pg_default" >"$TMP/out"
		super -c "DROP TABLESPACE $ETL_DATABASE" >"$TMP/out"
	else
		skip disk_full "a file system cannot be mounted here"
	fi
fi
sed 's/^/# /' "$TMP/table"
[ -z "${ALERTS_TABLE-}" ] || cp "$TMP/table" "$ALERTS_TABLE"
done_testing
