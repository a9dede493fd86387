#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Answers that are a part of the whole: columns that are not named, histories in
# pieces, one issue alone, lists without a project, what is gone, what repeats.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/transform.sh"
app_up
sql "UPDATE integrations SET settings = '{\"custom_fields\": [
	{\"field\": \"customfield_9\", \"column\": \"story_points\"},
	{\"field\": \"customfield_1\", \"column\": \"story_points\"},
	{\"field\": \"customfield_2\", \"column\": \"custom_field_03\"}]}' WHERE id = 1"

# Store stdin with metadata.
feed_with() { # TYPE METADATA
	cat >"$TMP/feed.json"
	jq -c --arg type "$1" --argjson meta "$2" '{integration_id: 1, entity_type: $type,
		extraction_metadata: $meta, raw_data: .}' "$TMP/feed.json" >"$TMP/store.json"
	api POST "raw-data/store?queue_transform=false" \
		--data-binary "@$TMP/store.json"
	BATCH=$(json .raw_data_id)
	process "$BATCH"
}
forget() { sql "DELETE FROM changelogs; DELETE FROM work_items_old_keys; DELETE FROM work_items"; }

# -- absent is not null, for every column, in either order
full='{"id": "1", "key": "A-1", "fields": {"project": {"id": "70", "key": "A", "name": "A"},
	"issuetype": {"id": "80", "name": "Story"},
	"status": {"id": "33", "name": "Doing", "statusCategory": {"key": "indeterminate"}}, "summary": "s",
	"description": "d",
	"resolution": {"name": "r"}, "assignee": {"displayName": "Ann"}, "labels": ["l"], "priority": {"name": "p"},
	"created": "2025-01-01T00:00:00Z", "updated": "2025-01-02T00:00:00Z", "resolutiondate": "2025-01-02T00:00:00Z",
	"parent": {"id": "9"}, "customfield_1": 2.5, "customfield_2": "c"}}'
# shellcheck disable=SC2034 # it is named by ${!name}
part='{"id": "1", "key": "A-1", "fields": {"updated": "2025-01-03T00:00:00Z", "priority": {"name": "q"},
	"labels": null}}'
whole="SELECT w.key, p.key, t.original_name, s.original_name, summary, w.description, resolution, assignee, labels,
	priority, created, updated,
	resolution_date, parent_external_id, story_points, custom_field_03 FROM work_items w
	LEFT JOIN projects p ON p.id = project_id
	LEFT JOIN wits t ON t.id = wit_id LEFT JOIN statuses s ON s.id = status_id WHERE w.key = 'A-1'"
merged='A-1|A|Story|Doing|s|d|r|Ann||q|2025-01-01 00:00:00|2025-01-03 00:00:00|2025-01-02 00:00:00|9|2.5|c'
for order in full,part part,full; do
	forget
	for name in ${order/,/ }; do jq -n --argjson i "${!name}" '{issues: [$i]}' | feed jira_issues_batch; done
	rows_are "what an answer does not name stays, null clears ($order)" "$whole" <<<"$merged"
done
while read -r member column; do
	for order in 1 2; do
		forget
		nulled=$(jq -c --arg m "$member" '.fields |= {updated: "2025-01-03T00:00:00Z", ($m): null}' <<<"$full")
		if [ $order = 1 ]; then one=$full two=$nulled; else one=$nulled two=$full; fi
		jq -n --argjson i "$one" '{issues: [$i]}' | feed jira_issues_batch
		jq -n --argjson i "$two" '{issues: [$i]}' | feed jira_issues_batch
		check_is "a null of $member clears $column and nothing else (order $order)" \
			"$(sql "SELECT num_nulls($column), num_nulls(project_id, wit_id, status_id, summary,
				description, resolution, assignee,
				labels, priority, created, resolution_date, parent_external_id, story_points,
				custom_field_03) FROM work_items")" "1|1"
	done
done <<'MEMBERS'
project project_id
issuetype wit_id
status status_id
summary summary
description description
resolution resolution
assignee assignee
labels labels
priority priority
created created
resolutiondate resolution_date
parent parent_external_id
customfield_1 story_points
customfield_2 custom_field_03
MEMBERS
jq -n --argjson i "$full" '{issues: [$i | .fields |= {updated: "2025-01-04T00:00:00Z", summary: {"a": 1},
	created: "yesterday", customfield_1: "many"}]}' | feed jira_issues_batch
check_is "what cannot be read is listed by its place" "$(outcome list | jq -r '[.[].place] | join(" ")')" \
	"fields.created fields.customfield_1 fields.summary"
check_is "and leaves what is there" "$(sql "SELECT summary, created, story_points FROM work_items")" \
	"s|2025-01-01 00:00:00|2.5"
jq -n --argjson i "$full" '{issues: [$i | .fields.customfield_9 = 8 | .fields.updated = "2025-01-05T00:00:00Z"]}' |
	feed jira_issues_batch
check_is "of two fields of one column the first that has a value" "$(sql "SELECT story_points FROM work_items")" 8
forget
for summary in one two; do
	jq -n --argjson i "$full" --arg s $summary '{issues: [$i | .fields.summary = $s]}' | feed jira_issues_batch
	first=${first:-$BATCH}
done
process "$first"
check_is "at a tie the batch stored later wins" "$(sql "SELECT summary FROM work_items")" two

# -- a history in pieces
forget
feed jira_statuses_batch <<<'[{"id": "1", "name": "Backlog", "statusCategory": {"key": "new"}},
	{"id": "3", "name": "Doing", "statusCategory": {"key": "indeterminate"}},
	{"id": "6", "name": "Done", "statusCategory": {"key": "done"}}]'
jq -n '[range(140) as $n | {id: "\(1000 + $n)", created: (1735689600 + 3600 * ($n + 1) | todate),
	author: {displayName: "A"},
	items: [if $n % 3 == 2 then {field: "labels"} else {field: "status", fieldId: "status",
	from: (if $n % 3 == 0 then "1" else "3" end), to: (if $n % 3 == 0 then "3" else "1" end)} end]}]' \
		>"$TMP/histories"
issue='{"id": "1", "key": "A-1", "fields": {"created": "2025-01-01T00:00:00Z", "updated": "2025-02-01T00:00:00Z",
	"status": {"id": "1", "name": "Backlog"}}}'
metrics="SELECT history_complete, history_total, total_work_starts, total_backlog_returns, total_work_time_seconds,
	work_first_started_at,
	(SELECT count(*) || ' ' || sum(time_in_status_seconds) FROM changelogs) FROM work_items WHERE key = 'A-1'"
jq --argjson i "$issue" '. as $h |
	{issues: [$i + {changelog: {startAt: 0, maxResults: 140, total: 140, histories: ($h | reverse)}}]}' \
	"$TMP/histories" | feed jira_issues_batch
sql "$metrics" >"$TMP/whole.metrics"
check_match "the whole history has its metrics" "$(cat "$TMP/whole.metrics")" '^t\|140\|47\|47\|'
page() { # NUMBER OF A PAGE OF 40
	jq --argjson p "$1" '. as $h |
		{self: "https://jira.example.com/rest/api/3/issue/1/changelog?startAt=\(40 * $p)",
		startAt: (40 * $p), maxResults: 40, total: 140, isLast: ($p == 3),
		values: $h[40 * $p:40 * $p + 40]}' "$TMP/histories"
}
cut_off() {
	jq --argjson i "$issue" '. as $h |
		{issues: [$i + {changelog: {startAt: 0, maxResults: 100, total: 140,
		histories: ($h | reverse)[:100]}}]}' "$TMP/histories"
}
for order in '0 1 2 3' '3 1 0 2'; do
	forget
	cut_off | feed jira_issues_batch
	check_is "a history that is cut is noted" \
		"$(outcome incomplete | jq -c '.[0] | [.what, .item, .given, .total]')" '["changelog","A-1",100,140]'
	check_is "and measures nothing" \
		"$(sql "SELECT history_complete, num_nonnulls(total_work_starts, total_work_time_seconds,
			work_first_started_at) FROM work_items")" "f|0"
	for p in $order; do page "$p" | feed jira_issues_batch; done
	rows_are "with pages $order it is the whole" "$metrics" <"$TMP/whole.metrics"
done
forget
jq -n --argjson i "$issue" '{issues: [$i]}' | feed jira_issues_batch
jq '{issueChangeLogs: [{issueId: "1", changeHistories: .}], nextPageToken: null}' "$TMP/histories" |
	feed jira_changelogs_batch
rows_are "so it is by bulkfetch" "$metrics" <"$TMP/whole.metrics"
jq 'map(.created |= (fromdate * 1000)) | {startAt: 0, maxResults: 200, total: 140, values: .}' "$TMP/histories" |
	feed_with jira_issues_batch '{"issue_key": "A-1"}'
rows_are "with times as numbers, named by extraction_metadata, it changes nothing" "$metrics" <"$TMP/whole.metrics"
page 0 | jq '.self |= sub("issue/1/"; "issue/77/")' | feed jira_issues_batch
check_is "a page of an unknown issue waits for it" "$(outcome waiting)" '["77"]'
jq -n --argjson i "$issue" \
	'{issues: [$i | .fields.updated = "2025-03-01T00:00:00Z" | .fields.status = {id: "6", name: "Done"}]}' |
	feed jira_issues_batch
check_is "a newer status that the history does not lead to makes it incomplete" \
	"$(sql "SELECT history_complete, total_work_starts FROM work_items")" "f|"

# A page ends between two changes of one time, the latter of which has the smaller
# id: their statuses tell their order.
jq -n '[{id: "401", from: "1", to: "3", day: 2}, {id: "402", from: "3", to: "1", day: 3},
	{id: "121", from: "1", to: "6", day: 3}]
	| map({id, created: "2025-01-0\(.day)T00:00:00Z", items: [{field: "status", fieldId: "status", from, to}]})' \
		>"$TMP/histories"
half() { # START END
	jq --argjson s "$1" --argjson e "$2" \
		'{self: "https://jira.example.com/rest/api/3/issue/1/changelog", startAt: $s, maxResults: 2, total: 3,
			values: .[$s:$e]}' "$TMP/histories" | feed jira_issues_batch
}
for order in 0,2,2,3 2,3,0,2; do
	forget
	jq -n --argjson i "$issue" '{issues: [$i | .fields.status = {id: "6", name: "Done"}]}' | feed jira_issues_batch
	half "$(cut -d , -f 1 <<<"$order")" "$(cut -d , -f 2 <<<"$order")"
	half "$(cut -d , -f 3 <<<"$order")" "$(cut -d , -f 4 <<<"$order")"
	check_is "changes of one time on two pages are in the order in which they join ($order)" \
		"$(sql "SELECT history_complete, total_work_time_seconds, total_backlog_returns,
			(SELECT string_agg(external_id || ':' || time_in_status_seconds, ' ' ORDER BY external_id)
			FROM changelogs) FROM work_items")" \
		"t|86400|1|121:0 401:86400 402:86400"
done

# Two rounds from the same status and back: their statuses do not tell which was
# first, but pages do that say where they start.
jq -n '[{id: "401", from: "1", to: "3"}, {id: "402", from: "3", to: "1"}, {id: "121", from: "1", to: "6"},
	{id: "122", from: "6", to: "1"}]
	| map({id, created: "2025-01-03T00:00:00Z", items: [{field: "status", fieldId: "status", from, to}]})' \
		>"$TMP/histories"
rounds() { # START END…: pages in this order; prints the changes in theirs
	local page
	forget
	jq -n --argjson i "$issue" '{issues: [$i | .fields.status = {id: "1", name: "Open"}]}' | feed jira_issues_batch
	for page in "$@"; do
		jq --argjson s "${page%,*}" --argjson e "${page#*,}" --argjson total "$(jq length "$TMP/histories")" \
			'{self: "https://jira.example.com/rest/api/3/issue/1/changelog", startAt: $s, maxResults: 2,
				total: $total, values: .[$s:$e]}' "$TMP/histories" |
			feed jira_issues_batch
	done
	sql "SELECT string_agg(external_id, ' ' ORDER BY place) FROM changelogs"
}
for order in '0,2 2,4' '2,4 0,2'; do
	# shellcheck disable=SC2086 # two pages
	check_is "two rounds at one time are in the order of their pages ($order)" \
		"$(rounds $order)" "401 402 121 122"
done

# Pages that tell no start: of two changes from one status the one that leads back
# to it is first.
jq -n '[{id: "100", from: "3", to: "1", day: 2}, {id: "507", from: "1", to: "3", day: 3},
	{id: "174", from: "3", to: "1", day: 3}, {id: "119", from: "1", to: "6", day: 3}]
	| map({id, created: "2025-01-0\(.day)T00:00:00Z", items: [{field: "status", fieldId: "status", from, to}]})' \
		>"$TMP/histories"
for order in '0,3 3,4' '3,4 0,3'; do
	forget
	jq -n --argjson i "$issue" '{issues: [$i | .fields.status = {id: "6", name: "Done"} | .changelog.total = 4 |
		.changelog.histories = []]}' | feed jira_issues_batch
	for page in $order; do
		jq --argjson s "${page%,*}" --argjson e "${page#*,}" --argjson id "$(jq .id <<<"$issue")" \
			'{issueChangeLogs: [{issueId: $id, changeHistories: .[$s:$e]}], nextPageToken: "more"}' \
			"$TMP/histories" | feed jira_issues_batch
	done
	check_is "the change that leads back is before the one that does not ($order)" \
		"$(sql "SELECT history_complete, (SELECT string_agg(external_id || ':'
			|| time_in_status_seconds, ' ' ORDER BY external_id) FROM changelogs) FROM work_items")" \
		"t|100:86400 119:0 174:0 507:86400"
done

# -- whole answers of one thing
jq -n --argjson i "$full" '$i | .id = "21" | .key = "A-21"' | feed jira_issues_batch
check_is "one issue is a batch of one" \
	"$(outcome items) $(sql "SELECT count(*) FROM work_items WHERE external_id = '21'")" "1 1"
feed jira_projects_batch <<<'{"id": "71", "key": "B", "name": "Bee", "issueTypes": [{"id": "81", "name": "Bug"}]}'
feed jira_projects_batch <<<'[{"id": "82", "name": "Epic", "subtask": false, "hierarchyLevel": 1},
	{"id": "83", "name": "Team", "subtask": false, "scope": {"type": "PROJECT", "project": {"id": "71"}}}]'
check_is "one project, and types by themselves" \
	"$(sql "SELECT string_agg(t.external_id || COALESCE(p.key, '-'), ' ' ORDER BY t.external_id) FROM wits t
		LEFT JOIN projects_wits x ON x.wit_id = t.id LEFT JOIN projects p ON p.id = x.project_id
		WHERE t.external_id IN ('81', '82', '83')")" "81B 82- 83B"
feed_with jira_statuses_batch \
	'{"project_key": "B"}' <<<'[{"id": "81", "name": "Bug", "subtask": false,
		"statuses": [{"id": "901", "name": "New", "statusCategory": {"key": "new"}}]}]'
check_is "statuses of the project that extraction_metadata names" \
	"$(sql "SELECT p.key FROM projects_statuses x JOIN projects p ON p.id = x.project_id
		JOIN statuses s ON s.id = x.status_id WHERE s.external_id = '901'")" B
check_fails "an answer that is only an error fails" \
	feed jira_issues_batch <<<'{"errorMessages": ["The value X does not exist."], "errors": {}}'
check_match "with the source's sentence" "$(cat "$TMP/outcome.err")" 'The value X does not exist'
while IFS='|' read -r answer sentence; do
	feed jira_issues_batch <<<"$answer" && failed "it is read: $answer"
	check_match "with whatever names it: $sentence" "$(cat "$TMP/outcome.err")" "error: $sentence"
done <<'ANSWERS'
{"message": "Validation Failed", "errors": [{"field": "q", "code": "invalid"}]}|Validation Failed; .*invalid
{"status": 404, "error": "Not Found", "message": ""}|Not Found
{"errorMessage": "No such issue"}|No such issue
{"errorMessages": "Just a text"}|Just a text
ANSWERS
feed jira_issues_batch <<<'{"startAt": 50, "maxResults": 50, "total": 200, "issues": [],
	"warningMessages": ["Partly."]}'
check_is "a page that is empty and a warning are noted" \
	"$(outcome incomplete | jq -c '[.[] | [.what, .given, .total, .message]]')" \
	'[["page",0,50,null],["warningMessages",null,null,"Partly."]]'

# -- keys of a moved issue
forget
jq -n '{issues: [{id: "4", key: "BB-9", fields: {updated: "2025-02-01T00:00:00Z"},
	changelog: {histories: [{id: "1", created: "2025-01-05T00:00:00Z",
	items: [{field: "Key", fieldtype: "jira", from: null, fromString: "AA-4", to: null, toString: "BB-9"}]}]}},
	{id: "5", key: "AA-5", fields: {updated: "2025-02-01T00:00:00Z", parent: {key: "AA-4"}}}]}' |
		feed jira_issues_batch
check_is "its old key finds it, as a parent" \
	"$(sql "SELECT parent_external_id FROM work_items WHERE external_id = '5'")" 4
jq -n '{issues: [{id: "5", key: "CC-1", fields: {updated: "2025-03-01T00:00:00Z"}}]}' | feed jira_issues_batch
check_is "so does a key that was seen before" \
	"$(sql "SELECT string_agg(key, ' ' ORDER BY key) FROM work_items_old_keys")" "AA-4 AA-5"
feed jira_dev_status_batch \
	<<<'[{"issue_key": "AA-5", "detail": [{"pullRequests": [{"url": "https://github.com/o/n/pull/3",
		"status": "OPEN"}]}]}]'
check_is "and a panel finds it by that" \
	"$(sql "SELECT w.key FROM wits_prs_links l JOIN work_items w ON w.id = work_item_id")" CC-1

# -- a census
forget
jq -n '{issues: [range(20) as $n |
	{id: "\(100 + $n)", key: "B-\($n)", fields: {project: {id: "71", key: "B"},
	updated: "2025-01-01T00:00:00Z"}}]}' | feed jira_issues_batch
active() {
	sql "SELECT count(*) FILTER (WHERE active), string_agg(external_id, ' '
		ORDER BY external_id) FILTER (WHERE NOT active) FROM work_items WHERE key LIKE 'B-%'"
}
ids() { jq -n --argjson a "$1" --argjson b "$2" '{issues: [range($a; $b) | {id: tostring}]}'; }
ids 110 119 | feed_with jira_issue_ids_batch '{"project_key": "B", "census": "c1", "page": 2, "last": true}'
check_is "a census whose pages are not all there ends nothing" "$(active)" "20|"
ids 100 110 | feed_with jira_issue_ids_batch '{"project_key": "B", "census": "c1", "page": 1}'
check_is "once they are, in whatever order, what it lacks ends" "$(active)" "19|119"
changes_nothing "twice is once" "$BATCH"
jq -n '{issues: [{id: "119", key: "B-19", fields: {project: {id: "71"}, updated: "2025-01-01T00:00:00Z"}}]}' |
	feed jira_issues_batch
check_is "a later answer brings it back" "$(active)" "20|"
process "$((BATCH - 1))"
check_is "the census again does not end it again" "$(active)" "20|"
ids 100 105 | feed_with jira_issue_ids_batch '{"project_key": "B"}'
check_is "a census that names too few ends nothing" "$(active)" "20|"

# -- again is free
sequences="SELECT sequencename, last_value FROM pg_sequences
	WHERE sequencename ~ '^(projects|wits|statuses|work_items|changelogs)_id_seq' ORDER BY 1"
versions() {
	for name in projects wits statuses work_items changelogs; do
		sql "SELECT '$name', id, xmin FROM $name ORDER BY id"
	done
}
jq -n '[range(50) | {id: "\(500 + .)", key: "P\(.)", name: "P", issueTypes: [{id: "\(700 + .)", name: "T\(.)"}]}]' \
	>"$TMP/fifty"
feed jira_projects_batch <"$TMP/fifty"
feed jira_issues_batch <"$ETL_SOURCE/tests/data/jira/search_with_changelog.json"
real=$BATCH
sql "$sequences" >"$TMP/sequences"
versions >"$TMP/versions"
for _ in 1 2; do
	process "$real"
	feed jira_projects_batch <"$TMP/fifty"
	feed jira_issues_batch <"$ETL_SOURCE/tests/data/jira/search_with_changelog.json"
done
rows_are "replays and equal answers use up no id" "$sequences" <"$TMP/sequences"
check "and write no row" cmp "$TMP/versions" <(versions)
done_testing
