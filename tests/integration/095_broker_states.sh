#!/usr/bin/env bash
# A broker that answers and does not work: it is noticed, named, and mended.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
id=
ETL_APP_POOL=2 app_up 'relay_min_age = 1' 'relay_interval = 300' 'queue_rebuild = 6'

store_one() {
	request POST '/app/etl/raw-data/store?tenant_id=1' --data '{"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[{"id":"1","key":"P1","name":"P"}]}'
}
queued() { store_one; [ "$STATUS $(json .queued)" = "201 true" ]; }
unqueued() { sql "SELECT count(*) FROM raw_extraction_data WHERE queued_at IS NULL AND processing_status = 'pending'"; }
none_unqueued() { [ "$(unqueued)" = 0 ]; }
degraded_has() { # NAME
	request GET /app/etl/health/ready
	[ "$(json --arg name "$1" '.degraded | index($name) != null' 2>/dev/null || json ".degraded | index(\"$1\") != null")" = true ]
}

# -- a limit that was reached and lifted
check "all is well at first" wait_until 15 ready_is '[]'
mgmt PUT "/api/policies/$ETL_VHOST/short" '{"pattern":"^transform_queue$","definition":{"max-length":3,"overflow":"reject-publish"},"apply-to":"queues"}' >"$TMP/out"
for _ in 1 2 3 4 5 6 7 8; do store_one; done
check_is "beyond a limit of length stores are answered 202" "$STATUS" 202
check "the queue that refuses is named" wait_until 10 degraded_has transform_queue
check_match "with a reason" "$(json '.reasons | join(" ")')" 'transform_queue: it refuses'
check "the log says what to do" wait_until 15 grep -q 'event=queue_refuses queue=transform_queue advice=".*policy' "$APP_LOGS/relay.log"
request GET /app/etl/metrics
check "nacks are counted by queue" [ "$(awk '$1 == "etl_queue_nacks_total{queue=\"transform_queue\"}" { print $2 }' "$BODY")" -gt 0 ]
mgmt DELETE "/api/policies/$ETL_VHOST/short" >"$TMP/out"
queue_take transform_queue 100 >"$TMP/out"
check "the limit is lifted: what waited is queued" wait_until 15 none_unqueued
check "by each process" wait_until 15 eval 'queued && queued && queued && queued'
check "and nothing is degraded" wait_until 15 ready_is '[]'

# -- a queue whose process has ended
end_queue() { # NAME
	stack broker-eval "case rabbit_amqqueue:lookup(rabbit_misc:r(<<\"$ETL_VHOST\">>, queue, <<\"$1\">>)) of {ok, Q} -> ra:stop_server(quorum_queues, amqqueue:get_pid(Q)) end." >"$TMP/out"
}
# What the queue has before it ends is lost with it.
before=$(sql "SELECT count(*) FROM raw_extraction_data WHERE processing_status = 'pending'")
end_queue transform_queue
store_one
check_is "a queue without a process: 202" "$STATUS" 202
check "it is named" wait_until 10 degraded_has transform_queue
request GET '/app/etl/queues?tenant_id=1'
check_is "and not said to be empty" "$(json '.queues[] | select(.name == "transform_queue") | .state + " " + (.message_count | tostring)')" "unavailable null"
check_is "others are available" "$(json '.queues[] | select(.name == "load_queue") | .state + " " + (.message_count | tostring)')" "available 0"
request GET /app/etl/metrics
check "a metric tells" grep -q '^etl_queue_up{queue="transform_queue"} 0$' "$BODY"
check "the log says what to do" wait_until 20 grep -q 'event=queue_down queue=transform_queue .*advice=' "$APP_LOGS/relay.log"
check "the relay declares it anew" wait_until 40 grep -q 'event=queue_given_up queue=transform_queue' "$APP_LOGS/relay.log"
check "and queues from the rows what was lost with it" wait_until 30 queue_ids_at_least $((before + 1))
check "nothing is degraded" wait_until 30 ready_is '[]'
end_queue load_queue.retry.1
check "a retry queue, too, is named" wait_until 10 degraded_has load_queue.retry.1
check "and declared anew" wait_until 60 ready_is '[]'

# -- a queue that was deleted: at once from the rows, relay_lost_age is 900 s
queue_delete transform_queue
check "a deleted queue is declared anew, and filled from the rows" wait_until 30 queue_ids_at_least $((before + 1))

# -- an alarm
check "before an alarm nothing is degraded" wait_until 15 ready_is '[]'
stack broker-eval 'rabbit_disk_monitor:set_disk_free_limit(99999999999999999).' >"$TMP/out"
check "an alarm: the broker is degraded" wait_until 10 ready_is '["broker"]'
check_match "with its reason" "$(json '.reasons[0]')" 'disk'
request GET '/app/etl/queues?tenant_id=1'
check_is "queues are counted all the same" "$STATUS" 200
app restart pool
check "it is named at start" wait_until 15 grep -q 'event=degraded what=broker text=".*disk' "$APP_LOGS/pool.log"
store_one
check_is "stores: 202" "$STATUS" 202
check "in less than three seconds ($SECONDS_TAKEN)" awk "BEGIN { exit !($SECONDS_TAKEN < 3) }"
stack broker-eval 'rabbit_disk_monitor:set_disk_free_limit(50000000).' >"$TMP/out"
check "it ends: nothing is degraded" wait_until 20 ready_is '[]'
check "and all is queued" wait_until 20 none_unqueued

# -- a user who may not declare
permit() { # CONFIGURE
	mgmt PUT "/api/permissions/$ETL_VHOST/etl_user" "{\"configure\":\"$1\",\"write\":\".*\",\"read\":\".*\"}" >"$TMP/out"
}
permit '^$'
app restart pool
app restart relay
store "$(projects 50 50)"
check_is "without the permission to configure stores are queued" "$STATUS $(json .queued)" "201 true"
ETL_APP_WORKERS=1 app start worker
check "workers work" becomes completed 60
check "the relay works" wait_until 20 none_unqueued
check "nothing is degraded" wait_until 15 ready_is '[]'
app stop worker
queue_delete load_queue.dead
app restart relay
check "a missing queue that may not be declared is named at start" wait_until 15 \
	grep -q 'event=topology text="the user may not declare the queue load_queue.dead, which is missing: grant' "$APP_LOGS/relay.log"
permit '.*'
check "with the permission it is declared" wait_until 30 ready_is '[]'

# -- a URL with a query
url=$(sed -n 's/^rabbitmq_url = //p' "$ETL_APP/etl.conf")
settings_say() { # URL
	RABBITMQ_URL=$1 "$ETL_BUILD/pulse-etl-fcgi" --config "$ETL_APP/etl.conf" --dump-settings >"$TMP/out" 2>"$TMP/err"
	echo $?
}
check_is "known parameters are read" "$(settings_say "$url?heartbeat=5&connection_timeout=3000&frame_max=65536&channel_max=10")" 0
check_is "an unknown one is refused at start: 78" "$(settings_say "$url?prefetch=3")" 78
check_match "by name" "$(cat "$TMP/err")" 'no parameter prefetch'
check_is "so is a wrong value" "$(settings_say "$url?heartbeat=soon")" 78
check_is "and what is no URL" "$(settings_say "127.0.0.1")" 78
printf 'rabbitmq_url = %s?heartbeat=7\n' "$url" >>"$ETL_APP/extra.conf"
unset ETL_APP_CONF
app restart pool
check "with a query it is connected" wait_until 15 queued
heartbeats() { mgmt GET "/api/vhosts/$ETL_VHOST/connections" | jq -r '[.[] | select(.timeout == 7)] | length'; }
some_seven() { [ "$(heartbeats)" -gt 0 ]; }
check "as the query says" wait_until 15 some_seven

# -- looking at dead letters changes nothing
for n in 1 2 3 4 5; do publish transform.dead "{\"tenant_id\":1,\"integration_id\":1,\"raw_data_id\":$n,\"entity_type\":\"jira_projects_batch\"}"; done
check "five are dead" wait_until 10 queue_has transform_queue.dead 5
export ETL_CONFIG=$ETL_APP/etl.conf
"$ETL_BUILD/pulse-etl" dead list transform >"$TMP/first"
looks=0
for ((n = 0; n < ${DEAD_LOOKS:-1000}; n++)); do
	"$ETL_BUILD/pulse-etl" dead list transform >"$TMP/last" 2>"$TMP/err" && looks=$((looks + 1))
done
check_is "they are looked at again and again" "$looks" "${DEAD_LOOKS:-1000}"
check_is "the last look shows what the first did" "$(cat "$TMP/last")" "$(cat "$TMP/first")"
check "they are all there" wait_until 10 queue_has transform_queue.dead 5
done_testing
