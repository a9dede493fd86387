#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Limits: requests for each token at nginx, daily quotas of a tenant.
. "$(dirname "$0")/lib.sh"
app_up

store() { # BYTES OF PAYLOAD, ABOUT
	request POST /app/etl/raw-data/store "${@:2}" \
		--data "{\"integration_id\":1,\"entity_type\":\"jira_issues_batch\",
			\"raw_data\":[\"$(head -c "$1" /dev/zero | tr '\0' x)\"]}"
}
quota() { # KEY VALUE
	sql "INSERT INTO system_settings (tenant_id, setting_key, setting_value) VALUES (1, '$1', '$2')
		ON CONFLICT (setting_key, tenant_id) DO UPDATE SET setting_value = '$2'" >"$TMP/out"
	app restart pool # what it knows of callers is 30 s old at most
}
rows() { sql "SELECT count(*) FROM raw_extraction_data"; }

# -- a day's batches
store 10
check_is "without a quota: 201" "$STATUS" 201
check_is "and nothing is counted" "$(sql "SELECT count(*) FROM tenant_usage")" 0
quota etl_daily_batches 3
for n in 1 2 3; do
	store 10
	check_is "batch $n of 3 a day: 201" "$STATUS" 201
done
store 10
check_is "the fourth: 429" "$STATUS" 429
check_is "a problem" "$(header Content-Type)" application/problem+json
check_match "that says what remains" "$(json .detail)" ' 0 batches and any number of bytes remain until 00:00 UTC'
check_match "and when to try again" "$(header Retry-After)" '^[0-9]+$'
check "which is the next day" [ "$(header Retry-After)" -le 86400 ]
check_is "nothing of it was stored" "$(rows)" 4
request GET /app/etl/raw-data
check_is "reading goes on" "$STATUS" 200
request POST /app/etl/raw-data/store --data '{"integration_id":4711,"entity_type":"jira_issues_batch","raw_data":[]}'
check_is "a refusal comes before other errors" "$STATUS" 429
quota etl_daily_batches 6
request POST /app/etl/raw-data/store --data '{"integration_id":4711,"entity_type":"jira_issues_batch","raw_data":[]}'
check_is "what is not stored: 404" "$STATUS" 404
check_is "is not counted" "$(sql "SELECT batches FROM tenant_usage")" 3
store 10 -H 'Idempotency-Key: once'
store 10 -H 'Idempotency-Key: once'
check_is "nor is a key used twice" "$STATUS $(sql "SELECT batches FROM tenant_usage")" "200 4"
seq 12 | xargs -P 12 -I{} curl -s -K "$ETL_CURLRC" -o /dev/null -w '%{http_code}\n' \
	-H 'Content-Type: application/json' \
	--data '{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":[]}' \
	"$ETL_URL/app/etl/raw-data/store" >"$TMP/codes"
check_is "of twelve at once two get the rest" "$(sort "$TMP/codes" | uniq -c | tr -s ' \n' ' ')" " 2 201 10 429 "

request POST /app/etl/raw-data/requeue --data '{"processing_status":"pending","limit":1}'
check_is "nothing is left for another requeue: 429" "$STATUS" 429
quota etl_daily_batches 8
request POST /app/etl/raw-data/requeue --data '{"processing_status":"pending","limit":3}'
check_is "batches of a requeue count: 429" "$STATUS" 429
request POST /app/etl/raw-data/requeue --data '{"processing_status":"pending","limit":2}'
check_is "as many as are left: 200" "$STATUS $(json .requeued)" "200 2"
request POST /app/etl/jobs/extract --data '{"integration_id":1,"job_type":"jira_sync","job_params":{}}'
check_is "a job counts: 429" "$STATUS" 429
check_is "all in all eight" "$(sql "SELECT batches FROM tenant_usage")" 8

# -- a day's bytes
sql "DELETE FROM tenant_usage; DELETE FROM system_settings WHERE setting_key = 'etl_daily_batches'" >"$TMP/out"
quota etl_daily_bytes 1000
store 600
check_is "600 of 1,000 bytes a day: 201" "$STATUS" 201
store 600
check_is "600 more: 429" "$STATUS" 429
check_match "what remains is told" "$(json .detail)" 'any number of batches and 3[0-9][0-9] bytes remain'
store 300
check_is "300 still fit: 201" "$STATUS" 201
details() { printf '"%s"' "$(head -c "$1" /dev/zero | tr '\0' y)"; }
used() { sql "SELECT batches || ' ' || bytes FROM tenant_usage WHERE tenant_id = 1"; }
before=$(used)
request POST /app/etl/raw-data/store \
	--data "{\"integration_id\":1,\"entity_type\":\"e\",\"raw_data\":[],
		\"extraction_metadata\":{\"a\":$(details 2000)}}"
check_is "metadata counts: 429" "$STATUS" 429
store 10 -H "Idempotency-Key: $(head -c 200 /dev/zero | tr '\0' k)"
check_is "so does an Idempotency-Key: 429" "$STATUS" 429
id=$(sql "SELECT max(id) FROM raw_extraction_data")
request PUT "/app/etl/raw-data/$id/status" \
	--data "{\"processing_status\":\"failed\",\"error_details\":{\"a\":$(details 2000)}}"
check_is "error_details count: 429" "$STATUS" 429
printf '<svg xmlns="http://www.w3.org/2000/svg"><!--%s--></svg>' "$(details 2000)" >"$TMP/logo.svg"
request POST /app/etl/integrations/upload-logo -H 'Content-Type: multipart/form-data' \
	-F "file=@$TMP/logo.svg;type=image/svg+xml"
check_is "logos count: 429" "$STATUS" 429
request POST /app/etl/jobs/extract \
	--data "{\"integration_id\":1,\"job_type\":\"jira_sync\",\"job_params\":{\"a\":$(details 2000)}}"
check_is "jobs count: 429" "$STATUS" 429
request PUT /app/etl/raw-data/99999999/status \
	--data "{\"processing_status\":\"failed\",\"error_details\":{\"a\":$(details 20)}}"
check_is "what changes nothing: 404" "$STATUS" 404
check_is "costs nothing" "$(used)" "$before"
sql "INSERT INTO tenants (id, name) VALUES (2, 'Other'); INSERT INTO integrations (id, tenant_id, provider, type)
	VALUES (20, 2, 'Jira', 'data_source')" >"$TMP/out"
TOKEN_FILE=$(token_file 2 writer) request POST /app/etl/raw-data/store \
	--data '{"integration_id":20,"entity_type":"jira_issues_batch","raw_data":[]}'
check_is "another tenant has no quota: 201" "$STATUS" 201
quota etl_daily_bytes nonsense
store 5000
check_is "a quota that is no number does not limit" "$STATUS" 201

# -- requests, at nginx
conf=$ETL_APP/nginx/pulse-etl-http.conf
location=$ETL_APP/nginx/pulse-etl-location.conf
sed -i 's/zone=pulse_etl_client:10m rate=[0-9]*r/zone=pulse_etl_client:10m rate=2r/' "$conf"
sed -i 's/zone=pulse_etl_client burst=[0-9]*/zone=pulse_etl_client burst=3/' "$location"
nginx_reread
limited() { request GET /app/etl/raw-data; [ "$STATUS" = 429 ]; }
check "too many requests of one token: 429" wait_until 10 limited
check_is "a problem" "$(header Content-Type)" application/problem+json
check_is "in our shape" "$(json '[.status, (.detail | type), (.request_id | type)] | @json')" '[429,"string","string"]'
check_match "with Retry-After" "$(header Retry-After)" '^[0-9]+$'
TOKEN_FILE=$(token_file 1 reader) request GET /app/etl/raw-data
check_is "another token is not concerned: 200" "$STATUS" 200
allowed() { request GET /app/etl/raw-data; [ "$STATUS" = 200 ]; }
sleep 1
check "after a pause it may again" allowed
sed -i -e 's/limit_conn pulse_etl_connections [0-9]*/limit_conn pulse_etl_connections 1/' \
	-e 's/zone=pulse_etl_client burst=[0-9]*/zone=pulse_etl_client burst=100/' "$location"
nginx_reread
lock_table raw_extraction_data
request_quietly() { curl -s -K "$ETL_CURLRC" -o /dev/null -w '%{http_code}\n' "$ETL_URL/app/etl/raw-data"; }
for _ in 1 2 3; do request_quietly >>"$TMP/connections" & done
wait_until 20 sh -c "[ \"\$(wc -l <'$TMP/connections')\" = 2 ]"
let_go
wait
check_is "one connection at a time of a token: the others are told 429" \
	"$(sort "$TMP/connections" | uniq -c | tr -s ' \n' ' ')" " 1 200 2 429 "

# -- what an address may hold, with tokens that it invents
sed -i -e 's/limit_conn pulse_etl_connections [0-9]*/limit_conn pulse_etl_connections 100/' \
	-e 's/limit_conn pulse_etl_large_bodies [0-9]*/limit_conn pulse_etl_large_bodies 2/' \
	-e 's/limit_conn pulse_etl_addresses [0-9]*/limit_conn pulse_etl_addresses 4/' "$location"
nginx_reread
head -c 3000000 /dev/zero >"$TMP/large"
head -c 90000 /dev/zero >"$TMP/slow"
upload() { # TOKEN [CURL ARGUMENT…]
	curl -s -o "$TMP/upload.$1" -w '%{http_code}\n' -H "Authorization: Bearer invented-$1" \
		-H 'Content-Type: application/json' \
		--data-binary "@$TMP/large" "${@:2}" "$ETL_URL/app/etl/raw-data/store" >>"$TMP/uploads"
}
uploads=()
# So many connections nginx has accepted.
accepted() { [ "$(ss -Htnp state established "sport = :${ETL_URL##*:}" | grep -c users:)" -ge "$1" ]; }
for n in 1 2; do upload $n --limit-rate 100k & uploads+=($!); done
check "two clients upload" wait_until 20 accepted 2
sleep 0.5
upload 3
check_is "a third large body of one address: 429" "$(cat "$TMP/uploads")" 429
: >"$TMP/uploads"
upload 4 -H 'Transfer-Encoding: chunked'
check_is "nor one whose length is not told" "$(cat "$TMP/uploads")" 429
request GET /app/etl/raw-data
check_is "small requests of it are answered" "$STATUS" 200
for n in 5 6; do
	curl -s -o "$TMP/upload.$n" -H "Authorization: Bearer invented-$n" -H 'Content-Type: application/json' \
		--data-binary "@$TMP/slow" "$ETL_URL/app/etl/raw-data/store" --limit-rate 10k &
	uploads+=($!)
done
check "and two more" wait_until 20 accepted 4
sleep 0.5
request GET /app/etl/raw-data
check_is "but not more than an address may have at a time: 429" "$STATUS" 429
kill "${uploads[@]}"
wait
done_testing
