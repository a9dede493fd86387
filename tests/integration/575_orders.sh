#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Whatever order and split answers come in, and however often: the tables are
# the same. The corpora of tests/data (tests/orders/make_batches) in ORDERS
# orders of their own, by four workers at once; replays write nothing and use up
# no ids; nothing deadlocks. ORDERS_SEED repeats a run.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/transform.sh"
seed=${ORDERS_SEED:-$((RANDOM * 100))}
orders=${ORDERS:-3}
note "ORDERS_SEED=$seed ORDERS=$orders"
log=$ETL_STACK/logs/postgres.log
servers_up
offset=$(stat -c %s "$log")
ETL_APP_POOL=4 ETL_APP_WORKERS=4 app_up 'relay_min_age = 0' 'relay_interval = 100'
# shellcheck disable=SC2154 # transform.sh has it
tables=$(echo $unified_tables)
for name in work_items_old_keys waiting_batches census_pages; do
	[ "$(sql "SELECT to_regclass('$name') IS NULL")" = t ] || tables="$tables $name"
done

empty() {
	sql "SET client_min_messages = warning; TRUNCATE raw_extraction_data, ${tables// /, } CASCADE"
}

settled() {
	all_processed && sleep 0.3 && all_processed
}

# Store the batches in their order, four at a time, and wait for their end.
store_all() { # FOLDER
	find "$1" -name '*.json' | sort | xargs -P 4 -I{} curl -sS -K "$ETL_CURLRC" \
		--noproxy '*' -m 60 -o /dev/null -w '%{http_code}\n' \
		-H 'Content-Type: application/json' --data-binary '@{}' \
		"$ETL_URL/app/etl/raw-data/store?tenant_id=1" | sort | uniq -c >"$TMP/codes"
	wait_until 120 settled
}

replay() {
	sql "UPDATE raw_extraction_data SET processing_status = 'pending',
		processed_at = NULL, queued_at = NULL, queue_transform = TRUE,
		attempts = 0 WHERE processing_status = 'completed'"
	wait_until 120 settled
}

# Ids of batches differ from order to order, and so do the batches that wait.
dump() { # FILE
	psql -qAtX -v ON_ERROR_STOP=1 -v tables="${tables/waiting_batches/}" \
		-f "$ETL_SOURCE/tests/orders/dump.sql" |
		sed -E 's/ [0-9]{19}"/"/g; s/"(list_)?id": [0-9]+//g' |
		LC_ALL=C sort >"$1"
	[ -s "$1" ] || failed "the tables are dumped"
}

# Where each row stands and who wrote it; how far the sequences are.
versions() { # FILE
	local name
	for name in $tables; do
		sql "SELECT '$name', ctid, xmin FROM $name AS t ORDER BY ctid"
	done >"$1"
	sql "SELECT sequencename, last_value FROM pg_sequences
		WHERE sequencename !~ '^(raw_extraction|audit|idempotency)'
		AND schemaname = 'public' ORDER BY 1" >>"$1"
}

not_completed() {
	sql "SELECT string_agg(entity_type || ' ' || processing_status || ' '
		|| COALESCE(error_details->>'message', ''), ', ')
		FROM raw_extraction_data WHERE processing_status <> 'completed'"
}

differ() { # FILE FILE
	"$ETL_SOURCE/tests/orders/differ" "$1" "$2" | head -n 15
}

same=0
bare=0
failed=0
for ((n = 1; n <= orders; n++)); do
	folder=$TMP/order$n
	mkdir "$folder"
	"$ETL_SOURCE/tests/orders/make_batches" $((seed + n)) "$ETL_SOURCE/tests/data" "$folder"
	empty
	if ! store_all "$folder"; then
		failed "order $((seed + n)) is done"
		note "$(sql "SELECT processing_status, count(*) FROM raw_extraction_data
			GROUP BY 1") $(cat "$TMP/codes")"
	fi
	dump "$TMP/tables$n"
	[ -z "$(not_completed)" ] || failed=$((failed + 1))
	if [ $n = 1 ]; then
		note "$(sed 's/|.*//' "$TMP/tables1" | sort | uniq -c | tr -s ' \n' ' ')"
	fi
	if cmp -s "$TMP/tables1" "$TMP/tables$n"; then
		same=$((same + 1))
	else
		note "order $((seed + n)) differs from $((seed + 1)):"
		note "$(differ "$TMP/tables1" "$TMP/tables$n")"
		note "stores: $(paste -sd ' ' "$TMP/codes"); not completed: $(not_completed)"
	fi
	versions "$TMP/before"
	replay
	replay
	versions "$TMP/after"
	dump "$TMP/again"
	if cmp -s "$TMP/before" "$TMP/after" && cmp -s "$TMP/tables$n" "$TMP/again"; then
		bare=$((bare + 1))
	elif [ $bare = $((n - 1)) ]; then
		note "replays of order $((seed + n)):"
		note "$(diff "$TMP/before" "$TMP/after" | grep '^[<>]' | head -n 10)"
		note "$(differ "$TMP/tables$n" "$TMP/again")"
	fi
	rm -rf "$folder"
	[ $n = 1 ] || rm -f "$TMP/tables$n"
done
check_is "no batch failed in any" "$failed" 0
check_is "all orders and splits give the same tables" "$same" "$orders"
check_is "replays write no row and use up no id" "$bare" "$orders"
check_is "nothing deadlocked" \
	"$(tail -c "+$((offset + 1))" "$log" | grep " $ETL_DATABASE " | grep -c 'deadlock detected')" 0
done_testing
