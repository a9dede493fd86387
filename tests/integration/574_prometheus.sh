#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# GET /metrics as Prometheus reads it: promtool finds nothing, the lines are few,
# histograms are whole and outlive restarts, gauges say what is so, and whoever
# is on another host needs a token of metrics_token_file.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
token=$(openssl rand -hex 32) other=$(openssl rand -hex 32)
(umask 077 && printf '# %040d\n%s\n%s\n' 7 "$token" "$other" >"$TMP/metrics.token")
ETL_APP_POOL=2 ETL_APP_WORKERS=1 app_up "metrics_token_file = $TMP/metrics.token" 'relay_interval = 300' \
	'relay_lease = 86400'

metrics() { # as the service's own host
	TOKEN_FILE='' request GET /app/etl/metrics
}
value() { # SERIES: of the last answer
	awk -v series="$1" '$1 == series { print $2 }' "$BODY"
}
value_is() { # SERIES WANT: of a new one
	metrics
	[ "$(value "$1")" = "$2" ]
}
lint() {
	if command -v promtool >/dev/null; then
		check "$1: promtool finds nothing" sh -c "promtool check metrics <'$BODY'"
	elif [ "${ETL_REQUIRE_SERVERS-}" = 1 ]; then
		failed "promtool is there: deploy/install-deps"
	else
		skip "$1: promtool finds nothing" "promtool is missing: deploy/install-deps"
	fi
}

# Each histogram: buckets that do not shrink, and the last one is the count.
whole() {
	awk '/^#/ { next }
		{ name = $1; sub(/[{].*/, "", name); labels = $1; sub(/^[^{]*/, "", labels) }
		name ~ /_bucket$/ {
			le = labels; sub(/.*le="/, "", le); sub(/".*/, "", le)
			sub(/,?le="[^"]*"/, "", labels); if (labels == "{}") labels = ""
			sub(/_bucket$/, "", name); key = name labels
			if ($2 < last[key]) { print "shrinks: " $0; bad++ }
			if (le != "+Inf" && le + 0 <= bound[key]) { print "bounds: " $0; bad++ }
			last[key] = $2; bound[key] = le + 0; n++
			if (le == "+Inf") inf[key] = $2
		}
		name ~ /_count$/ && name !~ /^etl_.*_total/ {
			sub(/_count$/, "", name); counted++
			if (inf[name labels] != $2) { print "not its +Inf: " $0; bad++ }
		}
		END { if (n < 9 || counted < 9) { print n, counted; bad++ } exit bad > 0 }' "$BODY"
}

# -- at first
metrics
check_is "metrics: 200" "$STATUS" 200
lint "before any request"
check_is "a route that nobody used is there, with 0" \
	"$(value 'etl_request_duration_seconds_count{method="GET",route="/app/etl/raw-data/{id}"}')" 0
check_is "each part could be asked" "$(grep -c '^etl_up{.*} 1$' "$BODY")" 3
check_match "the version is told" "$(grep '^etl_build_info' "$BODY")" '^etl_build_info\{version="[0-9.]+"\} 1$'
# Responders tell of queues what they saw up to two seconds ago.
check "the worker's queue has its consumer" wait_until 10 value_is 'etl_queue_consumers{queue="transform_queue"}' 1
check_is "each queue is ready" "$(grep -c '^etl_queue_state{.*state="ready"} 1$' "$BODY")" 33
check_match "sessions of the programs are counted" "$(value 'etl_database_sessions{program="pulse-etl-fcgi"}')" '^[12]$'

# -- requests, stages and jobs, of two responders and a worker
store_many 40
check "they are processed" wait_until 30 all_done
api GET raw-data/999999
request GET /app/etl/nothing
api POST raw-data/store --data '{"integration_id":1,"entity_type":"unheard_of","raw_data":[1]}'
# A responder counts a request a moment after its answer.
store='method="POST",route="/app/etl/raw-data/store"'
check "stores are counted by route and status" wait_until 10 value_is \
	"etl_route_requests_total{$store,status=\"201\"}" 41
check "an absent batch is a 404 of its route" wait_until 10 value_is \
	'etl_route_requests_total{method="GET",route="/app/etl/raw-data/{id}",status="404"}' 1
check "what has no route is other" wait_until 10 value_is \
	'etl_route_requests_total{method="other",route="other",status="404"}' 1
for stage in answer read scan insert; do
	check "stage $stage of each store" wait_until 10 value_is \
		"etl_store_stage_duration_seconds_count{stage=\"$stage\"}" 41
done
check_is "all of them have a duration" "$(value "etl_request_duration_seconds_count{$store}")" 41
check_is "stage publish of each that is queued" "$(value 'etl_store_stage_duration_seconds_count{stage="publish"}')" 40
for stage in transform load; do
	check "$stage of each job" wait_until 15 value_is \
		"etl_job_stage_duration_seconds_count{entity_type=\"jira_projects_batch\",stage=\"$stage\"}" 40
done
claims=$(value 'etl_job_stage_duration_seconds_count{entity_type="jira_projects_batch",stage="claim"}')
check "each was claimed ($claims)" [ "$claims" -ge 40 ]
check_is "the worker has its session" "$(value 'etl_database_sessions{program="pulse-etl-worker"}')" 1
check_is "each has waited for its first claim" "$(value etl_queue_wait_seconds_count)" 40
check "for some time" awk -v sum="$(value etl_queue_wait_seconds_sum)" 'BEGIN { exit !(sum > 0 && sum < 600) }'
check_is "batches by status" "$(value 'etl_batches{status="completed"}') $(
	value 'etl_batches{status="pending"}')" "41 0"
check "every histogram is whole" whole
check_is "a status that there was not has no line" "$(grep -c '^etl_route_requests_total{.*status="5' "$BODY")" 0
lint "after all kinds of requests"
lines=$(grep -vc '^#' "$BODY")
check "there are at most 2,000 series ($lines)" [ "$lines" -le 2000 ]
check_is "none is there twice" "$(grep -v '^#' "$BODY" | awk '{ print $1 }' | sort | uniq -d)" ""
# A kind of request more is a line more, not one for each id.
for n in 1 2 3 4 5 6 7 8; do api GET "raw-data/$((999990 + n))"; done
metrics
check_is "ids make no lines" "$(grep -vc '^#' "$BODY")" "$lines"

# -- what rules, dashboard and documents name is there, and the reverse
sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' "$BODY" | sort >"$TMP/there"
named() { # FILE…
	cat "$@" | sed -E 's/_(bucket|sum|count)\b//g' | grep -oE '\betl_[a-z_]+' | sort -u
}
for file in deploy/prometheus/rules.yml deploy/grafana/etl.json; do
	check_is "$file names only metrics that are there" \
		"$(named "$ETL_SOURCE/$file" | comm -23 - "$TMP/there")" ""
done
check_is "docs/metrics.md tells each" "$(named "$ETL_SOURCE/docs/metrics.md" | comm -13 - "$TMP/there")" ""

# -- connections to the broker: two responders, a worker and a relay with one for retries
processes=$(value etl_broker_connections_open)
check_match "connections to the broker are counted" "$processes" '^[4-8]$'
app kill worker
check "those of a process that was killed are not" wait_until 10 value_is etl_broker_connections_open $((processes - 1))
app start worker
check "until it is back" wait_until 20 value_is etl_broker_connections_open "$processes"

# -- a batch that is marked as queued only when the worker has begun to take it
app stop worker
store_one
sql "UPDATE raw_extraction_data SET queued_at = now() + interval '1 minute' WHERE processing_status = 'pending'"
app start worker
check "it has waited, too" wait_until 15 value_is etl_queue_wait_seconds_count 41
check "it is processed" wait_until 30 all_done

# -- they outlive the processes
loads='etl_job_stage_duration_seconds_count{entity_type="jira_projects_batch",stage="load"}'
check "and loaded" wait_until 15 value_is "$loads" 41
app restart pool
app restart worker
metrics
check_is "durations outlive a restart" "$(value "etl_request_duration_seconds_count{$store}")" 42
check_is "so do a worker's" "$(value "$loads")" 41
check "and are whole" whole

# -- what waits
check "the relay goes its rounds" [ "$(value etl_relay_rounds_total)" -gt 0 ]
app stop worker
store_many 3 100
wait_until 10 all_queued
sql "UPDATE raw_extraction_data SET created_at = now() - interval '1 hour', queued_at = now() - interval '20 minutes'
	WHERE id = (SELECT max(id) FROM raw_extraction_data)"
sql "UPDATE raw_extraction_data SET processing_status = 'processing', claimed_at = now() - interval '2 hours'
	WHERE id = (SELECT max(id) - 1 FROM raw_extraction_data)"
sql "UPDATE raw_extraction_data SET processing_status = 'failed' WHERE id = 1"
metrics
check_is "pending, processing, failed, completed" "$(value 'etl_batches{status="pending"}') $(
	value 'etl_batches{status="processing"}') $(value 'etl_batches{status="failed"}') $(
	value 'etl_batches{status="completed"}')" "2 1 1 41"
check_match "the oldest pending one was queued 20 minutes ago" "$(value etl_oldest_pending_seconds)" '^12[0-9][0-9]\.'
check_match "the oldest claim is two hours old" "$(value etl_longest_processing_seconds)" '^72[0-9][0-9]\.'
check_is "nothing is unqueued" "$(value etl_batches_unqueued) $(value etl_oldest_unqueued_seconds)" "0 0.000"
check "nobody consumes" wait_until 10 value_is 'etl_queue_consumers{queue="transform_queue"}' 0
check "messages wait" wait_until 10 value_is 'etl_queue_messages{queue="transform_queue"}' 3
publish transform.dead '{"no":"job"}'
check "a dead letter is counted" wait_until 10 value_is 'etl_dead_letters{queue="transform_queue"}' 1

# -- many of them: the answer says "at least", and takes no longer
sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items, raw_data_bytes,
	raw_data_sha256, created_at, queued_at) SELECT 1, 1, 'jira_projects_batch', '[]', 0, 2, sha256('[]'),
	now() - interval '3 hours' + n * interval '1 ms', now() - interval '2 hours'
	FROM generate_series(1, 3000) AS n"
echo 'rabbitmq_url = amqp://127.0.0.1:1/' >>"$ETL_APP/extra.conf"
unset ETL_APP_CONF
app restart pool
app stop relay
store_one
sql "UPDATE raw_extraction_data SET created_at = created_at - interval '400 s' WHERE queued_at IS NULL"
metrics
check_is "without a broker: 200" "$STATUS" 200
check_is "what could not be asked is told" "$(value 'etl_up{part="queues"}') $(value etl_broker_up)" "0 0"
check_is "of more than 2,000 it says 2,000" "$(value 'etl_batches{status="pending"}')" 2000
check_is "and not how many are completed" "$(value 'etl_batches{status="completed"}')" ""
check_match "the oldest of them is known" "$(value etl_oldest_pending_seconds)" '^72[0-9][0-9]\.'
check_match "so is the oldest that is not queued, behind all of them" \
	"$(value etl_oldest_unqueued_seconds)" '^4[0-9][0-9]\.'
lint "without a broker"
# So many at once that statistics do not know of them: they are not all read for it.
super -d "$PGDATABASE" <<-'SQL' >"$TMP/out"
	ALTER TABLE raw_extraction_data SET (autovacuum_enabled = off);
	ALTER TABLE raw_extraction_data DISABLE TRIGGER ALL;
	INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items,
		raw_data_bytes, raw_data_sha256, created_at, queued_at)
	SELECT 1, 1, 'jira_projects_batch', '[]', 0, 2, sha256('[]'), now() - interval '1 hour', now()
	FROM generate_series(1, 40000);
	ALTER TABLE raw_extraction_data ENABLE TRIGGER ALL;
	DELETE FROM pg_statistic WHERE starelid = 'raw_extraction_data'::regclass;
	UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE oid = 'raw_extraction_data'::regclass;
SQL
read_rows() { # what sessions of responders have read, once they have ended
	end_sessions pulse-etl-fcgi
	sql "SELECT pg_stat_force_next_flush(), seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables
		WHERE relname = 'raw_extraction_data'" | cut -d '|' -f 2
}
before=$(read_rows)
metrics
check_is "of 40,000 more it says the same" "$(value 'etl_batches{status="pending"}')" 2000
rows=$(($(read_rows) - before))
check "and reads some thousands of them ($rows)" [ "$rows" -gt 2000 -a "$rows" -lt 10000 ]

# -- without a database
app stop postgres
metrics
check_is "without a database: 200" "$STATUS" 200
check_is "its parts are down" "$(value etl_database_up) $(value 'etl_up{part="batches"}') $(
	value 'etl_up{part="sessions"}')" "0 0 0"
check_is "counters are there" "$(value "etl_request_duration_seconds_count{$store}")" 46
lint "without a database"

# -- from another host: the token, and nothing but the token; the database is down
bearer() { # TOKEN: a file for curl
	local file
	file=$(mktemp "$TMP/bearer-XXXXXX")
	printf 'header = "Authorization: Bearer %s"\n' "$1" >"$file"
	echo "$file"
}
remote() { # TOKEN FILE [PATH]
	TOKEN_FILE=$1 request GET "/app/etl/${2-metrics}" --interface 127.0.0.2
}
remote ""
check_is "from elsewhere without a token: 401" "$STATUS" 401
check_match "which says how" "$(header WWW-Authenticate) $(json .detail)" '^Bearer.*metrics_token_file'
good=$(bearer "$token")
remote "$good"
check_is "with the token: 200, though the database is stopped" "$STATUS" 200
remote "$(bearer "$other")"
check_is "each line of the file is one" "$STATUS" 200
remote "$(bearer "${token%?}")"
check_is "a part of it is none: 401" "$STATUS" 401
remote "$(bearer "$(printf '# %040d' 7)")"
check_is "a comment is none: 401" "$STATUS" 401
app start postgres
remote "$good" 'raw-data?tenant_id=1'
check "it reads nothing else" wait_until 10 eval 'remote "$good" "raw-data?tenant_id=1"; [ "$STATUS" = 401 ]'
remote "$(token_file 1 admin)"
check_is "an admin of a tenant is refused: 401" "$STATUS" 401
new=$(openssl rand -hex 32)
printf '%s\n' "$new" >"$TMP/metrics.token"
remote "$good"
check_is "a token that was taken out of the file: 401" "$STATUS" 401
remote "$(bearer "$new")"
check_is "a new one is good at once" "$STATUS" 200
check_fails "no token is in a log" grep -rqe "$token" -e "$new" "$APP_LOGS"

# -- a file that is not as it should be ends the start
refused() { # NAME REGEX
	ETL_METRICS_TOKEN_FILE=$TMP/bad "$ETL_BUILD/pulse-etl-fcgi" --config "$ETL_APP/etl.conf" \
		</dev/null >"$TMP/out" 2>&1
	check_is "$1: the start ends with 78" "$?" 78
	check_match "and says why" "$(cat "$TMP/out")" "$2"
}
refused "no such file" 'metrics_token_file: .*No such file'
echo short >"$TMP/bad"
chmod 600 "$TMP/bad"
refused "a token that is too short" 'has no token of 32 characters: openssl rand'
printf '%s\n' "$token" >"$TMP/bad"
chmod 644 "$TMP/bad"
refused "a file that everybody can read" 'everybody can read .*chmod 0640'
done_testing
