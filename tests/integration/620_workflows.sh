#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Workflow steps: one commitment point for each integration.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/catalogue.sh"
app_up
second_tenant
before=$(second_tenant_rows)

check_list workflows
api GET workflows
check_is "steps by number" "$(answer 'map(.step_number)')" "$(answer 'map(.step_number) | sort')"
check_json "a step's members" "$(answer 'map(select(.id == 2))[0]')" \
	'{"id":2,"step_name":"Ready","step_number":2,"step_category":"To Do","is_commitment_point":true,
		"integration_id":1,"integration_name":"Jira","integration_logo":"jira.svg","active":true}'
check_is "a cursor whose key is no number: 400" "$(api GET 'workflows?cursor=313a41'; echo "$STATUS")" 400
api POST workflows --data '{"step_name":"Later","step_category":"To Do"}'
check_json "POST with what is needed only: 201" "$STATUS $(answer 'del(.id)')" \
	'201 {"step_name":"Later","step_number":null,"step_category":"To Do","is_commitment_point":false,
		"integration_id":1,"integration_name":"Jira","integration_logo":"jira.svg","active":true}'
id=$(json .id)
check_is "Location names it" "$(header Location)" "/app/etl/workflows/$id"
api GET workflows
check_is "one without a number comes last" "$(answer '.[-1].id')" "$id"
check_list workflows
api PUT "workflows/$id" --data '{"step_number":-3,"step_name":"Earlier"}'
check_is "PUT of two fields" "$STATUS $(answer '[.step_number, .step_name, .step_category]')" \
	'200 [-3,"Earlier","To Do"]'
api GET workflows
check_is "and it comes first" "$(answer '.[0].id')" "$id"
api PUT "workflows/$id" --data '{"step_number":null}'
check_is "null takes the number away" "$STATUS $(json .step_number)" "200 null"
check_invalid POST workflows \
	'{"step_name":"","step_category":7,"step_number":"1","is_commitment_point":"no","integration_id":{}}' \
	"body.step_name body.step_category body.step_number body.is_commitment_point body.integration_id"
check_invalid PUT workflows/1 \
	'{"step_name":false,"step_category":"","step_number":1e3,"is_commitment_point":0,"integration_id":0,
		"active":null,"x":1}' \
	"body.x body.step_name body.step_category body.step_number body.is_commitment_point body.integration_id"
check_invalid POST workflows '{"step_name":"\u3000","step_category":"Done"}' body.step_name
check_invalid POST workflows '{}' "body.step_name body.step_category"
api POST workflows --data '{"step_name":"a","step_category":"Done","integration_id":1001}'
check_is "another tenant's integration: 404" "$STATUS" 404
check_absent GET workflows
check_absent GET workflows /dependencies
check_absent PUT workflows '' '{"step_name":"Mine"}'
check_absent DELETE workflows
check_versions "workflows/$id" '{"step_category":"Done"}'

# -- commitment points
api POST workflows --data '{"step_name":"a","step_category":"Done","is_commitment_point":true}'
check_is "a second commitment point: 409, exists" "$STATUS $(json .code)" "409 exists"
check_is "which names the one there is" \
	"$(json .detail)" 'The workflow step Ready is the commitment point of this integration'
api PUT "workflows/$id" --data '{"is_commitment_point":true}'
check_is "nor in PUT: 409" "$STATUS" 409
api PUT 'workflows/7' --data '{"integration_id":1}'
check_is "nor by moving one here: 409" "$STATUS" 409
api PUT workflows/2 --data '{"is_commitment_point":true}'
check_is "the same one again is no second: 200" "$STATUS" 200
sql "UPDATE workflows SET active = FALSE WHERE id = 2"
api POST workflows --data '{"step_name":"a","step_category":"Done","is_commitment_point":true}'
check_is "an inactive one is in the way, too, and is said to be inactive" \
	"$STATUS $(json .detail)" '409 The inactive workflow step Ready is the commitment point of this integration'
sql "UPDATE workflows SET active = TRUE WHERE id = 2"
api PUT workflows/2 --data '{"is_commitment_point":false}'
check_is "when it is none any more" "$STATUS" 200
api PUT "workflows/$id" --data '{"is_commitment_point":true}'
check_is "another one may be it: 200" "$STATUS $(json .is_commitment_point)" "200 true"
api POST integrations --data '{"provider":"GitLab","type":"data_source"}'
api POST workflows --data "{\"step_name\":\"a\",\"step_category\":\"Done\",\"is_commitment_point\":true,
	\"integration_id\":$(json .id)}"
check_is "one of another integration is another's: 201" "$STATUS" 201

# -- what depends on a step
api GET workflows/2/dependencies
check_is "dependencies" "$(answer '[.workflow, .has_dependencies, .dependency_count, .affected_statuses_count]')" \
	'[{"id":2,"step_name":"Ready","step_number":2},true,3,1]'
check_is "the mappings with their statuses" \
	"$(answer '.dependent_mappings | map([.status_from, .affected_statuses_count])')" \
	'[["Ready for Dev",0],["Selected for Development",0],["To Do",1]]'
check_is "who could take them over" "$(answer '.reassignment_targets | [length, (.[0] | keys_unsorted)]')" \
	"[$(sql "SELECT count(*) - 1 FROM workflows
		WHERE tenant_id = 1 AND active"),[\"id\",\"step_name\",\"step_number\",\"step_category\"]]"
api DELETE workflows/2
check_match "DELETE while mappings depend on it: kept, and how many" \
	"$STATUS $(json .message)" '^200 .*deactivated.* 3 '
check_is "inactive, with its mappings" \
	"$(sql "SELECT active, (SELECT count(*) FROM statuses_mappings WHERE workflow_id = 2) FROM workflows
		WHERE id = 2")" "f|3"
for target in 2 1001 424242; do
	api DELETE workflows/2 --data "{\"target_workflow_id\":$target}"
	check_is "with target $target (itself, foreign, missing): 400" "$STATUS" 400
done
api DELETE workflows/1 --data '{"target_workflow_id":2}'
check_is "with an inactive target: 400" "$STATUS" 400
check_invalid DELETE workflows/2 '{"target_workflow_id":[]}' body.target_workflow_id
api DELETE workflows/2 --data '{"target_workflow_id":1}'
check_is "with a target: they move, and it is deleted" \
	"$STATUS $(sql "SELECT count(*) FROM workflows WHERE id = 2") $(sql "SELECT count(*) FROM statuses_mappings
		WHERE workflow_id = 1 AND status_to = 'Ready'")" "200 0 3"
sql "UPDATE statuses_mappings SET active = FALSE WHERE workflow_id = 3"
count=$(sql "SELECT count(*) FROM statuses_mappings WHERE workflow_id = 3")
api DELETE workflows/3
check_match "inactive mappings keep a step, too" "$STATUS $(json .message)" "^200 .*deactivated.* $count "
check_is "and it is theirs still" \
	"$(sql "SELECT active, (SELECT count(*) FROM statuses_mappings WHERE workflow_id = 3) FROM workflows
		WHERE id = 3")" "f|$count"
sql "UPDATE statuses_mappings SET workflow_id = NULL WHERE workflow_id = 3"
api DELETE workflows/3
check_is "without them it is deleted" "$STATUS $(sql "SELECT count(*) FROM workflows WHERE id = 3")" "200 0"

check_is "another tenant's rows are as they were" "$(second_tenant_rows)" "$before"
check_fails "no server error came up" grep -E 'status=500|error=E_DB ' "$APP_LOGS/pool.log"
done_testing
