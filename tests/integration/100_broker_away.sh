#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The broker is gone: stores go on, the relay queues them later.
. "$(dirname "$0")/lib.sh"
# Longer than by default: a store beside other work may take half a second.
app_up 'relay_min_age = 2' 'relay_interval = 500' 'rabbitmq_timeout = 2000'

store() {
	api POST raw-data/store -w '%{http_code} %{time_total}' \
		--data "{\"integration_id\":1,\"entity_type\":\"jira_issues_batch\",\"external_id\":\"$1\",
			\"raw_data\":[1]}"
}
store before
check_is "with the broker: 201" "$STATUS" 201
pool=$(pgrep -P "$(app_pid pool)" | sort | tr '\n' ' ')

app stop rabbitmq
slowest=0
for n in 1 2 3 4 5 6 7 8 9 10; do
	store "away_$n"
	check_is "store $n without the broker: 202" "$STATUS $(json .queued)" "202 false"
	slowest=$(printf '%s\n%s\n' "$slowest" "$SECONDS_TAKEN" | sort -g | tail -n 1)
done
check "none of them waits for it (slowest: $slowest)" awk "BEGIN { exit !($slowest < 1.9) }"
check_is "the rows wait" "$(sql "SELECT count(*) FROM raw_extraction_data
	WHERE queued_at IS NULL AND external_id LIKE 'away%'")" 10
request GET /app/etl/health/ready
check_is "it is still ready: 200" "$STATUS" 200
check "and says what is degraded" wait_until 10 ready_is '["broker"]'
check_is "no responder left for it" "$(pgrep -P "$(app_pid pool)" | sort | tr '\n' ' ')" "$pool"
api GET queues
check_is "queue statistics: 503" "$STATUS" 503
check_match "with Retry-After" "$(header Retry-After)" '^[0-9]+$'
app start rabbitmq
check "ten messages come after it is back" wait_until 60 queue_has transform_queue 11
check "all rows are marked" wait_until 20 sql_is 0 "SELECT count(*) FROM raw_extraction_data WHERE queued_at IS NULL"
check_is "each id once" "$(queue_take transform_queue 20 | jq -r .raw_data_id | sort -n | uniq -c |
	awk '$1 != 1' | wc -l)" 0
check "the responders are connected again" wait_until 30 ready_is '[]'
# Each responder connects by itself, after a pause of some seconds at most.
queued_at_once() { store after; [ "$STATUS $(json .queued)" = "201 true" ]; }
check "and stores are queued at once" wait_until 15 queued_at_once

# -- a broker that accepts and says nothing
app pause rabbitmq
store paused
check_is "a paused broker: 202" "$STATUS" 202
check "after waiting once ($SECONDS_TAKEN)" awk "BEGIN { exit !($SECONDS_TAKEN > 1.9 && $SECONDS_TAKEN < 3.8) }"
app resume rabbitmq
check "the relay or the broker has it in the end" \
	wait_until 60 sql_is 0 "SELECT count(*) FROM raw_extraction_data WHERE queued_at IS NULL"

# -- a memory alarm
queue_purge transform_queue
broker_alarm on
store alarm
check_is "a memory alarm: 202" "$STATUS" 202
broker_alarm off
check "queued after the alarm" wait_until 60 sql_is 0 "SELECT count(*) FROM raw_extraction_data WHERE queued_at IS NULL"

# -- the queue is deleted: the message comes back, the store says so
app stop relay # which might declare it before the store
queue_delete transform_queue
store unroutable
check_is "no queue: 202" "$STATUS" 202
app start relay
check "the relay declares the queue, and queues what waits for it" \
	wait_until 60 queue_ids_at_least \
	"$(sql "SELECT count(*) FROM raw_extraction_data WHERE processing_status = 'pending'")"

# -- the relay dies in the middle: again, never lost
app stop relay
app stop rabbitmq
for n in 1 2 3 4 5; do store "late_$n"; done
app start rabbitmq
app start relay
app kill relay
app start relay
check "killed and started again, it queues all" \
	wait_until 60 sql_is 0 "SELECT count(*) FROM raw_extraction_data WHERE queued_at IS NULL"
check "at least one message each" wait_until 10 queue_ids_at_least 6
done_testing
