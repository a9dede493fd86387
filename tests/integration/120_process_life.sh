#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Responders come and go: asked, killed, too old; nothing acknowledged is lost.
. "$(dirname "$0")/lib.sh"
ETL_APP_POOL=4 app_up 'relay_min_age = 1' 'relay_interval = 300'

body='{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":[1]}'
many() { # COUNT FILE: stores at 8 connections; statuses to FILE
	curl -sZ -K "$ETL_CURLRC" --parallel-max 8 -H 'Content-Type: application/json' --data "$body" \
		-o "$TMP/out" -w '%{http_code}\n' "$ETL_URL/app/etl/raw-data/store?tenant_id=1#[1-$1]" \
		>"$2" 2>"$TMP/curl.err"
}

check_is "four responders" "$(responders | wc -l)" 4
for signal in TERM USR1 INT; do
	victim=$(responders | head -n 1)
	kill -s "$signal" "$victim"
	check "SIG$signal ends an idle responder" wait_until 5 sh -c "! kill -0 $victim 2>/dev/null"
done
check "the pool is at full strength again" \
	wait_until 10 sh -c "[ \$(pgrep -P $(app_pid pool) -x pulse-etl-fcgi | wc -l) = 4 ]"

many 600 "$TMP/codes" &
load=$!
for _ in 1 2 3 4 5 6; do
	sleep 0.15
	kill -s TERM "$(responders | head -n 1)" 2>/dev/null
done
wait "$load"
check_is "SIGTERM under load: every request is answered 201" \
	"$(sort "$TMP/codes" | uniq -c | tr -s ' \n' ' ')" " 600 201 "
check_is "each is a row" "$(sql "SELECT count(*) FROM raw_extraction_data")" 600

app restart pool
many 600 "$TMP/codes" &
load=$!
for _ in 1 2 3 4; do
	sleep 0.2
	kill -s KILL "$(responders | head -n 1)" 2>/dev/null
done
wait "$load"
good=$(grep -c 201 "$TMP/codes")
check_match "SIGKILL under load: the others are answered 502" "$(sort -u "$TMP/codes" | tr '\n' ' ')" '^(201 )?(502 )?$'
rows=$(sql "SELECT count(*) - 600 FROM raw_extraction_data")
check "no acknowledged batch is missing ($good of 600 acknowledged, $rows rows)" [ "$rows" -ge "$good" ]
check "at most the stores that one had taken together are more rows for each kill" [ "$rows" -le $((good + 4 * 8)) ]
check "all of them are queued in the end, by the relay if need be" wait_until 30 sql_is 0 \
	"SELECT count(*) FROM raw_extraction_data WHERE queued_at IS NULL"
total=$(sql "SELECT count(*) FROM raw_extraction_data")
check "each id is on the queue" queue_ids_at_least "$total"

app restart pool
check_is "TERM during a long request answers it first" "$(
	lock_table raw_extraction_data
	curl -s -K "$ETL_CURLRC" -o "$TMP/slow" -w '%{http_code}' -H 'Content-Type: application/json' --data "$body" \
		"$ETL_URL/app/etl/raw-data/store?tenant_id=1" &
	wait_until 20 is_awaited
	responders | xargs kill -s TERM
	sleep 0.4
	let_go
	wait)" 201

# -- the servers come in any order
app_parts() { # stop|start PART…
	local action=$1 name
	shift
	for name in "$@"; do app "$action" "$name"; done
}
app_parts stop nginx relay pool postgres rabbitmq
app_parts start pool relay nginx
request GET /app/etl/health
check_is "without servers the process answers" "$STATUS" 200
request GET /app/etl/health/ready
check_is "and is not ready" "$STATUS" 503
app start postgres
status_is() { api POST raw-data/store --data "$body"; [ "$STATUS" = "$1" ]; }
check "PostgreSQL comes: stores are kept" wait_until 20 status_is 202
app start rabbitmq
check "RabbitMQ comes: stores are queued" wait_until 30 status_is 201
check "those before, too" wait_until 30 sql_is 0 "SELECT count(*) FROM raw_extraction_data WHERE queued_at IS NULL"

# -- a request that is stuck: nginx answers 504, then the watchdog ends it
app_down
ETL_APP_POOL=1 app_up 'request_timeout = 5' 'database_statement_timeout = 60000' 'database_lock_timeout = 60000'
sed -i 's/fastcgi_read_timeout .*/fastcgi_read_timeout 2s;/' "$ETL_APP/nginx/pulse-etl-location.conf"
nginx_reread
stuck=$(responders)
lock_table raw_extraction_data
api POST raw-data/store --data "$body"
check_is "a stuck request: 504 as a problem" "$STATUS $(json .status)" "504 504"
check "the watchdog ends its responder" wait_until 20 sh -c "! kill -0 $stuck 2>/dev/null"
check "and says so" grep -q 'event=watchdog' "$APP_LOGS/pool.log"
let_go
wait
check "another serves" wait_until 15 status_is 201
check_is "the stuck one was not stored, or once" "$(sql "SELECT count(*) IN (1, 2) FROM raw_extraction_data")" t

app_down
ETL_APP_POOL=1 app_up 'max_age = 12'
first=$(responders)
check "a responder retires by age" wait_until 20 sh -c "! kill -0 $first 2>/dev/null"
request GET /app/etl/health
check_is "and another serves" "$STATUS" 200
check "it left by itself" grep -q 'event=ended' "$APP_LOGS/pool.log"
done_testing
