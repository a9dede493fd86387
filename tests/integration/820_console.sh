#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The operator's console, in Debian's Chromium: what a person does there, what axe says,
# and pictures of each view.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/openapi/tools.sh
. "$ETL_SOURCE/tests/openapi/tools.sh"
CONSOLE_TOOLS=${ETL_OPENAPI_TOOLS:-$TMP/tools}-console
CHROMIUM=$(command -v chromium)
pictures=${ETL_PICTURES:-$ETL_BUILD/console-pictures}
export CONSOLE_TOOLS CHROMIUM CONSOLE_TOKENS CONSOLE_CHARTS

printf 'k:%s\n' "$(openssl rand -base64 32)" >"$TMP/keys"
chmod 600 "$TMP/keys"
ETL_APP_WORKERS=1 app_up "secret_keys_file = $TMP/keys"

# -- what nginx serves, without a browser
policy="default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
request GET /app/etl/console
check_is "the folder's name without its slash leads there" "$STATUS $(header Location | sed 's|^http://[^/]*||')" \
	"308 /app/etl/console/"
request GET /app/etl/console/
check_is "the console is there, with a policy that allows nothing inline" \
	"$STATUS $(header Content-Security-Policy)" "200 $policy"
check_is "each of its files is asked for anew" "$(header Cache-Control)" no-cache
request GET /app/etl/console/main.js
check_is "a module is JavaScript" "$STATUS $(header Content-Type)" "200 text/javascript; charset=utf-8"
request GET /app/etl/console/vendor/../../../../etc/passwd
check_match "nothing else of the machine is served" "$STATUS" '^40[04]$'
request GET /app/etl/console/nothing.js
check_is "a file that is not there is a problem, with the policy's other headers" \
	"$STATUS $(header Content-Type)" "404 application/problem+json"
check_fails "no file has scripts or styles within its elements" grep -rnE --include=*.html --include=*.js \
	'<script>|<style|style=|on(click|load|error)="|innerHTML|insertAdjacentHTML|document\.write|eval\(' \
	"$ETL_SOURCE/nginx/console" --exclude-dir=vendor
check "what is not ours is what its manifest says" "$ETL_SOURCE/nginx/console/vendor/fetch" --check

# -- the routes that it brought
api GET whoami
check_json "whose token it is" "$(json .)" '{"tenant_id": 1, "role": "admin", "caller": "token:1"}'
reader=$(token_file 1 reader)
TOKEN_FILE=$reader request GET /app/etl/whoami
check_is "a reader's says so" "$STATUS $(json .role)" "200 reader"
TOKEN_FILE=/nowhere request GET /app/etl/whoami
check_is "nobody is told nothing" "$STATUS" 401

browser_tools() {
	[ -n "$CHROMIUM" ] || { echo "there is no chromium" >&2 && return 1; }
	openapi_packages "$CONSOLE_TOOLS" playwright-core@1.65.1 axe-core@4.14.1
}
if ! browser_tools 2>"$TMP/tools.err"; then
	if [ "${ETL_REQUIRE_NODE-}" = 1 ]; then
		failed "Chromium and playwright-core are there"
		note_file "$TMP/tools.err"
	else
		skip "the console in a browser" "$(tail -n 1 "$TMP/tools.err")"
	fi
	done_testing
fi

# As configure's --with-chartjs has it installed.
chartjs=/usr/share/javascript/chart.js/chart.min.js
CONSOLE_CHARTS=
charts() { # FOLDER [CHART.JS]
	make -s -C "$ETL_BUILD" install-console-charts DESTDIR="$TMP/$1" consoledir=/c chartjs="${2-}" >"$TMP/out" 2>&1
	(cd "$TMP/$1/c" && find . ! -type d | sort | tr '\n' ' ')
}
check_is "uPlot is installed" "$(charts uplot)" \
	"./plot.js ./vendor/MANIFEST ./vendor/uPlot.LICENSE.txt ./vendor/uPlot.iife.min.js ./vendor/uPlot.min.css "
check_is "or Chart.js is, and no uPlot" "$(charts chartjs $chartjs)" "./plot.js ./vendor/chart.min.js "
check_is "where its package has it" "$(readlink "$TMP/chartjs/c/vendor/chart.min.js")" $chartjs
if [ -e $chartjs ]; then
	CONSOLE_CHARTS=$TMP/chartjs/c
else
	skip "charts by Chart.js" "libjs-chart.js is not installed"
fi

token_of() { # FILE
	sed 's/.*Bearer \([^"]*\).*/\1/' "$1"
}
short=$(token_of "$(token_file 1 reader --expires 1h --name short)")
CONSOLE_TOKENS="admin=$(token_of "$ETL_CURLRC") reader=$(token_of "$reader") short=$short"

# The lines that the console shows are typed into a shell.
mkdir "$TMP/bin"
ln -s "$ETL_BUILD/pulse-etl" "$TMP/bin/"
PATH=$TMP/bin:$PATH
export ETL_CURLRC ETL_CONFIG=$ETL_APP/etl.conf
for run in 424241 424242 424243; do
	publish extract.dead "{\"tenant_id\":1,\"integration_id\":1,\"job_type\":\"jira_projects\",\"job_params\":{},
		\"run_id\":$run}"
done

# Its lines are cases of this test.
browse() { # SCRIPT ARGUMENT…
	local line ended=no
	while IFS= read -r line; do
		case $line in
		'ok '*) passed "${line#ok }" ;;
		'not ok '*) failed "${line#not ok }" ;;
		ended) ended=yes ;;
		*) echo "$line" ;;
		esac
	done < <(timeout 600 node "$ETL_SOURCE/tests/console/$1" "${@:2}" 2>"$TMP/node.err" && echo ended)
	if [ $ended = no ]; then
		failed "$1 comes to its end"
		note_file "$TMP/node.err"
	fi
}
browse console.mjs
browse looks.mjs "$pictures"
check_is "there is a picture of each view in light, in dark and on a phone" \
	"$(find "$pictures" -name '*.png' | wc -l)" $((48 + (${#CONSOLE_CHARTS} > 0 ? 3 : 0)))

# -- how batches stand
columns='tenant_id, integration_id, entity_type, raw_data, raw_data_items, raw_data_bytes, raw_data_sha256, queued_at'
values="1, 1, 'state', '[]', 0, 2, sha256('[]'), now()"
sql "DELETE FROM raw_extraction_data;
	INSERT INTO raw_extraction_data ($columns, processing_status, created_at)
	SELECT $values, s.status, timestamp '2026-01-01' + n * interval '1 hour'
	FROM (VALUES ('completed', 7), ('failed', 3), ('pending', 2)) AS s (status, count),
	generate_series(1, s.count) AS n"
app stop relay
sql "UPDATE raw_extraction_data SET queued_at = NULL WHERE id = (SELECT max(id) FROM raw_extraction_data
	WHERE processing_status = 'pending')"
api GET raw-data/states
check_json "how many stand where, and since when" \
	"$(json '[.states[] | [.processing_status, .batches, .is_exact, .oldest_at]]')" \
	'[["pending", 2, true, "2026-01-01T01:00:00.000000Z"], ["processing", 0, true, null],
	["completed", 7, true, null], ["failed", 3, true, "2026-01-01T01:00:00.000000Z"],
	["unqueued", 1, true, "2026-01-01T02:00:00.000000Z"]]'
sql "INSERT INTO raw_extraction_data ($columns, processing_status)
	SELECT $values, 'failed' FROM generate_series(1, 10000)"
api GET raw-data/states
check_json "however many there are" \
	"$(json '[.states[] | [.processing_status, .batches, .is_exact]]')" \
	'[["pending", 2, true], ["processing", 0, true], ["completed", 7, true], ["failed", 10003, true],
	["unqueued", 1, true]]'
# Three were processed lately, of which one came long ago; two came lately, one this minute.
sql "UPDATE raw_extraction_data SET processed_at = now() - interval '1 hour' WHERE processing_status = 'completed'"
sql "UPDATE raw_extraction_data SET processed_at = now() - interval '4 minutes' WHERE id =
	(SELECT min(id) FROM raw_extraction_data WHERE processing_status = 'completed')"
sql "INSERT INTO raw_extraction_data ($columns, processing_status, processed_at, created_at)
	SELECT $values, 'completed', now(), now() - n * interval '2 minutes' FROM generate_series(0, 1) AS n"
# Once more, if a minute begins between an answer and the look at the rows.
throughput() {
	api GET raw-data/states
	told=$(json '.throughput | tojson')
	want='{"seconds":300,"received":'"$(sql "SELECT count(*) FROM raw_extraction_data WHERE created_at
		>= date_trunc('minute', now()::timestamp) - interval '5 minutes'
		AND created_at < date_trunc('minute', now()::timestamp)")"',"completed":3,"is_exact":true}'
	[ "$told" = "$want" ]
}
throughput || throughput
check_is "throughput" "$told" "$want"
second=$(sql "INSERT INTO tenants (name) VALUES ('Other') RETURNING id")
TENANT=$second TOKEN_FILE=$(token_file "$second" reader) api GET raw-data/states
check_is "another tenant sees none of them" "$(json '[.states[].batches] | add')" 0
done_testing
