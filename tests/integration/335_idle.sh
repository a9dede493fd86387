#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What responders do when there is nothing to do: they give back what a large
# batch needed, and sleep through the requests that another one answers.
. "$(dirname "$0")/lib.sh"
ETL_APP_POOL=1 app_up 'database_renew_after = 5'

of_status() { # LINE: the sum over all responders
	local pid
	for pid in $(responders); do
		awk -v line="$1:" '$1 == line { print $2 }' "/proc/$pid/status"
	done | awk '{ sum += $1 } END { print sum }'
}
"$ETL_SOURCE/deploy/demo-batch" 1 >"$TMP/one.json"
"$ETL_SOURCE/deploy/demo-batch" 1000 >"$TMP/many.json"
bytes=$(stat -c %s "$TMP/many.json")
perl -e 'print "{\"integration_id\":1,\"entity_type\":\"kept\",\"raw_data\":[\"", "x" x 40000000, "\"]}"' \
	>"$TMP/giant.json"
store() { # FILE
	api POST raw-data/store --data-binary "@$TMP/$1"
}
# What libpq needs for one large batch stays, for a next one; no more.
slim() { [ "$(of_status VmRSS)" -le $((before + 24 * 1024)) ]; }
session() {
	sql "SELECT pid FROM pg_stat_activity WHERE datname = current_database()
		AND application_name = 'pulse-etl-fcgi'"
}

store one.json
check_is "a small batch" "$STATUS" 201
before=$(of_status VmRSS)
old=$(session)
store many.json
check_is "a batch of $bytes bytes" "$STATUS" 201
if is_sanitized; then
	skip "memory after it" "the sanitizers keep what is freed"
else
	check "its memory is given back soon after" wait_until 5 slim
	api GET "raw-data/$(json .raw_data_id)"
	check_is "it is read" "$STATUS" 200
	check "its memory is given back again" wait_until 5 slim
	sleep 3
	check_is "the session with the database is the same" "$(session)" "$old"
	store giant.json
	check_is "a batch of 40 MB" "$STATUS" 201
	check "its memory is given back with the session" wait_until 15 slim
	check "which is another one" [ "$(session)" != "$old" ]
fi
store one.json
check_is "the next one is served by the same responder" "$STATUS $(responders | wc -l)" '201 1'

# -- of many responders that wait one is woken
app_down
ETL_APP_POOL=8 app_up
request GET /app/etl/health
switches=$(of_status voluntary_ctxt_switches)
curl -s -o "$TMP/out" -w '%{http_code}\n' "$ETL_URL/app/etl/health#[1-400]" >"$TMP/codes"
switches=$(($(of_status voluntary_ctxt_switches) - switches))
check_is "400 requests, one after the other" "$(sort "$TMP/codes" | uniq -c | tr -s ' \n' ' ')" " 400 200 "
note "$switches voluntary context switches of 8 responders"
check "the others sleep on ($switches switches, not 8 for each)" [ "$switches" -lt 2000 ]
done_testing
