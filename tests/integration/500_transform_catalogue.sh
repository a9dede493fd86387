#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Projects, work item types and statuses, and their mappings by name.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/transform.sh"
app_up
sql "DELETE FROM projects_wits; DELETE FROM projects_statuses;
	DELETE FROM wits; DELETE FROM statuses; DELETE FROM projects;"

# -- projects
projects="SELECT external_id, key, name, project_type FROM projects ORDER BY 1"
wits="SELECT w.external_id, w.original_name, m.wit_to, w.description,
	w.hierarchy_level FROM wits w LEFT JOIN wits_mappings m
	ON m.id = w.wits_mapping_id ORDER BY 1"
links="SELECT p.key, w.external_id FROM projects_wits
	JOIN projects p ON p.id = project_id JOIN wits w ON w.id = wit_id
	ORDER BY 1, 2"
feed jira_projects_batch <<'JSON'
{"values": [
 {"id": "10", "key": "AA", "name": "Alpha", "projectTypeKey": "software",
  "issueTypes": [
   {"id": "1", "name": "EPIC", "description": "Large", "hierarchyLevel": 1},
   {"id": "2", "name": "Sub-task", "subtask": true},
   {"id": "3", "name": "Custom"}, {"name": "no id"}, null, {"id": "4"}]},
 {"id": 11, "key": "BB", "issueTypes": [{"id": "2", "name": "Sub-task",
  "description": "Small", "hierarchyLevel": -1}]},
 {"id": "12"}, {"key": "DD"}, 5, {"id": "13", "key": {"a": 1}}]}
JSON
check_json "projects: those without id or key are skipped, and listed" "$(outcome items) $(outcome list)" \
	'2 [{"index": 0, "place": "issueTypes[3]", "reason": "no id or no name"},
		{"index": 0, "place": "issueTypes[4]", "reason": "no id or no name"},
		{"index": 0, "place": "issueTypes[5]", "reason": "no id or no name"},
		{"index": 2, "reason": "no key"}, {"index": 3, "reason": "no id"}, {"index": 4, "reason": "no id"},
		{"index": 5, "reason": "no key"}]'
rows_are "projects: the rest is there, without a name by its key" "$projects" <<'ROWS'
10|AA|Alpha|software
11|BB|BB|
ROWS
rows_are "types: mapped by name in any case, with their level" "$wits" <<'ROWS'
1|EPIC|Epic|Large|1
2|Sub-task|Sub-task|Small|-1
3|Custom|||0
ROWS
rows_are "projects have their types" "$links" <<'ROWS'
AA|1
AA|2
AA|3
BB|2
ROWS
changes_nothing "projects: twice is once" "$BATCH"
old=$BATCH
feed jira_projects_batch <<<'{"projects": [{"id": "10", "key": "AA", "name": "Alpha 2",
	"issuetypes": [{"id": "3", "name": "Bespoke"}]}]}'
rows_are "a newer batch, of createmeta's shape, wins" "$projects" <<'ROWS'
10|AA|Alpha 2|software
11|BB|BB|
ROWS
changes_nothing "an older one does not win back" "$old"
feed jira_projects_batch <<<'[{"id": "10", "key": "AA", "name": "Alpha 3"},
	{"id": "10", "key": "AA", "name": "Alpha 4"}]'
check_is "a bare array; of two the later counts" "$(sql "SELECT name FROM projects WHERE external_id = '10'")" "Alpha 4"
sql "INSERT INTO wits_mappings (tenant_id, integration_id, wit_from, wit_to, wits_hierarchy_id, active)
	SELECT 1, 2, 'bespoke', 'Elsewhere', min(id), true FROM wits_hierarchies;
	INSERT INTO wits_mappings (tenant_id, integration_id, wit_from, wit_to, wits_hierarchy_id, active)
	SELECT 1, 1, 'BESPOKE', 'Asleep', min(id), false FROM wits_hierarchies;
	INSERT INTO wits_mappings (tenant_id, integration_id, wit_from, wit_to, wits_hierarchy_id, active)
	SELECT 1, 1, 'beSpoke', 'Here', min(id), true FROM wits_hierarchies;"
process "$BATCH"
check_is "a mapping that came later is found, the integration's own first" \
	"$(sql "SELECT m.wit_to FROM wits w JOIN wits_mappings m ON m.id = w.wits_mapping_id
		WHERE w.external_id = '3'")" Here
sql "UPDATE wits_mappings SET active = false WHERE wit_to = 'Here';
	INSERT INTO wits_mappings (tenant_id, integration_id, wit_from, wit_to, wits_hierarchy_id, active)
	SELECT 1, 1, v, 'Now', min(id), true FROM wits_hierarchies, (VALUES ('BeSpoke'), ('epic')) AS v (v) GROUP BY v;
	UPDATE wits_mappings SET active = false WHERE wit_from = 'Epic'"
process "$BATCH"
mapped="SELECT w.external_id, m.wit_to FROM wits w JOIN wits_mappings m ON m.id = w.wits_mapping_id
	WHERE w.external_id IN ('1', '3') ORDER BY 1"
rows_are "types that are not the batch's keep the mapping they have" "$mapped" <<'ROWS'
1|Epic
3|Here
ROWS
feed jira_projects_batch <<<'[{"id": "10", "key": "AA", "name": "Alpha 4",
	"issueTypes": [{"id": "3", "name": "Bespoke"}]}]'
rows_are "the batch's get the new one" "$mapped" <<'ROWS'
1|Epic
3|Now
ROWS
sql "UPDATE wits_mappings SET active = true WHERE wit_from = 'Epic'; DELETE FROM wits_mappings WHERE wit_from = 'epic'"
for bad in '{"issues": []}' '{"values": 5}' '[{"key": "A"}, 5]'; do
	check_fails "nothing to be read fails: $bad" feed jira_projects_batch <<<"$bad"
	check_match "and is the batch's fault" "$(cat "$TMP/outcome.err")" 'E_INVALID'
done
check "an empty list is fine" feed jira_projects_batch <<<'[]'

# -- statuses
statuses="SELECT s.external_id, s.original_name, s.category, m.status_to,
	s.description FROM statuses s LEFT JOIN statuses_mappings m
	ON m.id = s.status_mapping_id ORDER BY length(s.external_id), 1"
feed jira_statuses_batch <<'JSON'
[{"projectId": "10", "statuses": [
  {"id": "1", "name": "OPEN", "description": "Opened",
   "statusCategory": {"key": "new", "name": "新建"}},
  {"id": 2, "name": "Busy", "statusCategory": {"name": "In Progress"}}]},
 {"projectKey": "BB", "issueTypes": [
  {"id": "900", "name": "Story", "statuses": [
   {"id": "1", "name": "OPEN", "statusCategory": {"name": "To Do"}},
   {"id": "3", "name": "Finished", "statusCategory": {"key": "done"}}]},
  {"id": "901", "name": "Bug", "statuses": [{"id": "4"}]}]},
 {"projectKey": "ZZ", "statuses": [{"id": "5", "name": "Lost"}]},
 {"projectId": "10", "statuses": null},
 {"id": "6", "name": "Flat", "statusCategory": "IN_PROGRESS"}, {"id": "7"}]
JSON
check_json "statuses: what cannot be read is listed" "$(outcome items) $(outcome list)" \
	'4 [{"index": 1, "reason": "some statuses have no id or no name"},
		{"index": 2, "reason": "the project ZZ is not known"},
		{"index": 3, "reason": "no status with id and name"},
		{"index": 5, "reason": "no status with id and name"}]'
check_is "a project nobody knows is waited for" "$(outcome waiting)" '["ZZ"]'
rows_are "statuses: categories in one language, mapped by name; a description is kept" "$statuses" <<'ROWS'
1|OPEN|To Do|Backlog|Opened
2|Busy|In Progress||
3|Finished|Done||
5|Lost|Unknown||
6|Flat|In Progress||
ROWS
rows_are "projects have their statuses; one nobody knows is not made" \
	"SELECT p.key, s.external_id FROM projects_statuses JOIN projects p ON p.id = project_id
		JOIN statuses s ON s.id = status_id ORDER BY 1, 2" <<'ROWS'
AA|1
AA|2
BB|1
BB|3
ROWS
changes_nothing "statuses: twice is once" "$BATCH"
old=$BATCH
feed jira_statuses_batch <<<'[{"id": "3", "name": "Closed", "statusCategory": {"name": "Done"}},
	{"id": "5", "name": "Lost", "statusCategory": {"name": "Won"}}]'
rows_are "the flat list; newer names and categories win" "$statuses" <<'ROWS'
1|OPEN|To Do|Backlog|Opened
2|Busy|In Progress||
3|Closed|Done|Done|
5|Lost|Won||
6|Flat|In Progress||
ROWS
changes_nothing "an older list does not win back" "$old"
store_batch jira_statuses_batch "$ETL_SOURCE/tests/data/jira/statuses.json"
process "$BATCH"
check_is "a real list: all 53, some of projects nobody knows" \
	"$(outcome items) $(outcome list | jq -r '[.[].reason | sub("[0-9]+"; "N")] | unique | join(", ")')" \
	"53 the project N is not known"
check_is "one whose projects are known has them" \
	"$(sql "SELECT count(*) FROM statuses s WHERE active AND integration_id = 1")" \
	"$(sql "SELECT count(*) FROM statuses")"
check_is "in three categories" \
	"$(sql "SELECT string_agg(DISTINCT category, ',' ORDER BY category) FROM statuses
		WHERE category NOT IN ('Unknown', 'Won')")" "Done,In Progress,To Do"
store_batch jira_projects_batch "$ETL_SOURCE/tests/data/jira/projects.json"
process "$BATCH"
check_is "a real list of projects: all 12" "$(outcome items) $(sql "SELECT count(*) FROM projects")" "12 14"
changes_nothing "twice is once" "$BATCH"
check_is "nothing was written for another tenant" "$(sql "SELECT count(*) FROM projects WHERE tenant_id <> 1")" 0
done_testing
