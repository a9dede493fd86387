#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A tenant whose requests take long leaves responders to stores, and to others.
. "$(dirname "$0")/lib.sh"
ETL_APP_POOL=4 app_up
sql "INSERT INTO tenants (id, name) VALUES (2, 'Other');
	INSERT INTO integrations (id, tenant_id, provider, type) VALUES (20, 2, 'Jira', 'data_source');
	INSERT INTO wits (tenant_id, integration_id, external_id, original_name, hierarchy_level)
	VALUES (1, 1, 'slow', 'Slow', 0), (2, 20, 'quick', 'Quick', 0)" >"$TMP/out"
# Each list of the first tenant takes two seconds at the server.
sql "CREATE POLICY slow ON wits AS RESTRICTIVE FOR SELECT USING (pg_sleep(CASE external_id WHEN 'slow' THEN 2
	ELSE 0 END) IS NOT NULL)" >"$TMP/out"
mine=$(token_file 1 writer) other=$(token_file 2 writer)

requests() { # TOKEN_FILE COUNT PATH [CURL OPTION…]: a config for curl
	local file=$1 count=$2 path=$3 n
	shift 3
	for ((n = 0; n < count; n++)); do
		[ "$n" = 0 ] || echo next
		printf '%s = "%s"\n' url "$ETL_URL/app/etl/$path" output /dev/null \
			write-out '%{http_code} %{time_total} %header{retry-after}\n' \
			noproxy '*' max-time 60 "$@"
		cat "$file"
	done
}
batch() { echo "{\\\"integration_id\\\":$1,\\\"entity_type\\\":\\\"kept\\\",\\\"raw_data\\\":[]}"; }
count() { grep -c "^$1 " "$2"; }
slowest() { cut -d ' ' -f 2 "$1" | sort -n | tail -n 1; }
below() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a < b) }'; }

# -- quick requests are never refused
requests "$other" 60 wits | curl -sgZ --parallel-immediate --parallel-max 20 -K - >"$TMP/quick" 2>"$TMP/curl.err"
check_is "sixty quick reads, twenty at a time: none is refused" "$(count 200 "$TMP/quick")" 60

# -- sixty long reads at once
requests "$mine" 60 wits >"$TMP/long.conf"
curl -sgZ --parallel-immediate --parallel-max 60 -K "$TMP/long.conf" >"$TMP/long" 2>"$TMP/curl.err" &
long=$!
sleep 5 # the first three are done
requests "$other" 20 raw-data/store header 'Content-Type: application/json' data "$(batch 20)" >"$TMP/stores.conf"
requests "$other" 20 wits >"$TMP/reads.conf"
curl -sg -K "$TMP/stores.conf" >"$TMP/stores"
curl -sg -K "$TMP/reads.conf" >"$TMP/reads"
requests "$mine" 5 raw-data/store header 'Content-Type: application/json' data "$(batch 1)" >"$TMP/own.conf"
curl -sg -K "$TMP/own.conf" >"$TMP/own"
wait "$long"
note "long reads: $(cut -d ' ' -f 1,3 "$TMP/long" | sort | uniq -c | tr -s ' \n' ' ')"
check_is "another tenant's stores pass meanwhile" "$(count 201 "$TMP/stores")" 20
check "none waits for a long read to end ($(slowest "$TMP/stores") s)" below "$(slowest "$TMP/stores")" 1.5
check_is "its reads as well" "$(count 200 "$TMP/reads")" 20
check "at once ($(slowest "$TMP/reads") s)" below "$(slowest "$TMP/reads")" 1.5
check_is "and the tenant's own stores" "$(count 201 "$TMP/own")" 5
check "some long reads were answered" [ "$(count 200 "$TMP/long")" -ge 2 ]
check "most were refused" [ "$(count 429 "$TMP/long")" -ge 30 ]
check_is "told when to come again" "$(awk '$1 == 429 { print $3 }' "$TMP/long" | sort -u)" 1
check_is "no other answer" "$(grep -vcE '^(200|429) ' "$TMP/long")" 0

# -- what a client is told, when nobody else has asked for a while
sleep 10
requests "$mine" 3 wits >"$TMP/long.conf"
curl -sgZ --parallel-immediate -K "$TMP/long.conf" >"$TMP/long" 2>"$TMP/curl.err" &
long=$!
three_at_work() {
	sql_is 3 "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pulse-etl-fcgi'
		AND wait_event = 'PgSleep' AND datname = current_database()"
}
check "three that take long" wait_until 10 three_at_work
TOKEN_FILE=$mine request GET /app/etl/wits
check_is "a fourth one that takes long: 429" "$STATUS" 429
check_match "why, and what to do" "$(json .detail)" 'kept for stores.* again in a second'
check "the log has it under its name" grep -q 'status=429 .*error=E_CROWDED' "$APP_LOGS/pool.log"
wait "$long"

# -- a responder that is killed meanwhile holds no seat
curl -sgZ --parallel-immediate -K "$TMP/long.conf" >"$TMP/long" 2>"$TMP/curl.err" &
long=$!
wait_until 10 three_at_work
responders | xargs kill -s KILL
wait "$long"
alive() { TOKEN_FILE=$other request GET /app/etl/wits && [ "$STATUS" = 200 ]; }
check "the pool comes back" wait_until 20 alive
TOKEN_FILE=$mine request GET /app/etl/wits
check_is "and takes as many as before" "$STATUS" 200
done_testing
