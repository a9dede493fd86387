#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Dead messages by HTTP: a tenant sees its own, with their reason, and puts them back:
# batches are processed again, other jobs go on as they were.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
. "$(dirname "$0")/catalogue.sh"
ETL_APP_POOL=1 app_up 'relay_interval = 300'
second_tenant
keep() { # TYPE: a batch that failed, and its message that is dead; sets id
	id=$(sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items,
		raw_data_bytes, raw_data_sha256, processing_status, processed_at, queued_at, error_details)
		VALUES (${2-1}, ${3-1}, '$1', '[]', 0, 2, sha256('[]'), 'failed', now(), now(),
		'{\"message\": \"before\"}') RETURNING id")
	message=$(jq -nc --argjson id "$id" --arg type "$1" --argjson tenant "${2-1}" --argjson source "${3-1}" \
		'{tenant_id: $tenant, integration_id: $source, raw_data_id: $id, entity_type: $type}')
	publish transform.dead "$message" "{\"x-reason\": \"of $1\"}"
}
states() { sql "SELECT string_agg(processing_status, ' ' ORDER BY id) FROM raw_extraction_data"; }
dead() { api GET "dead-letters?queue=$1${2-}"; }
requeue() { api POST dead-letters/requeue --data "$1"; }
settled() { wait_until 10 queue_has "$1_queue.dead" "$2"; }

keep jira_projects_batch
first=$id
keep jira_issues_batch
second=$id
keep jira_issues_batch 2 1001
publish transform.dead '{"no": "job"}'
check "four are dead" settled transform 4

# -- looking
dead transform
check_json "a tenant sees its own, and why they died" \
	"$(answer '[.is_whole, (.dead_letters | map([.raw_data_id, .integration_id, .type, .run_id, .reason]))]')" \
	"[true, [[$first, 1, \"jira_projects_batch\", null, \"of jira_projects_batch\"],
	[$second, 1, \"jira_issues_batch\", null, \"of jira_issues_batch\"]]]"
check "they are back" settled transform 4
dead transform '&limit=1'
check_is "as many as are asked for, and whether there are more" "$(answer '[(.dead_letters | length), .is_whole]')" \
	'[1,false]'
settled transform 4
dead load
check_is "a queue without any" "$STATUS $(answer)" '200 {"dead_letters":[],"is_whole":true}'
dead nothing
check_is "a queue that there is not" "$STATUS $(json '.errors[0].loc[1]')" "400 queue"

# -- putting back
requeue '{"queue": "transform"}'
check_is "without a filter it takes all to be said" "$STATUS $(json '.errors[0].loc[1]')" "422 all"
requeue '{"queue": "transform", "all": true, "dry_run": true}'
check_is "a dry run counts" "$STATUS $(answer '[.found, .requeued]') $(states)" "200 [2,0] failed failed failed"
settled transform 4
requeue '{"queue": "transform", "entity_type": "jira_issues_batch"}'
check_is "those of a type" "$STATUS $(answer '[.requeued, .queued]') $(states)" "200 [1,1] failed pending failed"
check "their message is gone, no other's" settled transform 3
# The relay may have published it as well.
check_is "the batch is queued, and its error is history" \
	"$(queue_take transform_queue 5 | jq -c .raw_data_id | sort -u) $(sql \
	"SELECT error_details->'earlier'->0->>'message' FROM raw_extraction_data WHERE id = $second")" "$second before"
sql "UPDATE raw_extraction_data SET processing_status = 'processing' WHERE id = $first"
requeue "{\"queue\": \"transform\", \"raw_data_id\": $first}"
check_is "one that is being processed keeps its message" "$STATUS $(json .requeued)" "200 0"
check "it is there still" settled transform 3
sql "UPDATE raw_extraction_data SET processing_status = 'failed' WHERE id = $first"
requeue '{"queue": "transform", "all": true}'
check_is "all are the tenant's own" "$STATUS $(json .requeued) $(states)" "200 1 pending pending failed"
check "those of others stay" settled transform 2
publish load.dead "$(message_of "$first")"
publish load.dead '{"tenant_id":2,"integration_id":1001,"raw_data_id":1,"entity_type":"jira_issues_batch"}'
settled load 2
requeue '{"queue": "load", "all": true}'
check_is "a load goes on as it was" "$STATUS $(answer '[.found, .requeued]') $(queue_take load_queue 2)" \
	"200 [1,1] $(message_of "$first")"
check "another tenant's stays" settled load 1
extract='{"tenant_id":1,"integration_id":1,"job_type":"jira_sync","job_params":{},"run_id":7}'
publish extract.dead "$extract"
settled extract 1
dead extract
check_is "an extraction has its run" "$(answer '.dead_letters | map([.run_id, .raw_data_id, .type])')" \
	'[[7,null,"jira_sync"]]'
settled extract 1
requeue '{"queue": "extract", "all": true}'
check_is "and goes on" "$STATUS $(queue_take extract_queue 1 | jq -c .run_id)" "200 7"
requeue '{"queue": "extract", "all": true}'
check_is "where none is left, that is said" "$STATUS $(answer '[.message, .found]')" '200 ["No message matched",0]'
check "each change is in the log" grep -q 'action=dead.requeue' "$APP_LOGS/pool.log"

# -- whose, and whether
reader=$(token_file 1 reader)
TOKEN_FILE=$reader dead transform
check_is "a reader looks" "$STATUS" 200
TOKEN_FILE=$reader requeue '{"queue": "transform", "all": true}'
check_is "and puts nothing back" "$STATUS" 403
as_tenant 2
dead transform
check_is "another tenant sees its own" "$STATUS $(answer '.dead_letters | map(.type)')" '200 ["jira_issues_batch"]'
settled transform 2
app stop relay # which would declare it anew
queue_delete load_queue.dead
dead load
check_is "a queue that is missing is told" "$STATUS" 503
done_testing
