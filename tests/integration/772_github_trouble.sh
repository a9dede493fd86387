#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# GitHub's limits, null parts, answers that are too dear, repositories that may not
# be seen any more, and a tenant's quota.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/extract.sh
. "$(dirname "$0")/extract.sh"

extract_up '{"github": {"owner": "acme", "repositories": [{"name": "web", "prs": 60},
	{"name": "api", "prs": 4, "commits": 3, "reviews": 2, "comments": 1, "threads": 1},
	{"name": "tiny", "prs": 2}]}}' \
	'extract_wait = 1' 'extract_timeout = 2000'
small=$(integration 'GitHub small' "$SOURCE_GITHUB" token '{"repositories": ["acme/api", "acme/tiny"]}')
github=$(integration 'GitHub acme' "$SOURCE_GITHUB" token '{"repositories": ["acme/api", "acme/web"]}')
fault() { # ORDER
	control PUT faults "[$1]" >"$TMP/out"
	control DELETE requests >"$TMP/out"
}
text() { run_row "errors->0->>'text'"; }
stored() { sql "SELECT COALESCE(sum(raw_data_items), 0) FROM raw_extraction_data
	WHERE extraction_metadata->>'run_id' = '$run' AND extraction_metadata->>'stream' = 'pull_requests'"; }
waits() { [ "$(run_state)" = waiting ]; }
sizes() { asked '[.[] | select(.path | endswith("graphql")) | .body.variables.first]'; }
graphql='"on": "github", "path": "graphql"'

# -- parts that are null beside an error are asked for apart
fault "{$graphql, \"do\": \"null_parts\"}"
extract "$small" github_pull_requests
check_is "null parts: done" "$(run_ends)" "done"
check "and processed" wait_until 120 all_processed
check_is "all have all their parts" "$(sql "SELECT count(*), count(*) FILTER (WHERE parts_complete) FROM prs")" "6|6"
check_is "commits and reviews are those there are" \
	"$(sql "SELECT (SELECT count(*) FROM prs_commits), (SELECT count(*) FROM prs_reviews)")" "14|8"

# -- what may not be seen any more
lost() { # NAME ORDER TEXT
	fault "$2"
	extract "$small" github_pull_requests '{"full": true}'
	check_is "$1: partial" "$(run_ends)" partial
	check_is "$1: the repository is named" "$(run_row "errors->0->>'part'"): $(text)" "acme/api: $3"
	check_is "$1: the other one was read" "$(stored)" 2
	check "$1: processed" wait_until 60 all_processed
	check_is "$1: nothing is deactivated" "$(sql "SELECT count(*) FROM prs WHERE active")" 6
}
lost "FORBIDDEN" "{$graphql, \"body\": \"api\", \"do\": \"graphql_error\", \"type\": \"FORBIDDEN\",
	\"message\": \"Resource not accessible\"}" "Resource not accessible"
control PATCH world '{"github": {"lost": ["api"]}}' >"$TMP/out"
lost "a permission that is lost" '' "Could not resolve to a Repository with the name 'acme/api'."
control PATCH world '{"github": {"lost": []}}' >"$TMP/out"

app stop worker

# -- less is asked for where GitHub gives up
fault "{$graphql, \"body\": \"first..(25|12)\", \"do\": \"html\", \"times\": 0}"
extract "$github" github_pull_requests '{"full": true}'
check_is "502 for large pages: done" "$(run_ends) $(stored)" "done 64"
check_is "by pages of six, after two tries of each size" "$(sizes | jq -c '.[0:6]')" "[25,25,12,12,6,6]"
fault "{$graphql, \"body\": \"first..(25|12|6|3|1)\", \"do\": \"silent\", \"times\": 2}"
extract "$github" github_pull_requests '{"full": true}'
check_is "no answer twice: half of it is asked for" "$(run_ends) $(stored) $(sizes | jq -c '.[2]')" "done 64 6"
control PATCH world '{"github": {"max_cost": 4000}}' >"$TMP/out"
fault ''
extract "$github" github_pull_requests '{"full": true}'
check_is "too many nodes: done with fewer" "$(run_ends) $(stored)" "done 64"
control PATCH world '{"github": {"max_cost": 0}}' >"$TMP/out"

# -- limits without a time: a minute at least
minute() { # NAME ORDER
	fault "$2"
	extract "$github" github_pull_requests '{"full": true}'
	check "$1: the run waits" wait_until 20 waits
	check_is "for a minute or little more" \
		"$(run_row "resume_at - last_updated_at BETWEEN '60 seconds' AND '70 seconds'")" t
	api POST "runs/$run/cancel"
}
minute "a secondary limit of REST" \
	'{"on": "github", "path": "graphql", "do": "secondary", "status": 403}'
minute "one that tells of a budget which is not used up" '{"on": "github", "path": "graphql", "do": "secondary",
	"status": 403, "headers": {"X-RateLimit-Remaining": "4000", "X-RateLimit-Reset": "4000000000"}}'
minute "one of GraphQL" '{"on": "github", "path": "graphql", "do": "secondary"}'

# -- budgets
control PATCH world '{"github": {"points": 10, "requests": 2, "window_seconds": 3}}' >"$TMP/out"
fault ''
two=$(integration 'GitHub two' "$SOURCE_GITHUB" token '{"organization": "acme"}')
extract "$two" github_sync
check_is "two budgets that are exhausted: done" "$(RUN_SECONDS=120 run_ends) $(run_row errors)" "done []"
check_is "none is missing" "$(sql "SELECT count(DISTINCT n->>'id') FROM raw_extraction_data AS r
	CROSS JOIN jsonb_array_elements(r.raw_data#>'{data,repository,pullRequests,nodes}') AS n
	WHERE r.extraction_metadata->>'run_id' = '$run'")" 66
check "it waited" test "$(run_row waited_seconds)" -ge 3
check_is "and left a share to others" "$(asked '[.[] | select(.status == 403)] | length')" 0
control PATCH world '{"github": {"points": 5000, "requests": 5000, "window_seconds": 3600}}' >"$TMP/out"

# -- the tenant's quota
sql "INSERT INTO system_settings (tenant_id, setting_key, setting_value, setting_type)
	VALUES (1, 'etl_daily_batches', '1', 'integer')" >"$TMP/out"
web='"repositories": ["acme/web"]'
sql "DELETE FROM extract_states WHERE part = 'acme/web'" >"$TMP/out"
fault ''
extract "$github" github_pull_requests "{$web}"
check_is "a quota that is used up: failed" "$(run_ends)" failed
check_match "which says so" "$(text)" \
	"^the tenant's daily quota is used up: 0 batches and any number of bytes remain until 00:00 UTC; a later run"
check_is "what it permits is stored and counted" \
	"$(run_row pages) $(sql "SELECT batches FROM tenant_usage WHERE tenant_id = 1 AND day = current_date")" "1 1"
check_is "but not as read to its end" "$(sql "SELECT count(*) FROM extract_states WHERE part = 'acme/web'")" 0
sql "DELETE FROM system_settings WHERE setting_key = 'etl_daily_batches'" >"$TMP/out"
extract "$github" github_pull_requests "{$web}"
check_is "the next run reads all of it" "$(run_ends) $(stored)" "done 60"
sources_down
done_testing
