#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Extractors that die at chosen places: no page is missing, none is there twice.
# ETL_EXTRACT_RUNS makes it longer (make check-extract).
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/extract.sh
. "$(dirname "$0")/extract.sh"
runs=${ETL_EXTRACT_RUNS:-1} issues=60 page=5

# -- a build whose processes can be made to die at chosen places
ordinary=$ETL_BUILD
export ETL_BUILD=$ordinary-failpoints
check "there is a build with failpoints" env ETL_CONFIGURE="${ETL_CONFIGURE-} --enable-failpoints" \
	"$ETL_SOURCE/deploy/build"
check "a build for users has none" sh -c "! grep -q ETL_FAILPOINT '$ordinary/pulse-etl-extractor'"
ETL_APP_WORKERS=0 extract_up '{"jira": {"projects": [{"key": "AA", "issues": '"$issues"', "changes": 3}],
	"page_max": '"$page"', "changelog_max": 2}}'
jira=$(integration 'My Jira' "$SOURCE_JIRA" token)
app stop extractor

deaths=0
for point in page_asked page_inserted page_committed page_published; do
	for ((n = 1; n <= runs; n++)); do
		export ETL_FAILPOINT=$point:3
		app start extractor
		extract "$jira" jira_sync '{"full": true}'
		check_is "dying when $point: the run is done" "$(RUN_SECONDS=300 run_ends)" "done"
		unset ETL_FAILPOINT
		pages_are_whole "dying when $point" "$issues"
		app stop extractor
	done
	now=$(grep -c 'event=failpoint' "$APP_LOGS/extractor.log")
	check "dying when $point: some did ($((now - deaths)))" [ "$now" -gt "$deaths" ]
	figure "$runs runs of extractors that die when $point" "$((now - deaths)) deaths"
	deaths=$now
done
each_has_its_message "after $deaths deaths"
figure "their batches: missing, twice, without a message" "0 of $(wc -l <"$TMP/stored"), if no case has failed"
figure "messages more than batches" "$(($(wc -l <"$TMP/messages") - $(wc -l <"$TMP/queued")))"
check_is "no message is dead" "$(queue_depth extract_queue.dead)" 0

# -- two extractors, and messages that come twice: one reads, the other waits
ETL_APP_EXTRACTORS=2 app start extractor
extract "$jira" jira_issues '{"full": true}'
publish extract "$(jq -cn --argjson id "$jira" --argjson run "$run" \
	'{tenant_id: 1, integration_id: $id, job_type: "jira_issues", job_params: {}, run_id: $run}')"
check_is "one message too many: done" "$(run_ends)" "done"
pages_are_whole "one message too many" "$issues"
rss=$(extractor_peak)
check "an extractor takes 24 MB of memory at most ($rss kB)" test "$rss" -le 24576
sources_down
done_testing
