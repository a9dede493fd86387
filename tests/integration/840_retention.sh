#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Retention rules: as a resource, by the tool, and what the relay does by them.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
. "$(dirname "$0")/catalogue.sh"
ETL_APP_WORKERS=1 app_up 'relay_chores = 1' 'retention_interval = 1' 'relay_interval = 200' 'relay_min_age = 0'
second_tenant
tool() { "$ETL_BUILD/pulse-etl" --config "$ETL_APP/etl.conf" "$@" 2>"$TMP/tool.err" </dev/null; }
# Batches that are as old as that; not by a door, for nobody can wait for days.
old() { # NAME TYPE STATUS DAYS [COUNT] [TENANT INTEGRATION]
	sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, external_id, raw_data,
		raw_data_items, raw_data_bytes, raw_data_sha256, processing_status, created_at, processed_at,
		queue_transform)
		SELECT ${6:-1}, ${7:-1}, '$2', '$1', '{\"n\": 1.10}', 1, 10, sha256('{\"n\": 1.10}'), '$3',
		now() - interval '$4 days', CASE WHEN '$3' IN ('completed', 'failed')
		THEN now() - interval '$4 days' END, false FROM generate_series(1, ${5:-1})"
}
left() { # NAME
	sql "SELECT count(*) || ' ' || count(payload_gone_at) FROM raw_extraction_data WHERE external_id = '$1'"
}
left_is() { # NAME COUNTS
	[ "$(left "$1")" = "$2" ]
}
app stop relay

# -- the resource
api POST retention-rules --data '{"entity_type":"a","keep_days":30,"keep_newest":2,"action":"delete"}'
check_is "a rule is made" "$STATUS $(answer 'del(.id)')" \
	'201 {"entity_type":"a","processing_status":"completed","keep_days":30,"keep_newest":2,'\
'"action":"delete","shared":false,"active":true}'
rule=$(json .id)
check_is "with a version" "$(header etag | cut -c 1)" '"'
etag=$(header etag)
api POST retention-rules --data '{"entity_type":"a","keep_days":3,"action":"delete"}'
check_is "a second one for the same is refused" "$STATUS $(json .code)" "409 exists"
api POST retention-rules --data '{"keep_days":0,"action":"burn","processing_status":"gone"}'
check_is "what is wrong is named" "$STATUS $(answer '[.errors[].loc[1]]')" \
	'422 ["processing_status","keep_days","action"]'
api POST retention-rules --data '{"processing_status":"deleted","keep_days":3,"keep_newest":1,"action":"delete"}'
check_is "of those that were deleted none can be kept for being new" "$STATUS $(answer '[.errors[].loc[1]]')" \
	'422 ["keep_newest"]'
api PUT "retention-rules/$rule" --data '{"processing_status":"deleted"}'
check_is "nor by a change of the status" "$STATUS $(answer '[.errors[].loc[1]]')" '422 ["keep_newest"]'
tool retention set --tenant 1 --status deleted --action delete --keep-days 3 --keep-newest 1
check_match "nor by the tool" "$? $(cat "$TMP/tool.err")" '^65 .*keep_newest must be 0'
api PUT "retention-rules/$rule" -H 'If-Match: "1-1"' --data '{"keep_days":31}'
check_is "another version" "$STATUS" 412
api PUT "retention-rules/$rule" -H "If-Match: $etag" --data '{"keep_days":31,"keep_newest":0}'
check_is "it is changed" "$STATUS $(answer '[.keep_days,.keep_newest]')" "200 [31,0]"
as_tenant 2
api GET "retention-rules/$rule"
check_is "another tenant has no such rule" "$STATUS" 404
api GET "retention-rules/$rule/preview"
check_is "nor its preview" "$STATUS" 404
api DELETE "retention-rules/$rule"
check_is "nor may it delete it" "$STATUS" 404
as_tenant 1
check_is "row security says the same" "$(super -d "$PGDATABASE" -qAt -c "SET ROLE pulse_etl_service;
	SET app.tenant_id = 2; WITH x AS (DELETE FROM retention_rules RETURNING 1) SELECT count(*) FROM x")" 0
TOKEN_FILE=$(token_file 1 writer) api POST retention-rules --data '{"keep_days":3,"action":"delete"}'
check_is "a writer makes none" "$STATUS" 403
for type in x y; do # nobody's
	api POST retention-rules \
		--data "{\"entity_type\":\"$type\",\"keep_days\":3,\"action\":\"delete\",\"active\":false}"
done
check_list retention-rules
check_is "changes are in audit_log" "$(sql "SELECT string_agg(DISTINCT action, ' ' ORDER BY action) FROM audit_log
	WHERE action LIKE 'retention%'")" "retention_rule.create retention_rule.update"

# -- which batches a rule takes
old old a completed 40 5
old young a completed 10
old failed a failed 40
old pending a pending 40
old theirs a completed 40 3 2 1001
old other b completed 40
api GET "retention-rules/$rule/preview"
check_is "the preview counts them" "$STATUS $(answer)" '200 {"batches":5,"bytes":50,"is_exact":true}'
api PUT "retention-rules/$rule" --data '{"keep_newest":4}'
api GET "retention-rules/$rule/preview"
check_is "but for the newest, the young one among them" "$(json .batches)" 2
check_is "the tool says the same" "$(tool retention preview --tenant 1 "$rule")" \
	'2 batches with 20 bytes of payload would be removed'
check_match "and so does a dry run" "$(tool retention run --tenant 1 --dry-run)" \
	'^2 batches with 20 bytes of .*be removed'
check_is "nothing went" "$(left old)" "5 0"
app start relay
check "the relay takes them" wait_until 15 left_is old "3 0"
check_is "and no young, failed, pending, other or another tenant's" \
	"$(left young), $(left failed), $(left pending), $(left other), $(left theirs)" "1 0, 1 0, 1 0, 1 0, 3 0"
check "its log tells" wait_until 5 grep -q "event=retired count=2 bytes=20 rule=$rule action=delete" \
	"$APP_LOGS/relay.log"
counted() { request GET /app/etl/metrics && grep -q '^etl_batches_retired_total{action="delete"} 2$' "$BODY"; }
check "and it counts them" wait_until 5 counted
# From here on by hand, which is the same at once.
app stop relay
run() { tool retention run --all-tenants >"$TMP/out" || note_file "$TMP/tool.err"; }
api PUT "retention-rules/$rule" --data '{"keep_newest":0}'
run
check_is "without any to be kept" "$(left old)" "0 0"
failed_rule=$(tool retention set --tenant 1 --type a --status failed --action delete --keep-days 30)
run
check_is "failed ones go when a rule names them" "$(left failed)" "0 0"
check_is "pending ones stay" "$(left pending)" "1 0"
sql "UPDATE raw_extraction_data SET created_at = created_at - interval '90 days',
	processed_at = processed_at - interval '90 days' WHERE external_id = 'young'"
run
check_is "the newest completed one of a type stays, however old" "$(left young)" "1 0"
check_is "the tool changes a rule that is there" \
	"$(tool retention set --tenant 1 --type a --status failed --action delete --off)" "$failed_rule"
check_is "and lists it" "$(tool retention list --tenant 1 --output json |
	jq -c '[.[] | select(.entity_type == "a") | [.processing_status, .active]]')" \
	'[["completed",true],["failed",false]]'
check "and deletes it" tool retention delete --tenant 1 "$failed_rule"
tool retention set --tenant 1 --type a --status failed --action delete
check_match "a new rule needs its days" "$? $(cat "$TMP/tool.err")" '^65 .*needs the days'

# -- the payload only
shared=$(tool retention set --all-tenants --action payload --keep-days 30)
run
check_is "a rule of all takes the payload" "$(left other)" "1 1"
check_is "of every tenant" "$(left theirs)" "3 3"
check "digest and length stay" sql_is "true 10" "SELECT (raw_data_sha256 = sha256('{\"n\": 1.10}')) || ' ' ||
	raw_data_bytes FROM raw_extraction_data WHERE external_id = 'other'"
gone=$(sql "SELECT id FROM raw_extraction_data WHERE external_id = 'other'")
api GET "raw-data/$gone"
check_is "GET says that it is gone" "$STATUS $(answer '[.raw_data, .payload_gone_at != null, .raw_data_bytes]')" \
	'200 [null,true,10]'
api POST "raw-data/$gone/requeue"
check_is "a requeue says so" "$STATUS $(json .code)" "410 payload_gone"
check_match "and what to do" "$(json .detail)" 'gone since .*restore it from an archive'
api PUT "raw-data/$gone/status" --data '{"status":"pending"}'
check_is "so does its status" "$STATUS $(json .code)" "410 payload_gone"
api POST types/infer --data "{\"raw_data_id\":$gone}"
check_is "no mapping is made of it" "$STATUS $(json .code)" "410 payload_gone"
api POST types/try --data "{\"raw_data_id\":$gone,\"name\":\"b\",\"items_path\":\"\$\",\"key_path\":\"\$.n\",
	\"columns\":[{\"name\":\"n\",\"path\":\"\$.n\"}]}"
check_is "and none is tried on it" "$STATUS $(json .code)" "410 payload_gone"
api POST raw-data/requeue --data '{"entity_type":"b"}'
check_is "many pass over it" "$STATUS $(json .requeued)" "200 0"
tool raw export --tenant 1 "$gone" >"$TMP/out"
check_match "the tool has no payload, either" "$? $(cat "$TMP/tool.err")" '^[1-9][0-9]* .*gone since'
tool requeue --tenant 1 --id "$gone" >"$TMP/out"
check_match "nor a second try" "$? $(cat "$TMP/tool.err")" '^[1-9][0-9]* .*gone since'
api GET "retention-rules/$shared"
check_is "the rule of all is seen" "$STATUS $(json .shared)" "200 true"
api PUT "retention-rules/$shared" --data '{"keep_days":1}'
check_is "and nobody's to change" "$STATUS" 404
tool retention set --tenant 1 --action payload --keep-days 1000 >"$TMP/out"
old mine c completed 40
old theirs2 c completed 40 1 2 1001
run
check_is "a tenant's own rule goes before it" "$(left theirs2)" "1 1"
check_is "so that its batches stay" "$(left mine)" "1 0"
check "a rule of all is removed by the tool" tool retention delete --all-tenants "$shared"

# -- a batch that loses its payload before it is processed
tool retention set --tenant 1 --type jira_projects_batch --status pending --action payload --keep-days 1 >"$TMP/out"
store_untouched() {
	api POST "raw-data/store?queue_transform=false" --data \
		'{"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[{"id":"1","key":"P","name":"P"}]}'
	id=$(json .raw_data_id)
}
store_untouched
sql "UPDATE raw_extraction_data SET created_at = now() - interval '2 days' WHERE id = $id"
run
check_is "its payload goes, for the rule says pending" "$(row 'payload_gone_at IS NOT NULL')" t
publish transform "$(message_of "$id")"
becomes failed
check_is "then it fails, once" "$(row processing_status) $(row attempts)" "failed 1"
check_match "and says why" "$(row "error_details->>'message'")" 'retention rule took its payload'
check "its message is a dead letter" wait_until 10 queue_has transform_queue.dead 1

# -- and one before it is loaded: its load would find nothing, and pass
tool retention set --tenant 1 --type jira_projects_batch --action payload --keep-days 1 >"$TMP/out"
store_one
becomes completed
sql "UPDATE raw_extraction_data SET processed_at = now() - interval '2 days' WHERE id = $id"
run
check_is "its payload goes" "$(row 'payload_gone_at IS NOT NULL')" t
load_of() { # SECONDS: its message, published so long after the payload went
	local at
	at=$(($(row 'extract(epoch FROM payload_gone_at)::bigint') + $1))
	jq -n --arg payload "$(message_of "$id")" --argjson at "$at" '{routing_key: "load", payload: $payload,
		payload_encoding: "string", properties: {delivery_mode: 2, timestamp: $at}}' >"$TMP/message"
	mgmt POST "/api/exchanges/$ETL_VHOST/etl.direct/publish" "@$TMP/message" >"$TMP/published"
}
loads=$(grep -c "queue=load fate=done raw_data_id=$id" "$APP_LOGS/worker.log")
load_of 60
check "a load that metrics are due for is done" \
	wait_until 15 logged "queue=load fate=done raw_data_id=$id" $((loads + 1))
load_of -60
becomes failed
check_match "one from before fails the batch" "$(row "error_details->>'stage'") $(row "error_details->>'message'")" \
	'^load .*took its payload before it was loaded'
check "and its message is a dead letter" wait_until 10 queue_has load_queue.dead 1

# -- what something hangs on
tool retention set --tenant 1 --action delete --keep-days 2 >"$TMP/out"
for n in 1 2 3; do
	api POST raw-data/store -H "Idempotency-Key: key$n" \
		--data '{"integration_id":1,"entity_type":"kept","external_id":"key","raw_data":{}}'
done
key=$(json .raw_data_id)
age='created_at = now() - interval '"'5 days'"', processed_at = now() - interval '"'5 days'"
old census kept completed 5 2
old waits kept completed 5
old free kept completed 5
old newest kept completed 1
sql "UPDATE raw_extraction_data SET $age WHERE external_id = 'key';
	UPDATE idempotency_keys SET expires_at = now() - interval '1 minute' WHERE idempotency_key = 'key1';
	INSERT INTO waiting_batches SELECT 1, 1, 'issue', 'X-1', id FROM raw_extraction_data
	WHERE external_id = 'waits';
	INSERT INTO census_pages SELECT 1, 1, 'project:1', 'c', row_number() OVER (ORDER BY id), false, id, '{1}'
	FROM raw_extraction_data WHERE external_id = 'census'"
run
check_is "an old batch goes" "$(left free)" "0 0"
check_is "so does one whose key has expired" "$(left key)" "2 0"
check_is "one that waits, and a census that is not whole, stay" "$(left waits), $(left census)" "1 0, 2 0"
api POST raw-data/store -H "Idempotency-Key: key3" \
	--data '{"integration_id":1,"entity_type":"kept","external_id":"key","raw_data":{}}'
check_is "a key that came before is answered with its batch" "$STATUS $(json .raw_data_id)" "200 $key"
sql "UPDATE census_pages SET is_last = page = 2; DELETE FROM waiting_batches; DELETE FROM idempotency_keys"
run
check_is "they go when nothing hangs on them any more" "$(left waits)" "0 0"
check_is "the census with all its pages" "$(left census)" "0 0"
check_is "and nothing is left of it" "$(sql 'SELECT count(*) FROM census_pages')" 0
check_is "counts agree with the rows" "$(sql "SELECT (SELECT sum(batches) FROM raw_extraction_counts
	WHERE tenant_id = 1) = (SELECT count(*) FROM raw_extraction_data WHERE tenant_id = 1 AND active)")" t

# -- deleted ones, and retention_days, which any rule goes before
sql 'DELETE FROM retention_rules'
tool retention set --tenant 2 --action delete --keep-days 90 --status deleted >"$TMP/out"
old gone d completed 100 3 2 1001
sql "UPDATE raw_extraction_data SET active = false WHERE external_id = 'gone'"
before=$(sql "SELECT count(*) FROM audit_log WHERE action = 'retention.run'")
check_match "deleted ones go when a rule names them" "$(tool retention run --tenant 2)" '^3 batches with 30 bytes'
check_is "which is in audit_log" \
	"$(sql "SELECT count(*) FROM audit_log WHERE action = 'retention.run'")" $((before + 1))
old days e completed 40 3
old days2 e completed 40 3 2 1001
tool retention set --tenant 2 --action delete --keep-days 90 >"$TMP/out"
echo 'retention_days = 30' >>"$ETL_APP/extra.conf"
unset ETL_APP_CONF
app start relay
check "retention_days does what no rule says" wait_until 15 left_is days "1 0"
check_is "and leaves the rest to the rules" "$(left days2)" "3 0"

# -- a rule that is changed while the relay is at work on a group
sql 'DELETE FROM retention_rules'
old many g completed 10 1000
old end h failed 10
sql "CREATE FUNCTION test_slow() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN PERFORM pg_sleep(0.02); RETURN OLD;
	END \$\$; CREATE TRIGGER test_slow BEFORE DELETE ON raw_extraction_data
	FOR EACH ROW EXECUTE FUNCTION test_slow()"
rule=$(tool retention set --tenant 1 --type g --action delete --keep-days 5)
tool retention set --tenant 1 --type h --status failed --action delete --keep-days 5 >"$TMP/out"
check "it takes the first of many" wait_until 30 sql_is t "SELECT count(*) < 1000 FROM raw_extraction_data
	WHERE external_id = 'many'"
api PUT "retention-rules/$rule" --data '{"keep_newest":100}'
sql 'DROP TRIGGER test_slow ON raw_extraction_data; DROP FUNCTION test_slow'
check "when the pass has ended" wait_until 30 left_is end "0 0"
check_is "those stay that the rule says now" "$STATUS $(left many)" "200 100 0"
done_testing
