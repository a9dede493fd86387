#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Metrics follow mappings, categories and workflow steps that are changed, also
# when no batch of the integration comes any more: the relay queues a load.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/catalogue.sh"
. "$(dirname "$0")/worker.sh"
ETL_APP_POOL=2 ETL_APP_WORKERS=1 app_up 'relay_chores = 1' 'relay_interval = 200'

# Open on the 1st, Trial on the 2nd, Shipped on the 4th; the source gives no
# category for Trial and Shipped.
jq -cn '{issues: [{id: "1", key: "F-1", fields: {
	project: {id: "10", key: "F"}, issuetype: {id: "1", name: "Task"},
	status: {id: "s3", name: "Shipped"},
	created: "2025-01-01T00:00:00Z", updated: "2025-01-04T00:00:00Z"},
	changelog: {total: 2, histories: [
	{id: "1", created: "2025-01-02T00:00:00Z",
	items: [{field: "status", fieldId: "status", from: "s1", fromString: "Open", to: "s2", toString: "Trial"}]},
	{id: "2", created: "2025-01-04T00:00:00Z",
	items: [{field: "status", fieldId: "status", from: "s2", fromString: "Trial", to: "s3",
	toString: "Shipped"}]}]}}]}' >"$TMP/issues"
jq -c '{integration_id: 1, entity_type: "jira_issues_batch", raw_data: .}' "$TMP/issues" >"$TMP/batch"
api POST raw-data/store --data-binary "@$TMP/batch"
# shellcheck disable=SC2034 # becomes reads it
id=$(json .raw_data_id)
check "the batch is completed" becomes completed

metrics="SELECT concat_ws(' ', total_work_starts, total_completions, work_first_started_at::date,
	work_last_completed_at::date, total_cycle_time_seconds, total_lead_time_seconds) FROM work_items"
metrics_are() { sql_is "$1" "$metrics"; }
check "categories that nobody knows count for nothing" wait_until 20 metrics_are "0 0"
nothing_due() { sql_is 0 "SELECT count(*) FROM statuses WHERE metrics_due"; }
check "nothing is due then" wait_until 20 nothing_due

api POST status-mappings --data '{"status_from":"Trial","status_to":"Trial","status_category":"In Progress",
	"workflow_id":4}'
check_is "a mapping of Trial" "$STATUS" 201
check "it starts in Trial" wait_until 20 metrics_are "1 0 2025-01-02"
api POST status-mappings --data '{"status_from":"Shipped","status_to":"Done","status_category":"Done","workflow_id":5}'
check_is "a mapping of Shipped" "$STATUS" 201
shipped=$(json .id)
check "it ends in Shipped" wait_until 20 metrics_are "1 1 2025-01-02 2025-01-04 172800 172800"
point=$(sql "SELECT id FROM workflows WHERE tenant_id = 1 AND integration_id = 1 AND is_commitment_point")
open=$(sql "SELECT m.workflow_id FROM statuses AS s JOIN statuses_mappings AS m ON m.id = s.status_mapping_id
	WHERE s.external_id = 's1'")
api PUT "workflows/$point" --data '{"is_commitment_point":false}'
check_is "no commitment point" "$STATUS" 200
api PUT "workflows/$open" --data '{"is_commitment_point":true}'
check_is "Open is one now" "$STATUS" 200
check "its lead time counts from there" wait_until 20 metrics_are "1 1 2025-01-02 2025-01-04 172800 259200"
api PUT "status-mappings/$shipped" --data '{"status_category":"In Progress"}'
check_is "Shipped is no end any more" "$STATUS" 200
check "it is not completed" wait_until 20 metrics_are "1 0 2025-01-02"
check "nothing stays due" wait_until 20 nothing_due
loads() { grep -c 'event=loads_queued' "$APP_LOGS/relay.log"; }
before=$(loads)
sleep 3
check_is "and no further load is queued" "$(loads)" "$before"
check "the relay says what it queued" [ "$before" -ge 3 ]

# -- a load that fails on its data fails its batch, and not one after the other
jq '.issues[0] |= (.id = "2" | .key = "F-2")' "$TMP/issues" |
	jq -c '{integration_id: 1, entity_type: "jira_issues_batch", raw_data: .}' >"$TMP/batch"
for _ in 1 2 3; do
	api POST raw-data/store --data-binary "@$TMP/batch"
	# shellcheck disable=SC2034 # becomes reads it
	id=$(json .raw_data_id)
	check "another batch is completed" becomes completed
done
sql "CREATE FUNCTION load_trouble() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
	IF OLD.total_completions IS DISTINCT FROM NEW.total_completions
	THEN RAISE EXCEPTION 'in the way' USING ERRCODE = '22008'; END IF; RETURN NEW; END \$\$;
	CREATE TRIGGER load_trouble BEFORE UPDATE ON work_items FOR EACH ROW EXECUTE FUNCTION load_trouble()"
api PUT "status-mappings/$shipped" --data '{"status_category":"Done"}'
failed_batches() { sql "SELECT count(*) FROM raw_extraction_data WHERE processing_status = 'failed'"; }
one_failed() { [ "$(failed_batches)" = 1 ]; }
check "a load that cannot pass fails its batch" wait_until 20 one_failed
sleep 4
check_is "and no other one is tried" "$(failed_batches)" 1
sql "DROP TRIGGER load_trouble ON work_items"
api POST raw-data/store --data-binary "@$TMP/batch"
check "with the next batch metrics follow" wait_until 20 nothing_due
done_testing
