#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# pulse-etl-migrate --partition on a filled database: nothing is written anew, rows,
# counts, keys, rights and row security stay; killed at any moment it is done or
# not; later migrations and the way back.
. "$(dirname "$0")/lib.sh"
need_programs
fresh_database
migrate() { "$ETL_BUILD/pulse-etl-migrate" --dir "${dir:-$ETL_SOURCE/migrations}" "$@" >"$TMP/out" 2>"$TMP/err"; }
code_of() {
	migrate "$@"
	echo $?
}
check "the migrations are applied" migrate --apply-all
newest=$(find "$ETL_SOURCE/migrations" -name '*.up.sql' | wc -l)
partitions=$(find "$ETL_SOURCE/migrations" -name '*_partitions.up.sql' | sed 's/.*\/0*\([0-9]*\)_.*/\1/')

# -- batches of two tenants in every state, keys of stores, one that waits
fill() {
	sql "SET app.every_tenant = 'on';
	INSERT INTO tenants (id, name) VALUES (1, 'One'), (2, 'Two');
	INSERT INTO integrations (id, tenant_id, provider, type) VALUES (1, 1, 'Jira', 'x'), (2, 2, 'Jira', 'x');
	INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items,
		raw_data_bytes, raw_data_sha256, processing_status, processed_at, active, created_at)
	SELECT 1 + g % 2, 1 + g % 2, 'jira_issues_batch', jsonb_build_array(g), 1, 3, sha256(g::text::bytea),
		COALESCE((ARRAY['pending', 'processing', 'failed'])[g % 50], 'completed'), now(), g % 60 <> 7,
		now() - g * interval '1 minute'
	FROM generate_series(1, 3000) AS g;
	INSERT INTO idempotency_keys (tenant_id, idempotency_key, fingerprint, raw_data_id, expires_at)
	SELECT tenant_id, id, raw_data_sha256, id, now() + interval '1 day' FROM raw_extraction_data
	WHERE id % 100 = 0;
	INSERT INTO waiting_batches VALUES (1, 1, 'key', 'A-1', 2998)" >"$TMP/fill"
}
fill
content() {
	sql "SELECT count(*), md5(string_agg(md5(r::text), '' ORDER BY id)) FROM raw_extraction_data AS r"
	sql "SELECT tenant_id, sum(batches) FROM raw_extraction_counts GROUP BY 1 ORDER BY 1"
	sql "SELECT tenant_id, sum(batches), sum(bytes) FROM (SELECT tenant_id, batches, bytes
		FROM raw_extraction_series WHERE minutes = 1 UNION ALL SELECT tenant_id, batches, bytes
		FROM raw_extraction_changes) AS s GROUP BY 1 ORDER BY 1"
	sql "SELECT md5(string_agg(k::text, '' ORDER BY raw_data_id)) FROM idempotency_keys AS k"
	sql "SELECT last_value, pg_get_serial_sequence('raw_extraction_data', 'id') FROM raw_extraction_data_id_seq"
}
form() { sql "SELECT relkind FROM pg_class WHERE oid = 'raw_extraction_data'::regclass"; }
file_of() { sql "SELECT pg_relation_filenode('$1')"; }
before=$(content)
file=$(file_of raw_extraction_data)

# -- choosing
check_is "a dry run succeeds" "$(code_of --partition --dry-run)" 0
check "and says what would be done" grep -q '^would make raw_extraction_data the first partition' "$TMP/out"
check_is "and changes nothing" "$(form) $(sql 'SELECT raw_partitions_end() IS NULL')" "r t"
sql "CREATE MATERIALIZED VIEW mine AS SELECT count(*) FROM raw_extraction_data" >"$TMP/sql"
check_is "what reads the table and cannot be moved is told first" "$(code_of --partition)" 1
check "by its name" grep -q 'materialized view public.mine reads the table: drop it' "$TMP/err"
sql "DROP MATERIALIZED VIEW mine" >"$TMP/sql"
lock_table raw_extraction_data
check_is "a table that others hold is waited for so long" "$(code_of --partition --lock-timeout 1)" 69
check "and the message tells what to do" grep -q 'look for long transactions' "$TMP/err"
let_go
wait_until 10 sql_is 0 "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'etl_lock'"

# -- killed at any moment, it is done or not
killed=0
whole=yes
for delay in 0.02 0.04 0.06 0.08 0.1 0.12 0.15 0.2; do
	[ "$(form)" = r ] || break
	"$ETL_BUILD/pulse-etl-migrate" --partition --partition-rows 1000 >"$TMP/out" 2>&1 &
	pid=$!
	sleep "$delay"
	kill -9 $pid 2>/dev/null && killed=$((killed + 1))
	wait $pid 2>/dev/null
	wait_until 10 sql_is 0 "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pulse-etl-migrate'
		AND datname = current_database()"
	[ "$(sql 'SELECT count(*) FROM raw_extraction_data')" = 3000 ] || whole=no
done
check_is "killed in the middle, batches are all there" "$((killed > 0)) $whole" "1 yes"
check_is "and the next run ends it" "$(code_of --partition --partition-rows 1000)" 0
check_is "it is partitioned" "$(form)" p
check_is "a run again does no harm" "$(code_of --partition)" 0
check_is "rows, counts, keys and ids are as they were" "$(content)" "$before"
check_is "the table is the first partition, not written anew" "$(file_of raw_extraction_data_p0)" "$file"
check_is "two partitions are ahead, and the rest" "$(sql "SELECT count(*) FILTER (WHERE is_ahead),
	count(*) FILTER (WHERE next_id IS NULL) FROM raw_partitions()")" "2|1"
check "--verify finds what this version declares" migrate --verify
check "without a difference" grep -q '^0 differences' "$TMP/out"
check_is "every foreign key is valid" "$(sql "SELECT count(*) FROM pg_constraint
	WHERE NOT convalidated AND conparentid = 0")" 0
check_is "no view reads a partition" "$(sql "SELECT count(*) FROM pg_depend AS d JOIN raw_partition_bounds() AS b
	ON d.refobjid = b.partition AND d.classid = 'pg_rewrite'::regclass")" 0
check_is "what a partition keeps of its table: room for updates" "$(sql "SELECT DISTINCT reloptions::text FROM
	pg_class AS c JOIN raw_partition_bounds() AS b ON b.partition = c.oid")" "{fillfactor=90}"

# -- keys
fails_with() { ! sql "$2" >"$TMP/sql" 2>&1 && grep -q "$1" "$TMP/sql"; }
check "a key of a batch that is not there is refused" fails_with fk_idempotency_keys_tenant_id_raw_data_id \
	"INSERT INTO idempotency_keys VALUES (1, 'x', sha256(''), 99999, now(), now())"
check "nor is one of another tenant's" fails_with fk_idempotency_keys_tenant_id_raw_data_id \
	"INSERT INTO idempotency_keys VALUES (2, 'x', sha256(''), 100, now(), now())"
check "a batch of no integration is refused" fails_with fk_raw_extraction_data_integration_id \
	"INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items,
	raw_data_bytes, raw_data_sha256) VALUES (1, 2, 'x', '1', 1, 1, sha256(''))"
sql "DELETE FROM raw_extraction_data WHERE id = 100" >"$TMP/sql"
check_is "a deleted batch takes its key with it" \
	"$(sql "SELECT count(*) FROM idempotency_keys WHERE raw_data_id = 100")" 0
check_is "and is counted off" "$(sql "SELECT sum(batches) - (SELECT count(*) FROM raw_extraction_data WHERE active)
	FROM raw_extraction_counts")" 0

# -- tenants are kept apart, also where somebody names a partition
as_role() { # ROLE SQL
	super -c "SET ROLE $1" -c "SET app.tenant_id = 1" -c "$2" 2>&1
}
check_is "a tenant sees its batches" "$(as_role pulse_etl_service 'SELECT count(DISTINCT tenant_id), max(tenant_id)
	FROM raw_extraction_data')" "1|1"
sql "INSERT INTO raw_extraction_data (id, tenant_id, integration_id, entity_type, raw_data, raw_data_items,
	raw_data_bytes, raw_data_sha256) SELECT next_id - 1, 2, 2, 'x', '1', 1, 1, sha256('')
	FROM raw_partition_bounds() WHERE first_id > 0" >"$TMP/sql"
for name in $(sql "SELECT name FROM raw_partition_bounds()"); do
	for role in pulse_etl_service pulse_etl_reader; do
		check_match "$role may not name $name" "$(as_role $role "SELECT tenant_id FROM $name")" \
			'permission denied'
	done
	check_is "and $name keeps other tenants apart for its owner" \
		"$(as_role pulse_etl_owner "SELECT count(*) FROM $name WHERE tenant_id <> 1")" 0
done
check_is "readers have their views" "$(as_role pulse_etl_reader 'SELECT count(*) FROM report.etl_health')" 0
check_match "and no payload" "$(as_role pulse_etl_reader 'SELECT raw_data FROM raw_extraction_data')" \
	'permission denied'
check_match "the service may not change the table" "$(as_role pulse_etl_service \
	'ALTER TABLE raw_extraction_data DETACH PARTITION raw_extraction_data_p0')" 'must be owner'
check_match "nor choose, nor undo" "$(as_role pulse_etl_service 'SELECT raw_partitions_undo()')" 'permission denied'

# -- which partitions statements visit
plan() { sql "SET enable_seqscan = off; SET enable_sort = off; EXPLAIN (COSTS OFF) $1"; }
visits() { plan "$1" | grep -o 'raw_extraction_data_p[0-9]*\( \|$\)' | sort -u | paste -sd ' ' | tr -s ' '; }
first=$(sql "SELECT max(first_id) FROM raw_partition_bounds()")
check_match "a batch by its id" "$(visits 'SELECT * FROM raw_extraction_data WHERE tenant_id = 1 AND id = 5')" \
	'^raw_extraction_data_p0 ?$'
check_match "a claim" "$(visits "UPDATE raw_extraction_data SET processing_status = 'processing'
	WHERE tenant_id = 1 AND id = 5")" '^raw_extraction_data_p0 ?$'
check_match "the relay's look goes on where it was" "$(visits "SELECT id FROM raw_extraction_data
	WHERE id > $first ORDER BY id LIMIT 5000")" "^raw_extraction_data_p$first ?\$"
check_is "marks of stores find rows by an index of each, and by their places" "$(sql "
	SET plan_cache_mode = force_generic_plan;
	PREPARE mark(bigint[], bigint[]) AS UPDATE raw_extraction_data AS t SET queued_at = now()
	FROM (SELECT r.id, r.ctid AS place FROM (SELECT * FROM unnest(\$1, \$2) AS given (id, xid)
		LIMIT (SELECT cardinality(\$1))) AS m JOIN raw_extraction_data AS r ON r.id = m.id
		WHERE r.xmin::text::bigint = m.xid FOR NO KEY UPDATE OF r SKIP LOCKED) AS locked
	WHERE t.ctid = locked.place AND t.id = locked.id;
	EXPLAIN (COSTS OFF) EXECUTE mark('{1}', '{2}')" | grep -c 'Seq Scan')" 0
check_is "what is due is in the small index of each" "$(plan "SELECT min(id) FROM raw_extraction_data
	WHERE queue_due" | grep -c 'Index.*Scan.*using.*\(p0_[0-9]*\|_id_idx\)')" 4
check_is "a page of a list is read in the order of an index of each" "$(plan "SELECT id FROM raw_extraction_data
	WHERE tenant_id = 1 AND active ORDER BY id DESC LIMIT 50" | grep -c -- '->  Sort\|Seq Scan')" 0

# -- later migrations
sql "DELETE FROM raw_extraction_data WHERE entity_type = 'x'" >"$TMP/sql"
dir=$TMP/migrations
cp -r "$ETL_SOURCE/migrations" "$dir"
next=$dir/$(printf '%04d' $((newest + 1)))_one_more
cat >"$next.up.sql" <<-'SQL'
	ALTER TABLE raw_extraction_data ADD COLUMN one_more TEXT NOT NULL DEFAULT 'x',
		ADD CHECK (one_more <> '');
	DROP INDEX idx_raw_extraction_data_created_at;
	CREATE INDEX idx_raw_extraction_data_created_at ON raw_extraction_data (created_at DESC);
SQL
echo 'ALTER TABLE raw_extraction_data DROP COLUMN one_more;' >"$next.down.sql"
check "a later migration is applied" migrate --apply-all
check_is "to all partitions" "$(sql "SELECT count(*) FROM pg_attribute AS a JOIN raw_partition_bounds() AS b
	ON a.attrelid = b.partition WHERE a.attname = 'one_more'")" 4
check "and rolled back" migrate --rollback-to "$newest"
check "the tables are those of this version" migrate --verify
dir=

# -- the way back
sql "INSERT INTO raw_extraction_data (id, tenant_id, integration_id, entity_type, raw_data, raw_data_items,
	raw_data_bytes, raw_data_sha256) VALUES ($first, 1, 1, 'x', '1', 1, 1, sha256(''))" >"$TMP/sql"
before=$(content)
check_is "with batches in two partitions there is none" "$(code_of --unpartition)" 1
check "which the message says" grep -q "batches are in 2 partitions: raw_extraction_data_p0" "$TMP/err"
check_is "and nothing is changed" "$(form) $(content)" "p $before"
sql "DELETE FROM raw_extraction_data WHERE entity_type = 'x'" >"$TMP/sql"
before=$(content)
check_is "with all in one there is" "$(code_of --unpartition)" 0
check_is "it is one table, the same" "$(form) $(file_of raw_extraction_data)" "r $file"
check_is "with all that was in it" "$(content)" "$before"
check "and as this version declares it" migrate --verify
check_is "every foreign key is valid" "$(sql "SELECT count(*) FROM pg_constraint
	WHERE NOT convalidated AND conparentid = 0")" 0
check_is "it can be chosen again" "$(code_of --partition --partition-rows 1000)" 0
check "and rolled back with its migration" migrate --rollback-to $((partitions - 1))
check_is "to one table" "$(form)" r
check_is "without functions of it" "$(sql "SELECT count(*) FROM pg_proc WHERE proname LIKE 'raw_partition%'")" 0
done_testing
