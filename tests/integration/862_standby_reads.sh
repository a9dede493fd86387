#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Lists and reports from a standby: they have all that was committed before they
# were asked for, whatever becomes of the standby.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/catalogue.sh"
. "$(dirname "$0")/routes.sh"
. "$(dirname "$0")/standby.sh"
ETL_APP_POOL=3 app_up 'database_read_wait = 3000'
second_tenant

# -- how many lists were read from where, since the last time
reads() { # sets STANDBY, PRIMARY: of any reason, and REASONS
	local now line was
	request GET /app/etl/metrics
	now=$(sed -n 's/^etl_reads_total{from="\([a-z]*\)",reason="\([a-z_]*\)"} \([0-9]*\)$/\1 \2 \3/p' "$BODY")
	STANDBY=0 PRIMARY=0 REASONS=
	while read -r line; do
		# shellcheck disable=SC2086 # words
		set -- $line
		was=${seen_reads["$1 $2"]-0}
		seen_reads["$1 $2"]=$3
		[ "$3" != "$was" ] || continue
		[ "$1" = standby ] && STANDBY=$(($3 - was)) || {
			PRIMARY=$((PRIMARY + $3 - was))
			REASONS+=" $2"
		}
	done <<<"$now"
}
declare -A seen_reads=()
read_url() { # URL: what the pool reads lists from
	unset ETL_APP_CONF
	grep -v '^database_read_url' "$ETL_APP/extra.conf" >"$TMP/extra.conf"
	{ cat "$TMP/extra.conf" && printf '%s\n' "${1:+database_read_url = $1}"; } >"$ETL_APP/extra.conf"
	app restart pool
	reads
}
url_of() { # PORT
	sed -n "s|^database_url = \(.*\)@127.0.0.1:[0-9]*/|\1@127.0.0.1:$1/|p" "$ETL_APP/etl.conf"
}
# Requests one after the other by one curl: TENANT PATH [JSON], a line each. Their
# bodies are FOLDER/1 and so on, their statuses and seconds lines of FOLDER/codes.
ask_many() { # FOLDER
	local tenant path json n=0
	rm -rf "$1"
	mkdir "$1"
	while read -r tenant path json; do
		n=$((n + 1))
		[ $n = 1 ] || echo next
		# shellcheck disable=SC2154 # catalogue.sh has it
		cat "$([ "$tenant" = 1 ] && echo "$ETL_CURLRC" || echo "$second_token")"
		printf '%s\n' silent globoff 'noproxy = "*"' 'max-time = 60' \
			'header = "Content-Type: application/json"' 'write-out = "%{http_code} %{time_total}\n"' \
			"url = \"$ETL_URL/app/etl/$path\"" "output = \"$1/$n\""
		[ -z "$json" ] || printf 'data = "%s"\n' "${json//\"/\\\"}"
	done >"$1/ask"
	curl -K "$1/ask" >"$1/codes"
}
numbered() { # FOLDER FIRST STEP LAST
	seq -f "$1/%g" "$2" "$3" "$4"
}
lists() { # COUNT: that many, each right: the newest batch is the one that was just stored
	local folder=$TMP/lists
	yes '1 raw-data/store {"integration_id":1,"entity_type":"own_things","raw_data":[1]}
1 raw-data?limit=1' | head -n $((2 * $1)) | ask_many "$folder"
	numbered "$folder" 1 2 $((2 * $1)) | xargs jq .raw_data_id >"$TMP/stored"
	numbered "$folder" 2 2 $((2 * $1)) | xargs jq '.raw_data_records[0].id' >"$TMP/listed"
	SLOWEST=$(awk 'NR % 2 == 0 && $2 > most { most = $2 } END { print most }' "$folder/codes")
	grep -c . "$TMP/stored" | grep -qx "$1" && ! grep -q null "$TMP/stored" && diff "$TMP/stored" "$TMP/listed"
}
wait_for_standby() { # MS: how long lists wait for it, without a restart
	sed "s/^database_read_wait = .*/database_read_wait = $1/" -i "$ETL_APP/extra.conf"
	sed "s/^database_read_wait = .*/database_read_wait = $1/" "$ETL_APP/etl.conf" >"$TMP/etl.conf"
	cat "$TMP/etl.conf" >"$ETL_APP/etl.conf"
	responders | xargs kill -s HUP
}
from_standby() { # the next list is: it is asked for until it is
	api GET 'raw-data?limit=1'
	reads
	[ "$STANDBY" -gt 0 ]
}

check "a standby follows" standby_make one
trap 'standby_end; clean_up' EXIT
standby=$(url_of "$STANDBY_PORT")
read_url "$standby"
check "lists come from it" wait_until 10 from_standby
check "as its own sessions say" [ "$(standby_super one -c "SELECT count(*) > 0 FROM pg_stat_activity
	WHERE application_name = 'pulse-etl-fcgi' AND datname = '$PGDATABASE'")" = t ]

# -- each list and report, the same as from the primary
paths=$({
	echo '#define ROUTE(...)'
	echo '#define ROUTE_OF(...)'
	echo '#define ROUTE_LIST(method, path, ...) ROW path END'
	echo '#define ROUTE_LIST_OF(of, name, method, path, ...) ROW path END'
	echo '#include "etl/route_rows.h"'
} | ${CC:-cc} -E -P -I "$ETL_SOURCE/src" -x c - | tr '\n' ' ' | sed 's/ROW/\n/g' |
	sed -n 's|^ *"/app/etl/\([^"]*\)" *END.*|\1|p')
ask_all() { # FOLDER
	sed 's/^/1 /' <<<"$paths" | ask_many "$1"
	paste -d ' ' "$1/codes" - <<<"$paths" | grep -v '^200 '
	rm "$1/codes" "$1/ask"
}
reads
check_is "every list and report is answered" "$(ask_all "$TMP/standby.answers")" ""
reads
check_is "by the standby" "$STANDBY$REASONS" "$(wc -w <<<"$paths")"
api GET "projects/$(sql 'SELECT min(id) FROM projects WHERE tenant_id = 1')"
api POST raw-data/store --data '{"integration_id":1,"entity_type":"own_things","raw_data":[1]}'
id=$(json .raw_data_id)
api GET "raw-data/$id"
check_is "one batch comes from the primary" "$STATUS" 200
api DELETE "raw-data/$id"
api GET "raw-data/$id"
check_is "and is gone at once" "$STATUS" 404
reads
check_is "no standby was asked for that" "$STANDBY" 0

# -- what was just stored, at once
check "200 times, a list has what was stored before it" lists 200
reads
check_is "each from the standby" "$STANDBY$REASONS" 200
note "the slowest of 200 lists took $SLOWEST s"
missing=0
for n in $(seq 10); do
	sql "UPDATE projects SET name = 'Renamed $n' WHERE id = 1001"
	TENANT=2 TOKEN_FILE=$second_token api GET projects
	[ "$(json '.[0].name')" = "Renamed $n" ] || missing=$((missing + 1))
done
check_is "and what somebody else has changed, by way of no responder" "$missing" 0
super -c 'SELECT pg_switch_wal()' >"$TMP/out"
check "also at the beginning of a file of the log" lists 3

# -- tenants by turns on the same sessions
reads
yes '2 projects
1 projects' | head -n 60 | ask_many "$TMP/turns"
numbered "$TMP/turns" 1 2 60 | xargs jq -c 'map(.id)' | sort -u >"$TMP/two"
numbered "$TMP/turns" 2 2 60 | xargs jq 'map(.id)' >"$TMP/one"
reads
check_is "no tenant sees another's rows" "$(cat "$TMP/two") $(grep -c 1001 "$TMP/one")" "[1001] 0"
check_is "on any of the standby's lists" "$STANDBY" 60

# -- a list that the standby cancels, for its rows are wanted
sql "CREATE POLICY test_slow ON projects AS RESTRICTIVE USING (pg_sleep(3) IS NOT NULL)"
(as_tenant 2 && api GET projects && echo "$STATUS $(json 'map(.id) | @json')" >"$TMP/cancelled") &
running() {
	[ "$(standby_super one -c "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'" 2>&1)" = 1 ]
}
check "a list is at work at the standby" wait_until 10 running
sql 'DROP POLICY test_slow ON projects'
wait $!
check_is "cancelled there, it comes from the primary" "$(cat "$TMP/cancelled")" "200 [1001]"
reads
check_match "which is counted" "$REASONS" failed
check "the standby answers again" wait_until 10 from_standby

# -- behind
wait_for_standby 50
standby_super one -c 'SELECT pg_wal_replay_pause()' >"$TMP/out"
check "while its replay is paused, lists are right" lists 30
reads
check_is "and the primary's" "$STANDBY$REASONS" "0 behind"
degraded() { ready_is '["standby"]'; }
check "ready, and the standby is named" wait_until 10 degraded
check_match "and what is the matter" "$(json '.reasons[0]')" '^standby: it has not replayed'
check "which is logged" grep -q 'event=standby .*reason=behind' "$APP_LOGS/pool.log"
standby_super one -c 'SELECT pg_wal_replay_resume()' >"$TMP/out"
check "lists come from the standby again" wait_until 20 from_standby
check "nothing is degraded" wait_until 20 ready_is '[]'

# -- silent, then stopped
standby_signal one STOP
check "while it is silent, lists are right" lists 12
check_is "none waited for long" "$(awk "BEGIN { print ($SLOWEST < 1.5) }")" 1
note "the slowest of 12 lists took $SLOWEST s"
reads
check_is "they are the primary's" "$STANDBY$REASONS" "0 unreachable"
standby_signal one CONT
check "it answers, and so do lists" wait_until 20 from_standby
wait_for_standby 3000
ask_all "$TMP/again.answers" >"$TMP/out"
wait_for_standby 50
reads
check_is "each of them by the standby" "$STANDBY$REASONS" "$(wc -w <<<"$paths")"
standby_ctl one stop -m immediate
check_is "with the standby stopped: every list" "$(ask_all "$TMP/primary.answers")" ""
check "the answers are those of the standby" diff -r "$TMP/primary.answers" "$TMP/again.answers"
check "ready, and the standby is named" wait_until 10 degraded

doctor() { # URL; sets OUT, CODE
	{ cat "$ETL_APP/etl.conf" && echo "rabbitmq_management = $ETL_MGMT_URL"; } |
		sed "s|^database_read_url.*|database_read_url = $1|" >"$TMP/doctor.conf"
	OUT=$("$ETL_BUILD/pulse-etl" --config "$TMP/doctor.conf" doctor --output ndjson 2>"$TMP/doctor.err" |
		jq -r 'select(.about == "standby") | "\(.level) \(.finding)"')
}
doctor "$standby"
check_match "the doctor says that it is unreachable" "$OUT" '^warn cannot connect'
check "and no password" [ "${OUT/$(sed 's|.*pulse_etl:\([^@]*\)@.*|\1|' <<<"$standby")/}" = "$OUT" ]
standby_ctl one start
check "started, it answers" wait_until 20 from_standby
doctor "$standby"
check_match "the doctor finds it well" "$OUT" '^ok has all'
doctor "${standby/%$PGDATABASE/postgres}"
check_match "another database is wrong" "$OUT" '^wrong .*not a copy'
doctor "$(url_of "$PGPORT")"
check_match "a primary is no standby" "$OUT" '^warn .*not a standby'
doctor "$(sed "s|//[^@]*@|//postgres:$(awk -F : '$4 == "postgres" { print $5 }' "$PGPASSFILE")@|" <<<"$standby")"
check_match "a superuser is wrong" "$OUT" 'wrong .*bypasses row security'
read_url "${standby/%$PGDATABASE/postgres}"
check "a setting that is wrong gives no wrong answer" lists 5
reads
check_is "the primary answers" "$STANDBY$REASONS" "0 other_database"
read_url "$(url_of "$PGPORT")"
check "the same of the primary's own address" lists 5
reads
check_is "read once, as the primary" "$STANDBY$REASONS" "0 promoted"

# -- migrations of a database whose URL names the standby first, as that of the service may
other=${PGDATABASE}_other
stack database-create "$other" >"$TMP/stack.log" 2>&1
test_databases+=" $other"
migrate() { # HOSTS PORTS ARGUMENT…
	PGPASSFILE=$TMP/standby.pgpass DATABASE_URL="host=$1 port=$2 dbname=$other user=$PGUSER" \
		"$ETL_BUILD/pulse-etl-migrate" --dir "$ETL_SOURCE/migrations" "${@:3}"
}
standby_has() { # SQL: a condition
	[ "$(PGDATABASE=$other standby_super one -c "SELECT $1" 2>&1)" = t ]
}
check "the standby has a new database" wait_until 20 standby_has true
check "migrations find the primary" migrate 127.0.0.1,127.0.0.1 "$(standby_port one),$PGPORT" --apply 1
check "the standby has them" wait_until 20 standby_has "to_regclass('raw_extraction_data') IS NOT NULL"
check_is "where it is named alone, it tells what is applied" \
	"$(migrate 127.0.0.1 "$(standby_port one)" --status | grep -c '^  0001 .* applied ')" 1

# -- two standbys; one is promoted, the other has more of the former primary's log
standby_copy one two
read_url "$(url_of "$(standby_port one),127.0.0.1:$(standby_port two)")"
check "of several hosts, one that is a standby is asked" wait_until 20 from_standby
check "the first is promoted" standby_ctl one promote
check "lists come from the other, without a restart" wait_until 20 from_standby
super -c 'SELECT pg_switch_wal()' -c "SELECT pg_logical_emit_message(true, 'test', 'more')" \
	-c 'SELECT pg_switch_wal()' >"$TMP/out"
app stop relay
printf 'database_url = %s\n' "$(url_of "$(standby_port one)")" >>"$ETL_APP/extra.conf"
read_url "$(url_of "$(standby_port two)")"
check "lists are the new primary's, though the other standby is further in the old one's log" lists 5
reads
check_is "for another reason than its log" "$STANDBY$REASONS" "0 other_timeline"
done_testing
