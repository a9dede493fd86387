#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Workers on bad days: malformed messages, data and servers that refuse, kills.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
. "$(dirname "$0")/invariants.sh"
id=
ETL_APP_POOL=4 ETL_APP_WORKERS=2 app_up 'worker_attempts = 2' 'relay_min_age = 1' 'relay_interval = 300'

# -- messages that are no jobs
store "$(projects 1 1)"
check "a batch to be named by others" becomes completed
pids=$(workers | tr '\n' ' ')
sql "INSERT INTO tenants (id, name) VALUES (77, 'Other')" >"$TMP/out"
bad=0
while IFS= read -r payload; do
	publish transform "$payload"
	bad=$((bad + 1))
done <<-MESSAGES
	nonsense
	{}
	[1,2]
	{"tenant_id":1,"integration_id":1,"raw_data_id":"1","entity_type":"jira_projects_batch"}
	{"tenant_id":0,"integration_id":1,"raw_data_id":1,"entity_type":"jira_projects_batch"}
	{"tenant_id":1,"integration_id":1,"raw_data_id":99999999999999999999,"entity_type":"jira_projects_batch"}
	{"tenant_id":1,"integration_id":1,"raw_data_id":$id}
	{"tenant_id":1,"integration_id":1,"raw_data_id":$id,"entity_type":""}
	{"tenant_id":1,"integration_id":1,"raw_data_id":$id,"raw_data_id":2,"entity_type":"jira_projects_batch"}
	{"tenant_id":1,"integration_id":1,"raw_data_id":$id,"entity_type":"jira_\u0000batch"}
	{"tenant_id":1,"integration_id":1,"raw_data_id":424242,"entity_type":"jira_projects_batch"}
	{"tenant_id":77,"integration_id":1,"raw_data_id":$id,"entity_type":"jira_projects_batch"}
	{"tenant_id":1,"integration_id":2,"raw_data_id":$id,"entity_type":"jira_projects_batch"}
	{"tenant_id":1,"integration_id":1,"raw_data_id":$id,"entity_type":"github_prs_batch"}
MESSAGES
check "$bad malformed messages are dead" wait_until 15 queue_has transform_queue.dead "$bad"
check_is "each with a reason" \
	"$(queue_peek transform_queue.dead 100 | jq '[.[] | select(.properties.headers["x-reason"] | length > 5)] |
		length')" "$bad"
publish transform "$(head -c 200000 /dev/zero | tr '\0' x)"
check "so is one of 200,000 bytes" wait_until 10 queue_has transform_queue.dead $((bad + 1))
check_is "with its reason and its beginning" \
	"$(queue_peek transform_queue.dead 100 |
		jq -r '[.[] | select(.payload_bytes > 10000)][0] |
			.properties.headers["x-reason"] + " " + (.payload_bytes | tostring)')" \
	"the message is longer than any job 65536"
publish load '{"tenant_id":1}'
check "and one of the load queue" wait_until 10 queue_has load_queue.dead 1
check_is "no worker died of them" "$(workers | tr '\n' ' ')" "$pids"
check_is "the batch is what it was" "$(row processing_status)" completed
queue_purge transform_queue.dead

# -- data that PostgreSQL refuses: not tried again
projects_trigger "BEGIN IF NEW.key = 'P11' THEN RAISE EXCEPTION 'no such day' USING ERRCODE = '22008'; END IF;
	RETURN NEW; END"
store "$(projects 10 12)"
check "bad data fails at once" becomes failed
check_is "error_details has SQLSTATE, message, attempt" \
	"$(row "error_details->>'sqlstate' || ' ' || (error_details->>'message' LIKE '%no such day%') || ' '
		|| attempts")" "22008 true 1"
check_is "and which item it was, from 0" "$(row "error_details->>'item'")" 1
check_is "nothing of it was kept" "$(sql "SELECT count(*) FROM projects WHERE key IN ('P10', 'P12')")" 0
check "its message is dead" wait_until 5 queue_has transform_queue.dead 1
queue_purge transform_queue.dead
projects_trigger "BEGIN IF NEW.key = 'P1063' THEN RAISE EXCEPTION 'no such day' USING ERRCODE = '22008'; END IF;
	RETURN NEW; END"
store "$(projects 1000 1199)"
check "one of two hundred" becomes failed
check_is "is found, too" "$(row "error_details->>'item'")" 63
check_is "the search left nothing" "$(sql "SELECT count(*) FROM projects WHERE key LIKE 'P1___'")" 0
check "its message is dead" wait_until 5 queue_has transform_queue.dead 1
queue_purge transform_queue.dead

# -- what may pass is tried again, after a delay
sql "CREATE SEQUENCE test_tries; GRANT USAGE ON SEQUENCE test_tries TO PUBLIC" >"$TMP/out"
projects_trigger "BEGIN IF nextval('test_tries') = 1 THEN RAISE EXCEPTION 'in the way' USING ERRCODE = '40001';
	END IF; RETURN NEW; END"
store "$(projects 20 20)"
check "what passes is completed in the end" becomes completed
check_is "at the second attempt, without errors now" \
	"$(row "attempts || ' ' || (error_details - 'earlier')::text")" "2 {}"
check_is "the first is in the history" "$(row "error_details->'earlier'->0->>'sqlstate'")" 40001
api GET "raw-data/$id"
check_is "which is no error" "$(json .has_errors)" false
projects_trigger "BEGIN RAISE EXCEPTION 'always in the way' USING ERRCODE = '55P03'; END"
store "$(projects 21 21)"
check "what does not pass fails in the end" becomes failed
check_is "after the attempts there are" "$(row "attempts || ' ' || jsonb_array_length(error_details->'earlier')")" "2 1"
check "its message is dead" wait_until 5 queue_has transform_queue.dead 1
queue_purge transform_queue.dead

# -- a batch its workers die of
sql "DROP TRIGGER test_trouble ON projects" >"$TMP/out"
app stop worker
store "$(projects 22 22)"
sql "UPDATE raw_extraction_data SET processing_status = 'processing', attempts = 2, claimed_at = now()
	WHERE id = $id" >"$TMP/out"
queue_purge transform_queue
sql "UPDATE raw_extraction_data SET processing_status = 'pending' WHERE id = $id" >"$TMP/out"
publish transform "$(message_of "$id")"
app start worker
check "one that was tried too often fails without another try" becomes failed
check_match "and says so" "$(row "error_details->>'message'")" 'too often'
check "its message is dead" wait_until 5 queue_has transform_queue.dead 1

# -- kill -9 every second, eight workers, 200 batches
app_down
unset ETL_APP_CONF
ETL_APP_POOL=4 app_up 'worker_attempts = 15' 'relay_min_age = 1' 'relay_interval = 300' 'relay_chores = 2' \
	'relay_lease = 8'
projects_trigger "BEGIN PERFORM pg_sleep(0.15); RETURN NEW; END"
store_many 140 100
for n in $(seq 1 30); do
	jq -nc --arg n "$n" '{integration_id: 1, entity_type: "jira_issues_batch",
		raw_data: {issues: [{id: $n, key: "KILL-\($n)", fields: {created: "2025-01-01T00:00:00Z",
		updated: "2025-02-01T00:00:00Z"}, changelog: {histories: [
		{id: "1", created: "2025-01-02T00:00:00Z",
		items: [{field: "status", from: "k1", fromString: "Open", to: "k2", toString: "In Progress"}]},
		{id: "2", created: "2025-01-03T00:00:00Z",
		items: [{field: "status", from: "k2", fromString: "In Progress", to: "k3",
		toString: "Done"}]}]}}]}}' >"$TMP/many.i$n"
	jq -nc --arg n "$n" '{integration_id: 2, entity_type: "github_prs_batch",
		raw_data: {repository: {id: "R_k", nameWithOwner: "k/k"},
		pullRequests: {nodes: [{id: "K\($n)", number: ($n | tonumber), title: "KILL-\($n)",
		updatedAt: "2025-02-01T00:00:00Z",
		commits: {nodes: [{commit: {oid: "k\($n)"}}]},
		reviews: {nodes: [{id: "kr\($n)", author: {login: "r"}, state: "APPROVED"}]}}]}}}' >"$TMP/many.p$n"
done
find "$TMP" -name 'many.[ip]*' -print0 | xargs -0 -P 8 -I{} curl -sS -K "$ETL_CURLRC" -o /dev/null \
	-H 'Content-Type: application/json' --data-binary "@{}" "$ETL_URL/app/etl/raw-data/store"
check_is "200 batches are stored" "$(sql "SELECT count(*) FROM raw_extraction_data")" 200
ETL_APP_WORKERS=8 app start worker
kills=0
for _ in 1 2 3 4 5 6; do
	sleep 0.8
	victims=$(workers | shuf -n 4)
	# shellcheck disable=SC2086 # ids
	kill -s KILL $victims 2>/dev/null
	kills=$((kills + $(wc -w <<<"$victims")))
done
check "every batch is completed, after $kills kills" wait_until 120 all_done
note "left: $(left_over)"
check_is "each project is there, once" \
	"$(sql "SELECT count(*) || ' ' || count(DISTINCT external_id) FROM projects
		WHERE external_id::int BETWEEN 100 AND 299")" "140 140"
check_is "each type, too" "$(sql "SELECT count(*) || ' ' || count(DISTINCT external_id) FROM wits
	WHERE external_id LIKE 't%'")" "140 140"
loaded() { grep -oE 'queue=load fate=done raw_data_id=[0-9]+' "$APP_LOGS/worker.log" | sort -u | wc -l; }
all_loaded() { [ "$(loaded)" = 200 ]; }
check "every load job is done" wait_until 60 all_loaded
note "loaded: $(loaded)"
check_is "each issue has its changes and metrics" \
	"$(sql "SELECT count(DISTINCT w.id) || ' ' || count(c.id) || ' ' || sum(DISTINCT total_completions) || ' '
		|| min(total_cycle_time_seconds) || ' ' || min(total_lead_time_seconds) FROM work_items w
		JOIN changelogs c ON c.work_item_id = w.id WHERE key LIKE 'KILL-%' AND total_work_starts = 1")" \
	"30 60 1 86400 86400"
check_is "each pull request its parts and its issue" \
	"$(sql "SELECT count(*) || ' ' || count(DISTINCT w.key) || ' ' || sum(commit_count) || ' ' || sum(reviewers)
		FROM prs p JOIN work_items w ON w.id = p.work_item_id AND w.key = p.name")" "30 30 30 30"
check_is "and its link" "$(sql "SELECT count(*) FROM wits_prs_links l JOIN work_items w ON w.id = l.work_item_id
	AND w.key = 'KILL-' || l.pull_request_number")" 30
check "some were tried again" [ "$(sql "SELECT sum(attempts) FROM raw_extraction_data")" -gt 200 ]
check_nothing_left "after the kills"
check_is "none is dead" "$(queue_depth transform_queue.dead) $(queue_depth load_queue.dead)" "0 0"
done_testing
