#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Routes that read what was loaded, batches and their counts, by curl: each answers
# rows, page after page. ROUTE_ROWS is how many work items, records and batches there are;
# ROUTE_MS what the median of ROUTE_TRIES may take (make check-routes: a million,
# 100 ms, 11). A table of the medians is what docs/performance.md has.
. "$(dirname "$0")/lib.sh"
rows=${ROUTE_ROWS:-3000}
tries=${ROUTE_TRIES:-1}
ETL_APP_POOL=1 app_up
check "the tables are filled with $rows work items" \
	super -v rows="$rows" -f "$ETL_SOURCE/tests/reports/fill.sql"
# As many batches, of 8 years, without triggers; then what migrations make of them. One
# integration has sent nothing since the first tenth.
super -c "SET session_replication_role = replica;
	INSERT INTO integrations (id, tenant_id, provider, product, type)
	VALUES (7, 1, 'Silent', 'jira', 'data_source');
	INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, processing_status, raw_data,
	raw_data_items, raw_data_bytes, raw_data_sha256, queued_at, processed_at, created_at)
	SELECT 1, CASE WHEN n <= $rows / 10 THEN 7 ELSE 1 + n % 2 END,
	CASE WHEN n % 2 = 0 THEN 'jira_issues_batch' ELSE 'github_prs_batch' END,
	CASE WHEN n % 100 = 0 THEN 'failed' ELSE 'completed' END, '[]', 0, 7000, sha256('[]'), now(), now(),
	(now() AT TIME ZONE 'UTC') - ($rows - n) * interval '8 years' / $rows
	FROM generate_series(1, $rows) AS n"
sed -n '/^SELECT set_config/,/^ANALYZE/p' "$ETL_SOURCE"/migrations/*_counts_by_time.up.sql >"$TMP/series.sql"
check "and $rows batches are counted" super -f "$TMP/series.sql"
super -c 'VACUUM ANALYZE raw_extraction_data, raw_extraction_series' >"$TMP/out"
check_is "all of them" "$(super -c 'SELECT sum(batches) FROM raw_extraction_series WHERE minutes = 1')" "$rows"

# As many records, of two types.
super -c "SET session_replication_role = replica;
	INSERT INTO records (tenant_id, integration_id, entity_type, external_id, updated, fields)
	SELECT 1, 1, CASE WHEN n % 100 = 0 THEN 'incidents' ELSE 'hours' END, 'r' || n,
	(now() AT TIME ZONE 'UTC') - ($rows - n) * interval '8 years' / $rows, '{\"title\": \"a record\"}'
	FROM generate_series(1, $rows) AS n"
super -c 'VACUUM ANALYZE records' >"$TMP/out"

median() { # URL; sets MEDIAN, ms, and CODES, the different statuses
	local n
	for ((n = 0; n < tries; n++)); do
		curl -sS -g --noproxy '*' -K "$ETL_CURLRC" -o "$BODY" -D "$HEADERS" \
			-w '%{time_total} %{http_code}\n' "$1"
	done | sort -n >"$TMP/times"
	MEDIAN=$(awk '{ t[NR] = $1 } END { printf "%.1f", t[int((NR + 1) / 2)] * 1000 }' "$TMP/times")
	CODES=$(awk '{ print $2 }' "$TMP/times" | sort -u | tr '\n' ' ')
}
look() { # PATH [PAGES]: so many pages, the last one measured
	local url=$ETL_URL/app/etl/$1 page next
	for ((page = 1; page < ${2-1}; page++)); do
		curl -sS -g --noproxy '*' -K "$ETL_CURLRC" -o "$BODY" -D "$HEADERS" "$url"
		next=$(header X-Next-Cursor)
		[ -n "$next" ] || next=$(jq -r '.next_cursor? // empty' "$BODY")
		[ -n "$next" ] || break
		url="$ETL_URL/app/etl/$1&cursor=$next"
	done
	median "$url"
	local count='if type == "array" then length elif .states then .states | map(.batches) | add
		elif .raw_data_records then .raw_data_records | length else .buckets | map(.received) | add end'
	check "$1: has rows ($(jq "$count" "$BODY" | tr -d '\n'), $MEDIAN ms)" jq -e "($count) > 0" "$BODY"
	check_is "$1: 200" "$CODES" '200 '
	[ -z "${ROUTE_MS-}" ] || check "$1: within $ROUTE_MS ms" awk "BEGIN { exit !($MEDIAN <= $ROUTE_MS) }"
	echo "| \`$1\`${2+, page $page} | $MEDIAN |" >>"$TMP/table"
}
since=$(date -u -d '-90 days' +%Y-%m-%d)
half=$(date -u -d '-180 days' +%Y-%m-%d)
year=$(date -u -d '-360 days' +%Y-%m-%d)
old=$(date -u -d '-5 years' +%Y-%m-%d)
look 'work-items?limit=50'
look 'work-items?limit=50' 20
look 'work-items?limit=50&project=REP1'
look 'work-items?limit=50&status=Closed'
look "work-items?limit=50&status_category=In%20Progress"
look "work-items?limit=50&updated_after=$since"
look "work-items?limit=50&project=REP1&from=$since"
look "work-items?limit=50&from=$since"
look 'work-items?limit=50&key=REP1-1'
look 'prs?limit=50'
look 'prs?limit=50' 20
look 'prs?limit=50&repository=report/rep1'
look "prs?limit=50&from=$since"
look 'repositories?limit=50'
look 'records?limit=50&entity_type=incidents'
look 'records?limit=50&entity_type=incidents' 20
look "records?limit=50&updated_after=$since"
look 'reports/status_changes?limit=50'
look 'reports/status_changes?limit=50&work_item_key=REP1-1'
look "reports/status_changes?limit=50&from=$since"
look "reports/flow_daily?project=REP1&from=$half"
look "reports/cycle_times?project=REP1&from=$half"
look "reports/pr_times?repository=report/rep1&from=$half"
look "reports/pr_times?from=$half"
look "reports/deployments?limit=50&repository=report/rep1"
look "reports/deployments?limit=50&from=$half"
look "reports/dora_weekly?repository=report/rep1&from=$half"
look 'reports/etl_health'
look 'raw-data/states'
look 'raw-data?limit=50'
look 'raw-data?limit=50' 20
look 'raw-data?limit=50&processing_status=failed'
look 'raw-data?limit=50&integration_id=7'
look 'raw-data?limit=50&integration_id=7' 20
look "raw-data?limit=50&integration_id=7&created_before=$old"
look 'raw-data?limit=50&integration_id=7&entity_type=jira_issues_batch'
look "raw-data?limit=50&integration_id=1&created_after=$since"
look 'raw-data?limit=50&entity_type=jira_issues_batch&integration_id=1'
look 'raw-data/counts'
look "raw-data/counts?bucket=1d&created_after=$old"
look "raw-data/counts?bucket=1h&created_after=$(date -u -d '-80 days' +%Y-%m-%d)"
look "raw-data/counts?bucket=1d&created_after=$year&entity_type=jira_issues_batch&integration_id=1"
look "raw-data/counts?bucket=1m&created_after=$old&created_before=$old"'T23:59:59Z&processing_status=completed'
note "medians of $tries, ms, with $rows rows:
$(cat "$TMP/table")"
[ -z "${ROUTE_TABLE-}" ] || cp "$TMP/table" "$ROUTE_TABLE"
done_testing
