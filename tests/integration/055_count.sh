#!/usr/bin/env bash
# total_count without counting: it is the number of the tenant's active
# batches, whatever was done to them and by how many at once.
. "$(dirname "$0")/lib.sh"
app_up

"$ETL_SOURCE/deploy/demo-batch" 1 >"$TMP/one.json"
total() { # [QUERY]
	request GET "/app/etl/raw-data?tenant_id=1&limit=1${1-}"
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
check_is "neighbours are counted in different rows" \
	"$(sql 'SELECT count(*), sum(batches) FROM raw_extraction_counts')" '200|200'

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
	INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, raw_data, raw_data_items, raw_data_bytes, raw_data_sha256)
	SELECT 77, 7777, 'x', '{}', 1, 2, sha256('') FROM generate_series(1, 5)" 2>"$TMP/other.err"
check_is "another tenant has five" "$(sql 'SELECT sum(batches) FROM raw_extraction_counts WHERE tenant_id = 77')" 5
agrees "which this one does not see"
check_is "nor can the service as this tenant" \
	"$(psql -qAtX "$(sed -n 's/^database_url = //p' "$ETL_APP/etl.conf")" -c "SET app.every_tenant = off" -c "SET app.tenant_id = 1" \
		-c 'SELECT count(*) FROM raw_extraction_counts WHERE tenant_id = 77')" 0

sql 'TRUNCATE raw_extraction_data CASCADE' 2>"$TMP/truncate.err"
check_is "none after all were removed" "$(total)" 0
done_testing
