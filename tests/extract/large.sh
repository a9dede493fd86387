#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# 100,000 issues in 1,000 pages: how long it takes, and how much memory.
. "$(dirname "$0")/../integration/lib.sh"
# shellcheck source=tests/integration/extract.sh
. "$(dirname "$0")/../integration/extract.sh"

issues=100000
ETL_APP_WORKERS=0 extract_up '{"jira": {"projects": [{"key": "AA", "issues": '$issues', "changes": 4}],
	"page_max": 100, "changelog_max": 100}}'
jira=$(integration 'My Jira' "$SOURCE_JIRA" token)
before=$(extractor_peak)
extract "$jira" jira_issues '{"full": true}'
check_is "the run is done" "$(RUN_SECONDS=3600 run_ends)" "done"
peak=$(extractor_peak)
check_is "each issue is there once" "$(sql "SELECT count(*), count(DISTINCT i->>'id') FROM raw_extraction_data AS r
	CROSS JOIN jsonb_array_elements(r.raw_data->'issues') AS i
	WHERE r.extraction_metadata->>'run_id' = '$run' AND r.entity_type = 'jira_issues_batch'")" "$issues|$issues"
check_is "in 1,000 pages" "$(sql "SELECT count(*) FROM raw_extraction_data
	WHERE extraction_metadata->>'run_id' = '$run' AND entity_type = 'jira_issues_batch'")" 1000
check "an extractor takes 24 MB of memory at most ($peak kB)" test "$peak" -le 24576
read -r seconds megabytes rate < <(run_row "extract(epoch FROM ended_at - started_at)::numeric(9,1) || ' '
	|| bytes / 1000000 || ' ' || (pages / extract(epoch FROM ended_at - started_at))::numeric(9,1)")
figure "100,000 issues in 1,000 pages, $megabytes MB" "$seconds s, $rate pages/s"
figure "memory of the extractor (VmHWM), before and at the end" "$before and $peak kB"
each_has_its_message "1,000 pages"
sources_down
done_testing
