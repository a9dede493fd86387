#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the relay's look costs: the same with many pending batches as with none.
# ETL_ROWS is how many; 1000000 for the long form.
. "$(dirname "$0")/lib.sh"
rows=${ETL_ROWS:-100000}
ETL_APP_POOL=1 app_up 'relay_min_age = 0'
app stop relay
store() {
	api POST raw-data/store \
		--data '{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":[1]}'
	id=$(json .raw_data_id)
}

# The statements of a file, as the compiler sees them: NAME, tab, SQL.
statements_of() { # FILE
	${CC:-cc} -E -P -I"$ETL_SOURCE/src" "$ETL_SOURCE/src/models/$1" 2>"$TMP/cc.err" |
		perl -0777 -ne 'while (/\.name\s*=\s*"([^"]*)",\s*(?:\.changes\s*=\s*\w+,\s*)?\.sql\s*=\s*
			((?:"(?:[^"\\]|\\.)*"\s*)+)/gsx) {
			my ($name, $body) = ($1, $2);
			print "$name\t", join("", $body =~ /"((?:[^"\\]|\\.)*)"/gs), "\n"; }'
}
statements_of batch/raw_batch_relay.c >"$TMP/statements"
check_is "there are seven" "$(cut -f 1 "$TMP/statements" | sort | paste -sd ' ')" \
	"raw_batch_lock_anywhere raw_batch_lock_due raw_batch_lock_in_range raw_batch_lock_shares raw_batch_look_on $(
		)raw_batch_newest raw_batch_pending_of"

# Blocks that a statement touches, with a plan for any values, as the service.
blocks() { # NAME VALUES
	{
		echo "SET ROLE pulse_etl_service; SET app.every_tenant = 'on';
			SET plan_cache_mode = force_generic_plan;"
		printf 'PREPARE s AS %s;\n' "$(sed -n "s/^$1	//p" "$TMP/statements")"
		echo "BEGIN; EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE s ($2); ROLLBACK;"
	} >"$TMP/explain.sql"
	super -f "$TMP/explain.sql" >"$TMP/plan.json" 2>"$TMP/explain.err" || note_file "$TMP/explain.err"
	jq '.[0].Plan | ."Shared Hit Blocks" + ."Shared Read Blocks"' "$TMP/plan.json"
}
look() { # the same statements as a look takes that finds nothing
	local last
	last=$(sql "SELECT COALESCE(max(id), 0) FROM raw_extraction_data")
	echo "$(blocks raw_batch_look_on "$last, 0, 5000") $(blocks raw_batch_lock_due 500)" \
		"$(blocks raw_batch_lock_in_range "500, 0, $last, $last")"
}
cheap() { # LOOK: at most so many blocks each
	local word
	for word in $1; do [ "$word" -le 24 ] || return 1; done
}
store
wait_until 5 sql_is 0 "SELECT count(*) FROM raw_extraction_data WHERE queued_at IS NULL"
none=$(look)
check "with no pending batches a look touches few blocks ($none)" cheap "$none"

# Many batches, queued just now and not taken by anybody.
super <<-SQL >"$TMP/out"
	SET session_replication_role = replica;
	INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items,
		raw_data_bytes, raw_data_sha256, queued_at)
	SELECT 1, 1, 'jira_issues_batch', '[1]', 1, 3, sha256('[1]'), now() FROM generate_series(1, $rows);
SQL
many=$(look)
check "with $rows pending ones, before any statistics, the same ($many)" cheap "$many"
super -c "ANALYZE raw_extraction_data"
many=$(look)
check "and with statistics ($many)" cheap "$many"
shares=$(blocks raw_batch_lock_shares "500, 0")
check "each tenant's newest are a bounded part of them ($shares)" test "$shares" -le 1000
pending=$(blocks raw_batch_pending_of "1, 1000")
check "and so is a backlog that is counted up to 1,000 ($pending)" test "$pending" -le 200
note "all that is pending: $(blocks raw_batch_lock_anywhere "500, 0") blocks"

# What was paused goes on in steps, behind what is done and what went on already.
super <<-SQL >"$TMP/out"
	SET session_replication_role = replica;
	UPDATE raw_extraction_data SET processing_status = 'completed' WHERE id <= $rows * 0.9;
	INSERT INTO tenant_pauses (tenant_id, paused_by, resumed_at, cut_at)
	VALUES (1, 'test', now(), clock_timestamp());
	VACUUM ANALYZE raw_extraction_data;
SQL
statements_of tenant/pause.c >>"$TMP/statements"
last=$(sql "SELECT max(id) FROM raw_extraction_data")
for step in '10, 0, 0' "10, 1, $((last - 5))"; do
	count=$(blocks pause_sweep "$step")
	check "a step is as long as what it changes: $step ($count)" test "$count" -le 600
done
sql "DELETE FROM tenant_pauses" >"$TMP/out"

# What is due is found all the same, and what is new.
app start relay
check "the relay has started" wait_until 10 grep -q event=topology "$APP_LOGS/relay.log"
queue_purge transform_queue
api PUT "raw-data/$id/status" --data '{"status":"completed"}'
api PUT "raw-data/$id/status" --data '{"status":"pending"}'
check "a batch that is pending again is queued" wait_until 10 queue_has transform_queue 1
check "and not due any more" wait_until 5 sql_is 0 "SELECT count(*) FROM raw_extraction_data WHERE queue_due"
sql "UPDATE raw_extraction_data SET queued_at = NULL WHERE id = $id"
check "so is one that somebody changes by hand" wait_until 10 queue_has transform_queue 2
sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items,
	raw_data_bytes, raw_data_sha256)
	VALUES (1, 1, 'jira_issues_batch', '[1]', 1, 3, sha256('[1]'))"
check "and a new one that nobody has queued" wait_until 10 queue_has transform_queue 3

# A mark stays heap-only.
hot="SELECT n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'raw_extraction_data'"
sql "SELECT pg_stat_force_next_flush()" >"$TMP/out"
before=$(sql "$hot")
for _ in 1 2 3 4 5 6 7 8 9 10; do store; done
grown() { [ "$(sql "$hot")" -ge $((before + 8)) ]; }
check "marks of ten stores are heap-only" wait_until 15 grown
done_testing
