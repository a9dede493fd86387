#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Loads that fail: each attempt is noted, the last one fails the batch, and one
# that succeeds later leaves no error.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
. "$(dirname "$0")/transform.sh"
id=
ETL_APP_POOL=2 ETL_APP_WORKERS=1 app_up 'worker_attempts = 2' 'relay_min_age = 30' 'relay_interval = 300'
export ETL_CONFIG=$ETL_APP/etl.conf

issues() { # FIRST; three, and one that cannot be read; sets id
	jq -nc --argjson first "$1" \
		'{integration_id: 1, entity_type: "jira_issues_batch",
			raw_data: {issues: ([{}] + [range(3) | ($first + .) as $n |
			{id: "\($n)", key: "L-\($n)", fields: {created: "2025-01-01T00:00:00Z"},
		changelog: {histories: [{id: "1", created: "2025-01-02T00:00:00Z",
		items: [{field: "status", from: "1", fromString: "Open", to: "2", toString: "Done"}]}]}}])}}' \
			>"$TMP/batch"
	api POST raw-data/store --data-binary "@$TMP/batch"
	id=$(json .raw_data_id)
}
trouble() { # CONDITION SQLSTATE: a load writes metrics, a transform none
	sql "SET client_min_messages = warning;
		CREATE OR REPLACE FUNCTION load_trouble() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
		IF OLD.total_completions IS DISTINCT FROM NEW.total_completions AND $1
		THEN RAISE EXCEPTION 'in the way' USING ERRCODE = '$2'; END IF; RETURN NEW; END \$\$;
		DROP TRIGGER IF EXISTS load_trouble ON work_items;
		CREATE TRIGGER load_trouble BEFORE UPDATE ON work_items FOR EACH ROW EXECUTE FUNCTION load_trouble()"
}
error() {
	row "COALESCE(error_details->>'stage', '-') || ' ' || COALESCE(error_details->>'sqlstate', '-') || ' '
		|| COALESCE(error_details->>'attempt', '-') || ' ' || COALESCE(error_details->>'item', '-')"
}
has_errors() { api GET "raw-data/$id" && json .has_errors; }
clean() { # the transform's own words are back, the error is history
	check "$1: completed" becomes completed
	check_is "$1: what was skipped is there" \
		"$(row "(error_details->'skipped'->0->>'reason') || ' ' || (error_details ? 'stage')")" "no id false"
	check_is "$1: the error is history" "$(row "error_details->'earlier'->-1->>'sqlstate'")" "$2"
	check_is "$1: the metrics are there" \
		"$(sql "SELECT sum(total_completions) FROM work_items
			WHERE key IN ('L-$3', 'L-$(($3 + 1))', 'L-$(($3 + 2))')")" 3
}

# -- what may pass
trouble "true" 55P03
issues 100
check "a load that does not pass is tried again" wait_until 15 logged "queue=load fate=retry raw_data_id=$id "
check_is "the attempt is noted, the batch completed" "$(error) $(row processing_status)" "load 55P03 1 - completed"
check "after the last one the batch is failed" becomes failed 20
check_is "with the last error, and the one before it" "$(error) $(row "error_details->'earlier'->-1->>'attempt'")" \
	"load 55P03 2 - 1"
check_is "both counted in the row, beside the transform's" "$(row attempts)" 3
check_is "which it tells" "$(has_errors)" true
check "its message is dead" wait_until 5 queue_has load_queue.dead 1
check_match "and says why" "$(queue_peek load_queue.dead | jq -r '.[0].properties.headers["x-reason"]')" 'in the way'
sql "DROP TRIGGER load_trouble ON work_items"
"$ETL_BUILD/pulse-etl" dead requeue --all load >"$TMP/out" 2>&1
check_is "dead requeue takes it up" "$(cat "$TMP/out")" "1 of 1 messages requeued"
clean "a load that is requeued" 55P03 100

# -- a load that passes at the second attempt
trouble "nextval('load_tries') = 1" 40001
sql "CREATE SEQUENCE load_tries; GRANT USAGE ON SEQUENCE load_tries TO PUBLIC" >"$TMP/out"
issues 200
check "it fails once" wait_until 15 logged "queue=load fate=retry raw_data_id=$id "
check "and is done" wait_until 15 logged "queue=load fate=done raw_data_id=$id "
clean "a load that passes" 40001 200

# -- data: not tried again
trouble "NEW.key = 'L-301'" 22008
issues 300
check "a load that fails on data fails the batch" becomes failed
check_is "at once, with the item" "$(error)" "load 22008 1 2"
check "its message is dead" wait_until 5 queue_has load_queue.dead 1
sql "DROP TRIGGER load_trouble ON work_items"
"$ETL_BUILD/pulse-etl" dead requeue --all load >"$TMP/out" 2>&1
clean "once that is mended" 22008 300

# -- counts that somebody else made up
trouble "true" 55P03
issues 400
check "it fails" wait_until 15 logged "queue=load fate=retry raw_data_id=$id "
check "for good" becomes failed 20
queue_purge load_queue.dead
for count in -1000000 1000000; do
	before=$(row attempts)
	publish load "$(message_of "$id" | sed s/projects/issues/)" \
		"{\"x-attempt\":$count,\"x-held\":$count}"
	check "attempts of $count: it dies in time" wait_until 20 queue_has load_queue.dead 1
	queue_purge load_queue.dead
	check_is "attempts of $count: after as many as are left" "$(($(row attempts) - before))" $((count < 0 ? 2 : 1))
done
done_testing
