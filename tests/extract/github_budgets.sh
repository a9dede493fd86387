#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# 10,000 pull requests while both budgets of GitHub, requests of REST and points of
# GraphQL, are used up again and again: none is missing, none is there twice.
. "$(dirname "$0")/../integration/lib.sh"
# shellcheck source=tests/integration/extract.sh
. "$(dirname "$0")/../integration/extract.sh"

repositories=250 each=40
world=$(jq -nc --argjson n "$repositories" --argjson prs "$each" '{github: {owner: "acme", requests: 2, points: 400,
	window_seconds: 15, repositories: [range($n) | {name: "r\(.)", prs: $prs}]}}')
ETL_APP_WORKERS=0 extract_up "$world" 'extract_wait = 1'
github=$(integration 'GitHub acme' "$SOURCE_GITHUB" token '{"organization": "acme"}')
extract "$github" github_sync
check_is "the run is done" "$(RUN_SECONDS=3600 run_ends) $(run_row errors)" "done []"
check_is "each pull request is there once" "$(sql "SELECT count(*), count(DISTINCT n->>'id')
	FROM raw_extraction_data AS r
	CROSS JOIN jsonb_array_elements(r.raw_data#>'{data,repository,pullRequests,nodes}') AS n
	WHERE r.extraction_metadata->>'run_id' = '$run'")" "$((repositories * each))|$((repositories * each))"
check_is "of all repositories" "$(sql "SELECT count(*) FROM extract_states WHERE integration_id = $github
	AND stream = 'pull_requests' AND cursor_at IS NOT NULL")" "$repositories"
check "it waited for budgets ($(run_row waited_seconds) s)" test "$(run_row waited_seconds)" -ge 30
check_is "and asked nothing that they refused" "$(asked '[.[] | select(.status == 403)] | length')" 0
sources_down
done_testing
