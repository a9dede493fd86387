#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Censuses: what a source no longer has ends, once all pages of its ids are there;
# one that was cut short, or that may see less, ends nothing.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/extract.sh
. "$(dirname "$0")/extract.sh"

extract_up '{"jira": {"projects": [{"key": "AA", "issues": 35, "changes": 1}], "ids_max": 10},
	"github": {"owner": "acme", "repositories": [{"name": "web", "prs": 12}]}}'
jira=$(integration 'My Jira' "$SOURCE_JIRA" token)
server=$(integration 'Jira DC' "$SOURCE_DATACENTER" token '{"deployment": "server"}')
github=$(integration 'GitHub acme' "$SOURCE_GITHUB" token '{"organization": "acme"}')
gone() { # INTEGRATION
	sql "SELECT COALESCE(string_agg(key, ' ' ORDER BY id), '') FROM work_items
		WHERE integration_id = $1 AND NOT active"
}
text() { run_row "errors->0->>'text'"; }
census() { # INTEGRATION TYPE; sets ended
	extract "$1" "$2"
	ended=$(run_ends)
	wait_until 60 all_processed
}
delete() { control PUT issue "{\"key\": \"$1\", \"deleted\": true}" >"$TMP/out"; }
for id in "$jira" "$server"; do
	extract "$id" jira_sync
	run_ends >"$TMP/out"
done
extract "$github" github_sync
run_ends >"$TMP/out"
check "all is there first" wait_until 120 all_processed

# -- Jira Cloud, by a schedule
delete AA-5
api POST jobs --data "{\"job_name\":\"census\",\"job_type\":\"jira_census\",\"integration_id\":$jira,
	\"interval_seconds\":86400}"
check_is "a census may have a schedule: 201" "$STATUS" 201
made() { sql_is 1 "SELECT count(*) FROM extract_runs WHERE job_type = 'jira_census'"; }
check "its first run comes at once" wait_until 30 made
run=$(sql "SELECT id FROM extract_runs WHERE job_type = 'jira_census'")
check_is "and is done" "$(run_ends)" "done"
check "and processed" wait_until 60 all_processed
check_is "its pages say their places, and which is the last" "$(sql "SELECT string_agg((extraction_metadata->>'page')
	|| ' ' || (extraction_metadata->>'last') || ' ' || raw_data_items, ', ' ORDER BY id)
	FROM raw_extraction_data WHERE extraction_metadata->>'census' = 'run $run'")" \
	"1 false 10, 2 false 10, 3 false 10, 4 true 4"
check_is "the issue that is gone has ended" "$(gone "$jira")" AA-5

# -- none of these ends anything
delete AA-6
control PUT faults '[{"path": "search/jql$", "do": "status", "status": 403, "from": 2}]' >"$TMP/out"
census "$jira" jira_census
check_is "a census that is cut short: partial" "$ended" partial
check_match "which says where" "$(text)" 'status 403'
check_is "it ends nothing" "$(gone "$jira")" AA-5
control PUT faults '[]' >"$TMP/out"
control PATCH world '{"jira": {"hidden": ["AA"]}}' >"$TMP/out"
census "$jira" jira_census
check_is "issues that may not be seen any more: done" "$ended" "done"
check_is "they end nothing" "$(gone "$jira")" AA-5
control PATCH world '{"jira": {"hidden": [], "lost": ["AA"]}}' >"$TMP/out"
census "$jira" jira_census
check_is "nor does a project that may not be seen" "$(gone "$jira")" AA-5
api PUT "integrations/$jira" --data '{"settings": {"projects": ["AA"]}}'
census "$jira" jira_census
check_match "one that the settings name: partial" "$ended $(text)" "^partial .*AA.* does not exist"
check_is "which ends nothing either" "$(gone "$jira")" AA-5
control PATCH world '{"jira": {"lost": []}}' >"$TMP/out"
census "$jira" jira_census
check_is "with the permission back the census is whole" "$ended $(gone "$jira")" "done AA-5 AA-6"
check_is "the pages of those before are forgotten" "$(sql "SELECT string_agg(DISTINCT census, ', ') FROM census_pages
	WHERE integration_id = $jira")" "run $run"

# -- Jira Data Center: pages are counted
control PUT faults '[{"on": "datacenter", "path": "search$", "do": "late", "pause_ms": 1500, "from": 2}]' >"$TMP/out"
extract "$server" jira_census
paged() { [ "$(run_row "pages")" -ge 2 ]; }
wait_until 30 paged
delete AA-1
check_match "an issue that is deleted between two pages: partial" "$(run_ends) $(text)" \
	'^partial the issues have moved while they were counted'
check "its pages are processed" wait_until 60 all_processed
check_is "nothing ends" "$(gone "$server")" ""
control PUT faults '[]' >"$TMP/out"
census "$server" jira_census
check_is "the next one is whole" "$ended $(gone "$server")" "done AA-1 AA-5 AA-6"

# -- GitHub
jq -cn '[{id: 999, node_id: "PR_gone", number: 999, title: "gone", state: "open",
	html_url: "https://github.com/acme/web/pull/999", updated_at: "2026-01-02T00:00:00Z",
	created_at: "2026-01-01T00:00:00Z", user: {login: "ada"}, head: {ref: "h"}, base: {ref: "main"}}]' >"$TMP/pr"
of=%7B%22repository%22%3A%22acme%2Fweb%22%7D
api POST "raw-data/store?integration_id=$github&entity_type=github_prs_batch&extraction_metadata=$of" \
	--data-binary "@$TMP/pr"
check "a pull request that the source does not have" wait_until 60 sql_is 13 "SELECT count(*) FROM prs WHERE active"
control PUT faults '[{"on": "github", "path": "graphql$", "do": "graphql_error", "type": "FORBIDDEN"}]' >"$TMP/out"
census "$github" github_census
check_is "a permission that has vanished: partial" "$ended" partial
check_is "ends nothing" "$(sql "SELECT count(*) FROM prs WHERE NOT active")" 0
control PUT faults '[]' >"$TMP/out"
census "$github" github_census
check_is "a whole census ends it, and nothing else" \
	"$ended $(sql "SELECT string_agg(number::text, ' ') FROM prs WHERE NOT active")" "done 999"
sources_down
done_testing
