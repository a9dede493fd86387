#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The stack: loopback only, a login for the user interface, every part can be
# stopped, killed and started again.
. "$(dirname "$0")/lib.sh"
app_up

# -- who listens where
pids=$(for name in postgres rabbitmq nginx; do app_pid "$name"; done)
listeners() {
	local pid
	for pid in $pids "$(cut -d ' ' -f 1 "$ETL_STACK/run/epmd.pid")"; do
		ss -Hltnp | grep "pid=$pid,"
	done | awk '{ print $4 }'
}
check "each of the servers listens" [ "$(listeners | wc -l)" -ge 5 ]
check_is "on the loopback and nowhere else" \
	"$(listeners | sed 's/:[0-9]*$//' | grep -v -x -e '127\.0\.0\.1' -e '\[::1\]' | sort -u)" ""
check_match "the service's socket is not open to everybody" \
	"$(stat -c %a "$ETL_APP"/run/fcgi.sock)" '^660$'
check_match "the settings are not readable by others" "$(stat -c %a "$ETL_APP/etl.conf")" '^600$'
# shellcheck disable=SC2016 # for the shell within
check "no password stands in a command line" sh -c \
	'! cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\0" "\n" | grep -F -f "$1"' sh \
	<(sed -n 's/^password_[a-z_]*=//p; s/^rabbitmq_[ac].*=//p' "$ETL_STACK/values")

# -- PostgreSQL
check_is "commits are durable" "$(sql "SHOW fsync") $(sql "SHOW synchronous_commit")" "on on"
check_is "passwords are kept as SCRAM" "$(sql "SHOW password_encryption")" scram-sha-256
check_fails "without a password nobody gets in" env PGPASSFILE=/dev/null psql -w -c 'SELECT 1'

# -- the broker
whoami() { curl -s --noproxy '*' -u "$1" "$ETL_MGMT_URL/api/whoami"; }
check_is "etl_user may log in to the user interface" "$(whoami etl_user:etl_password | jq -r .name)" etl_user
check_is "guest may not" "$(whoami guest:guest | jq -r .error)" not_authorized
check_match "the user interface is there" "$(curl -s --noproxy '*' "$ETL_MGMT_URL/")" 'RabbitMQ Management'
check_is "the instance has a virtual host of its own" "$(mgmt GET "/api/vhosts/$ETL_VHOST" | jq -r .name)" "$ETL_VHOST"

# -- nginx
check "nginx finds its settings right" nginx -t -p "$ETL_APP/nginx" -c "$ETL_APP/nginx/nginx.conf" -e "$TMP/nginx.log"

# -- parts come and go
# Ended, even when process 1 has not taken notice yet.
has_ended() { # PID
	[ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"
}
healthy() { request GET /app/etl/health; [ "$STATUS" = 200 ]; }
check "the service answers" healthy
for part in nginx relay pool; do
	for how in stop kill; do
		old=$(app_pid $part)
		check "$part: $how" app $how $part
		check_fails "$part is gone" app_pid $part
		check "its process as well" has_ended "$old"
		check "$part starts again" app start $part
	done
done
check "the service answers as before" wait_until 10 healthy
old=$(app_pid pool)
check "restart is stop and start" app restart pool
check_fails "with another process" [ "$(app_pid pool)" = "$old" ]
for how in stop kill; do
	check "postgres: $how" app $how postgres
	check_fails "nobody answers" sql "SELECT 1"
	check "postgres starts again" app start postgres
	check_is "and answers" "$(sql "SELECT 1")" 1
done
check "rabbitmq: kill" app kill rabbitmq
check_fails "nobody answers" whoami etl_user:etl_password
check "rabbitmq starts again" app start rabbitmq
check_is "and knows its users" "$(whoami etl_user:etl_password | jq -r .name)" etl_user
check "a second up changes nothing" app app-up
check_fails "an unknown part is refused" stack stop nonsense
done_testing
