#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# GitHub without GraphQL: the same rows come by REST, page by page.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/extract.sh
. "$(dirname "$0")/extract.sh"

extract_up '{"github": {"owner": "acme", "repositories": [{"name": "web", "prs": 10, "commits": 2, "reviews": 2,
	"comments": 1, "threads": 2, "long": {"2": {"commits": 120, "comments": 101, "reviews": 0, "threads": 0}}},
	{"name": "void", "prs": 0}], "renamed": {"old": "web"}}}'
rest='"deployment": "rest"'
old=$(integration 'GitHub old' "$SOURCE_GITHUB/api/v3" token "{$rest, \"organization\": \"acme\"}")
new=$(integration 'GitHub new' "$SOURCE_GITHUB" token '{"organization": "acme"}')
rows() { # INTEGRATION
	sql "SELECT p.number, p.name, p.status, p.body, p.pr_created_at, p.pr_updated_at, p.merged_at,
		p.merged_by, p.additions, p.changed_files, p.commit_count, p.discussion_comment_count,
		p.review_comment_count, p.reviewers, p.review_cycles, p.first_review_at,
		p.parts_complete, (SELECT count(*) FROM prs_commits AS c WHERE c.pr_id = p.id AND c.active),
		(SELECT count(*) FROM prs_reviews AS c WHERE c.pr_id = p.id AND c.active),
		(SELECT count(*) FROM prs_comments AS c WHERE c.pr_id = p.id AND c.active)
		FROM prs AS p WHERE p.integration_id = $1 ORDER BY p.number"
}
requests() { asked '[.[] | select(.on == "github")] | length'; }

extract "$old" github_sync
check_is "a run by REST is done" "$(run_ends) $(run_row errors)" "done []"
check_is "GraphQL was not asked" "$(asked '[.[] | select(.path | endswith("graphql"))] | length')" 0
extract "$new" github_sync
check_is "so is one by GraphQL" "$(run_ends)" "done"
check "both are processed" wait_until 180 all_processed
check_is "no batch has failed" "$(sql "SELECT count(*) FROM raw_extraction_data
	WHERE processing_status <> 'completed'")" 0
check_is "all parts are there" "$(sql "SELECT count(*), count(*) FILTER (WHERE parts_complete) FROM prs
	WHERE integration_id = $old")" "10|10"
check_match "there are rows" "$(rows "$old")" '^1\|.*\|t\|2\|2\|3'
check_is "the rows are the same" "$(rows "$old")" "$(rows "$new")"

# -- nothing new
control DELETE requests >"$TMP/out"
extract "$old" github_sync
check_is "nothing is new: done" "$(run_ends) $(run_row pages)" "done 0"
check_is "by a request for each list, not for each pull request" \
	"$(requests) $(asked '[.[].status] | unique')" "3 [304]"
control PUT pull '{"repository": "web", "number": 3}' >"$TMP/out"
control DELETE requests >"$TMP/out"
extract "$old" github_pull_requests '{"repositories": ["acme/web"]}'
check_is "one has changed: done" "$(run_ends)" "done"
check_is "it alone is asked for" "$(asked '[.[].path | capture("/(?<n>[0-9]+)(/[a-z]+)?$").n] | unique')" '["3"]'

# -- renamed, lost, limited
extract "$old" github_pull_requests '{"repositories": ["acme/old"], "full": true}'
check_is "a repository by its former name" "$(run_ends) $(run_row "errors, items > 3")" "done []|t"
extract "$old" github_pull_requests '{"repositories": ["acme/web", "acme/gone", "acme/../user"], "full": true}'
check_is "those that are not there fail by name, the other one is read" \
	"$(run_ends) $(sql "SELECT string_agg(e->>'part' || ' ' || (e->>'status'), ', ' ORDER BY e->>'part')
		FROM extract_runs, jsonb_array_elements(errors) AS e WHERE id = $run")" \
	"partial acme/../user 404, acme/gone 404"
extract "$old" github_pull_requests '{"repositories": ["acme/web"], "full": true}'
pages=$(run_ends >"$TMP/out"; run_row pages)
control PATCH world '{"github": {"requests": 16, "window_seconds": 4}}' >"$TMP/out"
extract "$old" github_pull_requests '{"repositories": ["acme/web"], "full": true}'
check_is "a budget that is used up: done" \
	"$(RUN_SECONDS=180 run_ends) $(run_row "errors, waited_seconds > 0")" "done []|t"
check_is "no page is missing" "$(run_row pages)" "$pages"
control PATCH world '{"github": {"requests": 5000, "window_seconds": 3600}}' >"$TMP/out"

# -- a census
jq -cn '[{id: 999, node_id: "PR_gone", number: 999, title: "gone", state: "open",
	html_url: "https://github.com/acme/web/pull/999", updated_at: "2026-01-02T00:00:00Z",
	created_at: "2026-01-01T00:00:00Z", user: {login: "ada"}, head: {ref: "h"}, base: {ref: "main"}}]' >"$TMP/pr"
of=%7B%22repository%22%3A%22acme%2Fweb%22%7D
api POST "raw-data/store?integration_id=$old&entity_type=github_prs_batch&extraction_metadata=$of" \
	--data-binary "@$TMP/pr"
ended() {
	sql "SELECT COALESCE(string_agg(number::text, ' '), '') FROM prs
		WHERE NOT active AND integration_id = $old"
}
check "a pull request that the source does not have" wait_until 60 sql_is 1 \
	"SELECT count(*) FROM prs WHERE active AND number = 999 AND integration_id = $old"
control PUT faults '[{"on": "github", "path": "pulls$", "do": "status", "status": 403, "times": 0}]' >"$TMP/out"
extract "$old" github_census
check_is "a census that may not read: partial" "$(run_ends)" partial
control PUT faults '[]' >"$TMP/out"
check "is processed" wait_until 60 all_processed
check_is "and ends nothing" "$(ended)" ""
extract "$old" github_census
check_is "a whole one by REST: done" "$(run_ends) $(run_row errors)" "done []"
check "is processed" wait_until 60 all_processed
check_is "it ends that pull request, and no other" "$(ended)" 999
check_is "its pages say so" "$(sql "SELECT DISTINCT extraction_metadata->>'page' || ' '
	|| (extraction_metadata->>'last')
	FROM raw_extraction_data WHERE extraction_metadata->>'census' = 'run $run'")" "1 true"
sources_down
done_testing
