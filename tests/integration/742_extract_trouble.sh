#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Sources that misbehave: each is refused by name, and what was read before stays.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/extract.sh
. "$(dirname "$0")/extract.sh"

ETL_APP_WORKERS=0 extract_up '{"jira": {"projects": [{"key": "AA", "issues": 30, "changes": 2},
		{"key": "BB", "issues": 20, "changes": 2}], "page_max": 10},
	"github": {"owner": "acme", "repositories": [{"name": "web", "prs": 20}]}}' \
	'extract_wait = 1' 'extract_timeout = 2000' 'extract_max_body = 200000'
jira=$(integration 'My Jira' "$SOURCE_JIRA" token)
github=$(integration 'GitHub acme' "$SOURCE_GITHUB" token '{"repositories": ["acme/web"]}')

fault() { # ORDER
	control PUT faults "[$1]" >"$TMP/out"
	control DELETE requests >"$TMP/out"
}

search='"path": "search/jql$"'
text() { run_row "errors->0->>'text'"; }
stored() { sql "SELECT COALESCE(sum(raw_data_items), 0) FROM raw_extraction_data
	WHERE extraction_metadata->>'run_id' = '$run' AND entity_type ~ '${1:-issues}'"; }
marks() { sql "SELECT COALESCE(string_agg(part, ' ' ORDER BY part), '') FROM extract_states
	WHERE integration_id = $jira AND stream = 'issues'"; }

# -- what passes is tried again
passes() { # NAME ORDER
	fault "$2"
	extract "$jira" jira_issues '{"full": true}'
	check_is "$1: done all the same" "$(run_ends) $(stored)" "done 50"
}
passes "503 three times" "{$search, \"do\": \"status\", \"status\": 503, \"times\": 3}"
passes "502 with HTML" "{$search, \"do\": \"html\", \"from\": 2}"
passes "a body that is cut" "{$search, \"do\": \"truncated\", \"from\": 3, \"times\": 2}"
passes "a connection that is reset" "{$search, \"do\": \"reset\", \"from\": 2}"
passes "no answer" "{$search, \"do\": \"silent\"}"
passes "429 with Retry-After" "{$search, \"do\": \"status\", \"status\": 429, \"retry_after\": 1}"
passes "one empty page with a token" "{$search, \"do\": \"empty_page\", \"from\": 2}"
passes "isLast that lies beside a token" "{$search, \"do\": \"last_lies\", \"from\": 2}"
passes "a redirect to the same host" "{\"path\": \"project/search$\", \"do\": \"redirect\", \"to\": \"same\"}"
check_is "both projects have their mark" "$(marks)" "AA BB"
sql "DELETE FROM extract_states" >"$TMP/out"

# -- what is wrong with a part fails it, and the others go on
partial() { # NAME ORDER TEXT ITEMS
	fault "$2"
	extract "$jira" jira_issues '{"full": true}'
	check_is "$1: partial" "$(run_ends)" partial
	check_match "$1: it is named" "$(text)" "$3"
	check_is "$1: the rest is there" "$(stored)" "$4"
	check_is "$1: the other project has its mark" "$(marks)" BB
	sql "DELETE FROM extract_states" >"$TMP/out"
}
aa="$search, \"body\": \"project = ..AA\""
partial "a token that comes again" "{$aa, \"do\": \"token_again\", \"from\": 2}" "same page token again" 30
partial "tokens that go round in a circle" "{$aa, \"do\": \"token_circle\", \"times\": 0}" \
	"token a second time: its pages go round in a circle" 50
partial "empty pages with a token" "{$aa, \"do\": \"empty_page\", \"from\": 2, \"times\": 0}" \
	"one empty page after the other" 30
partial "more pages without a token" "{$aa, \"do\": \"last_lies\", \"value\": false, \"from\": 2}" "no token" 30
partial "an answer that is not JSON" "{$aa, \"do\": \"not_json\"}" "cannot be read as JSON" 20
partial "403" "{$aa, \"do\": \"status\", \"status\": 403, \"message\": \"Not yours.\"}" "status 403: Not yours" 20
partial "404" "{$aa, \"do\": \"status\", \"status\": 404}" "status 404" 20
partial "an answer without an end" "{$aa, \"do\": \"huge\", \"bytes\": 3000000, \"times\": 0}" \
	"larger than extract_max_body" 20
check_is "it was asked for in halves" \
	"$(asked '[.[] | select(.fault == "huge") | .body.maxResults] | unique')" "[1,3,6,12,25,50,100]"
partial "a redirect to another host" "{$aa, \"do\": \"redirect\", \"status\": 307, \"times\": 0}" "status 307" 20
check_is "which is not asked" "$(asked '[.[] | select(.on == "elsewhere")] | length')" 0

# -- what concerns all of it ends the run
fault "{$search, \"do\": \"removed\", \"times\": 0}"
extract "$jira" jira_issues
check_is "410: failed" "$(run_ends)" failed
check_match "which says so" "$(text)" "status 410: the source has removed"
fault "{$search, \"do\": \"reset\", \"times\": 0}"
extract "$jira" jira_issues
check_is "nobody there after seven tries: failed" "$(run_ends)" failed
check_match "seven they were, or one more on a connection that was kept" \
	"$(asked '[.[] | select(.path | endswith("search/jql"))] | length')" "^[78]$"
fault ''
wrong=$(integration 'Other Jira' "$SOURCE_JIRA" wrong-token)
extract "$wrong" jira_sync
check_is "credentials that are refused: failed" "$(run_ends)" failed
check_match "which says whose" "$(text)" "refuses the integration's credentials"
check_is "the integration is marked" "$(sql "SELECT refused_at IS NOT NULL FROM integrations WHERE id = $wrong")" t
"$ETL_BUILD/pulse-etl" --config "$ETL_APP/etl.conf" doctor --output json >"$TMP/doctor" 2>"$TMP/err"
api GET "integrations/$wrong"
check_match "which its answer tells" "$(json .refused_at)" '^20'
check_match "and the tool" "$("$ETL_BUILD/pulse-etl" --config "$ETL_APP/etl.conf" integration show --tenant 1 \
	--output json "$wrong" | jq -r .refused_at)" '^20'
check_match "the doctor names it" "$(cat "$TMP/doctor")" "integration $wrong refuses its credentials"
api PUT "integrations/$wrong" --data '{"password": "right"}'
extract "$wrong" jira_projects
check_is "with the right ones: done" "$(run_ends)" "done"
check_is "and it is marked no more" "$(sql "SELECT refused_at IS NULL FROM integrations WHERE id = $wrong")" t

# -- limits
fault "{$aa, \"do\": \"status\", \"status\": 429, \"retry_after\": 6, \"from\": 2}"
extract "$jira" jira_issues '{"full": true}'
waits() { [ "$(run_state)" = waiting ]; }
check "a limit for longer than extract_wait: the run waits" wait_until 20 waits
check_is "until a time" "$(run_row "resume_at > now()")" t
check_is "its message is settled" "$(queue_depth extract_queue)" 0
check_is "then it goes on to its end" "$(run_ends) $(stored)" "done 50"
check_is "with what it had" "$(asked '[.[] | select(.path | endswith("search/jql"))] | length')" 6
check "the time is counted" test "$(run_row waited_seconds)" -ge 3

# -- GitHub
fault '{"on": "github", "path": "graphql", "do": "null_nodes", "times": 2}'
extract "$github" github_pull_requests
check_is "null nodes: done" "$(run_ends) $(stored prs)" "done 20"
check_is "with half as many, twice" \
	"$(asked '[.[] | select(.path | endswith("graphql")) | .body.variables.first][0:3]')" "[25,12,6]"
fault '{"on": "github", "path": "graphql", "do": "exhausted", "reset_epoch": 3}'
extract "$github" github_pull_requests '{"full": true}'
check "the primary limit: it waits" wait_until 20 waits
check_is "and goes on" "$(run_ends) $(stored prs)" "done 20"
fault '{"on": "github", "path": "graphql", "do": "secondary", "retry_after": 1}'
extract "$github" github_pull_requests '{"full": true}'
check_is "a name that is gone" "$(
	control PATCH world '{"github": {"renamed": {"old": "web"}}}' >"$TMP/out"
	run_ends >"$TMP/out"
	extract "$github" github_pull_requests '{"repositories": ["acme/old"]}'
	run_ends
	text
)" $'partial\nCould not resolve to a Repository with the name \'acme/old\'.'

# -- where nobody may be sent
private=$(integration 'Private Jira' 'https://10.1.2.3' token)
extract "$private" jira_projects
check_match "a private address is not asked" "$(run_ends): $(text)" \
	'partial: .*private network: name that in extract_networks'
plain=$(integration 'Plain Jira' "${SOURCE_CONTROL}" token)
extract "$plain" jira_projects
check_match "nor one without TLS" "$(run_ends): $(text)" 'failed: base_url has to begin with https'


# -- who ends it, if it is the run that they know
fault "{$search, \"do\": \"late\", \"pause_ms\": 700, \"times\": 0}"
extract "$jira" jira_issues '{"full": true}'
running() { [ "$(run_state)" = running ]; }
wait_until 20 running
api POST "runs/$run/cancel" -H 'If-Match: "0-0"'
check_is "a run that has changed meanwhile is not cancelled: 412" "$STATUS" 412
api GET "runs/$run"
api POST "runs/$run/cancel" -H 'If-Match: *'
check_is "a run is cancelled: 200" "$STATUS" 200
check_is "and stays so" "$(sleep 1.5; run_state)" cancelled
api POST "runs/$run/cancel"
check_is "once: 409" "$STATUS" 409

# -- a limit that SIGHUP rereads
fault ""
sed -i 's/^extract_max_body *=.*/extract_max_body = 6000/' "$ETL_APP/etl.conf"
pkill -HUP -x pulse-etl-extra -P "$(app_pid extractor)"
reread() { grep -q 'event=reread.*extract_max_body' "$APP_LOGS/extractor.log"; }
check "SIGHUP: the extractor reads extract_max_body again" wait_until 10 reread
extract "$jira" jira_issues '{"full": true}'
check_is "the run is done" "$(run_ends) $(stored)" "done 50"
check "by smaller pages" test "$(asked '[.[] | .body.maxResults? // empty] | min')" -le 3
sources_down
done_testing
