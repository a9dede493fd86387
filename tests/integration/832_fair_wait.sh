#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# How long a tenant's batches wait while another tenant has many: without bulk
# queues, and with them. make check-fair does so with 20,000.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
. "$(dirname "$0")/catalogue.sh"
batches=${FAIR_BATCHES:-400}
stores=${FAIR_STORES:-5} # of the other tenant
pause=${FAIR_PAUSE:-0.2} # seconds between two of these
workers=${FAIR_WORKERS:-2}

printf '{"integration_id":1001,"entity_type":"jira_projects_batch","raw_data":[{"id":"1","key":"B","name":"B"}]}' \
	>"$TMP/second"
done_of() { sql "SELECT count(*) FROM raw_extraction_data WHERE tenant_id = $1 AND processing_status = 'completed'"; }
have_done() { [ "$(done_of "$1")" -ge "$2" ]; }

# Sets passed: how many of the first tenant's batches were completed while one of the
# other waited, in the median. Other load changes it little, unlike the time that it took.
measure() { # BULK_BACKLOG BATCHES
	local median slowest rate
	ETL_APP_POOL=4 app_up "bulk_backlog = $1" 'relay_interval = 200' 'relay_min_age = 0'
	second_tenant
	sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items,
		raw_data_bytes, raw_data_sha256) SELECT 1, 1, 'jira_projects_batch',
		'[{\"id\":\"1\",\"key\":\"A\",\"name\":\"A\"}]',
		1, 34, sha256(n::text::bytea) FROM generate_series(1, $2) AS n" >"$TMP/out"
	check "bulk_backlog = $1: $2 batches of one tenant are queued" wait_until 600 all_queued
	check "workers start" env ETL_APP_WORKERS="$workers" "$ETL_SOURCE/deploy/stack" start worker
	wait_until 60 have_done 1 20
	as_tenant 2
	for ((n = 0; n < stores; n++)); do
		api POST raw-data/store --data-binary "@$TMP/second"
		sleep "$pause"
	done
	as_tenant 1
	check "the other tenant's $stores are completed" wait_until 7200 have_done 2 "$stores"
	read -r median slowest rate <<<"$(sql "SELECT round(1000 * percentile_cont(0.5) WITHIN GROUP (ORDER BY w)),
		round(1000 * percentile_disc(0.99) WITHIN GROUP (ORDER BY w)), (SELECT round(count(processed_at)
		/ extract(epoch FROM max(processed_at) - min(processed_at)), 1) FROM raw_extraction_data)
		FROM (SELECT extract(epoch FROM processed_at - created_at) AS w FROM raw_extraction_data
		WHERE tenant_id = 2) AS s" | tr '|' ' ')"
	note "bulk_backlog = $1, $2 batches: the other's wait from store to completed: median $median ms," \
		"p99 $slowest ms; $rate batches a second"
	passed=$(sql "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY n) FROM (
		SELECT (SELECT count(*) FROM raw_extraction_data AS a WHERE a.tenant_id = 1
			AND a.processed_at > b.created_at AND a.processed_at <= b.processed_at) AS n
		FROM raw_extraction_data AS b WHERE b.tenant_id = 2) AS s")
	note "meanwhile $passed batches of the first tenant were completed, in the median"
	app_down
}

measure 0 "${FAIR_BEFORE:-$batches}"
before=$passed
measure 50 "$batches"
check "with bulk queues less than half as many go before the other's ($passed of $before)" \
	[ $((passed * 2)) -lt "$before" ]
done_testing
