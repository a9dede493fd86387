#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What JSON may have and jsonb cannot, \u0000 and halves of surrogate pairs:
# refused, or replaced by U+FFFD where the client or the settings say so.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
id=
ETL_APP_POOL=1 app_up
export ETL_CONFIG=$ETL_APP/etl.conf

store() { api POST "raw-data/store${QUERY-}" "$@"; id=$(json .raw_data_id); }
replaced() { row "replaced_characters || ' ' || raw_data::text"; }
issues() { printf '{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":{"issues":[%s]}%s}' "$1" "${2-}"; }

# -- the default stays the refusal, and tells of the other way
issues '{"id":"1","fields":{"summary":"a\u0000b"}}' >"$TMP/nul"
store --data-binary "@$TMP/nul"
check_is "the default: 422" "$STATUS $(json '.errors[0].type')" "422 json_nul"
check_match "which names the way to store it" "$(json .detail)" '\?nul=replace'
issues '{"id":"1","fields":{"summary":"\ud83d"}}' >"$TMP/half"
store --data-binary "@$TMP/half"
check_is "half a pair: 422" "$STATUS $(json '.errors[0].type')" "422 json_surrogate"
check_match "the same" "$(json .detail)" '\?nul=replace'
QUERY='?nul=refuse' store --data-binary "@$TMP/nul"
check_is "nul=refuse: 422" "$STATUS" 422
QUERY='?nul=maybe' store --data-binary "$(issues '')"
check_is "another word: 400, named" "$STATUS $(json '.errors[0].loc | join(".")')" "400 query.nul"
api PUT 'raw-data/1/status' --data '{"status":"failed","error_details":{"a":"\u0000"}}'
check_is "elsewhere there is no such way" "$STATUS $(json '.detail | test("nul=replace")')" "422 false"
check_is "nothing was stored" "$(sql "SELECT count(*) FROM raw_extraction_data")" 0

# -- replaced
QUERY='?nul=replace' store --data-binary "@$TMP/nul"
check_is "nul=replace: 201, counted" "$STATUS $(json .replaced_characters)" "201 1"
check_is "in the row, too" "$(replaced)" '1 {"issues": [{"id": "1", "fields": {"summary": "a�b"}}]}'
check_is "the digest and the size are those of the bytes that came" \
	"$(row "encode(raw_data_sha256, 'hex') || ' ' || raw_data_bytes")" \
	"$(payload_sha256 "$TMP/nul") $(payload_of "$TMP/nul" | wc -c)"
check_is "the items are counted" "$(row raw_data_items)" 1
api GET "raw-data/$id"
check_is "the record tells it" "$(json .replaced_characters)" 1
api GET 'raw-data?limit=1'
check_is "and the list" "$(json '.raw_data_records[0].replaced_characters')" 1
QUERY='?nul=replace' store --data-binary "@$TMP/half"
check_is "half a pair" "$STATUS $(json .replaced_characters) $(replaced)" \
	'201 1 1 {"issues": [{"id": "1", "fields": {"summary": "�"}}]}'
issues '{"a\u0000b":"\udc00\ud83d","c":"\\u0000 \ud83d\ude00 \u0001","d\\":"\ud800\u0041"}' >"$TMP/many"
QUERY='?nul=replace' store --data-binary "@$TMP/many"
check_is "in names, in a row, beside what only looks like it" \
	"$STATUS $(json .replaced_characters) $(api GET "raw-data/$id"
		json '.raw_data.issues[0] == {"a\ufffdb": "\ufffd\ufffd", "c": "\\u0000 \ud83d\ude00 \u0001",
			"d\\": "\ufffdA"}')" "201 4 true"
cat >"$TMP/small" <<'JSON'
{"integration_id":1,"entity_type":"jira_issues_batch","external_id":"x\u0000y","raw_data":[],
 "extraction_metadata":{"k\u0000":["\ud800"]}}
JSON
QUERY='?nul=replace' store --data-binary "@$TMP/small"
check_is "in the other members" \
	"$STATUS $(json .replaced_characters) $(row "external_id || extraction_metadata::text")" \
	'201 3 x�y{"k�": ["�"]}'
QUERY='?nul=replace' store --data "$(issues '{"a":"plain"}')"
check_is "where there is nothing to replace: 0" \
	"$STATUS $(json .replaced_characters) $(row replaced_characters)" "201 0 0"
for bad in '{"a":"\u12"}' '{"a":"\ud800\u"}' '{"a":"\ud800' $'{"a":"\xed\xa0\x80"}' '{"a":"\x"}'; do
	QUERY='?nul=replace' store --data-binary "$(issues "$bad")"
	check_is "$(printf '%q' "$bad") is no JSON all the same: 400" "$STATUS" 400
done
printf '%s' "$(issues '{"a":"')" | sed 's/\]}}$//' >"$TMP/zero"
printf '\000"}]}}' >>"$TMP/zero"
QUERY='?nul=replace' store --data-binary "@$TMP/zero"
check_is "a NUL byte is no escape: 400" "$STATUS" 400

# -- large ones, packed ones, at any place
{ printf '{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":['
	for n in $(seq 0 199); do
		printf '{"n":"%s\\u0000\\ud83d\\ude00\\udc00","m":[%d]},' "$(head -c "$n" /dev/zero | tr '\0' x)" "$n"
	done
	printf '{}]}'; } >"$TMP/large"
gzip -c "$TMP/large" >"$TMP/large.gz"
zstd -qc "$TMP/large" >"$TMP/large.zst"
want="201 400 400 201 true $(payload_sha256 "$TMP/large")"
told() {
	echo "$STATUS $(json .replaced_characters) $(row "replaced_characters || ' ' || raw_data_items || ' '
		|| bool_and(e->>'n' = repeat('x', (e->'m'->>0)::integer) || '�😀�') || ' '
		|| encode(raw_data_sha256, 'hex') FROM (SELECT * FROM raw_extraction_data WHERE id = $id) AS r,
		jsonb_array_elements(raw_data) AS e WHERE e <> '{}' GROUP BY replaced_characters, raw_data_items,
		raw_data_sha256 --")"
}
QUERY='?nul=replace' store --data-binary "@$TMP/large"
check_is "400 at all places of a block" "$(told)" "$want"
QUERY='?nul=replace' store -H 'Content-Encoding: gzip' --data-binary "@$TMP/large.gz"
check_is "packed with gzip" "$(told)" "$want"
QUERY='?nul=replace' store -H 'Content-Encoding: zstd' --data-binary "@$TMP/large.zst"
check_is "packed with zstd" "$(told)" "$want"

# -- a key's fingerprint is of what came
QUERY='?nul=replace' store -H 'Idempotency-Key: nul' --data-binary "@$TMP/nul"
first=$id
QUERY='?nul=replace' store -H 'Idempotency-Key: nul' --data-binary "@$TMP/nul"
check_is "the same key and body: the first one, with its count" \
	"$STATUS $id $(json .replaced_characters)" "200 $first 1"
sed 's/\\u0000/\\ufffd/' "$TMP/nul" >"$TMP/other"
QUERY='?nul=replace' store -H 'Idempotency-Key: nul' --data-binary "@$TMP/other"
check_is "a body that only becomes the same is another: 422" "$STATUS" 422
api GET metrics
check "they are counted" grep -qx 'etl_characters_replaced_total [1-9][0-9]*' "$BODY"

# -- import
mkdir "$TMP/files"
printf '[{"id":"1","key":"a\\u0000"}]' >"$TMP/files/a.json"
printf '[{"id":"2","key":"b"}]' >"$TMP/files/b.json"
import=("$ETL_BUILD/pulse-etl" import --url "$ETL_URL" --integration 1 --type jira_projects_batch)
check_is "import: one is refused" "$("${import[@]}" "$TMP/files" 2>"$TMP/err" | tail -n 1)" \
	"2 files: 1 stored, 0 known, 1 failed"
check_match "and how it would not be" "$(cat "$TMP/err")" 'nul=replace'
check_is "--nul=replace stores what is missing, and nothing twice" \
	"$("${import[@]}" --nul=replace "$TMP/files" 2>"$TMP/err" | tail -n 1)" \
	"2 files: 1 stored, 1 known, 0 failed"
check_is "replaced" "$(sql "SELECT raw_data->0->>'key' FROM raw_extraction_data WHERE external_id = 'a.json'")" 'a�'
check_is "another word: 64" "$("${import[@]}" --nul=x "$TMP/files" 2>/dev/null; echo $?)" 64

# -- the setting
echo 'store_nul = replace' >>"$ETL_APP/extra.conf"
app restart pool
wait_until 20 ready_is '[]'
store --data-binary "@$TMP/nul"
check_is "store_nul = replace: no query is needed" "$STATUS $(json .replaced_characters)" "201 1"
QUERY='?nul=refuse' store --data-binary "@$TMP/nul"
check_is "and the query wins" "$STATUS" 422
done_testing
