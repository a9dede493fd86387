#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The README's commands do what it says.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/routes.sh"
app_up
cd "$ETL_SOURCE" || exit 1

# The code block that begins with this line, as a script.
block() { # FIRST LINE
	awk -v first="    $1" 'index($0, first) == 1 { on = 1 }
		on && !/^    / { exit }
		on { print substr($0, 5) }' README.md
}

block 'eval' >"$TMP/send.sh"
check "there are commands to send a batch" test -s "$TMP/send.sh"
bash -eu -o pipefail "$TMP/send.sh" >"$TMP/sent" 2>"$TMP/sent.err"
check_is "they work" "$?" 0
check_is "the batch is stored and queued" "$(jq -rs '.[0].queued' "$TMP/sent")" true
check_is "and listed" "$(jq -rs '.[1].raw_data_records[0].raw_data_size' "$TMP/sent")" 100

block './deploy/stack stop' | grep -v ' down' >"$TMP/day.sh"
check_is "a bad day has three commands" "$(wc -l <"$TMP/day.sh")" 3
check "they work" bash -eu "$TMP/day.sh"
check "and the service is whole again" wait_until 30 ready_is '[]'

for program in pulse-etl-fcgi pulse-etl-relay pulse-etl-worker pulse-etl-migrate pulse-etl; do
	check "$program has --help" "$ETL_BUILD/$program" --help
	check_match "$program has --version" "$("$ETL_BUILD/$program" --version)" "^$program [0-9]+\.[0-9]+"
	check "$program has a man page" grep -q "$program" "deploy/man/$program".[18].in
	check "README names $program" grep -q "$program" README.md
	"$ETL_BUILD/$program" --nonsense >"$TMP/out" 2>&1
	check_is "$program: a wrong option exits with 64" "$?" 64
done
"$ETL_BUILD/pulse-etl-fcgi" --config /nowhere >"$TMP/out" 2>&1
check_is "settings that cannot be read: 78" "$?" 78
check "with a sentence" grep -q /nowhere "$TMP/out"
printf 'auth = none\nno_such = 1\n' >"$TMP/bad.conf"
"$ETL_BUILD/pulse-etl-relay" --config "$TMP/bad.conf" >"$TMP/out" 2>&1
check_is "an unknown setting: 78" "$?" 78
check "with file, line and name" grep -q 'bad.conf:2:.*no_such' "$TMP/out"
# etl.conf has every setting as the programs have it.
"$ETL_BUILD/pulse-etl" settings show | grep -v '^#' | sed 's/ $//' >"$TMP/settings"
grep -E '^#[a-z_]+ =' deploy/etl.conf | sed 's/^#//; s/ $//' >"$TMP/conf"
check "deploy/etl.conf is up to date" diff "$TMP/settings" "$TMP/conf"
printf 'database_url = postgresql://u:confidential@h/d\nrabbitmq_password = confidential\n' >"$TMP/secret.conf"
check_is "secrets are masked in --dump-settings" \
	"$("$ETL_BUILD/pulse-etl-fcgi" --config "$TMP/secret.conf" --dump-settings | grep -c confidential)" 0
# {name} of a report is one of those that have a route each.
name='[a-z_{}]*'
grep -oE '(GET|PUT|POST) /app/etl[^` ]*' README.md | while read -r method path; do
	routes | grep -q "^$method ${path/\/\{name\}/\/$name} " || echo "$method $path"
done >"$TMP/unknown"
check_is "every route of README is in the route table" "$(cat "$TMP/unknown")" ""
done_testing
