#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Statuses and their mappings; projects, which show both.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/catalogue.sh"
app_up
second_tenant
before=$(second_tenant_rows)

mapping_of() { sql "SELECT status_mapping_id FROM statuses WHERE id = $1"; }

# -- statuses
check_list statuses
api GET statuses
check_is "statuses by name" "$(answer 'map(.original_name)')" "$(answer 'map(.original_name) | sort')"
check_json "a status's members" "$(answer 'map(select(.id == 1))[0]')" \
	'{"id":1,"external_id":"1","original_name":"Open","description":"Open and ready for the assignee to start",
		"status_category":"To Do","integration_id":1,"active":true}'
check_is "null is null" "$(answer 'map(select(.id == 6))[0].description')" null

# -- mappings
check_list status-mappings
api GET status-mappings/4
check_json "a mapping's members" "$(answer)" \
	'{"id":4,"status_from":"Open","status_to":"Backlog","status_category":"To Do","workflow_step_name":"Backlog",
		"workflow_id":1,"step_number":1,"integration_name":"Jira","integration_id":1,
		"integration_logo":"jira.svg","active":true}'
api GET 'status-mappings?integration_id=2'
check_is "those of one integration" "$(answer 'map(.status_from)')" '["closed","merged","open"]'
api POST status-mappings --data '{"status_from":"oPEN","status_to":"Offen","status_category":"To Do","workflow_id":2}'
check_is "POST: 201" "$STATUS" 201
id=$(json .id)
check_is "Location names it" "$(header Location)" "/app/etl/status-mappings/$id"
check_json "the answer is the mapping" "$(answer 'del(.id)')" \
	'{"status_from":"oPEN","status_to":"Offen","status_category":"To Do","workflow_step_name":"Ready",
		"workflow_id":2,"step_number":2,"integration_name":"Jira","integration_id":1,
		"integration_logo":"jira.svg","active":true}'
check_is "statuses of its name have it, in any case" "$(mapping_of 1)" "$id"
check_is "those of another tenant do not" "$(mapping_of 1001)" ''
api PUT "status-mappings/$id" --data '{"workflow_id":null}'
check_is "null takes the workflow away" "$STATUS $(answer '[.workflow_id, .workflow_step_name, .step_number]')" \
	'200 [null,null,null]'
api PUT "status-mappings/$id" --data '{"status_from":"elsewhere","workflow_id":1}'
check_is "PUT of two fields" "$STATUS $(answer '[.status_from, .status_to, .workflow_id]')" \
	'200 ["elsewhere","Offen",1]'
check_is "the status goes back to the mapping that fits" "$(mapping_of 1)" 4
api PUT "status-mappings/$id" --data '{"integration_id":2,"status_from":"open"}'
check_is "one of another integration leaves it alone" "$STATUS $(json .integration_name) $(mapping_of 1)" "200 GitHub 4"
api PUT "status-mappings/$id" --data '{"integration_id":1,"active":false}'
check_is "an inactive one changes no status" "$STATUS $(mapping_of 1)" "200 4"
api PUT "status-mappings/$id" --data '{"active":true}'
check_is "an active one does" "$STATUS $(mapping_of 1)" "200 $id"
check_invalid POST status-mappings \
	'{"status_from":"","status_to":1,"status_category":[],"workflow_id":0,"integration_id":"x"}' \
	"body.status_from body.status_to body.status_category body.workflow_id body.integration_id"
check_invalid PUT status-mappings/4 \
	'{"status_from":"","status_to":1,"status_category":[],"workflow_id":"1","integration_id":2147483648,
		"active":"x"}' \
	"body.status_from body.status_to body.status_category body.workflow_id body.integration_id body.active"
check_invalid POST status-mappings '{"status_from":" ","status_to":"\u2003","status_category":"Done"}' \
	"body.status_from body.status_to"
check_invalid POST status-mappings '{}' "body.status_from body.status_to body.status_category"
sql "UPDATE workflows SET active = FALSE WHERE id = 5"
for workflow in 5 1001 424242; do
	check_invalid POST status-mappings \
		"{\"status_from\":\"a\",\"status_to\":\"b\",\"status_category\":\"Done\",\"workflow_id\":$workflow}" \
		body.workflow_id
	check_invalid PUT status-mappings/4 "{\"workflow_id\":$workflow}" body.workflow_id
done
api POST status-mappings --data '{"status_from":"a","status_to":"b","status_category":"Done","integration_id":1001}'
check_is "another tenant's integration: 404" "$STATUS" 404
api POST status-mappings --data '{"status_from":"a","status_to":"b","status_category":"Done"}'
check_is "no workflow is needed" "$STATUS $(json .workflow_id)" "201 null"
free=$(json .id)
check_absent GET status-mappings
check_absent GET status-mappings /dependencies
check_absent PUT status-mappings '' '{"status_to":"Mine"}'
check_absent DELETE status-mappings
check_versions "status-mappings/$free" '{"status_to":"c"}'

# -- what depends on a mapping
api GET "status-mappings/$id/dependencies"
check_json "dependencies" "$(answer 'del(.reassignment_targets)')" \
	"{\"status_mapping\":{\"id\":$id,\"status_from\":\"open\",\"status_to\":\"Offen\"},\"has_dependencies\":true,
		\"dependency_count\":1,\"affected_statuses_count\":1,
		\"dependent_statuses\":[{\"id\":1,\"original_name\":\"Open\",\"status_category\":\"To Do\"}]}"
check_is "who could take them over: all other active ones" \
	"$(answer '.reassignment_targets | [length, (map(select(.id == '"$id"')) | length)]')" \
	"[$(sql "SELECT count(*) - 1 FROM statuses_mappings WHERE tenant_id = 1 AND active"),0]"
check_is "as what" "$(answer '.reassignment_targets[0] | keys_unsorted')" \
	'["id","status_from","status_to","status_category"]'
api DELETE "status-mappings/$free"
check_is "DELETE of one that nothing uses" \
	"$STATUS $(sql "SELECT count(*) FROM statuses_mappings WHERE id = $free")" "200 0"
api DELETE "status-mappings/$id"
check_match "one that is used is kept, and the answer says how many use it" \
	"$STATUS $(json .message)" '^200 .*deactivated.* 1 '
check_is "inactive, and used as before" \
	"$(sql "SELECT active FROM statuses_mappings WHERE id = $id") $(mapping_of 1)" "f $id"
for target in "$id" 1001 424242; do
	api DELETE "status-mappings/$id" --data "{\"target_mapping_id\":$target}"
	check_is "with target $target (itself, foreign, missing): 400" "$STATUS" 400
done
check_invalid DELETE "status-mappings/$id" '{"target_mapping_id":-1}' body.target_mapping_id
api DELETE "status-mappings/$id" --data '{"target_mapping_id":7}'
check_is "with a target: its statuses move, and it is deleted" \
	"$STATUS $(sql "SELECT count(*) FROM statuses_mappings WHERE id = $id") $(mapping_of 1)" "200 0 7"
idle=$(sql "UPDATE statuses SET active = FALSE WHERE tenant_id = 1 AND original_name = 'In Progress' RETURNING id")
used=$(mapping_of "$idle")
api DELETE "status-mappings/$used"
check_is "inactive statuses forget a mapping that is deleted" \
	"$STATUS $(sql "SELECT count(*) FROM statuses_mappings WHERE id = $used")$(mapping_of "$idle")" "200 0"

# -- projects
sql "INSERT INTO projects (id, tenant_id, integration_id, key, name)
	VALUES (11, 1, 2, 'B', 'beta'), (12, 1, 2, 'A', 'alpha')"
check_list projects
api GET projects
check_json "a project's members" "$(answer 'map(select(.id == 1))[0] | del(.wits, .statuses)')" \
	'{"id":1,"external_id":"10003","key":"EE","name":"Enterprise Edition","project_type":"software",
		"integration_id":1,"active":true}'
check_is "with its types" "$(answer 'map(select(.id == 1))[0].wits | map(.original_name)')" \
	'["Epic","任务","子任务","故事","缺陷"]'
check_is "and its active statuses" "$(answer 'map(select(.id == 1))[0].statuses | map(.original_name)')" \
	'["Closed","Done","Open","To Do","已完成"]'
types=$(answer 'map(select(.id == 1))[0].wits')
states=$(answer 'map(select(.id == 1))[0].statuses')
check_is "one without any has empty arrays" "$(answer 'map(select(.id == 11))[0] | [.wits, .statuses]')" '[[],[]]'
api GET wits
check_is "types look as they do in their own list" "$types" "$(answer)"
api GET statuses
check_is "so do statuses" "$states" "$(answer)"
api POST projects --data '{}'
check_is "projects are not made here: 405" "$STATUS" 405

check_is "another tenant's rows are as they were" "$(second_tenant_rows)" "$before"
check_fails "no server error came up" grep -E 'status=500|error=E_DB ' "$APP_LOGS/pool.log"
done_testing
