#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# GitHub Apps: a private key in place of a token. Tokens are asked for, renewed
# before their end, and seen by nobody.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/extract.sh
. "$(dirname "$0")/extract.sh"
"$ETL_BUILD/pulse-etl" --version | grep -q cjose || skip_all "this build has no cjose"

umask 077
for name in app other; do
	openssl genrsa -traditional -out "$TMP/$name.pem" 2048 2>"$TMP/out"
done
openssl genrsa -out "$TMP/short.pem" 1024 2>"$TMP/out"
openssl rsa -in "$TMP/app.pem" -aes128 -passout pass:secret -out "$TMP/locked.pem" 2>"$TMP/out"
openssl rsa -in "$TMP/app.pem" -pubout -out "$TMP/app.pub" 2>"$TMP/out"
ETL_APP_WORKERS=0 extract_up "$(jq -n --rawfile key "$TMP/app.pub" '{github: {owner: "acme", app_key: $key,
	app_installations: [42], repositories: [{name: "web", prs: 60}, {name: "api", prs: 3}]}}')" \
	'extract_wait = 1'
tool() { # ARGUMENT…
	ETL_CONFIG=$ETL_APP/etl.conf "$ETL_BUILD/pulse-etl" "$@" >"$TMP/out" 2>"$TMP/err"
}
stored() { sql "SELECT COALESCE(sum(raw_data_items), 0) FROM raw_extraction_data
	WHERE extraction_metadata->>'run_id' = '$run' AND entity_type ~ '${1:-prs}'"; }
text() { run_row "errors->0->>'text'"; }
exchanges() { asked '[.[] | select(.path | endswith("access_tokens"))] | length'; }

# -- set up by the tool
echo '{"app_id": "Iv23liAcme", "installation_id": 42}' >"$TMP/settings"
tool integration create --tenant 1 --provider 'GitHub acme' --base-url "$SOURCE_GITHUB" \
	--app-key-file "$TMP/app.pem" --settings-file "$TMP/settings"
app=$(cat "$TMP/out")
check_match "an integration with an app's key is made: $(cat "$TMP/err")" "$app" '^[0-9]+$'
check_match "the key is sealed" "$(sql "SELECT password FROM integrations WHERE id = $app")" '^v1:k1:'
refused() { # NAME FILE
	tool integration set --tenant 1 --app-key-file "$2" "$app"
	check_match "$1 is refused" "$? $(cat "$TMP/err")" '^(1|65) .*must be an RSA private key of at least 2048 bits'
}
refused "a key that is too short" "$TMP/short.pem"
refused "a key with a passphrase" "$TMP/locked.pem"
refused "a public key" "$TMP/app.pub"
refused "something else" "$TMP/settings"

# -- does it work?
tool integration test --tenant 1 --output json "$app"
check_is "the test says whose it is, what it may do and until when" "$? $(jq -r '[.[] | select(.fact | IN("account",
	"scopes", "quota")) | .value] | join("; ")' "$TMP/out")" \
	"0 app Iv23liAcme, installation 42; contents: read, metadata: read, pull_requests: read; 5000"
check_match "until when" "$(jq -r '.[] | select(.fact == "token_ends") | .value' "$TMP/out")" '^20[0-9-]+T[0-9:]+Z$'

# -- it reads what it is installed for
control DELETE requests >"$TMP/out"
extract "$app" github_sync
check_is "a run is done" "$(run_ends) $(stored) $(stored repositories)" "done 63 2"
check_is "by one token" "$(exchanges)" 1
check_is "which asks for the installation's repositories" \
	"$(asked '[.[] | select(.path == "/installation/repositories")] | length')" 1
extract "$app" github_pull_requests '{"full": true}'
check_is "the next run goes on with it" "$(run_ends) $(exchanges)" "done 1"

# -- tokens end
control PATCH world '{"github": {"app_seconds": 2}}' >"$TMP/out"
control DELETE requests >"$TMP/out"
app restart extractor
control PUT faults '[{"on": "github", "path": "graphql", "do": "late", "pause_ms": 900, "times": 0}]' >"$TMP/out"
extract "$app" github_pull_requests '{"full": true}'
check_is "tokens of two seconds: the run is done all the same" "$(run_ends) $(stored)" "done 63"
check "they were renewed ($(exchanges) times)" test "$(exchanges)" -ge 2
check_is "before their end: none was refused" "$(asked '[.[] | select(.status == 401)] | length')" 0
control PATCH world '{"github": {"app_seconds": 3600}}' >"$TMP/out"
control PUT faults '[]' >"$TMP/out"
extract "$app" github_pull_requests '{"full": true}'
run_ends >"$TMP/out"
control PUT faults '[{"on": "github", "path": "graphql", "do": "status", "status": 401}]' >"$TMP/out"
control DELETE requests >"$TMP/out"
extract "$app" github_pull_requests '{"full": true}'
check_is "a token that is revoked is replaced" "$(run_ends) $(stored) $(exchanges)" "done 63 1"
control PUT faults '[{"on": "github", "path": "graphql", "do": "status", "status": 401, "times": 0}]' >"$TMP/out"
extract "$app" github_pull_requests '{"full": true}'
check_match "two that are refused end the run" "$(run_ends): $(text)" "^failed: the source refuses"
control PUT faults '[{"on": "github", "path": "access_tokens", "do": "secondary", "retry_after": 3},
	{"on": "github", "path": "access_tokens", "do": "status", "status": 503}]' >"$TMP/out"
extract "$app" github_pull_requests '{"full": true}'
waits() { [ "$(run_state)" = waiting ]; }
check "a limit on tokens: the run waits" wait_until 20 waits
check_is "and goes on" "$(run_ends) $(stored)" "done 63"
control PUT faults '[]' >"$TMP/out"

# -- what is wrong is said
wrong() { # NAME PASSWORD_FILE SETTINGS REGEX
	local id
	id=$(jq -n --rawfile key "$2" --argjson settings "$3" --arg url "$SOURCE_GITHUB" --arg name "GitHub $1" \
		'{provider: $name, type: "data_source", base_url: $url, password: $key, settings: $settings}' |
		api POST integrations --data @- && json .id)
	extract "$id" github_repositories
	check_match "$1" "$(run_ends): $(text)" "^failed: $4"
	api POST "integrations/$id/test"
	check_match "$1: the test says so, too" "$(json '"\(.works) \(.trouble)"')" "^false "
}
wrong "a key of another app" "$TMP/other.pem" '{"app_id": 7, "installation_id": 42}' \
	"the source refuses the integration's credentials: .*JSON web token"
wrong "an installation that is not there" "$TMP/app.pem" '{"app_id": 7, "installation_id": 43}' \
	"the GitHub App gets no token: status 404: Not Found: look at app_id"
wrong "no app_id" "$TMP/app.pem" '{}' "a GitHub App needs app_id"
wrong "no installation_id" "$TMP/app.pem" '{"app_id": 7}' "a GitHub App needs installation_id"
wrong "a path as installation_id" "$TMP/app.pem" '{"app_id": 7, "installation_id": "42/../1"}' \
	"a GitHub App needs installation_id"
printf 'token' >"$TMP/token"
wrong "a token beside app_id" "$TMP/token" '{"app_id": 7, "installation_id": 42}' "the settings name a GitHub App"
wrong "half a key" <(head -n 5 "$TMP/app.pem") '{"app_id": 7, "installation_id": 42}' \
	"the key must be an RSA private key"
api POST integrations --data '{"provider": "x", "type": "d", "settings": {"app_ids": 1}}'
check_match "a misspelled setting is told" "$STATUS $(json .detail)" "^422 .*settings.app_id"
extract "$app" github_repositories
check_is "meanwhile the right one works" "$(run_ends)" "done"

# -- who sees any of it
# A sealed password is base64, which may hold "eyJ" by chance, but no dot: a JSON
# web token (RFC 7515) has two.
secret="ghs_|eyJ[A-Za-z0-9_-]+[.]eyJ|$(sed -n 5p "$TMP/app.pem" | tr '+/' '..')"
check_fails "no log has a token or a key" grep -rqE "$secret" "$APP_LOGS"
sql "SELECT i FROM integrations AS i; SELECT r FROM extract_runs AS r" >"$TMP/rows"
check_fails "nor has a row" grep -qE "$secret" "$TMP/rows"
api GET "integrations/$app"
check_fails "nor an answer" grep -qE "$secret" "$BODY"
sources_down
done_testing
