#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# 10,000 stores at 16 connections: rows = messages.
. "$(dirname "$0")/lib.sh"
ETL_APP_POOL=16 app_up

"$ETL_SOURCE/deploy/demo-batch" 1 >"$TMP/one.json"
curl -sZ -K "$ETL_CURLRC" --parallel-max 16 -H 'Content-Type: application/json' --data-binary "@$TMP/one.json" \
	-o "$TMP/out" -w '%{http_code}\n' "$ETL_URL/app/etl/raw-data/store?tenant_id=1#[1-10000]" \
	>"$TMP/codes" 2>"$TMP/curl.err"
check_is "10,000 stores at 16 connections: each 201" "$(sort "$TMP/codes" | uniq -c | tr -s ' \n' ' ')" " 10000 201 "
check_is "10,000 rows" "$(sql "SELECT count(*) FROM raw_extraction_data")" 10000
check "10,000 messages" wait_until 20 transform_has 10000
check "all marked as queued" wait_until 10 sql_is 10000 "SELECT count(queued_at) FROM raw_extraction_data"
sleep 7 # longer than relay_min_age: the relay would have queued again by now
check_is "none was queued twice" "$(transform_depth)" 10000
# shellcheck disable=SC2154 # messages.sh has it
check_is "a message for each row" \
	"$(for name in "${transform_queues[@]}"; do queue_take "$name" 10000; done | jq -r .raw_data_id | sort -n |
		uniq | wc -l)" 10000
check_is "the marks were written in groups, most of them heap-only" \
	"$(sql "SELECT pg_stat_force_next_flush() IS NOT NULL, n_tup_upd >= 10000, n_tup_hot_upd > n_tup_upd * 0.3
		FROM pg_stat_user_tables WHERE relname = 'raw_extraction_data'")" "t|t|t"
done_testing
