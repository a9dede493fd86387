#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The end of deploy/quickstart: the items of deploy/demo-batch that took longest,
# as jq alone works them out of the histories.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/worker.sh
. "$(dirname "$0")/worker.sh"
cd "$ETL_SOURCE" || exit 1

# -- the batch: the same each time, whatever the day
day=2026-01-31
deploy/demo-batch 1000 $day >"$TMP/batch.json"
check "the batch is the same each time" cmp "$TMP/batch.json" <(deploy/demo-batch 1000 $day)
check "its times end with the day that is asked for, and begin half a year before" \
	jq -e '[.raw_data.issues[].fields | .created, .updated] | min >= "2025-08-01" and min < "2025-08-10"
		and max < "2026-01-31" and max > "2026-01-29"' "$TMP/batch.json"
is_todays() { [ "$(deploy/demo-batch 40)" = "$(deploy/demo-batch 40 "$(date -u +%Y-%m-%d)")" ]; }
check "without a day it is today's" wait_until 5 is_todays # midnight may come between
check "some 4.3 KB an issue, as benches have them" \
	[ $(($(stat -c %s "$TMP/batch.json") / 100000)) = 43 ]
deploy/demo-batch 5 31.1.2026 >"$TMP/out" 2>"$TMP/err"
check_is "a day that is none: 64" "$?" 64
check_is "issues are in each status" \
	"$(jq -c '[.raw_data.issues[].fields.status.name] | group_by(.) | map("\(.[0]) \(length)")' \
		"$TMP/batch.json")" \
	'["Backlog 39","Done 888","In Progress 32","Review 17","Selected for Development 24"]'

# What is done now, from its first entry into In Progress to its last into Done.
jq -c '[.raw_data.issues[]
	| [.changelog.histories | reverse | .[]
		| (.created[:19] + "Z" | fromdate) as $at
		| .items[] | select(.field == "status") | {at: $at, to: .toString}] as $way
	| select(.fields.status.name == "Done" and $way[-1].to == "Done")
	| ([$way[] | select(.to == "Done").at] | max) as $last
	| ([$way[] | select(.to == "In Progress").at] | min) as $first
	| {key, summary: .fields.summary, seconds: ($last - $first)}]' "$TMP/batch.json" >"$TMP/cycles"
five() { # FILE
	jq -r 'sort_by(-.seconds, .key) | .[:5][] | "\(.key)|\(.summary)|\(.seconds / 8640 | round / 10)"' "$1"
}
check_is "more than one has its time" "$(jq length "$TMP/cycles")" 888
check_is "the five differ in how long they took" "$(five "$TMP/cycles" | cut -d '|' -f 3 | sort -u | wc -l)" 5

# -- loaded
ETL_APP_WORKERS=1 app_up
api POST raw-data/store --data-binary "@$TMP/batch.json"
id=$(json .raw_data_id)
check "the batch is completed" becomes completed 120
check "and loaded: $(jq length "$TMP/cycles") items have their time" wait_until 60 sql_is 888 \
	"SELECT count(total_cycle_time_seconds) FROM work_items"
check_is "nothing of it was left out" "$(row 'error_details IS NULL')" t
check_is "each time is that of the histories" \
	"$(sql 'SELECT key, total_cycle_time_seconds FROM work_items WHERE total_cycle_time_seconds IS NOT NULL' |
		LC_ALL=C sort | sha256sum)" \
	"$(jq -r '.[] | "\(.key)|\(.seconds)"' "$TMP/cycles" | LC_ALL=C sort | sha256sum)"
stack psql -qAt -f deploy/longest.sql >"$TMP/five" 2>"$TMP/err"
check_is "deploy/longest.sql tells the five that took longest" "$(cat "$TMP/five")" "$(five "$TMP/cycles")"
check_is "of another tenant nothing" "$(stack psql -qAt -v tenant=2 -f deploy/longest.sql)" ""
stack psql -q -P footer=off -f deploy/longest.sql | sed 's/ *$//' >"$TMP/shown"
check_is "README shows what it prints" \
	"$(sed -n '/^     *key  *| /,/^$/p' README.md | sed '/^$/d; s/^    //')" "$(grep . "$TMP/shown")"
done_testing
