#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Rows of 1 MB: a page ends where an answer is full, and neither the responder
# nor PostgreSQL has more of them in memory than that; in each form.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/catalogue.sh"
ETL_APP_POOL=1 app_up 'max_age = 86400' 'max_answer = 20000000'
count=200
super -d "$PGDATABASE" >"$TMP/out" 2>&1 <<-SQL
	SET app.every_tenant = on;
	INSERT INTO records (id, tenant_id, integration_id, entity_type, external_id, fields)
	SELECT n, 1, 1, 'large', 'r' || n, jsonb_build_object('a', repeat(chr(97 + n % 26), 1000000))
	FROM generate_series(1, $count) AS n;
SQL
check_is "$count records of 1 MB are there" "$(cat "$TMP/out")" ""
sql "SELECT json_agg('r' || n ORDER BY n) FROM generate_series(1, $count) AS n" | jq -r '.[]' >"$TMP/all"

# The ids of all pages, with limit as it is or as large as may be, in walked;
# how many pages, and the least and most bytes but of the last.
walk() { # ACCEPT PATTERN
	local next='' bytes
	pages=0 least=99999999 most=0
	: >"$TMP/walked"
	while :; do
		api GET "records?limit=10000${next:+&cursor=$next}" -H "Accept: $1"
		[ "$STATUS" = 200 ] || break
		pages=$((pages + 1))
		LC_ALL=C grep -aoE "$2" "$BODY" | grep -oE 'r[0-9]+' >>"$TMP/walked"
		next=$(header X-Next-Cursor)
		[ -n "$next" ] && [ $pages -lt $count ] || break
		bytes=$(stat -c %s "$BODY")
		[ "$bytes" -ge $least ] || least=$bytes
		[ "$bytes" -le $most ] || most=$bytes
	done
}
for form in json csv x-ndjson; do
	case $form in
	json | x-ndjson) type=application/$form pattern='"external_id":"r[0-9]+"' ;;
	csv) type=text/csv pattern='large,r[0-9]+' ;;
	esac
	walk "$type" "$pattern"
	check_is "$form: each page is there" "$STATUS $(header Content-Type)" "200 $type"
	check_is "with 16 rows" $pages $(((count + 15) / 16))
	check "in nearly 16 MB ($least to $most)" [ $least -gt 15000000 ] && [ $most -le $((16 << 20)) ]
	check "each record comes once, in its order" cmp "$TMP/all" "$TMP/walked"
done
peak=$(awk '/^VmHWM/ { print $2 }' "/proc/$(responders)/status")
if is_sanitized; then
	skip "the responder's memory" "the sanitizers keep what is freed"
else
	check "the responder never needed 100 MB ($peak kB)" [ "$peak" -lt 100000 ]
fi
check_is "by one responder in one session" "$(sql "SELECT count(*) FROM pg_stat_activity
	WHERE application_name = 'pulse-etl-fcgi' AND datname = current_database()")" 1
api GET 'records?limit=3'
check_is "a limit counts as ever" "$STATUS $(json length)" "200 3"
api GET 'records?fields=id&limit=10000'
check_is "without what is large all come at once" "$STATUS $(json length) $(header X-Next-Cursor)" "200 $count "
api GET 'raw-data?limit=1'
check_is "and other tables as ever" "$STATUS" 200

# -- rows that are larger than an answer mostly may be
sql "SET app.every_tenant = on;
	UPDATE records SET fields = jsonb_build_object('a', repeat('x', 17000000)) WHERE id = 2;
	UPDATE records SET fields = jsonb_build_object('a', repeat('x', 20000000)) WHERE id = 4"
next=
for want in '["r1"]' '["r2"]' '["r3"]'; do
	api GET "records?limit=10000${next:+&cursor=$next}"
	next=$(header X-Next-Cursor)
	check_is "a row of 17 MB is a page of its own: $want" "$STATUS $(answer 'map(.external_id)')" "200 $want"
done
path="records?limit=10000&cursor=$next"
api GET "$path"
check_is "one larger than max_answer is too large" "$STATUS $(json .code)" "413 too_large"
check_match "which says what to do" "$(json .detail)" '20000000 bytes that an answer may have: .* fields'
api GET "$path&fields=external_id"
check_is "and so it is passed" "$STATUS $(json length) $(json '.[0].external_id')" "200 $((count - 3)) r4"
api GET 'records?limit=1'
check_is "the next answer is as usual" "$STATUS $(answer 'map(.external_id)')" '200 ["r1"]'
api GET "work-items" -H 'Accept: text/csv'
check_is "also of others" "$STATUS" 200
check_fails "no server error came up" grep -E 'status=500|error=E_DB' "$APP_LOGS/pool.log"

# -- the command
tool() { # ARGUMENT…
	"$ETL_BUILD/pulse-etl" report export --tenant 1 "$@" records >"$TMP/out" 2>"$TMP/err"
}
DATABASE_URL="host=$PGHOST port=$PGPORT user=$PGUSER dbname=$PGDATABASE"
export DATABASE_URL ETL_CONFIG=/dev/null
for format in tsv ndjson; do
	tool --output $format
	check_is "report export --output $format" "$?" 0
	check "has each once" cmp "$TMP/all" \
		<(LC_ALL=C grep -aoE '\bexternal_id":"r[0-9]+|large	r[0-9]+' "$TMP/out" | grep -oE 'r[0-9]+$')
done
done_testing
