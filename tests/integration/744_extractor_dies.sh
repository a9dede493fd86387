#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Extractors that die at chosen places: no page is missing, none is there twice.
# ETL_EXTRACT_RUNS, _ISSUES and _PAGE make it longer (make check-extract).
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/extract.sh
. "$(dirname "$0")/extract.sh"
runs=${ETL_EXTRACT_RUNS:-1} issues=${ETL_EXTRACT_ISSUES:-60} page=${ETL_EXTRACT_PAGE:-5}

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

# The numbers of all issues of a run's pages, and of its histories.
pages_are_whole() { # NAME
	check_is "$1: each issue once" "$(sql "SELECT count(*), count(DISTINCT i->>'id')
		FROM raw_extraction_data AS r CROSS JOIN jsonb_array_elements(r.raw_data->'issues') AS i
		WHERE r.extraction_metadata->>'run_id' = '$run'
		AND r.entity_type = 'jira_issues_batch'")" "$issues|$issues"
	check_is "$1: each history once" "$(sql "SELECT count(DISTINCT i->>'issueId'), count(*) =
		count(DISTINCT h->>'id') FROM raw_extraction_data AS r
		CROSS JOIN jsonb_array_elements(r.raw_data->'issueChangeLogs') AS i
		CROSS JOIN jsonb_array_elements(i->'changeHistories') AS h
		WHERE r.extraction_metadata->>'run_id' = '$run'
		AND r.entity_type = 'jira_changelogs_batch'")" "$issues|t"
	check_is "$1: the run counts the pages that are there" "$(run_row pages)" \
		"$(sql "SELECT count(*) FROM raw_extraction_data WHERE extraction_metadata->>'run_id' = '$run'")"
	check_is "$1: no step was taken twice" "$(sql "SELECT count(*) - count(DISTINCT extraction_metadata->>'step')
		FROM raw_extraction_data WHERE extraction_metadata->>'run_id' = '$run'")" 0
}

deaths=0
for point in page_asked page_inserted page_committed page_published; do
	for ((n = 1; n <= runs; n++)); do
		export ETL_FAILPOINT=$point:3
		app start extractor
		extract "$jira" jira_sync '{"full": true}'
		check_is "dying when $point: the run is done" "$(RUN_SECONDS=300 run_ends)" "done"
		unset ETL_FAILPOINT
		pages_are_whole "dying when $point"
		app stop extractor
	done
	now=$(grep -c 'event=failpoint' "$APP_LOGS/extractor.log")
	check "dying when $point: some did ($((now - deaths)))" [ "$now" -gt "$deaths" ]
	deaths=$now
done
check_is "every batch has its message, or will have" "$(sql "SELECT count(*) FROM raw_extraction_data
	WHERE queued_at IS NULL AND created_at < now() - interval '1 minute'")" 0
check_is "no message is dead" "$(queue_depth extract_queue.dead)" 0

# -- two extractors, and messages that come twice: one reads, the other waits
ETL_APP_EXTRACTORS=2 app start extractor
extract "$jira" jira_issues '{"full": true}'
publish extract "$(jq -cn --argjson id "$jira" --argjson run "$run" \
	'{tenant_id: 1, integration_id: $id, job_type: "jira_issues", job_params: {}, run_id: $run}')"
check_is "one message too many: done" "$(run_ends)" "done"
pages_are_whole "one message too many"
rss=$(pgrep -P "$(app_pid extractor)" -x pulse-etl-extra | while read -r pid; do
	sed -n 's/^VmHWM:[ \t]*\([0-9]*\) kB/\1/p' "/proc/$pid/status"
done | sort -n | tail -n 1)
check "an extractor takes 24 MB of memory at most ($rss kB)" test "$rss" -le 24576
sources_down
done_testing
