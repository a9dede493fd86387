#!/usr/bin/env bash
# What the broker does not let us do, named at start and in /health/ready: an
# alarm, no permission to configure; and what a URL of it may say.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
ETL_APP_POOL=2 app_up 'relay_min_age = 1' 'relay_interval = 300'

store_one() {
	request POST '/app/etl/raw-data/store?tenant_id=1' --data '{"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[{"id":"1","key":"P1","name":"P"}]}'
}
queued() { store_one; [ "$STATUS $(json .queued)" = "201 true" ]; }
unqueued() { sql "SELECT count(*) FROM raw_extraction_data WHERE queued_at IS NULL AND processing_status = 'pending'"; }
none_unqueued() { [ "$(unqueued)" = 0 ]; }

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
done_testing
