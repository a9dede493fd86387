#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# openapi.json: complete, what a linter takes, and the truth.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/openapi/tools.sh
. "$ETL_SOURCE/tests/openapi/tools.sh"
# shellcheck source=tests/integration/routes.sh
. "$(dirname "$0")/routes.sh"
app_up 'auth = none'
ETL_OPENAPI_TOOLS=${ETL_OPENAPI_TOOLS:-$TMP/openapi-tools}

request GET /app/etl/openapi.json
check_is "anybody may read it: 200" "$STATUS" 200
check_is "it is JSON" "$(header Content-Type)" application/json
cp "$BODY" "$TMP/openapi.json"
check_match "which has a version" "$(header ETag)" '^"[0-9a-f]{16}"$'
tag=$(header ETag)
check_match "and may be kept" "$(header Cache-Control)" 'max-age='
request GET /app/etl/openapi.json -H "If-None-Match: $tag"
check_is "who has it need not get it again" "$STATUS" 304
curl -sS -g --noproxy '*' -H 'Accept-Encoding: br;q=1, gzip;q=0.5' -D "$HEADERS" -o "$TMP/packed" \
	"$ETL_URL/app/etl/openapi.json"
check_is "it comes packed to who takes that" "$(header Content-Encoding)" gzip
check_is "as what it is" "$(gunzip <"$TMP/packed" 2>"$TMP/err" | sha256sum)" "$(sha256sum <"$TMP/openapi.json")"
check "and small ($(stat -c %s "$TMP/packed") bytes)" [ "$(stat -c %s "$TMP/packed")" -lt 40000 ]
check_is "with a version of its own" "$(header ETag)" "${tag%\"}-gzip\""
document() { jq -r "$1" "$TMP/openapi.json"; }
check_is "of OpenAPI 3.1" "$(document .openapi)" 3.1.0
check_is "the program prints the same" "$("$ETL_BUILD/pulse-etl" routes openapi | sha256sum)" \
	"$(sha256sum <"$TMP/openapi.json")"
check_is "so does the file that is installed" "$(sha256sum <"$ETL_BUILD/openapi.json")" \
	"$(sha256sum <"$TMP/openapi.json")"

# -- complete: each row of the route table is there, with its role and handler
check "the route table can be read" test "$(routes | wc -l)" -gt 10
check_is "each route is described, with its role and its handler, and no other" \
	"$(document '.paths | to_entries[] | .key as $p | .value | to_entries[] |
		"\(.key | ascii_upcase) \($p) \(.value["x-role"] | ascii_upcase) \(.value.operationId)"' | sort)" \
	"$(routes | sort)"
check_is "names of operations are unique" \
	"$(document '[.paths[][].operationId] | group_by(.) | map(select(length > 1)) | length')" 0
check_is "open routes need nothing, all others the token" \
	"$(document '[.paths[][] | (.["x-role"] == "open") == (.security == [])] | all')" true
check_is "each operation tells its trouble" \
	"$(document '[.paths[][].responses | has("429") and has("500") and has("503") and has("default")] | all')" true
check_is "each {id} is a parameter, and answers 404" \
	"$(document '[.paths | to_entries[] | select(.key | contains("{id}")) | .value[] |
		(.parameters | any(.name == "id" and .required)) and (.responses | has("404"))] | all')" true
check_is "all errors are problems" \
	"$(document '[.components.responses[].content | keys[]] | unique | join(",")')" application/problem+json
check_is "no reference leads nowhere" \
	"$(document '. as $d | [.. | objects | .["$ref"]? // empty | ltrimstr("#/") | split("/")] | unique |
		map(select(. as $p | $d | getpath($p) == null)) | length')" 0

# -- what a route takes: its rows
store='.paths["/app/etl/raw-data/store"].post'
check_is "the body has a name" \
	"$(document "$store.requestBody.content[\"application/json\"].schema[\"\$ref\"]")" \
	"#/components/schemas/raw_data_store_input"
body=.components.schemas.raw_data_store_input
check_is "the body has its fields" \
	"$(document "$body.properties | keys_unsorted | join(\" \")")" \
	"integration_id entity_type external_id raw_data extraction_metadata tenant_id"
check_is "with what is required" \
	"$(document "$body.required | join(\" \")")" \
	"integration_id entity_type raw_data"
check_is "and their limits" \
	"$(document "$body.properties |
		[.entity_type.minLength, .entity_type.maxLength, .external_id.maxLength] | @csv")" 1,50,255
check_is "and the headers" "$(document "[$store.parameters[] | select(.in == \"header\") | .name] | join(\" \")")" \
	"Idempotency-Key traceparent"
check_is "its answers are all there" "$(document "$store.responses | keys | join(\" \")")" \
	"200 201 202 400 401 403 404 413 415 422 429 500 503 default"
success() { document "$store.responses[\"$1\"].headers | keys_unsorted | join(\" \")"; }
check_is "an older answer says that it is one" "$(success 200)" "X-Request-Id traceparent Idempotency-Replayed"
check_is "what was made says where it is" "$(success 201)" "X-Request-Id traceparent Location"
check_is "a problem says what to do about it" \
	"$(document '[.components.responses | to_entries[] | select(.value.headers | length > 1) |
		"\(.key) \(.value.headers | keys_unsorted[1])"] | join(", ")')" \
	"401 WWW-Authenticate, 415 Accept-Encoding, 429 Retry-After, 503 Retry-After, problem Allow"
check_is "what is read with a version is written with one, too" \
	"$(document '[.paths["/app/etl/integrations", "/app/etl/integrations/{id}",
		"/app/etl/integrations/{id}/toggle-active"] | to_entries[] | .key as $method | .value.responses |
		to_entries[] | select(.value.headers.ETag?) | "\($method) \(.key)"] | join(", ")')" \
	"get 200, get 304, post 201, get 200, get 304, put 200, post 200"
check_is "settings are an object" "$(document '.components.schemas.integration.properties.settings.type')" object
check_is "an enumeration is one" \
	"$(document '.paths["/app/etl/raw-data"].get.parameters[] | select(.name == "processing_status") |
		.schema.enum | join(" ")')" \
	"pending processing completed failed"
check_is "a file is a form's" \
	"$(document '.paths["/app/etl/integrations/upload-logo"].post.requestBody.content | keys | join(" ")')" \
	multipart/form-data

# -- limits in it are the service's: a value beyond is refused, at it is not
while read -r name limit; do
	request GET "/app/etl/raw-data?tenant_id=1&$name=$limit"
	check_is "$name=$limit, the maximum, is taken" "$STATUS" 200
	request GET "/app/etl/raw-data?tenant_id=1&$name=$((limit + 1))"
	check_is "$name=$((limit + 1)), one more, is refused" "$STATUS" 400
done < <(document '.paths["/app/etl/raw-data"].get.parameters[] |
	select(.schema.maximum? // 0 | . > 0 and . < 4000000000) |
	"\(.name) \(.schema.maximum)"')

# -- a public linter takes it, and the validator bites
if ! openapi_install "$ETL_OPENAPI_TOOLS" 2>"$TMP/tools.err"; then
	if [ "${ETL_REQUIRE_NODE-}" = 1 ]; then
		failed "the linter is there"
		note_file "$TMP/tools.err"
	else
		skip "a public linter finds nothing" "$(tail -n 1 "$TMP/tools.err")"
	fi
	done_testing
fi
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
lint() {
	"$ETL_OPENAPI_TOOLS/node_modules/.bin/redocly" lint --format=json \
		--config "$ETL_SOURCE/tests/openapi/redocly.yaml" "$1" >"$TMP/lint.json" 2>"$TMP/lint.err"
}
faults() { jq '[.totals.errors, .totals.warnings] | add' "$TMP/lint.json"; }
lint "$TMP/openapi.json"
check_is "a public linter finds nothing" "$(faults)" 0
jq -r '.problems[]? | "\(.ruleId): \(.message)"' "$TMP/lint.json" >"$TMP/problems" 2>"$TMP/jq.err"
[ ! -s "$TMP/problems" ] || note_file "$TMP/problems"
document 'del(.paths["/app/etl/queues"].get.operationId) |
	.paths["/app/etl/raw-data"].get.responses["200"].content["application/json"].schema["$ref"] = "#/none"' \
	>"$TMP/broken.json"
lint "$TMP/broken.json"
check "and would find a fault" test "$(faults)" -ge 2

answers() {
	OPENAPI_TOOLS=$ETL_OPENAPI_TOOLS node "$ETL_SOURCE/tests/openapi/validate.mjs" "$TMP/openapi.json" "$TMP/seen"
}
record() { # METHOD PATH STATUS TYPE BODY [HEADER…]
	rm -rf "$TMP/seen"
	mkdir "$TMP/seen"
	printf '%s\n' "${@:1:4}" >"$TMP/seen/one.meta"
	printf '%s' "$5" >"$TMP/seen/one.body"
	printf '%s\r\n' 'HTTP/1.1 100 Continue' '' "HTTP/1.1 $3" 'x-request-id: one' "${@:6}" \
		'' >"$TMP/seen/one.headers"
}
health='{"status":"ok","version":"1"}'
record GET /app/etl/health 200 application/json "$health"
check "an answer as described passes" answers
record HEAD /app/etl/health 200 application/json ''
check "so does HEAD" answers
record GET /app/etl/nowhere 404 application/problem+json \
	'{"type":"about:blank","title":"x","status":404,"code":"no_route","detail":"x","request_id":"x"}'
check "and a problem of no route" answers
differs() { # NAME METHOD PATH STATUS TYPE BODY [HEADER…]
	local name=$1
	shift
	record "$@"
	check_fails "$name is found" answers
}
differs "a member more" GET /app/etl/health 200 application/json '{"status":"ok","version":"1","more":1}'
differs "a member less" GET /app/etl/health 200 application/json '{"status":"ok"}'
differs "another type" GET /app/etl/health 200 application/json '{"status":"ok","version":1}'
differs "a null that may not be" GET /app/etl/health 200 application/json '{"status":null,"version":"1"}'
differs "no JSON" GET /app/etl/health 200 application/json 'ok'
differs "another media type" GET /app/etl/health 200 text/html "$health"
differs "another status" GET /app/etl/health 201 application/json "$health"
differs "an error that is none of its own" GET /app/etl/health 409 application/problem+json '{}'
differs "a problem without its detail" GET /app/etl/queues 503 application/problem+json \
	'{"type":"about:blank","title":"x","status":503,"code":"db_busy","request_id":"x"}' 'Retry-After: 5'
differs "a success of no route" GET /app/etl/nowhere 200 application/json '{}'
differs "a body with 304" GET /app/etl/raw-data/1 304 '' 'x' 'ETag: "1"'
record GET /app/etl/raw-data/1 304 '' '' 'ETag: "1"'
check "an answer with its headers passes" answers
differs "a version less" GET /app/etl/raw-data/1 304 '' ''
differs "a header without a value" GET /app/etl/raw-data/1 304 '' '' 'ETag: '
record GET /app/etl/wits 200 application/json '[]' 'ETag: "1"' 'X-Total-Count: 0'
check "a list with its number passes" answers
differs "a number that is none" GET /app/etl/wits 200 application/json '[]' 'ETag: "1"' 'X-Total-Count: no'
differs "a list without its number" GET /app/etl/wits 200 application/json '[]' 'ETag: "1"'
problem() { # STATUS CODE
	printf '{"type":"about:blank","title":"x","status":%s,"code":"%s","detail":"x","request_id":"x"}' "$@"
}
differs "no time to come again" GET /app/etl/wits 429 application/problem+json "$(problem 429 quota)"
differs "a caller who is not told how to say who he is" GET /app/etl/wits 401 application/problem+json \
	"$(problem 401 unknown_caller)"
differs "a method less without the others" PATCH /app/etl/wits 405 application/problem+json "$(problem 405 method)"
record PATCH /app/etl/wits 405 application/problem+json "$(problem 405 method)" 'Allow: GET, HEAD'
check "with them it passes" answers
record POST /app/etl/wit-mappings 409 application/problem+json "$(problem 409 exists)"
check "a code of its status passes" answers
differs "one of another status" POST /app/etl/wit-mappings 409 application/problem+json "$(problem 409 quota)"
done_testing
