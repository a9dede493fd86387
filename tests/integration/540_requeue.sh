#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Processing stored batches again, and deleting them.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
id=
ETL_APP_POOL=2 app_up 'relay_min_age = 0' 'relay_interval = 300'

set_status() { api PUT "raw-data/$id/status" --data "$1"; }
counts() { json '"\(.requeued) \(.queued)"'; }
quiet() { # nothing waits to be queued, and the queue is emptied
	wait_until 10 sql_is 0 "SELECT count(*) FROM raw_extraction_data
		WHERE queued_at IS NULL AND processing_status = 'pending'"
	queue_purge transform_queue
}

# -- one batch
store "$(projects 1 1)"
quiet
set_status '{"status":"processing"}'
api POST "raw-data/$id/requeue"
check_is "one at work cannot be requeued: 409, processing" "$STATUS $(json .code)" "409 processing"
set_status '{"status":"failed","error_details":{"message":"first","attempt":1}}'
api POST "raw-data/$id/requeue"
check_is "a failed one: 200, one queued" "$STATUS $(counts)" "200 1 1"
check_is "it is pending" "$(row "processing_status || ' ' || attempts || ' ' || (processed_at IS NULL)")" \
	"pending 0 true"
check "its message is there" queue_ids_at_least 1
check_is "of this batch" "$(queue_take transform_queue 1)" "$(message_of "$id")"
check_is "its error is history" "$(row "error_details::text")" '{"earlier": [{"attempt": 1, "message": "first"}]}'
api GET "raw-data/$id"
check_is "and no error any more" "$(json .has_errors)" false
api POST "raw-data/$id/requeue"
check_is "a pending one gets another message" "$STATUS $(counts)" "200 1 1"
quiet
for n in $(seq 2 25); do
	set_status '{"status":"processing"}'
	set_status "{\"status\":\"failed\",\"error_details\":$(row "COALESCE(error_details, '{}')
		|| jsonb_build_object('message', 'n$n')")}"
	api POST "raw-data/$id/requeue"
done
check_is "the history has an end: the newest twenty" \
	"$(row "jsonb_array_length(error_details->'earlier') || ' ' || (error_details->'earlier'->19->>'message')")" \
	"20 n25"
api POST raw-data/424242/requeue
check_is "an unknown one: 404" "$STATUS" 404
sql "INSERT INTO tenants (id, name) VALUES (2, 'Other')" >"$TMP/out"
TOKEN_FILE=$(token_file 2 admin) TENANT=2 api POST "raw-data/$id/requeue"
check_is "another tenant's: 404" "$STATUS" 404
api GET "raw-data/$id/requeue"
check_is "the wrong method: 405" "$STATUS $(header Allow)" "405 POST"

# -- those of a filter
sql "DELETE FROM raw_extraction_data" >"$TMP/out"
for n in 1 2 3 4 5 6; do store "$(projects "$n" "$n")"; done
quiet
sql "UPDATE raw_extraction_data SET processing_status = (ARRAY['failed', 'completed', 'processing', 'pending',
	'failed', 'failed'])[(raw_data->0->>'id')::int]" >"$TMP/out"
api POST 'raw-data/requeue?processing_status=failed&limit=2'
check_is "the failed ones, two at most" "$STATUS $(counts)" "200 2 2"
check_is "the oldest first" \
	"$(sql "SELECT string_agg(raw_data->0->>'id', ' ' ORDER BY id) FROM raw_extraction_data
		WHERE processing_status = 'pending'")" "1 4 5"
api POST raw-data/requeue --data '{"processing_status":"failed","entity_type":"github_prs_batch"}'
check_is "a filter in the body: none of that type" "$STATUS $(counts)" "200 0 0"
api POST raw-data/requeue --data '{"entity_type":"jira_projects_batch","integration_id":1}'
check_is "without a status: what has come to its end" "$STATUS $(counts)" "200 2 2"
check_is "one at work is left alone" \
	"$(sql "SELECT processing_status FROM raw_extraction_data WHERE raw_data->0->>'id' = '3'")" processing
check "each has a message" queue_ids_at_least 4
rows() { sql "SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM raw_extraction_data AS t"; }
before=$(rows)
api POST raw-data/requeue --data '{"status":"failed"}'
check_is "an unknown filter is none: 422" "$STATUS $(json '.errors[0] | (.loc | join(".")) + " " + .msg')" \
	"422 body.status is not known here; did you mean processing_status?"
api POST 'raw-data/requeue?staus=failed'
check_is "nor in the query: 400" "$STATUS $(json '.errors[0].loc | join(".")')" "400 query.staus"
for body in '' '{}' '{"limit":5}' '{"all":false}' '{"all":null,"dry_run":true}'; do
	api POST raw-data/requeue --data "$body"
	check_is "without a filter ($body): 422 that names all" \
		"$STATUS $(json '.errors[0].loc | join(".")')" "422 body.all"
done
api POST raw-data/requeue --data '{"all":true,"dry_run":true,"limit":1}'
check_is "a dry run tells how many there are" "$STATUS $(json '"\(.requeued) \(.queued) \(.found)"')" \
	"200 0 0 $(sql "SELECT count(*) FROM raw_extraction_data WHERE processing_status IN ('completed', 'failed')
		AND active")"
api POST 'raw-data/requeue?dry_run=true&entity_type=none_such'
check_is "none of a type that is not there" "$STATUS $(json .found)" "200 0"
check_is "nothing of these changed a row" "$(rows)" "$before"
api POST 'raw-data/requeue?processing_status=processing'
check_is "those at work cannot be asked for: 400" "$STATUS" 400
api POST raw-data/requeue --data '{"limit":0,"processing_status":"x"}'
check_is "all that is wrong at once: 422" "$STATUS $(json '.errors | length')" "422 2"
api POST 'raw-data/requeue?created_after=2999-01-01'
check_is "none is that young" "$STATUS $(counts)" "200 0 0"
api POST raw-data/requeue --data '{"created_after":"2999-01-01","created_before":"2999-12-31T23:59:59Z"}'
check_is "nor asked in the body" "$STATUS $(counts)" "200 0 0"

# -- the broker is away: the rows wait, and the answer says so
sql "UPDATE raw_extraction_data SET processing_status = 'failed'" >"$TMP/out"
queue_purge transform_queue
app stop rabbitmq
api POST 'raw-data/requeue?all=true'
check_is "without the broker: 202, none queued" "$STATUS $(counts)" "202 6 0"
check_is "the rows are pending" \
	"$(sql "SELECT count(*) FROM raw_extraction_data WHERE processing_status = 'pending' AND queued_at IS NULL")" 6
app start rabbitmq
check "the relay queues them when it is back" wait_until 40 queue_ids_at_least 6

# -- deleting
api DELETE "raw-data/$id"
check_is "a batch is deleted: 200" "$STATUS $(json .success)" "200 true"
check_is "softly" "$(row active)" f
api GET "raw-data/$id"
check_is "it is gone: 404" "$STATUS" 404
api DELETE "raw-data/$id"
check_is "twice: 404" "$STATUS" 404
api POST "raw-data/$id/requeue"
check_is "it cannot be requeued: 404" "$STATUS" 404
api GET raw-data
check_is "the others are there" "$(json .total_count)" 5
ETL_APP_WORKERS=1 app start worker
check "a worker passes the deleted one over" wait_until 10 logged "fate=done raw_data_id=$id "
check_is "and leaves it as it was" "$(row processing_status)" pending
check "the others are completed" \
	wait_until 20 sql_is 5 "SELECT count(*) FROM raw_extraction_data WHERE processing_status = 'completed'"
# A responder whose connection to the broker still pauses leaves it to the relay.
reprocess() { api POST raw-data/requeue --data '{"all":true}'; [ "$(counts)" = "5 5" ]; }
check "reprocessing: five queued" wait_until 30 reprocess
check "and completed again" \
	wait_until 20 sql_is 5 "SELECT count(*) FROM raw_extraction_data WHERE processing_status = 'completed'"
done_testing
