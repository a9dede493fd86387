#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Two tenants with large backlogs have a bulk queue each, so that neither waits for all
# of the other's; and what becomes of this where a broker has the bulk queues of an older
# version only. make check-fair does so with 20,000 batches beside 2,000.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
. "$(dirname "$0")/catalogue.sh"
first=${FAIR_LARGE:-600}
second=${FAIR_SECOND:-100}
few=${FAIR_FEW:-2} # beyond 20 times as many a backlog is large

ETL_APP_POOL=1 app_up "bulk_backlog = $few" 'relay_min_age = 0' 'relay_interval = 200' 'relay_chores = 1'
second_tenant
insert() { # TENANT INTEGRATION COUNT
	sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items,
		raw_data_bytes, raw_data_sha256) SELECT $1, $2, 'jira_projects_batch',
		'[{\"id\":\"1\",\"key\":\"P\",\"name\":\"P\"}]', 1, 34, sha256(n::text::bytea)
		FROM generate_series(1, $3) AS n" >"$TMP/out"
}
done_of() { sql "SELECT count(*) FROM raw_extraction_data WHERE tenant_id = $1 AND processing_status = 'completed'"; }
have_done() { [ "$(done_of "$1")" -ge "$2" ]; }
# How many of the first tenant's were completed before so many of the second's.
before() { # COUNT
	sql "SELECT count(*) FROM raw_extraction_data WHERE tenant_id = 1 AND processed_at < (SELECT processed_at
		FROM raw_extraction_data WHERE tenant_id = 2 ORDER BY processed_at LIMIT 1 OFFSET $1 - 1)"
}
# When so many of a tenant's were, seconds after the first of all.
seconds() { # TENANT COUNT
	sql "SELECT round(extract(epoch FROM b.processed_at - (SELECT min(processed_at) FROM raw_extraction_data)), 1)
		FROM raw_extraction_data AS b WHERE tenant_id = $1 AND processed_at IS NOT NULL
		ORDER BY processed_at LIMIT 1 OFFSET $2 - 1"
}
# Whose messages are in a queue; "none" without the queue. Looking changes their order.
tenants_in() { # QUEUE
	queue_peek "$1" 100000 | jq -r 'if type == "array" then
		[.[].payload | fromjson.tenant_id] | unique | join(" ") else "none" end'
}

# -- who is in which queue
insert 1 1 "$first"
check "$first batches of one tenant are queued" wait_until 600 all_queued
insert 2 1001 "$second"
check "after them $second of another one" wait_until 600 all_queued
large=()
for n in 2 3 4 5; do
	depth=$(queue_depth "transform_queue.bulk.$n")
	large+=("${depth/none/0}")
done
note "on transform_queue.bulk.2 to .5: ${large[*]}"
check "the first one has a bulk queue of its own" [ "$((large[1] * 2))" -ge "$first" ]
check "so has the second" [ "$((large[2] * 2))" -ge "$second" ]
check_is "the others are for others" "${large[0]} ${large[3]}" "0 0"

# -- whose turn
ETL_APP_WORKERS=2 app start worker
check "the second tenant's are completed" wait_until 7200 have_done 2 "$second"
half=$(before $((second / 2)))
all=$(before "$second")
note "before half of the $second, $half of the $first were completed; before all of them $all"
note "half of the $second after $(seconds 2 $((second / 2))) s, all after $(seconds 2 "$second") s"
check "when half of the second tenant's are completed, most of the first one's are not" [ $((half * 2)) -lt "$first" ]
check "nor when all of them are" [ $((all * 2)) -lt "$first" ]
[ -z "${FAIR_LARGE-}" ] || { done_testing; exit; }
app stop worker
sql "TRUNCATE raw_extraction_data CASCADE" >"$TMP/out"
# shellcheck disable=SC2154 # messages.sh has it
for name in "${transform_queues[@]}" load_queue{,.bulk.{1..5}}; do queue_purge "$name"; done

# -- extractions
sql "INSERT INTO integrations (tenant_id, provider, type)
	SELECT tenant_id, 'P' || n, 'data_source' FROM generate_series(1, 205) AS n, (VALUES (1), (2)) AS t (tenant_id);
	INSERT INTO extract_runs (tenant_id, integration_id, job_type, created_at)
	SELECT tenant_id, id, 'jira_sync', now() - interval '1 minute' FROM integrations
	WHERE provider LIKE 'P%'" >"$TMP/out"
runs_queued() { sql_is 0 "SELECT count(*) FROM extract_runs WHERE queued_at IS NULL"; }
check "410 runs are queued" wait_until 120 runs_queued
for queue in 2: 3:1 4:2 5:; do
	check_is "in extract_queue.bulk.${queue%:*}" "$(tenants_in "extract_queue.bulk.${queue%:*}")" "${queue#*:}"
done
sql "TRUNCATE extract_runs CASCADE" >"$TMP/out"
for name in extract_queue{,.bulk.{1..5}}; do queue_purge "$name"; done

# -- the broker has the two bulk queues of an older version, and the user may not declare
permit() { # CONFIGURE
	mgmt PUT "/api/permissions/$ETL_VHOST/etl_user" \
		"{\"configure\":\"$1\",\"write\":\".*\",\"read\":\".*\"}" >"$TMP/out"
}
app stop relay
app stop pool
for family in extract transform load; do
	for n in 3 4 5; do queue_delete "${family}_queue.bulk.$n"; done
done
mgmt DELETE "/api/exchanges/$ETL_VHOST/etl.lanes.5" >"$TMP/out"
permit '^$'
insert 1 1 60
sql "UPDATE raw_extraction_data SET queued_at = now()" >"$TMP/out"
left=$(sql "SELECT max(id) FROM raw_extraction_data")
publish transform.bulk.2 "$(sql "SELECT jsonb_build_object('tenant_id', 1, 'integration_id', 1, 'raw_data_id', $left,
	'entity_type', 'jira_projects_batch')")"
app start relay
app start pool
for n in 1 2 3; do
	store "$(projects "$n" "$n")"
	check_is "store $n is queued at once" "$STATUS $(json .queued)" "201 true"
	check "in less than three seconds ($SECONDS_TAKEN)" awk "BEGIN { exit !($SECONDS_TAKEN < 3) }"
done
check "the log says what is missing" wait_until 10 \
	grep -q 'event=topology text="the user may not declare the queue extract_queue.bulk.3, wh' "$APP_LOGS/pool.log"
check "nothing is degraded" wait_until 15 ready_is '[]'
check_is "what an older version has queued is where it was" "$(queue_peek transform_queue.bulk.2 100 |
	jq "[.[].payload | fromjson | select(.raw_data_id == $left)] | length")" 1
check_is "and not queued again" "$(grep -c event=queued_again "$APP_LOGS/relay.log")" 0
insert 1 1 80
check "the relay queues a large backlog" wait_until 30 all_queued
check "on the second bulk queue" [ "$(queue_depth transform_queue.bulk.2)" -ge 30 ]
publish load.retry.1 '{"tenant_id":1,"integration_id":1,"raw_data_id":999999,"entity_type":"jira_projects_batch"}' \
	'{"x-lane": 5}'
check "a retried message of a bulk queue that is missing comes back to the last that is there" \
	wait_until 10 queue_has load_queue.bulk.2 1
queue_purge load_queue.bulk.2
ETL_APP_WORKERS=2 app start worker
row_done() { sql_is completed "SELECT processing_status FROM raw_extraction_data WHERE id = $left"; }
check "what an older version has queued is completed" wait_until 60 row_done
rest_done() { sql_is 59 "SELECT count(*) FROM raw_extraction_data WHERE processing_status <> 'completed'"; }
check "so is all that has a message" wait_until 60 rest_done

# -- the permission comes: workers take of the new queues, though they go on meanwhile
permit '.*'
app restart relay
consumers_are() { # QUEUE COUNT
	[ "$(queue_eval "$1" '{ok, _, N} = rabbit_amqqueue:stat(Q), N')" = "$2" ]
}
check "workers that were there take messages of the new queues" wait_until 30 consumers_are transform_queue.bulk.5 2
app restart pool
insert 1 1 80
check "a large backlog is queued" wait_until 30 all_queued
check "and completed" wait_until 60 rest_done
check_is "nothing was lost: no batch was queued again" "$(grep -c event=queued_again "$APP_LOGS/relay.log")" 0
done_testing
