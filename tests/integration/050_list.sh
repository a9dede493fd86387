#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Lists, single records, their filters, pages and versions.
. "$(dirname "$0")/lib.sh"
app_up

sql "INSERT INTO tenants (id, name) VALUES (2, 'Other');
     INSERT INTO integrations (id, tenant_id, provider, type) VALUES (20, 2, 'Jira', 'data_source');
     INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, external_id, raw_data, raw_data_items,
     raw_data_bytes, raw_data_sha256, created_at, processing_status, error_details, queued_at)
     SELECT 1, 1 + n % 2, CASE n % 3 WHEN 0 THEN 'jira_issues_batch' ELSE 'github_prs_batch' END, 'batch_' || n,
       jsonb_build_object('issues', jsonb_build_array(n)), 1, 14, sha256(n::text::bytea),
       timestamp '2026-01-01' + n * interval '1 hour',
       CASE n % 4 WHEN 0 THEN 'failed' ELSE 'pending' END, CASE n % 4 WHEN 0 THEN '{\"why\": \"x\"}'::jsonb END, now()
     FROM generate_series(1, 120) AS n;
     INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items,
     raw_data_bytes, raw_data_sha256)
     VALUES (2, 20, 'jira_issues_batch', '[]', 0, 2, sha256('[]'));" >"$TMP/out"
list() { request GET "/app/etl/raw-data?tenant_id=1$1"; }

list ""
check_is "a list: 200" "$STATUS" 200
check_is "50 of them by default" "$(json '.raw_data_records | length')" 50
check_is "newest first" "$(json '.raw_data_records[0].external_id')" batch_120
check_is "how many there are in all" "$(json .total_count)" 120
check_is "limit and offset are told" "$(json '[.limit, .offset] | @csv')" 50,0
check_is "the members are those of the contract" "$(json '.raw_data_records[0] | keys_unsorted | join(" ")')" \
	"$(echo id tenant_id integration_id entity_type external_id processing_status created_at processed_at \
		raw_data_size raw_data_bytes replaced_characters has_errors error queued_at traceparent attempts \
		payload_gone_at identical_to)"
check_match "timestamps are ISO 8601 in UTC" "$(json '.raw_data_records[0].created_at')" '^2026-01-06T00:00:00(\.0+)?Z$'
check_is "errors show as a flag" "$(json '[.raw_data_records[] | select(.has_errors)] | length')" 13

shown() { json '[.raw_data_records[].id] | @csv' | tr ',' '\n'; }
: >"$TMP/ids"; cursor=""
for _ in 1 2 3 4 5; do
	list "&limit=30${cursor:+&cursor=$cursor}"
	shown >>"$TMP/ids"
	cursor=$(json '.next_cursor // empty')
	[ -n "$cursor" ] || break
	sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items,
		raw_data_bytes, raw_data_sha256) VALUES (1, 1, 'late', '[]', 0, 2, sha256('[]'))" >"$TMP/out"
done
check_is "a cursor walks through all, though rows come meanwhile" "$(sort -u "$TMP/ids" | wc -l)" 120
check_is "and shows none twice" "$(wc -l <"$TMP/ids")" 120
check_is "the last page has no next one" "$cursor" ""
sql "DELETE FROM raw_extraction_data WHERE entity_type = 'late'" >"$TMP/out"
list "&limit=10&offset=115"
check_is "an offset skips" "$(json '[.raw_data_records[].external_id] | join(" ")')" \
	"batch_5 batch_4 batch_3 batch_2 batch_1"
list "&integration_id=2"
check_is "filter: integration" "$(json .total_count)" 60
pages() { # QUERY: the ids of all pages
	local cursor=''
	while :; do
		list "$1${cursor:+&cursor=$cursor}"
		shown
		cursor=$(json '.next_cursor // empty')
		[ -n "$cursor" ] || break
	done
}
ids() { # CONDITION: those of tenant 1 and integration 2, newest first
	sql "SELECT id FROM raw_extraction_data WHERE tenant_id = 1 AND integration_id = 2 AND $1 ORDER BY id DESC"
}
check_is "its pages have each of its batches once, newest first" "$(pages '&integration_id=2&limit=7')" "$(ids true)"
check_is "also those of a time" \
	"$(pages '&integration_id=2&limit=7&created_after=2026-01-02&created_before=2026-01-05')" \
	"$(ids "created_at > '2026-01-02' AND created_at < '2026-01-05'")"
check_is "and of a status" "$(pages '&integration_id=2&limit=7&processing_status=pending')" \
	"$(ids "processing_status = 'pending'")"
list "&entity_type=jira_issues_batch"
check_is "filter: entity type" "$(json .total_count)" 40
list "&processing_status=failed&integration_id=1"
check_is "filters join" "$(json .total_count)" 30
list "&external_id=batch_7"
check_is "filter: external id" "$(json '[.raw_data_records[].external_id] | join(" ")')" batch_7
list "&external_id=batch_%25"
check_is "wildcards are text" "$(json .total_count)" 0
list "&external_id=%27%3B+DROP+TABLE+raw_extraction_data%3B--"
check_is "SQL is text" "$STATUS $(json .total_count)" "200 0"
list "&created_after=2026-01-05T22:00:00Z"
check_is "filter: created after, exclusive" "$(json .total_count)" 2
list "&created_after=2026-01-05T23:00:00%2B01:00"
check_is "with an offset from UTC" "$(json .total_count)" 2
list "&created_after=2026-01-05T23:00:00+01:00"
check_is "a '+' that became a blank" "$(json .total_count)" 2
list "&created_before=2026-01-02"
check_is "filter: created before a day" "$(json .total_count)" 23
list "&limit=2&include_raw_data=true"
check_is "payloads when asked for" "$(json '[.raw_data_records[].raw_data.issues[0]] | @csv')" 120,119
list "&limt=1&processing_status=failed&status=failed&zzz=1"
check_is "unknown parameters are refused by name: 400" \
	"$STATUS $(json '[.errors[] | (.loc | join(".")) + ":" + .type] | join(" ")')" \
	"400 query.limt:unknown query.status:unknown query.zzz:unknown"
check_is "with the name that was meant" "$(json '[.errors[].msg] | join("; ")')" \
	"is not known here; did you mean limit?; is not known here; did you mean processing_status?; is not known here"

bad="&limit=0&offset=-1&cursor=x&processing_status=lost&created_after=yesterday&created_before=2026-02-30"
list "$bad&include_raw_data=2&integration_id=a"
check_is "bad values: 400" "$STATUS" 400
check_is "all of them are named" "$(json '[.errors[].loc | join(".")] | join(" ")')" \
	"$(echo query.{integration_id,processing_status,created_after,created_before} \
		query.{limit,offset,cursor,include_raw_data})"
for query in "&limit=1001" "&cursor=5&offset=5" "&limit=5&limit=6"; do
	list "$query"
	check_is "refused: $query" "$STATUS" 400
done
request GET "/app/etl/raw-data"
check_is "a list without a tenant is of the token's" "$STATUS" 200
request GET "/app/etl/raw-data?tenant_id=2"
check_is "another tenant's: 403" "$STATUS" 403
TOKEN_FILE=$(token_file 2 reader) request GET "/app/etl/raw-data?tenant_id=2"
check_is "another tenant sees only its own" "$(json .total_count)" 1
other=$(json '.raw_data_records[0].id')

# -- one record
id=$(sql "SELECT id FROM raw_extraction_data WHERE external_id = 'batch_8'")
api GET "raw-data/$id"
check_is "a record: 200" "$STATUS" 200
check_is "with payload, metadata and errors" \
	"$(json '[.raw_data.issues[0], .extraction_metadata, .error_details.why] | @json')" '[8,null,"x"]'
etag=$(header ETag)
check_match "it has a strong version" "$etag" '^"[^"]+"$'
api GET "raw-data/$id" -H "If-None-Match: \"nothing\", W/$etag"
check_is "the version one has: 304" "$STATUS" 304
check_is "without a body" "$(wc -c <"$BODY")" 0
api GET "raw-data/$id" -H 'If-None-Match: *'
check_is "any version: 304" "$STATUS" 304
api PUT "raw-data/$id/status" --data '{"status":"pending"}'
api GET "raw-data/$id" -H "If-None-Match: $etag"
check_is "after a change: 200 again" "$STATUS" 200
api HEAD "raw-data/$id" --head
check_is "HEAD: 200" "$STATUS" 200
api GET "raw-data/$other"
foreign=$(jq 'del(.request_id)' "$BODY")
check_is "another tenant's record: 404" "$STATUS" 404
api GET raw-data/999999
check_is "the same answer as for a missing one" "$(jq 'del(.request_id)' "$BODY")" "$foreign"
for bad in 0 -1 x 1x 01 99999999999999999999 1%20; do
	api GET "raw-data/$bad"
	check_is "id '$bad': 400" "$STATUS" 400
done
api GET raw-data/9223372036854775807
check_is "the largest id there may be: 404" "$STATUS" 404

# -- lines of JSON
api GET 'raw-data?limit=2&include_raw_data=true'
jq -c '.raw_data_records[]' "$BODY" >"$TMP/records"
next=$(json .next_cursor)
api GET 'raw-data?limit=2&include_raw_data=true' -H 'Accept: application/x-ndjson'
check_is "batches come as lines of JSON" "$STATUS $(header Content-Type)" "200 application/x-ndjson"
check_is "two lines" "$(wc -l <"$BODY")" 2
check_is "each one batch, with its payload" "$(jq -cS . "$BODY")" "$(jq -cS . "$TMP/records")"
check_is "the next page is named" "$(header X-Next-Cursor)" "$next"
api GET "raw-data?cursor=1" -H 'Accept: application/x-ndjson'
check_is "a page without batches is empty" "$STATUS $(header X-Next-Cursor) $(wc -c <"$BODY")" "200  0"
done_testing
