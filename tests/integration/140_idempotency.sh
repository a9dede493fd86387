#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The same Idempotency-Key and body again: the first batch, never a second.
. "$(dirname "$0")/lib.sh"
ETL_APP_POOL=8 app_up 'relay_chores = 1'

body='{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":[9007199254740993]}'
store() { # KEY BODY [TENANT]
	request POST "/app/etl/raw-data/store?tenant_id=${3:-1}" -H "Idempotency-Key: $1" --data "$2"
}
rows() { sql "SELECT count(*) FROM raw_extraction_data"; }

store first "$body"
check_is "a key for the first time: 201" "$STATUS $(header Idempotency-Replayed)" "201 "
id=$(json .raw_data_id)
location=$(header Location)
store first "$body"
check_is "the same key and body again: 200" "$STATUS" 200
check_is "with the first id" "$(json .raw_data_id)" "$id"
check_is "marked as replayed" "$(header Idempotency-Replayed)" true
check_is "at the same Location" "$(header Location)" "$location"
check "it says that it is queued" wait_until 5 eval 'store first "$body"; [ "$(json .queued)" = true ]'
store first "${body/9007199254740993/9007199254740992}"
check_is "the same key with another body, one digit: 422, key_reused" "$STATUS $(json .code)" "422 key_reused"
check_match "and it says why" "$(json .detail)" Idempotency-Key
store first "$body "
check_is "a blank more is another body: 422" "$STATUS" 422
check_is "one row" "$(rows)" 1
check_is "one message" "$(queue_depth transform_queue)" 1
store second "$body"
check_is "another key: another batch" "$STATUS" 201
check_is "what was replayed or refused has used up no id" "$(json .raw_data_id)" $((id + 1))
sql "INSERT INTO tenants (id, name) VALUES (2, 'Other');
     INSERT INTO integrations (id, tenant_id, provider, type) VALUES (20, 2, 'Jira', 'data_source')" >"$TMP/out"
TOKEN_FILE=$(token_file 2 writer) store first "${body/:1,/:20,}" 2
check_is "another tenant's key is another key" "$STATUS" 201

# -- the key is kept only with its batch
before=$(rows)
store third "${body/:1,/:77,}"
check_is "a refused store: 404" "$STATUS" 404
store third "$body"
check_is "does not use the key up" "$STATUS" 201
check_is "and left no row" "$(($(rows) - before))" 1

# -- concurrent twins
before=$(rows)
seq 40 | xargs -P 20 -I{} curl -s -K "$ETL_CURLRC" -o "$TMP/out" -D "$TMP/twin.{}" -w '%{http_code}\n' \
	-H 'Content-Type: application/json' \
	-H 'Idempotency-Key: twins' --data "$body" "$ETL_URL/app/etl/raw-data/store?tenant_id=1" >"$TMP/codes"
check_is "of forty twins at once one is stored" "$(sort "$TMP/codes" | uniq -c | tr -s ' \n' ' ')" " 39 200 1 201 "
check_is "all get its id" "$(cat "$TMP"/twin.* | grep -i '^location' | sort -u | wc -l)" 1
check_is "one row" "$(($(rows) - before))" 1

# -- shapes of keys
store "$(head -c 255 /dev/zero | tr '\0' k)" "$body"
check_is "255 characters: 201" "$STATUS" 201
store "$(head -c 256 /dev/zero | tr '\0' k)" "$body"
check_is "256: 400" "$STATUS" 400
check_is "located in the header" "$(json '.errors[0].loc | join(".")')" "header.Idempotency-Key"
store "$(printf 'k\xc3\xa9')" "$body"
check_is "not ASCII: 400" "$STATUS" 400
store "'; DROP TABLE idempotency_keys; --" "$body"
check_is "SQL is text" "$STATUS" 201

# -- expiry
sql "UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE idempotency_key = 'second'" >"$TMP/out"
store second "$body"
check_is "an expired key may be used again" "$STATUS" 201
sql "UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE idempotency_key <> 'second'" >"$TMP/out"
check "the relay removes expired keys" wait_until 10 sql_is 1 "SELECT count(*) FROM idempotency_keys"
check_is "a key lives for a week" \
	"$(sql "SELECT expires_at - created_at FROM idempotency_keys")" "7 days"
done_testing
