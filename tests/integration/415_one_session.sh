#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# One responder, one session of the database: it is told whose rows it may see
# when that changes, and after all that makes it forget.
. "$(dirname "$0")/lib.sh"

# How many batches each tenant sees, by turns.
by_turns() { # WHEN
	local round
	for round in 1 2; do
		TOKEN_FILE=$one request GET /app/etl/raw-data
		check_is "$1, tenant 1 sees its own ($round)" \
			"$STATUS $(json .total_count) $(json '[.raw_data_records[].tenant_id | tostring] | unique |
				join(",")')" "200 $ones 1"
		TOKEN_FILE=$two request GET /app/etl/raw-data
		check_is "$1, tenant 2 sees its own ($round)" \
			"$STATUS $(json .total_count) $(json '[.raw_data_records[].tenant_id | tostring] | unique |
				join(",")')" "200 $twos 2"
	done
}
sees_two() { # WHEN
	TOKEN_FILE=$two request GET /app/etl/raw-data
	check_is "$1, tenant 2 sees its own" "$STATUS $(json .total_count)" "200 $twos"
}
store() { # TOKEN INTEGRATION RAW_DATA
	TOKEN_FILE=$1 request POST /app/etl/raw-data/store -d \
		"{\"integration_id\": $2, \"entity_type\": \"jira_issues_batch\", \"raw_data\": $3}"
}
sessions() {
	sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
		AND application_name = 'pulse-etl-fcgi' $1"
}

for prepared in on off; do
	ETL_APP_POOL=1 app_up "database_prepared = $prepared"
	sql "INSERT INTO tenants (id, name) VALUES (2, 'Other');
	     INSERT INTO integrations (id, tenant_id, provider, type) VALUES (20, 2, 'Jira', 'data_source')" >"$TMP/out"
	one=$(token_file 1 writer) two=$(token_file 2 writer)
	ones=1 twos=2
	store "$one" 1 '{"issues": []}'
	store "$two" 20 '{"issues": []}'
	store "$two" 20 '{"issues": []}'
	check_is "prepared $prepared: tenant 2's batch is stored" "$STATUS" 201
	by_turns "prepared $prepared"

	# The refusal takes back what its transaction said.
	store "$two" 20 '{"issues": ["\u0000"]}'
	check_is "what PostgreSQL refuses is refused" "$STATUS" 422
	by_turns "after a refusal"
	store "$one" 1 '{"issues": ["\u0000"]}'
	store "$two" 20 '{"issues": []}'
	twos=3
	check_is "after one tenant's refusal the other stores" "$STATUS" 201
	by_turns "after that"
	# It is told whose rows in the transaction that is refused.
	TOKEN_FILE=$one request GET /app/etl/raw-data
	store "$two" 1 '{"issues": []}'
	check_is "another tenant's integration is none" "$STATUS" 404
	sees_two "after the refusal of what was told"

	# The mark in queued_at is a chore over all tenants.
	check "the batches are marked" \
		wait_until 10 sql_is 0 'SELECT count(*) FROM raw_extraction_data WHERE queued_at IS NULL'
	by_turns "after the marks"

	check_is "there is one session" "$(sessions '')" 1
	sees_two "before its session ends"
	end_sessions pulse-etl-fcgi
	sees_two "with a new session"
	by_turns "with a new session"
	check_is "and that is one" "$(sessions '')" 1
	app_down
done
done_testing
