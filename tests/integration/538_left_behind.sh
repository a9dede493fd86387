#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Nothing is left behind: marks that come late, claims whose row is locked,
# workers that are killed again and again, tables of an older version.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
. "$(dirname "$0")/invariants.sh"
id=

# -- the mark of a store comes up to half a second later
ETL_APP_POOL=1 app_up 'relay_min_age = 0' 'relay_interval = 200'
store "$(projects 1 1)"
first=$id
app stop relay
# One connection: store, completed, and pending again before the mark is due.
change() { # ID STATUS
	# shellcheck disable=SC2154 # worker.sh has it
	printf 'next\nurl = "%s/app/etl/raw-data/%s/status?%s"\nrequest = PUT\ndata = "{\\"status\\":\\"%s\\"}"\n' \
		"$ETL_URL" "$1" "tenant_id=$TENANT" "$2"
	cat "$TMP/headers.conf"
}
{
	cat "$ETL_CURLRC"
	echo 'header = "Content-Type: application/json"'
	echo 'silent'
} >"$TMP/headers.conf"
for n in $(seq 1 20); do
	{
		printf 'url = "%s/app/etl/raw-data/store?%s"\ndata = "@%s"\n' "$ETL_URL" "tenant_id=$TENANT" \
			"$TMP/batch"
		cat "$TMP/headers.conf"
		change $((first + n)) completed
		change $((first + n)) pending
	} >"$TMP/three.conf"
	curl -g --noproxy '*' -K "$TMP/three.conf" >>"$TMP/three.out" 2>&1
done
sleep 1.5
check_is "20 batches are pending again" \
	"$(sql "SELECT count(*) FROM raw_extraction_data WHERE id > $first AND processing_status = 'pending'")" 20
check_is "the late mark says of none that it is queued" \
	"$(sql "SELECT count(queued_at) FROM raw_extraction_data WHERE id > $first")" 0
queue_purge transform_queue
app start relay
check "so the relay queues them all" wait_until 15 queue_has transform_queue 20
store "$(projects 1 1)"
check "a mark that comes in time is written" \
	wait_until 5 sql_is t "SELECT queued_at IS NOT NULL FROM raw_extraction_data WHERE id = $id"

# -- the same by whoever is pending again for what it waits for
app_down
unset ETL_APP_CONF
ETL_APP_POOL=2 ETL_APP_WORKERS=2 app_up 'relay_min_age = 0' 'relay_interval = 200'
for n in $(seq 1 20); do
	jq -n --arg n "$n" '{integration_id: 1, entity_type: "jira_dev_status_batch",
		raw_data: [{issue_key: "W-\($n)",
		detail: [{pullRequests: [{url: "https://github.com/w/w/pull/\($n)", status: "OPEN",
		source: {branch: "b"}}]}]}]}' >"$TMP/panel.$n"
	jq -n --arg n "$n" '{integration_id: 1, entity_type: "jira_issues_batch",
		raw_data: {issues: [{id: $n, key: "W-\($n)", fields: {updated: "2025-01-01T00:00:00Z"}}]}}' \
		>"$TMP/issue.$n"
done
for n in $(seq 1 20); do printf '%s\n' "$TMP/panel.$n" "$TMP/issue.$n"; done |
	xargs -P 4 -I{} curl -sS -K "$ETL_CURLRC" -o /dev/null -H 'Content-Type: application/json' \
	--data-binary "@{}" "$ETL_URL/app/etl/raw-data/store?tenant_id=$TENANT"
check_nothing_left "panels and their issues at once"
check_is "every panel has found its issue" "$(sql "SELECT count(*) FROM wits_prs_links")" 20

# -- the row is locked right after the claim
app stop worker
app stop relay
store "$(projects 50 50)"
check "a batch is queued" wait_until 5 sql_is t "SELECT queued_at IS NOT NULL FROM raw_extraction_data WHERE id = $id"
# The claim's commit takes its time; whoever asks for the row meanwhile has it
# right after, before the worker can hold it.
cat >"$TMP/lock.psql" <<SQL
BEGIN;
SELECT FROM raw_extraction_data WHERE id = $id FOR NO KEY UPDATE;
SELECT pg_sleep(1);
COMMIT;
SQL
sql "SET client_min_messages = warning; CREATE FUNCTION test_wait() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
	PERFORM pg_sleep(3); RETURN NULL; END \$\$;
	CREATE CONSTRAINT TRIGGER test_wait AFTER UPDATE ON raw_extraction_data DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW
	WHEN (OLD.processing_status = 'pending' AND NEW.processing_status = 'processing') EXECUTE FUNCTION test_wait()"
claiming() {
	sql_is 1 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
		AND application_name = 'pulse-etl-worker' AND wait_event = 'PgSleep'"
}
ETL_APP_WORKERS=1 app start worker
check "a worker claims it" wait_until 10 claiming
psql -qAtX -f "$TMP/lock.psql" >"$TMP/out" 2>&1 &
check "the batch is completed all the same" becomes completed 20
wait $!
check_is "at the first attempt" "$(row "attempts || ' ' || interruptions")" "1 0"
sql "DROP TRIGGER test_wait ON raw_extraction_data"

# -- kill -9 after kill -9
app stop worker
app start relay
projects_trigger "BEGIN IF NEW.key = 'P60' AND NEW.id IS NOT NULL THEN PERFORM pg_sleep(CASE WHEN (SELECT attempts
	FROM raw_extraction_data ORDER BY id DESC LIMIT 1) <= 8 THEN 60 ELSE 0 END); END IF; RETURN NEW; END"
store "$(projects 60 60)"
ETL_APP_WORKERS=1 app start worker
at_work() {
	sql_is 1 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
		AND application_name = 'pulse-etl-worker' AND wait_event = 'PgSleep'"
}
kill_workers() { # TIMES: at work; and their statements, which outlive them
	local n
	kills=0
	for ((n = 0; n < $1; n++)); do
		wait_until 20 at_work || break
		# shellcheck disable=SC2046 # ids
		kill -s KILL $(workers) && kills=$((kills + 1))
		sql "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()
			AND application_name = 'pulse-etl-worker' AND wait_event = 'PgSleep'" >"$TMP/out"
	done
}
kill_workers 8
check_is "a worker is killed eight times at one batch" "$kills" 8
check "which is completed in the end" becomes completed 60
check_is "each kill was an interruption" "$(row "attempts - interruptions")" 1
api GET "raw-data/$id"
check_is "the API tells the attempts" "$(json .attempts)" 9
check_nothing_left "after the kills"

# -- a batch that kills its workers
app stop worker
unset ETL_APP_CONF
echo 'worker_interruptions = 3' >>"$ETL_APP/extra.conf"
projects_trigger "BEGIN IF NEW.key = 'P61' THEN PERFORM pg_sleep(60); END IF; RETURN NEW; END"
store "$(projects 61 61)"
ETL_APP_WORKERS=1 app start worker
kill_workers 6
check "a batch that its workers die of is failed" becomes failed 60
check_match "and says so" "$(row "error_details->>'message'")" '^its workers died'
dead() { [ "$(queue_depth transform_queue.dead)" -ge 1 ]; }
check "its message is dead" wait_until 10 dead
check_is "after the interruptions there may be" "$kills $(row interruptions)" "3 3"
projects_trigger "BEGIN RETURN NEW; END"
api POST "raw-data/$id/requeue"
check "requeued, it is counted anew" becomes completed
check_is "from 0" "$(row "attempts || ' ' || interruptions")" "1 0"

# -- a message that was delivered often: its batch's row counts, not the message
delivered() { # TIMES: a message of the batch that the broker counted so often
	publish transform "$(message_of "$id")" "{\"x-delivery-count\":$1}"
}
app stop worker
store "$(projects 62 62)"
queue_purge transform_queue
dead_before=$(queue_depth transform_queue.dead)
delivered 21
app start worker
check "one that was delivered once more than workers may die is completed" becomes completed
check_is "and not dead" "$(queue_depth transform_queue.dead)" "$dead_before"
delivered 100
check "one that workers die of before they come to its batch is dead" \
	wait_until 10 queue_has transform_queue.dead $((dead_before + 1))

# -- tables of an older version
needed=$(basename "$(printf '%s\n' "$ETL_SOURCE"/migrations/*.up.sql | sort | tail -n 1)" |
	sed 's/^0*\([0-9]*\)_.*/\1/')
sql "UPDATE migration_history SET number = -number WHERE number >= $needed"
app restart worker
store "$(projects 70 70)"
sleep 4
check_is "with an older schema no batch is failed" "$(row "processing_status || ' ' || attempts")" "pending 0"
check_match "the log says what is missing" "$(grep event=waiting "$APP_LOGS/worker.log" | tail -n 1)" \
	'pulse-etl-migrate'
sql "UPDATE migration_history SET number = -number WHERE number < 0"
check "with the right one it is completed" becomes completed 20
# The same where a right has gone while a worker was at work.
sql "REVOKE UPDATE ON projects FROM pulse_etl_service"
store "$(projects 70 71)"
sleep 3
check_fails "without a right it is not failed" \
	sql_is failed "SELECT processing_status FROM raw_extraction_data WHERE id = $id"
sql "GRANT UPDATE ON projects TO pulse_etl_service"
check "with it, it is completed" becomes completed 30
check_is "and has not failed" "$(row "attempts - interruptions")" 1
check_nothing_left "in the end"
done_testing
