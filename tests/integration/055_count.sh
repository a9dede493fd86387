#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# total_count without counting: it is the number of the tenant's active
# batches, whatever was done to them and by how many at once. What a filter leaves
# is counted up to a bound, and the answer says so.
. "$(dirname "$0")/lib.sh"
app_up

"$ETL_SOURCE/deploy/demo-batch" 1 >"$TMP/one.json"
total() { # [QUERY]
	api GET "raw-data?limit=1${1-}"
	json .total_count
}
counted() { # what a look at each row says
	sql "SELECT count(*) FROM raw_extraction_data WHERE tenant_id = 1 AND active"
}
agrees() { # NAME
	check_is "$1" "$(total)" "$(counted)"
}

check_is "none at first" "$(total)" 0
curl -sZ -K "$ETL_CURLRC" --parallel-max 8 -H 'Content-Type: application/json' --data-binary "@$TMP/one.json" \
	-o "$TMP/out" "$ETL_URL/app/etl/raw-data/store?tenant_id=1#[1-200]" 2>"$TMP/curl.err"
check_is "200 stores at 8 connections" "$(total)" 200
check_is "a filter counts the same" "$(total '&entity_type=jira_issues_batch')" 200
check_is "each session counts in a row of its own" \
	"$(sql "SELECT count(*) <= (SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'pulse-etl%'),
		sum(batches) FROM raw_extraction_counts")" 't|200'
for _ in 1 2 3; do
	curl -s -K "$ETL_CURLRC" -H 'Content-Type: application/json' -H 'Idempotency-Key: once' \
		--data-binary "@$TMP/one.json" \
		-o "$TMP/out" "$ETL_URL/app/etl/raw-data/store?tenant_id=1"
done
check_is "a repeated key counts once" "$(total)" 201
agrees "as a look at each row says"
curl -s -K "$ETL_CURLRC" -X DELETE -o "$TMP/out" "$ETL_URL/app/etl/raw-data/201?tenant_id=1"
agrees "after one was deleted"

sql 'UPDATE raw_extraction_data SET active = false WHERE id % 10 = 0'
agrees "after 20 were deactivated"
check_is "which are 180" "$(total)" 180
sql 'UPDATE raw_extraction_data SET active = true WHERE id % 20 = 0'
agrees "after 10 of them came back"
sql 'DELETE FROM raw_extraction_data WHERE id % 3 = 0'
agrees "after a third was deleted, active or not"
before=$(total)
sql 'BEGIN; DELETE FROM raw_extraction_data; ROLLBACK'
check_is "a rollback counts nothing" "$(total)" "$before"
sql "UPDATE raw_extraction_data SET processing_status = 'failed', active = active"
check_is "nor does a change of something else" "$(total)" "$before"

# Another tenant's batches are counted for it alone.
sql "INSERT INTO tenants (id, name) VALUES (77, 'other');
	INSERT INTO integrations (id, tenant_id, provider, type) VALUES (7777, 77, 'Jira', 'Data');
	INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items,
	raw_data_bytes, raw_data_sha256)
	SELECT 77, 7777, 'x', '{}', 1, 2, sha256('') FROM generate_series(1, 5)" 2>"$TMP/other.err"
check_is "another tenant has five" "$(sql 'SELECT sum(batches) FROM raw_extraction_counts WHERE tenant_id = 77')" 5
agrees "which this one does not see"
check_is "nor can the service as this tenant" \
	"$(psql -qAtX "$(sed -n 's/^database_url = //p' "$ETL_APP/etl.conf")" -c "SET app.every_tenant = off" \
		-c "SET app.tenant_id = 1" \
		-c 'SELECT count(*) FROM raw_extraction_counts WHERE tenant_id = 77')" 0

# A responder that is newer than the tables stores nothing; when they are there, all
# is counted anew.
"$ETL_BUILD/pulse-etl-migrate" --dir "$ETL_SOURCE/migrations" --rollback-to 20 >"$TMP/migrate.out" 2>&1
api POST raw-data/store --data-binary "@$TMP/one.json"
check_is "before the migrations of its version a store is answered 503" "$STATUS" 503
sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items,
	raw_data_bytes, raw_data_sha256)
	SELECT 1, 1, 'x', '{}', 1, 2, sha256('') FROM generate_series(1, 5)"
check "the migrations are applied" "$ETL_BUILD/pulse-etl-migrate" --dir "$ETL_SOURCE/migrations" --apply-all
agrees "and have counted anew"

sql 'TRUNCATE raw_extraction_data CASCADE' 2>"$TMP/truncate.err"
check_is "none after all were removed" "$(total)" 0

# -- with a filter 10,000 are counted at most
fill() { # ROWS ENTITY_TYPE; of a tenant that the triggers do not count for
	super -c "SET session_replication_role = replica;
		INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, external_id,
		processing_status, raw_data, raw_data_items, raw_data_bytes, raw_data_sha256)
		SELECT 1, 1, '$2', '$2', 'completed', '[]', 0, 2, sha256('[]') FROM generate_series(1, $1);
		INSERT INTO raw_extraction_counts AS c VALUES (1, 0, $1)
		ON CONFLICT (tenant_id, slot) DO UPDATE SET batches = c.batches + $1"
}
totals() { # QUERY
	total "$1" >"$TMP/total"
	json '"\(.total_count) \(.total_count_is_exact)"'
}
fill 10000 many
fill 3 few
check_is "as many as are counted: that is all" "$(totals '&entity_type=many')" "10000 true"
fill 1 many
for query in entity_type=many external_id=many 'entity_type=many&processing_status=completed'; do
	check_is "one more by $query: at least so many" "$(totals "&$query")" "10000 false"
done
for query in processing_status=completed integration_id=1 created_after=2020-01-01 created_before=2100-01-01; do
	check_is "more by $query, too" "$(totals "&$query")" "10000 false"
done
check_is "few are counted as ever" "$(totals '&entity_type=few&processing_status=completed')" "3 true"
check_is "none, too" "$(totals '&processing_status=failed')" "0 true"
check_is "without a filter all are told" "$(totals '')" "10004 true"
api GET 'raw-data?entity_type=many&limit=1&offset=10000'
check_is "the page beyond is there" "$STATUS $(json '"\(.raw_data_records | length) \(.next_cursor)"')" "200 1 null"
done_testing
