#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# pulse-etl type: from a batch that nothing is made of to its rows, for one tenant and
# for all of them; and the end of what takes too long.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
. "$(dirname "$0")/catalogue.sh"
ETL_APP_WORKERS=1 app_up 'database_lock_timeout = 30000' 'database_statement_timeout = 60000'
second_tenant
tool() { "$ETL_BUILD/pulse-etl" --config "$ETL_APP/etl.conf" "$@" 2>"$TMP/tool.err" </dev/null; }
keep() { # JSON [TENANT'S INTEGRATION]
	api POST raw-data/store --data "{\"integration_id\":${2-1},\"entity_type\":\"notes\",\"raw_data\":$1}"
	id=$(json .raw_data_id)
}
keep '{"notes":[{"id":1,"title":"first","done":false},{"id":2,"title":"second","done":true,"at":"2026-01-02"}]}'
first=$id

# -- infer, check, try, apply
tool type infer --tenant 1 "$first" >"$TMP/type.json"
check_is "infer proposes a mapping" \
	"$(jq -c '[.name, .items_path, .key_path, [.columns[] | .name + " " + .kind]]' "$TMP/type.json")" \
	'["notes","$.notes[*]","$.id",["done boolean","id number","title text","at time"]]'
tool type infer --tenant 2 "$first" >"$TMP/out"
check_match "not from another tenant's batch" "$? $(cat "$TMP/tool.err")" '^[1-9].*no raw data with this id'
check "which can be stored" tool type check "$TMP/type.json"
jq -c '.columns[0].path = "$.**" | .sql = 1' "$TMP/type.json" >"$TMP/wrong.json"
tool type check "$TMP/wrong.json" >"$TMP/out"
check_is "what is wrong is named" \
	"$? $(grep -c 'columns\[0\].path must not have\|sql is not a member' "$TMP/tool.err")" "65 2"
echo '{"name": ' >"$TMP/half.json"
tool type check "$TMP/half.json"
check_match "what is no JSON, too" "$? $(cat "$TMP/tool.err")" '^65 .*JSON'
tool type try --tenant 1 --batch "$first" --limit 1 "$TMP/type.json" >"$TMP/out"
check_is "try prints rows" "$? $(jq -c .fields "$TMP/out")" '0 {"id":1,"done":false,"title":"first"}'
check_match "and what became of the batch" "$(cat "$TMP/tool.err")" \
	'2 items, 0 without a key, 0 notes; nothing was stored'
check_is "nothing was" "$(sql 'SELECT (SELECT count(*) FROM records) + (SELECT count(*) FROM entity_types)')" 0
type=$(tool type apply --tenant 1 --requeue "$TMP/type.json" | tee "$TMP/out" | head -n 1)
check_match "apply makes the type" "$type" '^[0-9]+$'
check_match "and lets its batch be processed again" "$(tail -n 1 "$TMP/out")" \
	'^1 batches are pending again, 1 of them queued'
check "which becomes records" wait_until 15 sql_is 2 "SELECT count(*) FROM records WHERE tenant_id = 1"
becomes completed
check_match "apply again finds nothing to do" "$(tool type apply --tenant 1 --requeue "$TMP/type.json" | tail -n 1)" \
	'^0 batches'
check_is "list shows it" "$(tool type list --tenant 1 --output json | jq -c '[.[0].name, .[0].shared]')" \
	'["notes",false]'
jq -c '.name = "jira_issues_batch"' "$TMP/type.json" >"$TMP/own.json"
tool type apply --tenant 1 "$TMP/own.json"
check_match "a name of the service's own is refused" "$? $(cat "$TMP/tool.err")" "^65 .*service's own"
check_is "each change is in audit_log" "$(sql "SELECT string_agg(DISTINCT action, ' ') FROM audit_log
	WHERE action LIKE 'entity_type%'")" entity_type.apply

# -- a type that all tenants share
as_tenant 2
keep '[{"nr": "a", "text": "theirs"}]' 1001
check_is "another tenant has no such type" "$(json .queued)" false
shared='{"name":"notes","items_path":"$[*]","key_path":"$.nr","columns":[{"name":"text","path":"$.text"}]}'
echo "$shared" >"$TMP/shared.json"
all=$(tool type apply --all-tenants "$TMP/shared.json")
check_match "one for all tenants" "$all" '^[0-9]+$'
keep '[{"nr": "a", "text": "theirs"}]' 1001
check_is "is that of who has none" "$(json .queued)" true
check "and makes records" wait_until 15 sql_is theirs "SELECT fields->>'text' FROM records WHERE tenant_id = 2"
api GET "types/$all"
check_is "it is shown" "$STATUS $(json .shared)" "200 true"
api PUT "types/$all" --data '{"active": false}'
check_is "and is nobody's to change" "$STATUS" 404
api DELETE "types/$all"
check_is "or to delete" "$STATUS $(sql 'SELECT count(*) FROM entity_types WHERE tenant_id IS NULL')" "404 1"
check_is "row security says the same" "$(super -d "$PGDATABASE" -qAt -c "SET ROLE pulse_etl_service;
	SET app.tenant_id = 2; WITH x AS (DELETE FROM entity_types RETURNING 1) SELECT count(*) FROM x")" 0
as_tenant 1
keep '{"notes":[{"id":3,"title":"third"}]}'
check "a tenant's own goes before it" wait_until 15 sql_is third "SELECT fields->>'title' FROM records
	WHERE tenant_id = 1 AND external_id = '3'"
check "a shared type is removed" tool type remove --all-tenants "$all"
tool type remove --tenant 2 "$type"
check_match "another tenant's is not" "$? $(cat "$TMP/tool.err")" '^[1-9].*no such entity type'
check "one's own is" tool type remove --tenant 1 "$type"
check_is "the records stay" "$(sql 'SELECT count(*) FROM records')" 4

# -- ten seconds, whatever the settings allow
lock_table records
began=$SECONDS
tool type try --tenant 1 --batch "$first" "$TMP/type.json"
code=$?
let_go
check_match "try is given up after ten seconds" "$code $(cat "$TMP/tool.err")" '^65 .*given up after 10 seconds'
check "and no sooner or much later" [ $((SECONDS - began)) -ge 9 -a $((SECONDS - began)) -lt 20 ]
done_testing
