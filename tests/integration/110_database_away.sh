#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# PostgreSQL is gone, comes back, says no: a clear 503, and the next request works.
. "$(dirname "$0")/lib.sh"
app_up 'database_statement_timeout = 2000' 'database_lock_timeout = 1000'

store() {
	api POST raw-data/store \
		--data '{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":[1]}'
}
stored() { store; [ "$STATUS" = 201 ]; }
rows() { sql "SELECT count(*) FROM raw_extraction_data"; }
store
check_is "with the database: 201" "$STATUS" 201
pool=$(pgrep -P "$(app_pid pool)" | sort | tr '\n' ' ')

app stop postgres
store
check_is "without it: 503" "$STATUS" 503
check_match "with Retry-After" "$(header Retry-After)" '^[0-9]+$'
check_is "as a problem, in words of ours" \
	"$(json '.title') $(grep -ciE 'pg_|socket|psql|could not connect' "$BODY")" "Service Unavailable 0"
request GET /app/etl/health
check_is "health: 200, the process answers" "$STATUS" 200
request GET /app/etl/health/ready
check_is "ready: 503, which names it" "$STATUS $(json .detail)" "503 The database is unreachable"
app start postgres
check "stores work again by themselves" wait_until 20 stored
check_is "no responder left for it" "$(pgrep -P "$(app_pid pool)" | sort | tr '\n' ' ')" "$pool"

app kill postgres
app start postgres
check "the same after a crash" wait_until 30 stored

# -- connections are cut
before=$(rows)
end_sessions pulse-etl-fcgi
good=0
for _ in 1 2 3 4 5 6 7 8; do stored && good=$((good + 1)); done
check_is "after pg_terminate_backend of all, every store works" "$good" 8
check_is "and is stored once" "$(($(rows) - before))" 8
check_is "the connections have the program's name" \
	"$(sql "SELECT DISTINCT application_name FROM pg_stat_activity WHERE application_name LIKE 'pulse-etl-f%'")" \
	pulse-etl-fcgi

# -- read-only, locks, slow statements
sql "ALTER DATABASE \"$PGDATABASE\" SET default_transaction_read_only = on" >"$TMP/out"
end_sessions pulse-etl-fcgi
store
check_is "read-only: 503" "$STATUS" 503
request GET /app/etl/health/ready
check_is "not ready: 503" "$STATUS" 503
check_match "and it says why" "$(json .detail)" read-only
PGOPTIONS='-c default_transaction_read_only=off' sql \
	"ALTER DATABASE \"$PGDATABASE\" RESET default_transaction_read_only" >"$TMP/out"
end_sessions pulse-etl-fcgi
check "writable again: stores work" wait_until 10 stored
before=$(rows)
lock_table raw_extraction_data
store
check_is "a table locked by somebody: 503 after lock_timeout" "$STATUS" 503
let_go
wait
check_is "nothing was stored by it" "$(rows)" "$before"
check "unlocked: stores work" stored

# -- a statement that takes too long, at the server's and at our clock
app stop pool
echo 'database_lock_timeout = 10000' >>"$ETL_APP/extra.conf"
unset ETL_APP_CONF
app start pool
before=$(rows)
lock_table raw_extraction_data
store
check_is "a statement beyond statement_timeout: 503" "$STATUS $(header Retry-After | grep -c '[0-9]')" "503 1"
let_go
wait
check_is "nothing was stored by it" "$(rows)" "$before"
check "then stores work" stored

# -- no tables
sql "ALTER TABLE migration_history RENAME TO hidden" >"$TMP/out"
request GET /app/etl/health/ready
check_is "without migrations: not ready" "$STATUS" 503
check_match "and it says what to run" "$(json .detail)" pulse-etl-migrate
sql "ALTER TABLE hidden RENAME TO migration_history" >"$TMP/out"
check "ready again" wait_until 10 ready_is '[]'
done_testing
