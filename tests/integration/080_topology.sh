#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The queues: declared as the contract says, again and again, and not at all over a stranger's.
. "$(dirname "$0")/lib.sh"
app_up 'relay_min_age = 1' 'relay_interval = 300'

are_declared() { [ "$(queues | jq '[.[].name != "etl.moving"] | length == 33 and all')" = true ]; }
check "33 queues are declared" wait_until 10 are_declared
check_is "all durable quorum queues" \
	"$(queues | jq -r '[.[] | .type + " " + (.durable | tostring)] | unique | join(",")')" "quorum true"
check_is "main queues have no expiry" \
	"$(queues | jq '[.[] | select(.name | endswith("_queue")) | .arguments | has("x-message-ttl")] | any')" false
check_is "what they give up goes to their dead-letter queue" \
	"$(queues | jq -r '.[] | select(.name == "transform_queue") |
		.arguments["x-dead-letter-exchange"] + " " + .arguments["x-dead-letter-routing-key"]')" \
	"etl.direct transform.dead"
check_is "nothing rests on the broker's own dead lettering at least once, even where a policy asks for it" \
	"$(queues | jq -r '[.[].arguments |
		if has("x-dead-letter-exchange") then .["x-dead-letter-strategy"] else empty end] | unique |
		@json')" '["at-most-once"]'
check_is "nor on its expiry" "$(queues | jq '[.[].arguments | has("x-message-ttl")] | any')" false
check_is "no look at retries and dead letters can use them up" \
	"$(queues | jq '[.[] | select(.name | test("retry|dead")) | .arguments["x-delivery-limit"]] | unique |
		@json' -r)" '[1000000000]'
check_is "what a policy lets expire in a retry queue goes back to its main queue" \
	"$(queues | jq -r '[.[] | select(.name | startswith("load_queue.retry")) |
		.arguments["x-dead-letter-routing-key"]] | unique | @json')" '["load"]'
check_is "what is beyond a policy's length is refused by each, not dropped" \
	"$(queues | jq -r '[.[].arguments["x-overflow"]] | unique | @json')" '["reject-publish"]'
check_is "the exchange is durable and direct" \
	"$(mgmt GET "/api/exchanges/$ETL_VHOST/etl.direct" | jq -r '.type + " " + (.durable | tostring)')" "direct true"
publish transform.retry.1 again
check "a retried message comes back to its queue" wait_until 8 queue_has transform_queue 1
publish load.retry.2 later "{\"x-since\":$(date +%s%3N)}"
began=$SECONDS
check "of the second it comes back later" wait_until 30 queue_has load_queue 1
check "after ten seconds ($((SECONDS - began)))" [ $((SECONDS - began)) -ge 8 ]
queue_purge load_queue
publish load.retry.1 kept
publish load.retry.4 later "{\"x-since\":$(date +%s%3N)}"
app kill relay
app start relay
check "the relay is killed and started: one comes back" wait_until 30 queue_has load_queue 1
check "the other is kept" wait_until 5 queue_has load_queue.retry.4 1
queue_purge load_queue
queue_purge transform_queue
publish transform.dead poison
check "a dead one stays where it is" wait_until 15 queue_has transform_queue.dead 1
app restart pool
check "a new pool declares them again without complaint" wait_until 20 ready_is '[]'

# -- a queue of another kind is there already
app_down
export ETL_APP_BEFORE=make_stranger
make_stranger() {
	mgmt PUT "/api/queues/$ETL_VHOST/transform_queue" \
		'{"durable":true,"arguments":{"x-queue-type":"classic"}}' >"$TMP/out"
}
app_up 'relay_min_age = 1' 'relay_interval = 300'
check "a mismatch is a clear error in the log" wait_until 10 grep -q 'event=topology.*transform_queue' \
	"$APP_LOGS/pool.log"
check "with what to do" grep -q 'advice=".*queue_type' "$APP_LOGS/pool.log"
connects() { grep -c event=mq_connected "$APP_LOGS/pool.log"; }
connects_before=$(connects)
sleep 2
check "it is looked at again in peace ($(($(connects) - connects_before)) connections in 2 s)" \
	[ $(($(connects) - connects_before)) -le 16 ]
api POST raw-data/store \
	--data '{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":[]}'
check_is "stores are kept: 202" "$STATUS" 202
check "and it is told" wait_until 10 ready_is '["broker"]'
queue_delete transform_queue
check "with the stranger gone, it is queued" wait_until 60 queue_has transform_queue 1
check "and nothing is degraded" wait_until 30 ready_is '[]'

# -- classic queues when the setting says so
app_down
unset ETL_APP_BEFORE
app_up 'queue_type = classic'
check "all are declared" wait_until 10 are_declared
check_is "all are classic" "$(queues | jq -r '[.[].type] | unique | join(",")')" classic
api POST raw-data/store \
	--data '{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":[]}'
check_is "and take messages" "$(json .queued)" true
done_testing
