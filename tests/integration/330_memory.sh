#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# No memory is lost: 20,000 requests leave a responder as small as 10,000 did,
# and valgrind finds neither a leak nor a wrong access.
. "$(dirname "$0")/lib.sh"
ETL_APP_POOL=2 app_up 'log_level = warn' 'max_age = 86400'

"$ETL_SOURCE/deploy/demo-batch" 1 >"$TMP/one.json"
# Requests of every kind, a tenth of them stores, many refused.
many() { # COUNT
	local tenth=$(($1 / 10)) url=$ETL_URL/app/etl t='tenant_id=1'
	{
		echo "url = \"$url/raw-data/store?$t#[1-$tenth]\""
		echo "data-binary = \"@$TMP/one.json\""
		echo 'header = "Content-Type: application/json"'
		echo "output = \"$TMP/out\""
		echo next
		echo "url = \"$url/raw-data/store?$t#[1-$tenth]\""
		echo 'data = "{\"integration_id\":\"x\",\"raw_data\":[1,{\"a\":\"\\u00\"}]}"'
		echo 'header = "Content-Type: application/json"'
		echo "output = \"$TMP/out\""
		for path in "raw-data?$t&limit=5" "raw-data/1?$t" "raw-data/99999999?$t" \
			"raw-data?$t&limit=x&offset=-1" \
			"raw-data?$t&entity_type=jira_issues_batch&limit=1" "queues?$t" "nothing?$t" "health?$t"; do
			echo next
			echo "url = \"$url/$path#[1-$tenth]\""
			echo "output = \"$TMP/out\""
		done
	} | sed "/^url/r $ETL_CURLRC" >"$TMP/requests"
	curl -sZ --parallel-max 8 -K "$TMP/requests" 2>"$TMP/curl.err"
}
resident() { # kilobytes, the largest
	local pid
	for pid in $(responders); do awk '/^VmRSS/ { print $2 }' "/proc/$pid/status"; done | sort -n | tail -n 1
}

if ! is_sanitized; then
	pool=$(responders | sort | tr '\n' ' ')
	many 10000
	early=$(resident)
	many 10000
	late=$(resident)
	note "the larger responder: $early kB after 10,000 requests, $late kB after 20,000"
	check "20,000 requests: no more memory than after 10,000 ($early kB, $late kB)" [ "$late" -le $((early + 512)) ]
	check_is "by the same two responders" "$(responders | sort | tr '\n' ' ')" "$pool"
	check "all of them came through" sql_is 2000 "SELECT count(*) FROM raw_extraction_data"
else
	skip "memory after 20,000 requests" "the sanitizers keep what is freed"
fi

# -- the same with valgrind looking
if is_sanitized || ! command -v valgrind >/dev/null; then
	skip "valgrind" "this build has sanitizers, or valgrind is missing"
	done_testing
fi
app_down
valgrind="$(command -v valgrind) --quiet --leak-check=full --show-leak-kinds=definite,indirect"
valgrind+=" --errors-for-leak-kinds=definite --log-file=$TMP/valgrind.%p"
ETL_APP_WRAPPER=$valgrind ETL_APP_POOL=1 app_up 'log_level = warn'
"$ETL_SOURCE/deploy/demo-batch" 200 >"$TMP/batch.json"
gzip -k "$TMP/batch.json"
zstd -q "$TMP/batch.json"
store() {
	api POST raw-data/store --data-binary "@$TMP/$1" "${@:2}"
}
codes=
for coding in gzip:gz zstd:zst; do
	store "batch.json.${coding#*:}" -H "Content-Encoding: ${coding%:*}" -H "Idempotency-Key: $coding"
	codes+="$STATUS "
	store "batch.json.${coding#*:}" -H "Content-Encoding: ${coding%:*}" -H "Idempotency-Key: $coding"
	codes+="$STATUS "
done
check_is "under valgrind: packed batches" "$codes" "201 200 201 200 "
many 100
api PUT raw-data/1/status --data '{"status":"failed","error_details":{"a":1}}'
check_is "a status" "$STATUS" 200
app stop rabbitmq
store one.json
check_is "a broker that is away" "$STATUS" 202
app stop postgres
store one.json
check_is "a database that is away" "$STATUS" 503
app start postgres
app start rabbitmq
works() { store one.json; [ "$STATUS" = 201 ]; }
check "both again" wait_until 60 works
app stop pool
app stop relay
check "valgrind looked on" compgen -G "$TMP/valgrind.*"
check_is "and found no leak and no wrong access" "$(cat "$TMP"/valgrind.*)" ""
done_testing
