#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# pulse-etl raw archive, verify and restore: batches as files, and back.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
. "$(dirname "$0")/catalogue.sh"
ETL_APP_WORKERS=1 app_up 'relay_min_age = 0' 'relay_interval = 200'
second_tenant
tool() { "$ETL_BUILD/pulse-etl" --config "$ETL_APP/etl.conf" "$@" 2>"$TMP/tool.err" </dev/null; }
owner() { # COMMAND…: as the role that owns the tables
	DATABASE_URL="host=$PGHOST port=$PGPORT dbname=$PGDATABASE user=$(super -d "$PGDATABASE" -qAt \
		-c 'SELECT current_user')" tool "$@"
}
batches() { # COUNT TENANT INTEGRATION
	sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, external_id, raw_data,
		extraction_metadata, error_details, raw_data_items, raw_data_bytes, raw_data_sha256,
		processing_status, created_at, processed_at, attempts) SELECT $2, $3, 'kept', 'a' || n,
		('{\"n\": ' || n || ', \"exact\": 12345678901234567890.1234567890123456789, \"two\": 1.10,
		\"t\": \"\\u00e4\\n\"}')::jsonb,
		'{\"page\": 1.0}', '{\"message\": \"none\"}', 1, 90, sha256(n::text::bytea), 'completed',
		now() - interval '9 days', now() - interval '8 days', 1 FROM generate_series(1, $1) AS n"
}
all_rows() { # every value of tenant 1's rows
	sql "SELECT md5(string_agg((to_jsonb(r) - 'queue_due')::text, ',' ORDER BY id)) FROM raw_extraction_data AS r
		WHERE tenant_id = 1"
}
count() { sql "SELECT count(*) FROM raw_extraction_data WHERE tenant_id = ${1:-1}"; }
batches 600 1 1
batches 10 2 1001
before=$(all_rows)
their_rows() { # but for their ids
	sql "SELECT md5(string_agg((to_jsonb(r) - 'id')::text, ',' ORDER BY external_id)) FROM raw_extraction_data AS r
		WHERE tenant_id = 2"
}
theirs=$(their_rows)
A=$TMP/archive
archive=(raw archive --tenant 1 --folder "$A" --file-bytes 20000 --quiet)

check_is "a dry run counts" "$(tool "${archive[@]}" --dry-run)" \
	"600 batches with 54000 bytes of payload would be archived"
check_fails "and makes nothing" test -e "$A"
tool raw archive --tenant 1 >"$TMP/out"
check_match "a folder is needed" "$? $(cat "$TMP/tool.err")" '^64 .*--folder is missing'

# -- a run that is killed, and one that repeats it
# Each look at a row takes its time, so that a run is far from its end.
slowly() {
	sql "CREATE POLICY test_slow ON raw_extraction_data AS RESTRICTIVE FOR SELECT
		USING (pg_sleep(0.003) IS NOT NULL)"
}
slowly
"$ETL_BUILD/pulse-etl" --config "$ETL_APP/etl.conf" "${archive[@]}" --delete >"$TMP/out" 2>&1 &
killed=$!
has_two() { compgen -G "$A/batches-000002.*"; }
check "a run has written two files" wait_until 60 has_two
kill -9 "$killed"
wait "$killed" 2>"$TMP/out"
sql 'DROP POLICY test_slow ON raw_extraction_data'
check_fails "killed, it has no manifest" test -e "$A/manifest.ndjson"
check_is "and nothing was removed" "$(count) $(all_rows)" "600 $before"
tool raw restore "$A" >"$TMP/out"
check_match "nothing is restored from it" "$? $(cat "$TMP/tool.err")" '^[1-9].*manifest'
echo mine >"$A/batches-of-mine.csv"
if strace -o "$TMP/trace" true 2>"$TMP/out"; then
	traced=(strace -y -f -e "trace=fsync" -o "$TMP/trace")
else
	traced=()
fi
check_is "the same again writes it anew" "$("${traced[@]}" "$ETL_BUILD/pulse-etl" --config "$ETL_APP/etl.conf" \
	"${archive[@]}" 2>"$TMP/tool.err" </dev/null)" "600 batches were archived"
if [ ${#traced[@]} -gt 0 ]; then
	check "on the disk, as is the folder's name" grep -q "fsync([0-9]*<$TMP>) *= 0" "$TMP/trace"
else
	skip "on the disk, as is the folder's name" "strace is missing, or may not trace"
fi
check_fails "no draft is left" test -e "$A/.draft"
check_is "a file of somebody else's stays" "$(cat "$A/batches-of-mine.csv")" mine
rm -f "$A/batches-of-mine.csv"
check_is "the manifest tells what is in it" \
	"$(head -n 1 "$A/manifest.ndjson" | jq -c '[.version, .tenant_id, .count]')" \
	'[1,1,600]'
files=$(head -n 1 "$A/manifest.ndjson" | jq .files)
check "in several files" [ "$files" -gt 5 ]
check_is "each with its digest" "$(tail -n +2 "$A/manifest.ndjson" | jq -r '.sha256 + "  " + .name' |
	(cd "$A" && sha256sum -c --quiet 2>&1))" ''
check_is "nobody else may read them" "$(stat -c %a "$A" "$A"/batches-000001* | sort -u | tr '\n' ' ')" "600 700 "
if [ -e "$A/batches-000001.ndjson.zst" ]; then unpacked() { zstd -dcq "$@"; } else unpacked() { cat "$@"; }; fi
check_is "a line is a batch, with all digits" \
	"$(unpacked "$A"/batches-000001* | head -n 1 | grep -o '"exact": [0-9.]*\|"two": [0-9.]*' | tr '\n' ' ')" \
	'"two": 1.10 "exact": 12345678901234567890.1234567890123456789 '
check_match "verify finds nothing wrong" "$(tool raw verify "$A/manifest.ndjson")" \
	"^600 batches of tenant 1 in $files files, ids [0-9]+ to [0-9]+: all digests are right"
tool "${archive[@]}" >"$TMP/out"
check_match "a whole archive is not written over" "$? $(cat "$TMP/tool.err")" '^[1-9].*whole archive already'

# -- what is damaged
wrong() { # NAME COMMAND…: on a copy
	rm -rf "$TMP/wrong"
	cp -r "$A" "$TMP/wrong"
	(cd "$TMP/wrong" && eval "$2")
	tool raw verify "$TMP/wrong" >"$TMP/out"
	check_match "$1" "$? $(cat "$TMP/tool.err")" "^65 .*$3"
	tool raw restore "$TMP/wrong" >"$TMP/out"
	check_is "and is not restored" "$? $(count)" "65 600"
}
first=$(basename "$A"/batches-000001*)
wrong "a file that is cut off is refused" "truncate -s -20 $first" "$first: it is cut off"
wrong "one that is missing, too" "rm $first" "$first: No such file"
wrong "one with another byte" "printf x | dd of=$first bs=1 seek=100 conv=notrunc status=none" "$first: it is"
wrong "a manifest that is cut off" 'truncate -s -20 manifest.ndjson' 'manifest.ndjson: this is no manifest'
wrong "one of another version" 'sed -i "1s/\"version\":1/\"version\":2/" manifest.ndjson' 'no manifest of version 1'
wrong "one with an id that no batch of it has" 'sed -i "1s/\"last_id\":/&9/" manifest.ndjson' 'no manifest'
wrong "in the line of a file, too" 'sed -i "1s/\"last_id\":/&9/; \$s/\"last_id\":/&9/" manifest.ndjson' \
	'it has not the batches that the manifest says'
wrong "a name that leads elsewhere" 'sed -i "2s|batches-000001|../batches-1|" manifest.ndjson' 'no manifest'
check_is "no row was touched" "$(all_rows)" "$before"

# -- removed, and back
batches 1 1 1 # the newest, which would stay
sql "UPDATE raw_extraction_data SET attempts = 7 WHERE external_id = 'a5' AND tenant_id = 1;
	INSERT INTO waiting_batches SELECT 1, 1, 'issue', 'X-1', id FROM raw_extraction_data
	WHERE external_id = 'a6' AND tenant_id = 1" >"$TMP/out"
tool "${archive[@]}" --delete >"$TMP/removed"
check_is "--delete removes what the archive holds" "$(cat "$TMP/removed")" \
	"598 batches were removed; 2 are left, for they were removed before, have changed, or are still needed"
check_is "but for what has changed or is needed" "$(sql "SELECT string_agg(external_id, ' ' ORDER BY external_id, id)
	FROM raw_extraction_data WHERE tenant_id = 1")" "a1 a5 a6"
check_is "counts agree" "$(sql 'SELECT sum(batches) FROM raw_extraction_counts WHERE tenant_id = 1')" 3
check_is "once more: nothing" "$(tool "${archive[@]}" --delete | cut -d ';' -f 1)" "0 batches were removed"
check_match "nor is anything archived, which it says" "$(cat "$TMP/tool.err")" 'is whole: nothing is added to it'
sql "DELETE FROM raw_extraction_data WHERE external_id IN ('a1', 'a5', 'a6')
	AND tenant_id = 1" >"$TMP/out"
check_is "it is restored" "$(tool raw restore --quiet "$A/manifest.ndjson")" \
	"600 batches were restored, 0 got their payload back, 0 were there, 0 were refused"
check_is "every value as it was" "$(all_rows)" "$before"
check_is "counts agree again" "$(sql 'SELECT sum(batches) FROM raw_extraction_counts WHERE tenant_id = 1')" 600
check_is "nothing is processed again" "$(sql "SELECT count(*) FROM raw_extraction_data WHERE queue_due
	OR processing_status <> 'completed'")" 0
check_match "again: all are there" "$(tool raw restore --quiet "$A")" '^0 .*, 600 were there, 0 were refused'
id=$(sql "SELECT id FROM raw_extraction_data WHERE external_id = 'a9' AND tenant_id = 1")
sql "UPDATE raw_extraction_data SET raw_data = '{\"other\": 1}' WHERE id = $id;
	UPDATE raw_extraction_data SET raw_data = 'null', payload_gone_at = now() WHERE id = $id + 1" >"$TMP/out"
tool raw restore --quiet "$A" >"$TMP/out"
check_is "another batch with its id is refused" "$? $(cat "$TMP/out")" \
	"1 0 batches were restored, 1 got their payload back, 598 were there, 1 were refused"
check_match "by its id" "$(cat "$TMP/tool.err")" "another batch has the id $id, and stays"
check_is "and stays" "$(sql "SELECT raw_data FROM raw_extraction_data WHERE id = $id")" '{"other": 1}'
check_is "a payload that was gone is back" "$(sql "SELECT raw_data->>'n', payload_gone_at
	FROM raw_extraction_data WHERE id = $id + 1")" "10|"

# -- requeued while it is being archived, it is nothing of what is asked for
theirs_last=$(sql "SELECT max(id) FROM raw_extraction_data WHERE tenant_id = 2")
batches 90 2 1001
slowly
"$ETL_BUILD/pulse-etl" --config "$ETL_APP/etl.conf" raw archive --tenant 2 --folder "$TMP/busy" --file-bytes 1 \
	--delete --yes >"$TMP/out" 2>&1 &
busy=$!
has_begun() { compgen -G "$TMP/busy/batches-*"; }
check "it has begun" wait_until 60 has_begun
kill -s STOP "$busy"
pending=$(sql "WITH u AS (UPDATE raw_extraction_data SET processing_status = 'pending', processed_at = NULL,
	queued_at = now() WHERE tenant_id = 2 AND id > $theirs_last + 50 RETURNING id) SELECT count(*) FROM u")
check_fails "it is at work still" test -e "$TMP/busy/manifest.ndjson"
kill -s CONT "$busy"
wait "$busy"
sql 'DROP POLICY test_slow ON raw_extraction_data'
check_is "what was requeued meanwhile stays" "$(sql "SELECT count(*) FROM raw_extraction_data
	WHERE tenant_id = 2 AND processing_status = 'pending'")" "$pending"
tool raw restore --quiet "$TMP/busy" >"$TMP/out"
sql "DELETE FROM raw_extraction_data WHERE tenant_id = 2 AND id > $theirs_last" >"$TMP/out"

# -- a number may be another tenant's elsewhere
sql "UPDATE tenants SET name = 'Somebody else''s \"house\"' WHERE id = 1"
tool raw restore --quiet "$A" >"$TMP/out"
check_match "where the tenant has another name nothing is restored" "$? $(cat "$TMP/out" "$TMP/tool.err")" \
	'^1 [^,]*archive is of "Demo", and tenant 1 is "Somebody else.s \\"house\\"" here: give --tenant 1'
tool raw restore --tenant 2 --quiet "$A" >"$TMP/out"
check_match "nor by another tenant's number" "$? $(cat "$TMP/out" "$TMP/tool.err")" '^1 .*is of tenant 1, not of 2'
tool raw restore --tenant 1 --quiet "$A" >"$TMP/out"
check_match "unless somebody says that it is the same" "$? $(cat "$TMP/out")" '^1 0 .*, 599 were there, 1 were refused'
sql "UPDATE tenants SET name = 'Demo' WHERE id = 1"

# -- requeue, another tenant's ids, and numbers of new batches
api POST raw-data/store --data '{"integration_id":1,"entity_type":"jira_projects_batch","external_id":"p",
	"raw_data":[{"id":"1","key":"P","name":"P"}]}'
id=$(json .raw_data_id)
becomes completed
tool raw archive --tenant 1 --id "$id" --folder "$TMP/one" >"$TMP/out"
sql "DELETE FROM raw_extraction_data WHERE id = $id" >"$TMP/out"
check_match "with --requeue" "$(tool raw restore --requeue "$TMP/one")" '^1 batches were restored'
becomes completed
check_is "it is processed again" "$(row "processing_status || ' ' || attempts")" "completed 1"
sql "UPDATE raw_extraction_data SET id = id + 100000 WHERE id = $id;
	UPDATE raw_extraction_data SET id = $id
	WHERE id = (SELECT max(id) FROM raw_extraction_data WHERE tenant_id = 2)" >"$TMP/out"
tool raw restore "$TMP/one" >"$TMP/out"
check_match "an id that another tenant has is refused" "$? $(cat "$TMP/out")" '^1 .*, 1 were refused'
sql "UPDATE raw_extraction_data SET id = (SELECT min(id) - 1 FROM raw_extraction_data) WHERE id = $id" >"$TMP/out"
super -d "$PGDATABASE" -qAt -c "SELECT setval('raw_extraction_data_id_seq', $id - 1)" >"$TMP/out"
tool raw restore "$TMP/one" >"$TMP/out"
check_match "ids beyond the newest are the owner's to take" "$? $(cat "$TMP/tool.err")" '^[1-9].*connect as the owner'
check_match "who may" "$(owner raw restore "$TMP/one")" '^1 batches were restored'
check_is "so that new ones get others" "$(sql "SELECT nextval('raw_extraction_data_id_seq') > $id")" t
super -d "$PGDATABASE" -qAt -c "SELECT setval('raw_extraction_data_id_seq', $id, false)" >"$TMP/out"
owner raw restore "$TMP/one" >"$TMP/out"
check_is "also where the next one would have got the last of these" \
	"$(sql "SELECT nextval('raw_extraction_data_id_seq')")" $((id + 1))

# -- whatever was let in once, by other settings or an older version, comes back
wide=$(jq -nc '[range(5000) | {key: "k\(.)", value: .}] | from_entries')
deep=$(printf '{"a":%.0s' $(seq 600))1$(printf '}%.0s' $(seq 600))
sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, extraction_metadata,
	raw_data_items, raw_data_bytes, raw_data_sha256, processing_status)
	VALUES (1, 1, 'let_in', '$wide', '$deep', 1, 1, sha256('1'), 'completed'),
	(1, 1, 'let_in', '$deep', NULL, 1, 1, sha256('2'), 'completed')" >"$TMP/out"
tool raw archive --tenant 1 --type let_in --folder "$TMP/let" >"$TMP/out"
check_match "a payload beyond today's limits can be read again" \
	"$(tool raw verify "$TMP/let"; cat "$TMP/tool.err")" '^2 batches .*all digests are right'
sql "DELETE FROM raw_extraction_data WHERE entity_type = 'let_in'" >"$TMP/out"
check_match "and restored" "$(tool raw restore --quiet "$TMP/let"; cat "$TMP/tool.err")" '^2 batches were restored'
sql "DELETE FROM raw_extraction_data WHERE entity_type = 'let_in'" >"$TMP/out"

# -- ids that stores take while it looks are not given a second time
mkfifo "$TMP/other"
beside() { # WHAT FIRST THEN: a restore that has to wait for somebody else's statements; sets CODE
	local restoring
	psql -qAtX <"$TMP/other" >"$TMP/others" &
	exec 9>"$TMP/other"
	echo "BEGIN; $2; SELECT 'begun';" >&9
	check "somebody else has $1" wait_until 20 grep -q begun "$TMP/others"
	owner raw restore "$TMP/one" >"$TMP/restored" &
	restoring=$!
	check "a restore waits for that" wait_until 30 sql_is 1 "SELECT count(*) FROM pg_stat_activity
		WHERE application_name = 'pulse-etl' AND wait_event_type = 'Lock' AND datname = current_database()"
	echo "$3; COMMIT;" >&9
	exec 9>&-
	wait "$restoring"
	CODE=$?
}
super -d "$PGDATABASE" -qAt -c "SELECT setval('raw_extraction_data_id_seq', $id - 1)" >"$TMP/out"
beside "the numbers" "ALTER SEQUENCE raw_extraction_data_id_seq OWNED BY raw_extraction_data.id" \
	"SELECT max(nextval('raw_extraction_data_id_seq')) FROM generate_series(1, 1000)"
check_is "and none is taken back" "$CODE $(sql 'SELECT last_value FROM raw_extraction_data_id_seq')" "0 $((id + 999))"
sql "CREATE TABLE test_kept AS SELECT * FROM raw_extraction_data WHERE id = $id;
	DELETE FROM raw_extraction_data WHERE id = $id" >"$TMP/out"
beside "the batch" "INSERT INTO raw_extraction_data SELECT * FROM test_kept" "DROP TABLE test_kept"
check_match "a batch that another restore brings meanwhile is the same" "$CODE $(cat "$TMP/restored")" \
	'^0 0 .*, 1 were there, 0 were refused'
check_is "another tenant's rows are as they were" "$(count 2) $(their_rows)" "10 $theirs"
check_is "each change is in audit_log" "$(sql "SELECT string_agg(DISTINCT action, ' ' ORDER BY action) FROM audit_log
	WHERE action LIKE 'raw_data.%'")" "raw_data.archive raw_data.restore"
done_testing
