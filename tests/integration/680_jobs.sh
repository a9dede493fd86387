#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Extraction jobs: one message on extract_queue, or a refusal.
. "$(dirname "$0")/lib.sh"
app_up 'auth = none' 'rabbitmq_timeout = 500'

route='/app/etl/jobs/extract?tenant_id=1'
extract() { # JSON [CURL ARGUMENT…]
	local body=$1
	shift
	request POST "$route" --data "$body" "$@"
}
good='{"integration_id":1,"job_type":"jira_sync","job_params":{"project":"EE","since":null}}'

extract "$good"
check_is "a job is taken: 202" "$STATUS" 202
check_is "the answer says so" "$(json '.success, (.message | length > 0)' | paste -sd ' ')" "true true"
check_is "it is one message" "$(queue_depth extract_queue)" 1
check_is "which is persistent JSON through the exchange" \
	"$(queue_peek extract_queue |
		jq -r '.[0] | [.exchange, .routing_key, .properties.delivery_mode, .properties.content_type,
			.properties.type] | @csv')" \
	'"etl.direct","extract",2,"application/json","extract"'
check_is "its body is the contract's" "$(queue_take extract_queue 1)" \
	'{"tenant_id":1,"integration_id":1,"job_type":"jira_sync","job_params":{"project":"EE","since":null}}'

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

for n in 1 2 3 4 5 6 7 8; do
	curl -sS --noproxy '*' -o "$TMP/many.$n" -D "$TMP/head.$n" -H 'Content-Type: application/json' \
		--data "$good" "$ETL_URL$route" &
done
wait
for n in 1 2 3 4 5 6 7 8; do seen_files POST "$route" "$TMP/many.$n" "$TMP/head.$n"; done
check_is "eight at once are eight messages" "$(queue_depth extract_queue)" 8
check_is "with ids of their own" \
	"$(queue_peek extract_queue 8 | jq '[.[].properties.message_id] | unique | length')" 8
queue_purge extract_queue

# -- each field
long=$(printf 'x%.0s' {1..51})
while IFS='|' read -r name body loc; do
	extract "$body"
	check_is "$name: 422" "$STATUS" 422
	check_is "$name: which names the field" "$(json '[.errors[].loc | join(".")] | join(" ")')" "$loc"
done <<CASES
no integration|{"job_type":"a","job_params":{}}|body.integration_id
an integration that is no number|{"integration_id":"x","job_type":"a","job_params":{}}|body.integration_id
an integration 0|{"integration_id":0,"job_type":"a","job_params":{}}|body.integration_id
no type|{"integration_id":1,"job_params":{}}|body.job_type
an empty type|{"integration_id":1,"job_type":"","job_params":{}}|body.job_type
a type of 51 characters|{"integration_id":1,"job_type":"$long","job_params":{}}|body.job_type
a type that is a number|{"integration_id":1,"job_type":5,"job_params":{}}|body.job_type
no parameters|{"integration_id":1,"job_type":"a"}|body.job_params
parameters that are null|{"integration_id":1,"job_type":"a","job_params":null}|body.job_params
parameters that are an array|{"integration_id":1,"job_type":"a","job_params":[]}|body.job_params
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
extract '{"integration_id":424242,"job_type":"a","job_params":{}}'
check_is "an unknown integration: 404" "$STATUS" 404
sql "INSERT INTO tenants (id, name) VALUES (2, 'Other');
	INSERT INTO integrations (id, tenant_id, provider, type) VALUES (22, 2, 'Jira', 'data_source')"
extract '{"integration_id":22,"job_type":"a","job_params":{}}'
check_is "another tenant's: 404 as well" "$STATUS" 404
route=${route/tenant_id=1/tenant_id=2}
extract '{"integration_id":22,"job_type":"a","job_params":{}}'
check_is "its own tenant may: 202" "$STATUS" 202
check_is "and is named in the message" "$(queue_take extract_queue 1 | jq .tenant_id)" 2
route=${route/tenant_id=2/tenant_id=1}
sql "UPDATE integrations SET active = FALSE WHERE tenant_id = 1 AND id = 2"
extract '{"integration_id":2,"job_type":"a","job_params":{}}'
check_is "one that is not active: 409, inactive" "$STATUS $(json .code)" "409 inactive"
check_match "with what to do" "$(json .detail)" 'activate'
check_is "none of these left a message" "$(queue_depth extract_queue)" 0

# -- the broker is away: nothing would keep the job
app stop rabbitmq
extract "$good"
check_is "without the broker: 503" "$STATUS" 503
check_match "with Retry-After" "$(header Retry-After)" '^[0-9]+$'
check_match "and a sentence" "$(json .detail)" 'nothing was queued'
check_is "as a problem" "$(header Content-Type)" application/problem+json
app start rabbitmq
taken_again() {
	extract "$good"
	[ "$STATUS" = 202 ]
}
check "with the broker back it is taken" wait_until 60 taken_again
check "once" queue_has extract_queue 1

broker_alarm on
blocked() {
	extract "$good"
	[ "$STATUS" = 503 ]
}
check "while the broker blocks publishers: 503" wait_until 20 blocked
broker_alarm off
check "and 202 afterwards" wait_until 60 taken_again
done_testing
