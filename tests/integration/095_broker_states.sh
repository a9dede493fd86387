#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A broker that answers and does not work: it is noticed, named, and mended.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
ETL_APP_POOL=2 app_up 'relay_min_age = 1' 'relay_interval = 300' 'queue_rebuild = 6' 'rabbitmq_heartbeat = 5'
log_start=$(($(stat -c %s "$ETL_STACK/logs/rabbitmq.log") + 1))

degraded_has() { # NAME
	request GET /app/etl/health/ready
	[ "$(json --arg name "$1" '.degraded | index($name) != null' 2>/dev/null ||
		json ".degraded | index(\"$1\") != null")" = true ]
}

# -- a limit that was reached and lifted
check "all is well at first" wait_until 15 ready_is '[]'
mgmt PUT "/api/policies/$ETL_VHOST/short" \
	'{"pattern":"^transform_queue$","definition":{"max-length":3,"overflow":"reject-publish"},
	"apply-to":"queues"}' >"$TMP/out"
refused() { store_one; [ "$STATUS" = 202 ]; }
check "beyond a limit of length stores are answered 202" wait_until 15 refused
check "the queue that refuses is named" wait_until 10 degraded_has transform_queue
check_match "with a reason" "$(json '.reasons | join(" ")')" 'transform_queue: it refuses'
check "the log says what to do" wait_until 15 grep -q 'event=queue_refuses queue=transform_queue advice=".*policy' \
	"$APP_LOGS/relay.log"
request GET /app/etl/metrics
check "nacks are counted by queue" \
	[ "$(awk '$1 == "etl_queue_nacks_total{queue=\"transform_queue\"}" { print $2 }' "$BODY")" -gt 0 ]
mgmt DELETE "/api/policies/$ETL_VHOST/short" >"$TMP/out"
queue_take transform_queue 100 >"$TMP/out"
check "the limit is lifted: what waited is queued" wait_until 15 all_queued
check "by each process" wait_until 15 eval 'queued && queued && queued && queued'
check "and nothing is degraded" wait_until 15 ready_is '[]'

# -- a queue whose process has ended
end_queue() { # NAME
	queue_eval "$1" 'ra:stop_server(quorum_queues, amqqueue:get_pid(Q))' >"$TMP/out"
}
# What the queue has before it ends is lost with it.
before=$(sql "SELECT count(*) FROM raw_extraction_data WHERE processing_status = 'pending'")
end_queue transform_queue
store_one
check_is "a queue without a process: 202" "$STATUS" 202
check "it is named" wait_until 10 degraded_has transform_queue
api GET queues
check_is "and not said to be empty" \
	"$(json '.queues[] | select(.name == "transform_queue") | .state + " " + (.message_count | tostring)')" \
	"unavailable null"
check_is "others are available" \
	"$(json '.queues[] | select(.name == "load_queue") | .state + " " + (.message_count | tostring)')" "available 0"
request GET /app/etl/metrics
check "a metric tells" grep -q '^etl_queue_up{queue="transform_queue"} 0$' "$BODY"
check "the log says what to do" wait_until 40 grep -q 'event=queue_down queue=transform_queue .*advice=' \
	"$APP_LOGS/relay.log"
check "the relay declares it anew" wait_until 40 grep -q 'event=queue_given_up queue=transform_queue' \
	"$APP_LOGS/relay.log"
check "and queues from the rows what was lost with it" wait_until 30 queue_ids_at_least $((before + 1))
check "nothing is degraded" wait_until 30 ready_is '[]'
end_queue load_queue.retry.1
check "a retry queue, too, is named" wait_until 10 degraded_has load_queue.retry.1
check "and declared anew" wait_until 60 ready_is '[]'

# -- a queue that was deleted: at once from the rows, relay_lost_age is 900 s
queue_delete transform_queue
check "a deleted queue is declared anew, and filled from the rows" wait_until 30 queue_ids_at_least $((before + 1))

# -- the connection that health/ready looks with
for _ in 1 2 3 4; do request GET /app/etl/health/ready; done
sleep 16 # three heartbeats
# The relay may have waited for a confirm of the queue that ended, for longer than two of them.
check_is "a look that nobody asks for again misses no heartbeat" \
	"$(tail -c "+$log_start" "$ETL_STACK/logs/rabbitmq.log" | grep -a -B 1 'missed heartbeats from client' |
		grep -c 'closing AMQP connection .* pulse-etl-fcgi')" 0
done_testing
