#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Hostile bodies: each its own clear 4xx, nothing stored, the responder lives on.
. "$(dirname "$0")/lib.sh"
ETL_APP_POOL=1 app_up

good='{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":'
store() { api POST raw-data/store "$@"; }

store --data "${good}[]}"
check_is "a good one is stored" "$STATUS" 201
before=$(responders)
check_match "one responder serves" "$before" '^[0-9]+$'

# refused NAME STATUS TYPE FILE: send a file, see status, error type, no row
refused() {
	store --data-binary "@$4"
	check_is "$1: $2" "$STATUS" "$2"
	check_match "$1: says what" "$(json '.detail')" '.{10}'
	if [ -n "$3" ]; then
		check_is "$1: $3" "$(json '.errors[0].type')" "$3"
	fi
}
body() { printf "$@" >"$TMP/bad"; }

body '';                               refused "an empty body" 400 json_empty "$TMP/bad"
body '%s' "${good}[1,2";                 refused "half a JSON" 400 json_truncated "$TMP/bad"
body '%s' "${good}[1,2]} x";             refused "something after the end" 400 json_trailing "$TMP/bad"
body '\357\273\277%s' "${good}[]}";      refused "a byte order mark" 400 json_byte_order_mark "$TMP/bad"
body '%s"\377"]}' "${good}[";          refused "invalid UTF-8" 400 json_utf8 "$TMP/bad"
body '%s"\355\240\200"]}' "${good}[";  refused "a surrogate in UTF-8" 400 json_utf8 "$TMP/bad"
body '%s"\300\200"]}' "${good}[";      refused "an overlong NUL" 400 json_utf8 "$TMP/bad"
body '%s"\001"]}' "${good}[";          refused "a raw control character" 400 json_control_character "$TMP/bad"
body '%s"a\000b"]}' "${good}[";        refused "a NUL byte" 400 "" "$TMP/bad"
body '%sNaN}' "$good";                 refused "NaN" 400 json_syntax "$TMP/bad"
body '%s01}' "$good";                  refused "a leading zero" 400 json_syntax "$TMP/bad"
body '[]';                             refused "an array as body" 422 json_not_object "$TMP/bad"
body '%s' "${good}[\"x\\u0000y\"]}";     refused 'an escaped NUL' 422 json_nul "$TMP/bad"
body '%s' "${good}[\"\\ud800\"]}";       refused "half a surrogate pair" 422 json_surrogate "$TMP/bad"
body '%s' "${good}[1e309]}";             refused "an exponent beyond 308" 422 json_exponent "$TMP/bad"
body '%s' "${good}[1e-309]}";            refused "an exponent below -308" 422 json_exponent "$TMP/bad"
body '%s' "${good}[], \"raw_data\": []}"; refused "a member twice" 422 json_duplicate "$TMP/bad"
{ printf '%s' "${good}["; yes 1e131071, | head -n 8000 | tr -d '\n'; printf '1]}'; } >"$TMP/bad"
refused "72 KB that would read back as 1 GB" 422 json_exponent "$TMP/bad"
{ printf '%s' "${good}["; yes 1e308, | head -n 1000000 | tr -d '\n'; printf '1]}'; } >"$TMP/bad"
refused "exponents that expand to 300 MB" 422 json_expansion "$TMP/bad"
nested() {
	printf '%s' "$good"
	head -c "$1" /dev/zero | tr '\0' '['
	head -c "$1" /dev/zero | tr '\0' ']'
	printf '}'
}
nested 100000 >"$TMP/bad"
refused "100,000 arrays within each other" 422 json_depth "$TMP/bad"
nested 513 >"$TMP/bad"
refused "513 arrays within each other" 422 json_depth "$TMP/bad"
nested 512 >"$TMP/deep"
store --data-binary "@$TMP/deep"
check_is "512 are stored" "$STATUS" 201

# -- fields: all that is wrong, at once
store --data '{"integration_id":"1","entity_type":"","external_id":5,"raw_data":7,"extraction_metadata":[]}'
check_is "invalid fields: 422" "$STATUS" 422
check_is "every one of them is named" "$(json '[.errors[].loc[1]] | join(" ")')" \
	"integration_id entity_type external_id raw_data extraction_metadata"
check_is "and located in the body" "$(json '[.errors[].loc[0]] | unique | join(" ")')" body
store --data '{}'
check_is "missing fields are named" "$(json '[.errors[] | .loc[1] + ":" + .type] | join(" ")')" \
	"integration_id:missing entity_type:missing raw_data:missing"
store --data "{\"integration_id\":1,\"entity_type\":\"$(head -c 51 /dev/zero | tr '\0' e)\",\"raw_data\":[]}"
check_is "51 characters of entity_type: 422" "$STATUS" 422
store --data "{\"integration_id\":1,\"entity_type\":\"$(printf 'é%.0s' $(seq 50))\",\"raw_data\":[]}"
check_is "50 characters of two bytes each: 201" "$STATUS" 201
store --data "{\"integration_id\":1,\"entity_type\":\"e\",\"external_id\":\"$(head -c 256 /dev/zero | tr '\0' x)\",
	\"raw_data\":[]}"
check_is "256 characters of external_id: 422" "$STATUS" 422
for number in 0 -1 1.5 1e0 2147483648 99999999999999999999; do
	store --data "{\"integration_id\":$number,\"entity_type\":\"e\",\"raw_data\":[]}"
	check_is "integration_id $number: 422" "$STATUS" 422
done
store --data '{"integration_id":77,"entity_type":"e","raw_data":[]}'
check_is "an unknown integration: 404" "$STATUS" 404
sql "INSERT INTO tenants (id, name) VALUES (2, 'Other');
     INSERT INTO integrations (id, tenant_id, provider, type) VALUES (20, 2, 'Jira', 'data_source')" >"$TMP/out"
store --data '{"integration_id":20,"entity_type":"e","raw_data":[]}'
check_is "another tenant's integration: 404, the same" "$STATUS" 404
check_is "PostgreSQL's words never reach the client" "$(grep -ciE 'constraint|foreign|sqlstate|23503' "$BODY")" 0
request POST '/app/etl/raw-data/store?tenant_id=x&queue_transform=maybe' --data '{"entity_type":"e"}'
check_is "bad query values: 400" "$STATUS" 400
check_is "listed with the body's" "$(json '[.errors[].loc | join(".")] | sort | join(" ")')" \
	"body.integration_id body.raw_data query.queue_transform query.tenant_id"
request POST '/app/etl/raw-data/store' --data "${good}[]}"
check_is "no tenant is named: it is the token's" "$STATUS" 201
request POST '/app/etl/raw-data/store?tenant_id=1&tenant_id=2' --data "${good}[]}"
check_is "two tenants: 403" "$STATUS" 403
request POST '/app/etl/raw-data/store?tenant_id=%zz' --data "${good}[]}"
check_is "half an escape in the query: 400" "$STATUS" 400
request POST '/app/etl/raw-data/store?tenant_id=1&x=%00' --data "${good}[]}"
check_is "a NUL in the query: 400" "$STATUS" 400

# -- media
store -H 'Content-Type: text/plain' --data "${good}[]}"
check_is "another media type: 415" "$STATUS" 415
store -H 'Content-Type: application/json; charset=utf-8' --data "${good}[]}"
check_is "a charset is fine" "$STATUS" 201
store -H 'Content-Encoding: br' --data "${good}[]}"
check_is "an unknown encoding: 415" "$STATUS" 415
check_match "which tells what is accepted" "$(header Accept-Encoding)" '.'

# -- lengths
raw() { # a request as it is, held open; gives the answer's first line
	{ printf "$1"; sleep 1; } | timeout 20 socat -t 10 - "TCP:${ETL_URL#http://}" 2>/dev/null |
		tr -d '\r' | head -n 1
}
head_lines="POST /app/etl/raw-data/store?tenant_id=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
head_lines+="Content-Type: application/json\r\nAuthorization: Bearer $ETL_TOKEN\r\n"
check_match "no Content-Length: 400 or 411" "$(raw "$head_lines\r\n")" ' (400|411) '
check_match "a Content-Length that is no number: 400" "$(raw "${head_lines}Content-Length: abc\r\n\r\n{}")" ' 400 '
check_match "a negative one: 400" "$(raw "${head_lines}Content-Length: -5\r\n\r\n{}")" ' 400 '
check_match "two that differ: 400" "$(raw "${head_lines}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}")" ' 400 '
check_match "a body shorter than announced stores nothing" \
	"$(raw "${head_lines}Content-Length: 500\r\n\r\n${good}[]}")x" '^(HTTP/1.1 400.*)?x$'
{ printf '%s"' "${good}["; head -c 67108864 /dev/zero | tr '\0' x; printf '"]}'; } >"$TMP/huge"
store --data-binary "@$TMP/huge"
check_is "more than 64 MB: 413" "$STATUS" 413
check_is "as a problem of ours" "$(header Content-Type)" application/problem+json
store -H 'Transfer-Encoding: chunked' --data-binary "@$TMP/huge"
check_is "the same in chunks: 413" "$STATUS" 413
head -c 67108864 "$TMP/huge" >"$TMP/exact"
store --data-binary "@$TMP/exact"
check_is "exactly 64 MB is read: half a JSON, 400" "$STATUS" 400

# -- nothing of it was stored, the responder is the same
check_is "only the good ones are rows" "$(sql "SELECT count(*) FROM raw_extraction_data")" 5
check_is "only those are messages, but for a type that nothing is made of" "$(queue_depth transform_queue)" 4
check_is "the responder never died" "$(responders)" "$before"
store --data "${good}[]}"
check_is "and stores the next one" "$STATUS" 201
done_testing
