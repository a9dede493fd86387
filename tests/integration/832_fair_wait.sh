#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# How long a tenant's batches wait while another tenant has many: without bulk
# queues, and with them. make check-fair does so with 20,000.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
. "$(dirname "$0")/catalogue.sh"
batches=${FAIR_BATCHES:-800}
stores=${FAIR_STORES:-6} # of the other tenant, one a second
workers=${FAIR_WORKERS:-2}

printf '{"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[{"id":"1","key":"A","name":"A"}]}' \
	>"$TMP/first"
printf '{"integration_id":1001,"entity_type":"jira_projects_batch","raw_data":[{"id":"1","key":"B","name":"B"}]}' \
	>"$TMP/second"
done_of() { sql "SELECT count(*) FROM raw_extraction_data WHERE tenant_id = $1 AND processing_status = 'completed'"; }
have_done() { [ "$(done_of "$1")" -ge "$2" ]; }
all_done_within() { wait_until "$1" sql_is 0 "SELECT count(*) FROM raw_extraction_data
	WHERE processing_status <> 'completed'"; }

# Sets median, slowest (p99 of so many, in ms) and rate (batches a second).
measure() { # BULK_BACKLOG
	ETL_APP_POOL=8 app_up "bulk_backlog = $1" 'relay_interval = 500'
	second_tenant
	curl -sZ -K "$ETL_CURLRC" --noproxy '*' --parallel-max 8 -H 'Content-Type: application/json' \
		--data-binary "@$TMP/first" -o "$TMP/out" -w '%{http_code}\n' \
		"$ETL_URL/app/etl/raw-data/store?tenant_id=1#[1-$batches]" >"$TMP/codes" 2>"$TMP/curl.err"
	check_is "bulk_backlog = $1: $batches batches of one tenant are stored" \
		"$(sort "$TMP/codes" | uniq -c | tr -s ' \n' ' ')" " $batches 201 "
	check "workers start" env ETL_APP_WORKERS="$workers" "$ETL_SOURCE/deploy/stack" start worker
	wait_until 30 have_done 1 20
	as_tenant 2
	for ((n = 0; n < stores; n++)); do
		api POST raw-data/store --data-binary "@$TMP/second"
		sleep 1
	done
	as_tenant 1
	check "the other tenant's $stores are completed" wait_until 3600 have_done 2 "$stores"
	check "so are all" all_done_within 3600
	read -r median slowest rate <<<"$(sql "SELECT round(1000 * percentile_cont(0.5) WITHIN GROUP (ORDER BY w)),
		round(1000 * percentile_disc(0.99) WITHIN GROUP (ORDER BY w)), (SELECT round(count(*)
		/ extract(epoch FROM max(processed_at) - min(processed_at)), 1) FROM raw_extraction_data)
		FROM (SELECT extract(epoch FROM processed_at - created_at) AS w FROM raw_extraction_data
		WHERE tenant_id = 2) AS s" | tr '|' ' ')"
	note "bulk_backlog = $1: the other's wait from store to completed: median $median ms, p99 $slowest ms;" \
		"$rate batches a second"
	app_down
}

measure 0
before=$median
measure 50
check "with bulk queues the other's median wait ($median ms) is less than a third of $before ms" \
	[ $((median * 3)) -lt "$before" ]
done_testing
