#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The .sql files of transformers and loaders are SQL as they stand: psql reads
# each whole and prepares every statement of it.
. "$(dirname "$0")/lib.sh"
need_programs
fresh_database
check "the migrations apply" "$ETL_BUILD/pulse-etl-migrate" --dir "$ETL_SOURCE/migrations" --apply-all

# Prepare a file's statements under their names; prints how many these are.
prepared() { # FILE
	{
		sed 's/^-- statement: \(.*\)/PREPARE "\1" AS/' "$1"
		echo 'SELECT count(*) FROM pg_prepared_statements;'
	} | psql -XAtq -v ON_ERROR_STOP=1 2>&1
}

count=0
for file in "$ETL_SOURCE"/src/{transformers,loaders}/*.sql; do
	check_is "${file##*/src/} is SQL" "$(prepared "$file")" \
		"$(grep -c '^-- statement: ' "$file")"
	count=$((count + 1))
done
check "there are files ($count)" [ "$count" -gt 10 ]

# The proof of the proof: two statements, of which the first is this one.
shown() { # STATEMENT WHAT-PSQL-SAYS
	printf -- '-- A sample.\n\n-- statement: a\n-- columns: wits\n%s\n\n-- statement: b\nSELECT 1;\n' "$1" \
		>"$TMP/sample.sql"
	check_match "$1: $2" "$(prepared "$TMP/sample.sql")" "$2"
}
shown "SELECT id FROM wits WHERE id = \$1;" '^2$'
shown 'SELECT <inserted> FROM wits;' 'syntax error'
shown 'SELECT id FROM wits' 'syntax error'
shown 'SELECT id, nothing FROM wits;' 'column "nothing" does not exist'
shown 'SELECT etl_nothing(id) FROM wits;' 'function etl_nothing\(bigint\) does not exist'
done_testing
