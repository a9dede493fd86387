#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Conditional requests: what is the same as before is not read again, and never is
# a page lost by that.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/extract.sh
. "$(dirname "$0")/extract.sh"

repositories='{github: {owner: "acme", repositories: [range($n) | {name: "r\(.)", prs: 1}]}}'
ETL_APP_WORKERS=0 extract_up "$(jq -nc --argjson n 103 "$repositories")"
github=$(integration 'GitHub acme' "$SOURCE_GITHUB" token '{"organization": "acme"}')
run() { # NAME JOB PARAMS WANT: how it ended, pages stored, names read
	control DELETE requests >"$TMP/out"
	extract "$github" "$2" "$3"
	check_is "$1" "$(run_ends) $(run_row "pages || ' ' || cardinality(parts)") $(run_row errors)" "$4 []"
}
lists() { asked '[.[] | select(.path | endswith("/repos")) | .status]'; }

run "the first run reads both pages" github_repositories '{}' "done 2 103"
check_is "without a condition" "$(asked '[.[].headers["if-none-match"] | select(.)] | length')" 0
run "the second one has the same names, and stores nothing" github_repositories '{}' "done 0 103"
check_is "for both are the same" "$(lists)" "[304,304]"
run "all of them are asked for what they have" github_sync '{}' "done 103 103"
check_is "as before" "$(lists)" "[304,304]"
check_is "and each is read" "$(sql "SELECT count(*) FROM extract_states WHERE stream = 'pull_requests'")" 103
control PUT pull '{"repository": "r101", "number": 1}' >"$TMP/out"
run "what has changed is read" github_repositories '{}' "done 1 103"
check_is "alone" "$(lists)" "[304,200]"
run "everything, if that is asked for" github_repositories '{"full": true}' "done 2 103"
check_is "without a condition, too" "$(lists)" "[200,200]"
run "afterwards they are known" github_repositories '{}' "done 0 103"

# -- a run that does not come to its end
control PUT pull '{"repository": "r1", "number": 1}' >"$TMP/out"
control PUT faults '[{"on": "github", "path": "/repos$", "body": "[&?]page=2", "do": "status",
	"status": 404}]' >"$TMP/out"
extract "$github" github_repositories
check_is "a page that fails" "$(run_ends) $(run_row pages)" "partial 1"
run "what was stored before it is asked for again" github_repositories '{}' "done 1 103"
check_is "for it is not known what came of the rest" "$(lists)" "[200,304]"
run "and known then" github_repositories '{}' "done 0 103"

# -- fewer
control PATCH world "$(jq -nc --argjson n 3 "$repositories")" >"$TMP/out"
run "fewer repositories" github_repositories '{}' "done 1 3"
check_is "pages that are gone are forgotten" "$(sql "SELECT count(*) FROM extract_tags")" 1
check_is "another tenant sees none of it" \
	"$(sql "SET app.every_tenant = 'off'; SET app.tenant_id = 2; SELECT count(*) FROM extract_tags" | tail -n 1)" 0
sources_down
done_testing
