#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Batches that come before what they name: they are taken up again, and either
# order gives the same tables; also with workers that die.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
. "$(dirname "$0")/transform.sh"
. "$(dirname "$0")/invariants.sh"
id=
ETL_APP_POOL=4 ETL_APP_WORKERS=2 app_up 'worker_attempts = 15' 'relay_min_age = 0' 'relay_interval = 200' \
	'relay_chores = 2' 'relay_lease = 8'

store_as() { # TYPE: the payload on stdin; sets id
	jq -c --arg type "$1" '{integration_id: 1, entity_type: $type, raw_data: .}' >"$TMP/batch"
	api POST raw-data/store --data-binary "@$TMP/batch"
	id=$(json .raw_data_id)
}
waits() { row "COALESCE((error_details->'waiting')::text, '-') || ' ' || processing_status"; }
waits_for() { [ "$(waits)" = "$1 completed" ]; }
errors() { api GET "raw-data/$id" && json .has_errors; }
issue() { jq -n --arg n "$1" '{issues: [{id: $n, key: "W-\($n)", fields: {updated: "2025-01-01T00:00:00Z"}}]}'; }
panel() {
	jq -n --arg name "$1" --arg value "$2" --arg n "${3:-$2}" \
		'[{($name): $value, detail: [{pullRequests: [{url: "https://github.com/w/w/pull/\($n)",
			status: "OPEN", source: {branch: "b"}}]}]}]'
}
links="SELECT w.key, repo_full_name, pull_request_number, branch_name, pr_status FROM wits_prs_links l
	JOIN work_items w ON w.id = work_item_id ORDER BY 1, 3"

# -- panels and issues
{ panel issue_id 1; panel issue_key W-2 2; } | jq -s add | store_as jira_dev_status_batch
panels=$id
check "panels of issues nobody knows are waiting" wait_until 15 waits_for '["1", "W-2"]'
check_is "and have errors" "$(errors)" true
issue 1 | store_as jira_issues_batch
id=$panels
check "one issue comes: they wait for less" wait_until 20 waits_for '["W-2"]'
check_is "its link is there" "$(sql "$links")" "W-1|w/w|1|b|OPEN"
issue 2 | store_as jira_issues_batch
id=$panels
check "the other one comes: they wait for nothing" wait_until 20 waits_for -
check_is "and have no errors" "$(errors)" false
sql "$links" >"$TMP/links"
check_is "both links are there" "$(wc -l <"$TMP/links")" 2
sql "DELETE FROM wits_prs_links"
api POST "raw-data/$id/requeue"
links_are_there() { [ "$(sql "$links")" = "$(cat "$TMP/links")" ]; }
check "the other order gives the same" wait_until 15 links_are_there
panel issue_id W-77 | store_as jira_dev_status_batch
becomes completed
panel issue_key 1 | store_as jira_dev_status_batch
becomes completed
check_is "what cannot be told apart is not waited for" "$(waits)" "- completed"

# -- statuses and projects
statuses() {
	jq -n --arg name "$1" --arg value "$2" \
		'[{($name): $value, statuses: [{id: "801", name: "Eight", statusCategory: {key: "new"}}]}]'
}
used="SELECT p.key, s.external_id FROM projects_statuses JOIN projects p ON p.id = project_id
	JOIN statuses s ON s.id = status_id WHERE s.external_id = '801' ORDER BY 1"
statuses projectKey ZZ | store_as jira_statuses_batch
first=$id
check "statuses of a project nobody knows are waiting" wait_until 15 waits_for '["ZZ"]'
statuses projectId 8002 | store_as jira_statuses_batch
second=$id
check "by its id, too" wait_until 15 waits_for '["8002"]'
jq -n '[{id: "8001", key: "ZZ", name: "Z"}]' | store_as jira_projects_batch
id=$first
check "the project comes: it is taken up" wait_until 20 waits_for -
jq -n '{issues: [{id: "8000", key: "YY-1", fields: {project: {id: "8002", key: "YY"}}}]}' | store_as jira_issues_batch
id=$second
check "an issue brings the other" wait_until 20 waits_for -
check_is "both use the status" "$(sql "$used" | tr '\n' ' ')" "YY|801 ZZ|801 "
sql "UPDATE raw_extraction_data SET error_details = '{\"waiting\": {\"a\": 5}}' WHERE id IN ($first, $panels)"
issue 3 | store_as jira_issues_batch
check "a list of somebody else's does no harm" wait_until 15 logged "queue=load fate=done raw_data_id=$id "

# -- a list that is too long, and how many items there are
jq -nc '[range(20000) | {}] + [{id: "900", key: "CUT", name: "Good"}]' | store_as jira_projects_batch
check "20,000 items that cannot be read" becomes completed
check_is "are counted; the first thousand are listed" \
	"$(row "(error_details->>'skipped_count') || ' ' || (error_details->>'skipped_cut') || ' '
		|| jsonb_array_length(error_details->'skipped') || ' '
		|| (error_details->'skipped'->999->>'index')")" "20000 true 1000 999"
jq -nc '[range(20000) | {issue_key: "N-\(.)"}]' | store_as jira_dev_status_batch
check "20,000 panels of unknown issues" becomes completed
check_is "ten thousand are waited for" \
	"$(row "jsonb_array_length(error_details->'waiting') || ' ' || (error_details->>'skipped_count')")" \
	"10000 20000"
largest=$(workers | xargs -I{} sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' /proc/{}/status | sort -n | tail -n 1)
if is_sanitized; then
	skip "memory" "the sanitizers need their own"
else
	check "no worker ever had 30 MB ($largest kB)" [ "$largest" -lt 30720 ]
fi
app pause worker
jq '{data: {repository: {id: "R", nameWithOwner: "w/w", pullRequests: {nodes: (.pullRequests.nodes + [{}])}}}}' \
	"$ETL_SOURCE/tests/data/github/graphql_pull_requests.json" | store_as github_prs_batch
check_is "what the store cannot count" "$(row raw_data_items)" 1
app resume worker
becomes completed
check_is "the transform has" "$(row raw_data_items)" 4

# -- both at once, and workers that are killed
app stop worker
for n in $(seq 101 140); do
	panel issue_key "W-$n" "$n" | store_as jira_dev_status_batch
	issue "$n" | store_as jira_issues_batch
done
ETL_APP_WORKERS=6 app start worker
for _ in 1 2 3 4 5; do
	sleep 0.4
	# shellcheck disable=SC2046 # ids
	kill -s KILL $(workers | shuf -n 3) 2>/dev/null
done
all_linked() { sql_is 40 "SELECT count(*) FROM wits_prs_links WHERE pull_request_number > 100"; }
check "every panel finds its issue" wait_until 60 all_linked
check "every batch is completed" wait_until 20 all_done
check_is "none of them waits" \
	"$(sql "SELECT count(*) FROM raw_extraction_data WHERE error_details->'waiting' ->> 0 LIKE 'W-1__'")" 0
check_nothing_left "in the end"
done_testing
