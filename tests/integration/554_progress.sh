#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Long work by hand: what it shows on a terminal and in a pipe, how it is stopped
# and goes on, what it asks first, and import from standard input.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
ETL_APP_POOL=2 app_up 'relay_min_age = 300' 'relay_interval = 300'
export ETL_CONFIG=$ETL_APP/etl.conf
tool() { # ARGUMENT…; sets OUT, ERR, CODE
	OUT=$("$ETL_BUILD/pulse-etl" "$@" 2>"$TMP/tool.err" </dev/null)
	CODE=$?
	ERR=$(cat "$TMP/tool.err")
}
# On a terminal of so many columns, with an answer typed; sets OUT, CODE.
on_terminal() { # COLUMNS ANSWER ARGUMENT…
	local columns=$1 answer=$2
	shift 2
	printf '%s\n' "$answer" >"$TMP/typed"
	script -qec "stty cols $columns; '$ETL_BUILD/pulse-etl' $*" /dev/null <"$TMP/typed" >"$TMP/terminal"
	CODE=$?
	# Each state of the bar in a line of its own; not what was typed.
	OUT=$(tr '\r' '\n' <"$TMP/terminal" | sed "/^ *\$/d; /^$answer\$/d")
}
batches() { # STATUS COUNT NAME
	sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, external_id, raw_data,
		raw_data_items, raw_data_bytes, raw_data_sha256, processing_status, queued_at, processed_at)
		SELECT 1, 1, 'github_prs_batch', '$3', '[]', 0, 2, sha256('[]'), '$1', now(),
		now() - interval '900 days' FROM generate_series(1, $2) AS n"
}
count() { sql "SELECT count(*) FROM raw_extraction_data WHERE external_id = '$1' AND ${2-TRUE}"; }
purge=(purge --older-than 800d --status completed)

# -- dry runs: how many, and the first of them
batches completed 25 dry
tool "${purge[@]}" --dry-run
check_is "purge --dry-run: how many, the first ten, how many more" \
	"$CODE $(head -n 1 <<<"$OUT") $(grep -c ' github_prs_batch ' <<<"$OUT") $(tail -n 1 <<<"$OUT")" \
	"0 25 batches with 50 bytes of payload would be removed 10 and 15 more"
check_is "removes nothing" "$(count dry)" 25
tool requeue --tenant 1 --type github_prs_batch --dry-run
check_is "requeue --dry-run, too" \
	"$CODE $(head -n 1 <<<"$OUT") $(grep -c ' github_prs_batch ' <<<"$OUT") $(tail -n 1 <<<"$OUT")" \
	"0 25 batches would be pending again 10 and 15 more"
tool requeue --tenant 1 --type github_prs_batch --limit 3 --dry-run
check_is "no more than --limit" "$(head -n 1 <<<"$OUT") $(grep -c ' github_prs_batch ' <<<"$OUT")" \
	"3 batches would be pending again 3"
check_is "changes nothing" "$(count dry "processing_status = 'completed'")" 25

# -- the question
batches completed 101 many
on_terminal 80 n "${purge[@]}"
check_match "above a hundred a person is asked" "$OUT" '126 batches with 252 bytes .* Go on\? \[y/N\]'
check_is "and no is no: 1" "$CODE $(count many)" "1 101"
on_terminal 80 n requeue --tenant 1 --type github_prs_batch
check_match "requeue asks, too" "$CODE $OUT" '^1 .*126 batches are processed again\. Go on\?'
check_is "and does nothing" "$(count many "processing_status = 'completed'")" 101
on_terminal 80 n requeue --tenant 1 --type github_prs_batch --limit 100
check_match "a hundred are no question" "$CODE $OUT" '^0 .*100 batches are pending again'
sql "UPDATE raw_extraction_data SET processing_status = 'completed', processed_at = now() - interval '900 days'"
on_terminal 80 n "${purge[@]}" --yes
check_match "--yes: no question" "$CODE $(grep -c 'Go on' <<<"$OUT") $OUT" '^0 0 .*126 batches were removed'
batches completed 101 many
on_terminal 80 y "${purge[@]}"
check_match "yes is yes" "$CODE $OUT" '^0 .*101 batches were removed'
batches completed 101 many
tool "${purge[@]}"
check_is "where nobody sits nothing is asked" "$CODE $OUT" "0 101 batches were removed"

# -- progress
slow() { # SECONDS: each step takes so long
	sql "CREATE OR REPLACE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN PERFORM pg_sleep($1);
		RETURN NULL; END \$\$;
		DROP TRIGGER IF EXISTS slow ON raw_extraction_data;
		CREATE TRIGGER slow AFTER UPDATE OR DELETE ON raw_extraction_data FOR EACH STATEMENT
		EXECUTE FUNCTION slow()"
}
slow 0.15
batches completed 2000 long
for columns in 100 60 36; do
	on_terminal $columns y "${purge[@]}" --yes
	bars=$(grep '/2000' <<<"$OUT")
	check_is "a terminal of $columns columns: no line is wider" \
		"$(awk -v most=$columns 'length >= most' <<<"$bars")" ""
	check_match "a bar, how much, and (where there is room) how fast and how long" "$bars" \
		"$([ $columns = 36 ] && echo '\[#+ *\] +[0-9]+ %  [0-9]+/2000' ||
			echo '\[#+ *\] +[0-9]+ %  [0-9]+/2000  [0-9]+/s  [0-9]+ s left')"
	check_is "at the end: all of it" "$(tail -n 1 <<<"$OUT")" "2000 batches were removed"
	batches completed 2000 long
done
on_terminal 80 y "${purge[@]}" --yes --quiet
check_is "--quiet: no bar" "$OUT" "2000 batches were removed"
batches completed 2000 long
tool "${purge[@]}"
check_is "in a pipe a line for each tenth" \
	"$CODE $OUT $(grep -cE '^[0-9]+ of 2000 batches, [0-9]+/s, [0-9]+ s left$' <<<"$ERR") $(wc -l <<<"$ERR")" \
	"0 2000 batches were removed 9 9"
batches completed 1000 long
tool "${purge[@]}" --quiet
check_is "and none with --quiet" "$CODE $OUT $ERR" "0 1000 batches were removed "
sql "CREATE OR REPLACE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN PERFORM pg_sleep(0.01);
	RETURN NULL; END \$\$"
batches completed 10000 long
began=$(date +%s%N)
on_terminal 80 y "${purge[@]}" --yes
tenths=$((($(date +%s%N) - began) / 100000000))
bars=$(grep -c '/10000' <<<"$OUT")
check "no more than ten bars a second ($bars in $tenths tenths)" [ "$bars" -le $((tenths + 2)) ]

# -- stops
stopped() { # ARGUMENT…: by SIGTERM, once it has begun; sets OUT, ERR, CODE
	local pid
	"$ETL_BUILD/pulse-etl" "$@" >"$TMP/out" 2>"$TMP/tool.err" </dev/null &
	pid=$!
	wait_until 20 begun || note "it does not begin"
	kill -s TERM "$pid"
	wait "$pid"
	CODE=$?
	OUT=$(cat "$TMP/out")
	ERR=$(cat "$TMP/tool.err")
}
slow 0.5
batches completed 2000 stop
begun() { [ "$(count stop)" -lt 2000 ]; }
stopped "${purge[@]}"
left=$(count stop)
check "purge ends before it is done ($left left)" [ "$left" -gt 0 ]
check_is "between two steps" $((left % 200)) 0
check_is "with 130, what was done and what is left" \
	"$CODE $OUT $(tail -n 1 <<<"$ERR")" \
	"130 $((2000 - left)) batches were removed pulse-etl: stopped: $left batches are left: run it again to go on"
slow 0
tool "${purge[@]}" --quiet
check_is "run again it goes on" "$CODE $OUT" "0 $left batches were removed"
slow 0.5
batches completed 4000 stop
begun() { [ "$(count stop "processing_status = 'pending'")" -gt 0 ]; }
stopped requeue --tenant 1 --type github_prs_batch
done=$(count stop "processing_status = 'pending'")
check_is "requeue ends between two steps" "$CODE $OUT" \
	"130 $done batches are pending again, $done of them queued"
check_match "and says what is left" "$ERR" "stopped: $((4000 - done)) batches are left as they were"
slow 0
tool requeue --tenant 1 --type github_prs_batch --quiet
check_match "run again it goes on" "$CODE $OUT" "^0 $((4000 - done)) batches are pending again"
sql "DROP TRIGGER slow ON raw_extraction_data; DELETE FROM raw_extraction_data"
queue_purge transform_queue

# Ctrl-C, typed at a terminal.
slow 0.5
batches completed 2000 typed
begun() { [ "$(count typed)" -lt 2000 ]; }
{
	wait_until 20 begun
	printf '\003'
	sleep 2
} | script -qec "'$ETL_BUILD/pulse-etl' ${purge[*]} --yes" /dev/null >"$TMP/typed.out" 2>&1
check_is "Ctrl-C at a terminal: 130, between two steps" "${PIPESTATUS[1]} $(($(count typed) % 200))" "130 0"
check "and there is something left" [ "$(count typed)" -gt 0 ]
sql "DROP TRIGGER slow ON raw_extraction_data; DELETE FROM raw_extraction_data"

# -- raw export
sql "INSERT INTO raw_extraction_data (id, tenant_id, integration_id, entity_type, raw_data, raw_data_items,
	raw_data_bytes, raw_data_sha256, processing_status)
	SELECT 900001, 1, 1, 'large', j, 1, length(j::text), sha256('x'), 'completed'
	FROM to_jsonb(repeat('x', 20000000)) AS j"
mkfifo "$TMP/fifo"
"$ETL_BUILD/pulse-etl" raw export --tenant 1 900001 2>"$TMP/tool.err" >"$TMP/fifo" &
export_pid=$!
exec 7<"$TMP/fifo"
head -c 1000 <&7 >/dev/null
kill -s TERM $export_pid
cat <&7 >"$TMP/rest"
exec 7<&-
wait $export_pid
check_is "raw export ends within its payload: 130" \
	"$? $(tail -n 1 "$TMP/tool.err")" "130 pulse-etl: stopped: what was printed is not whole"
check "and it is not whole" [ "$(stat -c %s "$TMP/rest")" -lt 20000000 ]
tool raw export --tenant 1 --output "$TMP/export" --quiet 900001
check_is "one that is let do writes all" "$CODE $(stat -c %s "$TMP/export") $ERR" "0 20000003 "

# -- dead messages
for n in 1 2 3 4 5; do
	publish load.dead \
		"{\"raw_data_id\":$n,\"tenant_id\":1,\"integration_id\":1,\"entity_type\":\"jira_projects_batch\"}"
done
check "five are dead" wait_until 20 queue_has load_queue.dead 5
tool dead requeue --all load
check_is "dead requeue: a line for each that is a tenth or more" \
	"$CODE $OUT $(grep -cE '^[1-4] of 5 messages' <<<"$ERR")" "0 5 of 5 messages requeued 4"
queue_purge load_queue

# -- import from standard input
# shellcheck disable=SC2206 # words
import=(import --url "$ETL_URL/app/etl/" --tenant 1 --integration 1 --type jira_projects_batch)
stored() { sql "SELECT count(*) FROM raw_extraction_data WHERE entity_type = 'jira_projects_batch'"; }
{
	for n in $(seq 1 30); do projects "$n" "$n" | tr -d '\n' && echo; done
	printf '\n  \n'
	projects 7 7 | tr -d '\n'
} >"$TMP/lines"
OUT=$("$ETL_BUILD/pulse-etl" "${import[@]}" - <"$TMP/lines" 2>"$TMP/tool.err")
check_is "import -: each line is a batch, blank ones are none, one that comes twice is stored once" \
	"$? $(tail -n 1 <<<"$OUT") $(stored)" "0 31 lines: 30 stored, 1 known, 0 failed 30"
check_match "a line for each" "$OUT" 'stored [0-9]+ line 1'
check_is "a line has no name" "$(sql "SELECT count(external_id) FROM raw_extraction_data")" 0
OUT=$("$ETL_BUILD/pulse-etl" "${import[@]}" --quiet - <"$TMP/lines" 2>"$TMP/tool.err")
check_is "again: all are known; --quiet tells the last line alone" "$? $OUT" "0 31 lines: 0 stored, 31 known, 0 failed"
printf '%s\n' \
	'{"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[{"id":"900","key":"A","name":"a"}]}' \
	'{broken' '{"integration_id":1,"entity_type":"x"}' >"$TMP/lines"
OUT=$("$ETL_BUILD/pulse-etl" import --url "$ETL_URL" --tenant 1 - <"$TMP/lines" 2>"$TMP/tool.err")
check_is "whole requests, too; what is refused: 65" \
	"$? $(tail -n 1 <<<"$OUT") $(tail -n 1 "$TMP/tool.err")" \
	"65 3 lines: 1 stored, 0 known, 2 failed pulse-etl: 2 lines were refused"
check_match "with its line" "$(cat "$TMP/tool.err")" 'failed syntax line 2: This is not JSON'
OUT=$("$ETL_BUILD/pulse-etl" "${import[@]}" - "$TMP/lines" </dev/null 2>"$TMP/tool.err")
check_is "- stands alone: 64" "$?" 64
OUT=$("$ETL_BUILD/pulse-etl" "${import[@]}" - </dev/null 2>"$TMP/tool.err")
check_is "nothing on it: nothing to do" "$? $OUT" "0 0 lines: 0 stored, 0 known, 0 failed"
before=$(stored)
mkfifo "$TMP/slow"
"$ETL_BUILD/pulse-etl" "${import[@]}" - <"$TMP/slow" >"$TMP/out" 2>"$TMP/tool.err" &
import_pid=$!
exec 8>"$TMP/slow"
projects 501 501 | tr -d '\n' >&8
echo >&8
one_more() { [ "$(stored)" = $((before + 1)) ]; }
check "a line is stored when it comes, not at the end" wait_until 10 one_more
projects 502 502 | tr -d '\n' >&8
kill -s TERM $import_pid
wait $import_pid
check_is "a stop while it waits: 130" "$? $(tail -n 1 "$TMP/out")" "130 1 lines: 1 stored, 0 known, 0 failed"
exec 8>&-
check_match "it says how to go on" "$(cat "$TMP/tool.err")" 'stopped: run the import again'

# -- import of files, stopped
mkdir "$TMP/files"
for n in $(seq 1 300); do projects "$((1000 + n))" "$((1000 + n))" >"$TMP/files/$n.json"; done
before=$(stored)
begun() { [ "$(stored)" -gt "$before" ]; }
stopped "${import[@]}" --jobs 1 "$TMP/files"
check_is "import ends after what is under way" \
	"$CODE $(tail -n 1 <<<"$OUT")" "130 300 files: $(($(stored) - before)) stored, 0 known, 0 failed"
on_terminal 72 y "${import[@]}" "$TMP/files"
bars=$(grep '/300' <<<"$OUT")
check_is "the bar fits its terminal" "$(awk 'length >= 72' <<<"$bars")" ""
check_is "and the rest is stored" "$CODE $(stored) $(tail -n 1 <<<"$OUT" | grep -o '0 failed')" \
	"0 $((before + 300)) 0 failed"
tool import --url "$ETL_URL" --tenant 1 --integration 1 --type jira_issue_batch "$TMP/files/1.json"
check_match "a warning is no failure" "$CODE $ERR" '^0 warning .*did you mean jira_issues_batch'
tool import --strict --url "$ETL_URL" --tenant 1 --integration 1 --type jira_issue_batch "$TMP/files/1.json"
check_match "but with --strict: 65" "$CODE $(tail -n 1 <<<"$ERR")" \
	'^65 pulse-etl: all are stored, but the service warned'
printf 'wrong_token' >"$TMP/token.wrong"
chmod 600 "$TMP/token.wrong"
tool "${import[@]}" --token-file "$TMP/token.wrong" "$TMP/files/1.json"
check_match "a token that the service refuses: 1, and what to do" "$CODE $ERR" '^1 .*refuses the token: --token-file'
tool import --url ftp://host "$TMP/files"
check_match "another scheme: 64" "$CODE $ERR" '^64 .*--url takes the service.s address: http://'
done_testing
