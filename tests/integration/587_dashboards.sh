#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The dashboards on PostgreSQL: each panel's statement, and each variable's, runs
# as a reader, finds rows, and names the time that Grafana wants. DASHBOARD_ROWS is
# how many work items there are, DASHBOARD_MS what a panel may take (make
# check-dashboards: a million, 1000).
. "$(dirname "$0")/lib.sh"
need_programs
fresh_database
"$ETL_BUILD/pulse-etl-migrate" --dir "$ETL_SOURCE/migrations" --apply-all >"$TMP/out" 2>&1
check_is "the migrations are applied" "$?" 0
login=reader_${PGDATABASE#etl_}
trap 'super -c "DROP ROLE $login" >/dev/null 2>&1; clean_up' EXIT
rows=${DASHBOARD_ROWS:-20000}
check "the tables are filled" super -c "INSERT INTO tenants (id, name) VALUES (1, 'One');
	INSERT INTO integrations (id, tenant_id, provider, type)
	VALUES (1, 1, 'Jira', 'data_source'), (2, 1, 'GitHub', 'data_source')"
check "with $rows work items" super -v rows="$rows" -f "$ETL_SOURCE/tests/reports/fill.sql"
sql "SELECT report.admit('$login', 1)" >"$TMP/out"
super -c "ALTER ROLE $login PASSWORD 'x'"
as_reader() {
	PGUSER=$login PGPASSWORD=x PGOPTIONS='' psql -qX --csv -v ON_ERROR_STOP=1 "$@"
}
# What Grafana makes of the macros, for the last half year unless `from` says otherwise.
expand() {
	local to
	to=$(date -u +%Y-%m-%dT23:59:59Z)
	sed -E "s/[$]__timeFilter\(([a-z_]+)\)/\1 BETWEEN '$from' AND '$to'/g; s/[$]__timeFrom\(\)/'$from'/g;
		s/[$]__timeTo\(\)/'$to'/g; s/[$]\{project:sqlstring\}/$projects/g;
		s/[$]\{repository:sqlstring\}/$repositories/g"
}
from=$(date -u -d '-180 days' +%Y-%m-%dT00:00:00Z)
projects="SELECT key FROM public.projects"
repositories="SELECT full_name FROM public.repositories"
listed() { # STATEMENT: 'A','B' for sed
	as_reader -tA -c "$1" | sed "s/.*/'&'/; s|/|\\\\/|g" | paste -sd ,
}
projects=$(listed "$projects")
repositories=$(listed "$repositories")
slowest=0
for file in "$ETL_SOURCE"/deploy/grafana/{flow,pull-requests,delivery}.json; do
	board=$(basename "$file" .json)
	check_is "$board: its panels ask the data source of the variable" \
		"$(jq -r '[.. | objects | .datasource? | objects | .uid] | unique[]' "$file")" "\${datasource}"
	check_is "$board: ids are unique, and places do not overlap" \
		"$(jq '(.panels | map(.id) | length == (unique | length)) and ([.panels[].gridPos
			| range(.x; .x + .w) as $x | range(.y; .y + .h) as $y | [$x, $y]]
			| length == (unique | length))' \
			"$file")" true
	while IFS= read -r variable; do
		check "$board: its variable has values" \
			[ -n "$(as_reader -tA -c "$(jq -r .query <<<"$variable")" | head -n 1)" ]
	done < <(jq -c '.templating.list[] | select(.type == "query")' "$file")
	while IFS= read -r panel; do
		title=$(jq -r .title <<<"$panel")
		jq -r '.targets[0].rawSql' <<<"$panel" | expand >"$TMP/panel.sql"
		check_fails "$board: $title: all macros are known" grep -q '[$]' "$TMP/panel.sql"
		start=${EPOCHREALTIME/[.,]/}
		as_reader -f "$TMP/panel.sql" >"$TMP/panel.csv" 2>"$TMP/panel.err"
		took=$(((${EPOCHREALTIME/[.,]/} - start) / 1000))
		[ "$took" -le "$slowest" ] || slowest=$took
		check_is "$board: $title: runs" "$(cat "$TMP/panel.err")" ""
		check "$board: $title: has rows ($(($(wc -l <"$TMP/panel.csv") - 1)), $took ms)" \
			[ "$(sed -n 2p "$TMP/panel.csv" | tr -d ',')" != "" ]
		[ -z "${DASHBOARD_MS-}" ] ||
			check "$board: $title: within $DASHBOARD_MS ms" [ "$took" -le "$DASHBOARD_MS" ]
		[ "$(jq -r '.targets[0].format' <<<"$panel")" != time_series ] ||
			check_match "$board: $title: begins with the time" "$(head -n 1 "$TMP/panel.csv")" '^time,'
	done < <(jq -c '.panels[]' "$file")
done

# -- a number of a time is of that time, not of the weeks that begin in it: here of what
# was merged a day after it begins, which is a Tuesday
from=$(date -u -d "$(($(date -u +%u) + 5)) days ago" +%Y-%m-%dT00:00:00Z)
super -v from="$from" <<'SQL' >"$TMP/out" 2>&1
SET app.every_tenant = on;
INSERT INTO repositories (id, tenant_id, integration_id, external_id, full_name, default_branch)
VALUES (7700, 1, 2, 'span', 'Org/Span', 'main');
INSERT INTO prs (tenant_id, integration_id, external_id, repository_id, number, name, status, destination,
	pr_created_at, first_review_at, merged_at, reviewers)
SELECT 1, 2, 'span' || n, 7700, n, CASE n WHEN 4 THEN 'Revert "T1"' ELSE 'T' || n END, 'merged', 'main', made,
	CASE n WHEN 1 THEN made END, made + n * interval '1 hour', CASE n WHEN 1 THEN 1 WHEN 2 THEN 0 END
FROM generate_series(1, 4) AS n, (SELECT (:'from'::timestamptz AT TIME ZONE 'UTC') + interval '1 day' AS made) AS m;
SQL
check_is "pull requests of a week are there" "$(cat "$TMP/out")" ""
repositories="'Org\\/Span'"
while read -r board title want; do
	jq -r --arg title "${title//_/ }" '.panels[] | select(.type == "stat" and .title == $title)
		| .targets[0].rawSql' "$ETL_SOURCE/deploy/grafana/$board.json" | expand >"$TMP/panel.sql"
	check_is "$board: ${title//_/ } is of the time shown" "$(as_reader -tA -f "$TMP/panel.sql" 2>&1)" "$want"
done <<-'NUMBERS'
	pull-requests Merged 4
	pull-requests Merged_without_a_review 0.5
	delivery Deployments 4
	delivery Change_failure_rate 0.25
NUMBERS
note "the slowest took $slowest ms with $rows work items"
done_testing
