#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Small stores that wait at the same time are stored together: one statement,
# one wait for the broker. Each is answered as if it were alone.
. "$(dirname "$0")/lib.sh"
ETL_APP_POOL=1 app_up 'database_lock_timeout = 1000'
sql "INSERT INTO tenants (id, name) VALUES (2, 'Other'), (3, 'Bounded');
	INSERT INTO integrations (id, tenant_id, provider, type) VALUES (20, 2, 'Jira', 'data_source'),
	(12, 1, 'Jira', 'data_source'), (30, 3, 'Jira', 'data_source');
	INSERT INTO system_settings (tenant_id, setting_key, setting_value)
	VALUES (3, 'etl_daily_batches', '3')" >"$TMP/out"
mine=$(token_file 1 writer) other=$(token_file 2 writer) bounded=$(token_file 3 writer)

# A store for curl's configuration: its answer goes to $TMP/answers/NAME.
mkdir "$TMP/answers"
store_of() { # TOKEN_FILE NAME BODY [CURL OPTION VALUE]…
	local file=$1 name=$2 body=$3
	shift 3
	printf '%s' "$body" >"$TMP/answers/$name.body"
	[ ! -s "$TMP/stores" ] || echo next
	printf '%s = "%s"\n' url "$ETL_URL/app/etl/raw-data/store" output "$TMP/answers/$name" noproxy '*' max-time 60 \
		write-out "$name %{http_code}\\n" header 'Content-Type: application/json' \
		data-binary "@$TMP/answers/$name.body" "$@"
	cat "$file"
}
begin_stores() { : >"$TMP/stores"; rm -f "$TMP"/answers/*; }
add() { store_of "$@" >"$TMP/one"; cat "$TMP/one" >>"$TMP/stores"; }
# All of them at once: the responder is paused until they wait for it.
waiting() { # COUNT: as many connections as nobody has accepted
	[ "$(ss -Hxl | awk -v path="$ETL_APP/run/fcgi.sock" 'index($5, path) == 1 { print $3 }')" -ge "$1" ]
}
send() {
	local count
	count=$(grep -c '^url' "$TMP/stores")
	app pause pool
	curl -sgZ --parallel-immediate --parallel-max 100 -K "$TMP/stores" >"$TMP/codes" 2>"$TMP/curl.err" &
	sending=$!
	wait_until 20 waiting "$count" || note "not all of $count wait"
	app resume pool
	wait "$sending"
}
code() { awk -v name="$1" '$1 == name { print $2 }' "$TMP/codes"; }
batch() { # INTEGRATION EXTERNAL_ID [PAYLOAD]
	local payload=${3-}
	[ -n "$payload" ] || payload="[{\"id\":\"$2\"}]"
	printf '{"integration_id":%s,"entity_type":"jira_issues_batch","external_id":"%s","raw_data":%s}' "$1" \
		"$2" "$payload"
}
id_of() { jq .raw_data_id "$TMP/answers/$1"; }

# -- forty that are good
begin_stores
for n in {1..40}; do add "$mine" "good$n" "$(batch 1 "good$n")"; done
send
check_is "forty at once: all are stored" "$(grep -c ' 201$' "$TMP/codes")" 40
check_is "each with a row of its own" \
	"$(sql "SELECT count(*), count(DISTINCT id) FROM raw_extraction_data WHERE external_id LIKE 'good%'")" "40|40"
wrong=
for n in {1..40}; do
	row=$(sql "SELECT external_id || ' ' || raw_data || ' ' || encode(raw_data_sha256, 'hex') || ' '
		|| raw_data_items || ' ' || raw_data_bytes FROM raw_extraction_data WHERE id = $(id_of "good$n")")
	payload="[{\"id\":\"good$n\"}]"
	want="good$n [{\"id\": \"good$n\"}] $(printf %s "$payload" | sha256sum | cut -d ' ' -f 1) 1 ${#payload}"
	[ "$row" = "$want" ] || wrong="$wrong good$n: $row"
done
check_is "which is its own, whole" "$wrong" ""
check_is "and a message" "$(queue_depth transform_queue)" 40
check_is "that names it" "$(queue_peek transform_queue 100 | jq '.[].payload | fromjson.raw_data_id' | sort -n |
	paste -sd ' ')" \
	"$(sql "SELECT id FROM raw_extraction_data ORDER BY id" | paste -sd ' ')"
check "answers say so" jq -es 'all(.success and .queued and .replaced_characters == 0)' "$TMP"/answers/good?
check "each has its audit line" [ "$(grep -c 'event=audit .*action=raw_data.store' "$APP_LOGS/pool.log")" = 40 ]
check_is "under its own request id" \
	"$(grep -o 'event=audit request_id=[^ ]*' "$APP_LOGS/pool.log" | sort -u | wc -l)" 40

# -- they went together: rows that no mark has touched keep their transaction
begin_stores
for n in {1..40}; do
	add "$mine" "kept$n" \
		"{\"integration_id\":1,\"entity_type\":\"kept\",\"external_id\":\"kept$n\",\"raw_data\":[$n]}"
done
send
together=$(sql "SELECT count(DISTINCT xmin::text) FROM raw_extraction_data WHERE external_id LIKE 'kept%'")
check "forty in few transactions ($together)" [ "$together" -le 12 ]
check_is "all are completed, as nothing is made of them" \
	"$(sql "SELECT DISTINCT processing_status, processed_at IS NOT NULL FROM raw_extraction_data
		WHERE external_id LIKE 'kept%'")" "completed|t"

# -- bad ones among them, other tenants, quotas, keys, large ones
begin_stores
for n in {1..8}; do
	add "$mine" "a$n" "$(batch 1 "a$n")"
	add "$other" "b$n" "$(batch 20 "b$n")"
done
add "$mine" foreign "$(batch 20 foreign)"
add "$mine" missing "$(batch 4711 missing)"
add "$mine" nul "$(batch 1 nul '["\u0000"]')"
add "$mine" half "$(batch 1 half '["\ud800"]')"
add "$mine" number "$(batch 1 number '[1e200000]')"
add "$mine" broken '{"integration_id":1,'
add "$mine" unknown '{"integration_id":1,"entity_type":"e","raw_data":[],"strange":1}'
add "$mine" key1 "$(batch 1 key)" header 'Idempotency-Key: company'
add "$mine" key2 "$(batch 1 key)" header 'Idempotency-Key: company'
add "$mine" large "$(batch 1 large "[\"$(head -c 300000 /dev/zero | tr '\0' x)\"]")"
for n in {1..5}; do add "$bounded" "q$n" "$(batch 30 "q$n")"; done
send
check_is "the good ones of both tenants are stored" "$(grep -cE '^[ab][0-9] 201$' "$TMP/codes")" 16
check_is "each with its tenant" \
	"$(sql "SELECT DISTINCT left(external_id, 1), tenant_id FROM raw_extraction_data
		WHERE external_id ~ '^[ab][0-9]$' ORDER BY 1" | paste -sd ' ')" "a|1 b|2"
check_is "an integration of another tenant: 404" "$(code foreign)" 404
check_is "none at all: 404" "$(code missing)" 404
check_is "what jsonb cannot hold: 422" "$(code nul) $(code half)" "422 422"
check_is "a number beyond numeric" "$(code number)" 422
check_is "no JSON: 400" "$(code broken)" 400
check_is "a member that is unknown" "$(code unknown)" 422
check_is "twins with a key: one batch" \
	"$(code key1) $(code key2) $(sql "SELECT count(*) FROM raw_extraction_data WHERE external_id = 'key'")" \
	"$( [ "$(code key1)" = 201 ] && echo 201 200 || echo 200 201) 1"
check_is "a large one" "$(code large)" 201
check_is "a quota counts each" "$(grep -cE '^q[0-9] 201$' "$TMP/codes") $(grep -cE '^q[0-9] 429$' "$TMP/codes")" "3 2"

# -- what somebody else has locked
responder=$(responders)
PGAPPNAME=etl_lock sql "BEGIN; SELECT FROM integrations WHERE id = 12 FOR UPDATE;
	SELECT pg_sleep(600)" >"$TMP/lock" 2>&1 &
wait_until 10 sql_is t "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'etl_lock'
	AND wait_event = 'PgSleep'"
begin_stores
for n in {1..8}; do add "$mine" "free$n" "$(batch 1 "free$n")"; done
for n in 1 2; do add "$mine" "locked$n" "$(batch 12 "locked$n")"; done
send
check_is "an integration that is locked: 503" "$(grep -cE '^locked[0-9] 503$' "$TMP/codes")" 2
check_is "the others are stored" "$(grep -cE '^free[0-9] 201$' "$TMP/codes")" 8
let_go
lock_table raw_extraction_data
begin_stores
for n in {1..7}; do add "$mine" "table$n" "$(batch 1 "table$n")"; done
printf 'next\nurl = "%s/app/etl/health"\noutput = "%s"\nnoproxy = "*"\n' "$ETL_URL" "$TMP/health" >>"$TMP/stores"
for n in {8..14}; do add "$mine" "table$n" "$(batch 1 "table$n")"; done
lines=$(wc -l <"$APP_LOGS/pool.log")
began=$SECONDS
send
took=$((SECONDS - began))
check_is "a table that is locked: 503, each" "$(grep -c ' 503$' "$TMP/codes")" 14
check "and nobody waits for all of the others ($took s)" [ "$took" -le 25 ]
check_match "who asks whether we are well does not wait for them" \
	"$(tail -n "+$((lines + 1))" "$APP_LOGS/pool.log" | grep -o 'event=request .*path=[^ ]*' | head -n 1)" \
	'/app/etl/health$'
let_go
check_is "nothing of it is stored" \
	"$(sql "SELECT count(*) FROM raw_extraction_data
		WHERE external_id LIKE 'table%' OR external_id LIKE 'locked%'")" 0
check_is "by the same responder" "$(responders)" "$responder"

# -- servers that are gone
app stop rabbitmq
begin_stores
for n in {1..20}; do add "$mine" "later$n" "$(batch 1 "later$n")"; done
send
check_is "without the broker: stored, 202" "$(grep -c ' 202$' "$TMP/codes")" 20
app start rabbitmq
later_queued() {
	sql_is 0 "SELECT count(*) FROM raw_extraction_data WHERE external_id LIKE 'later%' AND queued_at IS NULL"
}
check "and queued when it is back" wait_until 60 later_queued
app stop postgres
begin_stores
for n in {1..20}; do add "$mine" "never$n" "$(batch 1 "never$n")"; done
send
check_is "without the database: 503, each" "$(grep -c ' 503$' "$TMP/codes")" 20
app start postgres
check_is "and nothing is stored" "$(sql "SELECT count(*) FROM raw_extraction_data WHERE external_id LIKE 'never%'")" 0
done_testing
