#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# No request takes the service from others: what one may cost PostgreSQL is
# bounded, a token of a wrong form ends no responder, a batch at work holds none.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/jwt.sh"
head -c 48 /dev/urandom | base64 | tr -d '\n' >"$TMP/secret"
chmod 600 "$TMP/secret"
app_up 'jwt_algorithm = HS256' "jwt_key_file = $TMP/secret" 'jwt_issuer = platform' 'jwt_audience = pulse-etl'
store() { # [CURL ARGUMENT…]
	api POST 'raw-data/store?integration_id=1&entity_type=jira_issues_batch' "$@"
}
before=$(responders)
# The largest memory of its own that a backend of the service has had, kB.
backend_kb() {
	local pid
	for pid in $(sql "SELECT pid FROM pg_stat_activity WHERE datname = current_database()
		AND application_name = 'pulse-etl-fcgi'"); do
		awk '/^RssAnon/ { print $2 }' "/proc/$pid/status"
	done | sort -n | tail -n 1
}

# -- values
perl -e 'print "[", join(",", ("{\"a\":1}") x 2500000), "]"' | gzip -9 >"$TMP/values.gz"
check "a body of 20 MB that is a few kB by gzip ($(stat -c %s "$TMP/values.gz") bytes)" \
	[ "$(stat -c %s "$TMP/values.gz")" -lt 40000 ]
store -H 'Content-Encoding: gzip' --data-binary "@$TMP/values.gz"
check_is "too many values: 422" "$STATUS $(json '.errors[0].type')" "422 json_values"
check_match "with the figure, and what may be used" "$(json .detail)" 'would need [0-9]+ MB, and 512 MB may be used'
for values in '{},:2000000' '[],:2000000' '1,:5000000' '"",:5000000'; do
	perl -e 'my ($v, $n) = split /:/, shift; print "[", $v x $n, "0]"' "$values" >"$TMP/values"
	store --data-binary "@$TMP/values"
	check_is "${values##*:} times ${values%%,*}: 422" "$STATUS $(json '.errors[0].type')" "422 json_values"
done
printf '{"integration_id":1,"entity_type":"t","raw_data":[],"extraction_metadata":{"a":[%s0]}}' \
	"$(perl -e 'print "{}," x 900000')" >"$TMP/values"
api POST raw-data/store --data-binary "@$TMP/values"
check_is "nor in the metadata: 422" "$STATUS $(json '.errors[0].type')" "422 json_values"
perl -e 'print "[", "{}," x 800000, "0]"' >"$TMP/values"
store --data-binary "@$TMP/values"
check_is "as many as may be: 201" "$STATUS" 201
kb=$(backend_kb)
check "a backend has used no more for them than was counted ($kb kB)" [ "$kb" -lt 600000 ]

# -- members, whose names PostgreSQL sorts
members() { perl -e 'print "{", join(",", map { "\"m$_\":$_" } 1 .. shift), "}"' "$1"; }
members 4096 >"$TMP/members"
store --data-binary "@$TMP/members"
check_is "an object of 4,096 members: 201" "$STATUS" 201
members 4097 >"$TMP/members"
store --data-binary "@$TMP/members"
check_is "one more: 422" "$STATUS $(json '.errors[0].type')" "422 json_members"
check_match "that says how many may be" "$(json .detail)" 'at most 4096'
members 200000 >"$TMP/members"
store --data-binary "@$TMP/members"
check_is "200,000, before PostgreSQL sees them" "$STATUS $(json '.errors[0].type')" "422 json_members"
id=$(sql "SELECT max(id) FROM raw_extraction_data")
printf '{"processing_status":"failed","error_details":%s}' "$(members 4097)" >"$TMP/details"
api PUT "raw-data/$id/status" --data-binary "@$TMP/details"
check_is "in error_details: 422" "$STATUS $(json '.errors[0].type')" "422 json_members"

# -- tokens that are none
for token in e=.A.B a=b.c.d 'e==.A.A' '.A.B' 'A..B' 'A.B.' 'A.B' 'A.B.C.D' 'eyJhbGciOiJIUzI1NiJ9.e30.=' \
	'eyJhbGciOiJIUzI1NiJ9.A.AA' "$(printf 'A%.0s' {1..9000})"; do
	printf 'header = "Authorization: Bearer %s"\n' "$token" >"$TMP/token"
	TOKEN_FILE=$TMP/token api GET raw-data
	check_is "a token ${token:0:30}: 401" "$STATUS" 401
done
bearer() { # CLAIMS [HEADER]
	printf 'header = "Authorization: Bearer %s"\n' "$(jwt HS256 "$TMP/secret" "$@")" >"$TMP/token"
	TOKEN_FILE=$TMP/token request GET /app/etl/raw-data
}
claims() { # FURTHER
	printf '{"tenant_id":1,"role":"reader","exp":%d,%s}' $(($(date +%s) + 600)) "$1"
}
good='"iss":"platform","aud":"pulse-etl"'
bearer "$(claims "$good")"
check_is "a token of our issuer for us: 200" "$STATUS" 200
bearer "$(claims '"iss":"platform","aud":["billing","pulse-etl"]')"
check_is "for us as well: 200" "$STATUS" 200
bearer "$(claims '"iss":"platform","aud":"billing"')"
check_is "for others: 401" "$STATUS" 401
bearer "$(claims '"iss":"another","aud":"pulse-etl"')"
check_is "of another issuer: 401" "$STATUS" 401
bearer "$(claims '"role":"reader"')"
check_is "that says neither: 401" "$STATUS" 401
for critical in '["exp"]' '"exp"' 1 null true '[]' '{}'; do
	bearer "$(claims "$good")" "{\"alg\":\"HS256\",\"crit\":$critical}"
	check_is "critical extensions, $critical: 401" "$STATUS" 401
done
bearer "$(claims "$good")" '{"alg":"none","alg":"HS256"}'
check_is "a header that says two things: 401" "$STATUS" 401
check_is "no responder has ended" "$(responders)" "$before"
openssl genrsa 2048 2>/dev/null | openssl rsa -pubout -out "$TMP/public" 2>/dev/null
chmod 640 "$TMP/public"
printf 'jwt_algorithm = HS256\njwt_key_file = %s\ndatabase_url = x\n' "$TMP/public" >"$TMP/pem.conf"
timeout 10 "$ETL_BUILD/pulse-etl-fcgi" --config "$TMP/pem.conf" >"$TMP/out" 2>&1 </dev/null || true
check "a public key is no shared secret" grep -q 'key in PEM form' "$TMP/out"

# -- clients that hang up
awaited() {
	sql "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pulse-etl-fcgi'
		AND wait_event_type = 'Lock' AND datname = current_database()"
}
none_awaited() { [ "$(awaited)" = 0 ]; }
lock_table raw_extraction_data
started=$SECONDS
for _ in 1 2 3 4 5 6 7 8; do
	curl -s -m 1 -K "$ETL_CURLRC" -o "$TMP/gone" "$ETL_URL/app/etl/raw-data?tenant_id=1" &
done
wait_until 5 is_awaited
check "what waits for a client that has gone ends soon" wait_until 4 none_awaited
check "all eight of them, and not one lock_timeout after the other ($((SECONDS - started)) s)" \
	[ $((SECONDS - started)) -lt 9 ]
let_go
wait
check "the log says why" wait_until 10 grep -q 'event=cancelled .*why="the client has gone"' "$APP_LOGS/pool.log"
request GET /app/etl/raw-data?tenant_id=1
check_is "the next is answered: 200" "$STATUS" 200
sql "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN PERFORM pg_sleep(2); RETURN NEW; END \$\$;
	CREATE TRIGGER slow BEFORE INSERT ON raw_extraction_data FOR EACH ROW EXECUTE FUNCTION slow()"
rows=$(sql "SELECT count(*) FROM raw_extraction_data")
curl -s -m 1 -K "$ETL_CURLRC" -H 'Content-Type: application/json' -o "$TMP/gone" \
	"$ETL_URL/app/etl/raw-data/store?tenant_id=1&integration_id=1&entity_type=jira_issues_batch" --data '[2]'
check "a store that has begun is done all the same" \
	wait_until 20 sql_is $((rows + 1)) "SELECT count(*) FROM raw_extraction_data"
sql "DROP TRIGGER slow ON raw_extraction_data"

# -- what takes long to find
printf 'database_read_timeout = 700\n' >>"$ETL_APP/extra.conf"
unset ETL_APP_CONF
app restart pool
lock_table raw_extraction_data
started=$SECONDS
request GET /app/etl/raw-data?tenant_id=1
check_is "what takes longer than database_read_timeout: 503" "$STATUS" 503
check_match "with what to do" "$(json .detail)" 'ask for less, by a filter or a smaller limit'
check "soon ($SECONDS_TAKEN s)" awk -v s="$SECONDS_TAKEN" 'BEGIN { exit !(s < 3) }'
let_go
wait
request GET /app/etl/raw-data?tenant_id=1
check_is "the next is answered: 200" "$STATUS" 200
api GET 'raw-data?offset=100001'
check_is "what would be skipped is bounded: 400" "$STATUS" 400

# -- a batch that somebody has at work
store --data '[1]'
id=$(json .raw_data_id)
sql "BEGIN; SELECT FROM raw_extraction_data WHERE id = $id FOR UPDATE; SELECT pg_sleep(60)" >"$TMP/held" 2>&1 &
wait_until 10 sql_is 1 "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%'
	AND wait_event = 'PgSleep'"
for request in "PUT /app/etl/raw-data/$id/status?tenant_id=1" "DELETE /app/etl/raw-data/$id?tenant_id=1"; do
	body=()
	[ "${request%% *}" = DELETE ] || body=(--data '{"processing_status":"completed"}')
	request "${request%% *}" "${request#* }" ${body[@]+"${body[@]}"}
	check_is "${request%% *} of a batch at work: 409" "$STATUS" 409
	check "at once ($SECONDS_TAKEN s)" awk -v s="$SECONDS_TAKEN" 'BEGIN { exit !(s < 2) }'
done
api PUT raw-data/999999/status --data '{"processing_status":"completed"}'
check_is "of none: 404" "$STATUS" 404
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%'
	AND pid <> pg_backend_pid()" >"$TMP/out"
wait
api PUT "raw-data/$id/status" --data '{"processing_status":"completed"}'
check_is "afterwards: 200" "$STATUS" 200
api DELETE "raw-data/$id"
check_is "and gone: 200" "$STATUS" 200

# -- a worker that is asked to end
lock_table projects
api POST 'raw-data/store?integration_id=1&entity_type=jira_projects_batch' \
	--data '[{"id":"1","key":"A","name":"A"}]'
id=$(json .raw_data_id)
ETL_APP_WORKERS=1 app start worker
works() {
	sql_is 1 "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pulse-etl-worker'
		AND wait_event_type = 'Lock' AND datname = current_database()"
}
check "a worker waits within a statement" wait_until 20 works
started=$SECONDS
app stop worker
check "asked to end, it does ($((SECONDS - started)) s)" [ $((SECONDS - started)) -lt 10 ]
check "and its statement with it" \
	wait_until 5 sql_is 0 "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pulse-etl-worker'
		AND state = 'active' AND datname = current_database()"
check "the log says so" grep -q 'event=cancelled .*why="the program ends"' "$APP_LOGS/worker.log"
let_go
app start worker
check "the next one completes the batch" \
	wait_until 60 sql_is 'completed|t' "SELECT processing_status, error_details IS NULL FROM raw_extraction_data
		WHERE id = $id"
done_testing
