#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A payload that comes again is completed without work (worker_identical) where
# that was seen to change nothing and nothing that it reads has changed since; in
# every other case it is processed. docs/identical.md.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
. "$(dirname "$0")/identical.sh"
ETL_APP_POOL=2 ETL_APP_WORKERS=1 app_up 'relay_interval = 300' 'relay_chores = 1'

# -- without the setting
for _ in 1 2 3; do issues | send jira_issues_batch; done
check "without the setting each is processed" worked
check_is "and nothing is kept in mind" "$(sql 'SELECT count(*) FROM settled_payloads')" 0
check "the worker rereads the setting" worker_set 'worker_identical = complete'

# -- what is passed over
versions() {
	for name in projects wits statuses work_items changelogs; do
		sql "SELECT '$name', id, xmin FROM $name ORDER BY id"
	done
}
issues | send jira_issues_batch
first=$id
check "the first one with the setting is processed" worked
issues | send jira_issues_batch
second=$id
check "so is the second, whose effect is looked at" worked
check "it had none" is_settled
versions >"$TMP/before"
issues | send jira_issues_batch
check_is "the third is completed for the second" \
	"$(row "concat_ws(' ', processing_status, identical_to, raw_data_items, attempts, error_details)")" \
	"completed $second 10 1"
third=$id
check_fails "it was not loaded" logged "queue=load.*raw_data_id=$third( |\$)"
check "the log says why" \
	logged "queue=transform fate=done raw_data_id=$third .*identical to batch $second, and nothing"
versions >"$TMP/after"
check "no row was written" cmp "$TMP/before" "$TMP/after"
check_is "it is a row of its own, with its payload" \
	"$(sql "SELECT count(*), count(DISTINCT raw_data) FROM raw_extraction_data
		WHERE id IN ($second, $third)")" "2|1"
api GET "raw-data/$third"
check_is "GET names the other" "$(json '"\(.identical_to) \(.has_errors)"')" "$second false"
api GET "raw-data?limit=3"
check_is "so does a list" "$(json '[.raw_data_records[].identical_to] | tojson')" "[$second,null,null]"
"$ETL_BUILD/pulse-etl" --config "$ETL_APP/etl.conf" raw show --tenant 1 "$third" >"$TMP/shown" 2>&1
check "and pulse-etl raw show" grep -Eq "identical_to.* $second\$" "$TMP/shown"
request GET /app/etl/metrics
check "a metric counts it" grep -q '^etl_batches_identical_total 1$' "$BODY"
issues | send jira_issues_batch
check_is "the fourth names the one that was processed, not the third" "$(row identical_to)" "$second"

# -- whoever asks for it by hand gets it processed
api POST "raw-data/$id/requeue"
check "a requeue" wait_until 15 logged "queue=load fate=done raw_data_id=$id( |\$)"
check "processes it" worked
issues | send jira_issues_batch

# -- what was changed since makes it be processed. Before each the payload is
# settled: it would have been passed over.
summary() { sql "SELECT summary FROM work_items WHERE key = 'A-1'"; }
again() { # until it would be passed over
	local n
	for n in 1 2 3; do
		is_settled && return
		issues | send jira_issues_batch
	done
	is_settled
}
unproven() { # NAME STATEMENTS
	again || note "before $1 it is not settled"
	[ -z "${2-}" ] || sql "$2" >"$TMP/out"
	issues | send jira_issues_batch
	check "$1: it is processed" worked
}
again
issues b | send jira_issues_batch
check_is "another payload with the same time, stored later, wins" "$(summary)" b
issues | send jira_issues_batch
check_is "the one that comes again is processed, and wins" "$(worked && summary)" a
again
app pause worker
for said in c a; do
	issues $said >"$TMP/$said"
	api POST "raw-data/store?integration_id=1&entity_type=jira_issues_batch" --data-binary "@$TMP/$said"
	id=$(json .raw_data_id)
done
app resume worker
check "one that waits while it comes again" wait_until 20 logged "queue=load fate=done raw_data_id=$id( |\$)"
check_is "overrides it, and is overridden" "$(worked && summary)" a
again
issues c 2026-01-04T00:00:00Z | send jira_issues_batch
issues | send jira_issues_batch
check_is "an older answer that changes nothing is no reason" "$(row 'identical_to IS NOT NULL') $(summary)" "t a"
id=$(row identical_to)

unproven "a value changed by hand" "UPDATE work_items SET summary = 'x' WHERE key = 'A-1'"
check_is "and it is what the source said" "$(summary)" a
unproven "a change of status deleted" "DELETE FROM changelogs WHERE external_id = 'h1'"
check_is "and it is back" "$(sql "SELECT count(*) FROM changelogs WHERE external_id = 'h1'")" 1
unproven "a work item deleted" "DELETE FROM changelogs WHERE external_id = 'h2';
	DELETE FROM work_items WHERE key = 'A-3'"
check_is "and it is back" "$(sql "SELECT count(*) FROM work_items WHERE key = 'A-3'")" 1
unproven "a work item inactive" "UPDATE work_items SET active = false, gone_since = 1 WHERE key = 'A-4'"
again
jq -cn '{project_id: "7", ids: [range(9) | "\(. + 1)"]}' >"$TMP/census"
send jira_issue_ids_batch <"$TMP/census"
check_is "a census ends one" "$(sql "SELECT count(*) FROM work_items WHERE active")" 9
issues | send jira_issues_batch
check_is "it is processed, and active again" "$(worked && sql "SELECT count(*) FROM work_items WHERE active")" 10
again
api POST status-mappings --data '{"status_from":"Doing","status_to":"Done","status_category":"Done"}'
check_is "a mapping is made" "$STATUS" 201
issues | send jira_issues_batch
check "a mapping made: it is processed" worked
check_is "and metrics follow" "$(sql "SELECT count(*) FROM work_items WHERE work_first_completed_at IS NOT NULL")" 10
unproven "a mapping of types changed" "INSERT INTO wits_mappings (tenant_id, integration_id, wit_from, wit_to,
	wits_hierarchy_id) SELECT 1, 1, 'Task', 'Story', min(id) FROM wits_hierarchies WHERE tenant_id = 1"
check_is "and types have it" "$(sql "SELECT wits_mapping_id IS NOT NULL FROM wits WHERE external_id = '30'")" t
unproven "a workflow changed" "UPDATE workflows SET step_name = step_name || '.'"
unproven "a setting of the integration changed" "UPDATE integrations SET settings = settings
	|| '{\"custom_fields\": {\"summary\": \"team\"}}' WHERE id = 1"
check_is "and its column is filled" "$(sql "SELECT count(*) FROM work_items WHERE team IS NOT NULL")" 10
unproven "a project renamed" "UPDATE projects SET name = 'Omega' WHERE external_id = '7'"
unproven "another version of the database's functions" "UPDATE migration_history
	SET checksum = 'x' || substr(checksum, 2) WHERE number = (SELECT max(number) FROM migration_history)"
unproven "a program of another version" "UPDATE settled_payloads SET seen = md5(seen) || md5(seen)"
unproven "a week over" "UPDATE settled_payloads SET processed_at = now() - interval '8 days'"
again
sql "UPDATE settled_payloads SET processed_at = now() - interval '8 days'"
check "the relay forgets such ones" wait_until 10 sql_is 0 "SELECT count(*) FROM settled_payloads"
issues | send jira_issues_batch
again
api DELETE "raw-data/$id"
unproven "the other one deleted"
again
unproven "its payload gone" "UPDATE raw_extraction_data SET raw_data = 'null', payload_gone_at = now()
	WHERE id = $id"
again
unproven "an error noted in it" "UPDATE raw_extraction_data SET error_details = '{\"message\": \"m\"}' WHERE id = $id"
again
sql "INSERT INTO waiting_batches VALUES (1, 1, 'issue', 'A-5', $first)"
issues | send jira_issues_batch
check "a batch that waits for one of them: it is processed" worked
check_is "and that one goes on" "$(sql "SELECT count(*) FROM waiting_batches WHERE raw_data_id = $first")" 0
wait_until 15 all_done

# -- what is another batch
again
issues | send jira_issues_batch 2
check "another integration's is processed" worked
issues | send jira_changelogs_batch
check "so is one of another type" worked
QUERY='extraction_metadata=%7B%22a%22%3A1%7D'
issues | send jira_issues_batch
check "and one with other metadata" worked
QUERY='extraction_metadata=%7B%22run_id%22%3A5%2C%22step%22%3A2%7D'
issues | send jira_issues_batch
check "and one with metadata, beside one without any" worked
for n in 1 2; do
	QUERY="extraction_metadata=%7B%22run_id%22%3A$((5 + n))%2C%22step%22%3A2%7D"
	issues | send jira_issues_batch
done
check "but a run and its step tell nothing" [ "$(row 'identical_to IS NOT NULL')" = t ]
unset QUERY

# -- what is always processed
three() { # NAME TYPE JSON
	local n
	for n in 1 2 3; do printf '%s' "$3" | send "$2"; done
	check "$1" worked
}
three "a batch with a note is processed each time" jira_issues_batch '{"issues": [{"id": "1", "key": "A-1",
	"fields": {"updated": "2026-01-05T00:00:00Z", "created": "x"}}]}'
check_match "and has its note" "$(row error_details)" 'created'
three "so is an issue that is there twice" jira_issues_batch '[{"id": "1", "key": "A-1", "fields": {"updated":
	"2026-01-05T00:00:00Z"}}, {"id": "1", "key": "A-1", "fields": {"updated": "2026-01-04T00:00:00Z"}}]'
three "and a page of a census" jira_issue_ids_batch "$(cat "$TMP/census")"
three "and a webhook" jira_hook '{"webhookEvent": "jira:issue_updated", "issue": {"id": "1", "key": "A-1"}}'
# shellcheck disable=SC2034 # identical.sh goes by it
QUERY='nul=replace'
three "and one in which characters were replaced" jira_projects_batch '[{"id": "9", "key": "N", "name": "n\u0000"}]'
unset QUERY

# -- the other types
settles() { # NAME TYPE JSON
	local n
	for n in 1 2 3 4; do printf '%s' "$3" | send "$2"; done
	check "$1 is passed over" [ "$(row 'identical_to IS NOT NULL')" = t ]
}
settles "a list of projects" jira_projects_batch '[{"id": "8", "key": "B", "name": "Beta",
	"issueTypes": [{"id": "31", "name": "Bug"}]}]'
printf '[{"id": "8", "key": "B", "name": "Gamma"}]' | send jira_projects_batch
printf '[{"id": "8", "key": "B", "name": "Beta", "issueTypes": [{"id": "31", "name": "Bug"}]}]' >"$TMP/out"
send jira_projects_batch <"$TMP/out"
check "after another name it is processed" worked
check_is "and has its own" "$(sql "SELECT name FROM projects WHERE external_id = '8'")" Beta
settles "a list of statuses" jira_statuses_batch '[{"id": "41", "name": "Doing", "statusCategory": {"key": "new"}}]'
settles "a list of repositories" github_repositories_batch '[{"id": 5, "full_name": "o/r",
	"updated_at": "2026-01-01T00:00:00Z"}]'
sql "UPDATE repositories SET description = 'x'"
printf '[{"id": 5, "full_name": "o/r", "description": "y", "updated_at": "2026-01-01T00:00:00Z"}]' |
	send github_repositories_batch
check "another answer on a repository is processed" worked
for name in transform_queue load_queue; do
	check "nothing is dead in $name" wait_until 20 queue_has "$name.dead" 0
done
check "every batch is done" all_done
done_testing
