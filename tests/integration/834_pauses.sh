#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Pausing a tenant or a queue: stores go on, nothing is begun, nobody is busy with
# it, and nothing is lost.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
. "$(dirname "$0")/catalogue.sh"

ETL_APP_POOL=2 app_up 'relay_min_age = 1' 'relay_interval = 200' 'relay_chores = 1'
second_tenant
printf '{"integration_id":1001,"entity_type":"jira_projects_batch","raw_data":[{"id":"1","key":"P","name":"P"}]}' \
	>"$TMP/other"
tool() { "$ETL_BUILD/pulse-etl" --config "$ETL_APP/etl.conf" "$@" >"$TMP/tool" 2>&1; }
count_is() { # WANT CONDITION
	sql_is "$1" "SELECT count(*) FROM raw_extraction_data WHERE $2"
}
metric_is() { # METRIC VALUE
	request GET /app/etl/metrics
	[ "$(awk -v name="$1" '$1 == name { print $2 }' "$BODY")" = "$2" ]
}
consumers_are() { # QUEUE COUNT
	[ "$(queue_eval "$1" '{ok, _, N} = rabbit_amqqueue:stat(Q), N')" = "$2" ]
}

# -- a tenant
app start worker
check "tenant pause" tool tenant pause 1
check "the same again" tool tenant pause 1
check_fails "of a tenant that is not there" tool tenant pause 4711
store_many 20
check_is "stores are accepted and queued" "$(sort "$TMP/codes" | uniq -c | tr -s ' \n' ' ')" " 20 201 "
check "workers let their messages go" wait_until 20 transform_has 0
check "each once" wait_until 10 metric_is 'etl_jobs_total{fate="parked"}' 20
# shellcheck disable=SC2154 # catalogue.sh has it
TENANT=2 TOKEN_FILE=$second_token api POST raw-data/store --data-binary "@$TMP/other"
check "another tenant's batch is completed" wait_until 20 count_is 1 "tenant_id = 2 AND processing_status = 'completed'"
check_is "none of the paused was begun" \
	"$(sql "SELECT count(*), sum(attempts), sum(interruptions) FROM raw_extraction_data
		WHERE tenant_id = 1 AND processing_status = 'pending'")" "20|0|0"
check_is "nothing is dead" "$(queue_depth transform_queue.dead)" 0
api GET raw-data/states
check_is "the tenant sees it" "$(json .paused)" true
check "so does who watches" wait_until 10 metric_is etl_tenants_paused 1
tool health
check "and who asks" grep -q '^tenant 1: is paused since ' "$TMP/tool"
tool doctor
check "doctor tells how it ends" grep -q 'pulse-etl tenant resume 1' "$TMP/tool"

# However old they are: the relay does not take them for lost.
sql "UPDATE raw_extraction_data SET queued_at = now() - interval '1 day' WHERE tenant_id = 1" >"$TMP/out"
app restart worker
app restart relay
store_one
check "a new one is let go, after a restart" wait_until 20 metric_is 'etl_jobs_total{fate="parked"}' 21
sleep 3
check "the others stay where they are" metric_is 'etl_jobs_total{fate="parked"}' 21
check "nor do they wait for a worker, says who watches" metric_is etl_oldest_pending_seconds 0.000
sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items, raw_data_bytes,
	raw_data_sha256, queued_at) SELECT 1, 1, 'many', '[]', 0, 2, sha256('[]'), now() - interval '1 day'
	FROM generate_series(1, 2100)" >"$TMP/out"
check "where there are many, they are seen" wait_until 10 metric_is 'etl_batches{status="pending"}' 2000
check "and do not wait for a worker either" metric_is etl_oldest_pending_seconds 0.000
sql "DELETE FROM raw_extraction_data WHERE entity_type = 'many'" >"$TMP/out"

# What was never queued is published once, and let go.
sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items, raw_data_bytes,
	raw_data_sha256, created_at) VALUES (1, 1, 'jira_projects_batch', '[]', 0, 2, sha256('[]'),
	now() - interval '1 minute')" >"$TMP/out"
check "so is one that the relay queues" wait_until 20 metric_is 'etl_jobs_total{fate="parked"}' 22

# Runs of extractions.
sql "INSERT INTO extract_runs (tenant_id, integration_id, job_type, created_at)
	SELECT tenant_id, id, 'jira_sync', now() - interval '1 minute' FROM integrations
	WHERE id IN (1, 1001)" >"$TMP/out"
check "a run of the other tenant is queued" wait_until 20 queue_has extract_queue 1
queue_purge extract_queue
publish extract "$(sql "SELECT jsonb_build_object('tenant_id', 1, 'integration_id', 1, 'job_type', 'jira_sync',
	'job_params', '{}'::jsonb, 'run_id', id) FROM extract_runs WHERE tenant_id = 1")"
app start extractor
check "the paused one's is let go" wait_until 30 queue_has extract_queue 0
check_is "and waits" "$(sql "SELECT state, queued_at IS NULL FROM extract_runs WHERE tenant_id = 1")" "queued|t"
app stop extractor

check "tenant resume" tool tenant resume 1
check "all are completed" wait_until 60 count_is 0 "processing_status <> 'completed'"
check_is "each with one attempt" \
	"$(sql "SELECT min(attempts), max(attempts), max(interruptions) FROM raw_extraction_data")" "1|1|0"
check "the run is queued" wait_until 20 queue_has extract_queue 1
check "the pause leaves nothing" wait_until 30 sql_is 0 "SELECT count(*) FROM tenant_pauses"
check_is "both are in the audit" "$(sql "SELECT string_agg(DISTINCT action, ' ') FROM audit_log
	WHERE action LIKE 'tenant.%'")" "tenant.pause tenant.resume"

# -- again and again, while batches come
done=$(sql "SELECT count(*) FROM raw_extraction_data")
for n in 1 2 3 4; do
	store_many 15 $((n * 100)) &
	api POST processing/pause
	check_is "a tenant pauses itself" "$STATUS $(json .success)" "200 true"
	sleep "0.$((RANDOM % 9))"
	api POST processing/resume
	check_is "and goes on" "$STATUS $(json .success)" "200 true"
	wait $!
done
check "all are completed" wait_until 60 count_is $((done + 60)) "processing_status = 'completed'"
TOKEN_FILE=$(token_file 1 writer) api POST processing/pause
check_is "a writer may not" "$STATUS" 403

# -- a queue
check "queue pause" tool queue pause transform
check_fails "of another queue" tool queue pause transform_queue.dead
check "workers leave it" wait_until 15 consumers_are transform_queue 0
check "and its bulk queues" wait_until 15 consumers_are transform_queue.bulk.1 0
store_one
check_is "a store is queued" "$STATUS $(json .queued)" "201 true"
app restart worker
check "a new worker is there" wait_until 20 consumers_are load_queue "$(nproc)"
sleep 1
check_is "it leaves it, too" "$(row processing_status) $(queue_depth transform_queue)" "pending 1"
check "it stays so for longer than consumers are counted" sleep 7
check_is "and nobody is taken for lost" "$(grep -c event=consumer_lost "$APP_LOGS"/worker*.log | awk -F: '{ n += $NF }
	END { print n }')" 0
request GET /app/etl/health/ready
check_is "health tells of it" "$STATUS $(json '.degraded | join(" ")')" "200 transform_queue"
check_match "and how it ends" "$(json '.reasons | join(" ")')" 'transform_queue: it is paused since .*resume'
check "metrics, too" metric_is 'etl_queue_paused{queue="transform_queue"}' 1
check "queue resume" tool queue resume transform_queue
check "the batch is completed" becomes completed
check "queue pause of loads" tool queue pause load
check "workers leave it" wait_until 15 consumers_are load_queue 0
store_one
check "what is transformed is completed" becomes completed
check "and its load waits" wait_until 5 queue_has load_queue 1
check "queue resume" tool queue resume load
check "it is loaded" wait_until 15 queue_has load_queue 0
done_testing
