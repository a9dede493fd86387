#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Extractions: a run and one message on extract_queue, or a refusal; jobs with a
# schedule, and their runs.
. "$(dirname "$0")/lib.sh"
app_up 'auth = none' 'rabbitmq_timeout = 500' 'relay_chores = 1' 'relay_min_age = 1'

route='/app/etl/jobs/extract?tenant_id=1'
extract() { # JSON [CURL ARGUMENT…]
	local body=$1
	shift
	request POST "$route" --data "$body" "$@"
}
good='{"integration_id":1,"job_type":"jira_sync","job_params":{"project":"EE","since":null}}'

extract "$good"
first=$(json .run_id)
check_is "a job is taken: 202" "$STATUS" 202
check_is "the answer says so" \
	"$(json '.success, (.message | length > 0), .queued, .consumers' | paste -sd ' ')" "true true true 0"
check_match "and where its run is" "$(header Location)" "/app/etl/runs/$first$"
check_is "it is one message" "$(queue_depth extract_queue)" 1
check_is "which is persistent JSON through the exchange" \
	"$(queue_peek extract_queue |
		jq -r '.[0] | [.exchange, .routing_key, .properties.delivery_mode, .properties.content_type,
			.properties.type] | @csv')" \
	'"etl.direct","extract",2,"application/json","extract"'
contract='"tenant_id":1,"integration_id":1,"job_type":"jira_sync","job_params":{"project":"EE","since":null}'
check_is "its body is the contract's, and the run" "$(queue_take extract_queue 1)" "{$contract,\"run_id\":$first}"

trace=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
extract '{"integration_id":2,"job_type":"github_sync","job_params":{
	"cursor": 12345678901234567890,
	"text": "é \n \"x\"" }}' -H "traceparent: $trace"
check_is "parameters may be written on several lines" "$STATUS" 202
check_is "the trace context goes with it" \
	"$(queue_peek extract_queue | jq -r '.[0].properties.headers.traceparent')" "$trace"
queue_take extract_queue 1 >"$TMP/message"
check_is "the message is one line" "$(wc -l <"$TMP/message")" 1
check "with all digits" grep -q '"cursor": 12345678901234567890' "$TMP/message"
check_is "and the text that came" "$(jq -r .job_params.text "$TMP/message")" $'é \n "x"'

# -- one open run of a kind
run_is() { sql "SELECT state FROM extract_runs WHERE id = $1"; }
cancel() { # RUN
	request POST "/app/etl/runs/$1/cancel?tenant_id=1"
	check_is "run $1 is cancelled" "$STATUS" 200
}
extract "$good"
check_is "the same again is the run that is open" "$STATUS $(json .run_id)" "202 $first"
extract '{"integration_id":1,"job_type":"jira_sync","job_params":{"full":true}}'
check_is "another one meanwhile: 409" "$STATUS" 409
check_match "which names the open one" "$(json .detail)" "Run $first "
cancel "$first"
for n in 1 2 3 4 5 6 7 8; do
	curl -sS --noproxy '*' -o "$TMP/many.$n" -D "$TMP/head.$n" -H 'Content-Type: application/json' \
		--data "$good" "$ETL_URL$route" &
done
wait
for n in 1 2 3 4 5 6 7 8; do seen_files POST "$route" "$TMP/many.$n" "$TMP/head.$n"; done
check_is "eight at once are one run" \
	"$(cat "$TMP"/many.? | jq -s '[.[].run_id | select(. != null)] | unique | length')" 1
check_is "and one message" "$(queue_depth extract_queue)" 1
cancel "$(jq .run_id "$TMP/many.1")"
queue_purge extract_queue
extract '{"integration_id":1,"job_type":"jira_issues","job_params":{"from":"never"}}'
check_is "a time that is none: 422" "$STATUS" 422
extract '{"integration_id":1,"job_type":"a","job_params":{}}'
check_is "a type that nothing extracts: 422" \
	"$STATUS $(json '[.errors[].loc | join(".")] | join(" ")')" "422 body.job_type"
check_match "with those that there are" "$(json .detail)" "jira_sync.*github_sync"

# -- each field
long=$(printf 'x%.0s' {1..51})
while IFS='|' read -r name body loc; do
	extract "$body"
	check_is "$name: 422" "$STATUS" 422
	check_is "$name: which names the field" "$(json '[.errors[].loc | join(".")] | join(" ")')" "$loc"
done <<CASES
no integration|{"job_type":"jira_sync","job_params":{}}|body.integration_id
an integration that is no number|{"integration_id":"x","job_type":"jira_sync","job_params":{}}|body.integration_id
an integration 0|{"integration_id":0,"job_type":"jira_sync","job_params":{}}|body.integration_id
no type|{"integration_id":1,"job_params":{}}|body.job_type
an empty type|{"integration_id":1,"job_type":"","job_params":{}}|body.job_type
a type of 51 characters|{"integration_id":1,"job_type":"$long","job_params":{}}|body.job_type
a type that is a number|{"integration_id":1,"job_type":5,"job_params":{}}|body.job_type
no parameters|{"integration_id":1,"job_type":"jira_sync"}|body.job_params
parameters that are null|{"integration_id":1,"job_type":"jira_sync","job_params":null}|body.job_params
parameters that are an array|{"integration_id":1,"job_type":"jira_sync","job_params":[]}|body.job_params
everything wrong|{"integration_id":-1,"job_type":"","job_params":"x"}|body.integration_id body.job_type body.job_params
CASES
extract '{'
check_is "malformed JSON: 400" "$STATUS" 400
extract "$good" -H 'Content-Type: text/plain'
check_is "another media type: 415" "$STATUS" 415
extract "{\"integration_id\":1,\"job_type\":\"a\",\"job_params\":{\"x\":\"$(head -c 70000 /dev/zero | tr '\0' x)\"}}"
check_is "more than a message holds: 413" "$STATUS" 413
check_match "which says what is too large" "$(json .detail)" job_params
request GET "$route"
check_is "GET: 405" "$STATUS" 405

# -- whose integration, and whether it is on
extract '{"integration_id":424242,"job_type":"jira_sync","job_params":{}}'
check_is "an unknown integration: 404" "$STATUS" 404
sql "INSERT INTO tenants (id, name) VALUES (2, 'Other');
	INSERT INTO integrations (id, tenant_id, provider, type) VALUES (22, 2, 'Jira', 'data_source')"
extract '{"integration_id":22,"job_type":"jira_sync","job_params":{}}'
check_is "another tenant's: 404 as well" "$STATUS" 404
route=${route/tenant_id=1/tenant_id=2}
extract '{"integration_id":22,"job_type":"jira_sync","job_params":{}}'
check_is "its own tenant may: 202" "$STATUS" 202
check_is "and is named in the message" "$(queue_take extract_queue 1 | jq .tenant_id)" 2
route=${route/tenant_id=2/tenant_id=1}
sql "UPDATE integrations SET active = FALSE WHERE tenant_id = 1 AND id = 2"
extract '{"integration_id":2,"job_type":"jira_sync","job_params":{}}'
check_is "one that is not active: 409, inactive" "$STATUS $(json .code)" "409 inactive"
check_match "with what to do" "$(json .detail)" 'activate'
check_is "none of these left a message" "$(queue_depth extract_queue)" 0

# -- jobs: extractions with a schedule
job() { # METHOD PATH [JSON] [CURL ARGUMENT…]
	local method=$1 path=$2
	shift 2
	request "$method" "/app/etl/jobs$path?tenant_id=1" ${1+--data "$1"} "${@:2}"
}
job POST "" '{"job_name":"nightly","job_type":"jira_sync","integration_id":1,
	"interval_seconds":3600,"jitter_seconds":60,"active":false}'
check_is "a job is made: 201" "$STATUS" 201
id=$(json .id)
check_is "with a time" "$(json '.next_at != null, .active' | paste -sd ' ')" "true false"
job POST "" '{"job_name":"nightly","job_type":"jira_sync","integration_id":1}'
check_is "its name is there once: 409" "$STATUS" 409
job POST "" '{"job_name":"other","job_type":"nothing","integration_id":1}'
check_is "a type that nothing extracts: 422" "$STATUS" 422
job PUT "/$id" '{"interval_seconds":59}'
check_is "an interval below a minute: 422" "$STATUS" 422
job GET "/$id"
etag=$(header ETag)
job GET "/$id" '' -H "If-None-Match: $etag"
check_is "a version the client has: 304" "$STATUS" 304
job PUT "/$id" '{"job_name":"each night"}'
check_is "it is changed" "$STATUS $(json .job_name)" "200 each night"
job PUT "/$id" '{"active":true}' -H "If-Match: $etag"
check_is "an old version is not written over: 412" "$STATUS" 412
sql "UPDATE etl_jobs SET next_at = now() - interval '9 hours' WHERE id = $id" >"$TMP/out"
runs_of() { sql "SELECT count(*) FROM extract_runs WHERE job_id = $id"; }
chores_pass() { # the relay's chores, once more
	local before
	before=$(grep -c . "$APP_LOGS/relay.log")
	sleep 2.5
	[ -n "$before" ]
}
check "while it is paused" chores_pass
check_is "no run begins" "$(runs_of)" 0
job PUT "/$id" '{"active":true}'
check "then one does, whatever times were missed" \
	wait_until 20 sql_is 1 "SELECT count(*) FROM extract_runs WHERE job_id = $id"
check "its message is queued" wait_until 20 queue_has extract_queue 1
check_is "the next time is in an hour" "$(sql "SELECT next_at BETWEEN now() + interval '59 minutes'
	AND now() + interval '62 minutes' FROM etl_jobs WHERE id = $id")" t
job POST "/$id/run" '{}'
check_is "by hand it is the open run" "$STATUS $(runs_of)" "202 1"
request GET "/app/etl/runs?tenant_id=1&active=true"
check_is "which is in the list of the open ones" "$(json "[.[] | select(.job_id == $id)] | length")" 1
open=$(json "[.[] | select(.job_id == $id)][0].id")
request GET "/app/etl/runs/$open?tenant_id=1"
check_is "and by itself" "$STATUS $(json .state) $(json .job_type)" "200 queued jira_sync"
check_match "with a version" "$(header ETag)" '^"'
etag=$(header ETag)
request POST "/app/etl/runs/$open/cancel?tenant_id=1" -H 'If-Match: "1-2"'
check_is "it is not cancelled by who knows another version: 412" "$STATUS $(run_is "$open")" "412 queued"
request GET "/app/etl/runs/$open?tenant_id=2"
check_is "another tenant's is none: 404" "$STATUS" 404
request POST "/app/etl/runs/$open/cancel?tenant_id=1" -H "If-Match: $etag"
check_is "but by who knows this one" "$STATUS $(run_is "$open")" "200 cancelled"
job POST "/$id/run" '{"from":"2026-01-31T00:00:00Z"}'
check_is "from a time" \
	"$STATUS $(sql "SELECT from_at FROM extract_runs WHERE id = $(json .run_id)")" "202 2026-01-31 00:00:00"
cancel "$(json .run_id)"
job POST "/$id/run" '{"from":"2026-01-31T00:00:00Z","to":"2026-02-28T00:00:00Z"}'
check_is "to another" "$STATUS $(sql "SELECT to_at, job_params->>'to' FROM extract_runs
	WHERE id = $(json .run_id)")" "202 2026-02-28 00:00:00|2026-02-28 00:00:00.000000+00:00"
cancel "$(json .run_id)"
job POST "/$id/run" '{"to":"soon"}'
check_is "a bound that is no time: 422" "$STATUS $(json '.errors[0].loc | join(".")')" "422 body.to"
job DELETE "/$id"
check_is "a job goes: 200" "$STATUS" 200
check_is "its runs stay" "$(sql "SELECT count(*) FROM extract_runs WHERE id = $open AND job_id IS NULL")" 1
queue_purge extract_queue

# -- the broker is away: the run's row keeps the job
app stop rabbitmq
extract "$good"
check_is "without the broker: 202" "$STATUS" 202
check_is "and the answer says that it is not queued" "$(json '.queued, .consumers' | paste -sd ' ')" "false null"
kept=$(json .run_id)
app start rabbitmq
check "with the broker back the relay queues it" wait_until 60 queue_has extract_queue 1
check_is "once" "$(queue_take extract_queue 1 | jq .run_id)" "$kept"
check "and notes that" wait_until 10 sql_is t "SELECT queued_at IS NOT NULL FROM extract_runs WHERE id = $kept"
done_testing
