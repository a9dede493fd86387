#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Workers whose servers go away and come back, and queues that cannot take.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
id=
ETL_APP_POOL=4 app_up 'relay_min_age = 1' 'relay_interval = 300' 'relay_chores = 2' 'worker_attempts = 10' \
	'worker_prefetch = 5'
projects_trigger "BEGIN PERFORM pg_sleep(0.1); RETURN NEW; END"

no_dead() { echo "$(queue_depth transform_queue.dead) $(queue_depth load_queue.dead)"; }
rows_of() {
	sql "SELECT count(*) || ' ' || count(DISTINCT external_id) FROM projects
		WHERE external_id::int BETWEEN $1 AND $2"
}

# -- the broker restarts under work
store_many 60 100
ETL_APP_WORKERS=4 app start worker
check "work has begun" wait_until 10 logged 'queue=transform fate=transformed'
pids=$(workers | tr '\n' ' ')
app stop rabbitmq
sleep 1
app start rabbitmq
check "the broker restarts: every batch is completed" wait_until 90 all_done
note "left: $(left_over)"
check_is "each project is there, once" "$(rows_of 100 159)" "60 60"
check_is "none is dead" "$(no_dead)" "0 0"
check_is "no worker left for it" "$(workers | tr '\n' ' ')" "$pids"
check "the log tells" logged 'event=mq_lost'
check "every load job was done" wait_until 15 sql_is 60 \
	"SELECT count(DISTINCT id) FROM unnest(string_to_array('$(
		grep -oE 'queue=load fate=done raw_data_id=[0-9]+' "$APP_LOGS/worker.log" |
			sed 's/.*=//' | sort -u | paste -sd,)', ',')) AS id"

# -- the database restarts under work
store_many 60 200
app restart postgres
check "the database restarts: every batch is completed" wait_until 90 all_done
note "left: $(left_over)"
check_is "each project is there, once" "$(rows_of 200 259)" "60 60"
check_is "none is dead" "$(no_dead)" "0 0"
check_is "no worker left for it" "$(workers | tr '\n' ' ')" "$pids"

# -- the database is away for a while: nothing is used up
app pause worker
store_many 5 300
app stop postgres
app resume worker
sleep 3
app start postgres
check "away for a while: every batch is completed" wait_until 90 all_done
check_is "at the first attempt" \
	"$(sql "SELECT count(*) || ' ' || max(attempts) FROM raw_extraction_data
		WHERE (raw_data->0->>'id')::int BETWEEN 300 AND 304")" "5 1"

# -- its backend is ended in the middle of a job
projects_trigger "BEGIN PERFORM pg_sleep(3); RETURN NEW; END"
store "$(projects 400 400)"
check "a job runs" becomes processing 20
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pulse-etl-worker'
	AND state = 'active'" >"$TMP/out"
check "its backend is ended: completed even so" becomes completed 20
check_is "at the second attempt" "$(row attempts)" 2

# -- the memory alarm: load jobs cannot be published
sql "DROP TRIGGER test_trouble ON projects" >"$TMP/out"
store "$(projects 500 500)"
check "before the alarm" becomes completed
app pause worker
store "$(projects 501 501)"
broker_alarm on
app resume worker
sleep 2
broker_alarm off
check "after a memory alarm the batch is completed" becomes completed 40
check "and loaded" wait_until 20 logged "queue=load fate=done raw_data_id=$id "
done_testing
