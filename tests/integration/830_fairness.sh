#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A tenant with many batches does not make another one wait: bulk queues.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
. "$(dirname "$0")/catalogue.sh"

# `bulk_backlog` is 10: from 10 pending batches on the first bulk queue, from 200
# one of the four others, by the tenant: of tenant 1 it is the third of all.
ETL_APP_POOL=1 app_up 'bulk_backlog = 10' 'relay_min_age = 1' 'relay_interval = 200' 'relay_batch = 50' \
	'relay_chores = 1' 'worker_attempts = 5'
second_tenant

many_stores() { # COUNT FIRST
	store_many "$1" "$2"
	check_is "$1 batches are stored, and queued at once" \
		"$(sort "$TMP/codes" | uniq -c | tr -s ' \n' ' ')" " $1 201 "
}
depths() { # FAMILY
	echo "$(queue_depth "$1") $(queue_depth "$1.bulk.1") $(queue_depth "$1.bulk.3")"
}

# -- which queue
many_stores 300 1
read -r main first second <<<"$(depths transform_queue)"
note "300 batches: $main on the main queue, $first and $second on the bulk queues"
check_is "each has one message" $((main + first + second)) 300
# Eight stores at once may pass before they are counted.
check "few are on the main queue" [ "$main" -ge 10 ] && [ "$main" -le 26 ]
check "more on the first bulk queue" [ "$first" -ge 150 ] && [ "$first" -le 260 ]
check "the rest on the third" [ "$second" -ge 40 ]
check_is "a message is just the id, wherever it is" \
	"$(queue_peek transform_queue.bulk.3 | jq -r '.[0].payload | fromjson | keys | join(" ")')" \
	"$(queue_peek transform_queue | jq -r '.[0].payload | fromjson | keys | join(" ")')"
request GET /app/etl/metrics
check "metrics tell of bulk queues" grep -q '^etl_queue_messages{queue="transform_queue.bulk.3"}' "$BODY"

# -- whose turn
printf '{"integration_id":1001,"entity_type":"jira_projects_batch","raw_data":[{"id":"1","key":"P","name":"P"}]}' \
	>"$TMP/batch"
as_tenant 2
for _ in 1 2 3; do
	api POST raw-data/store --data-binary "@$TMP/batch"
	check_is "another tenant's batch is stored and queued" "$STATUS $(json .queued)" "201 true"
done
as_tenant 1
stored=$SECONDS
check_is "on the main queue" "$(queue_depth transform_queue)" $((main + 3))
app start worker
done_of() { sql "SELECT count(*) FROM raw_extraction_data WHERE tenant_id = $1 AND processing_status = 'completed'"; }
others_done() { [ "$(done_of 2)" = 3 ]; }
check "the other tenant's three are completed" wait_until 60 others_done
done=$(sql "SELECT count(*) FROM raw_extraction_data WHERE tenant_id = 1
	AND processed_at < (SELECT max(processed_at) FROM raw_extraction_data WHERE tenant_id = 2)")
note "by then $done of the 300 were"
check "long before the 300 are" [ "$done" -lt 150 ]
all_completed() { sql_is 0 "SELECT count(*) FROM raw_extraction_data WHERE processing_status <> 'completed'"; }
check "all are, in the end" wait_until 120 all_completed
check "and loaded" wait_until 60 eval '[ "$(depths load_queue) $(depths transform_queue)" = "0 0 0 0 0 0" ]'
check_is "nothing is dead" "$(queue_depth transform_queue.dead) $(queue_depth load_queue.dead)" "0 0"

# -- a backlog that was worked off is no backlog
app stop worker
while [ $((SECONDS - stored)) -le 11 ]; do sleep 0.5; done
store_one
check_is "the tenant's next batch is on the main queue" "$(depths transform_queue)" "1 0 0"
queue_purge transform_queue
# shellcheck disable=SC2154 # the store above sets it
sql "DELETE FROM raw_extraction_data WHERE id = $id" >"$TMP/out"

# -- a bulk queue's message comes back to it, and is dead with the others
publish transform.retry.1 again '{"x-lane": 5}'
check "a retried message comes back to the queue it is of" wait_until 10 queue_has transform_queue.bulk.5 1
queue_purge transform_queue.bulk.5
publish transform.retry.1 again '{"x-lane": 77}'
check "one that names none comes to the main queue" wait_until 10 queue_has transform_queue 1
queue_purge transform_queue
publish load.bulk.1 '{"tenant_id":1,"integration_id":1,"raw_data_id":999999,"entity_type":"jira_projects_batch"}'
app start worker
check "what nobody can do is dead, in the one queue of the dead" wait_until 15 queue_has load_queue.dead 1
check_is "and says where it was" \
	"$(queue_peek load_queue.dead | jq -r '.[0].properties.headers["x-lane"]')" 1
app stop worker
check "it is requeued" "$ETL_BUILD/pulse-etl" --config "$ETL_APP/etl.conf" dead requeue --all load
check_is "to where it was" "$(depths load_queue)" "0 1 0"
queue_purge load_queue.bulk.1

# -- the relay, when nothing was queued: some of everybody's, in turn
app stop relay
sql "TRUNCATE raw_extraction_data CASCADE" >"$TMP/out"
sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items, raw_data_bytes,
	raw_data_sha256, created_at)
	SELECT CASE WHEN n <= 4000 THEN 1 ELSE 2 END, CASE WHEN n <= 4000 THEN 1 ELSE 1001 END,
		'jira_projects_batch', '[]', 0, 2, sha256('[]'), now() - interval '1 minute'
	FROM generate_series(1, 4005) AS n"
app start relay
check "all are queued" wait_until 120 all_queued
queued=$(sql "SELECT count(*) FROM raw_extraction_data WHERE tenant_id = 1
	AND queued_at < (SELECT max(queued_at) FROM raw_extraction_data WHERE tenant_id = 2)")
note "$queued of 4,000 were before the newest five, of another tenant"
check "the newest five long before most of the others" [ "$queued" -lt 2000 ]
read -r main first second <<<"$(depths transform_queue)"
check_is "each once" $((main + first + second)) 4005
check "most of them on the third bulk queue" [ "$second" -ge 3700 ]

# -- lost with a bulk queue: its batches are queued again from their rows
queue_delete transform_queue.bulk.3
lost_again() { [ "$(sql "SELECT count(*) FROM raw_extraction_data WHERE queued_at IS NULL")" = 0 ] &&
	[ "$(queue_depth transform_queue.bulk.3)" -ge 3700 ]; }
check "a bulk queue that is deleted is declared anew, and its batches have a message" wait_until 120 lost_again
app stop relay
# shellcheck disable=SC2154 # messages.sh has it
for name in "${transform_queues[@]}"; do queue_purge "$name"; done
sql "TRUNCATE raw_extraction_data CASCADE" >"$TMP/out"

# -- extractions
sql "INSERT INTO integrations (tenant_id, provider, type) SELECT 1, 'P' || n, 'data_source'
	FROM generate_series(1, 15) AS n;
	INSERT INTO extract_runs (tenant_id, integration_id, job_type, created_at)
	SELECT tenant_id, id, 'jira_sync', now() - interval '1 minute' FROM integrations
	WHERE (tenant_id = 1 AND provider LIKE 'P%') OR id = 1001 ORDER BY tenant_id, id"
app start relay
check "runs of one tenant go on to the bulk queue" wait_until 30 eval '[ "$(depths extract_queue)" = "11 5 0" ]'
check_is "the other one's is on the main queue" \
	"$(queue_peek extract_queue 20 | jq '[.[].payload | fromjson | select(.tenant_id == 2)] | length')" 1

# -- an older version has no bulk queues: a new program makes them at once
app stop relay
for family in extract transform load; do
	for n in 1 2 3 4 5; do queue_delete "${family}_queue.bulk.$n"; done
done
for name in etl.lanes etl.lanes.5; do mgmt DELETE "/api/exchanges/$ETL_VHOST/$name" >"$TMP/out"; done
app restart pool
check "without a relay a store is queued" wait_until 15 queued
check_is "they are there" "$(depths transform_queue)" "1 0 0"
done_testing
