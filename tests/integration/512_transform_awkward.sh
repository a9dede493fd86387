#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What real answers are like on a bad day: every member of an item replaced by
# what it should not be, long histories, large texts, batches that overlap.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/transform.sh"
# Not how fast it is: spoilt pull requests take many times as long as sound ones.
app_up 'database_statement_timeout = 60000'

# Copies of one item, each with one member replaced by another kind of value;
# the id, and what PATHS to keep names, are left alone.
spoilt() { # KEEP
	jq -c --argjson keep "$1" '
	. as $item
	| [null, 5, -1e30, 12345678901234567890123, true, "", "x", "2025-02-30T00:00:00Z", "0000-00-00T99:99:99+9900",
		[], [1, null, "a", {"id": {}}], {}, {"id": [], "name": {"a": 1}}] as $values
	| [paths | . as $path | select(all($keep[]; . as $kept |
		$path[:($kept | length)] != $kept and $kept[:($path | length)] != $path))] as $paths
	| [range($paths | length) as $p | range($values | length) as $v
		| {p: $paths[$p], v: $values[$v], n: ($p * ($values | length) + $v)}]
	| map(. as $change | $item | setpath($change.p; $change.v)
		| .id = "\(500000 + $change.n)"
		| if has("key") then .key = "SP-\($change.n)" else . end
		| if has("number") and $change.p[0] != "number"
			then .number = 1000 + $change.n else . end)'
}

# -- issues
jq -c '.issues[5] | walk(if type == "object" then del(.avatarUrls, .self, .iconUrl) |
	with_entries(select(.value != null)) else . end)
	| .fields |= {project, issuetype, status, summary, resolution, assignee, labels: ["a"], priority, created,
		updated, parent: {id: "1"}, customfield_1: {value: "v"},
		description: {type: "doc", content: [{type: "paragraph",
			content: [{type: "text", text: "t", attrs: {text: "a"}}]}]}}
	| .changelog.histories |= .[:2]' \
	"$ETL_SOURCE/tests/data/jira/search_with_changelog.json" >"$TMP/issue.json"
spoilt '[["id"], ["key"]]' <"$TMP/issue.json" >"$TMP/spoilt.json"
count=$(jq length "$TMP/spoilt.json")
check "there are many of them" test "$count" -gt 500
store_batch jira_issues_batch "$TMP/spoilt.json"
check "issues with a member that is wrong do not spoil their batch" process "$BATCH"
note_file "$TMP/outcome.err"
check_is "each of them is there" "$(sql "SELECT count(*) FROM work_items WHERE key LIKE 'SP-%'")" "$count"
check_is "each of them was read" "$(outcome items)" "$count"
check_json "what could not be is listed by its place" "$(outcome list | jq '[.[].place] | unique')" \
	'["changelog", "changelog.histories[1]", "fields", "fields.assignee", "fields.created", "fields.description",
		"fields.issuetype", "fields.labels", "fields.parent", "fields.priority", "fields.project",
		"fields.resolution", "fields.status", "fields.summary", "fields.updated"]'
# Of 13 values each at the places where these three are, and above.
touched=$(jq '13 * ([paths |
	select(.[0] == "fields" and (length == 1 or (.[1] | IN("description", "priority", "updated"))))] | length)' \
	"$TMP/issue.json")
check "what is right in them is read" test "$touched" -lt $((count / 2)) -a \
	"$(sql "SELECT count(*) FROM work_items WHERE key LIKE 'SP-%' AND description = 't' AND priority IS NOT NULL
		AND updated IS NOT NULL")" -ge $((count - touched))
changes_nothing "twice is once" "$BATCH"
jq -n '{issues: [null, 1, "x", [], {}, {"id": null, "key": "A-1"}, {"id": "", "key": "A-1"}, {"id": "7"},
	{"id": {}, "key": "A"}, {"id": "8", "key": []},
	{"id": ("9" * 256), "key": "A-2"}, {"id": "999001", "key": "A-3"}]}' | feed jira_issues_batch
check_is "one good among eleven bad ones is kept" \
	"$(outcome items) $(outcome skipped) $(sql "SELECT count(*) FROM work_items WHERE key LIKE 'A-%'")" "1 11 1"
check_is "they are listed by place" "$(outcome list | jq -c '[.[].index]')" "[0,1,2,3,4,5,6,7,8,9,10]"
check_fails "none at all fails" feed jira_issues_batch <<<'{"issues": [{"id": 1}, {"key": "A-1"}]}'
check_match "with the reasons" "$(cat "$TMP/outcome.err")" 'no key.*no id'

# -- pull requests, repositories, panels
jq -c '.pullRequests.nodes[0] + {repository: {id: "R_1", nameWithOwner: "o/n"}} | del(.url)' \
	"$ETL_SOURCE/tests/data/github/graphql_pull_requests.json" >"$TMP/pr.json"
spoilt '[["id"]]' <"$TMP/pr.json" >"$TMP/spoilt.json"
store_batch github_prs_batch "$TMP/spoilt.json" 2
check "pull requests with a member that is wrong" process "$BATCH"
note_file "$TMP/outcome.err"
check "each that was read is there" test "$(sql "SELECT count(*) FROM prs")" -ge "$(outcome items)"
changes_nothing "twice is once" "$BATCH"
jq -c '.[0].base.repo' "$ETL_SOURCE/tests/data/github/pull_requests.json" | spoilt '[["id"]]' >"$TMP/spoilt.json"
store_batch github_repositories_batch "$TMP/spoilt.json" 2
check "repositories with a member that is wrong" process "$BATCH"
jq -nc '{id: "1", issue_id: "500001",
	detail: [{pullRequests: [{id: "#1", url: "https://github.com/o/n/pull/7", status: "OPEN",
	source: {branch: "b"}, lastCommit: {id: "c"}, lastUpdate: "2025"}]}]}' |
	spoilt '[["id"]]' >"$TMP/spoilt.json"
store_batch jira_dev_status_batch "$TMP/spoilt.json"
check "panels with a member that is wrong" process "$BATCH"
jq -nc '{id: "1", key: "P", name: "n", projectTypeKey: "t",
	issueTypes: [{id: "1", name: "n", description: "d", subtask: true, hierarchyLevel: 1}]}' |
	spoilt '[["id"], ["key"]]' >"$TMP/spoilt.json"
store_batch jira_projects_batch "$TMP/spoilt.json"
check "projects with a member that is wrong" process "$BATCH"
jq -nc '{id: "x", projectId: "1",
	issueTypes: [{id: "1", statuses: [{id: "1", name: "n", description: "d",
	statusCategory: {key: "new", name: "To Do"}}]}]}' |
	spoilt '[["id"]]' >"$TMP/spoilt.json"
store_batch jira_statuses_batch "$TMP/spoilt.json"
check "statuses with a member that is wrong" process "$BATCH"
note_file "$TMP/outcome.err"

# -- large
jq -n '{issues: [{id: "600001", key: "L-1", fields: {created: "2025-01-01T00:00:00Z", updated: "2025-03-01T00:00:00Z",
	summary: ("s" * 100000), description: ("🐜 d\n" * 150000)},
	changelog: {histories: [range(300) as $n | {id: "h\($n)", created: (1735689600 + 3600 * ($n + 1) | todate),
		items: [{field: "status", from: (if $n % 2 == 0 then "3" else "6" end),
		to: (if $n % 2 == 0 then "6" else "3" end)}]}]}}]}' | feed jira_issues_batch
rows_are "a description of 1 MB, 300 changes: 150 hours of work" \
	"SELECT length(summary), octet_length(description) > 1000000, total_work_starts, total_completions,
		total_work_time_seconds, total_cycle_time_seconds
	FROM work_items WHERE key = 'L-1'" <<'ROWS'
100000|t|151|150|540000|
ROWS
jq -n 'reduce range(60) as $n ({type: "text", text: "deep"}; {type: "paragraph", content: [.]}) |
	{issues: [{id: "600002", key: "L-2", fields: {description: .}}]}' | feed jira_issues_batch
check_is "a document of 60 levels" "$(sql "SELECT description FROM work_items WHERE key = 'L-2'")" deep
jq -n '{issues: [{id: "600003", key: "L-3",
	fields: {description: {type: "doc", content: [range(3000) as $n |
	{type: "paragraph", content: [{type: "text", text: "line \($n)"}]}]}}}]}' | feed jira_issues_batch
check_is "a document of 3,000 lines" \
	"$(sql "SELECT array_length(string_to_array(description, E'\n'), 1) FROM work_items WHERE key = 'L-3'")" 3000

# -- several at once; seven may wait for the eighth
export ETL_DATABASE_LOCK_TIMEOUT=60000 ETL_DATABASE_STATEMENT_TIMEOUT=120000
ids=
for part in 0 1 2 3; do
	jq -n --argjson part "$part" '{issues: [range(300) as $n | (if $part % 2 == 0 then $n else 299 - $n end) as $i |
		{id: "70\($i + 1000)", key: "C-\($i)", fields: {updated: "2025-01-0\($part + 1)T00:00:00Z",
		summary: "\($part)", created: "2025-01-01T00:00:00Z",
			project: {id: "7\($i % 20)", key: "C\($i % 20)"}, issuetype: {id: "8\($i % 20)", name: "t"},
			status: {id: "9\($i % 20)", name: "s", statusCategory: {key: "indeterminate"}}},
			changelog: {histories: [{id: "\($part)", created: "2025-01-0\($part + 1)T00:00:00Z",
			items: [{field: "status", from: "101", to: "9\($i % 20)"}]}]}}]}' >"$TMP/part.json"
	store_batch jira_issues_batch "$TMP/part.json"
	ids="$ids $BATCH"
done
url=$(sed -n 's/^database_url = //p' "$ETL_APP/etl.conf")
pids=
for id in $ids $ids; do
	DATABASE_URL=$url "$ETL_BUILD/tests/models/run_transform" 1 "$id" >"$TMP/out.$id" 2>"$TMP/err.$id" &
	pids="$pids $!"
done
lost=0
for pid in $pids; do wait "$pid" || lost=$((lost + 1)); done
for id in $ids; do note_file "$TMP/err.$id"; done
check_is "eight at once over the same issues, in opposite orders: none is turned away" "$lost" 0
rows_are "the newest has won, with the changes of all" \
	"SELECT count(DISTINCT w.id), min(summary), max(summary), count(c.id), min(total_work_starts),
		max(total_work_starts) FROM work_items w JOIN changelogs c ON c.work_item_id = w.id
		WHERE key LIKE 'C-%'" <<'ROWS'
300|3|3|1200|4|4
ROWS
for id in $ids; do changes_nothing "batch $id again changes nothing" "$id"; done
done_testing
