#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The state machine of a batch.
. "$(dirname "$0")/lib.sh"
app_up 'relay_min_age = 0'

new_batch() {
	api POST raw-data/store \
		--data '{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":[1]}'
	id=$(json .raw_data_id)
}
put() { api PUT "raw-data/$id/status" --data "$1"; }
row() { sql "SELECT $1 FROM raw_extraction_data WHERE id = $id"; }

new_batch
for change in "pending processing 200" "processing processing 409" "processing pending 200" \
	"pending completed 200" "completed processing 409" "completed failed 409" "completed completed 409" \
	"completed pending 200" "pending failed 200" "failed completed 409" "failed processing 409" \
	"failed pending 200" "pending pending 409" "pending processing 200" "processing completed 200" \
	"completed pending 200" "pending processing 200" "processing failed 200"; do
	read -r from to status <<<"$change"
	check_is "it is $from" "$(row processing_status)" "$from"
	put "{\"processing_status\":\"$to\"}"
	check_is "$from to $to: $status" "$STATUS" "$status"
done
check_is "attempts count how often it was taken since its last end" "$(row attempts)" 1
check_is "processed_at is set on failed" "$(row 'processed_at IS NOT NULL')" t
put '{"status":"pending"}'
check_is "the older name of the field does" "$STATUS" 200
check_is "processed_at is cleared on pending" "$(row 'processed_at IS NULL')" t
put '{"processing_status":"failed","error_details":{"sqlstate":"22P02","n":9007199254740993}}'
check_is "errors are kept" "$(row "error_details->>'n'")" 9007199254740993
put '{"processing_status":"pending"}'
check_is "and stay when none are given" "$(row "error_details->>'sqlstate'")" 22P02
put '{"processing_status":"completed","error_details":null}'
check_is "and go with null" "$(row 'error_details IS NULL')" t
put '{"processing_status":"done"}'
check_is "an unknown status: 422" "$STATUS" 422
check_is "which names the field" "$(json '.errors[0].loc | join(".")')" body.processing_status
put '{"error_details":"x"}'
check_is "both errors at once" "$(json '[.errors[].type] | join(" ")')" "missing object_type"
put '{"processing_status":5}'
check_is "a number: 422" "$STATUS" 422
put 'nonsense'
check_is "no JSON: 400" "$STATUS" 400
sql "INSERT INTO tenants (id, name) VALUES (2, 'Other')" >"$TMP/out"
TOKEN_FILE=$(token_file 2 admin) request PUT "/app/etl/raw-data/$id/status" --data '{"status":"pending"}'
check_is "another tenant: 404" "$STATUS" 404
api PUT raw-data/424242/status --data '{"status":"pending"}'
check_is "an unknown batch: 404" "$STATUS" 404
api POST "raw-data/$id/status" --data '{}'
check_is "the wrong method: 405" "$STATUS" 405
check_is "with the right one" "$(header Allow)" PUT

# -- back to pending is queued again, by the relay
new_batch
wait_until 10 sql_is t "SELECT queued_at IS NOT NULL FROM raw_extraction_data WHERE id = $id"
queue_purge transform_queue
put '{"status":"completed"}'
put '{"status":"pending"}'
check "a batch that came back to pending is queued again" wait_until 30 queue_has transform_queue 1
check_is "with the same id" "$(queue_take transform_queue 1 | jq .raw_data_id)" "$id"

# -- many at once: one wins
new_batch
seq 20 | xargs -P 10 -I{} curl -s -K "$ETL_CURLRC" -o /dev/null -w '%{http_code}\n' \
	-X PUT -H 'Content-Type: application/json' \
	--data '{"status":"processing"}' "$ETL_URL/app/etl/raw-data/$id/status?tenant_id=1" >"$TMP/codes"
check_is "of twenty takers at once one wins" "$(sort "$TMP/codes" | uniq -c | tr -s ' \n' ' ')" " 1 200 19 409 "
check_is "and counts once" "$(row attempts)" 1
done_testing
