#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What was loaded, by HTTP: lists with filters, pages, members by choice, as
# JSON, CSV and lines of JSON; single rows with their parts; each tenant's own.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/catalogue.sh"
app_up
second_tenant
super -d "$PGDATABASE" <<'SQL' >"$TMP/out" 2>&1
SET app.every_tenant = on;
INSERT INTO projects (id, tenant_id, integration_id, external_id, key, name)
VALUES (51, 1, 1, 'p', 'ONE', 'First'), (52, 1, 1, 'q', 'TWO', 'Second'), (53, 2, 1001, 'p', 'ONE', 'Theirs');
INSERT INTO statuses (id, tenant_id, integration_id, external_id, original_name, category)
VALUES (51, 1, 1, 'r51', 'Waiting', 'To Do'), (52, 1, 1, 'r52', 'Closed', 'Done');
INSERT INTO work_items (id, tenant_id, integration_id, external_id, key, project_id, status_id, summary, created,
	updated, work_first_started_at, work_last_completed_at, total_cycle_time_seconds,
	total_lead_time_seconds, story_points, history_complete)
SELECT n, 1, 1, 'w' || n, 'ONE-' || n, 51 + (n > 10)::int, 51 + (n % 2),
	CASE n WHEN 2 THEN E'a "b", c\nd' ELSE 's' END,
	'2026-01-01'::timestamp + n * interval '1 day', '2026-03-01'::timestamp + n * interval '1 day',
	'2026-01-02'::timestamp + n * interval '1 day',
	CASE WHEN n % 2 = 1 THEN '2026-01-03'::timestamp + n * interval '1 day' END,
	CASE WHEN n % 2 = 1 THEN n * 100.5 END, CASE WHEN n % 2 = 1 THEN n * 200 END, n, true
FROM generate_series(1, 12) AS n;
INSERT INTO work_items (id, tenant_id, integration_id, external_id, key, project_id)
VALUES (99, 2, 1001, 'w', 'ONE-1', 53), (98, 2, 1001, 'v', 'ONE-2', 53);
UPDATE work_items SET active = false WHERE id = 98;
INSERT INTO changelogs (id, tenant_id, integration_id, work_item_id, external_id, from_status_id, to_status_id,
	transition_change_date)
VALUES (1, 1, 1, 1, 'b', 51, 52, '2026-01-04'), (2, 1, 1, 1, 'a', 52, 51, '2026-01-03'),
	(3, 1, 1, 3, '1000', 51, 52, '2026-01-04'), (4, 1, 1, 3, '999', 52, 51, '2026-01-04');
INSERT INTO repositories (id, tenant_id, integration_id, external_id, full_name, default_branch)
VALUES (51, 1, 2, 'r', 'Org/Repo', 'main');
INSERT INTO prs (id, tenant_id, integration_id, external_id, repository_id, number, name, status, destination,
	pr_created_at, first_review_at, merged_at, commit_count)
SELECT n, 1, 2, 'x' || n, 51, n, CASE n WHEN 3 THEN 'Revert "T1"' ELSE 'T' || n END, 'merged', 'main',
	'2026-01-05'::timestamp, '2026-01-05 01:00'::timestamp, '2026-01-05'::timestamp + n * interval '2 hours', n
FROM generate_series(1, 3) AS n;
INSERT INTO prs_reviews (tenant_id, integration_id, external_id, pr_id, author_login, state)
VALUES (1, 2, 'v', 1, 'ada', 'APPROVED');
INSERT INTO prs_commits (tenant_id, integration_id, external_id, pr_id, author_email, authored_date)
VALUES (1, 2, 'sha', 1, 'hidden@example.com', '2026-01-04 23:00'), (1, 2, 'second', 2, NULL, '2026-01-04 23:00'),
	(1, 2, 'third', 3, NULL, '2026-01-04'), (1, 2, 'fourth', 3, NULL, NULL), (1, 2, 'fifth', 3, NULL, '2026-01-05');
INSERT INTO prs_comments (tenant_id, integration_id, external_id, pr_id, body) VALUES (1, 2, 'm', 1, 'hello');
SQL
check_is "the rows are there" "$(cat "$TMP/out")" ""
is() { # NAME PATH FILTER WANT
	api GET "$2"
	check_is "$1" "$STATUS $(answer "$3")" "200 $4"
}

# -- the members are the columns of the views
request GET /app/etl/openapi.json
cp "$BODY" "$TMP/openapi.json"
while read -r shape view; do
	check_is "$view: a member for each column, of its type" \
		"$(jq -r --arg shape "$shape" '.components.schemas[$shape].items.properties | to_entries[] |
			.key + " " + (.value | (.type | arrays[0] // .) + " " + (.format // ""))' \
			"$TMP/openapi.json")" \
		"$(sql "SELECT attname || ' ' || CASE WHEN atttypid = 'timestamp'::regtype THEN 'string date-time'
			ELSE CASE format_type(atttypid, -1) WHEN 'integer' THEN 'integer' WHEN 'bigint' THEN 'integer'
			WHEN 'numeric' THEN 'number' WHEN 'double precision' THEN 'number' WHEN 'boolean' THEN 'boolean'
			WHEN 'jsonb' THEN 'object'
			ELSE 'string' END || ' ' END FROM pg_attribute WHERE attrelid = 'report.$view'::regclass
			AND attnum > 0 AND attname <> 'tenant_id' ORDER BY attnum")"
done <<-'VIEWS'
	work_item_list work_items
	status_change_list status_changes
	pull_request_list pull_requests
	flow_daily_list flow_daily
	cycle_time_list cycle_times
	pr_time_list pr_times
	deployment_list deployments
	dora_weekly_list dora_weekly
	etl_health_list etl_health
	record_list records
VIEWS

# -- filters
is "all work items, by id" work-items 'map(.id)' '[1,2,3,4,5,6,7,8,9,10,11,12]'
is "of a project" 'work-items?project=TWO' 'map(.id)' '[11,12]'
is "in a status" 'work-items?status=Closed&project=TWO' 'map([.key,.status_category])' '[["ONE-11","Done"]]'
is "of a category" 'work-items?status_category=To%20Do' 'map(.id)' '[2,4,6,8,10,12]'
is "by key" 'work-items?key=ONE-3' 'map([.id,.total_cycle_time_seconds,.story_points,.completed_at])' \
	'[[3,301.5,3,"2026-01-06T00:00:00.000000Z"]]'
is "changed after a time" 'work-items?updated_after=2026-03-11T00:00:00Z' 'map(.id)' '[11,12]'
is "the same with an offset" 'work-items?updated_after=2026-03-11T02:00:00%2B02:00' 'map(.id)' '[11,12]'
is "completed in a time" 'work-items?from=2026-01-06&to=2026-01-10' 'map(.id)' '[3,5]'
is "a filter that finds none" 'work-items?project=NONE' . '[]'
is "what looks like SQL is a text" "work-items?key=%27%20OR%20true--" . '[]'
is "pull requests of a repository, whatever its case" 'prs?repository=org/repo&from=2026-01-05T04:00Z' \
	'map([.number,.pickup_seconds,.review_seconds,.merge_seconds])' '[[2,3600,10800,14400],[3,3600,18000,21600]]'
is "repositories" repositories 'map(.full_name)' '["Org/Repo"]'

# -- reports
is "days without an event are there" 'reports/flow_daily?project=TWO&from=2026-01-11&to=2026-01-16' \
	'map([.day,.arrivals,.starts,.throughput,.work_in_progress])' \
	'[["2026-01-12",1,0,0,0],["2026-01-13",1,1,0,1],["2026-01-14",0,1,1,1],["2026-01-15",0,0,0,1]]'
is "weeks of completion" 'reports/cycle_times?project=ONE' \
	'map([.week,.items,.cycle_time_p50_seconds,.lead_time_p85_seconds])' \
	'[["2025-12-29",1,100.5,200],["2026-01-05",3,502.5,1280],["2026-01-12",1,904.5,1800]]'
is "weeks of merge" reports/pr_times 'map([.week,.merged,.pickup_p50_seconds,.merge_p50_seconds])' \
	'[["2026-01-05",3,3600,14400]]'
is "those that begin before a time" 'reports/pr_times?to=2026-01-06' 'map(.merged)' '[3]'
is "and at one or later" 'reports/pr_times?from=2026-01-06&to=2026-01-13' . '[]'
# Of the second one a commit is missing, of the third a date.
is "deployments, one of them reverted" reports/deployments 'map([.number,.first_commit_at,.reverted_at])' \
	'[[1,"2026-01-04T23:00:00.000000Z","2026-01-05T06:00:00.000000Z"],[2,null,null],[3,null,null]]'
is "those since a time, itself counted" 'reports/deployments?from=2026-01-05T04:00Z' 'map(.number)' '[2,3]'
is "the numbers of DORA" reports/dora_weekly \
	'map([.deployments,.failures,(.change_failure_rate*3|round),.lead_time_p50_seconds]
		+ [.time_to_restore_p50_seconds])' \
	'[[3,1,1,10800,14400]]'
is "changes of status" 'reports/status_changes?work_item_key=ONE-1&from=2026-01-04' 'map([.from_status,.to_status])' \
	'[["Waiting","Closed"]]'
is "those since a time, of all items" 'reports/status_changes?from=2026-01-04' 'map(.id)' '[1,3,4]'
is "those since a time when there was none" 'reports/status_changes?from=2026-02-01' . '[]'
is "integrations" 'reports/etl_health' 'map(.failed)|add' 0

# -- single rows
is "an item has its changes, oldest first" work-items/1 '[.key,(.changes|map(.id))]' '["ONE-1",[2,1]]'
is "those of one time as the history has them" work-items/3 '.changes|map(.id)' '[4,3]'
is "a pull request has its parts" prs/1 '[.number,.reviews[0].author,.commits[0].sha,.comments[0].body]' \
	'[1,"ada","sha","hello"]'
check_fails "and no addresses of people" grep -q hidden "$BODY"
for path in work-items/99 work-items/98 prs/77; do
	api GET $path
	check_is "$path is not there" "$STATUS $(json .code)" "404 no_row"
done

# -- pages
pages() { # PATH FILTER: of all pages, and how many there were
	local path=$1 all=() count=0
	while :; do
		api GET "$path"
		[ "$STATUS" = 200 ] || break
		count=$((count + 1))
		all+=("$(answer "$2")")
		[ -n "$(header X-Next-Cursor)" ] && [ $count -lt 50 ] || break
		path=$(header Link | sed 's|^<||; s|>.*||; s|^/app/etl/||')
	done
	echo "$count $(printf '%s\n' "${all[@]}" | jq -cs add)"
}
check_is "pages skip nothing" "$(pages 'work-items?limit=5' 'map(.id)')" '3 [1,2,3,4,5,6,7,8,9,10,11,12]'
check_is "with a filter, too" "$(pages 'work-items?limit=4&status_category=Done' 'map(.id)')" '2 [1,3,5,7,9,11]'
check_is "and where two numbers say which row it is" \
	"$(pages 'reports/flow_daily?limit=1&from=2026-01-12&to=2026-01-14' 'map([.day,.project_key])')" \
	'4 [["2026-01-12","ONE"],["2026-01-12","TWO"],["2026-01-13","ONE"],["2026-01-13","TWO"]]'
api GET 'work-items?cursor=00'
check_is "a cursor of somebody else's is refused" "$STATUS $(json .errors[0].type)" "400 cursor"

# -- members
is "members by choice, in their order" 'work-items?fields=key,id&limit=1' . '[{"key":"ONE-1","id":1}]'
for fields in nothing id,id 'id,' ','; do
	api GET "work-items?fields=$fields"
	check_is "fields=$fields is refused" "$STATUS $(json '.errors[0].loc[1]')" "400 fields"
done
api GET 'work-items?projekt=ONE'
check_is "a filter that is not there is refused" "$STATUS" 400

# -- forms
as_form() { # ACCEPT PATH
	api GET "$2" -H "Accept: $1"
	header Content-Type
}
fields=id,summary,team,total_cycle_time_seconds,history_complete
check_is "CSV" "$(as_form text/csv "work-items?fields=$fields&limit=2")" text/csv
check_is "has a head, quotes and CRLF" "$(cat -A "$BODY")" \
	"$(printf '%s^M$\n1,s,,100.5,true^M$\n2,"a ""b"", c$\nd",,,true^M$' $fields)"
check_is "a NULL that is all of its row is no empty line, which readers skip" \
	"$(as_form text/csv 'work-items?fields=completed_at&limit=3'; tr -d '\r' <"$BODY")" \
	"$(printf 'text/csv\ncompleted_at\n%s\n""\n%s' 2026-01-04T00:00:00.000000Z 2026-01-06T00:00:00.000000Z)"
check_is "it varies" "$(header Vary)" Accept
check_is "a list without rows is its head" \
	"$(as_form text/csv 'prs?repository=none&fields=id'; cat "$BODY")" "$(printf 'text/csv\nid\r')"
check_is "lines of JSON" "$(as_form application/x-ndjson 'work-items?fields=id&limit=3'; cat "$BODY")" \
	"$(printf 'application/x-ndjson\n{"id":1}\n{"id":2}\n{"id":3}')"
check "their next page is named as well" [ -n "$(header X-Next-Cursor)" ]
check_is "the weights of Accept count" \
	"$(as_form 'application/json;q=0.5, text/csv;q=0.9' 'work-items?limit=1')" text/csv
for accept in '*/*' 'image/png' 'text/csv;q=0' 'text/csv;q=0.2, application/json' ';;,,q='; do
	check_is "Accept: $accept is JSON" "$(as_form "$accept" 'work-items?limit=1')" application/json
done

# -- versions
api GET 'work-items?limit=2'
tag=$(header ETag)
api GET 'work-items?limit=2' -H "If-None-Match: $tag"
check_is "what the client has is not sent again" "$STATUS $(wc -c <"$BODY")" "304 0"
sql "UPDATE work_items SET summary = 'new' WHERE id = 1"
api GET 'work-items?limit=2' -H "If-None-Match: $tag"
check_is "until it is another" "$STATUS $(json '.[0].summary')" "200 new"
api GET 'work-items?fields=key&limit=12'
tag=$(header ETag)
sql "INSERT INTO work_items (id, tenant_id, integration_id, external_id, key) VALUES (13, 1, 1, 'w13', 'ONE-13')"
api GET 'work-items?fields=key&limit=12' -H "If-None-Match: $tag"
check_is "a page behind which there is one now is another" "$STATUS $(header X-Next-Cursor | grep -c .)" "200 1"
api GET work-items/1
api GET work-items/1 -H "If-None-Match: $(header ETag)"
check_is "nor is one row" "$STATUS" 304

# -- tenants
as_tenant 2
is "another tenant has its own" work-items 'map([.id,.key])' '[[99,"ONE-1"]]'
is "also of the reports" reports/flow_daily . '[]'
is "and of a project of the same key" 'work-items?project=ONE' 'map(.id)' '[99]'
api GET work-items/1
check_is "and finds no other's" "$STATUS" 404
TOKEN_FILE=/dev/null api GET work-items
check_is "without a token there is nothing" "$STATUS" 401
done_testing
