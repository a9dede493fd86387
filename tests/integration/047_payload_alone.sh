#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A store whose body is the payload alone, the rest in the query; and what else
# the door takes or refuses: slashes, codings, keys, unknown names.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
id=
ETL_APP_POOL=1 app_up

payload() { api POST "raw-data/store?$1" "${@:2}"; id=$(json .raw_data_id); }
good='integration_id=1&entity_type=jira_issues_batch'
printf '{"issues":[{"id":"1"},{"id":"2"}],"total":2}' >"$TMP/answer"

payload "$good&external_id=a%20b" --data-binary "@$TMP/answer"
check_is "the answer of a source as it is: 201, queued" "$STATUS $(json .queued)" "201 true"
check_is "its row" "$(row "integration_id || ' ' || entity_type || ' ' || external_id || ' ' || raw_data_items || ' '
	|| raw_data_bytes || ' ' || encode(raw_data_sha256, 'hex')")" \
	"1 jira_issues_batch a b 2 $(wc -c <"$TMP/answer") $(sha256sum <"$TMP/answer" | cut -d ' ' -f 1)"
check_is "and payload" "$(row raw_data)" '{"total": 2, "issues": [{"id": "1"}, {"id": "2"}]}'
api GET "raw-data/$id"
for body in '[]' '[1,2,3]' ' {"a":1} ' '{"raw_data":[],"integration_id":2,"entity_type":"x"}'; do
	payload "$good" --data "$body"
	check_is "$body is the payload" \
		"$STATUS $(row "raw_data = '$body' AND integration_id = 1 AND external_id IS NULL")" "201 t"
done
gzip -c "$TMP/answer" | payload "$good" -H 'Content-Encoding: gzip' --data-binary @-
gzip -c "$TMP/answer" >"$TMP/answer.gz"
payload "$good" -H 'Content-Encoding: gzip' --data-binary "@$TMP/answer.gz"
check_is "packed" "$STATUS $(row raw_data_bytes)" "201 $(wc -c <"$TMP/answer")"
printf '{"a":"\\u0000"}' >"$TMP/nul"
payload "$good&nul=replace" --data-binary "@$TMP/nul"
check_is "with nul=replace" "$STATUS $(json .replaced_characters) $(row "raw_data->>'a'")" "201 1 �"
for body in '"text"' 1 null true; do
	payload "$good" --data "$body"
	check_is "$body is no payload: 422" "$STATUS $(json '.errors[0].loc | join(".")')" "422 body.raw_data"
done
payload integration_id=1 --data '[]'
check_is "entity_type is missing: 400" "$STATUS $(json '.errors[0] | (.loc | join(".")) + ":" + .type')" \
	"400 query.entity_type:missing"
payload entity_type=x --data '[]'
check_is "integration_id is missing: 400" "$STATUS $(json '.errors[0].loc | join(".")')" "400 query.integration_id"
payload 'integration_id=x&entity_type=' --data '[]'
check_is "both are wrong: 400" "$STATUS $(json '[.errors[].loc[1]] | join(" ")')" "400 integration_id entity_type"
payload "$good" --data-binary $'[1,\n 2,,]'
check_is "places are those of what was sent" \
	"$STATUS $(json .detail)" '400 This is not JSON (at byte 7, in line 2, around: [1,  2,,])'
payload "$good" --data-binary ''
check_is "an empty body: 400" "$STATUS $(json '.errors[0].type')" "400 json_empty"
printf '\357\273\277[]' >"$TMP/bom"
payload "$good" --data-binary "@$TMP/bom"
check_match "a byte order mark at byte 0: 400" "$STATUS $(json .detail)" '^400 .*byte order mark.*\(at byte 0,'
nested() { head -c "$1" /dev/zero | tr '\0' '['; head -c "$1" /dev/zero | tr '\0' ']'; }
nested 512 >"$TMP/deep"
payload "$good" --data-binary "@$TMP/deep"
check_is "512 arrays within each other" "$STATUS" 201
nested 513 >"$TMP/deep"
payload "$good" --data-binary "@$TMP/deep"
check_is "513 are too many, as in an envelope" "$STATUS $(json '.errors[0].type')" "422 json_depth"
{ printf '["'; head -c 67108861 /dev/zero | tr '\0' x; printf '"]'; } >"$TMP/huge"
payload "$good" --data-binary "@$TMP/huge"
check_is "one byte more than 64 MB: 413" "$STATUS" 413
for _ in 1 2; do payload "$good&external_id=k" -H 'Idempotency-Key: k' --data-binary "@$TMP/answer"; done
check_is "a key and the same again: 200" "$STATUS" 200
payload "external_id=k&$good" -H 'Idempotency-Key: k' --data-binary "@$TMP/answer"
check_is "in another order: the same" "$STATUS" 200
payload "$good&external_id=l" -H 'Idempotency-Key: k' --data-binary "@$TMP/answer"
check_is "with another name beside it: 422" "$STATUS" 422

# -- unknown names
envelope='{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":[]'
api POST raw-data/store --data "$envelope,\"extraction_metdata\":{},\"raw\":1}"
check_is "unknown members are refused by name: 422" \
	"$STATUS $(json '[.errors[] | (.loc | join(".")) + ":" + .type] | join(" ")')" \
	"422 body.extraction_metdata:unknown body.raw:unknown"
check_match "with the one that was meant" "$(json '.errors[0].msg')" 'did you mean extraction_metadata\?'
api POST raw-data/store --data '{"integration_id":1,"entitytype":"x","raw_data":[]}'
check_is "beside what is missing for it" "$STATUS $(json '[.errors[].loc[1]] | join(" ")')" "422 entitytype entity_type"
api POST 'raw-data/store?queue_transfrom=false' --data "$envelope}"
check_is "in the query: 400" "$STATUS $(json '.errors[0].msg')" "400 is not known here; did you mean queue_transform?"
api POST raw-data/store --data "{\"integration_id\":1,\"entity_type\":\"jira_issues_batch\",
	\"raw_data\":{\"anything\":1},\"tenant_id\":1}"
check_is "the payload's own are its own, and the tenant is taken" "$STATUS" 201
api GET 'wits?activ=true'
check_is "in the catalogue, too" "$STATUS $(json '.errors[0].loc[1]')" "400 activ"
api POST wit-mappings --data '{"wit_from":"a","wit_to":"b","hierarchy_level":0,"wit_form":1}'
check_is "and its members" "$STATUS $(json '.errors[0].loc[1]')" "422 wit_form"

# -- paths, codings, keys
api POST raw-data/store/ --data "$envelope}"
check_is "a slash at the end: the same route" "$STATUS" 201
api GET wits/
check_is "of a list" "$STATUS" 200
api GET 'raw-data/1/'
check_is "of a row" "$STATUS $(json .id)" "200 1"
api GET wits//
check_is "two are another path" "$STATUS" 404
printf '%s}' "$envelope" | gzip >"$TMP/packed"
for coding in 'gzip,' ',gzip' ' , gzip , ,' 'identity, gzip'; do
	api POST raw-data/store -H "Content-Encoding: $coding" --data-binary "@$TMP/packed"
	check_is "Content-Encoding: $coding" "$STATUS" 201
done
api POST raw-data/store -H 'Content-Encoding: ,' --data "$envelope}"
check_is "a list of nothing is none" "$STATUS" 201
api POST raw-data/store -H 'Content-Encoding: gzip, gzip' --data-binary "@$TMP/packed"
check_is "two codings: 415" "$STATUS" 415
before=$(sql "SELECT count(*) FROM raw_extraction_data")
api POST raw-data/store -H 'Idempotency-Key;' --data "$envelope}"
check_is "an empty key: 400, named" "$STATUS $(json '.errors[0].loc | join(".")')" "400 header.Idempotency-Key"
check_is "and nothing is stored" "$(sql "SELECT count(*) FROM raw_extraction_data")" "$before"

# -- answers
for path in wits "raw-data?limit=1" raw-data/1 nothing; do
	api GET "$path"
	check_is "/$path ends with a newline" \
		"$(tail -c 1 "$BODY" | od -An -tx1 | tr -d ' ') $(header Content-Length)" "0a $(wc -c <"$BODY")"
done
sql "UPDATE raw_extraction_data SET processing_status = 'failed',
	error_details = '{\"stage\": \"transform\", \"message\": \"no such day\", \"earlier\": [{\"message\": \"x\"}]}'
	WHERE id = 1;
	UPDATE raw_extraction_data SET error_details = '{\"earlier\": [{\"message\": \"x\"}]}' WHERE id = 2"
api GET 'raw-data?processing_status=failed'
check_is "a list tells the error" "$(json '.raw_data_records[0] | "\(.has_errors) \(.error)"')" \
	"true transform: no such day"
api GET 'raw-data/1?include_raw_data=false'
check_is "a record without its payload" "$STATUS $(json '"\(has("raw_data")) \(.error_details.message)"')" \
	"200 false no such day"
api GET 'raw-data/1?include_raw_data=false' -H "If-None-Match: $(header ETag)"
check_is "has its version, too" "$STATUS" 304
api GET 'raw-data/2?include_raw_data=true'
check_is "one that has no error any more" "$STATUS $(json '"\(has("raw_data")) \(.has_errors) \(.error)"')" \
	"200 true false null"

# -- every change of a writer has its line
api POST raw-data/1/requeue
api POST 'raw-data/requeue?all=true'
api POST jobs/extract --data '{"integration_id":1,"job_type":"jira_sync","job_params":{}}'
api DELETE raw-data/2
for action in raw_data.requeue job.extract raw_data.delete raw_data.store; do
	check "audit has $action" grep -q "event=audit .*action=$action " "$APP_LOGS/pool.log"
done
done_testing
