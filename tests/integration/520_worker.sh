#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Workers: from the id on the queue to the unified tables.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
id=
ETL_APP_POOL=2 app_up 'rabbitmq_heartbeat = 5' 'relay_min_age = 1'

before=$(sql "SELECT count(*) FROM projects")
store "$(projects 9001 9003)"
first=$id
check "without workers the message waits" wait_until 5 queue_has transform_queue 1
check_is "and the batch is pending" "$(row processing_status)" pending
check "workers start" env ETL_APP_WORKERS=2 "$ETL_SOURCE/deploy/stack" start worker
check "the batch is completed" becomes completed
check_is "its projects are there" "$(sql "SELECT count(*) - $before FROM projects")" 3
check_is "with their types" "$(sql "SELECT count(*) FROM wits WHERE external_id LIKE 't900_'")" 3
check_is "processed once, without errors" \
	"$(row "attempts || ' ' || (processed_at IS NOT NULL) || ' ' || (error_details IS NULL)")" "1 true true"
check "the load job follows" wait_until 5 logged "queue=load fate=done raw_data_id=$id "
check "both queues are empty" wait_until 5 queue_has load_queue 0
check_is "nothing is dead" "$(queue_depth transform_queue.dead) $(queue_depth load_queue.dead)" "0 0"

# -- the same message again
version=$(row xmin)
publish transform "$(message_of "$id")"
check "a duplicate is answered by another load job" wait_until 15 logged "queue=load fate=done raw_data_id=$id " 2
check_is "and changes nothing" "$(row xmin)" "$version"

# -- what cannot be read
store '[{"id":"9101","key":"P9101","name":"good"},{"name":"no id"},{"id":"9102","key":"P9102","name":"good, too"}]'
check "one bad item loses no other: completed" becomes completed
check_is "it is listed with its place" "$(row "error_details->'skipped'->0->>'index'")" 1
check_is "the others are there" "$(sql "SELECT count(*) FROM projects WHERE external_id IN ('9101', '9102')")" 2
api GET "raw-data/$id"
check_is "has_errors tells" "$(json .has_errors)" true
store '[{"name":"no id"}]'
check "a batch of which nothing can be read fails" becomes failed
check_is "with a message, attempt and time" \
	"$(row "(error_details->>'message' <> '') || ' ' || (error_details->>'attempt') || ' '
		|| ((error_details->>'at')::timestamptz <= now() + interval '1 minute')")" "true 1 true"
check "its message is dead" wait_until 5 queue_has transform_queue.dead 1
check_match "and says why" "$(queue_peek transform_queue.dead | jq -r '.[0].properties.headers["x-reason"]')" '.+'

# -- at work: others see it; TERM ends a worker after the job
lock_table projects
store "$(projects 9201 9201)"
check "while it runs it is processing" becomes processing
api GET "raw-data/$id"
check_is "and everybody sees it" "$(json '.processing_status + " " + (.attempts | tostring)')" "processing 1"
publish transform "$(message_of "$id")"
check "a second worker leaves it alone" wait_until 15 logged "fate=wait raw_data_id=$id "
check "TERM ends its statement" app stop worker
check_is "which gives the batch back" "$(row processing_status)" pending
let_go
wait
check "both messages come back" wait_until 15 queue_has transform_queue 2
app start worker
check "another worker completes it" becomes completed
check_is "what was ended was no attempt of it" "$(row "attempts - interruptions")" 1
check "its load job is done" wait_until 10 logged "queue=load fate=done raw_data_id=$id "
check "and all is settled" wait_until 10 queue_has transform_queue 0

# -- a statement longer than two heartbeats
lost() { grep -c 'event=mq_lost' "$APP_LOGS/worker.log"; }
lost_before=$(lost)
workers_before=$(workers | tr '\n' ' ')
lock_table projects
store "$(projects 9301 9301)"
check "it waits for the lock" becomes processing
sleep 17
let_go
wait
check "after 17 s with a heartbeat of 5 it is completed" becomes completed
check_is "no connection to the broker was lost" "$(lost)" "$lost_before"
check_is "no worker was replaced" "$(workers | tr '\n' ' ')" "$workers_before"
check "its message is acknowledged" wait_until 5 logged "queue=load fate=done raw_data_id=$id "

# -- the broker cancels consumers: their queues are deleted
queue_delete transform_queue
queue_delete load_queue
check "the workers declare the queues again" wait_until 15 queue_has load_queue 0
store "$(projects 9401 9401)"
check "and go on" becomes completed 20
check "with the load job, too" wait_until 10 logged "queue=load fate=done raw_data_id=$id "

# -- many, and a large one
jq -c '[range(3000) | {id: "7\(.)", key: "L\(.)", name: "Large", description: ("x" * 1200),
	issueTypes: [{id: "t1", name: "Task"}]}]' -n >"$TMP/large"
store "$(cat "$TMP/large")"
check_is "a batch of $(wc -c <"$TMP/large") bytes is stored" "$STATUS" 201
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do store "$(projects 9500 $((9500 + n)))"; done
check "twenty batches and a large one are completed" wait_until 30 sql_is 0 \
	"SELECT count(*) FROM raw_extraction_data WHERE processing_status NOT IN ('completed', 'failed')"
check_is "its projects are there" "$(sql "SELECT count(*) FROM projects WHERE key LIKE 'L%'")" 3000
largest=$(workers | xargs -I{} sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' /proc/{}/status | sort -n | tail -n 1)
if is_sanitized; then
	skip "memory" "the sanitizers need their own"
else
	check "no worker ever had 30 MB ($largest kB)" [ "$largest" -lt 30720 ]
fi
request GET /app/etl/metrics
counted=$(awk '$1 == "etl_jobs_total{fate=\"transformed\"}" { print $2 }' "$BODY")
check "jobs are counted ($counted)" [ "${counted:-0}" -ge 21 ]
check_is "the first batch is what it was" "$(id=$first row processing_status)" completed
done_testing
