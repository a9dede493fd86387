# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# For the tests of workers: batches to work on, messages of one's own, and how
# rows and logs stand. Sourced after lib.sh.

# A batch of projects with these ids, each with one work item type.
projects() { # FIRST LAST
	jq -cn --argjson first "$1" --argjson last "$2" '[range($first; $last + 1) | {
		id: tostring, key: "P\(.)", name: "Project \(.)",
		issueTypes: [{id: "t\(.)", name: "Task", hierarchyLevel: 0}]}]'
}

# Store a batch of projects; sets id.
store() { # JSON
	printf '{"integration_id":1,"entity_type":"jira_projects_batch","raw_data":%s}' "$1" >"$TMP/batch"
	api POST raw-data/store --data-binary "@$TMP/batch"
	id=$(json .raw_data_id)
}

# One more batch, always the same.
store_one() {
	store '[{"id":"1","key":"P1","name":"P"}]'
}

# One more batch gets its message at once.
queued() {
	store_one
	[ "$STATUS $(json .queued)" = "201 true" ]
}

store_many() { # COUNT [FIRST]: one project each
	local n first=${2:-1}
	for ((n = first; n < first + $1; n++)); do
		cat >"$TMP/many.$n" <<-JSON
			{"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[
			{"id":"$n","key":"P$n","name":"Project","issueTypes":[{"id":"t$n","name":"Task"}]}]}
		JSON
	done
	seq "$first" $((first + $1 - 1)) | xargs -P 8 -I{} curl -sS -K "$ETL_CURLRC" -o /dev/null -w '%{http_code}\n' \
		-H 'Content-Type: application/json' --data-binary "@$TMP/many.{}" \
		"$ETL_URL/app/etl/raw-data/store?tenant_id=$TENANT" >"$TMP/codes"
	rm -f "$TMP"/many.*
}

row() { # COLUMN
	sql "SELECT $1 FROM raw_extraction_data WHERE id = $id"
}

becomes() { # STATUS [SECONDS]
	wait_until "${2:-15}" sql_is "$1" "SELECT processing_status FROM raw_extraction_data WHERE id = $id"
}

all_done() { # completed, every one
	sql_is t "SELECT count(*) > 0 AND bool_and(processing_status = 'completed') FROM raw_extraction_data"
}

left_over() {
	sql "SELECT processing_status, count(*) FROM raw_extraction_data GROUP BY 1" | tr '\n' ' '
}

message_of() { # ID
	printf '{"tenant_id":1,"integration_id":1,"raw_data_id":%s,"entity_type":"jira_projects_batch"}' "$1"
}

workers() {
	pgrep -P "$(app_pid worker)" -x pulse-etl-worke
}

# Lines of the workers' log.
logged() { # REGEX [COUNT]
	[ "$(grep -cE "$1" "$APP_LOGS/worker.log")" -ge "${2:-1}" ]
}

# Make work on projects slow, or fail: a trigger of the test's own.
projects_trigger() { # BODY OF A FUNCTION
	sql "SET client_min_messages = warning;
		CREATE OR REPLACE FUNCTION test_trouble() RETURNS trigger LANGUAGE plpgsql AS \$\$ $1 \$\$;
		DROP TRIGGER IF EXISTS test_trouble ON projects;
		CREATE TRIGGER test_trouble BEFORE INSERT OR UPDATE ON projects
		FOR EACH ROW EXECUTE FUNCTION test_trouble()"
}
