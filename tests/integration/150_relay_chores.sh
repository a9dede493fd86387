#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the relay puts right: dead workers' batches, lost messages.
. "$(dirname "$0")/lib.sh"
app_up 'relay_chores = 1' 'relay_lease = 3' 'relay_lost_age = 3' 'relay_min_age = 0' 'relay_interval = 200'

store() {
	api POST raw-data/store \
		--data '{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":[1]}'
	id=$(json .raw_data_id)
}
row() { sql "SELECT $1 FROM raw_extraction_data WHERE id = $id"; }

store
check "it is queued" wait_until 5 sql_is t "SELECT queued_at IS NOT NULL FROM raw_extraction_data WHERE id = $id"
queue_purge transform_queue
api PUT "raw-data/$id/status" --data '{"status":"processing"}'
check_is "somebody takes it" "$(row processing_status)" processing
check "and dies: after the lease it is pending" \
	wait_until 15 sql_is pending "SELECT processing_status FROM raw_extraction_data WHERE id = $id"
check "queued again" wait_until 10 queue_has transform_queue 1
check_is "with the attempt counted" "$(row attempts)" 1
check "the log says so" wait_until 5 grep -q "event=lease_ended raw_data_id=$id" "$APP_LOGS/relay.log"

# -- a worker that still holds its row is left alone
api PUT "raw-data/$id/status" --data '{"status":"processing"}'
(sql "BEGIN; SELECT FROM raw_extraction_data WHERE id = $id FOR UPDATE; SELECT pg_sleep(7);
	UPDATE raw_extraction_data SET processing_status = 'completed' WHERE id = $id; COMMIT" >"$TMP/worker") &
wait
check_is "a worker at work past its lease keeps its batch" "$(row processing_status)" completed

# -- the queue lost its messages
for _ in 1 2 3; do store; done
check "three are queued" wait_until 10 sql_is 0 "SELECT count(*) FROM raw_extraction_data WHERE queued_at IS NULL"
wait_until 10 queue_has transform_queue 4 || wait_until 1 queue_has transform_queue 3
check "all of them are older than the relay's relay_lost_age" \
	wait_until 10 sql_is t "SELECT max(queued_at) < now() - interval '3.5 seconds' FROM raw_extraction_data
		WHERE processing_status = 'pending'"
# Whatever was added up: rows that came without triggers are in no sum.
super -c "TRUNCATE raw_extraction_series, raw_extraction_changes" >"$TMP/out"
queue_purge transform_queue
check "messages that got lost are made again" wait_until 20 queue_has transform_queue 3
check "the log says so" wait_until 5 grep -q 'event=reconciled.*rows_queued_again=3' "$APP_LOGS/relay.log"
sleep 5
check_is "but none while messages wait" "$(queue_depth transform_queue)" 3

# -- messages without a row are told
super -c "INSERT INTO raw_extraction_changes SELECT tenant_id, date_trunc('minute', created_at), integration_id,
	entity_type, processing_status, count(*), sum(raw_data_bytes) FROM raw_extraction_data
	GROUP BY 1, 2, 3, 4, 5" >"$TMP/out"
sql "DELETE FROM raw_extraction_data" >"$TMP/out"
check "messages without a row are told" wait_until 10 grep -q 'event=reconciled messages=3 rows_pending=0' \
	"$APP_LOGS/relay.log"
done_testing
