#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Issues: every column, custom fields, documents, metrics worked out by hand,
# parents, what issues name that nobody knows; newest wins.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/transform.sh"
app_up
sql "DELETE FROM projects_wits; DELETE FROM projects_statuses;
	DELETE FROM wits; DELETE FROM statuses; DELETE FROM projects;
	ALTER TABLE integrations ADD COLUMN IF NOT EXISTS settings JSONB;
	UPDATE integrations SET settings = '{\"custom_fields\": {
	\"customfield_1\": \"team\", \"customfield_2\": \"story_points\",
	\"customfield_3\": \"code_changed\", \"customfield_4\": \"acceptance_criteria\",
	\"customfield_5\": \"custom_field_01\", \"customfield_6\": \"custom_field_20\",
	\"customfield_7\": \"custom_field_07\", \"customfield_8\": \"no_such_column\",
	\"customfield_9\": \"tenant_id\", \"customfield_10\": null}}' WHERE id = 1;"

cat >"$TMP/statuses.json" <<'JSON'
[{"id": "100", "name": "Backlog", "statusCategory": {"key": "new"}},
 {"id": "101", "name": "To Do", "statusCategory": {"name": "to do"}},
 {"id": "102", "name": "In Progress", "statusCategory": {"name": "In Progress"}},
 {"id": "103", "name": "Under review", "statusCategory": {"key": "indeterminate", "name": "处理中"}},
 {"id": "104", "name": "Done", "description": "It is", "statusCategory": {"name": "DONE"}}]
JSON
feed jira_statuses_batch <"$TMP/statuses.json"
check_is "a status has its description" \
	"$(sql "SELECT string_agg(external_id || ' ' || description, ',') FROM statuses
		WHERE description IS NOT NULL")" "104 It is"

# -- metrics worked out by hand
cat >"$TMP/metrics.json" <<'JSON'
{"issues": [
 {"id": "1", "key": "M-1", "fields": {"created": "2025-01-01T00:00:00.000Z", "updated": "2025-01-08T00:00:00.000Z"},
  "changelog": {"histories": [
   {"id": "17", "created": "2025-01-08T00:00:00Z", "items": [{"field": "status", "from": "102", "to": "104"}]},
   {"id": "16", "created": "2025-01-07T00:00:00Z",
    "items": [{"field": "labels"}, {"field": "status", "from": "101", "to": "102"}]},
   {"id": "15", "created": "2025-01-06T18:00:00.000+0200", "author": {"displayName": "Eve"},
    "items": [{"field": "status", "from": "104", "to": "101"}]},
   {"id": "14", "created": "2025-01-05T16:00:00Z", "author": null,
    "items": [{"field": "status", "from": "103", "to": "104"}]},
   {"id": "99", "created": "2025-01-05T11:00:00Z", "items": [{"field": "summary", "from": null, "to": null}]},
   {"id": "13", "created": "2025-01-05T12:00:00.000+02:00", "items": [{"field": "status", "from": "102", "to": "103"}]},
   {"id": "12", "created": "2025-01-03T00:00:00Z", "items": [{"field": "status", "from": "101", "to": "102"}]},
   {"id": "11", "created": "2025-01-02T00:00:00Z", "items": [{"field": "status", "from": "100", "to": "101"}]}]}},
 {"id": "2", "key": "M-2", "fields": {"created": "2025-01-01T00:00:00Z", "updated": "2025-01-03T00:00:00Z"},
  "changelog": {"histories": [
   {"id": "11", "created": "2025-01-03T00:00:00Z", "items": [{"field": "status", "from": "101", "to": "104"}]}]}},
 {"id": "3", "key": "M-3", "fields": {"created": "2025-01-01T00:00:00Z", "updated": "2025-01-03T00:00:00Z"}}]}
JSON
metrics="SELECT key, work_first_committed_at, work_first_started_at, work_last_started_at, work_first_completed_at,
	work_last_completed_at,
	total_work_starts, total_completions, total_backlog_returns, total_work_time_seconds, total_review_time_seconds,
	total_cycle_time_seconds, total_lead_time_seconds, workflow_complexity_score, rework_indicator,
	direct_completion
	FROM work_items WHERE key LIKE 'M-%' ORDER BY key"
store_batch jira_issues_batch "$TMP/metrics.json"
check "a batch of issues is processed" process "$BATCH"
hand='M-1|2025-01-02 00:00:00|2025-01-03 00:00:00|2025-01-07 00:00:00|2025-01-05 16:00:00|2025-01-08 00:00:00'
hand+='|2|2|1|316800|21600|432000|518400|3|t|f
M-2|2025-01-01 00:00:00|||2025-01-03 00:00:00|2025-01-03 00:00:00|0|1|0|0|0||172800|0|f|t
M-3|||||||||||||||'
rows_are "metrics are what one works out by hand" "$metrics" <<<"$hand"
rows_are "each change of status has its time, from the one before" \
	"SELECT w.key, c.external_id, f.original_name, t.original_name, c.transition_start_date,
		c.transition_change_date, c.time_in_status_seconds, c.changed_by
	FROM changelogs c JOIN work_items w ON w.id = work_item_id LEFT JOIN statuses f ON f.id = from_status_id
	LEFT JOIN statuses t ON t.id = to_status_id ORDER BY 1, 2" <<'ROWS'
M-1|11|Backlog|To Do|2025-01-01 00:00:00|2025-01-02 00:00:00|86400|
M-1|12|To Do|In Progress|2025-01-02 00:00:00|2025-01-03 00:00:00|86400|
M-1|13|In Progress|Under review|2025-01-03 00:00:00|2025-01-05 10:00:00|208800|
M-1|14|Under review|Done|2025-01-05 10:00:00|2025-01-05 16:00:00|21600|
M-1|15|Done|To Do|2025-01-05 16:00:00|2025-01-06 16:00:00|86400|Eve
M-1|16|To Do|In Progress|2025-01-06 16:00:00|2025-01-07 00:00:00|28800|
M-1|17|In Progress|Done|2025-01-07 00:00:00|2025-01-08 00:00:00|86400|
M-2|11|To Do|Done|2025-01-01 00:00:00|2025-01-03 00:00:00|172800|
ROWS
changes_nothing "twice is once" "$BATCH"

# The same history in two halves, the later one first.
sql "DELETE FROM changelogs; DELETE FROM work_items;"
jq '.issues[0].changelog.histories |= .[:4]' "$TMP/metrics.json" >"$TMP/late.json"
jq '.issues[0].changelog.histories |= .[4:]' "$TMP/metrics.json" >"$TMP/early.json"
store_batch jira_issues_batch "$TMP/late.json"
late=$BATCH
process "$late"
store_batch jira_issues_batch "$TMP/early.json"
process "$BATCH"
rows_are "a history that comes in halves counts as one" "$metrics" <<<"$hand"
check_is "its times are those of the whole" \
	"$(sql "SELECT sum(time_in_status_seconds) FROM changelogs c JOIN work_items w ON w.id = work_item_id
		WHERE key = 'M-1'")" 604800
changes_nothing "either half again changes nothing" "$late"
changes_nothing "nor does the other" "$BATCH"

# The statuses last, and a mapping after these.
sql "DELETE FROM changelogs; DELETE FROM work_items; DELETE FROM statuses;
	UPDATE statuses_mappings SET active = false WHERE lower(status_from) = 'under review'"
store_batch jira_issues_batch "$TMP/metrics.json"
process "$BATCH"
check_is "statuses that nobody knows measure nothing" \
	"$(sql "SELECT total_completions FROM work_items WHERE key = 'M-1'")" 0
feed jira_statuses_batch <"$TMP/statuses.json"
rows_are "statuses that come after the issues: the same metrics, but for a mapping" "$metrics" \
	< <(sed 's/|21600|/|0|/' <<<"$hand")
changes_nothing "twice is once" "$BATCH"
sql "UPDATE statuses_mappings SET active = true WHERE lower(status_from) = 'under review'"
jq '.issues |= [.[2]]' "$TMP/metrics.json" | feed jira_issues_batch
rows_are "and a mapping that comes after them" "$metrics" <<<"$hand"
sql "UPDATE statuses SET category = 'Unknown' WHERE external_id = '104';
	UPDATE statuses_mappings SET active = false WHERE id = (SELECT status_mapping_id FROM statuses
	WHERE external_id = '104')"
process "$BATCH"
check_is "a status that people change counts with the next load" \
	"$(sql "SELECT sum(total_completions) FROM work_items WHERE key LIKE 'M-%'")" 0
jq '.issues |= [.[2] | .fields.status = {id: "104", name: "Done", statusCategory: {key: "done"}}]' \
	"$TMP/metrics.json" | feed jira_issues_batch
rows_are "and so does an issue that tells its category" "$metrics" <<<"$hand"
check_is "nothing is due then" "$(sql "SELECT count(*) FROM statuses WHERE metrics_due")" 0
sql "UPDATE statuses_mappings SET active = true WHERE id = (SELECT status_mapping_id FROM statuses
	WHERE external_id = '104')"

# -- every column
cat >"$TMP/full.json" <<'JSON'
[{"id": 10, "key": "F-1", "fields": {
  "project": {"id": "70", "key": "F", "name": "Fields", "projectTypeKey": "business"},
  "issuetype": {"id": "80", "name": "story", "description": "D", "hierarchyLevel": 0},
  "status": {"id": "90", "name": "Waiting", "statusCategory": {"key": "indeterminate"}},
  "summary": "Sum 🐜", "description": "plain\ntext", "resolution": {"name": "Fixed"},
  "assignee": {"displayName": "Ann"}, "labels": ["a", "b", 3], "priority": {"name": "High"},
  "created": "2025-09-03T10:11:12.345+0200", "updated": "2025-09-04T23:30:00.000-0530",
  "parent": {"id": "11", "key": "F-2"},
  "customfield_1": {"id": "5", "displayName": "Not this", "name": "Team A"}, "customfield_2": 2.5,
  "customfield_3": "{pullrequest={dataType=pullrequest}}", "customfield_4": {"type": "doc", "content": [
   {"type": "paragraph", "content": [{"type": "text", "text": "It works"}]}]},
  "customfield_5": [{"value": "x"}, {"name": "y"}, "z", 7, null, {"displayName": "w", "name": "v"}],
  "customfield_6": {"value": "last", "child": {"value": "c"}}, "customfield_7": true,
  "customfield_8": "ignored", "customfield_9": 2}},
 {"id": "11", "key": "F-2", "fields": {
  "description": {"type": "doc", "version": 1, "content": [
   {"type": "heading", "content": [{"type": "text", "text": "Title"}]},
   {"type": "paragraph", "content": [{"type": "text", "text": "Hello "},
    {"type": "text", "text": "big", "marks": [{"type": "strong"}]},
    {"type": "text", "text": " world"}, {"type": "hardBreak"}, {"type": "mention", "attrs": {"text": "@ann"}}]},
   {"type": "bulletList", "content": [
    {"type": "listItem", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "one"}]}]},
    {"type": "listItem", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "two"}]}]}]},
   {"type": "codeBlock", "content": [{"type": "text", "text": "x = 1;\ny"}]}]},
  "customfield_1": "Team B", "customfield_2": " 8 ", "customfield_3": "{}", "customfield_5": "text",
   "customfield_6": []}},
 {"id": "12", "key": "F-3", "fields": {"customfield_1": {"value": "Team C"}, "customfield_2": "many",
  "customfield_3": [], "customfield_5": {"displayName": "dn"}}},
 {"id": "13", "key": "F-4", "fields": {"customfield_2": 99999999999999999999, "customfield_3": {},
  "parent": {"key": "F-9"}}},
 {"id": "14", "key": "F-5", "fields": {"customfield_3": {"a": 1}, "parent": {"key": "F-1"}}},
 {"id": "15", "key": "F-6", "fields": {"customfield_3": "   ", "labels": [], "project": {"id": "71"}}}]
JSON
store_batch jira_issues_batch "$TMP/full.json"
process "$BATCH"
rows_are "every column of an issue" \
	"SELECT w.external_id, w.key, p.key, p.name, t.original_name, s.original_name, s.category, w.summary,
		w.description, resolution, assignee, labels, priority, created, updated, parent_external_id
	FROM work_items w LEFT JOIN projects p ON p.id = w.project_id LEFT JOIN wits t ON t.id = w.wit_id
	LEFT JOIN statuses s ON s.id = w.status_id
	WHERE w.key LIKE 'F-%' ORDER BY w.key" <<'ROWS'
10|F-1|F|Fields|story|Waiting|In Progress|Sum 🐜|plain
text|Fixed|Ann|a, b, 3|High|2025-09-03 08:11:12.345|2025-09-05 05:00:00|11
11|F-2|||||||Title
Hello big world
@ann
one
two
x = 1;
y|||||||
12|F-3||||||||||||||
13|F-4||||||||||||||F-9
14|F-5||||||||||||||10
15|F-6|F|F||||||||||||
ROWS
rows_are "custom fields go where the settings say" \
	"SELECT key, team, story_points, code_changed, acceptance_criteria, custom_field_01, custom_field_07,
		custom_field_20, custom_field_02 FROM work_items WHERE key LIKE 'F-%' ORDER BY key" <<'ROWS'
F-1|Team A|2.5|t|It works|x, y, z, 7, w|true|last - c|
F-2|Team B|8|f||text|||
F-3|Team C||f||dn|||
F-4|||f|||||
F-5|||t|||||
F-6|||f|||||
ROWS
rows_are "what they name is made of what they say" \
	"SELECT p.external_id, p.key, p.name, p.project_type FROM projects p ORDER BY 1" <<'ROWS'
70|F|Fields|business
71|F|F|
ROWS
check_is "and mapped by name" \
	"$(sql "SELECT m.wit_to FROM wits w JOIN wits_mappings m ON m.id = w.wits_mapping_id
		WHERE external_id = '80'")" Story
changes_nothing "twice is once" "$BATCH"
full=$BATCH
feed jira_issues_batch <<<'{"issues": [{"id": "20", "key": "F-9", "fields": {"updated": "2025-01-01T00:00:00Z"}}]}'
check_is "a parent that came by key alone is found when it comes" \
	"$(sql "SELECT parent_external_id FROM work_items WHERE key = 'F-4'")" 20
changes_nothing "and stays so" "$full"
feed jira_projects_batch <<<'[{"id": "70", "key": "F", "name": "All fields"}]'
check_is "a list of projects knows better than an issue" \
	"$(sql "SELECT name FROM projects WHERE external_id = '70'")" "All fields"

# -- named without an id
jq -n '{issues: [{id: "40", key: "G-1", fields: {project: {key: "f"}, issuetype: {name: "STORY"},
	status: {name: "waiting"}}},
	{id: "41", key: "G-2", fields: {project: {key: "NONE"}, issuetype: {name: "none"},
	status: {name: "none"}}}]}' | feed jira_issues_batch
rows_are "a project by its key, a type or status by its name, in any case; none is made" \
	"SELECT w.key, p.key, t.original_name, s.original_name FROM work_items w
		LEFT JOIN projects p ON p.id = project_id LEFT JOIN wits t ON t.id = wit_id
		LEFT JOIN statuses s ON s.id = status_id WHERE w.key LIKE 'G-%' ORDER BY 1" <<'ROWS'
G-1|F|story|Waiting
G-2|||
ROWS
check_is "not even one" "$(sql "SELECT count(*) FROM (SELECT key FROM projects UNION ALL SELECT original_name
	FROM wits UNION ALL SELECT original_name FROM statuses) AS n (name) WHERE lower(name) = 'none'")" 0

# -- every custom field
sql "UPDATE integrations SET settings =
	(SELECT jsonb_build_object('custom_fields', jsonb_object_agg('customfield_' || n, 'custom_field_'
	|| lpad(n::text, 2, '0'))) FROM generate_series(1, 20) AS n) WHERE id = 1"
jq -n '{issues: [{id: "50", key: "H-1", fields: ([range(1; 21) | {key: "customfield_\(.)", value: "v\(.)"}] |
	from_entries)}]}' | feed jira_issues_batch
check_is "each of the twenty has its column" \
	"$(sql "SELECT string_agg(v.value, ' ' ORDER BY v.key) FROM work_items w
		CROSS JOIN jsonb_each_text(to_jsonb(w)) AS v WHERE w.key = 'H-1' AND v.key LIKE 'custom_field_%'")" \
	"$(seq -s ' ' -f 'v%g' 1 20)"
check_is "of this integration, and active" \
	"$(sql "SELECT string_agg(DISTINCT integration_id || ' ' || active, ',') FROM (SELECT integration_id, active
		FROM work_items UNION SELECT integration_id, active FROM changelogs
		UNION SELECT integration_id, active FROM projects UNION SELECT integration_id, active FROM wits
		UNION SELECT integration_id, active FROM statuses) AS t")" "1 true"

# -- documents and dates
jq -n '{issues: [{id: "60", key: "D-1", fields: {description: {type: "doc", content: [
	{type: "codeBlock", content: [{type: "text", text: "a = 1\n\n\nb = 2"}]},
	{type: "paragraph", content: [{type: "text", text: "on "},
	{type: "date", attrs: {timestamp: "1582152559000"}}]},
	{type: "expand", attrs: {title: "More"},
	content: [{type: "paragraph", content: [{type: "text", text: "inside"}]}]}, {type: "expand", content: []},
	{type: "mediaSingle", content: [{type: "media", attrs: {alt: "A picture"}}]},
	{type: "mediaSingle", content: [{type: "media", attrs: {}}]},
	{type: "paragraph", content: [{type: "date", attrs: {timestamp: "x"}}, {type: "text", text: "end"}]}]}}}]}' |
		feed jira_issues_batch
check_is "code keeps its blank lines; dates, titles and alternatives are text" \
	"$(sql "SELECT description FROM work_items WHERE key = 'D-1'")" \
	"$(printf 'a = 1\n\n\nb = 2\non 2020-02-19\nMore\ninside\nA picture\nend')"
stamp() { sql "SELECT etl_timestamp('$1')"; }
while read -r text want; do check_is "the time $text" "$(stamp "$text")" "$want"; done <<'TIMES'
2025-12-31T23:59:60Z 2026-01-01 00:00:00
2025-12-31T23:59:60.5+02:00 2025-12-31 22:00:00.5
2025-12-31T24:00:00Z 2026-01-01 00:00:00
2025-12-31t10:00:00z 2025-12-31 10:00:00
2025-12-31T10:00:00.12345678901234Z 2025-12-31 10:00:00.123457
2025-12-31T10:00:00+18:00 2025-12-30 16:00:00
2025-12-31T10:00:00-1730 2026-01-01 03:30:00
2025-12-31T10:00:00+18:01
2025-12-31T24:00:01Z
2025-02-29T10:00:60Z
2024-02-29T24:00:00+00:00 2024-03-01 00:00:00
TIMES
check_is "of two years' dates all but 29 February are plain, and can be cast" \
	"$(sql "SELECT count(v) || ' ' || count(DISTINCT etl_time(v, true)) FROM generate_series(2023, 2024) AS y
		CROSS JOIN generate_series(0, 13) AS m CROSS JOIN generate_series(0, 32) AS d
		CROSS JOIN LATERAL format('%s-%s-%sT23:59:59.999+0000', y, lpad(m::text, 2, '0'),
		lpad(d::text, 2, '0')) AS v WHERE etl_is_plain_time(v)")" "730 730"
check_is "no time that cannot be cast is plain" \
	"$(sql "SELECT count(*) FROM unnest('{2025-01-01T24:00:00Z, 2025-01-01T10:60:00Z, 2025-01-01T10:00:60Z,
		2025-01-01T10:00:00+15:00, 2025-01-01T10:00:00+0160, 2025-01-01T10:00:00, 2025-01-01,
		0999-01-01T10:00:00Z, 1700000000000}'::text[]) AS v WHERE etl_is_plain_time(v)")" 0
check_is "numbers as PostgreSQL rounds them" \
	"$(sql "SELECT string_agg(COALESCE(etl_integer(v)::text, '-'), ' ')
		FROM unnest('{3e1,.5,-.5,2.5,1e-3,1e99,e1,.,5.,25E-1}'::text[]) AS v")" "30 1 -1 3 0 - - - 5 3"

# -- newest wins
one() { # UPDATED SUMMARY
	jq -n --arg updated "$1" --arg summary "$2" \
		'{issues: [{id: "30", key: "N-1", fields: {updated: $updated, summary: $summary}}]}'
}
now() { sql "SELECT summary FROM work_items WHERE key = 'N-1'"; }
one 2025-05-01T00:00:00Z first | feed jira_issues_batch
first=$BATCH
one 2025-05-03T00:00:00Z third | feed jira_issues_batch
one 2025-05-02T00:00:00Z second | feed jira_issues_batch
check_is "an older issue does not replace a newer one" "$(now)" third
process "$first"
check_is "nor when it is processed again" "$(now)" third
one 2025-05-03T02:00:00+02:00 "third, corrected" | feed jira_issues_batch
check_is "one of the same age does" "$(now)" "third, corrected"
one garbage undated | feed jira_issues_batch
check_is "one without an age does not" "$(now)" "third, corrected"
jq -n '{issues: [{id: "30", key: "N-1", fields: {updated: "2025-06-02T00:00:00Z", summary: "new"}},
	{id: "30", key: "N-1", fields: {updated: "2025-06-01T00:00:00Z", summary: "old"}}]}' | feed jira_issues_batch
check_is "of two in one batch the newer one counts" \
	"$(now) $(sql "SELECT count(*) FROM work_items WHERE external_id = '30'")" "new 1"

# Its changes of status are as old as it is.
changed() { # UPDATED AUTHOR [HISTORY]
	jq -nc --arg updated "$1" --arg author "$2" --arg id "${3:-1}" \
		'{id: "7001", key: "ZA-1", fields: {created: "2025-03-01T00:00:00Z", updated: $updated},
		changelog: {histories: [{id: $id, created: "2025-03-01T00:00:00Z", author: {displayName: $author},
		items: [{field: "status", from: "100", to: "102"}]}]}}'
}
authors() {
	sql "SELECT string_agg(c.external_id || ' ' || changed_by, ', ' ORDER BY c.external_id) FROM changelogs c
		JOIN work_items w ON w.id = work_item_id WHERE key = 'ZA-1'"
}
forget() {
	sql "DELETE FROM changelogs c USING work_items w WHERE w.id = work_item_id AND key = 'ZA-1';
		DELETE FROM work_items WHERE key = 'ZA-1'"
}
changed 2025-03-02T00:00:00Z "New Name" | jq '{issues: [.]}' | feed jira_issues_batch
changed 2025-03-01T00:00:00Z "Old Name" | jq '{issues: [.]}' | feed jira_issues_batch
check_is "an older issue does not overwrite changes of status" "$(authors)" "1 New Name"
changed 2025-03-01T00:00:00Z "Old Name" 2 | jq '{issues: [.]}' | feed jira_issues_batch
check_is "but adds those that are missing" "$(authors)" "1 New Name, 2 Old Name"
changes_nothing "twice is once" "$BATCH"
changed 2025-03-03T00:00:00Z "Newer Name" | jq '{issues: [.]}' | feed jira_issues_batch
check_is "a newer one overwrites" "$(authors)" "1 Newer Name, 2 Old Name"
for order in 'sort' 'sort -r'; do
	forget
	{ changed 2025-03-02T00:00:00Z "New Name"; changed 2025-03-01T00:00:00Z "Old Name"; } | $order |
		jq -s '{issues: .}' | feed jira_issues_batch
	check_is "in one batch the newest copy counts ($order)" "$(authors)" "1 New Name"
done

# -- the real answer
store_batch jira_issues_batch "$ETL_SOURCE/tests/data/jira/search_with_changelog.json"
process "$BATCH"
real=$ETL_SOURCE/tests/data/jira/search_with_changelog.json
rows_are "a real answer: each issue with its changes of status" \
	"SELECT w.key, summary, count(c.id) FROM work_items w LEFT JOIN changelogs c ON c.work_item_id = w.id
		WHERE w.key ~ '^(EE|K5)-' GROUP BY 1, 2 ORDER BY 1" \
	< <(jq -r '.issues | sort_by(.key)[] |
		[.key, .fields.summary, ([.changelog.histories[] | select(any(.items[]; .field == "status"))] |
		length | tostring)] | join("|")' "$real")
check_is "deleted statuses of its histories are there, by name" \
	"$(sql "SELECT string_agg(original_name, ',' ORDER BY external_id) FROM statuses
		WHERE external_id IN ('10020', '10029')")" "Inbox,Ready for Dev"
changes_nothing "twice is once" "$BATCH"
done_testing
