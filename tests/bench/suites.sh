# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Which cells there are.
# shellcheck disable=SC2154 # of run and cells.sh

# The floor, the service and its peers in turn, on the same servers.
store_all() { # CASE N ISSUES
	local file name
	file=$(body "$3")
	empty
	floor "$1" "$2" store "$file"
	stored_all "$1" "$2"
	empty
	service "$1" "$2" POST /app/etl/raw-data/store "$file"
	stored_all "$1" "$2"
	for name in "${peers[@]}"; do
		# They take minutes for what the floor does in seconds.
		[ "$3" != 10000 ] || [ "$name" = fcgi_floor ] || continue
		peer_empty
		peer "$name" "$1" "$2" "$file"
		stored_all "$1" "$2" "$peers_database"
	done
}

# What nobody counts: every responder and every peer's connection has stored
# something before the first cell, so that no cell has 16 logins and cold caches.
warm() {
	local name n=$((2 * BENCH_POOL)) kept=$work/lines.kept
	touch "$work/lines"
	cp "$work/lines" "$kept"
	empty
	service warm "$n" POST /app/etl/raw-data/store "$(body 1)"
	service warm "$BENCH_POOL" POST /app/etl/raw-data/store "$(body 100)"
	for name in "${peers[@]}"; do
		peer "$name" warm "$n" "$(body 1)"
		peer "$name" warm "$BENCH_POOL" "$(body 100)"
	done
	peer_empty
	mv "$kept" "$work/lines"
}

# As many responders as there are in production on such a machine, or the
# number that is asked for. Batches of 10,000 issues have 42 MB: four at a time
# are enough for two cores and for the memory of the database's sessions.
suite_store() {
	local n issues round
	pool "$BENCH_POOL"
	peers_up
	warm
	for n in 1 4 8 32; do
		for issues in 1 100 1000 10000; do
			case $n-$issues in 4-1 | 4-100 | 4-1000 | 8-10000 | 32-10000) continue ;; esac
			wanted "store-$issues-at-$n" || continue
			for ((round = 1; round <= BENCH_ROUNDS; round++)); do
				store_all "store-$issues" "$n" "$issues"
			done
		done
	done
	empty
	peer_empty
}

# Rows as they are after batches of 100 issues were stored. Their payload is
# small: neither a list nor a status looks at it. 500 in a transaction, so that,
# as with stores, none writes a row of raw_extraction_counts twice: its older
# versions could not be taken away meanwhile.
rows() { # COUNT STATUS
	sql "DO \$\$ BEGIN FOR start IN 1..$1 BY 500 LOOP
	INSERT INTO raw_extraction_data (tenant_id, integration_id,
		entity_type, external_id, raw_data, raw_data_items,
		raw_data_bytes, raw_data_sha256, queued_at, processing_status,
		created_at)
	SELECT 1, 1, 'jira_issues_batch', 'batch_' || n, '{\"issues\": []}', 100,
		434000, sha256(n::text::bytea), now(), '$2',
		now() - (n || ' milliseconds')::interval
	FROM generate_series(start, start + 499) AS n;
	COMMIT; END LOOP; END \$\$"
	sql 'VACUUM ANALYZE raw_extraction_data'
}

list_sql="SELECT id, tenant_id, integration_id, entity_type, external_id,
	processing_status, created_at, processed_at, raw_data_items,
	raw_data_bytes, error_details IS NOT NULL, queued_at, attempts
FROM raw_extraction_data WHERE tenant_id = 1 AND active
ORDER BY id DESC LIMIT 50"

# The last of two requests for an id may not have been sent when time was up.
all_pending="UPDATE raw_extraction_data SET processing_status = 'pending'
WHERE processing_status <> 'pending'"

suite_read() {
	local count n
	pool 4
	for count in 10000 100000; do
		wanted "list-50-of-$count" || continue
		empty
		rows "$count" completed
		echo "$list_sql" >"$work/list.sql"
		in_turn "list-50-of-$count" 1 "query $work/list.sql" \
			"GET /app/etl/raw-data -"
	done
	if wanted get-record; then
		empty
		curl -sS -K "$ETL_CURLRC" -H 'Content-Type: application/json' \
			--data-binary "@$(body 1000)" -o "$work/stored" \
			"$ETL_URL/app/etl/raw-data/store"
		echo 'SELECT raw_data::text FROM raw_extraction_data
			WHERE tenant_id = 1 AND active' >"$work/get.sql"
		for n in 1 4; do
			in_turn get-record "$n" "query $work/get.sql" \
				"GET /app/etl/raw-data/$(jq .raw_data_id "$work/stored") -"
		done
	fi
	if wanted put-status; then
		echo '{"status": "processing"}' >"$work/bodies/processing"
		echo '{"status": "pending"}' >"$work/bodies/pending"
		empty
		rows 10000 pending
		echo "UPDATE raw_extraction_data SET processing_status =
			CASE processing_status WHEN 'pending' THEN 'processing'
			ELSE 'pending' END WHERE tenant_id = 1 AND id = \$1" \
			>"$work/put.sql"
		in_turn put-status 4 "query $work/put.sql 1 5000" \
			"--ids 5001 5000
			PUT /app/etl/raw-data/{id}/status $work/bodies/processing
			PUT /app/etl/raw-data/{id}/status $work/bodies/pending" \
			"$all_pending"
	fi
	if wanted requeue && grep -q '{id}/requeue' "$source_dir/src/etl/route_rows.h"; then
		echo '{"status": "completed"}' >"$work/bodies/completed"
		echo '{}' >"$work/bodies/nothing"
		empty
		rows 10000 pending
		in_turn requeue 4 '' "--ids 5001 5000
			PUT /app/etl/raw-data/{id}/status $work/bodies/completed
			POST /app/etl/raw-data/{id}/requeue $work/bodies/nothing" \
			"$all_pending"
	fi
	empty
}

# The floor's cell and the service's, again and again.
in_turn() { # CASE N FLOOR SERVICE [SQL TO BEGIN WITH]
	local round
	for ((round = 1; round <= BENCH_ROUNDS; round++)); do
		[ -z "${5-}" ] || sql "$5"
		# shellcheck disable=SC2086 # words
		[ -z "$3" ] || floor "$1" "$2" $3
		# shellcheck disable=SC2086 # words
		service "$1" "$2" $4
	done
}

# 32 connections, whatever the number of responders; the floor has as many
# processes as there are responders.
suite_pools() {
	local n round file
	file=$(body 1)
	for ((round = 1; round <= BENCH_ROUNDS; round++)); do
		for n in 1 2 4 8 16 32 64; do
			wanted "pool-$n" || continue
			pool "$n"
			empty
			floor "pool-$n" "$n" store "$file"
			empty
			service "pool-$n" "$((n > 32 ? n : 32))" POST /app/etl/raw-data/store "$file"
		done
	done
	empty
}

suite_rows() {
	local count round
	pool 16
	for count in 0 100000 1000000; do
		wanted "rows-$count" || continue
		empty
		rows "$count" completed
		for ((round = 1; round <= BENCH_ROUNDS; round++)); do
			floor "rows-$count" 16 store "$(body 1)"
			service "rows-$count" 16 POST /app/etl/raw-data/store "$(body 1)"
		done
	done
	empty
}
