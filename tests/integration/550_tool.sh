#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What operators do by hand with pulse-etl.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
id=
ETL_APP_POOL=2 app_up 'relay_min_age = 0' 'relay_interval = 300' 'relay_chores = 1'
export ETL_CONFIG=$ETL_APP/etl.conf

tool() { # ARGUMENT…; sets OUT, CODE
	OUT=$("$ETL_BUILD/pulse-etl" "$@" 2>"$TMP/tool.err")
	CODE=$?
}

# -- the command line
tool --help
check_match "--help lists the commands" "$OUT" 'raw export.*dead requeue.*import.*purge'
tool raw
check_is "a group alone: 64" "$CODE" 64
tool import --help
check_match "a command of one word has --help" "$OUT" 'usage: pulse-etl import'
for words in 'nothing' 'raw nothing' 'raw list' 'raw show --tenant 1' 'raw show --tenant 1 x' 'purge' \
	'purge --older-than 3 --status completed' 'purge --older-than 3d --status pending' 'dead list nothing' \
	'dead drop transform' 'dead drop --all --number 1 transform' 'import --url ftp://x file' \
	'requeue --tenant 1 --status processing' 'requeue --tenant 0' 'raw list --tenant 1 --status nonsense' \
	'requeue --tenant 1 --status nonsense' 'requeue --tenant 1' 'requeue --tenant 1 --limit 5'; do
	# shellcheck disable=SC2086 # words
	tool $words
	check_is "pulse-etl $words: 64" "$CODE" 64
done

# -- looking
store "$(projects 1 3)"
first=$id
tool raw list --tenant 1
check_match "raw list shows it" "$OUT" "$id +jira_projects_batch +pending +[0-9TZ:-]+ +3 "
tool raw list --tenant 1 --type jira_project_batch
check_match "a type that nothing is made of is told" \
	"$CODE $(cat "$TMP/tool.err")" '^0 .*did you mean jira_projects_batch\?'
tool raw list --tenant 2
check_is "not to another tenant" "$(wc -l <<<"$OUT")" 1
tool raw show --tenant 1 "$id"
check_match "raw show tells the status" "$OUT" 'processing_status: pending'
tool raw show --tenant 1 424242
check_is "an unknown one: 1" "$CODE" 1
tool raw export --tenant 1 "$id"
check_is "raw export prints the payload" \
	"$(jq -c . <<<"$OUT")" "$(projects 1 3 |
		jq -c 'map({id, key, name, issueTypes: (.issueTypes | map({id, name, hierarchyLevel}))})')"
tool raw export --tenant 1 --output "$TMP/exported" "$id"
check_is "or writes it to a file" "$(cat "$TMP/exported")" "$("$ETL_BUILD/pulse-etl" raw export --tenant 1 "$id")"

# -- by hand, without a queue
tool raw process --tenant 1 "$id"
check_is "raw process transforms and loads" \
	"$CODE $(grep -c '^transform: 3 items read\|^load:' <<<"$OUT") $(row processing_status)" "0 2 completed"
store '[{"name":"no id"}]'
tool raw process --tenant 1 "$id"
check_is "one that fails: 65, with a reason" "$CODE $(row processing_status)" "65 failed"

# -- requeue: more than one step, and batches that are done again while it goes on.
sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, external_id, raw_data, raw_data_items,
	raw_data_bytes, raw_data_sha256, processing_status, queued_at)
	SELECT 1, 1, 'github_prs_batch', 'step', '[]', 0, 2, sha256('[]'), CASE WHEN n % 2 = 0 THEN 'failed'
	ELSE 'pending' END, now() FROM generate_series(1, 2400) AS n;
	CREATE FUNCTION done_again() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN NEW.processing_status := 'failed';
	NEW.attempts := OLD.attempts + 1; RETURN NEW; END \$\$;
	CREATE TRIGGER done_again BEFORE UPDATE ON raw_extraction_data
	FOR EACH ROW WHEN (OLD.external_id = 'step' AND OLD.processing_status = 'failed'
	AND NEW.processing_status = 'pending') EXECUTE FUNCTION done_again()"
tool requeue --tenant 1 --status failed --type github_prs_batch
check_match "each of 1,200 failed ones once, though they fail again" "$OUT" "^1200 batches"
check_is "with their attempts" \
	"$(sql "SELECT string_agg(DISTINCT attempts::text, ' ') FROM raw_extraction_data
		WHERE external_id = 'step' AND processing_status = 'failed'")" 1
tool requeue --tenant 1 --status pending --type github_prs_batch
check_match "and each of 1,200 pending ones" "$OUT" "^1200 batches"
tool requeue --tenant 1 --status failed --type github_prs_batch --limit 700
check_match "no more than --limit" "$OUT" "^700 batches"
sql "DROP TRIGGER done_again ON raw_extraction_data; DELETE FROM raw_extraction_data WHERE external_id = 'step'"

# -- requeue
# shellcheck disable=SC2154 # messages.sh has it
for name in "${transform_queues[@]}"; do queue_purge "$name"; done
tool requeue --tenant 1 --all --dry-run
check_is "requeue --dry-run tells how many" "$CODE $(head -n 1 <<<"$OUT")" "0 2 batches would be pending again"
tool requeue --tenant 1 --all
check_is "requeue: both" "$CODE $OUT" "0 2 batches are pending again, 2 of them queued"
check "they have messages" queue_ids_at_least 2
tool requeue --tenant 1 --id 424242
check_match "none of an unknown id" "$OUT" '^0 batches'

# -- the dead
ETL_APP_WORKERS=1 app start worker
check "a worker buries the bad one" wait_until 15 queue_has transform_queue.dead 1
check "and is done with the other" wait_until 15 queue_has transform_queue 0
app stop worker
publish transform.dead "$(printf 'not\033[31m a job')"
wait_until 5 queue_has transform_queue.dead 2
tool dead list transform_queue
check_match "dead list shows batch and reason" "$OUT" "1 +[^ ]+ +1 +$id +jira_projects_batch +[A-Z]"
check_is "both of them" "$(tail -n +2 <<<"$OUT" | wc -l)" 2
tool dead show --number 2 transform
check_match "dead show prints the body" "$OUT" 'body: not\?\[31m a job'
check_is "looking takes nothing away" "$(wait_until 5 queue_has transform_queue.dead 2 && echo 2)" 2
tool dead requeue --batch "$id" transform
check_is "dead requeue: its batch is pending, its message queued" \
	"$CODE $(row processing_status) $(queue_depth transform_queue) $(queue_depth transform_queue.dead)" \
	"0 pending 1 1"
# -- requeue takes what is dead of a batch away
publish transform.dead "$(message_of "$id")"
publish load.dead "$(message_of "$id")"
publish load.dead "$(message_of "$first")"
wait_until 5 queue_has load_queue.dead 2
sleep 1
api POST "raw-data/$id/requeue"
check_is "requeue by the service: what is dead of the batch goes, and nothing else" \
	"$STATUS $(wait_until 5 queue_has load_queue.dead 1 && queue_depth transform_queue.dead)" "200 1"
publish transform.dead "$(message_of "$id")"
wait_until 5 queue_has transform_queue.dead 2
sleep 1
tool requeue --tenant 1 --id "$id"
check "requeue by hand does so, too" wait_until 5 queue_has transform_queue.dead 1
queue_purge load_queue.dead
tool dead requeue --all transform
check_is "what is no job stays" "$OUT $(queue_depth transform_queue.dead)" "0 of 1 messages requeued 1"
tool dead drop --number 1 transform
check_is "dead drop forgets it" "$CODE $(queue_depth transform_queue.dead)" "0 0"
tool dead drop --batch 1 transform
check_is "there is no other: 1" "$CODE" 1
publish load.dead "$(message_of "$first")"
wait_until 5 queue_has load_queue.dead 1
tool dead requeue --all load
check_is "a load job goes back to its queue" "$CODE $(queue_depth load_queue) $(queue_depth load_queue.dead)" "0 1 0"

# -- import
mkdir -p "$TMP/files/deep"
for n in $(seq 1 30); do projects "$((100 + n))" "$((100 + n))" >"$TMP/files/$n.json"; done
for n in $(seq 31 40); do projects "$((100 + n))" "$((100 + n))" >"$TMP/files/deep/$n.json"; done
echo 'left alone' >"$TMP/files/notes.txt"
# shellcheck disable=SC2206 # words
import=(import --url "$ETL_URL" --tenant 1 --integration 1 --type jira_projects_batch)
stored() { sql "SELECT count(*) FROM raw_extraction_data WHERE external_id LIKE '%.json'"; }
"$ETL_BUILD/pulse-etl" "${import[@]}" --jobs 1 "$TMP/files" >"$TMP/imported" 2>&1 &
import_pid=$!
some_stored() { [ "$(stored)" -ge 5 ]; }
wait_until 10 some_stored
kill -s KILL "$import_pid" 2>/dev/null
wait "$import_pid" 2>/dev/null
before=$(stored)
tool "${import[@]}" --jobs 8 "$TMP/files"
check_is "import, killed and begun again, stores each file once (of $before)" "$CODE $(stored)" "0 40"
check_match "its last line counts" "$(tail -n 1 <<<"$OUT")" '^40 files: [0-9]+ stored, [0-9]+ known, 0 failed$'
check_is "a line for each file" "$(grep -cE '^(stored|known) [0-9]+ ' <<<"$OUT")" 40
tool "${import[@]}" "$TMP/files"
check_is "a third time nothing is stored" "$(tail -n 1 <<<"$OUT")" "40 files: 0 stored, 40 known, 0 failed"
check_is "with the payload as it is" \
	"$(sql "SELECT raw_data->0->>'key' FROM raw_extraction_data WHERE external_id = '7.json'")" P107
printf '{"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[]}' >"$TMP/whole.json"
echo '{' >"$TMP/broken.json"
tool import --url "$ETL_URL" --tenant 1 "$TMP/whole.json"
check_is "whole requests can be stored, too" "$CODE" 0
tool import --url "$ETL_URL" --tenant 1 "$TMP/broken.json" "$TMP/whole.json"
check_is "one that is refused: 65" "$CODE $(tail -n 1 <<<"$OUT")" "65 2 files: 0 stored, 1 known, 1 failed"
check_match "with the service's code and reason" \
	"$(cat "$TMP/tool.err")" '^failed syntax .*/broken.json: The JSON ends .+'
tool import --url "$ETL_URL" --tenant 1 --output ndjson "$TMP/broken.json" "$TMP/whole.json"
row='[(.path | sub(".*/"; "")), .outcome, (.raw_data_id | type), .status, .code, (.detail | type)]'
check_is "as JSON: a row for each file, with the problem's code" "$CODE $(jq -c "$row" <<<"$OUT" | sort)" \
	'65 ["broken.json","refused","null",400,"syntax","string"]
["whole.json","known","number",200,null,"null"]'
check_is "what failed is an object, too" "$(tail -n 1 "$TMP/tool.err" | jq -r .code)" invalid
tool raw show --tenant 1 --output json 999999
check_is "so it is with other commands" "$CODE $(jq -r .code "$TMP/tool.err")" "1 no_row"
tool raw show --tenant 1 999999
check_match "without --output json it is in words" "$(cat "$TMP/tool.err")" '^pulse-etl: '
tool "${import[@]}" --no-queue "$TMP/files/1.json"
check_is "--no-queue stores without a message" \
	"$(sql "SELECT count(*) FROM raw_extraction_data WHERE NOT queue_transform")" 1
app stop pool
"$ETL_BUILD/pulse-etl" "${import[@]}" --no-queue "$TMP/files/2.json" >"$TMP/imported" 2>&1 &
import_pid=$!
sleep 1
app start pool
wait "$import_pid"
check_is "a service that was away for a moment is asked again" \
	"$? $(tail -n 1 "$TMP/imported")" "0 1 files: 1 stored, 0 known, 0 failed"
check_is "a token in the arguments is not taken" "$("$ETL_BUILD/pulse-etl" import --token x 2>&1 | grep -c usage)" 1

# -- files that are no JSON: places are those of the file
mkdir "$TMP/bad"
printf '\357\273\277{"issues":[]}' >"$TMP/bad/bom.json"
printf '[{"id":"1"},\n {"id":"2",}]' >"$TMP/bad/comma.json"
: >"$TMP/bad/empty.json"
tool "${import[@]}" --jobs 1 "$TMP/bad"
check_is "none of them is stored" "$CODE $(tail -n 1 <<<"$OUT")" "65 3 files: 0 stored, 0 known, 3 failed"
check_match "a byte order mark is at byte 0" \
	"$(cat "$TMP/tool.err")" 'bom.json: The JSON begins with a byte order mark.*\(at byte 0, in line 1'
check_match "a comma too many is where it is in the file, with what stands around" \
	"$(cat "$TMP/tool.err")" 'comma.json: This is not JSON \(at byte 24, in line 2, around: .*"id":"2",}\]'
mkdir "$TMP/loop"
echo '[]' >"$TMP/loop/a b&c=ü.json"
ln -s . "$TMP/loop/loop"
ln -s /nowhere "$TMP/loop/nowhere.json"
tool "${import[@]}" "$TMP/loop"
check_is "a folder with a link to itself: each file once" \
	"$CODE $(tail -n 1 <<<"$OUT")" "0 1 files: 1 stored, 0 known, 0 failed"
check_match "the loop is named" "$(cat "$TMP/tool.err")" 'passed over .*/loop/loop: '
check_match "and a link to nothing" "$(cat "$TMP/tool.err")" 'passed over .*/nowhere.json: '
check_is "a name of any letters is the batch's" \
	"$(sql "SELECT count(*) FROM raw_extraction_data WHERE external_id = 'a b&c=ü.json'")" 1
sql "DELETE FROM raw_extraction_data WHERE external_id = 'a b&c=ü.json'"

# A service that is away for long: nothing is held, nothing is sent.
mkdir "$TMP/large"
for n in $(seq 1 200); do
	printf '[{"id":"%d","key":"L","name":"%s"}]' "$n" "$(head -c 1000000 /dev/zero | tr '\0' x)" \
		>"$TMP/large/large$n.jso"
done
app stop nginx
"$ETL_BUILD/pulse-etl" "${import[@]}" --no-queue "$TMP/large/"*.jso >"$TMP/imported" 2>"$TMP/imported.err" &
import_pid=$!
sleep 5
largest=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$import_pid/status")
app start nginx
wait "$import_pid"
check_is "200 files of 1 MB are stored when it is back" \
	"$? $(tail -n 1 "$TMP/imported")" "0 200 files: 200 stored, 0 known, 0 failed"
if is_sanitized; then
	skip "memory" "the sanitizers need their own"
else
	check "they were not held in memory meanwhile ($largest kB)" [ "$largest" -lt 61440 ]
fi
check_is "a line of progress for each" "$(grep -c '^stored [0-9]* .*/large[0-9]*.jso$' "$TMP/imported")" 200
sql "DELETE FROM raw_extraction_data WHERE external_id LIKE 'large%'"

# -- purge
sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, external_id, raw_data, raw_data_items,
	raw_data_bytes, raw_data_sha256, processing_status, processed_at)
	SELECT 1, 1, 'jira_projects_batch', 'step', '[]', 0, 2, sha256('[]'), 'completed', now() - interval '900 days'
	FROM generate_series(1, 10100) AS n"
tool purge --older-than 800d --status completed
check_is "purge in several steps" "$CODE $OUT" "0 10100 batches were removed"
check_match "with a line of progress in a pipe" "$(tail -n 1 "$TMP/tool.err")" \
	'^(9200|9[0-9]00) of 10100 batches, [0-9]+/s'
check_is "and all of them" "$(sql "SELECT count(*) FROM raw_extraction_data WHERE external_id = 'step'")" 0
sql "UPDATE raw_extraction_data SET processing_status = 'completed', processed_at = now() - interval '100 days'
	WHERE external_id LIKE '%.json' AND length(external_id) = 7;
	UPDATE raw_extraction_data SET processing_status = 'failed', processed_at = now() - interval '10 days'
	WHERE external_id LIKE '_.json'" >"$TMP/out"
tool purge --older-than 90d --status completed
check_is "a batch whose key may come again stays" "$CODE $OUT" "0 0 batches were removed"
sql "UPDATE idempotency_keys SET expires_at = now() - interval '1 minute'"
old=$(sql "SELECT count(*) FROM raw_extraction_data WHERE processed_at < now() - interval '90 days'")
total=$(sql "SELECT count(*) FROM raw_extraction_data")
tool purge --older-than 90d --status completed --dry-run
check_match "purge --dry-run counts" "$OUT" "^$old batches with [0-9]+ bytes"
check_is "and removes nothing" "$(sql "SELECT count(*) FROM raw_extraction_data")" "$total"
tool purge --older-than 90d --status completed --tenant 2
check_is "not another tenant's" "$OUT" "0 batches were removed"
tool purge --older-than 90d --status completed
check_is "purge removes the old ones" "$CODE $OUT" "0 $old batches were removed"
check_is "and no other" "$(sql "SELECT count(*) FROM raw_extraction_data")" "$((total - old))"

# -- retention, by the relay
sql "UPDATE raw_extraction_data SET processing_status = 'completed', created_at = now() - interval '3 days',
	processed_at = now() - interval '3 days'
	WHERE external_id = '1.json';
	INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items,
	raw_data_bytes, raw_data_sha256, processing_status, processed_at) SELECT DISTINCT tenant_id, integration_id,
	entity_type, '[]'::jsonb, 0, 2, sha256('[]'), 'completed', now() FROM raw_extraction_data
	WHERE external_id = '1.json'" >"$TMP/out" # the newest of their types stay
old=$(sql "SELECT count(*) FROM raw_extraction_data WHERE external_id = '1.json'")
sleep 1.5
check_is "without retention_days the relay removes nothing" \
	"$(sql "SELECT count(*) FROM raw_extraction_data WHERE external_id = '1.json'")" "$old"
echo 'retention_days = 2' >>"$ETL_APP/extra.conf"
unset ETL_APP_CONF
app restart relay
check "with it, old completed ones" \
	wait_until 10 sql_is 0 "SELECT count(*) FROM raw_extraction_data WHERE external_id = '1.json'"
check "which it tells" wait_until 10 grep -q "event=retired count=$old" "$APP_LOGS/relay.log"
check "and no failed ones" sql_is t "SELECT count(*) > 0 FROM raw_extraction_data WHERE processing_status = 'failed'"
done_testing
