#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Work item types, their mappings and hierarchies.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/catalogue.sh"
app_up
second_tenant
before=$(second_tenant_rows)

# -- types
check_list wits
api GET wits
check_is "types by name" "$(answer 'map(.original_name)')" "$(answer 'map(.original_name) | sort')"
check_json "a type's members" "$(answer '.[0]')" \
	'{"id":1,"external_id":"10000","original_name":"Epic","description":"A goal that takes several stories",
		"hierarchy_level":1,"wits_mapping_id":1,"integration_id":1,"active":true}'
sql "UPDATE wits SET active = FALSE, description = NULL WHERE id = 2"
api GET wits
check_is "an inactive one is not listed" "$(answer 'map(select(.id == 2))')" '[]'
api GET 'wits?active=false'
check_is "unless asked for; null is null" "$(answer 'map([.id, .description, .active])')" '[[2,null,false]]'
sql "UPDATE wits SET active = TRUE WHERE id = 2"
api POST wits --data '{}'
check_is "types are not made here: 405" "$STATUS" 405

# -- mappings
check_list wit-mappings
api GET wit-mappings/1
check_json "a mapping's members" "$(answer)" \
	'{"id":1,"wit_from":"Epic","wit_to":"Epic","hierarchy_level":1,"integration_id":1,"integration_name":"Jira",
		"integration_logo":"jira.svg","active":true}'
api POST wit-mappings --data '{"wit_from":"EPIC","wit_to":"Große Sache","hierarchy_level":1,"tenant_id":1}'
check_is "POST: 201" "$STATUS" 201
id=$(json .id)
check_is "Location names it" "$(header Location)" "/app/etl/wit-mappings/$id"
check_json "the answer is the mapping" "$(answer 'del(.id)')" \
	'{"wit_from":"EPIC","wit_to":"Große Sache","hierarchy_level":1,"integration_id":1,"integration_name":"Jira",
		"integration_logo":"jira.svg","active":true}'
check_is "types of its name have it, in any case" "$(sql "SELECT wits_mapping_id FROM wits WHERE id = 1")" "$id"
check_is "those of another tenant do not" "$(sql "SELECT wits_mapping_id IS NULL FROM wits WHERE id = 1001")" t
etag=$(header ETag)
api GET "wit-mappings/$id"
check_is "its version is that of the answer" "$(header ETag)" "$etag"
api PUT "wit-mappings/$id" --data '{"wit_from":"nothing"}'
check_is "PUT of one field: 200" "$STATUS" 200
check_json "changes just that" "$(answer 'del(.id)')" \
	'{"wit_from":"nothing","wit_to":"Große Sache","hierarchy_level":1,"integration_id":1,
		"integration_name":"Jira","integration_logo":"jira.svg","active":true}'
check_is "the type goes back to the mapping that fits" "$(sql "SELECT wits_mapping_id FROM wits WHERE id = 1")" 1
api PUT wit-mappings/1 --data '{"wit_from":"nothing either"}'
check_is "or to none" "$(sql "SELECT wits_mapping_id IS NULL FROM wits WHERE id = 1")" t
api PUT wit-mappings/1 --data '{"wit_from":"epic","hierarchy_level":-1}'
check_is "another level" "$(answer '[.hierarchy_level, .wit_from]')" '[-1,"epic"]'
check_is "and the type is back" "$(sql "SELECT wits_mapping_id FROM wits WHERE id = 1")" 1
api PUT wit-mappings/1 --data '{"wit_from":null,"wit_to":null,"integration_id":null}'
check_is "null leaves what cannot be null" "$STATUS $(answer '[.wit_from, .wit_to, .integration_id]')" \
	'200 ["epic","Epic",1]'
api PUT wit-mappings/1 --data '{}'
check_is "PUT of nothing: 200" "$STATUS" 200
sql "INSERT INTO wits_hierarchies (id, tenant_id, integration_id, level_name, level_number)
	VALUES (77, 1, 2, 'Its own', 1);
	UPDATE wits_mappings SET wits_hierarchy_id = 77 WHERE id = 1"
hierarchy_of() { sql "SELECT wits_hierarchy_id FROM wits_mappings WHERE id = $1"; }
api PUT wit-mappings/1 --data '{"hierarchy_level":1}'
check_is "the level of its hierarchy leaves it there" "$STATUS $(hierarchy_of 1)" "200 77"
sql "UPDATE wits_hierarchies SET active = FALSE WHERE id = 77"
api PUT wit-mappings/1 --data '{"hierarchy_level":1}'
check_is "unless that is not active" "$STATUS $(hierarchy_of 1)" "200 1"
sql "UPDATE wits_hierarchies SET active = TRUE WHERE id = 77"
api PUT wit-mappings/1 --data '{"hierarchy_level":0}'
check_is "another level has another hierarchy" "$STATUS $(hierarchy_of 1)" "200 2"
api PUT wit-mappings/1 --data '{"hierarchy_level":-1}'
sql "DELETE FROM wits_hierarchies WHERE id = 77"
for level in 7 2147483647; do
	api POST wit-mappings --data "{\"wit_from\":\"a\",\"wit_to\":\"b\",\"hierarchy_level\":$level}"
	check_is "no active hierarchy of level $level: 400" "$STATUS" 400
	check_match "which says so" "$(json .detail)" "level $level"
done
api PUT wit-mappings/1 --data '{"hierarchy_level":7}'
check_is "nor in PUT: 400" "$STATUS" 400
api POST wit-mappings --data '{"wit_from":"a","wit_to":"b","hierarchy_level":0,"integration_id":1001}'
check_is "another tenant's integration: 404" "$STATUS" 404
api PUT wit-mappings/1 --data '{"integration_id":1001}'
check_is "nor in PUT: 404" "$STATUS" 404
all_wrong='{"wit_from":"","wit_to":5,"hierarchy_level":"1","integration_id":0,"active":"yes"}'
check_invalid POST wit-mappings "$all_wrong" \
	"body.active body.wit_from body.wit_to body.hierarchy_level body.integration_id"
check_invalid PUT wit-mappings/1 "$all_wrong" \
	"body.wit_from body.wit_to body.hierarchy_level body.integration_id body.active"
check_invalid POST wit-mappings '{"wit_from":" \t","wit_to":"\u00a0\u3000 ","hierarchy_level":0}' \
	"body.wit_from body.wit_to"
check_invalid PUT wit-mappings/1 '{"wit_from":" ","wit_to":"\n"}' "body.wit_from body.wit_to"
check_invalid POST wit-mappings '{}' "body.wit_from body.wit_to body.hierarchy_level"
check_invalid POST wit-mappings '{"wit_from":null,"wit_to":"x","hierarchy_level":1.5}' \
	"body.wit_from body.hierarchy_level"
check_invalid POST wit-mappings \
	"{\"wit_from\":\"$(printf 'ä%.0s' {1..256})\",\"wit_to\":\"x\",\"hierarchy_level\":0}" body.wit_from
api POST wit-mappings --data "{\"wit_from\":\"$(printf 'ä%.0s' {1..255})\",\"wit_to\":\"'); DROP TABLE wits; --\",
	\"hierarchy_level\":0}"
check_is "255 letters, and SQL that is just text: 201" "$STATUS" 201
api DELETE "wit-mappings/$(json .id)"
api POST wit-mappings --data '{'
check_is "no JSON: 400" "$STATUS" 400
api POST wit-mappings --data 'x' -H 'Content-Type: text/plain'
check_is "no JSON's media type: 415" "$STATUS" 415
check_absent GET wit-mappings
check_absent PUT wit-mappings '' '{"wit_to":"Mine"}'
check_absent DELETE wit-mappings
check_versions wit-mappings/2 '{"wit_to":"Tale"}'
api DELETE "wit-mappings/$id"
check_is "DELETE of one that nothing uses" "$STATUS $(json .success)" "200 true"
api GET "wit-mappings/$id"
check_is "it is gone" "$STATUS" 404
sql "UPDATE wits SET active = FALSE WHERE id = 2"
api DELETE wit-mappings/3
check_is "one that only an inactive type uses goes, too" \
	"$STATUS $(sql "SELECT count(*) FROM wits_mappings WHERE id = 3") $(sql "SELECT wits_mapping_id IS NULL
		FROM wits WHERE id = 2")" "200 0 t"
api DELETE wit-mappings/5
check_match "one that is used is kept, and the answer says how many use it" \
	"$STATUS $(json .message)" '^200 .*deactivated.* 1 '
check_is "inactive" "$(sql "SELECT active FROM wits_mappings WHERE id = 5") $(sql "SELECT wits_mapping_id FROM wits
	WHERE id = 3")" "f 5"
api GET wit-mappings
check_is "so it is not listed" "$(answer 'map(select(.id == 5))')" '[]'
api PUT wit-mappings/5 --data '{"active":true}'
check_is "until it is active again" "$(answer .active)" true

# -- hierarchies
check_list wits-hierarchies
api GET wits-hierarchies
check_is "highest level first" "$(answer 'map(.level_number)')" '[1,0,-1]'
check_json "a hierarchy's members" "$(answer '.[0]')" \
	'{"id":1,"level_number":1,"level_name":"Epic","description":"A goal that takes several stories",
		"integration_id":1,"integration_name":"Jira","integration_logo":"jira.svg","active":true}'
check_invalid POST wits-hierarchies '{"level_name":"","level_number":2147483648,"description":1,"integration_id":"x"}' \
	"body.level_name body.level_number body.description body.integration_id"
check_invalid PUT wits-hierarchies/1 \
	'{"level_name":[],"level_number":true,"description":{},"integration_id":-1,"active":1,
		"target_hierarchy_id":"x"}' \
	"body.level_name body.level_number body.description body.integration_id body.active body.target_hierarchy_id"
check_invalid POST wits-hierarchies '{"level_name":"  ","level_number":9}' body.level_name
check_invalid POST wits-hierarchies '{}' "body.level_name body.level_number"
api POST wits-hierarchies --data '{"level_name":"Initiative","level_number":2,"description":"Above","integration_id":2}'
check_json "POST: 201" "$STATUS $(answer 'del(.id)')" \
	'201 {"level_number":2,"level_name":"Initiative","description":"Above","integration_id":2,
		"integration_name":"GitHub","integration_logo":"github.svg","active":true}'
id=$(json .id)
api PUT "wits-hierarchies/$id" --data '{"description":null,"level_number":3}'
check_is "PUT: null clears what may be null" "$STATUS $(answer '[.description, .level_number, .level_name]')" \
	'200 [null,3,"Initiative"]'
api POST wits-hierarchies --data '{"level_name":"x","level_number":0,"integration_id":1001}'
check_is "another tenant's integration: 404" "$STATUS" 404
check_absent GET wits-hierarchies
check_absent GET wits-hierarchies /dependencies
check_absent PUT wits-hierarchies '' '{"level_name":"Mine"}'
check_absent DELETE wits-hierarchies
check_versions "wits-hierarchies/$id" '{"description":"Again"}'
api GET wits-hierarchies/2/dependencies
check_is "dependencies: 200" "$STATUS" 200
check_is "of whom" "$(answer .hierarchy)" '{"id":2,"level_name":"Story","level_number":0}'
count=$(sql "SELECT count(*) FROM wits_mappings WHERE wits_hierarchy_id = 2 AND active")
check_is "how many" "$(answer '[.has_dependencies, .dependency_count, .affected_wits_count,
	(.dependent_mappings | length)]')" "[true,$count,2,$count]"
check_is "each with its types" \
	"$(answer '[.dependent_mappings[] | select(.affected_wits_count > 0)] | map(keys_unsorted)[0]')" \
	'["id","wit_from","wit_to","affected_wits_count"]'
check_json "who could take them over" \
	"$(answer '.reassignment_targets | map([.id, .level_name, .level_number, .description])')" \
	"[[$id,\"Initiative\",3,\"Again\"],[1,\"Epic\",1,\"A goal that takes several stories\"],
		[3,\"Sub-task\",-1,\"A part of a story\"]]"
api GET "wits-hierarchies/$id/dependencies"
check_is "of one that has none" \
	"$(answer '[.has_dependencies, .dependency_count, .affected_wits_count, .dependent_mappings]')" '[false,0,0,[]]'
api DELETE wits-hierarchies/2
check_is "DELETE while mappings depend on it: 400" "$STATUS" 400
check_match "naming their number" "$(json .detail)" "^$count "
api PUT wits-hierarchies/2 --data '{"active":false}'
check_is "nor is it deactivated: 400" "$STATUS" 400
sql "UPDATE wits_hierarchies SET active = FALSE WHERE id = 3"
for target in 2 3 1001 424242; do
	api DELETE wits-hierarchies/2 --data "{\"target_hierarchy_id\":$target}"
	check_is "DELETE with target $target (itself, inactive, foreign, missing): 400" "$STATUS" 400
	api PUT wits-hierarchies/2 --data "{\"active\":false,\"target_hierarchy_id\":$target}"
	check_is "so in PUT: 400" "$STATUS" 400
	api PUT wits-hierarchies/2 --data "{\"level_name\":\"Story\",\"target_hierarchy_id\":$target}"
	check_is "even where nothing moves: 400" "$STATUS" 400
done
api PUT wits-hierarchies/2 --data '{"level_name":"Story","target_hierarchy_id":1}'
check_is "a good target does no harm there" \
	"$STATUS $(sql "SELECT count(*) FROM wits_mappings WHERE wits_hierarchy_id = 2 AND active")" "200 $count"
check_is "nothing has moved" \
	"$(sql "SELECT count(*) FROM wits_mappings WHERE wits_hierarchy_id = 2 AND active")" "$count"
check_invalid DELETE wits-hierarchies/2 '{"target_hierarchy_id":"1"}' body.target_hierarchy_id
api DELETE wits-hierarchies/2 --data '{'
check_is "DELETE with half a body: 400" "$STATUS" 400
api PUT wits-hierarchies/2 --data "{\"active\":false,\"target_hierarchy_id\":$id}"
check_is "deactivation with a target" "$STATUS $(json .active)" "200 false"
check_is "moves the mappings, under the target's name" \
	"$(sql "SELECT count(*), min(wit_to), max(wit_to) FROM wits_mappings WHERE wits_hierarchy_id = $id")" \
	"$count|Initiative|Initiative"
check_is "nobody stays behind" "$(sql "SELECT count(*) FROM wits_mappings WHERE wits_hierarchy_id = 2")" 0
api POST wit-mappings --data '{"wit_from":"a","wit_to":"b","hierarchy_level":0}'
check_is "its level has no active hierarchy any more: 400" "$STATUS" 400
api GET wits-hierarchies
check_is "it is listed even so" "$(answer 'map(select(.id == 2).active)')" '[false]'
api DELETE "wits-hierarchies/$id" --data '{"target_hierarchy_id":1}'
check_is "DELETE with a target" "$STATUS $(json .success)" "200 true"
check_is "moves them again and deletes" \
	"$(sql "SELECT count(*) FROM wits_hierarchies WHERE id = $id") $(sql "SELECT count(*) FROM wits_mappings
		WHERE wits_hierarchy_id = 1 AND wit_to = 'Epic' AND id > 1")" "0 $count"
api DELETE wits-hierarchies/2 -H 'Content-Type: application/json'
check_is "DELETE without a body" "$STATUS $(sql "SELECT count(*) FROM wits_hierarchies WHERE id = 2")" "200 0"
sql "UPDATE wits_mappings SET active = FALSE WHERE wits_hierarchy_id = 3"
api PUT wit-mappings/9 --data '{"active":true}'
check_is "a mapping is not activated below an inactive hierarchy: 400" "$STATUS" 400
api DELETE wits-hierarchies/3
check_match "one with inactive mappings only is kept" "$STATUS $(json .message)" '^200 .*3 inactive'

# -- who has no Jira names the integration
sql "UPDATE integrations SET active = FALSE WHERE id = 1"
check_invalid POST wits-hierarchies '{"level_name":"x","level_number":9}' body.integration_id
sql "UPDATE integrations SET active = TRUE WHERE id = 1"

check_is "another tenant's rows are as they were" "$(second_tenant_rows)" "$before"
check "changes are in the log" grep -q 'event=audit .*tenant_id=1 action=wits_hierarchy.delete row_id=2' \
	"$APP_LOGS/pool.log"
check_fails "no server error came up" grep -E 'status=500|error=E_DB ' "$APP_LOGS/pool.log"
done_testing
