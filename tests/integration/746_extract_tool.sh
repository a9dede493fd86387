#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# pulse-etl extract, run and job; schedules, with an extractor that reads.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/extract.sh
. "$(dirname "$0")/extract.sh"

ETL_APP_WORKERS=0 extract_up '{"jira": {"projects": [{"key": "AA", "issues": 12, "changes": 2},
	{"key": "BB", "issues": 3, "changes": 2}]}}'
jira=$(integration 'My Jira' "$SOURCE_JIRA" token '{"projects": ["AA"]}')
tool() { "$ETL_BUILD/pulse-etl" --config "$ETL_APP/etl.conf" "$@" 2>"$TMP/err"; }

run=$(tool extract run --tenant 1 --integration "$jira")
check_match "extract run prints the run's id" "$run" '^[0-9]+$'
check "run watch waits for its end" tool run watch --tenant 1 "$run"
check_is "which is done" \
	"$(tool run show --tenant 1 --output json "$run" | jq -r '"\(.state) \(.job_type) \(.items)"')" \
	"done jira_sync $(run_row items)"
check_is "the list has it first" "$(tool run list --tenant 1 --output json | jq '.[0].id')" "$run"
check_match "as a table, too" "$(tool run list --tenant 1)" "INTEGRATION.*jira_sync"
check_is "only the projects of the settings" "$(sql "SELECT count(*) FROM extract_states WHERE stream = 'issues'")" 1
tool run cancel --tenant 1 "$run"
check_is "what has ended is not cancelled: 1" "$?" 1
tool run show --tenant 1 424242 >"$TMP/out"
check_is "a run that is not there: 1" "$?" 1
tool extract run --tenant 1 --integration "$jira" --type nothing >"$TMP/out"
check_is "a type that nothing reads: 64" "$?" 64
check_match "with those that there are" "$(cat "$TMP/err")" "jira_sync"
tool extract run --tenant 1 --integration "$jira" --from yesterday >"$TMP/out"
check_is "a time that is none: 64" "$?" 64
run=$(tool extract run --tenant 1 --integration "$jira" --type jira_issues --full --from 2026-01-31)
check_is "everything, from a time" "$(run_row "is_full, from_at, job_params->>'full'")" "t|2026-01-31 00:00:00|true"
check_is "which ends, too" "$(run_ends)" "done"
run=$(tool extract run --tenant 1 --integration "$jira" --type jira_issues --from 2026-01-31 --to 2026-02-28)
check_is "between two times" "$(run_row "from_at, to_at, is_full")" "2026-01-31 00:00:00|2026-02-28 00:00:00|f"
check_is "which ends, too" "$(run_ends)" "done"
tool extract run --tenant 1 --integration "$jira" --to soon >"$TMP/out"
check_is "a bound that is no time: 64" "$? $(grep -c -e '--to takes' "$TMP/err")" "64 1"

# -- jobs
job=$(tool job create --tenant 1 --integration "$jira" --name hourly --type jira_projects --every 1h --jitter 1m)
check_match "job create prints the job's id" "$job" '^[0-9]+$'
ran() { sql_is "$1" "SELECT count(*) FROM extract_runs WHERE job_id = $job AND state = 'done'"; }
check "its first run comes at once" wait_until 30 ran 1
check_is "the next one in an hour" "$(tool job show --tenant 1 --output json "$job" |
	jq '[.interval_seconds, .jitter_seconds, (.next_at > (now | todate))]' -c)" "[3600,60,true]"
check "job pause" tool job pause --tenant 1 "$job"
check_is "it is not active" \
	"$(tool job list --tenant 1 --output json | jq '.[] | select(.job_name == "hourly") | .active')" false
check "job set" tool job set --tenant 1 --by-hand "$job"
check_is "by hand only" \
	"$(tool job show --tenant 1 --output json "$job" | jq -c '[.interval_seconds, .next_at]')" "[null,null]"
check "job resume" tool job resume --tenant 1 "$job"
run=$(tool job run --tenant 1 "$job")
check_is "job run makes a run of it" "$(run_row job_id) $(run_ends)" "$job done"
tool job create --tenant 1 --integration "$jira" --name hourly --type jira_projects >"$TMP/out"
check_is "a name is there once: 1" "$?" 1
check_is "who did it is in the audit" "$(sql "SELECT string_agg(DISTINCT action, ' ' ORDER BY action) FROM audit_log
	WHERE action ~ '^job'")" "job.create job.extract job.update"

# -- messages of other publishers
publish extract "{\"tenant_id\":1,\"integration_id\":$jira,\"job_type\":\"jira_issues\",\"job_params\":{}}"
newest() { sql_is "done" "SELECT state FROM extract_runs WHERE id > $run AND job_type = 'jira_issues'"; }
check "a message without a run makes one" wait_until 30 newest
publish extract '{"tenant_id":1,"integration_id":1,"job_type":"nothing","job_params":{}}'
check "one that nothing reads is dead" wait_until 20 queue_has extract_queue.dead 1
publish extract 'nonsense'
check "so is nonsense" wait_until 20 queue_has extract_queue.dead 2
sources_down
done_testing
