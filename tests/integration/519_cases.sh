#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Answers that came out wrong once, each with the right value (tests/data/cases):
# their batches are stored for an integration of their own, one after the other.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
ETL_APP_WORKERS=1 app_up 'relay_min_age = 0' 'relay_interval = 200'
id=

loaded() { # COUNT: this batch was loaded so often
	logged "queue=load fate=done raw_data_id=$id " "$1"
}

for file in "$ETL_SOURCE"/tests/data/cases/*.json; do
	integration=$(sql "INSERT INTO integrations (tenant_id, provider, type, settings)
		VALUES (1, 'case', 'data_source', '$(jq -c '.settings // {}' "$file")') RETURNING id")
	count=$(jq '.batches | length' "$file")
	for ((n = 0; n < count; n++)); do
		jq -c --argjson n $n --argjson i "$integration" \
			'.batches[$n] + {integration_id: $i}' "$file" >"$TMP/batch"
		api POST raw-data/store --data-binary "@$TMP/batch"
		id=$(json .raw_data_id)
		wait_until 30 loaded 1 || note "batch $n: $(row "processing_status || ' '
			|| COALESCE(error_details::text, '')")"
	done
	if jq -e 'has("after")' "$file" >/dev/null; then
		api POST status-mappings \
			--data "$(jq -c --argjson i "$integration" '.after.map_status + {integration_id: $i}' "$file")"
		api POST "raw-data/$id/requeue"
		wait_until 30 loaded 2 || note "it is not loaded again"
	fi
	got=
	while IFS= read -r statement; do
		got+=$(sql "${statement//:i/$integration}")$'\n'
	done < <(jq -r '.check | split("; ")[] | gsub("\n"; " ")' "$file")
	check_is "$(jq -r .case "$file")" "${got%$'\n'}" "$(jq -r .want "$file")"
done
done_testing
