#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Webhooks: a source signs what it sends, and a delivery is one row however often
# it comes.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
keys=$TMP/keys
printf 'one:%s\n' "$(head -c 32 /dev/urandom | base64)" >"$keys"
chmod 640 "$keys"
ETL_APP_WORKERS=1 app_up "secret_keys_file = $keys"
tool() { # ARGUMENT…, as the owner of the tables
	DATABASE_URL=dbname=$PGDATABASE ETL_SECRET_KEYS_FILE=$keys "$ETL_BUILD/pulse-etl" "$@" 2>"$TMP/tool.err"
}
jira=1 hub=2
secret='a secret of sixteen letters'
printf '%s\n' "$secret" >"$TMP/secret"
printf 'another secret, for the change\n' >"$TMP/secret2"
printf "It's a Secret to Everybody\n" >"$TMP/secret3"
signature() { # FILE [SECRET]
	printf 'sha256=%s' "$(openssl dgst -sha256 -hmac "${2-$secret}" <"$1" | sed 's/.*= //')"
}
# Send what is in $TMP/hook, signed; sets STATUS.
hook() { # INTEGRATION [CURL ARGUMENT…]
	TOKEN_FILE='' request POST "/app/etl/hooks/$1" --data-binary "@$TMP/hook" "${@:2}"
}
github() { # EVENT DELIVERY [SECRET]
	hook "$hub" -H "X-Hub-Signature-256: $(signature "$TMP/hook" "${3-$secret}")" -H "X-GitHub-Event: $1" \
		-H "X-GitHub-Delivery: $2" -H 'X-Hub-Signature: sha1=0000'
}
from_jira() { # DELIVERY
	hook "$jira" -H "X-Hub-Signature: $(signature "$TMP/hook")" -H "X-Atlassian-Webhook-Identifier: $1"
}
problem() { json '[.status, .detail] | @json'; }
rows() { sql "SELECT count(*) FROM raw_extraction_data WHERE extraction_metadata ? 'hook'"; }

# -- secrets
check_is "no secret yet" "$(tool hook-secret list --tenant 1 --output json "$hub")" "[]"
one=$(tool hook-secret add --tenant 1 --file "$TMP/secret" "$hub")
check_match "a secret is added" "$one" '^[0-9]+$'
tool hook-secret add --tenant 1 --file "$TMP/secret" "$jira" >"$TMP/out"
two=$(tool hook-secret add --tenant 1 --file "$TMP/secret2" "$hub")
tool hook-secret add --tenant 1 --file "$TMP/secret3" "$hub" >"$TMP/out"
check_match "a third one is refused" "$? $(cat "$TMP/tool.err")" '^1 .*has 2 secrets already'
check_is "two are listed" "$(tool hook-secret list --tenant 1 --output json "$hub" | jq -c 'map(.id)')" "[$one,$two]"
check_is "none is there to be read" "$(sql "SELECT count(*) FROM integration_hook_secrets
	WHERE secret LIKE 'v1:one:%' AND secret NOT LIKE '%secret%'")" 3
echo short >"$TMP/short"
chmod 600 "$TMP"/s*
tool hook-secret add --tenant 1 --file "$TMP/short" "$jira" >"$TMP/out"
check_match "a short one is refused" "$? $(cat "$TMP/tool.err")" '^65 .*16 characters at least'
tool hook-secret add --tenant 1 --file "$TMP/secret" 4711 >"$TMP/out"
check_is "an integration that is not there" "$?" 1
check_is "who added them is known" "$(sql "SELECT count(*) FROM audit_log WHERE action = 'hook_secret.add'")" 3

# -- who is refused: all alike
printf '{"zen": "x", "hook_id": 1}' >"$TMP/hook"
sql "INSERT INTO integrations (id, tenant_id, provider, type, active) VALUES (51, 1, 'Off', 'x', FALSE),
	(52, 1, 'None', 'x', TRUE)" >"$TMP/out"
good=$(signature "$TMP/hook")
refused() { # NAME INTEGRATION [HEADER…]
	local name=$1 integration=$2 headers=() header
	shift 2
	for header; do headers+=(-H "$header"); done
	hook "$integration" "${headers[@]}"
	check_is "$name: 401" "$(problem)" \
		'[401,"The signature is missing or not valid: give the source the secret of this integration"]'
}
refused "no signature" "$hub" 'X-GitHub-Event: ping'
refused "another secret's" "$hub" "X-Hub-Signature-256: $(signature "$TMP/hook" other)"
refused "the integration is not there" 987654321 "X-Hub-Signature-256: $good"
refused "nor could it be" 99999999999 "X-Hub-Signature-256: $good"
refused "it is not active" 51 "X-Hub-Signature-256: $good"
refused "it has no secret" 52 "X-Hub-Signature-256: $good"
refused "the signature of nothing" 52 "X-Hub-Signature-256: $(signature /dev/null '')"
refused "a signature that is cut" "$hub" "X-Hub-Signature-256: ${good%?}"
refused "one with a letter more" "$hub" "X-Hub-Signature-256: ${good}0"
refused "SHA-1" "$hub" 'X-Hub-Signature: sha1=0123456789012345678901234567890123456789'
refused "the secret of another method" "$hub" 'X-Gitlab-Token: wrong'
TOKEN_FILE=$(token_file 1 admin) request POST "/app/etl/hooks/$hub" --data-binary "@$TMP/hook"
check_is "a token is no signature" "$STATUS" 401
printf '%s ' "$(cat "$TMP/hook")" >"$TMP/hook"
refused "a body with a byte more" "$hub" "X-Hub-Signature-256: $good"
check_is "nothing was stored" "$(rows)" 0

# -- GitHub
printf '{"zen": "x", "hook_id": 1}' >"$TMP/hook"
github ping 6a7b
check_is "a ping: 201, kept as it came" "$STATUS $(json .message)" "201 Stored and kept as it came"
id=$(json .raw_data_id)
check_is "the row" "$(row "entity_type, external_id, processing_status, extraction_metadata")" \
	'github_hook|6a7b|completed|{"hook": {"event": "ping", "delivery": "6a7b"}}'
github ping 6a7b
check_is "the same delivery again: 200 and the same row" "$STATUS $(json .raw_data_id) $(header Idempotency-Replayed)" \
	"200 $id true"
github ping second "$(cat "$TMP/secret2")"
check_is "the other secret does as well" "$STATUS" 201
tool hook-secret remove --tenant 1 --secret "$one" "$hub" >"$TMP/out"
github ping third
check_is "one that was removed does not any more" "$STATUS" 401
tool hook-secret remove --tenant 1 --secret "$one" "$hub" >"$TMP/out"
check_match "it is gone" "$? $(cat "$TMP/tool.err")" '^1 .*has no secret'
tool hook-secret add --tenant 1 --file "$TMP/secret" "$hub" >"$TMP/out"
printf '"Hello, World!"' >"$TMP/hook"
github ping text
check_is "JSON that is neither object nor array: 422" "$STATUS" 422
printf 'payload=%%7B%%7D' >"$TMP/hook"
hook "$hub" -H "X-Hub-Signature-256: $(signature "$TMP/hook")" -H 'Content-Type: application/x-www-form-urlencoded'
check_is "a form: 415" "$STATUS" 415
printf '{"a": "\\u0000"}' >"$TMP/hook"
github push nul
check_is "what jsonb cannot hold is replaced" "$STATUS $(json .replaced_characters)" "201 1"
github 'pu"sh' quote
check_is "an event with a quotation mark: 400" "$STATUS" 400
printf '{"zen": 1' >"$TMP/hook"
github ping broken
check_is "broken JSON, well signed: 400" "$STATUS" 400
{ printf '{"a": "'; head -c 27000000 /dev/zero | tr '\0' a; printf '"}'; } >"$TMP/hook"
github push large
check_is "more than 25 MB: 413" "$STATUS" 413

# -- a pull request
jq -cn '{action: "opened", number: 7, pull_request: {id: 7, node_id: "PR_7", number: 7, title: "seven", state: "open",
	html_url: "https://github.com/o/r/pull/7", updated_at: "2025-01-02T00:00:00Z",
	created_at: "2025-01-01T00:00:00Z",
	user: {login: "ada"}, head: {ref: "h"}, base: {ref: "m", repo: {id: 42, full_name: "o/r"}}},
	repository: {id: 42, full_name: "o/r"}}' >"$TMP/hook"
github pull_request pr1
id=$(json .raw_data_id)
check_is "a pull request: 201, queued as a batch of them" "$STATUS $(json .queued) $(row entity_type)" \
	"201 true github_prs_batch"
becomes completed
check_is "it is a row" "$(sql "SELECT number, name, status, user_name FROM prs")" "7|seven|open|ada"
jq -c '.action = "closed" | .pull_request |= (.state = "closed" | .merged_at = "2025-01-03T00:00:00Z" |
	.updated_at = "2025-01-03T00:00:00Z")' "$TMP/hook" >"$TMP/closed"
cp "$TMP/closed" "$TMP/hook"
github pull_request pr2
id=$(json .raw_data_id)
becomes completed
check_is "and is merged" "$(sql "SELECT status FROM prs")" merged
# -- Jira
printf '{"integration_id": 1, "entity_type": "jira_issues_batch", "raw_data": %s}' "$(jq -cn '{issues: [range(1; 4) | {
	id: "\(.)", key: "AA-\(.)", fields: {summary: "x", created: "2025-01-01T00:00:00.000+0000",
	updated: "2025-01-02T00:00:00.000+0000", project: {id: "1", key: "AA"}, issuetype: {id: "1", name: "Task"},
	status: {id: "1", name: "To Do"}}}]}')" >"$TMP/batch"
api POST raw-data/store --data-binary "@$TMP/batch"
id=$(json .raw_data_id)
becomes completed
printf '{"timestamp": 1, "webhookEvent": "jira:issue_updated", "issue": {"id": "1", "key": "AA-1"}}' >"$TMP/hook"
from_jira one
check_is "an update is kept" "$STATUS $(json .queued)" "201 false"
printf '{"timestamp": 1, "webhookEvent": "jira:issue_deleted", "issue": {"id": "2", "key": "AA-2"}}' >"$TMP/hook"
from_jira two
id=$(json .raw_data_id)
check_is "a deletion is queued" "$STATUS $(json .queued)" "201 true"
becomes completed
check_is "its work item ends" \
	"$(sql "SELECT key, active, gone_since = $id FROM work_items ORDER BY id" | tr '\n' ' ')" \
	"AA-1|t| AA-2|f|t AA-3|t| "
api POST raw-data/store --data-binary "@$TMP/batch"
id=$(json .raw_data_id)
becomes completed
check_is "a later answer that has it brings it back" "$(sql "SELECT active FROM work_items WHERE key = 'AA-2'")" t
id=$(sql "SELECT max(id) FROM raw_extraction_data WHERE entity_type = 'jira_hook'")
api POST "raw-data/$id/requeue"
becomes completed
check_is "the old deletion, again, does not end it" "$(sql "SELECT active FROM work_items WHERE key = 'AA-2'")" t
printf '{"a": 1}' >"$TMP/hook"
hook "$jira" -H "X-Hub-Signature: $(signature "$TMP/hook")"
id=$(json .raw_data_id)
hook "$jira" -H "X-Hub-Signature: $(signature "$TMP/hook")"
check_is "without an id the body is its own" "$STATUS $(json .raw_data_id)" "200 $id"

# -- GitLab
printf '{"object_kind": "merge_request"}' >"$TMP/hook"
hook "$jira" -H "X-Gitlab-Token: $secret" -H 'X-Gitlab-Event: Merge Request Hook' -H 'X-Gitlab-Event-UUID: u-1'
check_is "a token is compared as it is" "$STATUS $(sql "SELECT external_id, extraction_metadata#>>'{hook,event}'
	FROM raw_extraction_data WHERE entity_type = 'gitlab_hook'")" "201 u-1|Merge Request Hook"

# -- 500 deliveries that come three times, two at a time
before=$(rows)
printf '{"action": "labeled"}' >"$TMP/hook"
good=$(signature "$TMP/hook")
for n in {1..750}; do
	printf '%s = "%s"\n' url "$ETL_URL/app/etl/hooks/$hub" data-binary "@$TMP/hook" output "$TMP/answers" \
		write-out '%{http_code}\n' noproxy '*' header "X-Hub-Signature-256: $good" \
		header 'Content-Type: application/json' \
		header 'X-GitHub-Event: issues' header "X-GitHub-Delivery: many-$((n % 500))" \
		retry 5 retry-delay 1 # 503 where the machine does not manage within the two seconds
	echo next
done | sed '$d' >"$TMP/many"
for part in 1 2; do curl -sS -K "$TMP/many" >"$TMP/codes$part" 2>"$TMP/curl.err" & done
wait %1 %2
check_is "1,500 requests are answered" "$(cat "$TMP/codes1" "$TMP/codes2" | grep -c '^20[01]$')" 1500
check_is "most with the row that there is" "$(($(cat "$TMP/codes1" "$TMP/codes2" | grep -c 200) >= 1000))" 1
check_is "and are 500 rows" "$(($(rows) - before))" 500

# -- keys, and the broker
printf 'two:%s\n' "$(head -c 32 /dev/urandom | base64)" >"$TMP/new"
cat "$keys" >>"$TMP/new"
cat "$TMP/new" >"$keys"
check_match "the secrets are encrypted anew" "$(tool secrets rotate)" '^3 were encrypted anew'
github ping after
check_is "and known as before" "$STATUS" 201
app pause rabbitmq
cp "$TMP/closed" "$TMP/hook"
github pull_request away
check_is "the broker is silent: 202" "$STATUS $(json .queued)" "202 false"
check "within two seconds ($SECONDS_TAKEN)" awk "BEGIN { exit !($SECONDS_TAKEN < 2) }"
id=$(json .raw_data_id)
app resume rabbitmq
becomes completed 40
check_is "it is processed later" "$(row processing_status)" completed
lock_table raw_extraction_data
github pull_request locked
check_is "the database does not answer: 503" "$STATUS" 503
check "within two seconds ($SECONDS_TAKEN)" awk "BEGIN { exit !($SECONDS_TAKEN < 2) }"
let_go
github pull_request locked
check_match "the same delivery again is stored" "$STATUS" '^20[0-2]$'
check_is "once" "$(sql "SELECT count(*) FROM raw_extraction_data WHERE external_id = 'locked'")" 1
app stop rabbitmq
github pull_request stopped
check_is "the broker is stopped: 202" "$STATUS $(json .queued)" "202 false"
check "within two seconds ($SECONDS_TAKEN)" awk "BEGIN { exit !($SECONDS_TAKEN < 2) }"
app start rabbitmq
check_fails "no log has a secret or a signature" grep -rq -e "$secret" -e "${good#sha256=}" "$APP_LOGS" "$ETL_APP/nginx"
done_testing
