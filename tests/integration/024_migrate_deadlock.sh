#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A migration beside a service at work, which holds what it waits for and waits for
# what it has locked: PostgreSQL ends the migration, and it is tried again.
. "$(dirname "$0")/lib.sh"
need_programs
fresh_database
unset DATABASE_URL ETL_MIGRATIONS_DIR
dir=$TMP/migrations
mkdir "$dir"
echo 'CREATE TABLE one (id integer); CREATE TABLE two (id integer);' >"$dir/0001_two.up.sql"
echo 'DROP TABLE one, two;' >"$dir/0001_two.down.sql"
echo 'LOCK TABLE one; SELECT pg_sleep(5); LOCK TABLE two;' >"$dir/0002_both.up.sql"
echo 'SELECT 1;' >"$dir/0002_both.down.sql"
migrate() { "$ETL_BUILD/pulse-etl-migrate" --dir "$dir" "$@" >"$TMP/out" 2>"$TMP/err"; }

check "two tables" migrate --apply 1
migrate --apply-all &
both=$!
sleeping() {
	sql_is 1 "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pulse-etl-migrate'
		AND wait_event = 'PgSleep' AND datname = current_database()"
}
check "a migration has locked the first one" wait_until 10 sleeping
check "a session takes the second one, then the first one" sql "BEGIN; LOCK TABLE two; LOCK TABLE one; COMMIT"
check "the migration is applied" wait "$both"
check "it met a deadlock" grep -q 'deadlock detected (40P01)' "$TMP/err"
check_is "and was tried again, once" \
	"$(grep -c '^0002_both failed and was taken back as a whole: trying it again$' "$TMP/err")" 1
check_match "and it is applied once" "$(cat "$TMP/out")" '^applied 0002_both \([0-9]+ ms\)$'
check_is "its history has it once" "$(sql "SELECT count(*) FROM migration_history WHERE name = 'both'")" 1
done_testing
