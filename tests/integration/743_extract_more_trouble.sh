#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What else sources do: each form of a limit, answers late, in pieces or made up,
# searches that see changes late, what may be read no more. 742 has the rest.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/extract.sh
. "$(dirname "$0")/extract.sh"

ETL_APP_WORKERS=0 extract_up '{"jira": {"projects": [{"key": "AA", "issues": 30, "changes": 2},
		{"key": "BB", "issues": 20, "changes": 3}], "page_max": 10},
	"github": {"owner": "acme", "repositories": [{"name": "web", "prs": 30}, {"name": "api", "prs": 5}]}}' \
	'extract_wait = 1' 'extract_timeout = 2000' 'extract_max_body = 300000'
jira=$(integration 'My Jira' "$SOURCE_JIRA" token '{"projects": ["AA", "BB"]}')
github=$(integration 'GitHub acme' "$SOURCE_GITHUB" token '{"repositories": ["acme/web", "acme/api"]}')

fault() { # ORDER
	control PUT faults "[$1]" >"$TMP/out"
	control DELETE requests >"$TMP/out"
}
search='"path": "search/jql$"'
graphql='"on": "github", "path": "graphql$"'
text() { run_row "errors->0->>'text'"; }
stored() { sql "SELECT COALESCE(sum(raw_data_items), 0) FROM raw_extraction_data
	WHERE extraction_metadata->>'run_id' = '$run' AND entity_type ~ '(issues|prs)'"; }

# -- each form in which a source says how long to wait, its share of the budget
waits() { [ "$(run_state)" = waiting ]; }
limited() { # NAME INTEGRATION TYPE FROM TO ORDER: the run waits so many seconds
	fault "$6"
	extract "$2" "$3" '{"full": true}'
	wait_until 20 waits
	check_is "$1: the run waits $4 to $5 s" "$(run_row "state,
		extract(epoch FROM resume_at - last_updated_at) BETWEEN $4 AND $5")" "waiting|t"
	api POST "runs/$run/cancel"
}
jira_says() { limited "$1" "$jira" jira_issues "$2" "$3" "{$search, \"do\": \"status\", $4}"; }
jira_says "429 with Retry-After in seconds" 40 41 '"status": 429, "retry_after": 40'
jira_says "429 with Retry-After as a date" 37 41 '"status": 429, "retry_after_date": 40'
jira_says "429 with a reset as Jira writes it" 30 41 '"status": 429, "reset_iso": 40'
jira_says "429 with a reset in seconds since 1970" 37 42 '"status": 429, "reset_epoch": 40'
jira_says "503 with Retry-After" 40 41 '"status": 503, "retry_after": 40'
jira_says "Retry-After wins over the reset" 20 21 '"status": 429, "retry_after": 20, "reset_epoch": 300'
jira_says "Retry-After of a month: a day" 86399 86400 '"status": 429, "retry_after": 900000'
limited "GitHub's secondary limit of GraphQL" "$github" github_pull_requests 39 41 \
	"{$graphql, \"do\": \"secondary\", \"retry_after\": 40}"
limited "one that names no end: a minute" "$github" github_pull_requests 59 61 "{$graphql, \"do\": \"secondary\"}"
limited "the budget of GraphQL" "$github" github_pull_requests 37 42 \
	"{$graphql, \"do\": \"exhausted\", \"reset_epoch\": 40}"
limited "a budget that is renewed in the year 3000: a day" "$github" github_pull_requests 86399 86400 \
	"{$graphql, \"do\": \"exhausted\", \"reset_epoch\": 30000000000}"
github_rest=$(integration 'GitHub org' "$SOURCE_GITHUB" token '{"organization": "acme"}')
limited "the budget of REST" "$github_rest" github_repositories 37 42 \
	'{"on": "github", "path": "repos$", "do": "exhausted", "reset_epoch": 40}'
limited "the secondary limit of REST" "$github_rest" github_repositories 39 41 \
	'{"on": "github", "path": "repos$", "do": "secondary", "retry_after": 40}'
reset=$(($(date +%s) + 400))
limited "a short limit, and a budget that others are to have" "$github" github_pull_requests 380 401 \
	"{$graphql, \"do\": \"secondary\", \"retry_after\": 1, \"headers\": {\"X-RateLimit-Resource\": \"graphql\",
	\"X-RateLimit-Limit\": \"5000\", \"X-RateLimit-Remaining\": \"10\", \"X-RateLimit-Reset\": \"$reset\"}}"

# -- what passes
passes() { # NAME INTEGRATION TYPE ITEMS ORDER
	fault "$5"
	extract "$2" "$3" '{"full": true}'
	check_is "$1: done all the same" "$(run_ends) $(stored)" "done $4"
}
passes "an answer in pieces" "$jira" jira_issues 50 \
	"{$search, \"do\": \"slow\", \"bytes\": 4000, \"pause_ms\": 20, \"times\": 2}"
passes "one that takes too long" "$jira" jira_issues 50 "{$search, \"do\": \"slow\", \"pause_ms\": 1000}"
passes "429 that says nothing more" "$jira" jira_issues 50 \
	"{$search, \"do\": \"status\", \"status\": 429, \"times\": 2}"
passes "502 with HTML for GraphQL" "$github" github_pull_requests 35 "{$graphql, \"do\": \"html\"}"
passes "GraphQL fails once" "$github" github_pull_requests 35 "{$graphql, \"do\": \"graphql_error\"}"
control PATCH world '{"github": {"max_cost": 1100}}' >"$TMP/out"
passes "GraphQL finds it too costly" "$github" github_pull_requests 35 \
	"{$graphql, \"do\": \"late\", \"pause_ms\": 1}"
control PATCH world '{"github": {"max_cost": 0}}' >"$TMP/out"
passes "histories are cut" "$jira" jira_issues 50 "{$search, \"do\": \"changelog_cut\", \"max\": 1, \"times\": 0}"
check_is "and whole in the end" "$(sql "SELECT count(DISTINCT i->>'issueId'), count(*) FROM raw_extraction_data AS r
	CROSS JOIN jsonb_array_elements(r.raw_data->'issueChangeLogs') AS i
	CROSS JOIN jsonb_array_elements(i->'changeHistories') AS h
	WHERE r.extraction_metadata->>'run_id' = '$run'")" "50|120"

# -- what is wrong with a part fails it by name, and the others go on
partial() { # NAME INTEGRATION TYPE ITEMS TEXT ORDER
	fault "$6"
	extract "$2" "$3" '{"full": true}'
	check_is "$1: partial" "$(run_ends) $(stored)" "partial $4"
	check_match "$1: it is named" "$(text)" "$5"
}
aa="$search, \"body\": \"project = ..AA\", \"times\": 0"
web="$graphql, \"body\": \"web\", \"times\": 0"
partial "GraphQL fails each time" "$github" github_pull_requests 5 '^Something went wrong' \
	"{$web, \"do\": \"graphql_error\"}"
partial "GraphQL has more pages, and no cursor" "$github" github_pull_requests 5 'no cursor' \
	"{$web, \"do\": \"last_lies\", \"value\": false}"
sql "DELETE FROM extract_states" >"$TMP/out"
partial "GraphQL gives its cursor again" "$github" github_pull_requests 30 'same page token' \
	"{$web, \"from\": 2, \"do\": \"token_again\"}"
long=$(printf 'é%.0s' {1..9000})
partial "an error that does not end" "$github" github_pull_requests 5 '^éééé' \
	"{$web, \"do\": \"graphql_error\", \"message\": \"$long\"}"
partial "a sentence that does not end" "$jira" jira_issues 20 'status 403: aééé' \
	"{$aa, \"do\": \"status\", \"status\": 403, \"message\": \"a$long\"}"
made_up() { # NAME TEXT JSON: an answer that is no answer
	partial "$1" "$jira" jira_issues "${4:-20}" "$2" \
		"{$aa, \"do\": \"body\", \"text\": $(jq -cn --arg text "$3" '$text')}"
}
made_up "no JSON at all" 'cannot be read as JSON' ''
made_up "half a surrogate as a token" 'token of the next page cannot be read' \
	'{"issues": [], "nextPageToken": "\ud800"}'
made_up "ten thousand brackets" 'cannot be read as JSON' \
	"{\"issues\": $(printf '[%.0s' {1..10000})$(printf ']%.0s' {1..10000})}"
fault ''
extract "$jira" jira_issues '{"full": true}'
check_is "after all that: done" "$(run_ends) $(stored)" "done 50"

# -- an id with a line's end in it
fault "{$search, \"body\": \"project = ..AA\", \"do\": \"body\", \"text\": $(jq -cn '{issues: [range(3) |
	{id: "1\n\(.)\n\n", key: "AA-1", changelog: {total: 5, histories: []}}], isLast: true} | tojson')}"
extract "$jira" jira_issues '{"full": true}'
check_match "an id with lines: it ends" "$(run_ends)" '^(done|partial)$'

# -- one name in place of a list
extract "$jira" jira_issues '{"full": true, "projects": "BB"}'
check_is "a project by its name alone" "$(run_ends) $(stored)" "done 20"

# -- Data Center counts its issues, and one of those that were read is deleted
fault '{"on": "datacenter", "path": "search$", "from": 2, "do": "late", "pause_ms": 1000}'
server=$(integration 'Jira DC' "$SOURCE_DATACENTER" token '{"deployment": "server", "projects": ["AA"]}')
extract "$server" jira_issues
read_once() { [ "$(run_row pages)" = 2 ]; }
wait_until 20 read_once
control PUT issue '{"key": "AA-2", "deleted": true}' >"$TMP/out"
check_is "an issue is deleted meanwhile: done" "$(run_ends)" "done"
check_is "none is passed over" "$(sql "SELECT count(DISTINCT i->>'id') FROM raw_extraction_data AS r
	CROSS JOIN jsonb_array_elements(r.raw_data->'issues') AS i WHERE r.extraction_metadata->>'run_id' = '$run'")" 30

# -- a search that sees changes late
fault ''
extract "$jira" jira_issues
run_ends >"$TMP/out"
control PATCH world '{"jira": {"lag_seconds": 3600}}' >"$TMP/out"
control PUT issue '{"key": "AA-3", "status": "Done"}' >"$TMP/out"
extract "$jira" jira_issues
check_is "a change that the search does not see yet" "$(run_ends) $(stored)" "done 0"
control PATCH world '{"jira": {"lag_seconds": 0}}' >"$TMP/out"
extract "$jira" jira_issues
check_is "the next run has it" "$(run_ends) $(stored)" "done 1"

# -- what may be read no more
sql "DELETE FROM raw_extraction_data; DELETE FROM extract_states" >"$TMP/out"
queue_purge transform_queue
ETL_APP_WORKERS=1 app start worker
for what in "$jira jira_issues" "$github github_pull_requests"; do
	extract ${what% *} ${what#* }
	check_is "all is read once: ${what#* }" "$(run_ends)" "done"
done
check "and processed" wait_until 60 all_processed
active() { sql "SELECT (SELECT count(*) FROM work_items WHERE active AND integration_id = $jira),
	(SELECT count(*) FROM prs WHERE active AND integration_id = $github),
	(SELECT count(*) FROM projects WHERE active AND integration_id = $jira)"; }
sql "DELETE FROM extract_states" >"$TMP/out"
before=$(active)
check_match "there are issues and pull requests" "$before" '^49\|35\|2$'
control PATCH world '{"jira": {"lost": ["AA"]}, "github": {"lost": ["web"]}}' >"$TMP/out"
extract "$jira" jira_sync
check_is "a project that may not be seen: partial" "$(run_ends) $(stored)" "partial 20"
check_match "it is named" "$(run_row errors)" "'AA' does not exist"
extract "$github" github_pull_requests
check_is "a repository that may not be seen: partial" "$(run_ends) $(stored)" "partial 5"
extract "$github_rest" github_sync
check_is "where the source lists them: the others" "$(run_ends) $(stored)" "done 5"
check "all is processed" wait_until 60 all_processed
check_is "nothing has changed" "$(active)" "$before"
check_is "only what was read has its mark" "$(sql "SELECT string_agg(part, ' ' ORDER BY part) FROM extract_states
	WHERE cursor_at IS NOT NULL AND integration_id IN ($jira, $github)")" "BB acme/api"
sources_down
done_testing
