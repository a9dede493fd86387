#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Paths, methods, health, and who may ask.
. "$(dirname "$0")/lib.sh"
app_up

request GET /app/etl/health
check_is "health: 200" "$STATUS" 200
check_is "it is alive" "$(json .status)" ok
request GET /app/etl/health/ready
check_is "ready: 200" "$STATUS" 200
check "nothing is degraded" wait_until 10 ready_is '[]'
request HEAD /app/etl/health --head
check_is "HEAD is GET without a body" "$STATUS" 200
request DELETE /app/etl/health
check_is "another method: 405" "$STATUS" 405
check_is "Allow names what would do" "$(header Allow)" "GET, HEAD"
check_is "the body is a problem" "$(json '[.status, .title, (.detail | type), (.request_id | length > 0)] | @json')" \
	'[405,"Method Not Allowed","string",true]'
for path in /app/etl /app/etl/ /app/etl/nothing /app/etl/health// /app/etl//health /app/etl/Health /app/etl/healthy \
	/app/etl/%68ealth /app/etl/health%20 /app/etl/raw-data/1/nothing/; do
	request GET "$path" --path-as-is
	check_is "GET $path: 404" "$STATUS" 404
done
# A slash at the end of a path says nothing.
request GET /app/etl/health/
check_is "GET /app/etl/health/: 200" "$STATUS" 200
request GET /app/etl/raw-data/1/status/
check_is "GET /app/etl/raw-data/1/status/: 405" "$STATUS $(header Allow)" "405 PUT"
# Open routes know no parameter.
for path in health health/ready metrics openapi.json; do
	request GET "/app/etl/$path?verbose=1"
	check_is "GET /app/etl/$path?verbose=1: 400, which names it" \
		"$STATUS $(json '.errors[0].loc | join(".")')" "400 query.verbose"
done
request GET "/app/etl/x/../health" --path-as-is
check_match "dots do not lead around the table" "$STATUS" '^(400|404)$'
request GET "/app/etl/$(head -c 4000 /dev/zero | tr '\0' a)"
check_is "a long path: 404" "$STATUS" 404
request GET "/app/etl/raw-data?tenant_id=1&$(seq -s '&' -f 'a%g=1' 200)"
check_is "200 parameters: 400" "$STATUS" 400
request GET "/app/etl/queues?tenant_id=1"
check_is "queues: 200" "$STATUS" 200
check_is "the main ones, their bulk queues, retries and dead letters" "$(json '.queues | length')" 33
check_is "the main ones are there" "$(json '[.queues[].name] | map(select(contains(".") | not)) | join(" ")')" \
	"extract_queue transform_queue load_queue"

request GET /app/etl/metrics
check_is "metrics: 200" "$STATUS" 200
check_match "as Prometheus reads them" "$(header Content-Type)" '^text/plain; version=0.0.4'
counted=$(awk '$1 == "etl_requests_total{status=\"4xx\"}" { print $2 }' "$BODY")
check "refusals so far are counted ($counted)" [ "${counted:-0}" -ge 13 ]
request GET /app/etl/nothing
# A responder counts a moment after its answer.
one_more() {
	request GET /app/etl/metrics
	[ "$(awk '$1 == "etl_requests_total{status=\"4xx\"}" { print $2 }' "$BODY")" = $((counted + 1)) ]
}
check "one more is one more, whichever responder counts" wait_until 10 one_more
check_is "each metric has a type and a help" "$(grep -c '^# TYPE' "$BODY")" "$(grep -c '^# HELP' "$BODY")"
check_is "the servers are up" "$(awk '/^etl_(database|broker)_up / { n += $2 } END { print n }' "$BODY")" 2

# They are for the loopback's own address, however the path is written.
for path in metrics metrics/ 'metrics?x=1' 'metrics/?x=1' metrics// /metrics %6detrics x/../metrics/; do
	request GET "/app/etl/$path" --interface 127.0.0.2
	check_match "metrics from elsewhere, $path: refused" "$STATUS" '^40[034]$'
	check_fails "and no number is told" grep -q etl_ "$BODY"
done
request GET /app/etl/metrics --interface 127.0.0.2
check_match "403, with what to do" "$STATUS $(json .detail)" '^403 .*add your address to metrics_from'
printf 'metrics_from = 10.0.0.0/8 127.0.0.2\n' >>"$ETL_APP/extra.conf"
unset ETL_APP_CONF
app restart pool
request GET /app/etl/metrics --interface 127.0.0.2
check_is "whom the setting names is answered" "$STATUS" 200
request GET /app/etl/metrics
check_is "and nobody else" "$STATUS" 403

TOKEN_FILE=
request GET /app/etl/health
check_is "health needs no token" "$STATUS" 200
for call in "GET /app/etl/raw-data?tenant_id=1" "GET /app/etl/raw-data/1?tenant_id=1" \
	"GET /app/etl/queues?tenant_id=1" \
	"POST /app/etl/raw-data/store?tenant_id=1" "PUT /app/etl/raw-data/1/status?tenant_id=1"; do
	read -r method path <<<"$call"
	request "$method" "$path" --data '{}'
	check_is "$call without a token: 401" "$STATUS" 401
	check_match "which says how to authenticate" "$(header WWW-Authenticate)" '^Bearer'
done
request GET "/app/etl/raw-data?tenant_id=1" -H 'Authorization: Bearer anything'
check_is "an unknown token: 401" "$STATUS" 401
unset TOKEN_FILE
app_down
app_up 'auth = none'
export TOKEN_FILE=
request GET "/app/etl/raw-data?tenant_id=1"
check_is "auth = none: no token is asked for" "$STATUS" 200
check "which the log says loudly" grep -q 'warn.*event=no_auth' "$APP_LOGS/pool.log"
unset TOKEN_FILE
check "refusing is the default" sh -c "'$ETL_BUILD/pulse-etl-fcgi' --dump-settings | grep -qx 'auth = required'"
done_testing
