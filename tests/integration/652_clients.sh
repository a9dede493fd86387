#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# openapi.json in use: its examples are what the service takes and answers, and
# clients that generators make of it compile, store a batch and tell problems apart.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/openapi/tools.sh
. "$ETL_SOURCE/tests/openapi/tools.sh"
ETL_OPENAPI_TOOLS=${ETL_OPENAPI_TOOLS:-$TMP/openapi-tools}
clients=$ETL_OPENAPI_TOOLS-clients

tools() {
	openapi_install "$ETL_OPENAPI_TOOLS" && openapi_clients_install "$clients"
}
if ! tools 2>"$TMP/tools.err"; then
	if [ "${ETL_REQUIRE_NODE-}" = 1 ]; then
		failed "the generators are there"
		note_file "$TMP/tools.err"
	else
		skip "clients can be made" "$(tail -n 1 "$TMP/tools.err")"
	fi
	done_testing
fi
printf 'k:%s\n' "$(openssl rand -base64 32)" >"$TMP/keys"
chmod 600 "$TMP/keys"
app_up "secret_keys_file = $TMP/keys"
sed 's/.*Bearer \([^"]*\).*/\1/' "$ETL_CURLRC" >"$TMP/token"
request GET /app/etl/openapi.json
cp "$BODY" "$TMP/openapi.json"

sql "INSERT INTO work_items (id, tenant_id, integration_id, external_id, key, created)
	VALUES (1, 1, 1, 'w', 'DEMO-1', now());
	INSERT INTO changelogs (tenant_id, integration_id, work_item_id, external_id) VALUES (1, 1, 1, 'c');
	INSERT INTO repositories (id, tenant_id, integration_id, external_id, full_name, default_branch)
	VALUES (1, 1, 2, 'r', 'demo/shop', 'main');
	INSERT INTO prs (id, tenant_id, integration_id, external_id, repository_id, number, destination, merged_at)
	VALUES (1, 1, 2, 'p', 1, 7, 'main', now());
	INSERT INTO records (tenant_id, integration_id, entity_type, external_id, fields)
	VALUES (1, 1, 'pagerduty_incidents', 'PT4KHLK', '{\"title\": \"The server is on fire.\"}');
	INSERT INTO prs_reviews (tenant_id, integration_id, external_id, pr_id) VALUES (1, 2, 'v', 1);
	INSERT INTO prs_commits (tenant_id, integration_id, external_id, pr_id) VALUES (1, 2, 's', 1);
	INSERT INTO prs_comments (tenant_id, integration_id, external_id, pr_id) VALUES (1, 2, 'm', 1)"

# -- examples
examples() { # OPENAPI.JSON [URL TOKEN_FILE]
	OPENAPI_TOOLS=$ETL_OPENAPI_TOOLS node "$ETL_SOURCE/tests/openapi/examples.mjs" "$@"
}
check "each operation and member has its words, each example is as described, and so the service answers" \
	examples "$TMP/openapi.json" "$ETL_URL" "$TMP/token"
broken() { # NAME FILTER
	jq "$2" "$TMP/openapi.json" >"$TMP/broken.json"
	check_fails "$1 is found" examples "$TMP/broken.json"
}
broken "an example that its schema refuses" \
	'.paths["/app/etl/raw-data/store"].post.requestBody.content["application/json"].example.more = 1'
broken "an operation without a description" 'del(.paths["/app/etl/queues"].get.description)'
broken "a member without one" 'del(.components.schemas.wit.properties.id.description)'
broken "a code that its status does not have" \
	'.components.responses["409"].content["application/problem+json"].example.code = "invalid"'
check_is "known entity types are examples of one" \
	"$(jq -r '.components.schemas.raw_data_store_input.properties.entity_type.examples | length > 9' "$BODY")" true
check_is "nginx's own codes are described" "$(jq -r '[.components.schemas | .problem_429, .problem_503 |
	.allOf[1].properties.code.enum | any(. == "too_many_requests" or . == "unavailable")] | @json' "$BODY")" \
	'[true,true]'

# -- clients
work=$TMP/work
mkdir -p "$work"
cp "$ETL_SOURCE"/tests/openapi/clients/*.ts "$work"
ln -s "$clients/node_modules" "$work/node_modules"
program() { # NAME ARGUMENT…
	(cd "$work" && "node_modules/.bin/$1" "${@:2}")
}
check "openapi-typescript takes it" program openapi-typescript "$TMP/openapi.json" -o schema.d.ts
check "so does @hey-api/openapi-ts" program openapi-ts -i "$TMP/openapi.json" -o heyapi -c @hey-api/client-fetch
check "the clients compile, with --strict" program tsc --strict --target es2022 --lib es2022,dom,dom.iterable \
	--module commonjs --moduleResolution node10 --outDir out fetch.ts heyapi.ts
run() { # NAME
	ETL_TOKEN=$(cat "$TMP/token") node "$work/out/$1.js" >"$TMP/$1.out" 2>"$TMP/$1.err"
	note_file "$TMP/$1.err"
	cat "$TMP/$1.out"
}
cat >"$TMP/want" <<'JSON'
["store",201,true]
["again",200,true]
["list",200,true,"from_a_client",1]
["no integration",404,"no_integration"]
["another body",422,"key_reused"]
["a member less",422,"invalid",["body","raw_data"]]
["a second Jira",409,"exists"]
["backwards",409,"conflict"]
JSON
export ETL_URL
check_is "openapi-fetch stores a batch, lists it, and tells two conflicts apart" "$(run fetch)" "$(cat "$TMP/want")"
check_is "so does the other" "$(run heyapi)" "$(cat "$TMP/want")"
check_is "one batch came of each" \
	"$(sql "SELECT count(*) FROM raw_extraction_data WHERE external_id = 'from_a_client'")" 2
done_testing
