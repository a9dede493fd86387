#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A tenth of all batches is pending, the newest; as many failed, the oldest: what
# the statistics say of the whole table holds nowhere in it. Lists, counts,
# metrics and the relay's rounds read none of the rows between, as auto_explain
# and tests/plans/judge see it.
. "$(dirname "$0")/lib.sh"
log=$ETL_STACK/logs/postgres.log
explain_all() {
	local setting
	for setting in session_preload_libraries=auto_explain \
		auto_explain.log_min_duration=0 auto_explain.log_analyze=on \
		auto_explain.log_timing=off auto_explain.log_buffers=on \
		auto_explain.log_format=json; do
		super -d "$ETL_DATABASE" -c "ALTER ROLE pulse_etl IN DATABASE
			\"$ETL_DATABASE\" SET ${setting%%=*} = '${setting#*=}'"
	done
}
servers_up
ETL_APP_BEFORE=explain_all ETL_APP_POOL=1 app_up 'relay_interval = 200' 'relay_chores = 1'
app stop relay
super <<-'SQL' >"$TMP/out"
	SET session_replication_role = replica;
	INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items,
		raw_data_bytes, raw_data_sha256, queued_at, processing_status, processed_at, created_at)
	SELECT 1, 1 + n % 2, CASE WHEN n <= 20000 THEN 'jira_projects_batch' ELSE 'jira_issues_batch' END,
		'[1]', 1, 3, sha256('[1]'), now(),
		CASE WHEN n <= 10000 THEN 'failed' WHEN n <= 90000 THEN 'completed' ELSE 'pending' END,
		CASE WHEN n <= 90000 THEN now() END, now() - (100001 - n) * interval '10 seconds'
	FROM generate_series(1, 100000) AS n;
SQL
# What triggers were not asked to note, and the statistics.
super -c "INSERT INTO raw_extraction_changes SELECT tenant_id, date_trunc('minute', created_at),
	integration_id, entity_type, processing_status, count(*), sum(raw_data_bytes)
	FROM raw_extraction_data GROUP BY 1, 2, 3, 4, 5;
	INSERT INTO raw_extraction_counts SELECT 1, 0, count(*) FROM raw_extraction_data;" >"$TMP/out"
super -c "VACUUM ANALYZE raw_extraction_data" >"$TMP/out"
app start relay
summed() { sql_is 0 'SELECT count(*) FROM raw_extraction_changes'; }
check "the relay has added up" wait_until 30 summed
super -c "VACUUM ANALYZE raw_extraction_series, raw_extraction_changes" >"$TMP/out"
offset=$(stat -c %s "$log")
# Twice each: a statement put together goes by the values, a named one by none.
for path in 'raw-data?processing_status=pending' 'raw-data?processing_status=failed&cursor=9000' \
	'raw-data?processing_status=pending&entity_type=jira_issues_batch&integration_id=1&cursor=95000' \
	'raw-data?processing_status=failed&integration_id=1' 'raw-data?entity_type=jira_projects_batch' \
	'raw-data?entity_type=jira_projects_batch&cursor=15000' raw-data/counts raw-data/states metrics; do
	for _ in 1 2 3 4 5 6; do api GET "$path"; done
	check_is "$path" "$STATUS" 200
done
api GET 'raw-data?processing_status=failed&limit=3&cursor=9000'
check_is "the page of those that failed" "$(json '[.raw_data_records[].id]' | jq -c .)" '[8999,8998,8997]'
api GET 'raw-data?entity_type=jira_projects_batch&limit=2'
check_is "the page of a type" "$(json '[.raw_data_records[].id]' | jq -c .)" '[20000,19999]'
api GET 'raw-data?processing_status=pending&integration_id=2&limit=2'
check_is "the page of what is pending" "$(json '[.raw_data_records[].id]' | jq -c .)" '[99999,99997]'
api GET raw-data/states
check_is "all that is pending is counted" \
	"$(json '.states[] | select(.processing_status == "pending") | .batches')" 10000
sleep 3 # chores of every second
app stop pool
app stop relay
check "no statement reads what lies between" "$ETL_SOURCE/tests/plans/judge" "$log" "$offset" \
	"$ETL_DATABASE" "$ETL_SOURCE" "$ETL_BUILD" 11000 1500
note "$(tail -n 1 "$TMP/check.out" | cut -c 1-200)"
done_testing
