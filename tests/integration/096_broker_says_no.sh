#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the broker does not let us do, named at start and in /health/ready: an
# alarm, no permission to configure, a policy that overrides what the queues say;
# and what a URL of it may say.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
ETL_APP_POOL=2 app_up 'relay_min_age = 1' 'relay_interval = 300'


# -- an alarm
check "before an alarm nothing is degraded" wait_until 15 ready_is '[]'
broker_eval 'rabbit_disk_monitor:set_disk_free_limit(99999999999999999)' >"$TMP/out"
check "an alarm: the broker is degraded" wait_until 10 ready_is '["broker"]'
check_match "with its reason" "$(json '.reasons[0]')" 'disk'
api GET queues
check_is "queues are counted all the same" "$STATUS" 200
app restart pool
check "it is named at start" wait_until 15 grep -q 'event=degraded what=broker text=".*disk' "$APP_LOGS/pool.log"
store_one
check_is "stores: 202" "$STATUS" 202
check "in less than three seconds ($SECONDS_TAKEN)" awk "BEGIN { exit !($SECONDS_TAKEN < 3) }"
broker_eval 'rabbit_disk_monitor:set_disk_free_limit(50000000)' >"$TMP/out"
check "it ends: nothing is degraded" wait_until 20 ready_is '[]'
check "and all is queued" wait_until 20 all_queued

# -- a user who may not declare
permit() { # CONFIGURE
	mgmt PUT "/api/permissions/$ETL_VHOST/etl_user" \
		"{\"configure\":\"$1\",\"write\":\".*\",\"read\":\".*\"}" >"$TMP/out"
}
permit '^$'
app restart pool
app restart relay
store "$(projects 50 50)"
check_is "without the permission to configure stores are queued" "$STATUS $(json .queued)" "201 true"
ETL_APP_WORKERS=1 app start worker
check "workers work" becomes completed 60
check "the relay works" wait_until 20 all_queued
check "nothing is degraded" wait_until 15 ready_is '[]'
app stop worker
queue_delete load_queue.dead
app restart relay
check "a missing queue that may not be declared is named at start" wait_until 15 \
	grep -q 'event=topology text="the user may not declare the queue load_queue.dead, which is missing: grant' \
	"$APP_LOGS/relay.log"
check "and in ready" wait_until 15 ready_is '["load_queue.dead"]'
permit '.*'
check "with the permission it is declared" wait_until 30 ready_is '[]'

# -- policies that override what the queues say
policy() { # NAME PATTERN DEFINITION
	mgmt PUT "/api/policies/$ETL_VHOST/$1" \
		"{\"pattern\":\"$2\",\"definition\":$3,\"apply-to\":\"queues\"}" >"$TMP/out"
}
policy early '^load_queue.retry' '{"message-ttl":1000,"dead-letter-strategy":"at-least-once"}'
policy few 'dead$' '{"delivery-limit":5}'
policy short '^extract_queue$' '{"max-length":1000000}'
in_force() { mgmt GET "/api/queues/$ETL_VHOST" | jq -e '[.[] | select(.policy) | .policy] | length == 8' >"$TMP/out"; }
check "policies are in force" wait_until 15 in_force
printf 'rabbitmq_management = %s\n' "$ETL_MGMT_URL" >>"$ETL_APP/extra.conf"
unset ETL_APP_CONF
app restart pool
app restart relay
check "a policy that overrides is named at start" wait_until 15 \
	grep -q 'event=degraded what=load_queue.retry.4 text=".*the policy early sets message-ttl to 1000' \
	"$APP_LOGS/pool.log"
check "by the relay, with what to do" \
	wait_until 15 grep -q 'event=queue_policy queue=load_queue.retry.4 text=.*advice="leave' "$APP_LOGS/relay.log"
harmed='["extract_queue.dead","transform_queue.dead","load_queue.retry.1","load_queue.retry.2",'
harmed+='"load_queue.retry.3","load_queue.retry.4","load_queue.dead"]'
check "and in ready: each queue that it harms" wait_until 15 ready_is "$harmed"
check_match "with the reason" \
	"$(json '.reasons | join("\n")')" 'transform_queue.dead: the policy few sets delivery-limit to 5'
queue_purge load_queue
publish load.retry.4 early
check "what it lets expire comes back early instead of being lost" wait_until 15 queue_has load_queue 1
for name in early few short; do mgmt DELETE "/api/policies/$ETL_VHOST/$name" >"$TMP/out"; done
check "without it nothing is degraded" wait_until 30 ready_is '[]'
queue_purge load_queue

# -- a URL with a query
url=$(sed -n 's/^rabbitmq_url = //p' "$ETL_APP/etl.conf")
settings_say() { # URL
	RABBITMQ_URL=$1 "$ETL_BUILD/pulse-etl-fcgi" --config "$ETL_APP/etl.conf" \
		--dump-settings >"$TMP/out" 2>"$TMP/err"
	echo $?
}
check_is "known parameters are read" \
	"$(settings_say "$url?heartbeat=5&connection_timeout=3000&frame_max=65536&channel_max=10")" 0
check_is "an unknown one is refused at start: 78" "$(settings_say "$url?prefetch=3")" 78
check_match "by name" "$(cat "$TMP/err")" 'no parameter prefetch'
check_is "so is a wrong value" "$(settings_say "$url?heartbeat=soon")" 78
check_is "and what is no URL" "$(settings_say "127.0.0.1")" 78
printf 'rabbitmq_url = %s?heartbeat=7\n' "$url" >>"$ETL_APP/extra.conf"
app restart pool
check "with a query it is connected" wait_until 15 queued
heartbeats() { mgmt GET "/api/vhosts/$ETL_VHOST/connections" | jq -r '[.[] | select(.timeout == 7)] | length'; }
some_seven() { [ "$(heartbeats)" -gt 0 ]; }
check "as the query says" wait_until 15 some_seven
done_testing
