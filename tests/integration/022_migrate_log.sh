#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# pulse-etl-migrate with log_format = json: what it does, what the server says and
# what is wrong are lines of the log, like those of the other programs.
. "$(dirname "$0")/lib.sh"
need_programs
fresh_database
unset DATABASE_URL ETL_MIGRATIONS_DIR
dir=$TMP/migrations
mkdir "$dir"
echo 'CREATE TABLE fine (id integer PRIMARY KEY);' >"$dir/0001_fine.up.sql"
echo 'DROP TABLE fine;' >"$dir/0001_fine.down.sql"
cat >"$dir/0002_broken.up.sql" <<'SQL'
DO $$ BEGIN RAISE NOTICE 'by the way'; END $$;
CREATE TABLE half (id integer REFERENCES fine DEFERRABLE INITIALLY DEFERRED);
INSERT INTO half VALUES (7);
SQL
echo 'DROP TABLE half;' >"$dir/0002_broken.down.sql"
printf 'log_format = json\nworker_prefetch = 3\n' >"$TMP/json.conf"
migrate() {
	"$ETL_BUILD/pulse-etl-migrate" --dir "$dir" "$@" >"$TMP/out" 2>"$TMP/err"
	CODE=$?
}

ETL_CONFIG=$TMP/json.conf migrate --apply-all
check_is "what fails has the same exit status" "$CODE" 1
check_is "each line is an object of this program" \
	"$(jq -rs '.[] | select((.program == "pulse-etl-migrate" and .pid and .time) | not)' "$TMP/err" 2>&1)" ""
shown='select(.event != "right") | [.level, .event, .migration // .text, .line // "-"] | join(" ")'
check_is "what is done, said and wrong" "$(jq -r "$shown" "$TMP/err")" \
	"info applied 0001_fine -
info server by the way 1
error server insert or update on table \"half\" violates foreign key constraint \"half_id_fkey\" -
warn server there is no transaction in progress -
error failed 0002_broken failed and was taken back as a whole -"
check_is "nothing else is said" "$(cat "$TMP/out")" ""
ETL_CONFIG=$TMP/json.conf migrate --status
check_match "what a command is asked for stays as it is" "$(cat "$TMP/out")" '0001  fine +applied'
rm "$dir"/0002*
ETL_CONFIG=$TMP/json.conf ETL_LOG_FORMAT=logfmt migrate --rollback-to 0
check_match "the environment wins over the file" "$CODE $(cat "$TMP/out")" '^0 rolled back 0001_fine \('
ETL_LOG_FORMAT=xml migrate --status
check_match "another word is refused" "$CODE $(cat "$TMP/err")" '^78 .*log_format must be one of logfmt\|json'
done_testing
