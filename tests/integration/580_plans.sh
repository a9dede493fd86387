#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# No statement of the service reads more as a tenant grows: auto_explain logs
# each plan as the service's role runs it, with row-level security, over filled
# tables; tests/plans/judge refuses nodes that visit more than a few rows or
# pages. PLANS_ROWS and PLANS_BATCHES say how much there is; ETL_POSTGRES_BIN
# another PostgreSQL (make check-plans).
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
rows=${PLANS_ROWS:-300000}
batches=${PLANS_BATCHES:-200000}
plans=$ETL_SOURCE/tests/plans

# Before the programs start: what the service's sessions run is logged.
explain_all() {
	local setting
	for setting in session_preload_libraries=auto_explain \
		auto_explain.log_min_duration=0 auto_explain.log_analyze=on \
		auto_explain.log_timing=off auto_explain.log_buffers=on \
		auto_explain.log_format=json auto_explain.log_nested_statements=on; do
		super -d "$ETL_DATABASE" -c "ALTER ROLE pulse_etl IN DATABASE
			\"$ETL_DATABASE\" SET ${setting%%=*} = '${setting#*=}'"
	done
}
log=$ETL_STACK/logs/postgres.log
servers_up
offset=$(stat -c %s "$log")
ETL_APP_BEFORE=explain_all ETL_APP_POOL=2 ETL_APP_WORKERS=2 app_up 'relay_interval = 200' 'relay_chores = 2' \
	'worker_identical = complete'
note "$(sql 'SELECT version()')"
check "the tables are filled" super -d "$ETL_DATABASE" -v rows="$rows" \
	-v batches="$batches" -f "$plans/fill.sql"
# shellcheck disable=SC2154 # lib.sh has it
[ "$test_failures" = 0 ] || done_testing
offset=$(stat -c %s "$log") # what ran while the tables were filled is no proof

store_as() { # TYPE INTEGRATION FILE
	jq -c --arg type "$1" --argjson integration "$2" '{integration_id: $integration,
		entity_type: $type, raw_data: .}' "$3" >"$TMP/batch"
	api POST raw-data/store --data-binary "@$TMP/batch"
	[ "$STATUS" = 201 ] || failed "store $1: $STATUS $(head -c 200 "$BODY")"
	id=$(json .raw_data_id)
}

# Ten of the filled issues again, and ten new ones; a parent, a moved one, one
# that a pull request names.
issues() { # FIRST
	jq -cn --argjson first "$1" '{issues: [range(20) | ($first + .) as $n | {
		id: (if . < 10 then "fill\($n * 3 + 1)" else "new\($n)" end),
		key: (if . < 10 then "FILL\(($n * 3 + 1) % 100)-\($n * 3 + 1)" else "NEW-\($n)" end),
		fields: {project: {id: "fill1", key: "FILL1"}, issuetype: {id: "fill1", name: "Fill 1"},
			status: {id: "fill2", name: "Fill 2", statusCategory: {key: "new"}}, summary: "s \($n)",
			created: "2025-01-01T00:00:00Z", updated: "2030-01-01T00:00:00Z",
			parent: {key: "FILL1-\($n)"}},
		changelog: {total: 1, histories: [{id: "h\($n)", created: "2025-01-02T00:00:00Z",
			items: [{field: "status", from: "fill1", to: "fill2"}]}]}}]}'
}

pulls() { # FIRST
	jq -cn --argjson first "$1" \
		'{repository: {id: "fill1", nameWithOwner: "fill/fill1"},
			pullRequests: {nodes: [range(10) | ($first + .) as $n | {
		id: (if . < 5 then "fill\($n * 3 + 1)" else "newpr\($n)" end), number: (5000000 + $n),
		title: "NEW-\($n) for NEW-\($n + 3)",
		state: "OPEN", createdAt: "2025-01-01T00:00:00Z", updatedAt: "2030-01-01T00:00:00Z", headRefName: "b",
		author: {login: "a"},
		commits: {totalCount: 1, nodes: [{commit: {oid: "newsha\($n)", authoredDate: "2025-01-01T00:00:00Z"}}]},
		reviews: {totalCount: 1, nodes: [{id: "newr\($n)", state: "APPROVED",
		submittedAt: "2025-01-01T00:00:00Z", author: {login: "b"}}]},
		comments: {totalCount: 1, nodes: [{id: "newo\($n)", body: "c", author: {login: "b"}}]}}]}}'
}

everything_done() {
	sql_is 0 "SELECT count(*) FROM raw_extraction_data
		WHERE id > 5000000 AND processing_status IN ('pending', 'processing')" &&
		queue_has load_queue 0
}

# -- the worker's statements: several rounds, for plans become generic
for round in 1 2 3; do
	jq -cn --arg round "$round" \
		'[{id: "newp", key: "NEW", name: "New \($round)",
			issueTypes: [{id: "newt", name: "Task \($round)"}]}]' >"$TMP/projects"
	store_as jira_projects_batch 1 "$TMP/projects"
	jq -cn --arg round "$round" \
		'[{projectId: "newp", statuses: [{id: "news", name: "New \($round)",
			statusCategory: {key: (if $round == "2" then "done" else "new" end)}},
			{id: "fill1", name: "Fill 1", statusCategory: {key: "new"}}]}]' >"$TMP/statuses"
	store_as jira_statuses_batch 1 "$TMP/statuses"
	jq -cn --arg round "$round" '[{id: 77, node_id: "newrepo", name: "r", full_name: "fill/new\($round)"}]' \
		>"$TMP/repositories"
	store_as github_repositories_batch 2 "$TMP/repositories"
	pulls $((round * 100)) >"$TMP/pulls"
	store_as github_prs_batch 2 "$TMP/pulls"
	jq -cn --argjson n $((round * 100)) \
		'[{issue_key: "NEW-\($n + 12)",
			detail: [{pullRequests: [{id: "#\(5000000 + $n)",
			url: "https://github.com/fill/fill1/pull/\(5000000 + $n)", status: "OPEN",
			source: {branch: "b"}}]}]},
		{issue_id: "fill\($n)", detail: []}]' >"$TMP/panels"
	store_as jira_dev_status_batch 1 "$TMP/panels"
	wait_until 120 everything_done || note "left: $(left_over)"
	issues $((round * 100)) >"$TMP/issues"
	store_as jira_issues_batch 1 "$TMP/issues"
	wait_until 120 everything_done || note "left: $(left_over)"
	api POST "raw-data/$id/requeue"
	wait_until 120 everything_done
done
# What came before comes again: looked at, settled, passed over.
for round in 1 2 3; do
	for type in projects statuses issues; do
		store_as "jira_${type}_batch" 1 "$TMP/$type"
		wait_until 120 everything_done || note "left: $(left_over)"
	done
	store_as github_repositories_batch 2 "$TMP/repositories"
	wait_until 120 everything_done || note "left: $(left_over)"
done
check "some were passed over" sql_is t "SELECT count(*) > 1 FROM raw_extraction_data WHERE identical_to IS NOT NULL"
# Censuses of ten issues and ten pull requests that came above.
printf '{"project_key": "NEW", "last": true, "ids": ["new110", "new111"]}' >"$TMP/census"
store_as jira_issue_ids_batch 1 "$TMP/census"
printf '{"repository": "fill/new1", "last": true, "numbers": [1, 2]}' >"$TMP/census"
store_as github_pr_numbers_batch 2 "$TMP/census"
wait_until 120 everything_done || note "left: $(left_over)"
check "all batches are done" everything_done
check_is "and well" "$(sql "SELECT string_agg(DISTINCT entity_type || ' ' || processing_status
	|| COALESCE(' ' || (error_details->>'message'), ''), ', ') FROM raw_extraction_data
	WHERE id > 5000000 AND processing_status <> 'completed'")" ""
# A failed one, one that is half done, and what the relay's chores find.
printf '{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":{"a":1}}' >"$TMP/batch"
api POST raw-data/store --data-binary "@$TMP/batch" -H 'Idempotency-Key: plans-1'
api POST raw-data/store --data-binary "@$TMP/batch" -H 'Idempotency-Key: plans-1'
id=$(json .raw_data_id)
becomes failed 60

# -- the responders' statements
for path in raw-data 'raw-data?entity_type=jira_issues_batch&processing_status=completed&limit=5' \
	'raw-data?processing_status=failed' 'raw-data?entity_type=jira_statuses_batch' \
	'raw-data?external_id=x' 'raw-data?integration_id=903' \
	'raw-data?integration_id=903&created_before=2100-01-01&limit=5' 'raw-data?limit=5&offset=100' \
	"raw-data/$id" health/ready metrics queues wits wit-mappings wits-hierarchies statuses \
	'statuses?integration_id=1&limit=5' status-mappings \
	status-mappings/4 workflows workflows/1 workflows/1/dependencies integrations integrations/1 projects \
	status-mappings/4/dependencies wits-hierarchies/1/dependencies qdrant/dashboard \
	'raw-data?limit=2&include_raw_data=true'; do
	api GET "$path"
done
api PUT "raw-data/$id/status" --data '{"status": "completed"}'
api POST raw-data/requeue --data '{"processing_status": "failed", "limit": 5}'
api DELETE "raw-data/$id"
api POST status-mappings --data '{"status_from": "new 3", "status_to": "x", "status_category": "Done"}'
id=$(json .id)
api PUT "status-mappings/$id" --data '{"status_category": "To Do"}'
api DELETE "status-mappings/$id"
api POST workflows --data '{"step_name": "x", "step_category": "Done"}'
api DELETE "workflows/$(json .id)"
api POST integrations/2/toggle-active
api POST integrations/2/toggle-active

# -- retention: what goes is read, and not what stays or whose payload has gone
# Of the filled batches, from the newest on: so many become so much older.
older() { # FIRST LAST DAYS [SET]
	super -d "$ETL_DATABASE" -c "SET session_replication_role = replica;
		UPDATE raw_extraction_data SET created_at = created_at - interval '$3 days',
		processed_at = processed_at - interval '$3 days'${4-} WHERE id > 1000000 + $1 AND id <= 1000000 + $2"
}
retention() {
	ETL_CONFIG=$ETL_APP/etl.conf "$ETL_BUILD/pulse-etl" retention "$@" >"$TMP/retention" 2>&1 ||
		note_file "$TMP/retention"
}
# Those of tenant 1 that a rule below is for.
due() { # STATUS DAYS [CONDITION]
	sql "SELECT count(*) FROM raw_extraction_data WHERE tenant_id = 1 AND entity_type = 'jira_issues_batch'
		AND active AND processing_status = '$1' AND processed_at < now() - interval '$2 days' ${3-}"
}
half=$((batches / 2))
gone=", raw_data = 'null', payload_gone_at = now()"
older $half $((half + 600)) 30
older $((half + 600)) $((batches - 300)) 30 "$gone"
older $((batches - 300)) $((batches - 150)) 30 "$gone, active = false"
older $((batches - 150)) "$batches" 100 "$gone"
# One of them failed, whatever the number of filled batches is.
super -d "$ETL_DATABASE" -c "SET session_replication_role = replica;
	UPDATE raw_extraction_data SET processing_status = 'failed' WHERE id = (SELECT max(id)
	FROM raw_extraction_data WHERE tenant_id = 1 AND entity_type = 'jira_issues_batch'
	AND id <= 1000000 + $batches)"
while IFS='|' read -r count rule; do
	api POST retention-rules --data "{$rule}"
	api GET "retention-rules/$(json .id)/preview"
	check_match "a rule takes so many: $rule" "$STATUS $(json .batches)" "^200 $count\$"
done <<'TEXT'
[34][0-9]{2}|"entity_type": "jira_issues_batch", "keep_days": 20, "action": "payload"
0|"entity_type": "jira_dev_status_batch", "keep_days": 20000, "keep_newest": 5, "action": "payload"
[89][0-9]|"keep_days": 90, "keep_newest": 3, "action": "delete"
[1-9]|"entity_type": "jira_issues_batch", "keep_days": 90, "processing_status": "failed", "action": "delete"
100|"keep_days": 20, "processing_status": "deleted", "action": "delete"
TEXT
retention run --tenant 1
check_is "payloads go" "$(due completed 20 'AND payload_gone_at IS NULL')" 0
check "and are of thousands ($(due completed 20))" [ "$(due completed 20)" -gt $((batches / 4)) ]
check_is "batches go, and failed ones" "$(due completed 90) $(due failed 90)" "0 0"
check_is "and deleted ones" "$(sql 'SELECT count(*) FROM raw_extraction_data WHERE tenant_id = 1 AND NOT active
	AND id < 5000000')" 0

ETL_CONFIG=$ETL_APP/etl.conf "$ETL_BUILD/pulse-etl" purge --tenant 1 --status deleted \
	--older-than 1d >"$TMP/purge" 2>&1 || note_file "$TMP/purge"
sleep 3 # the relay looks several times
app stop worker
app stop pool
app stop relay

# -- the same in partitions: a second pass, which does not read what has gone
check "the table is partitioned" "$ETL_BUILD/pulse-etl-migrate" --partition --partition-rows 1000000
older $((half - 600)) $((half - 150)) 30
older $((half - 150)) $half 100 "$gone"
retention run --tenant 1
check_is "payloads and batches go there, too" \
	"$(due completed 20 'AND payload_gone_at IS NULL') $(due completed 90) $(due failed 90)" "0 0 0"

check "no statement reads what grows" "$plans/judge" "$log" "$offset" "$ETL_DATABASE" \
	"$ETL_SOURCE" "$ETL_BUILD" "${PLANS_MOST_ROWS:-1000}" "${PLANS_MOST_PAGES:-1500}"
[ -z "${PLANS_REPORT-}" ] || cp "$TMP/check.out" "$PLANS_REPORT"
note "$(tail -n 2 "$TMP/check.out")"
done_testing
