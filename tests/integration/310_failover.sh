#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Two PostgreSQL servers in the connection string: the one that takes writes is
# found, before and after the standby becomes the primary.
. "$(dirname "$0")/lib.sh"
app_up 'database_connect_timeout = 10' 'database_read_timeout = 1000'

bin=$(pg_config --bindir)
standby=$TMP/standby
store() {
	api POST raw-data/store \
		--data '{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":[1]}'
}
stored() { store; [ "$STATUS" = 201 ]; }

# -- a standby, synchronous, so that an acknowledged batch is on both
port=$(free_port)
mkdir -p "$standby"
[ "$(id -u)" != 0 ] || chown postgres: "$standby"
(umask 077 && cp "$PGPASSFILE" "$TMP/pgpass" && sed "s/:$PGPORT:\*:/:*:*:/" -i "$TMP/pgpass")
[ "$(id -u)" != 0 ] || chown postgres: "$TMP/pgpass"
check "a base backup is taken" as_server env HOME=/ PGPASSFILE="$TMP/pgpass" "$bin/pg_basebackup" -h 127.0.0.1 \
	-p "$PGPORT" -U postgres \
	-D "$standby/data" -R -X stream -c fast
as_server tee -a "$standby/data/stack.conf" "$standby/data/postgresql.auto.conf" >"$TMP/out" <<-CONF
port = $port
unix_socket_directories = '$standby'
CONF
standby_ctl() {
	(cd / && as_server "$bin/pg_ctl" -D "$standby/data" -l "$standby/log" -w "$@") >"$TMP/pg_ctl.out" 2>&1
}
trap 'standby_ctl stop -m immediate; clean_up' EXIT
check "the standby starts" standby_ctl start
streaming() { [ "$(super -c "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")" = 1 ]; }
check "and follows" wait_until 15 streaming
sync() { # NAMES
	super -c "ALTER SYSTEM SET synchronous_standby_names = '$1'" >"$TMP/out"
	super -c "SELECT pg_reload_conf()" >"$TMP/out"
}
sync '*'

# -- the pool knows both, the standby first
url=$(sed -n 's/^database_url = //p' "$ETL_APP/etl.conf")
echo "database_url = ${url/@127.0.0.1:$PGPORT/@127.0.0.1:$port,127.0.0.1:$PGPORT}" >>"$ETL_APP/extra.conf"
unset ETL_APP_CONF
# Whoever keeps the server's warnings from clients keeps none from the service.
super -c "ALTER DATABASE \"$PGDATABASE\" SET client_min_messages = 'error'"
app restart pool
app restart relay
store
check_is "with the standby named first: 201" "$STATUS" 201
check "stored at the primary" sql_is 1 "SELECT count(*) FROM raw_extraction_data"

# -- a commit whose wait for the standby is ended is at the primary only: it is not acknowledged
standby_signal() { # SIGNAL
	kill -s "$1" "$(pgrep -P "$(head -n 1 "$standby/data/postmaster.pid")" -f walreceiver)"
}
store_key() {
	api POST raw-data/store -H 'Idempotency-Key: one' \
		--data '{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":[2]}'
}
cancelled() {
	[ "$(super -c "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity
		WHERE wait_event = 'SyncRep' AND application_name = 'pulse-etl-fcgi'")" -gt 0 ]
}
standby_signal STOP
(store_key && echo "$STATUS" >"$TMP/unconfirmed") &
check "a store waits for the standby" wait_until 10 cancelled
wait $!
check_is "cancelled, its outcome is unknown: 503" "$(cat "$TMP/unconfirmed")" 503
check "though the primary has it" sql_is 1 "SELECT count(*) FROM idempotency_keys WHERE idempotency_key = 'one'"
store_key
check_is "the same key again is no proof either: 503" "$STATUS" 503
standby_signal CONT
store_key
check_is "until the standby has it: 200" "$STATUS $(header Idempotency-Replayed)" "200 true"

# -- the primary dies, the standby takes over
for _ in 1 2 3 4 5; do store; done
acknowledged=7
app kill postgres
store
check_is "without a primary: 503" "$STATUS" 503
request GET /app/etl/health/ready
check_is "not ready" "$STATUS" 503
check "the standby is promoted" standby_ctl promote
check "stores work again by themselves" wait_until 20 stored
rows() { PGPORT=$port PGPASSFILE=$TMP/pgpass sql "SELECT count(*) FROM raw_extraction_data"; }
check "no acknowledged batch is missing" [ "$(rows)" -ge $((acknowledged + 1)) ]
request GET /app/etl/health/ready
check_is "ready" "$STATUS" 200

# -- it takes writes no more, and our sessions go on, as behind a pooler
app start postgres
sync ''
before=$(super -d "$PGDATABASE" -c "SELECT count(*) FROM raw_extraction_data")
for words in 'ALTER SYSTEM SET default_transaction_read_only = on' 'SELECT pg_reload_conf()'; do
	PGPORT=$port PGPASSFILE=$TMP/pgpass super -c "$words" >"$TMP/out"
done
ready() { request GET /app/etl/health/ready && [ "$STATUS" = 200 ]; }
check "the service is ready at the other one, without a restart, before anybody stores" wait_until 20 ready
check "stores go there" wait_until 20 stored
check "as its rows say" [ "$(super -d "$PGDATABASE" -c "SELECT count(*) FROM raw_extraction_data")" -gt "$before" ]
app stop pool
standby_ctl stop -m fast
done_testing
