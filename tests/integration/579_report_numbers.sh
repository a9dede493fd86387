#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The numbers of reports against those that jq alone works out from the same
# answers: real ones, and the demo batch with half a year of histories.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/transform.sh"
. "$(dirname "$0")/catalogue.sh"
app_up
data=$ETL_SOURCE/tests/data
api GET status-mappings
mappings=$(json 'map({status_from, status_category})')

numbers_are() { # NAME FILE-OF-ISSUES: of the projects there
	jq --slurpfile statuses "$data/jira/statuses.json" --argjson mappings "$mappings" \
		-f "$ETL_SOURCE/tests/reports/flow.jq" "$2" >"$TMP/want.json"
	projects=$(jq -c 'map(.fields.project.key) | unique' "$2")
	api GET 'reports/flow_daily?limit=10000'
	jq --argjson projects "$projects" 'map(select(.project_key | IN($projects[])))' "$BODY" >"$TMP/days.json"
	check_json "$1: arrivals, starts and throughput of each day" \
		"$(jq 'map(select(.arrivals + .starts + .throughput > 0)
			| [.day, .project_key, .arrivals, .starts, .throughput]) | sort' "$TMP/days.json")" \
		"$(jq '.flow | sort' "$TMP/want.json")"
	check_json "$1: what is in progress today" \
		"$(jq 'group_by(.project_key) | map(max_by(.day) | select(.work_in_progress > 0)
			| {(.project_key): .work_in_progress}) | add // {}' "$TMP/days.json")" \
		"$(jq .wip "$TMP/want.json")"
	check_is "$1: each day since the first is there once" \
		"$(jq 'group_by(.project_key) | map((map(.day) | unique | length) == length
			and ((map(.day + "T00:00:00Z" | fromdate) | (max - min) / 86400 + 1) == length)) | all' \
			"$TMP/days.json")" true
	api GET 'reports/cycle_times?limit=10000'
	check_json "$1: percentiles of each week" \
		"$(jq --argjson projects "$projects" 'map(select(.project_key | IN($projects[]))
			| [.week, .project_key, .items]
			+ ([.cycle_time_p50_seconds, .cycle_time_p85_seconds]
			| map(if . == null then null else . * 100 | round / 100 end))) | sort' "$BODY")" \
		"$(jq '.weeks | sort' "$TMP/want.json")"
	note "$(jq -c '[(.flow | length), (.weeks | length), .wip]' "$TMP/want.json") days, weeks, in progress"
}

# -- real answers
store_batch jira_statuses_batch "$data/jira/statuses.json"
process "$BATCH"
store_batch jira_issues_batch "$data/jira/search_with_changelog.json"
check "the real answers are processed" process "$BATCH"
jq .issues "$data/jira/search_with_changelog.json" >"$TMP/issues.json"
numbers_are "real answers" "$TMP/issues.json"

# -- half a year
"$ETL_SOURCE/deploy/demo-batch" 400 2026-01-31 >"$TMP/demo.json"
jq .raw_data "$TMP/demo.json" >"$TMP/search.json"
store_batch jira_issues_batch "$TMP/search.json"
check "the demo batch is processed" process "$BATCH"
jq .issues "$TMP/search.json" >"$TMP/issues.json"
numbers_are "the demo batch" "$TMP/issues.json"

# -- pull requests
page=$data/github/graphql_pull_requests.json
jq '.repository.defaultBranchRef = {name: "main"}' "$page" >"$TMP/page.json"
store_batch github_prs_batch "$TMP/page.json" 2
check "a page of pull requests is processed" process "$BATCH"
jq '[.pullRequests.nodes[] | .author.login as $author
	| ([.reviews.nodes[]? | select(.state != "PENDING" and .author.login != $author and .submittedAt != null)
		| .submittedAt | fromdate] | min) as $first
	| (.createdAt | fromdate) as $made | (.mergedAt // null | if . then fromdate else null end) as $merged
	| {number, pickup: (if $first then $first - $made else null end),
		review: (if $first and $merged then $merged - $first else null end),
		merge: (if $merged then $merged - $made else null end)}]' "$page" >"$TMP/prs.json"
api GET prs
check_json "pickup, review and merge of each" \
	"$(jq 'map({number, pickup: .pickup_seconds, review: .review_seconds, merge: .merge_seconds})
		| sort_by(.number)' "$BODY")" \
	"$(jq 'sort_by(.number)' "$TMP/prs.json")"
api GET reports/pr_times
check_json "their week" "$(jq 'map([.week, .merged, .reviewed, .pickup_p50_seconds, .merge_p85_seconds])' "$BODY")" \
	"$(jq '[.[] | select(.merge)] | [["2025-03-03", length, length, .[0].pickup, .[0].merge]]' "$TMP/prs.json")"
sql "UPDATE repositories SET default_branch = 'main'"
api GET reports/dora_weekly
check_json "a deployment, from its first commit on" \
	"$(jq 'map([.week, .deployments, .failures, .lead_time_p50_seconds])' "$BODY")" \
	"$(jq '[.pullRequests.nodes[] | select(.mergedAt) | ["2025-03-03", 1, 0, (.mergedAt | fromdate)
		- ([.commits.nodes[].commit | .authoredDate // .author.date | sub("[+]02:00$"; "Z")
			| fromdate] | min)]]' "$page")"

# -- numbers worked out by hand: of #1, #2 and #5, all named A, #3 reverts the newest
# before it, #2, and so does #4, later; #6 goes to another branch
sql "INSERT INTO repositories (id, tenant_id, integration_id, external_id, full_name, default_branch)
	VALUES (7700, 1, 2, 'hand', 'Org/Hand', 'main');
	INSERT INTO prs (id, tenant_id, integration_id, external_id, repository_id, number, name, status, destination,
	pr_created_at, first_review_at, merged_at)
	SELECT 7700 + number, 1, 2, 'hand' || number, 7700, number, name, 'merged', branch, made::timestamp,
	review::timestamp, merged::timestamp
	FROM (VALUES (1, 'A', 'main', '2026-01-05 00:00', '2026-01-05 01:00', '2026-01-05 02:00'),
	(2, 'A', 'main', '2026-01-05 00:00', '2026-01-05 04:00', '2026-01-06 00:00'),
	(3, 'Revert \"A\"', 'main', '2026-01-06 00:00', NULL, '2026-01-06 06:00'),
	(4, 'Revert \"A\"', 'main', '2026-01-06 00:00', NULL, '2026-01-06 12:00'),
	(5, 'A', 'main', '2026-01-11 00:00', NULL, '2026-01-12 00:00'),
	(6, 'A', 'work', '2026-01-07 00:00', NULL, '2026-01-07 01:00'))
	AS v (number, name, branch, made, review, merged);
	INSERT INTO prs_commits (tenant_id, integration_id, external_id, pr_id, authored_date)
	VALUES (1, 2, 'h1', 7701, '2026-01-04 22:00'), (1, 2, 'h2', 7701, '2026-01-05 01:00'),
	(1, 2, 'h3', 7702, '2026-01-05 00:00');
	UPDATE prs SET commit_count = (SELECT count(*) FROM prs_commits WHERE pr_id = prs.id)
	WHERE repository_id = 7700"
api GET 'reports/pr_times?repository=org/hand'
check_json "percentiles of a week of pull requests" \
	"$(jq 'map([.week, .merged, .reviewed, .pickup_p50_seconds, .pickup_p85_seconds, .review_p50_seconds,
		.review_p85_seconds, .merge_p50_seconds, .merge_p85_seconds])' "$BODY")" \
	'[["2026-01-05",5,2,9000,12780,37800,61740,21600,60480],["2026-01-12",1,0,null,null,null,null,86400,86400]]'
api GET 'reports/dora_weekly?repository=org/hand'
check_json "deployments, failures, their rate, lead time and time to restore" \
	"$(jq 'map([.week, .deployments, .failures, .change_failure_rate, .lead_time_p50_seconds,
		.time_to_restore_p50_seconds])' "$BODY")" \
	'[["2026-01-05",4,1,0.25,50400,21600],["2026-01-12",1,0,0,null,null]]'

# -- a span of days has the numbers of all days, and each column has its formula; of what
# has no time, neither has a day
sql "INSERT INTO projects (id, tenant_id, integration_id, external_id, key, name)
	VALUES (7701, 1, 1, 'timeless', 'TIMELESS', 'Timeless');
	INSERT INTO work_items (tenant_id, integration_id, external_id, key, project_id)
	VALUES (1, 1, 'timeless', 'TIMELESS-1', 7701)"
for span in "'2026-01-10', '2026-01-20'" "'1990-01-01', '2100-01-01'" "'2012-01-01', '2019-12-31'" \
	"current_date, current_date" "'2100-01-01', '2101-01-01'"; do
	read -r first last <<<"${span/,/}"
	days="SELECT * FROM report.flow_daily WHERE day BETWEEN $first AND $last"
	same="SELECT * FROM report.flow_between($first, $last)"
	check_is "flow_between($span) has the rows of flow_daily" \
		"$(sql "($days EXCEPT ALL $same) UNION ALL ($same EXCEPT ALL $days)")" ""
done

# -- a day is one of UTC, whatever the time zone that a BI tool sets: on the dates of
# today's neighbours, too
sql "UPDATE work_items SET created = now() AT TIME ZONE 'UTC' WHERE id = (SELECT min(id) FROM work_items
	WHERE project_id = (SELECT id FROM projects WHERE key = 'DEMO'))"
days="SELECT md5(string_agg(f::text, ' ' ORDER BY day, project_id)), max(day) = (now() AT TIME ZONE 'UTC')::date
	FROM (SELECT * FROM report.flow_daily WHERE day > '2026-01-01' UNION ALL
	SELECT * FROM report.flow_between('2026-01-02', '2100-01-01')) AS f"
for zone in '<+24>-24' '<-24>+24'; do
	check_is "flow_daily ends today in UTC, at $zone" "$(PGTZ=$zone sql "$days")" "$(PGTZ=UTC sql "$days")"
done
check_match "which is today" "$(PGTZ=UTC sql "$days")" '[|]t$'
for column in $(sql "SELECT DISTINCT attname FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid
	WHERE relnamespace = 'report'::regnamespace AND attnum > 0 AND relname IN ('flow_daily', 'cycle_times',
	'pr_times', 'deployments', 'dora_weekly', 'etl_health') AND attname NOT IN ('tenant_id', 'day', 'week',
	'project_id', 'project_key', 'repository_id', 'repository', 'pull_request_id', 'number', 'title',
	'integration_id', 'integration', 'type')"); do
	grep -q "^|.*\`$column\`.*|" "$ETL_SOURCE/docs/metrics.md" || echo "$column"
done >"$TMP/untold"
check_is "docs/metrics.md tells each number of the reports" "$(cat "$TMP/untold")" ""
done_testing
