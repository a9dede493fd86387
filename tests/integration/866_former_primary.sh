#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A primary that is still up after a standby was promoted takes itself for the
# primary, and lacks what was acknowledged since: nothing is read there.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/standby.sh"
. "$(dirname "$0")/worker.sh"
ETL_APP_POOL=2 ETL_APP_WORKERS=1 app_up
check "a standby follows" standby_make one
check "and a second one" standby_copy one two
trap 'standby_end; super -c "ALTER SYSTEM RESET synchronous_standby_names" \
	-c "ALTER SYSTEM RESET wal_sender_timeout" -c "SELECT pg_reload_conf()" >"$TMP/out"; clean_up' EXIT

urls() { # PORT…: of all servers
	local line=
	for port in "$@"; do line+=,127.0.0.1:$port; done
	sed -n "s|^\(database_url = .*\)@127.0.0.1:[0-9]*/|\1@${line#,}/|p" "$ETL_APP/etl.conf"
}
urls "$PGPORT" "$(standby_port one)" "$(standby_port two)" >>"$ETL_APP/extra.conf"
unset ETL_APP_CONF
super -c "ALTER SYSTEM SET synchronous_standby_names = '*'" -c "ALTER SYSTEM SET wal_sender_timeout = '1s'" \
	-c "SELECT pg_reload_conf()" >"$TMP/out"
app restart pool
app restart worker
store() { # NAME
	api POST raw-data/store \
		--data "{\"integration_id\":1,\"entity_type\":\"own_things\",\"external_id\":\"$1\",\"raw_data\":[1]}"
}
newest() { # sets STATUS, NEWEST
	api GET 'raw-data?limit=1'
	NEWEST="$STATUS $(json '.raw_data_records[0].external_id')"
}
newest_is() { newest && [ "$NEWEST" = "$1" ]; }
senders_are() { [ "$(super -c "SELECT count(*) FROM pg_stat_replication")" = "$1" ]; }

store before
check_is "a store waits for a standby: 201" "$STATUS" 201
newest
check_is "and is listed" "$NEWEST" "200 before"

# -- alone: the others are asked
check "one standby is stopped" standby_ctl two stop -m fast
newest
check_is "while the other one follows, nobody is asked" "$NEWEST" "200 before"
check "it is stopped, too" standby_ctl one stop -m fast
check "nobody follows" wait_until 10 senders_are 0
for _ in 1 2 3; do
	sleep 0.5
	newest
	echo "$NEWEST"
done | sort -u >"$TMP/alone"
check_is "where no server runs on the others, the primary answers" "$(cat "$TMP/alone")" "200 before"
check "both are back" eval 'standby_ctl one start && standby_ctl two start && wait_until 15 senders_are 2'
standby_signal one STOP
standby_signal two STOP
check "both are silent" wait_until 15 senders_are 0
refused() { newest && [ "$STATUS" = 503 ]; }
check "then nobody can say whether one was promoted: 503" wait_until 10 refused
check_match "which says so" "$(json .detail)" '^No standby follows the database that answers'
check "and when to try again" [ "$(header Retry-After)" -ge 1 ]
standby_signal one CONT
standby_signal two CONT
check "they answer, and so do lists" wait_until 15 newest_is "200 before"
check "they follow" wait_until 15 senders_are 2

# -- replaced
app stop relay
standby_ctl two stop -m fast
check "a standby is promoted" standby_ctl one promote
check "nobody follows the former primary" wait_until 10 senders_are 0
at_one() { # SQL
	PGPORT=$(standby_port one) PGPASSFILE=$TMP/standby.pgpass super -d "$PGDATABASE" -c "$1"
}
id=$(at_one "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, external_id, raw_data,
	raw_data_items, raw_data_bytes, raw_data_sha256)
	SELECT 1, 1, 'jira_projects_batch', 'after', p::jsonb, 1, octet_length(p), sha256(p::bytea)
	FROM (VALUES ('[{\"id\": \"1\", \"key\": \"P1\", \"name\": \"P\"}]')) AS v (p) RETURNING id")
sleep 1
# The message of that batch, which the former primary knows nothing of.
publish transform "$(message_of "$id")"
completed() { [ "$(at_one "SELECT processing_status FROM raw_extraction_data WHERE id = $id")" = completed ]; }
check "a worker processes it at the new primary" wait_until 20 completed
missing=0
for _ in $(seq 20); do newest_is "200 after" || missing=$((missing + 1)); done
check_is "20 lists, by two responders: each has what the new primary has acknowledged" "$missing" 0
api GET "raw-data/$id"
check_is "so has one batch" "$STATUS" 200
check "which is logged" grep -q 'event=primary_replaced' "$APP_LOGS/pool.log"
store later
check_is "stores go there: 201" "$STATUS" 201
app restart pool
newest
check_is "and new responders, though the former primary is named first" "$NEWEST" "200 later"
done_testing
