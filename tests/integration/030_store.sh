#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# One request: the batch becomes one row and one message.
. "$(dirname "$0")/lib.sh"
app_up

# -- a real answer of 1,000 issues
"$ETL_SOURCE/deploy/demo-batch" 1000 >"$TMP/batch.json"
api POST raw-data/store --data-binary "@$TMP/batch.json"
check_is "a batch of 1,000 issues is stored: 201" "$STATUS" 201
check_is "the answer says so" "$(json .success)" true
check_is "and that it is queued" "$(json .queued)" true
id=$(json .raw_data_id)
check_match "Location names the record" "$(header Location)" "^/app/etl/raw-data/$id\$"
check_is "it is one row of 1,000 items" \
	"$(sql "SELECT count(*), min(raw_data_items), min(processing_status) FROM raw_extraction_data")" \
	"1|1000|pending"
check_is "its size is that of the payload's bytes" \
	"$(sql "SELECT raw_data_bytes > 2000000, octet_length(raw_data_sha256) FROM raw_extraction_data")" "t|32"
check_is "it is one message" "$(queue_depth transform_queue)" 1
check_is "the message holds just the id" "$(queue_take transform_queue 1)" \
	"{\"tenant_id\":1,\"integration_id\":1,\"raw_data_id\":$id,\"entity_type\":\"jira_issues_batch\"}"
check "queued_at is set soon after the answer" wait_until 5 sql_is t \
	"SELECT queued_at IS NOT NULL FROM raw_extraction_data WHERE id = $id"

# -- what went in comes out
cat >"$TMP/digits.json" <<'JSON'
{"integration_id": 1, "entity_type": "jira_issues_batch", "external_id": "digits",
 "raw_data": {"issues": [{"id": 9007199254740993}, {"id": 12345678901234567890},
  {"n": 1.10, "m": -0.0, "big": 1e308, "small": 1e-308, "long": 0.1234567890123456789012345678901234567890},
  {"text": "\u00e9\ud83d\ude00 \\ \" \/ \b\f\n\r\t", "raw": "é😀"}]},
 "extraction_metadata": {"page": 1, "cursor": 9007199254740993}}
JSON
api POST raw-data/store --data-binary "@$TMP/digits.json"
check_is "numbers beyond double precision are stored" "$STATUS" 201
id=$(json .raw_data_id)
api GET "raw-data/$id"
check_is "and read back: 200" "$STATUS" 200
check "an id above 2^53 is unchanged" grep -q '"id": 9007199254740993[,}]' "$BODY"
check "a 20-digit id is unchanged" grep -q '"id": 12345678901234567890[,}]' "$BODY"
check "1.10 keeps its last digit" grep -q '"n": 1.10[,}]' "$BODY"
check "40 digits are all there" grep -q '0.1234567890123456789012345678901234567890' "$BODY"
check_is "escapes and raw UTF-8 are the same text" "$(json '.raw_data.issues[3].raw')" "é😀"
check_is "escapes are decoded to the text they mean" \
	"$(json '.raw_data.issues[3].text | @json')" "$(jq -c '.raw_data.issues[3].text' "$TMP/digits.json")"
check "the metadata keeps its digits too" grep -q '"cursor": 9007199254740993}' "$BODY"
check_is "the database says it is the same value" \
	"$(sql "SELECT raw_data = (\$json\$$(jq_raw "$TMP/digits.json")\$json\$::jsonb)->'raw_data'
		FROM raw_extraction_data WHERE id = $id")" t
check_is "the stored digest is that of the bytes that came" \
	"$(sql "SELECT encode(raw_data_sha256, 'hex') FROM raw_extraction_data WHERE id = $id")" \
	"$(payload_sha256 "$TMP/digits.json")"

# -- every shape a batch may have
count_of() {
	api POST raw-data/store \
		--data "{\"integration_id\":2,\"entity_type\":\"github_prs_batch\",\"raw_data\":$1}"
	sql "SELECT raw_data_items FROM raw_extraction_data WHERE id = $(json .raw_data_id)"
}
check_is "an array counts its elements" "$(count_of '[1,[2,3],{"a":[4]}]')" 3
check_is "an empty array counts none" "$(count_of '[]')" 0
check_is "a search counts its issues" "$(count_of '{"total":9,"issues":[{},{}]}')" 2
check_is "a page counts its values" "$(count_of '{"values":[{},{},{}],"isLast":true}')" 3
check_is "another object counts one" "$(count_of '{"id":1}')" 1

# -- query, headers, older clients
api POST 'raw-data/store?queue_transform=false' \
	--data '{"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[]}'
check_is "queue_transform=false stores: 201" "$STATUS" 201
check_is "and does not queue" "$(json .queued)" false
request POST /app/etl/raw-data/store \
	--data '{"tenant_id":1,"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[]}'
check_is "tenant_id inside the body is taken" "$STATUS" 201
api POST raw-data/store \
	--data '{"tenant_id":2,"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[]}'
check_is "two different tenants are refused: 403" "$STATUS" 403
api POST raw-data/store -H 'X-Request-Id: mine-1.a:b' \
	--data '{"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[]}'
check_is "a sane request id comes back" "$(header X-Request-Id)" mine-1.a:b
check "and stands in the log" wait_until 5 grep -q 'request_id=mine-1.a:b' "$APP_LOGS"/pool.log
api POST raw-data/store -H 'X-Request-Id: not sane' \
	--data '{"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[]}'
check_match "another is replaced" "$(header X-Request-Id)" '^[0-9a-f]{32}$'
printf '{"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[1,2]}' >"$TMP/small.json"
api POST raw-data/store -H 'Transfer-Encoding: chunked' --data-binary "@$TMP/small.json"
check_is "a chunked upload is stored" "$STATUS" 201
trace=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
queue_purge transform_queue
api POST raw-data/store -H "traceparent: $trace" --data-binary "@$TMP/small.json"
check_is "the message carries the trace context" \
	"$(queue_peek transform_queue | jq -r '.[0].properties.headers.traceparent')" "$trace"
check_is "it is persistent JSON with an id and a type" \
	"$(queue_peek transform_queue |
		jq -r '.[0] | [.exchange, .routing_key, .properties.delivery_mode, .properties.content_type,
			.properties.type, (.properties.message_id | length > 0)] | @csv')" \
	'"etl.direct","transform",2,"application/json","transform",true'
done_testing
