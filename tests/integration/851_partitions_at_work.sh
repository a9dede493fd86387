#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Partitions are chosen while a client stores; the relay makes room ahead, ends the
# one that is old, drops what is past its retention, and finds lost batches in any of
# them; pulse-etl lists and drops partitions; doctor tells how they are.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/operations.sh"
ETL_APP_POOL=2 ETL_APP_WORKERS=1 app_up 'relay_chores = 1' 'relay_interval = 200' 'relay_min_age = 0' \
	'relay_lost_age = 3' 'partition_rows = 1000' 'partition_days = 1' 'retention_days = 30' 'retention_interval = 1'
migrate() { "$ETL_BUILD/pulse-etl-migrate" --dir "$ETL_SOURCE/migrations" "$@" >"$TMP/migrate" 2>&1; }
tool() { "$ETL_BUILD/pulse-etl" --config "$ETL_APP/etl.conf" "$@" >"$TMP/tool" 2>&1; }
code_of() {
	"$@"
	echo $?
}
first_of() { sql "SELECT first_id FROM raw_partition_bounds() WHERE first_id > 0 ORDER BY 1 OFFSET $1 LIMIT 1"; }
# The next id, as if so many batches had come.
go_to() { sql "SELECT setval('raw_extraction_data_id_seq', $1)" >"$TMP/go"; }
right_counts() {
	sql_is t "SELECT (SELECT sum(batches) FROM raw_extraction_counts) = n AND (SELECT sum(batches) FROM
		(SELECT batches FROM raw_extraction_series WHERE minutes = 1
		UNION ALL SELECT batches FROM raw_extraction_changes) AS s) = n
		FROM (SELECT count(*) AS n FROM raw_extraction_data WHERE active) AS c"
}
store() { # EXTERNAL_ID [CURL ARGUMENT…]
	local name=$1
	shift
	api POST raw-data/store "$@" --data "{\"integration_id\":1,\"entity_type\":\"jira_projects_batch\",
		\"external_id\":\"$name\",\"raw_data\":[{\"id\":\"1\",\"key\":\"P1\",\"name\":\"P\"}]}"
	id=$(json .raw_data_id)
}
becomes() { wait_until 20 sql_is "$1" "SELECT processing_status FROM raw_extraction_data WHERE id = $id"; }

# The first places of the table: rows that nobody is to queue or to mark.
sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items,
	raw_data_bytes, raw_data_sha256, queue_transform) SELECT 1, 1, 'unmarked', '[]', 0, 2, sha256(''), false
	FROM generate_series(1, 40)" >"$TMP/sql"
store keyed -H 'Idempotency-Key: one'
keyed=$id
check "a batch is processed" becomes completed

# -- what an interrupted run leaves would stop stores
sql "SELECT raw_partitions_prepare(1000)" >"$TMP/sql"
check "the relay takes an end away that nobody goes on with" \
	wait_until 10 sql_is t "SELECT raw_partitions_end() IS NULL"
check "and the log says so" wait_until 5 grep -q 'event=partition what=abandoned' "$APP_LOGS/relay.log"

# -- choosing under stores
writer_start
writer_goes_on 5
check "it is chosen while a client stores" migrate --partition --partition-rows 1000
writer_goes_on 10
writer_stop
check_is "every store was answered 201" "$(answers)" 201
check_is "none is lost" "$(lost)" 0
check "counts are right" right_counts
check "--verify finds no difference" migrate --verify
store keyed -H 'Idempotency-Key: one'
check_is "a key from before gives its batch again" "$id" "$keyed"
api POST "raw-data/$keyed/requeue"
check "a batch from before is processed again" becomes completed
api GET 'raw-data?limit=3'
check_is "lists count all" "$(json .total_count)" "$(sql "SELECT count(*) FROM raw_extraction_data WHERE active")"

# -- the next partition
app stop worker
store lost
lost=$id
queue_purge transform_queue
bound=$(first_of 0)
go_to "$bound"
for n in 1 2 3; do store "new$n"; done
check_is "stores go to the next partition" "$(sql "SELECT count(*) FROM raw_extraction_data_p$bound")" 3
check "their marks are set" wait_until 10 sql_is 3 "SELECT count(queued_at) FROM raw_extraction_data_p$bound"
check_is "and those of no other partition" "$(sql "SELECT count(queued_at) FROM raw_extraction_data
	WHERE entity_type = 'unmarked'")" 0
check "one more is made ahead" wait_until 10 sql_is 2 "SELECT count(*) FROM raw_partitions() WHERE is_ahead"
queue_purge transform_queue
app start worker
id=$lost
check "a batch in an old partition whose message got lost is found and processed" becomes completed
check "doctor says how many there are" grep -q . <(tool doctor --output json; jq -r '.[] | select(.about ==
	"partitions" and .level == "ok") | .finding' "$TMP/tool" | grep '2 that no id has reached')

# -- a partition that is old
sql "UPDATE raw_extraction_data SET created_at = created_at - interval '2 days' WHERE id > $bound" >"$TMP/sql"
next=$(sql "SELECT next_id FROM raw_partition_bounds() WHERE first_id = $bound")
check "a partition that is old is ended" wait_until 15 sql_is "$next" \
	"SELECT last_value FROM raw_extraction_data_id_seq"
store after_end
check_is "and ids go on in the next one" "$id $STATUS" "$next 201"

# -- the relay was off for long
app stop relay
wait_until 10 sql_is 1 "SELECT count(*) FROM raw_partitions() WHERE is_ahead" || true
last=$(sql "SELECT max(next_id) FROM raw_partition_bounds()")
go_to $((last + 10))
store late
check_is "a store does not fail because no partition is there" "$STATUS" 201
check_is "it is in the rest" "$(sql "SELECT count(*) FROM raw_extraction_data_rest WHERE id = $id")" 1
tool doctor --output json
check_match "doctor warns" "$(jq -r '.[] | select(.about == "partitions") | .level + " " + .finding' "$TMP/tool")" \
	'^warn .* 0 that no id has reached; 1 batches are in none of them, but in the rest'
late=$id
app start relay
check "the relay makes room again, behind what came meanwhile" \
	wait_until 20 sql_is 2 "SELECT count(*) FROM raw_partitions() WHERE is_ahead"
id=$late
check "the batch in the rest is processed" becomes completed
go_to "$(sql "SELECT max(first_id) FROM raw_partition_bounds()")"
store on_time
check_is "stores go to partitions again" "$(sql "SELECT count(*) FROM raw_extraction_data_rest")" 1

# -- by hand
check "and there is room ahead" wait_until 10 sql_is 2 "SELECT count(*) FROM raw_partitions() WHERE is_ahead"
check "partitions are listed" tool raw partitions --output json
check_is "with what is in them" "$(jq -r ".[] | select(.name == \"raw_extraction_data_p$bound\") |
	[.batches, .open, .lowest_id] | join(\" \")" "$TMP/tool")" "3 0 $((bound + 1))"
for format in ndjson tsv table; do
	tool raw partitions --output $format
	cp "$TMP/tool" "$TMP/list.$format"
done
check_is "in each format" "$(wc -l <"$TMP/list.ndjson") $(head -n 1 "$TMP/list.tsv" | cut -f 1-4 | tr '\t' ' ')" \
	"$(sql 'SELECT count(*) FROM raw_partition_bounds()') name first_id next_id batches"
check_is "a table is not wider than 80 columns" "$(awk 'length > 80' "$TMP/list.table")" ""
check_is "one with pending batches stays" "$(code_of tool raw drop-partition raw_extraction_data_p0)" 1
check "which the message says" grep -q '40 batches of raw_extraction_data_p0 are pending' "$TMP/tool"
newest=$(sql "SELECT max(first_id) FROM raw_partition_bounds()")
check_is "one that stores go to stays" "$(code_of tool raw drop-partition --force "raw_extraction_data_p$newest")" 1
check "for that reason" grep -q 'stores go to' "$TMP/tool"
check_is "there is none of that name" "$(code_of tool raw drop-partition tenants)" 1
sql "INSERT INTO waiting_batches SELECT tenant_id, integration_id, 'issue', 'X-1', id
	FROM raw_extraction_data WHERE id = $((bound + 1))" >"$TMP/sql"
check_is "one with a batch that waits for another stays" \
	"$(code_of tool raw drop-partition --yes "raw_extraction_data_p$bound")" 1
check "for that reason" grep -q "1 batches of raw_extraction_data_p$bound wait for others" "$TMP/tool"
sql "DELETE FROM waiting_batches WHERE raw_data_id = $((bound + 1))" >"$TMP/sql"
check "a dry run says what would go" tool raw drop-partition --dry-run "raw_extraction_data_p$bound"
check_is "and drops nothing" "$(sql "SELECT count(*) FROM raw_extraction_data_p$bound")" 3
sql "INSERT INTO idempotency_keys SELECT 1, 'of ' || id, raw_data_sha256, id, now(), now() FROM
	raw_extraction_data WHERE id = $((bound + 1))" >"$TMP/sql"
check "it is dropped" tool raw drop-partition --yes "raw_extraction_data_p$bound"
check "with what it had" grep -q 'was dropped with 3 batches' "$TMP/tool"
check "counts are right without it" right_counts
check_is "keys went with their batches" "$(sql "SELECT count(*) FROM idempotency_keys
	WHERE idempotency_key LIKE 'of %'")" 0
api GET "raw-data/$((bound + 1))"
check_is "a batch of it is gone" "$STATUS" 404
check_is "the audit knows" "$(sql "SELECT count(*) FROM audit_log WHERE action = 'raw_data.drop_partition'
	AND row_id = $((bound + 1))")" "$(sql 'SELECT count(*) FROM tenants')"

# -- retention
sql "DELETE FROM waiting_batches; DELETE FROM idempotency_keys" >"$TMP/sql"
sql "UPDATE raw_extraction_data SET processed_at = now() - interval '40 days', created_at = now() - interval
	'40 days' WHERE id < $bound" >"$TMP/sql"
check "old batches that are completed go one by one" wait_until 20 sql_is 40 \
	"SELECT count(*) FROM raw_extraction_data_p0"
check_is "but not with a partition that has pending ones" "$(sql "SELECT count(*) FROM raw_partition_bounds()
	WHERE name = 'raw_extraction_data_p0'")" 1
# Row by row they would all have gone before the relay looks at whole partitions.
sed -i 's/^retention_interval = 1$/retention_interval = 600/' "$ETL_APP/extra.conf"
app restart relay
sleep 3
sql "INSERT INTO raw_extraction_data (id, tenant_id, integration_id, entity_type, raw_data, raw_data_items,
	raw_data_bytes, raw_data_sha256, processing_status, processed_at, created_at)
	SELECT g, 1, 1, 'many', '[]', 0, 2, sha256(''), 'completed', now(), now() - interval '40 days'
	FROM generate_series(-12000, -1) AS g" >"$TMP/sql"
sql "UPDATE raw_extraction_data SET processing_status = 'completed', processed_at = now() - interval '40 days'
	WHERE id < $bound" >"$TMP/sql"
past() { sql "SELECT set_config('app.every_tenant', 'on', false); SELECT raw_partitions_past($1)" | grep _p0; }
check_is "one with the newest batch of a type stays" "$(past 30)" ""
sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items,
	raw_data_bytes, raw_data_sha256, queued_at, processing_status, processed_at)
	SELECT DISTINCT tenant_id, integration_id, entity_type, '[]'::jsonb, 0, 2, sha256(''), now(), 'completed', now()
	FROM raw_extraction_data_p0;
	INSERT INTO retention_rules (entity_type, keep_days, action) VALUES ('other', 1, 'delete')" >"$TMP/sql"
check_is "so does each while there are rules" "$(past 30)" ""
sql "DELETE FROM retention_rules" >"$TMP/sql"
check_is "and each without a number of days" "$(past 0)" ""
check "else the whole partition goes" wait_until 30 sql_is 0 "SELECT count(*) FROM raw_partition_bounds()
	WHERE name = 'raw_extraction_data_p0'"
check "with the batches that it has" wait_until 5 grep -q \
	'event=partition what=dropped name=raw_extraction_data_p0 batches=[1-9]' "$APP_LOGS/relay.log"
check "counts are right without it" right_counts

# -- a batch comes back (raw restore) while the relay takes its partition for empty:
# it waits for who stores, and looks again
ahead=$(sql "SELECT max(first_id) FROM raw_partition_bounds()")
sql "BEGIN; INSERT INTO raw_extraction_data (id, tenant_id, integration_id, entity_type, raw_data,
	raw_data_items, raw_data_bytes, raw_data_sha256, processing_status, queued_at, processed_at)
	VALUES ($ahead, 1, 1, 'back', '[]', 0, 2, sha256(''), 'completed', now(), now());
	DO \$\$ BEGIN FOR i IN 1..600 LOOP
		EXIT WHEN EXISTS (SELECT FROM pg_locks WHERE NOT granted AND mode = 'ShareLock'
			AND relation = 'raw_extraction_data_p$ahead'::regclass);
		PERFORM pg_sleep(0.05);
		PERFORM setval('raw_extraction_data_id_seq', $((ahead + 5000))) WHERE i = 1;
	END LOOP; END \$\$; COMMIT" >"$TMP/sql"
sleep 3
check_is "it is there, and so is its partition" "$(sql "SELECT count(*) FROM raw_extraction_data WHERE id = $ahead")" 1
check_fails "which was not dropped" grep -q "what=dropped name=raw_extraction_data_p$ahead " "$APP_LOGS/relay.log"
check "the service is whole" wait_until 20 ready_is '[]'
check "--verify finds no difference" migrate --verify
done_testing
