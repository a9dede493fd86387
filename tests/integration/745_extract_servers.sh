#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Extractions while servers, relay and other extractors come and go: no page is
# missing, none is there twice, each has its message.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/extract.sh
. "$(dirname "$0")/extract.sh"

issues=40
ETL_APP_WORKERS=0 extract_up '{"jira": {"projects": [{"key": "AA", "issues": '$issues', "changes": 3}],
	"page_max": 5, "changelog_max": 2}}' 'relay_lost_age = 2' 'extract_wait = 1'
jira=$(integration 'My Jira' "$SOURCE_JIRA" token)
fault() { # ORDER
	control PUT faults "[$1]" >"$TMP/out"
}
slowly='{"path": "search/jql$", "do": "late", "pause_ms": 150, "times": 0}'
pages_at_least() { [ "$(run_row pages)" -ge "$1" ]; }
# A run of which some pages were read.
begin() {
	fault "${1-$slowly}"
	extract "$jira" jira_issues '{"full": true}'
	wait_until 30 pages_at_least 2
}
ends_whole() { # NAME
	check_is "$1: the run is done" "$(RUN_SECONDS=120 run_ends)" "done"
	pages_are_whole "$1" "$issues"
}

# -- servers
begin
app kill relay
ends_whole "the relay dies"
check_is "the pages have their messages without it" "$(sql "SELECT count(*) FROM raw_extraction_data
	WHERE extraction_metadata->>'run_id' = '$run' AND queued_at IS NULL")" 0
app start relay
begin
end_sessions pulse-etl-extractor
sleep 0.2
end_sessions pulse-etl-extractor
ends_whole "the database's sessions are cut"
begin
app kill postgres
app start postgres
ends_whole "the database dies"
begin
app kill rabbitmq
sleep 1
app start rabbitmq
ends_whole "the broker dies"
begin
queue_delete extract_queue
ends_whole "the queue is deleted"

# -- a message is lost, or comes too often
app stop extractor
extract "$jira" jira_issues '{"full": true}'
queue_purge extract_queue
app start extractor
ends_whole "a message that was lost"
app stop extractor
extract "$jira" jira_issues '{"full": true}'
queue_purge extract_queue
message=$(jq -cn --argjson id "$jira" --argjson run "$run" \
	'{tenant_id: 1, integration_id: $id, job_type: "jira_issues", job_params: {}, run_id: $run}')
sql "UPDATE extract_runs SET state = 'running', started_at = now(), queued_at = now() + interval '1 hour'
	WHERE id = $run"
publish extract "$message" '{"x-delivery-count": 50}'
app start extractor
check_match "a message that extractors have died of 50 times: failed" "$(run_ends): $(run_row errors)" \
	'^failed: .*delivered too often'
check "it is dead" wait_until 10 queue_has extract_queue.dead 1

# -- two extractors
second=
second_starts() {
	"$ETL_BUILD/pulse-etl-extractor" --config "$ETL_APP/etl.conf" 2>"$TMP/second" &
	second=$!
}
second_ends() {
	[ -z "$second" ] || kill "$second"
	wait "$second" 2>/dev/null
	second=
}
trap 'second_ends; clean_up' EXIT
# The message of the run at hand, once more.
again() {
	publish extract "${message/%\"run_id\":*/\"run_id\":$run\}}"
}
held() { grep -q "run_id=$run .*fate=held" "$TMP/second"; }
# Begin a run that a paused extractor holds, and start another one. Between two
# rounds nobody holds it: then once more.
meet() {
	local try
	for try in 1 2 3; do
		begin "${slowly/150/600}"
		app pause extractor
		second_starts
		again
		wait_until 10 held && return 0
		note "try $try: the extractor was paused between two rounds"
		app resume extractor
		RUN_SECONDS=120 run_ends >"$TMP/out"
		second_ends
	done
	return 1
}
check "while one extractor holds the stream, another one waits" meet
app resume extractor
ends_whole "one of two extractors was paused"
second_ends
check "the same once more" meet
app kill extractor
ends_whole "one of two extractors dies"
second_ends
app start extractor

# -- who ends a run, and begins the next one
begin "${slowly/150/800}"
first=$run
api POST "runs/$run/cancel"
extract "$jira" jira_issues '{"full": true}'
check_match "after a run was cancelled the next one begins at once" "$STATUS $((run > first))" '^202 1$'
ends_whole "it reads all"
check_is "the cancelled one has the pages it counts" "$(sql "SELECT state, pages = (SELECT count(*)
	FROM raw_extraction_data WHERE extraction_metadata->>'run_id' = '$first')
	FROM extract_runs WHERE id = $first")" \
	"cancelled|t"

# -- a schedule that is due while its run reads
api POST jobs --data "{\"job_name\": \"often\", \"job_type\": \"jira_issues\", \"integration_id\": $jira,
	\"interval_seconds\": 3600}"
job=$(json .id)
runs_of() { sql_is "$1" "SELECT count(*) FROM extract_runs WHERE job_id = $job"; }
fault '{"path": "search/jql$", "do": "late", "pause_ms": 10000}'
sql "UPDATE etl_jobs SET next_at = now() WHERE id = $job"
check "its time makes a run" wait_until 30 runs_of 1
run=$(sql "SELECT max(id) FROM extract_runs")
sql "UPDATE etl_jobs SET next_at = now() WHERE id = $job"
passed_over() { sql_is t "SELECT next_at > now() + interval '50 minutes' FROM etl_jobs WHERE id = $job"; }
check "the next time passes" wait_until 30 passed_over
check_is "it was open then, and none was made" "$(run_state) $(runs_of 1 && echo one)" "running one"
check_is "it ends" "$(run_ends)" "done"

# -- the mark that a run has its message comes when it waits already
sql "CREATE FUNCTION late_mark() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN
		IF current_setting(''application_name'') = ''pulse-etl-fcgi'' THEN PERFORM pg_sleep(3); END IF;
		RETURN NULL; END';
	CREATE TRIGGER late_mark BEFORE UPDATE ON extract_runs EXECUTE FUNCTION late_mark()"
fault '{"path": "search/jql$", "do": "status", "status": 429, "retry_after": 8}'
extract "$jira" jira_issues '{"full": true}'
waits() { [ "$(run_row state)" = waiting ]; }
check "a run waits" wait_until 20 waits
check_is "it is not taken for the next one's" "$(run_row 'state, queued_at IS NULL')" "waiting|t"
ends_whole "a run that waited"

# -- behind a pooler that shares its sessions there is no lock, and no need for one
app stop extractor
ETL_APP_CONF="$ETL_APP_CONF
database_session = shared
extract_slice = 1" ETL_APP_EXTRACTORS=2 app start extractor
begin "${slowly/150/300}"
again
check_is "no lock is left in a session that others use" "$(sql "SELECT count(*) FROM pg_locks AS l
	JOIN pg_stat_activity AS a USING (pid) WHERE l.locktype = 'advisory'
	AND a.application_name = 'pulse-etl-extractor' AND a.datname = current_database()")" 0
ends_whole "two extractors at one run"
check "what takes longer than its slice goes to the end of the queue" \
	grep -q "run_id=$run .*fate=\"goes on\"" "$APP_LOGS/extractor.log"
check_is "with a message that extractors take" "$(queue_depth extract_queue.dead)" 1

each_has_its_message "after all that"
sources_down
done_testing
