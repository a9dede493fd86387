#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Extraction from the front door to rows: Jira Cloud, Jira Data Center, GitHub,
# asked of the stand-in.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/extract.sh
. "$(dirname "$0")/extract.sh"

extract_up '{"jira": {"projects": [{"key": "AA", "issues": 130, "changes": 4, "long": {"AA-7": 140}},
		{"key": "ORDER", "issues": 5, "changes": 2}], "changelog_max": 40},
	"github": {"owner": "acme", "repositories": [{"name": "web", "prs": 30, "long": {"7": {"commits": 250}}},
		{"name": "api", "prs": 3}]}}'

# -- Jira Cloud
cloud=$(integration 'My Jira' "$SOURCE_JIRA" token)
extract "$cloud" jira_sync
check_is "an extraction is taken: 202" "$STATUS" 202
check_is "with its run and the extractors that take it" "$(json '.success, (.run_id > 0), .queued, .consumers' |
	paste -sd ' ')" "true true true 1"
check_match "and where to look" "$(header Location)" "/app/etl/runs/$run$"
check_is "the run is done" "$(run_ends)" "done"
check_is "nothing went wrong" "$(run_row errors)" "[]"
check "all pages are processed" wait_until 120 all_processed
check_is "all issues are there" "$(sql "SELECT count(*) FROM work_items WHERE integration_id = $cloud")" 135
check_is "a project whose key is a word of JQL, too" \
	"$(sql "SELECT count(*) FROM work_items WHERE key LIKE 'ORDER-%'")" 5
check_is "statuses know their projects" "$(sql "SELECT count(DISTINCT s.project_id) FROM projects_statuses AS s
	JOIN projects AS p ON p.id = s.project_id WHERE p.integration_id = $cloud")" 2
check_is "the cut history was completed" "$(sql "SELECT history_total, history_complete FROM work_items
	WHERE integration_id = $cloud AND key = 'AA-7'")" "140|t"
check_is "all histories are" \
	"$(sql "SELECT count(*) FROM work_items WHERE integration_id = $cloud AND NOT history_complete")" 0
check_is "by one question" \
	"$(asked '[.[] | select(.path | endswith("bulkfetch"))] | length')" 1
check_is "credentials went with each" \
	"$(asked '[.[] | select(.authorization != "present")] | length')" 0
check_is "each project has its mark" "$(sql "SELECT string_agg(part, ' ' ORDER BY part) FROM extract_states
	WHERE integration_id = $cloud AND stream = 'issues' AND cursor_at < now() - interval '11 hours'")" "AA ORDER"

# -- what changed since
control DELETE requests >"$TMP/out"
control PUT issue '{"key": "AA-3", "status": "Done"}' >"$TMP/out"
extract "$cloud" jira_issues
check_is "the next run is done" "$(run_ends)" "done"
check_match "it asks in milliseconds, which have no zone" \
	"$(asked '[.[] | select(.path | endswith("search/jql")) | .body.jql][0]')" \
	'^"project = ..AA.. AND updated >= [0-9]{13} ORDER BY updated ASC"$'
check "what changed came" wait_until 60 sql_is 1 "SELECT count(*) FROM raw_extraction_data
	WHERE integration_id = $cloud AND extraction_metadata->>'run_id' = '$run' AND entity_type = 'jira_issues_batch'
	AND raw_data#>>'{issues,0,key}' = 'AA-3' AND processing_status = 'completed'"
check_is "and nothing else" "$(sql "SELECT sum(raw_data_items) FROM raw_extraction_data
	WHERE entity_type = 'jira_issues_batch' AND extraction_metadata->>'run_id' = '$run'")" 1

# -- the account's time zone, on a night that has no half past two there
read_since() { # ZONE
	control PATCH world "{\"jira\": {\"time_zone\": \"$1\"}}" >"$TMP/out"
	extract "$cloud" jira_issues '{"from": "2026-03-29T01:30:00Z"}'
	run_ends >"$TMP/out"
	sql "SELECT string_agg(i->>'key', ' ' ORDER BY i->>'key') FROM raw_extraction_data AS r
		CROSS JOIN jsonb_array_elements(r.raw_data->'issues') AS i
		WHERE r.extraction_metadata->>'run_id' = '$run' AND r.entity_type = 'jira_issues_batch'"
}
since=$(read_since Etc/UTC)
check_match "some issues have changed since a time" "$since" 'AA-'
for zone in America/Los_Angeles Asia/Tokyo Europe/Berlin; do
	check_is "in $zone they are the same" "$(read_since $zone)" "$since"
done

# -- between two times
window() {
	extract "$cloud" jira_issues "{\"from\": \"$from\", \"to\": \"$to\"}"
	run_ends >"$TMP/out"
	sql "SELECT string_agg(i->>'key', ' ' ORDER BY i->>'key') FROM raw_extraction_data AS r
		CROSS JOIN jsonb_array_elements(r.raw_data->'issues') AS i
		WHERE r.extraction_metadata->>'run_id' = '$run' AND r.entity_type = 'jira_issues_batch'"
}
control PATCH world '{"until": "2026-03-01T00:00:00Z"}' >"$TMP/out"
control PUT issue '{"key": "ORDER-1", "updated": "2026-04-04T15:30:00Z"}' >"$TMP/out"
control PUT issue '{"key": "ORDER-2", "updated": "2026-04-04T16:30:00Z"}' >"$TMP/out"
from=2026-04-04T16:00:00Z to=2026-04-04T17:00:00Z # both issues changed at half past two in Sydney
for zone in Etc/GMT+8 Etc/GMT-9 Australia/Sydney; do
	control PATCH world "{\"jira\": {\"time_zone\": \"$zone\"}}" >"$TMP/out"
	check_is "in $zone the second one of an hour that comes twice" "$(window)" ORDER-2
done
check_is "the run tells its bounds" "$(sql "SELECT from_at, to_at FROM extract_runs ORDER BY id DESC LIMIT 1")" \
	"2026-04-04 16:00:00|2026-04-04 17:00:00"
check_is "the mark of how far was read stays" "$(sql "SELECT count(*) FROM extract_states
	WHERE integration_id = $cloud AND stream = 'issues' AND cursor_at < now() - interval '1 day'")" 0
sql "UPDATE extract_states SET cursor_at = '2026-04-04 16:10' WHERE integration_id = $cloud"
window >"$TMP/out"
check_is "one that lies behind goes to the bound, and not beyond it" "$(sql "SELECT DISTINCT cursor_at
	FROM extract_states WHERE integration_id = $cloud AND stream = 'issues'")" "2026-04-04 17:00:00"
extract "$cloud" jira_issues "{\"from\": \"$to\", \"to\": \"$from\"}"
check_is "an end before its beginning: 422" "$STATUS $(json .detail)" \
	"422 job_params.to must be later than from"
control PATCH world '{"until": "2026-06-01T00:00:00Z"}' >"$TMP/out"

# -- Jira Data Center
server=$(integration 'Jira DC' "$SOURCE_DATACENTER" token '{"deployment": "server", "projects": ["ORDER"]}')
extract "$server" jira_sync
check_is "Data Center: done" "$(run_ends)" "done"
check "and processed" wait_until 60 all_processed
check_is "only the projects that the settings name" \
	"$(sql "SELECT count(*) FROM work_items WHERE integration_id = $server")" 5
check_is "the histories are whole" \
	"$(sql "SELECT bool_and(history_complete) FROM work_items WHERE integration_id = $server")" t

# -- GitHub
github=$(integration "GitHub acme" "$SOURCE_GITHUB" token '{"organization": "acme"}')
extract "$github" github_sync
check_is "GitHub: done" "$(run_ends)" "done"
check "and processed" wait_until 120 all_processed
check_is "its repositories" \
	"$(sql "SELECT string_agg(full_name, ' ' ORDER BY full_name) FROM repositories")" "acme/api acme/web"
check_is "all pull requests" "$(sql "SELECT count(*) FROM prs WHERE integration_id = $github")" 33
check_is "one with 250 commits has them all" "$(sql "SELECT p.commit_count, p.parts_complete, count(*) FROM prs AS p
	JOIN repositories AS r ON r.id = p.repository_id JOIN prs_commits AS c ON c.pr_id = p.id
	WHERE p.number = 7 AND r.full_name = 'acme/web' GROUP BY p.id")" "250|t|250"
control PUT pull '{"repository": "web", "number": 3, "updated": "2026-06-02T10:00:00Z"}' >"$TMP/out"
control PUT pull '{"repository": "web", "number": 4, "updated": "2026-06-03T10:00:00Z"}' >"$TMP/out"
extract "$github" github_pull_requests '{"repositories": ["acme/web"], "from": "2026-06-02T00:00:00Z",
	"to": "2026-06-03T00:00:00Z"}'
check_is "one day of pull requests" "$(run_ends) $(sql "SELECT string_agg(n->>'number', ' ')
	FROM raw_extraction_data AS r CROSS JOIN jsonb_array_elements(
	r.raw_data#>'{data,repository,pullRequests,nodes}') AS n WHERE r.extraction_metadata->>'run_id' = '$run'
	AND (n->>'updatedAt')::timestamptz BETWEEN '2026-06-02Z' AND '2026-06-03Z'")" "done 3"
extract "$github" github_pull_requests '{"repositories": ["acme/web"], "full": true, "to": "2020-01-01T00:00:00Z"}'
check_is "before the first one: pages are read, and none is stored" "$(run_ends) $(run_row "requests > 2")
$(sql "SELECT count(*) FROM raw_extraction_data WHERE extraction_metadata->>'run_id' = '$run'
	AND entity_type = 'github_prs_batch'")" $'done t\n0'
check_is "none lacks a part" "$(sql "SELECT count(*) FROM prs WHERE parts_complete IS NOT TRUE")" 0
sources_down
done_testing
