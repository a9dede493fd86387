#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Batches that nothing is made of: stored with a warning, completed as they
# came, and never a dead letter.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
id=
ETL_APP_POOL=2 app_up 'rabbitmq_heartbeat = 5' 'relay_min_age = 4'
export ETL_CONFIG=$ETL_APP/etl.conf

kept() { # TYPE [INTEGRATION [QUERY]]
	api POST "raw-data/store${3-}" \
		--data "{\"integration_id\":${2:-1},\"entity_type\":\"$1\",\"raw_data\":[{\"id\":1}]}"
	id=$(json .raw_data_id)
}
state() {
	row "processing_status || ' ' || (processed_at IS NOT NULL) || ' ' || (error_details IS NULL) || ' '
		|| (queued_at IS NULL)"
}

# -- at the door
kept jira_sprints_batch
check_is "201, not queued" "$STATUS $(json .queued)" "201 false"
warning=$(json .warning)
check_match "the warning names the type" "$warning" 'jira_sprints_batch'
for type in jira_projects_batch jira_statuses_batch jira_issues_batch jira_dev_status_batch \
	github_repositories_batch github_prs_batch; do
	check_match "and $type, which there is" "$warning" "$type"
done
check_is "completed, without errors, no message" "$(state)" "completed true true true"
check_is "not on the queue" "$(queue_depth transform_queue)" 0
api GET "raw-data/$id"
check_is "has_errors is false" "$(json '.has_errors')" false
kept jira_issue_batch
check_match "a misspelt one is recognized" "$(json .warning)" 'did you mean jira_issues_batch\?'
kept pull_requests
check_is "where none is near, none is suggested" "$(json '.warning | test("did you mean")')" false
kept jira_issues_batch
check_is "a known one has no warning" "$STATUS $(json .queued) $(json 'has("warning")')" "201 true false"
kept jira_issues_batch 2
check_is "one of Jira's for GitHub is taken" "$STATUS $(json .queued)" "201 true"
check_match "with a warning" "$(json .warning)" 'jira_issues_batch is one of another source.*GitHub'
kept github_prs_batch 2
check_is "GitHub's own has none" "$(json 'has("warning")')" false
sql "UPDATE integrations SET product = 'my_tracker' WHERE id = 1"
kept github_prs_batch
check_is "a product that tells nothing: none" "$(json 'has("warning")')" false
sql "UPDATE integrations SET product = 'jira', provider = 'GitHub, nearly' WHERE id = 1"
kept github_prs_batch
check_match "the product tells it, not the name" "$(json .warning)" 'another source'
sql "UPDATE integrations SET provider = 'Jira' WHERE id = 1"
kept my_batch 1 '?queue_transform=false'
check_is "what somebody else is to process stays pending" \
	"$STATUS $(json 'has("warning")') $(row processing_status)" "201 true pending"
api POST raw-data/store -H 'Idempotency-Key: k' \
	--data '{"integration_id":1,"entity_type":"x","raw_data":[]}'
api POST raw-data/store -H 'Idempotency-Key: k' \
	--data '{"integration_id":1,"entity_type":"x","raw_data":[]}'
check_match "a repeated one is warned of again" "$STATUS $(json .warning)" '^200 .*type x'
api GET metrics
check "they are counted" grep -qx 'etl_batches_kept_total [1-9][0-9]*' "$BODY"

# -- the relay leaves them alone
wait_until 10 queue_has transform_queue 5
sleep 6
check_is "only those that are transformed have messages" "$(queue_depth transform_queue)" 5
queue_purge transform_queue

# -- old messages, and requeue
check "workers start" env ETL_APP_WORKERS=2 "$ETL_SOURCE/deploy/stack" start worker
message() {
	jq -cn --argjson id "$id" --arg type "$1" \
		'{tenant_id: 1, integration_id: 1, raw_data_id: $id, entity_type: $type}'
}
settled() { # NAME TYPE STATE
	check "$1: completed" becomes completed
	check "and acknowledged" wait_until 5 logged "fate=done raw_data_id=$id "
	check_is "nothing is dead" "$(queue_depth transform_queue.dead) $(queue_depth load_queue.dead)" "0 0"
}
kept old_batch
sql "UPDATE raw_extraction_data SET processing_status = 'pending', processed_at = NULL, queued_at = now()
	WHERE id = $id"
publish transform "$(message old_batch)"
settled "an old message"
check_is "in one attempt, without errors" \
	"$(row "attempts || ' ' || (error_details IS NULL) || ' ' || raw_data_items")" "1 true 1"
publish transform "$(message old_batch)"
check "one too many is acknowledged, too" wait_until 5 logged "fate=done raw_data_id=$id " 2
publish load "$(message old_batch)"
check "and one for its load" wait_until 5 logged "queue=load fate=done raw_data_id=$id "
kept old_batch
sql "UPDATE raw_extraction_data SET processing_status = 'failed', attempts = 5,
	error_details = '{\"message\": \"There is no transformer\"}' WHERE id = $id"
publish transform "$(message old_batch)"
check "of one that failed earlier" wait_until 5 logged "fate=done raw_data_id=$id "
api POST "raw-data/$id/requeue"
check_is "requeue" "$STATUS" 200
settled "requeued"
api GET "raw-data/$id"
check_is "its error is history" "$(json '"\(.has_errors) \(.error_details.earlier[0].message)"')" \
	"false There is no transformer"
kept old_batch
sql "UPDATE raw_extraction_data SET processing_status = 'pending', attempts = 9, processed_at = NULL WHERE id = $id;
	UPDATE raw_extraction_data SET queue_transform = true WHERE id = $id"
settled "one that was tried often, by the relay"

# -- import warns once for a type
mkdir "$TMP/files"
for n in $(seq 1 20); do
	printf '{"integration_id":1,"entity_type":"type_%d","raw_data":[%d]}' $((n % 2)) "$n" >"$TMP/files/$n.json"
done
"$ETL_BUILD/pulse-etl" import --url "$ETL_URL" "$TMP/files" >"$TMP/out" 2>"$TMP/err"
check_is "import stores all" "$? $(tail -n 1 "$TMP/out")" "0 20 files: 20 stored, 0 known, 0 failed"
check_is "and warns once for each type" "$(grep -c '^warning ' "$TMP/err") $(grep -c 'type_1' "$TMP/err")" "2 1"
done_testing
