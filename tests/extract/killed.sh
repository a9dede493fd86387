#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The extractor is killed at any time, in EXTRACT_KILL_RUNS runs (50), until each is
# done; two of them read: no page is missing, none is there twice.
. "$(dirname "$0")/../integration/lib.sh"
# shellcheck source=tests/integration/extract.sh
. "$(dirname "$0")/../integration/extract.sh"

issues=60
ETL_APP_WORKERS=0 extract_up '{"jira": {"projects": [{"key": "AA", "issues": '$issues', "changes": 3}],
	"page_max": 5, "changelog_max": 2}}'
jira=$(integration 'My Jira' "$SOURCE_JIRA" token)
ETL_APP_EXTRACTORS=2 app restart extractor
extractors() { pgrep -P "$(app_pid extractor)" -x pulse-etl-extra; }

kills=0
for ((n = 1; n <= ${EXTRACT_KILL_RUNS:-50}; n++)); do
	extract "$jira" jira_sync '{"full": true}'
	ends=$((SECONDS + 300))
	until run_ended || [ "$SECONDS" -gt "$ends" ]; do
		sleep "0.$(printf '%03d' $((RANDOM % 400)))"
		# shellcheck disable=SC2046 # numbers
		kill -s KILL $(extractors) 2>/dev/null && kills=$((kills + 1))
		# Killed at once, time and again, nobody would come to an end.
		[ $((RANDOM % 3)) -gt 0 ] || sleep 2
	done
	check_is "run $n: done" "$(run_state)" "done"
	pages_are_whole "run $n" "$issues"
done
each_has_its_message "after $kills kills"
figure "runs whose extractors are killed at any time" "$((n - 1)), killed $kills times"
figure "batches; messages more than batches" \
	"$(wc -l <"$TMP/stored"); $(($(wc -l <"$TMP/messages") - $(wc -l <"$TMP/queued")))"
check_is "no message is dead" "$(queue_depth extract_queue.dead)" 0
sources_down
done_testing
