#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Logs as JSON, the trace of a request in its row, its messages, its jobs and
# all their lines, and settings that a HUP rereads.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"

ETL_APP_POOL=2 ETL_APP_WORKERS=1 app_up 'log_format = json' 'relay_min_age = 1' 'relay_interval = 300'

lines() { # LOG FILTER: of its lines those that fit, as compact JSON
	jq -c "select($2)" "$APP_LOGS/$1.log"
}
has_line() { # LOG FILTER
	[ -n "$(lines "$1" "$2" 2>&1)" ]
}

# -- one trace from the request to the load
trace_id=0af7651916cd43dd8448eb211c80319c
trace=00-$trace_id-b7ad6b7169203331-01
batch='{"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[{"id":"1","key":"P1","name":"P"}]}'
api POST raw-data/store -H "traceparent: $trace" -H 'X-Request-Id: mine' --data "$batch"
id=$(json .raw_data_id)
check_is "the answer says in which trace it is" "$STATUS $(header traceparent)" "201 $trace"
check_is "so does the row" "$(row traceparent)" "$trace"
api GET "raw-data/$id"
check_is "and what is read of it" "$(json .traceparent)" "$trace"
check_match "and the tool" "$(DATABASE_URL=$(sed -n 's/^database_url = //p' "$ETL_APP/etl.conf") \
	"$ETL_BUILD/pulse-etl" raw show --tenant 1 "$id" 2>&1)" "$trace"
check "the batch is transformed" becomes completed
check "the request's line is in it" wait_until 5 has_line pool \
	".event == \"request\" and .request_id == \"mine\" and .trace_id == \"$trace_id\""
check "so is the transform's" wait_until 5 has_line worker \
	".event == \"job\" and .queue == \"transform\" and .raw_data_id == $id and .trace_id == \"$trace_id\""
check "and the load's" wait_until 10 has_line worker \
	".event == \"job\" and .queue == \"load\" and .raw_data_id == $id and .trace_id == \"$trace_id\""

# -- what is no traceparent is none
for given in "$trace-more" "00-${trace_id^^}-b7ad6b7169203331-01" "ff${trace#00}" \
	"00-00000000000000000000000000000000-b7ad6b7169203331-01" "00-$trace_id-0000000000000000-01" nonsense; do
	api POST raw-data/store -H "traceparent: $given" --data "$batch"
	id=$(json .raw_data_id)
	check_match "$given: a trace of our own" "$STATUS $(header traceparent)" \
		'^201 00-[0-9a-f]{32}-[0-9a-f]{16}-00$'
	check_fails "and not that one" grep -q "$trace_id" <<<"$(header traceparent)"
done
check_is "it is the row's, too" "$(row traceparent)" "$(header traceparent)"
api POST raw-data/store -H "traceparent: cc-$trace_id-b7ad6b7169203331-03-later" --data "$batch"
check_is "a later version's is taken as ours" "$(header traceparent)" "$trace"
check_match "the database takes nothing else" \
	"$(sql "UPDATE raw_extraction_data SET traceparent = 'nonsense' WHERE id = $id" 2>&1)" 'check constraint'

# -- several stores together, each in its own trace
seq 8 | xargs -P 8 -I{} curl -sS -K "$ETL_CURLRC" -o /dev/null -H 'Content-Type: application/json' \
	-H "traceparent: 00-$trace_id-000000000000000{}-01" --data "$batch" \
	"$ETL_URL/app/etl/raw-data/store?tenant_id=1"
check_is "stores that came together keep their own" "$(sql "SELECT count(DISTINCT traceparent)
	FROM raw_extraction_data WHERE traceparent LIKE '00-$trace_id-000000000000000_-01'")" 8

# -- relay and requeue go on in the row's
check "there is nothing left to do" wait_until 20 all_done
app stop worker
sleep 0.5
queue_purge transform_queue
api POST "raw-data/$id/requeue"
own=$(row traceparent)
message_trace() { queue_peek transform_queue | jq -r '.[0].properties.headers.traceparent'; }
has_trace() { [ "$(message_trace)" = "$own" ]; }
check "a message of a requeue has the row's" wait_until 10 has_trace
queue_purge transform_queue
sql "UPDATE raw_extraction_data SET processing_status = 'pending', queued_at = NULL WHERE id = $id"
check "so has the relay's" wait_until 15 has_trace

# -- HUP
app start worker
hup() { # PART: to its processes
	case $1 in
	pool) "$ETL_BUILD/deploy/pulse-etl-roll" --reread "$(app_pid pool)" ;;
	worker) workers | xargs kill -s HUP ;;
	relay) pgrep -x pulse-etl-relay -P "$(app_pid relay)" | xargs kill -s HUP ;;
	esac
}
set_to() { # LINE: for the setting of its name
	sed -i "/^${1%% *} *=/d" "$ETL_APP/etl.conf"
	echo "$1" >>"$ETL_APP/etl.conf"
}
check "the worker is back" wait_until 10 becomes completed
before="$(responders | tr '\n' ' ')$(workers | tr '\n' ' ')"
set_to 'log_level = warn'
set_to 'max_members = 100'
set_to 'max_body = 2000000'
set_to 'worker_lock_timeout = 100'
set_to 'rabbitmq_heartbeat = 31'
for part in pool worker relay; do
	hup $part
	check "$part: HUP rereads the settings, and says which" wait_until 10 has_line $part '.event == "reread"
		and (.changed | split(" ") | contains(["max_members", "log_level", "max_body", "worker_lock_timeout"]))
		and .after_restart == "rabbitmq_heartbeat"'
done
for _ in 1 2 3 4; do request GET /app/etl/health -H 'X-Request-Id: unheard'; done
sleep 0.5
check_fails "the log's level is another" grep -q unheard "$APP_LOGS/pool.log"
many=$(jq -cn '[range(101)] | map({key: "k\(.)", value: 1}) | from_entries')
limited() {
	api POST raw-data/store --data "{\"integration_id\":1,\"entity_type\":\"x\",\"raw_data\":$many}"
	[ "$STATUS" = 422 ]
}
check "so is a limit, in each responder" limited
check "in the other, too" limited
head -c 2000000 /dev/zero | tr '\0' ' ' >"$TMP/large"
printf '%s' "$batch" >>"$TMP/large"
too_large() {
	api POST raw-data/store --data-binary "@$TMP/large"
	[ "$STATUS" = 413 ]
}
check "a body that is larger than the new max_body: 413" too_large
check "from each responder" too_large
lock_table projects
api POST raw-data/store --data "$batch"
id=$(json .raw_data_id)
check "a worker's session has its new limit of time" wait_until 15 has_line worker \
	".event == \"job\" and .raw_data_id == $id and (.text | test(\"lock timeout\"))"
let_go
check "the batch is done when the table is free" becomes completed 30
set_to 'max_members = much'
hup pool
check "of a wrong file one line says what is wrong" wait_until 10 has_line pool \
	'.level == "error" and .event == "reread" and (.text | test("max_members must be a whole number"))'
check "and the old values stay" limited
check_is "no process has ended" "$(responders | tr '\n' ' ')$(workers | tr '\n' ' ')" "$before"
set_to 'max_members = 4096'
set_to 'max_body = 67108864'
set_to 'log_format = logfmt'
set_to 'log_level = info'
hup pool
heard() {
	request GET /app/etl/health -H 'X-Request-Id: heard'
	grep -q '^20[^{]* info .* event=request request_id=heard trace_id=[0-9a-f]* ' "$APP_LOGS/pool.log"
}
check "mended, they are taken, the form of the log as well" wait_until 10 heard
stored() {
	api POST raw-data/store --data-binary "@$TMP/large"
	[ "$STATUS" = 201 ]
}
check "the large body is stored" stored
check "by each responder" stored

# -- every line of all of them was JSON until then
check_is "each line of the log is JSON" "$(cat "$APP_LOGS"/worker.log "$APP_LOGS"/relay.log |
	jq -c 'select((.time and .level and .program and .pid and .event) | not)' 2>&1)" ""
done_testing
