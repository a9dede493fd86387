# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# For the integration tests: TAP, an instance of the service of one's own,
# requests, rows and messages. A test sources this first, calls app_up if it
# needs the service, and ends with done_testing.

set -u
ETL_SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
ETL_BUILD=${ETL_BUILD:-$ETL_SOURCE/.build}
ETL_STACK=${ETL_STACK:-$ETL_SOURCE/.stack}
export ETL_SOURCE ETL_BUILD ETL_STACK
PATH=$PATH:/usr/sbin:/sbin
# As in deploy/stack: the real psql is several times faster to start.
for folder in /usr/lib/postgresql/*/bin ${ETL_POSTGRES_BIN+"$ETL_POSTGRES_BIN"}; do
	[ ! -x "$folder/psql" ] || PATH=$folder:$PATH
done
TMP=$(mktemp -d "${TMPDIR:-/tmp}/etl-test-XXXXXX")
chmod 711 "$TMP"
export TMP
ETL_APP=$TMP/app
export ETL_APP
BODY=$TMP/body
HEADERS=$TMP/headers
STATUS=
SECONDS_TAKEN=
APP_LOGS=$ETL_APP/logs
test_count=0
seen_count=0
test_failures=0
test_ended=no
test_databases=
unset PGOPTIONS http_proxy https_proxy HTTP_PROXY HTTPS_PROXY

stack() {
	"$ETL_SOURCE/deploy/stack" "$@"
}

# shellcheck source=tests/integration/requests.sh
. "$ETL_SOURCE/tests/integration/requests.sh"
# shellcheck source=tests/integration/messages.sh
. "$ETL_SOURCE/tests/integration/messages.sh"

# -- TAP

passed() { # NAME
	test_count=$((test_count + 1))
	printf 'ok %d - %s\n' "$test_count" "${1//#/\\#}"
}

failed() { # NAME
	test_count=$((test_count + 1))
	test_failures=$((test_failures + 1))
	printf 'not ok %d - %s\n' "$test_count" "${1//#/\\#}"
}

# Lines of explanation.
note() {
	printf '%s\n' "$*" | head -c 4000 | sed 's/^/# /'
}

note_file() { # FILE
	tail -n 20 "$1" 2>/dev/null | cut -c 1-300 | sed 's/^/#   /'
}

# The command succeeds.
check() { # NAME COMMAND…
	local name=$1
	shift
	if "$@" >"$TMP/check.out" 2>&1; then
		passed "$name"
	else
		failed "$name"
		note "this failed: $*"
		note_file "$TMP/check.out"
	fi
}

check_fails() { # NAME COMMAND…
	local name=$1
	shift
	if "$@" >"$TMP/check.out" 2>&1; then
		failed "$name"
		note "this succeeded: $*"
	else
		passed "$name"
	fi
}

check_is() { # NAME GOT WANT
	if [ "$2" = "$3" ]; then
		passed "$1"
	else
		failed "$1"
		note "got:  $2"
		note "want: $3"
	fi
}

# The same JSON, however either side is laid out.
check_json() { # NAME GOT WANT
	check_is "$1" "$(jq -c . <<<"$2" 2>&1)" "$(jq -c . <<<"$3")"
}

check_match() { # NAME GOT REGEX
	if [[ $2 =~ $3 ]]; then
		passed "$1"
	else
		failed "$1"
		note "got:       $2"
		note "to match:  $3"
	fi
}

# A test that cannot run here.
skip() { # NAME REASON
	test_count=$((test_count + 1))
	printf 'ok %d - %s # SKIP %s\n' "$test_count" "$1" "${2-}"
}

# The whole file cannot run here; with ETL_REQUIRE_SERVERS=1 that is a failure.
skip_all() { # REASON
	if [ "${ETL_REQUIRE_SERVERS-}" = 1 ]; then
		failed "this can run here"
		note "$1"
		done_testing
	fi
	test_ended=yes
	echo "1..0 # SKIP $1"
	exit 0
}

done_testing() {
	local log
	test_ended=yes
	echo "1..$test_count"
	[ "$test_failures" -gt 0 ] || exit 0
	for log in "$APP_LOGS"/*.log; do
		[ -s "$log" ] || continue
		note "the end of $(basename "$log"):"
		note_file "$log"
	done
	for log in "$ETL_STACK"/logs/{postgres,rabbitmq}.log; do
		tail -n 400 "$log" 2>/dev/null |
			grep -E '\[(error|critical|alert)\]|FATAL|PANIC' >"$TMP/trouble" || continue
		note "trouble in $(basename "$log"):"
		note_file "$TMP/trouble"
	done
	exit 1
}

# Whoever waits longer asks less often: each question takes processor time from
# what is waited for.
wait_until() { # SECONDS COMMAND…
	local ends=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000)) tries=0
	shift
	until "$@"; do
		[ "${EPOCHREALTIME/[.,]/}" -lt "$ends" ] || return 1
		[ $((++tries)) -gt 10 ] && sleep 0.2 || sleep 0.05
	done
}

# -- the service

need_programs() {
	local name
	for name in nginx spawn-fcgi multiwatch curl jq psql; do
		command -v "$name" >/dev/null || skip_all "$name is missing: deploy/install-deps"
	done
	[ -e /usr/lib/rabbitmq/bin/rabbitmq-server ] ||
		command -v rabbitmq-server >/dev/null ||
		skip_all "RabbitMQ is missing: deploy/install-deps"
	[ -x "$ETL_BUILD/pulse-etl-fcgi" ] ||
		skip_all "$ETL_BUILD/pulse-etl-fcgi is missing: build first"
}

# Start the servers unless they run; set PG*, ETL_MGMT_URL, ETL_MGMT_NETRC.
servers_up() {
	stack up --servers >"$TMP/stack.log" 2>&1 || app_failed
	set -a
	eval "$(stack server-env)"
	set +a
}

app_failed() {
	failed "the stack starts"
	note_file "$TMP/stack.log"
	done_testing
}

# Start an instance with a database, a virtual host, responders, a relay and
# an nginx of its own; the arguments are lines for its settings. A command in
# ETL_APP_BEFORE runs when database and virtual host are there, before the
# programs start. ETL_APP_POOL is the number of responders.
app_up() { # [CONF LINE…]
	need_programs
	servers_up
	ETL_APP_CONF=$(printf '%s\n' "$@")
	stack app-make >"$TMP/stack.log" 2>&1 || app_failed
	app_env
	if [ -n "${ETL_APP_BEFORE-}" ]; then
		$ETL_APP_BEFORE
	fi
	ETL_APP_CONF=$ETL_APP_CONF ETL_APP_POOL=${ETL_APP_POOL-} \
		stack app-up >"$TMP/stack.log" 2>&1 || app_failed
	app_env
	# The relay declares the queues: until then stores answer 202.
	wait_until 15 ready_is '[]' || note "not wholly ready: $(json .)"
}

app_env() {
	set -a
	eval "$(stack env --all)"
	set +a
	export PGDATABASE=$ETL_DATABASE
}

app_down() {
	stack app-down --delete >"$TMP/stack.log" 2>&1 || note_file "$TMP/stack.log"
}

# stop, start, restart, kill, pause or resume a part; the servers are shared
# by all tests of a run, so start again what you stopped.
app() { # COMMAND NAME
	stack "$@" >"$TMP/stack.log" 2>&1 && return
	note "deploy/stack $* failed:"
	note_file "$TMP/stack.log"
	return 1
}

# The first process of a part, as deploy/stack pid says, without its start.
app_pid() { # NAME
	local folder pid
	for folder in "$ETL_APP" "$ETL_STACK"; do
		[ -e "$folder/run/$1.pid" ] || continue
		read -r pid _ <"$folder/run/$1.pid" && kill -0 "$pid" 2>/dev/null &&
			echo "$pid"
		return
	done
	return 1
}

# The processes that answer requests, one a line.
responders() {
	pgrep -P "$(app_pid pool)" -x pulse-etl-fcgi
}

# nginx reads its settings anew: no worker is left that goes by the old ones.
nginx_reread() {
	local workers
	workers=$(pgrep -P "$(app_pid nginx)")
	kill -s HUP "$(app_pid nginx)"
	wait_until 20 have_ended $workers || note "workers of nginx go on: $workers"
}
have_ended() { # PID…
	local pid
	for pid in "$@"; do
		! kill -0 "$pid" 2>/dev/null || return 1
	done
}

# Run a server of one's own: servers do not run as root.
as_server() { # COMMAND…
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid postgres --regid postgres --clear-groups "$@"
	else
		"$@"
	fi
}

free_port() {
	local port
	while :; do
		port=$((20000 + RANDOM % 12000))
		[ -n "$(ss -Hltn "sport = :$port")" ] || break
	done
	echo "$port"
}

# Is this a build whose memory the sanitizers watch?
is_sanitized() {
	grep -aq __asan_init "$ETL_BUILD/pulse-etl-fcgi"
}

# An empty database of one's own, in PGDATABASE.
fresh_database() {
	servers_up
	PGDATABASE=etl_$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')
	export PGDATABASE
	stack database-create "$PGDATABASE" >"$TMP/stack.log" 2>&1 || app_failed
	test_databases="$test_databases $PGDATABASE"
}

clean_up() {
	local name
	# What a test that ended early said last may be in here.
	[ $test_ended = yes ] || tail -n 5 "$TMP/check.out" >&2
	app_down
	for name in $test_databases; do
		stack database-drop "$name" >/dev/null 2>&1
	done
	rm -rf "$TMP"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# A JSON file as it is, for use within SQL.
jq_raw() { # FILE
	cat "$1"
}

# -- rows

# What statements give, as the tables' owner, who sees every tenant's rows:
# unaligned, | between the columns.
sql() { # STATEMENTS
	psql -qAtX -v ON_ERROR_STOP=1 -c "$1"
}

sql_is() { # WANT STATEMENT
	[ "$(sql "$2")" = "$1" ]
}

# The same as the database's superuser.
super() { # PSQL ARGUMENT…
	PGUSER=postgres PGOPTIONS='-c default_transaction_read_only=off' \
		psql -qAtX -v ON_ERROR_STOP=1 "$@"
}

# Every batch that is pending has a message, as its row says.
all_queued() {
	sql_is 0 "SELECT count(*) FROM raw_extraction_data
		WHERE queued_at IS NULL AND processing_status = 'pending'"
}

# Nobody else may use a table until let_go, however long the test takes.
lock_table() { # TABLE
	PGAPPNAME=etl_lock sql "BEGIN; LOCK TABLE $1 IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600)" >"$TMP/lock" 2>&1 &
	wait_until 30 sql_is 1 "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'etl_lock'
		AND query LIKE '%pg_sleep%' AND wait_event = 'PgSleep' AND datname = current_database()" ||
		note "$1 was not locked"
}

# A responder waits for a lock.
is_awaited() {
	sql_is t "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'pulse-etl-fcgi'
		AND wait_event_type = 'Lock' AND datname = current_database()"
}

# End the sessions of a program with this database; they are gone then.
end_sessions() { # APPLICATION
	sql "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity
		WHERE application_name = '$1' AND datname = current_database()" >"$TMP/end_sessions"
}

let_go() {
	end_sessions etl_lock
}
