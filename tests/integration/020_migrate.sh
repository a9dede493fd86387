#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The migrations and the program that applies them: every step up and down,
# two runners, files that are wrong, nothing half done.
. "$(dirname "$0")/lib.sh"

program=$ETL_BUILD/pulse-etl-migrate
shipped=$ETL_SOURCE/migrations
unset DATABASE_URL ETL_MIGRATIONS_DIR

# The shipped migrations that --apply-all applies, and the number of all.
plain=$(cd "$shipped" && for file in *.up.sql; do
	head -n 1 "$file" | grep -q on-request || echo "${file%.up.sql}"
done)
newest=$(find "$shipped" -name '*.up.sql' | wc -l)

# Run it on the shipped files; its words go to $TMP/out and $TMP/err.
migrate() {
	"$program" --dir "${dir:-$shipped}" "$@" >"$TMP/out" 2>"$TMP/err"
}

# The same for its exit code.
code_of() {
	migrate "$@"
	echo $?
}

refused() { ! sql "$1"; }
out_has() { grep -q -- "$1" "$TMP/out"; }
err_has() { grep -q -- "$1" "$TMP/err"; }

# Everything the catalogue knows, without the history and what changes by itself.
catalogue() {
	pg_dump -s --no-owner -T migration_history |
		grep -v -e '^\\restrict' -e '^\\unrestrict' -e '^--' >"$1"
	psql -XAtq >>"$1" <<'SQL'
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
	a.attnotnull, a.attcompression, pg_get_expr(d.adbin, d.adrelid)
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND c.relname !~ 'migration_history'
ORDER BY c.relname, a.attname;
SELECT relname, relkind, reloptions FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relname !~ 'migration_history'
ORDER BY relname;
SELECT sequencename, data_type, max_value FROM pg_sequences ORDER BY 1;
SELECT conname, conrelid::regclass, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text !~ 'migration_history'
ORDER BY 1, 2;
SQL
}

# A folder of our own to break: own_folder NAME [FILE TEXT]...
own_folder() {
	dir=$TMP/$1
	mkdir -p "$dir"
	shift
	while [ $# -gt 0 ]; do
		printf '%s\n' "$2" >"$dir/$1"
		shift 2
	done
}

# -- options
check_is "--help: 0" "$(code_of --help)" 0
check "it documents the exit codes" out_has 'Exit codes: 0'
check_is "--version: 0" "$(code_of --version)" 0
check_is "no command: 64" "$(code_of)" 64
check_is "two commands: 64" "$(code_of --status --apply-all)" 64
check_is "a number that is none: 64" "$(code_of --apply 1x)" 64
check_is "an argument too many: 64" "$(code_of --status extra)" 64
check_is "a folder that is not there: 78" "$(dir=$TMP/absent code_of --status)" 78
check_is "a server that is not there: 69" "$(PGHOST=$TMP code_of --status)" 69

# -- status and a dry run of an empty database
fresh_database
catalogue "$TMP/empty"
check_is "--status of an empty database: 0" "$(code_of --status)" 0
check "0001 is pending" grep -Eq '^ *0001 +initial_db_schema +pending' "$TMP/out"
check "0003 is on request" grep -Eq '^ *0003 +demo_tenant +on request' "$TMP/out"
check_is "--apply-all --dry-run: 0" "$(code_of --apply-all --dry-run)" 0
check_is "it prints the plan" "$(cat "$TMP/out")" "$(sed 's/^/would apply /' <<<"$plain")"
check_is "and makes nothing, not even the history" \
	"$(sql "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")" 0
check_is "--rollback-to 0 with nothing applied: 0" "$(code_of --rollback-to 0)" 0
check "nothing to do" out_has '^nothing to do$'

# -- step by step, up and down
check_is "--apply 1: 0" "$(code_of --apply 1)" 0
# A role is the server's: the first database of one makes it, and says so.
check_match "one line tells" "$(grep -v '^CREATE ROLE ' "$TMP/out")" '^applied 0001_initial_db_schema \([0-9]+ ms\)$'
catalogue "$TMP/one"
check_is "--apply 2: 0" "$(code_of --apply 2)" 0
catalogue "$TMP/two"
check_fails "0002 changes the catalogue" cmp -s "$TMP/one" "$TMP/two"
check_is "--apply-all: 0" "$(code_of --apply-all)" 0
check_is "--apply-all again: 0" "$(code_of --apply-all)" 0
check_is "the demo tenant is not part of all" "$(cat "$TMP/out")" "nothing to do"
check_is "--apply 3: 0" "$(code_of --apply 3)" 0
check_is "now there is a demo tenant" "$(sql "SELECT name FROM tenants WHERE id = 1")" Demo
check_is "with one commitment point per integration" \
	"$(sql "SELECT string_agg(integration_id || ':' || step_name, ' ' ORDER BY integration_id) FROM workflows
		WHERE is_commitment_point")" \
	"1:Ready 2:Open"
check_is "the next tenant gets the next id" "$(sql "INSERT INTO tenants (name) VALUES ('Next') RETURNING id")" 2
sql "INSERT INTO integrations (tenant_id, provider, type) VALUES (2, 'Jira', 'data_source')"
check_is "and the next integration" "$(sql "SELECT max(id) FROM integrations")" 3
migrate --status
check_is "--status tells all are applied" "$(grep -Ec 'applied +2[0-9]{3}-' "$TMP/out")" "$newest"
check_is "the service finds the numbers in the history" \
	"$(sql "SELECT string_agg(number::text, ',' ORDER BY number) FROM migration_history")" "$(seq -s , "$newest")"
check_is "the checksum is the file's SHA-256" "$(sql "SELECT checksum FROM migration_history WHERE number = 1")" \
	"$(sha256sum <"$shipped/0001_initial_db_schema.up.sql" | cut -d' ' -f1)"

# -- tenants are apart
insert="INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items,
	raw_data_bytes, raw_data_sha256)"
check "a tenant's own integration is taken" sql "$insert VALUES (1, 1, 'x', '{}', 1, 2, sha256('{}'))"
check "another tenant's integration is refused" refused "$insert VALUES (2, 1, 'x', '{}', 1, 2, sha256('{}'))"
check "so it is for a work item's project" refused \
	"INSERT INTO work_items (tenant_id, integration_id, project_id) SELECT 2, 3, id FROM projects"
check "for its type" refused "INSERT INTO work_items (tenant_id, integration_id, wit_id) SELECT 2, 3, min(id) FROM wits"
check "for a mapping's workflow" refused \
	"INSERT INTO statuses_mappings (tenant_id, integration_id, status_from, status_to, status_category,
		workflow_id) SELECT 2, 3, 'a', 'b', 'c', min(id) FROM workflows"
check "and for an integration's fallback" refused "UPDATE integrations SET fallback_integration_id = 1 WHERE id = 3"
check_is "every reference between tenant tables names the tenant" \
	"$(sql "SELECT conname FROM pg_constraint c WHERE contype = 'f' AND array_length(conkey, 1) = 1
	AND confrelid <> 'tenants'::regclass AND conrelid NOT IN ('projects_wits'::regclass,
	'projects_statuses'::regclass)")" ""
check "a second commitment point is refused" refused \
	"INSERT INTO workflows (tenant_id, integration_id, step_name, step_category, is_commitment_point)
		VALUES (1, 1, 'x', 'To Do', true)"
check "a status the service does not know is refused" \
	refused "UPDATE raw_extraction_data SET processing_status = 'lost'"
check "a digest of another length is refused" refused "UPDATE raw_extraction_data SET raw_data_sha256 = 'x'"
check_is "no index names queued_at" "$(sql "SELECT count(*) FROM pg_indexes WHERE indexdef ~ 'queued_at'")" 0

# -- and down again
check_is "--rollback-to the newest: nothing to do" "$(migrate --rollback-to "$newest"; cat "$TMP/out")" "nothing to do"
check_is "--rollback-to 3: 0" "$(code_of --rollback-to 3)" 0
check_is "the demo tenant is still there" "$(sql "SELECT count(*) FROM raw_extraction_data")" 1
check_is "--rollback-to 2: 0" "$(code_of --rollback-to 2)" 0
check_is "the demo tenant is gone, and only it" "$(sql "SELECT string_agg(name, ' ') FROM tenants")" Next
check_is "with its batches" "$(sql "SELECT count(*) FROM raw_extraction_data")" 0
catalogue "$TMP/now"
check "0003 leaves the catalogue as it was" cmp "$TMP/two" "$TMP/now"
check_is "--rollback-to 1: 0" "$(code_of --rollback-to 1)" 0
catalogue "$TMP/now"
check "0002 leaves the catalogue as it was" cmp "$TMP/one" "$TMP/now"
check_is "--rollback-to 0: 0" "$(code_of --rollback-to 0)" 0
catalogue "$TMP/now"
check "0001 leaves an empty database" cmp "$TMP/empty" "$TMP/now"
check_is "the history is empty, too" "$(sql "SELECT count(*) FROM migration_history")" 0

# -- an upgrade with rows
migrate --apply 1
sql "INSERT INTO tenants (name) VALUES ('Old')"
sql "INSERT INTO integrations (tenant_id, provider, type) VALUES (1, 'Jira', 'data_source')"
sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data) VALUES
	(1, 1, 'a', '[1, [2, 3], {}]'), (1, 1, 'b', '{\"total\": 9, \"issues\": [{}, {}]}'),
	(1, 1, 'c', '{\"issues\": 5, \"values\": [1]}'), (1, 1, 'd', '{\"projects\": []}'),
	(1, 1, 'e', '{\"repositories\": [1, 2]}'), (1, 1, 'f', '{\"items\": [1, 2, 3]}'),
	(1, 1, 'g', '{\"prs\": [1]}'), (1, 1, 'h', '{\"pull_requests\": [1, 2]}'),
	(1, 1, 'i', '{\"pullRequests\": {\"nodes\": [1, 2, 3, 4]}}'),
	(1, 1, 'j', '{\"id\": \"é\"}'), (1, 1, 'k', '7')"
sql "UPDATE raw_extraction_data SET processing_status = NULL, active = NULL, created_at = NULL WHERE entity_type = 'a'"
sql "UPDATE raw_extraction_data SET processing_status = 'completed' WHERE entity_type = 'b'"
check_is "0002 takes existing rows" "$(code_of --apply-all)" 0
check_is "their items are counted" \
	"$(sql "SELECT string_agg(entity_type || raw_data_items, ' ' ORDER BY entity_type) FROM raw_extraction_data")" \
	"a3 b2 c1 d0 e2 f3 g1 h2 i4 j1 k1"
check_is "their size and digest are those of the text" \
	"$(sql "SELECT bool_and(raw_data_bytes = octet_length(raw_data::text)
		AND raw_data_sha256 = sha256(convert_to(raw_data::text, 'UTF8'))) FROM raw_extraction_data")" t
check_is "bytes, not characters" "$(sql "SELECT raw_data_bytes FROM raw_extraction_data WHERE entity_type = 'j'")" 12
check_is "NULL becomes what it meant" \
	"$(sql "SELECT processing_status, active, created_at IS NOT NULL FROM raw_extraction_data
		WHERE entity_type = 'a'")" "pending|t|t"
check_is "a status that is known stays" \
	"$(sql "SELECT processing_status FROM raw_extraction_data WHERE entity_type = 'b'")" completed
check_is "none counts as queued" \
	"$(sql "SELECT count(*) FROM raw_extraction_data WHERE queued_at IS NULL AND queue_transform
		AND attempts = 0")" 11
sql "UPDATE raw_extraction_data SET queued_at = now() WHERE entity_type = 'c'"
is_hot() {
	[ "$(sql "SELECT n_tup_hot_upd > 0 FROM pg_stat_user_tables WHERE relname = 'raw_extraction_data'")" = t ]
}
check "the update of queued_at is heap-only" wait_until 5 is_hot
sql "SELECT setval('raw_extraction_data_id_seq', 3000000000)" >"$TMP/ignored"
check_is "ids grow beyond 2^31" "$(sql "$insert VALUES (1, 1, 'x', '{}', 1, 2, sha256('{}')) RETURNING id")" 3000000001
check_is "then there is no way back: 1" "$(code_of --rollback-to 1)" 1
check "and it says why" err_has 'has reached id 3000000001'
check_is "0002 stays applied" "$(sql "SELECT max(number) FROM migration_history")" 2
check_is "with its columns" "$(sql "SELECT count(raw_data_items) FROM raw_extraction_data")" 12

# -- drop-all
check_is "--drop-all without a terminal: 64" "$(code_of --drop-all </dev/null)" 64
check "it names the database" err_has "\"$PGDATABASE\""
check_is "and nothing is dropped" "$(sql "SELECT count(*) FROM tenants")" 1
check_is "--drop-all --dry-run: 0" "$(code_of --drop-all --dry-run)" 0
check "the plan ends with the history" out_has '^would drop migration_history$'
sql "DELETE FROM raw_extraction_data WHERE id > 2147483647"
sql "SELECT setval('raw_extraction_data_id_seq', 100)" >"$TMP/ignored"
if script --version >"$TMP/ignored" 2>&1; then
	at_terminal() {
		printf '%s\n' "$1" |
			script -qec "'$program' --dir '$shipped' --drop-all" /dev/null >"$TMP/out" 2>&1
	}
	check_fails "at a terminal another name is refused" at_terminal wrong
	check_is "nothing is dropped then" "$(sql "SELECT count(*) FROM tenants")" 1
	check "the database's name is taken" at_terminal "$PGDATABASE"
else
	check "--drop-all --confirm" migrate --drop-all --confirm
fi
catalogue "$TMP/now"
check "everything is gone" cmp "$TMP/empty" "$TMP/now"
check_is "the history as well" "$(sql "SELECT to_regclass('migration_history') IS NULL")" t
check_is "--drop-all --confirm again: 0" "$(code_of --drop-all --confirm)" 0

# -- two at once
fresh_database
"$program" --dir "$shipped" --apply-all >"$TMP/first" 2>"$TMP/first.err" &
first=$!
"$program" --dir "$shipped" --apply-all >"$TMP/second" 2>"$TMP/second.err" &
second=$!
check "of two runners one succeeds" wait $first
check "and so does the other" wait $second
check_is "each migration is applied once" "$(cat "$TMP/first" "$TMP/second" | grep -c '^applied')" \
	"$(wc -l <<<"$plain")"
own_folder slow 0001_slow.up.sql 'CREATE TABLE slow (id integer);
SELECT pg_sleep(30);' 0001_slow.down.sql 'DROP TABLE slow;'
fresh_database
"$program" --dir "$dir" --apply-all >"$TMP/first" 2>"$TMP/first.err" &
first=$!
sleeping() {
	[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pulse-etl-migrate'
		AND wait_event = 'PgSleep' AND datname = current_database()")" = 1 ]
}
check "a migration takes its time" wait_until 10 sleeping
check_is "another runner gives up after --lock-timeout: 69" "$(code_of --apply-all --lock-timeout 1)" 69
check "it said that it waits" err_has '^waiting for another runner$'
check_is "or at once: 69" "$(code_of --apply-all --lock-timeout 0)" 69

# -- stopped in the middle
kill -TERM $first
check_fails "TERM ends it with an error" wait $first
check "it says what became of it" grep -q 'interrupted in 0001_slow, which was taken back as a whole' "$TMP/first.err"
check_is "nothing of it is left" "$(sql "SELECT to_regclass('slow') IS NULL, count(*) FROM migration_history")" "t|0"
"$program" --dir "$dir" --apply-all >"$TMP/first" 2>"$TMP/first.err" &
first=$!
check "again" wait_until 10 sleeping
kill -KILL $first
wait $first 2>"$TMP/ignored"
end_sessions pulse-etl-migrate
check_is "killed: nothing of it is left either" \
	"$(sql "SELECT to_regclass('slow') IS NULL, count(*) FROM migration_history")" "t|0"
"$program" --dir "$dir" --apply-all >"$TMP/first" 2>"$TMP/first.err" &
first=$!
check "and again" wait_until 10 sleeping
end_sessions pulse-etl-migrate
wait $first
check_is "a lost connection: 69" "$?" 69
check_is "nothing of it is left" "$(sql "SELECT to_regclass('slow') IS NULL, count(*) FROM migration_history")" "t|0"

# -- SQL that fails
fresh_database
own_folder broken 0001_fine.up.sql 'CREATE TABLE fine (id integer PRIMARY KEY);' \
	0001_fine.down.sql 'DROP TABLE fine;' \
	0002_broken.up.sql "-- é in a comment; and a ' quote
CREATE TABLE half (id integer);
INSERT INTO half
VALUES (1),
	('é'::text || 'x', nonsense);" \
	0002_broken.down.sql 'DROP TABLE half;'
check_is "a statement fails: 1" "$(code_of --apply-all)" 1
check "file, line, server's words and SQLSTATE are named" \
	err_has "^$dir/0002_broken.up.sql:5: ERROR: column \"nonsense\" does not exist (42703)\$"
check "what went before stays" grep -q '^applied 0001_fine' "$TMP/out"
check_is "of the failed one nothing is left" \
	"$(sql "SELECT to_regclass('half') IS NULL, string_agg(name, ' ') FROM migration_history")" "t|fine"
own_folder broken 0002_broken.up.sql 'CREATE TABLE half (id integer PRIMARY KEY);
INSERT INTO half VALUES (1);

INSERT INTO half
VALUES (1);'
check_is "a duplicate key: 1" "$(code_of --apply-all)" 1
check "without a position it is the statement's line" err_has '0002_broken.up.sql:4: ERROR: duplicate key'
check "the server's detail is shown" err_has 'DETAIL: Key (id)=(1) already exists'
own_folder broken 0002_broken.up.sql "DO \$\$ BEGIN RAISE NOTICE 'by the way'; END \$\$;
CREATE TABLE half (id integer REFERENCES fine DEFERRABLE INITIALLY DEFERRED);
INSERT INTO half VALUES (7);"
check_is "a constraint that fails at the end: 1" "$(code_of --apply-all)" 1
check "notices are shown" err_has '0002_broken.up.sql:1: NOTICE: by the way'
check_is "and nothing is left" "$(sql "SELECT to_regclass('half') IS NULL, count(*) FROM migration_history")" "t|1"

# -- statements that have no place in a migration
refuses() {
	own_folder broken 0002_broken.up.sql "SELECT 1; /* ; */
$1"
	[ "$(code_of --apply-all)" = 65 ] && err_has "0002_broken.up.sql:2: .*$2"
}
for word in BEGIN 'START TRANSACTION' COMMIT END ROLLBACK ABORT 'SAVEPOINT a' 'RELEASE a' "PREPARE TRANSACTION 'a'"; do
	check "$word is refused" refuses "$word;" 'is refused: a migration is one transaction'
done
for word in 'CREATE DATABASE x' 'DROP DATABASE x' 'ALTER SYSTEM RESET ALL' 'VACUUM' 'create tablespace a location b'; do
	check "$word is refused" refuses "$word;" 'it cannot run within the transaction'
done
check "SET is refused" refuses 'SET search_path = x;' 'SET LOCAL'
check "an open string is refused" refuses "SELECT 'x;" 'a string is never closed'
check "an open dollar quote is refused" refuses 'SELECT $a$ $b$ $$;' 'a dollar quote is never closed'
check "an open comment is refused" refuses '/* /* */' 'a comment is never closed'
own_folder broken 0002_broken.up.sql 'COPY fine FROM STDIN;'
check_is "COPY from the client: 65" "$(code_of --apply-all)" 65
own_folder broken 0002_broken.up.sql 'CREATE INDEX CONCURRENTLY i ON fine (id);'
check_is "the server's own refusals: 1" "$(code_of --apply-all)" 1
check "with its words" err_has '0002_broken.up.sql:1: ERROR: CREATE INDEX CONCURRENTLY cannot run'
check_is "nothing of all that was done" "$(sql "SELECT count(*) FROM migration_history")" 1

# -- SQL that is hard to split
own_folder broken 0002_broken.up.sql "$(cat <<'SQL'
;; -- nothing; here
/* nor /* ; */ here; */
CREATE TABLE "half;""way" (a text DEFAULT 'it''s; \', b text DEFAULT E'it\'s; \\'
	'on;\';');
CREATE FUNCTION do$it$() RETURNS text LANGUAGE plpgsql AS $fn$
BEGIN
	RETURN $$;'$$ || ';' /* ' */;
END
$fn$;
CREATE FUNCTION atomic(n integer) RETURNS integer LANGUAGE sql
BEGIN ATOMIC
	SELECT 1;
	SELECT CASE WHEN n > 0 THEN 1 ELSE 2 END;
END;
CREATE RULE two AS ON INSERT TO fine DO ALSO (SELECT 1; SELECT 2);
SET LOCAL search_path = '';
INSERT INTO public."half;""way" DEFAULT VALUES -- the last needs no semicolon
SQL
)" 0002_broken.down.sql 'DROP RULE two ON fine; DROP FUNCTION do$it$(), atomic; DROP TABLE "half;""way"'
check_is "hard SQL is split where the server would: 0" "$(code_of --apply-all)" 0
check_is "strings are what they were" "$(sql 'SELECT a, b FROM "half;""way"')" "it's; \\|it's; \\on;';"
check_is "functions work" "$(sql 'SELECT do$it$(), atomic(1)')" ";';|1"
check_is "and it can be rolled back: 0" "$(code_of --rollback-to 1)" 0

# -- files that do not fit the history
own_folder broken 0001_fine.up.sql 'CREATE TABLE fine (id bigint PRIMARY KEY);'
check_is "an applied file that changed: 1" "$(code_of --apply-all)" 1
check "it is named, with what to do" err_has '0001_fine.up.sql was changed after it was applied'
check_is "nothing is applied" "$(sql "SELECT count(*) FROM migration_history")" 1
check_is "nor rolled back: 1" "$(code_of --rollback-to 0)" 1
migrate --status
check "--status shows it" grep -Eq '0001 +fine +changed' "$TMP/out"
own_folder elsewhere
check_is "an applied file that is missing: 1" "$(code_of --rollback-to 0)" 1
check "it is named" err_has '0001_fine cannot be rolled back'
migrate --status
check "--status shows that, too" grep -Eq '0001 +fine +missing' "$TMP/out"

# -- files that do not fit each other
own_folder gap 0001_a.up.sql '' 0001_a.down.sql '' 0003_c.up.sql '' 0003_c.down.sql ''
fresh_database
check_is "a gap: 65" "$(code_of --apply-all)" 65
check "it is named" err_has 'there is no migration 0002, but a 0003_c'
own_folder twice 0001_a.up.sql '' 0001_a.down.sql '' 0001_b.up.sql '' 0001_b.down.sql ''
check_is "a number twice: 65" "$(code_of --status)" 65
check "both are named" err_has '0001 is there twice: 0001_a and 0001_b'
own_folder alone 0001_a.up.sql ''
check_is "no way down: 65" "$(code_of --status)" 65
own_folder name 1_a.up.sql ''
check_is "a name that is none: 65" "$(code_of --status)" 65
own_folder nothing 0001_a.up.sql '' 0001_a.down.sql '-- nothing'
check_is "an empty file is a migration: 0" "$(code_of --apply-all)" 0

# -- --new
own_folder new
check_is "--new: 0" "$(code_of --new '  Add idempotency-Keys!')" 0
check_is "it names the files" "$(cat "$TMP/out")" \
	"$dir/0001_add_idempotency_keys.up.sql
$dir/0001_add_idempotency_keys.down.sql"
migrate --new second
check "the next one gets the next number" test -f "$dir/0002_second.up.sql" -a -f "$dir/0002_second.down.sql"
check_is "--new --dry-run: 0" "$(code_of --new third --dry-run)" 0
check_fails "makes no file" test -e "$dir/0003_third.up.sql"
check_is "a name without a letter: 64" "$(code_of --new '../')" 64
fresh_database
check_is "the new files can be applied: 0" "$(code_of --apply-all)" 0

# -- the connection and the folder from elsewhere
check "--dsn takes a connection string" migrate --status --dsn "dbname='$PGDATABASE'"
check_is "its error: 69" "$(code_of --status --dsn "dbname=there_is_no_such")" 69
with() { env "$1" "$program" --"$2" >"$TMP/out" 2>"$TMP/err"; }
check "ETL_MIGRATIONS_DIR names the folder" with ETL_MIGRATIONS_DIR="$dir" status
check "and is what was read" out_has second
export ETL_MIGRATIONS_DIR=$dir
check "DATABASE_URL is taken without --dsn" with DATABASE_URL="dbname='$PGDATABASE'" status
check_fails "also when it is wrong" with DATABASE_URL=dbname=there_is_no_such status

done_testing
