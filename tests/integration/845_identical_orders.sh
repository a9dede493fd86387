#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# With worker_identical = complete the tables are those that processing every
# batch leaves, to the batch that a row was taken from: the same random stores, and
# changes between them, once with each. IDENTICAL_SEED repeats a run.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
. "$(dirname "$0")/identical.sh"
seed=${IDENTICAL_SEED:-$RANDOM}
steps=${IDENTICAL_STEPS:-15}
note "IDENTICAL_SEED=$seed IDENTICAL_STEPS=$steps"
ETL_APP_POOL=2 ETL_APP_WORKERS=1 app_up 'relay_interval = 300' 'relay_chores = 1'
tables="projects wits statuses projects_wits projects_statuses work_items changelogs work_items_old_keys"
tables+=" repositories prs prs_keys wits_prs_links waiting_batches"

# What a step does: most of the time it stores one of few payloads.
step() { # NUMBER
	case $(($1 % 16)) in
	0 | 1 | 2) issues a | send jira_issues_batch ;;
	3) issues b | send jira_issues_batch ;;
	4) issues b 2026-01-04T00:00:00Z | send jira_issues_batch ;;
	5) issues a 2026-01-06T00:00:00Z | send jira_issues_batch ;;
	6) issues a | jq -c 'del(.issues[].fields.status)' | send jira_issues_batch ;;
	7 | 8) printf '[{"id": "7", "key": "A", "name": "Beta"}]' | send jira_projects_batch ;;
	9) printf '[{"id": "7", "key": "A", "name": "Gamma", "projectTypeKey": "software"}]' |
		send jira_projects_batch ;;
	10 | 11) printf '[{"id": "41", "name": "Doing", "statusCategory": {"key": "new"}}]' |
		send jira_statuses_batch ;;
	12) printf '[{"id": "41", "name": "Active", "statusCategory": {"key": "done"}}]' | send jira_statuses_batch ;;
	13) printf '{"repository": {"id": "r1", "nameWithOwner": "o/r"}, "prs": [{"id": "p1", "number": 1,
		"title": "A-1 and A-2", "state": "open", "updated_at": "2026-01-01T00:00:00Z"}]}' |
		send github_prs_batch ;;
	14) sql "UPDATE work_items SET summary = 'hand' WHERE key = 'A-1'" ;;
	15) sql "UPDATE statuses_mappings SET status_category = CASE status_category WHEN 'Done' THEN 'In Progress'
		ELSE 'Done' END WHERE tenant_id = 1 AND lower(status_from) = 'doing'" ;;
	esac
}

# What the tables say but for when it was written; a time at which a batch was stored
# is told by the batch.
dump() { # FILE
	local name
	sql "SELECT format('s/%s/batch %s/g', etl_age(created_at, 0), id) FROM raw_extraction_data" >"$TMP/ages"
	for name in $tables; do
		sql "SELECT '$name', to_jsonb(t) - 'created_at' - 'last_updated_at' FROM $name AS t ORDER BY 2"
	done | sed -f "$TMP/ages" >"$1"
	[ "$(wc -l <"$1")" -gt 20 ] || failed "the tables are dumped"
}

run() { # NAME
	sql "SET client_min_messages = warning; TRUNCATE raw_extraction_data, settled_payloads,
		${tables// /, } RESTART IDENTITY CASCADE; DELETE FROM statuses_mappings;
		INSERT INTO statuses_mappings (id, tenant_id, integration_id, status_from, status_to, status_category)
		VALUES (900, 1, 1, 'Doing', 'x', 'In Progress')" >"$TMP/out" 2>&1 || note_file "$TMP/out"
	: >"$APP_LOGS/worker.log"
	RANDOM=$seed
	for ((n = 0; n < steps; n++)); do
		kind=$RANDOM
		for ((again = RANDOM % 3; again >= 0; again--)); do step $kind; done
	done
	for n in 1 2 3; do step 5; done
	wait_until 20 all_done || note "$(left_over)"
	wait_until 20 sql_is 0 "SELECT count(*) FROM statuses WHERE metrics_due" || note "metrics are due"
	dump "$TMP/$1"
}

run process
check "the worker rereads the setting" worker_set 'worker_identical = complete'
run complete
note "$(sql "SELECT count(*), count(identical_to) FROM raw_extraction_data") batches, of which passed over"
check "some batches were passed over" sql_is t "SELECT count(identical_to) > 0 FROM raw_extraction_data"
if cmp -s "$TMP/process" "$TMP/complete"; then
	passed "the tables are those that processing leaves"
else
	failed "the tables are those that processing leaves"
	diff "$TMP/process" "$TMP/complete" | cut -c 1-600 | head -n 20 | sed 's/^/#   /'
fi
done_testing
