#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# pulse-etl status-mapping, wit-mapping, workflow and hierarchy: what the routes check,
# move and apply happens here, too; deleting of integrations, jobs and batches; dead
# messages of one tenant and of one run.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
. "$(dirname "$0")/catalogue.sh"
printf 'k:%s\n' "$(openssl rand -base64 32)" >"$TMP/keys"
chmod 600 "$TMP/keys"
ETL_APP_POOL=1 ETL_APP_WORKERS=0 app_up 'relay_interval = 300' "secret_keys_file = $TMP/keys"
second_tenant
before=$(second_tenant_rows)
tool() { # ARGUMENT…; sets OUT, ERR, CODE
	OUT=$("$ETL_BUILD/pulse-etl" --config "$ETL_APP/etl.conf" "$@" 2>"$TMP/tool.err" </dev/null)
	CODE=$?
	ERR=$(cat "$TMP/tool.err")
}
says() { # NAME CODE REGEX: what the last command ended with, and said
	check_match "$1" "$CODE $OUT$ERR" "^$2 .*$3"
}
columns() { sql "SELECT $3 FROM $1 WHERE tenant_id = 1 AND id = $2"; }
mapping_of() { sql "SELECT status_mapping_id FROM statuses WHERE id = $1"; }

# -- status mappings: made, changed, applied
tool status-mapping create --tenant 1 --status-from oPEN --status-to "O'Neill" --status-category 'To Do' --workflow 2
id=$OUT
check_is "create prints the id; the row is as the options say" \
	"$CODE $(columns statuses_mappings "$id" \
		'status_from, status_to, status_category, workflow_id, integration_id')" \
	"0 oPEN|O'Neill|To Do|2|1"
check_is "it is applied to statuses of its name at once, and to no other tenant's" \
	"$(mapping_of 1) $(mapping_of 1001)" "$id "
api GET "status-mappings/$id"
etag=$(header ETag)
tool status-mapping show --tenant 1 --output json "$id"
check_json "show has the members of the route, and the version" "$(jq 'del(.version)' <<<"$OUT")" "$(answer)"
version=$(jq -r .version <<<"$OUT")
check_match "which its ETag begins with" "$etag" "^\"$version-"
tool status-mapping set --tenant 1 --if-match "$version" --workflow '' "$id"
check_is "an empty value is none, where there may be none" \
	"$CODE $(columns statuses_mappings "$id" "workflow_id IS NULL")" "0 t"
tool status-mapping set --tenant 1 --if-match "$version" --status-to Lost "$id"
says "another version than the one that was read: 1" 1 'read it again'
tool status-mapping disable --tenant 1 --if-match "$version" "$id"
says "for disable, too" 1 'read it again'
check_is "nothing was changed" "$(columns statuses_mappings "$id" 'status_to, active')" "O'Neill|t"
api GET "status-mappings/$id"
tool status-mapping set --tenant 1 --if-match "$(header ETag | tr -d '"')" --status-from elsewhere --workflow 1 "$id"
check_is "a whole ETag will do; another name lets the status go" \
	"$CODE $(columns statuses_mappings "$id" 'status_from, workflow_id') $(mapping_of 1)" "0 elsewhere|1 4"
tool status-mapping set --tenant 1 --status-from OPEN "$id"
tool status-mapping disable --tenant 1 "$id"
check_is "disable: it is applied no longer" \
	"$CODE $(columns statuses_mappings "$id" active) $(mapping_of 1)" "0 f 4"
tool status-mapping list --tenant 1 --active false --output ndjson
check_is "the list of those that are not active" "$(jq .id <<<"$OUT")" "$id"
tool status-mapping enable --tenant 1 "$id"
check_is "enable: it is again" "$CODE $(columns statuses_mappings "$id" active) $(mapping_of 1)" "0 t $id"

# -- what is wrong
wrong() { # CODE REGEX ARGUMENT…
	tool "${@:3}"
	says "${*:3}: $1" "$1" "$2"
}
made=(status-mapping create --tenant 1 --status-to b --status-category Done)
wrong 64 '--status-from is missing' "${made[@]}"
wrong 65 '--status-from must not be blank' "${made[@]}" --status-from ' '
wrong 65 '--status-from must have 1 to 255 characters' "${made[@]}" --status-from ''
wrong 64 '--status-from takes UTF-8' "${made[@]}" --status-from $'caf\xe9'
wrong 65 '--workflow must name an active workflow step' "${made[@]}" --status-from a --workflow 1001
wrong 64 '--workflow takes a whole number' "${made[@]}" --status-from a --workflow x
wrong 1 'There is no such integration' "${made[@]}" --status-from a --integration 1001
wrong 64 '--tenant is missing' status-mapping list
wrong 64 'say what is to change' status-mapping set --tenant 1 "$id"
wrong 64 '--if-match takes a version' status-mapping set --tenant 1 --if-match '"x", *' --status-to a "$id"
wrong 64 'is not for this command' status-mapping disable --tenant 1 --status-to x "$id"
wrong 1 'There is no such status mapping' status-mapping set --tenant 1 --status-to Mine 1001
wrong 1 'There is no such status mapping' status-mapping delete --tenant 1 1001
wrong 1 'There is no such status mapping' status-mapping dependencies --tenant 1 1001
wrong 1 'is the commitment point of this integration' workflow create --tenant 1 --step-name x --step-category Done \
	--is-commitment-point true --integration "$(sql "SELECT integration_id FROM workflows
		WHERE tenant_id = 1 AND is_commitment_point LIMIT 1")"
wrong 64 'takes true or false' workflow create --tenant 1 --step-name x --step-category Done --is-commitment-point yes
wrong 65 'no active hierarchy of level 4242' wit-mapping create --tenant 1 --wit-from x --wit-to y \
	--hierarchy-level 4242
check_is "none of these made a row" "$(sql "SELECT (SELECT count(*) FROM statuses_mappings WHERE status_to = 'b')
	+ (SELECT count(*) FROM workflows WHERE step_name = 'x') + (SELECT count(*) FROM wits_mappings
	WHERE wit_from = 'x')")" 0

# -- what depends on a row, and deleting it
tool status-mapping dependencies --tenant 1 --output json "$id"
api GET "status-mappings/$id/dependencies"
check_json "dependencies are those of the route" "$OUT" "$(answer)"
tool status-mapping dependencies --tenant 1 --output tsv "$id"
check_is "a line each, for programs" "$(tail -n +2 <<<"$OUT")" "1	Open	To Do"
tool status-mapping dependencies --tenant 1 "$id"
says "what may take its place, for people" 0 '1 +Open +To Do.*What may take its place:.*Backlog'
audits() { sql "SELECT count(*) FROM audit_log"; }
rows=$(audits)
tool status-mapping delete --tenant 1 --target-mapping 7 --dry-run "$id"
says "a dry run says what depends on it, and what would come of it" 0 \
	'Open.*Nothing was changed; without --dry-run: The status mapping is deleted'
check_is "and changes nothing, with no row in audit_log" \
	"$(columns statuses_mappings "$id" active) $(mapping_of 1) $(($(audits) - rows))" "t $id 0"
tool status-mapping delete --tenant 1 --target-mapping 1001 --dry-run "$id"
says "a target that is no other active mapping of the tenant: 65" 65 'must name another active mapping'
tool status-mapping delete --tenant 1 "$id"
says "one that is used stays, deactivated" 0 'is deactivated, not deleted: 1 active statuses'
check_is "so it is" "$(columns statuses_mappings "$id" active) $(mapping_of 1)" "f $id"
tool status-mapping delete --tenant 1 --target-mapping 7 "$id"
says "with a target it goes" 0 'The status mapping is deleted'
check_is "and what it had is the target's" \
	"$(sql "SELECT count(*) FROM statuses_mappings WHERE id = $id") $(mapping_of 1)" "0 7"

# -- work item types, hierarchies, workflows
tool hierarchy create --tenant 1 --level-name Portfolio --level-number 77 --description 'above all'
high=$OUT
tool wit-mapping create --tenant 1 --wit-from Initiative --wit-to Start --hierarchy-level 77
wit=$OUT
check_is "a mapping has the hierarchy of its level" "$(columns wits_mappings "$wit" wits_hierarchy_id)" "$high"
tool hierarchy set --tenant 1 --description '' --level-number -77 "$high"
check_is "a level may be negative, a description none" \
	"$CODE $(columns wits_hierarchies "$high" 'level_number, description IS NULL')" "0 -77|t"
tool hierarchy disable --tenant 1 "$high"
says "a hierarchy is not deactivated while mappings depend on it: 65" 65 'name a target_hierarchy_id'
tool hierarchy disable --tenant 1 --target-hierarchy 1 --dry-run "$high"
check_is "unless others take them over; a dry run changes nothing" \
	"$CODE $(columns wits_mappings "$wit" wits_hierarchy_id)" "0 $high"
tool hierarchy disable --tenant 1 --target-hierarchy 1 "$high"
check_is "they move, with its name" "$CODE $(columns wits_hierarchies "$high" active) $(columns wits_mappings "$wit" \
	"wits_hierarchy_id, wit_to = (SELECT level_name FROM wits_hierarchies WHERE id = 1)")" "0 f 1|t"
tool hierarchy delete --tenant 1 "$high"
says "then it is deleted" 0 'The hierarchy is deleted'
tool wit-mapping disable --tenant 1 "$wit"
tool wit-mapping delete --tenant 1 "$wit"
check_is "so is the mapping" "$CODE $(sql "SELECT count(*) FROM wits_mappings WHERE id = $wit")" "0 0"
tool workflow create --tenant 1 --step-name Taking --step-category Done --step-number 99
step=$OUT
tool workflow set --tenant 1 --step-number '' "$step"
check_is "a step" "$(columns workflows "$step" 'step_name, step_number IS NULL, is_commitment_point')" "Taking|t|f"
tool workflow delete --tenant 1 --target-workflow "$step" 2
says "its mappings move to another step" 0 'The workflow is deleted'
check_is "none is left" "$(sql "SELECT count(*) FROM statuses_mappings WHERE workflow_id = 2") $(sql "SELECT
	count(*) > 0 FROM statuses_mappings WHERE workflow_id = $step")" "0 t"

# -- lists
sql "INSERT INTO statuses_mappings (tenant_id, integration_id, status_from, status_to, status_category)
	SELECT 1, 2, 'name ' || n, 'x', 'Done' FROM generate_series(1, 1200) AS n"
tool status-mapping list --tenant 1 --integration 2 --output ndjson
check_is "a list has all there are, once" "$(jq -r .id <<<"$OUT" | sort -u | wc -l) $(wc -l <<<"$OUT")" \
	"$(sql "SELECT count(*) || ' ' || count(*) FROM statuses_mappings WHERE integration_id = 2")"
sql "DELETE FROM statuses_mappings WHERE status_to = 'x'"
for list in statuses wits; do
	tool $list --tenant 1 --output json
	api GET $list
	check_json "$list are those of the route" "$OUT" "$(answer)"
done

# -- versions of what has commands of its own
version_of() { # GROUP ID
	tool "$1" show --tenant 1 --output json "$2"
	jq -r .version <<<"$OUT"
}
# Each change with the version that was read passes, and not once more.
versioned() { # GROUP ID ARGUMENT…, @ standing for the id
	local version arguments=("${@:3}")
	version=$(version_of "$1" "$2")
	arguments=("${arguments[@]/#@/$2}")
	tool "$1" "${arguments[0]}" --tenant 1 --if-match "${version}0" "${arguments[@]:1}"
	says "$1 $3: another version than the one that was read: 1" 1 'changed since the version that --if-match names'
	tool "$1" "${arguments[0]}" --tenant 1 --if-match "$version" "${arguments[@]:1}"
	check_is "$1 $3: the one that was read" "$CODE $ERR" "0 "
}
tool integration create --tenant 1 --provider Versioned --product jira
id=$OUT
api GET "integrations/$id"
check_match "integration show has the version that the ETag begins with" "$(header ETag)" \
	"^\"$(version_of integration "$id")-"
versioned integration "$id" set --username ada @
check_is "it is changed once" "$(columns integrations "$id" username)" ada
versioned integration "$id" disable @
versioned integration "$id" enable @
echo geheim >"$TMP/password"
chmod 600 "$TMP/password"
versioned integration "$id" password --file "$TMP/password" @
versioned integration "$id" fields --map customfield_1=story_points @
wrong 64 '--if-match is for --map' integration fields --tenant 1 --if-match 1x1 "$id"
wrong 64 '--if-match takes a version, as integration show' integration set --tenant 1 --if-match '*' --username b "$id"
tool job create --tenant 1 --integration "$id" --name versioned --type jira_projects
job=$OUT
versioned job "$job" set --name other @
check_is "it is changed once" "$(columns etl_jobs "$job" job_name)" other
versioned job "$job" pause @
versioned job "$job" resume @
echo '{"name": "versioned", "items_path": "$.a[*]", "key_path": "$.id", "columns": [{"name": "n", "path": "$.n"}]}' \
	>"$TMP/type.json"
tool type apply --tenant 1 --if-match 1x1 "$TMP/type.json"
says "a type that is not there is of no version: 1" 1 'no such entity type'
tool type apply --tenant 1 "$TMP/type.json"
type=$OUT
sed -i 's/\$.n"/$.number"/' "$TMP/type.json"
versioned type "$type" apply "$TMP/type.json"
check_is "it is changed once" "$(columns entity_types "$type" "columns->0->>'path'")" '$.number'
versioned type "$type" remove @
tool type apply --all-tenants "$TMP/type.json"
type=$OUT
tool type apply --all-tenants --if-match 1x1 "$TMP/type.json"
says "so it is for one that all share" 1 'entity type was changed since'
tool type remove --all-tenants --if-match "$(version_of type "$type")" "$type"
check_is "with the version that was read it goes" "$CODE" 0
tool retention set --tenant 1 --if-match 1x1 --action delete --keep-days 9
says "a rule that is not there is of no version: 1" 1 'no such retention rule'
tool retention set --tenant 1 --action delete --keep-days 9
rule=$OUT
versioned retention "$rule" set --action delete --keep-days 8
check_is "it is changed once" "$(columns retention_rules "$rule" keep_days)" 8
versioned retention "$rule" delete @
tool job delete --tenant 1 "$job"
tool integration delete --tenant 1 "$id"

# -- integrations, jobs, batches
tool integration create --tenant 1 --provider Gone --product jira
gone=$OUT
tool job create --tenant 1 --integration "$gone" --name gone --type jira_projects \
	--params-file <(echo '{"projects": ["AA"]}')
job=$OUT
check_is "a job has its parameters" "$(sql "SELECT job_params FROM etl_jobs WHERE id = $job")" '{"projects": ["AA"]}'
tool job set --tenant 1 --params-file <(echo '[1]') "$job"
says "which are an object: 65" 65 'object'
tool integration delete --tenant 1 --dry-run "$gone"
says "an integration that a job uses would stay" 0 'without --dry-run: The integration is deactivated'
tool job delete --tenant 1 "$job"
tool integration delete --tenant 1 "$gone"
check_is "both are deleted" "$CODE $(sql "SELECT (SELECT count(*) FROM etl_jobs WHERE id = $job)
	+ (SELECT count(*) FROM integrations WHERE id = $gone)")" "0 0"
store "$(projects 1 1)"
tool integration delete --tenant 1 1
says "one with batches is refused: 1" 1 'deactivate it instead'
sql "UPDATE raw_extraction_data SET external_id = 'named', created_at = '2026-01-02' WHERE id = $id"
for filter in '--external-id other' '--after 2026-01-02T00:00:01Z' '--before 2026-01-01'; do
	# shellcheck disable=SC2086 # words
	tool raw list --tenant 1 $filter --output ndjson
	check_is "raw list $filter: none" "$CODE $OUT" "0 "
done
tool requeue --tenant 1 --external-id named --after 2026-01-01 --before 2026-01-03 --status pending --dry-run
says "requeue takes a name and times" 0 '1 batches would be'
tool raw delete --tenant 2 "$id"
says "another tenant's batch is not there: 1" 1 'no raw data with this id'
tool raw delete --tenant 1 "$id"
check_is "raw delete: it is in no list" "$CODE $(row active)" "0 f"

# -- audit: each change by the role that did it
check_is "each change has its row" "$(sql "SELECT string_agg(DISTINCT action, ' ' ORDER BY action) FROM audit_log
	WHERE tenant_id = 1 AND who ~ '^role:.' AND request_id IS NULL
	AND action ~ 'mapping|hierarchy|workflow|delete'")" \
	"$(echo integration.delete job.delete raw_data.delete retention_rule.delete \
		status_mapping.{create,deactivate,delete,update} \
		{wit_mapping,wits_hierarchy,workflow}.{create,delete,update})"

# -- the dead of one tenant, and of one run
for tenant in 1 2; do
	publish load.dead "{\"tenant_id\":$tenant,\"integration_id\":1,\"raw_data_id\":$tenant,\"entity_type\":\"x\"}"
	publish extract.dead "{\"tenant_id\":$tenant,\"integration_id\":1,\"job_type\":\"jira_sync\",\"job_params\":{},
		\"run_id\":7$tenant}"
done
publish extract.dead '{"no": "job"}'
wait_until 10 queue_has load_queue.dead 2
wait_until 10 queue_has extract_queue.dead 3
tool dead list --tenant 2 --output json extract
check_json "dead list of one tenant, and of which run" "$(jq 'map([.tenant_id, .run_id, .entity_type])' <<<"$OUT")" \
	'[[2, 72, "jira_sync"]]'
wait_until 10 queue_has extract_queue.dead 3
tool dead list extract
says "a table of the extract queue has the run" 0 'RUN.* 71 '
wait_until 10 queue_has load_queue.dead 2
tool dead requeue --all --tenant 2 load
check_is "those of one tenant are put back" "$CODE $OUT $(queue_take load_queue 5 | jq .tenant_id)" \
	"0 1 of 1 messages requeued 2"
check "the other's stays" wait_until 10 queue_has load_queue.dead 1
wait_until 10 queue_has extract_queue.dead 3
tool dead requeue --run 71 extract
check_is "that of one run is" "$CODE $OUT $(queue_take extract_queue 5 | jq .run_id)" "0 1 of 1 messages requeued 71"
wait_until 10 queue_has extract_queue.dead 2
api POST dead-letters/requeue --data '{"queue": "extract", "run_id": 72}'
check_is "by HTTP only the tenant's own" "$STATUS $(json .found)" "200 0"
wait_until 10 queue_has extract_queue.dead 2
as_tenant 2
api POST dead-letters/requeue --data '{"queue": "extract", "run_id": 72}'
check_is "which is put back by its run" "$STATUS $(json .requeued) $(queue_take extract_queue 5 | jq .run_id)" \
	"200 1 72"
as_tenant 1
wait_until 10 queue_has extract_queue.dead 1
tool dead requeue --all extract
check_is "what is no job stays" "$OUT" "0 of 1 messages requeued"

check_is "another tenant's rows are as they were" "$(second_tenant_rows)" "$before"
check_fails "no server error came up" grep -E 'status=500|error=E_DB ' "$APP_LOGS/pool.log"
done_testing
