#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Metrics of work items against an independent recomputation
# (tests/metrics/recompute) by docs/metrics.md: random histories, whole and in
# pieces, mappings and workflow steps changed half-way, and real answers with
# their resolution dates as the oracle. METRICS_SEED repeats a run,
# METRICS_REPORT is a file for all that differs.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/transform.sh"
. "$(dirname "$0")/catalogue.sh"
seed=${METRICS_SEED:-$((RANDOM * 32768 + RANDOM))}
issues=${METRICS_ISSUES:-300}
note "METRICS_SEED=$seed METRICS_ISSUES=$issues"
check "the definitions are what one works out by hand" \
	"$ETL_SOURCE/tests/metrics/check_definitions"
app_up

recomputed() { # NAME INTEGRATION [OPTION]
	check "$1" "$ETL_SOURCE/tests/metrics/recompute" 1 "${@:2}"
	note "$(tail -n 1 "$TMP/check.out")"
	[ -z "${METRICS_REPORT-}" ] || { echo "== $1"; cat "$TMP/check.out"; } >>"$METRICS_REPORT"
}

# -- real answers
store_batch jira_statuses_batch "$ETL_SOURCE/tests/data/jira/statuses.json"
process "$BATCH"
for file in "$ETL_SOURCE"/tests/data/jira/search*.json; do
	store_batch jira_issues_batch "$file"
	process "$BATCH"
	resolved=$(jq '[.issues[] | select(.fields.resolutiondate != null)] | length' "$file")
	check_is "each resolved issue of $(basename "$file") was completed within 5 s of its resolution date" \
		"$(sql "SELECT count(*) FROM work_items AS w
			JOIN raw_extraction_data AS r ON r.id = $BATCH
			CROSS JOIN jsonb_array_elements(r.raw_data->'issues') AS i
			WHERE w.external_id = i->>'id' AND abs(extract(epoch FROM
			w.work_last_completed_at - (i#>>'{fields,resolutiondate}')::timestamptz
			AT TIME ZONE 'UTC')) <= 5")" "$resolved"
done
recomputed "every metric of the real answers" 1 --oracle

# -- random histories
made() { # PATH JSON: a row of the catalogue; sets id
	api POST "$1" --data "$2"
	[ "$STATUS" = 201 ] || failed "POST $1 $2: $STATUS $(head -c 300 "$BODY")"
	id=$(json .id)
}

changed() { # PATH JSON
	api PUT "$1" --data "$2"
	[ "$STATUS" = 200 ] || failed "PUT $1 $2: $STATUS $(head -c 300 "$BODY")"
}

mapped() { # NAME CATEGORY [STEP]
	made status-mappings "$(jq -cn --arg name "$1" --arg category "$2" \
		--argjson step "${3:-null}" --argjson integration "$integration" \
		'{status_from: $name, status_to: $name, status_category: $category,
		workflow_id: $step, integration_id: $integration}')"
}

step() { # NAME CATEGORY COMMITMENT
	made workflows "$(jq -cn --arg name "$1" --arg category "$2" \
		--argjson point "$3" --argjson integration "$integration" \
		'{step_name: $name, step_category: $category,
		is_commitment_point: $point, integration_id: $integration}')"
}

invariants="SELECT count(*) FROM work_items WHERE integration_id = :i AND NOT (
	COALESCE(total_lead_time_seconds >= total_cycle_time_seconds, true)
	AND COALESCE(total_cycle_time_seconds >= 0, true)
	AND COALESCE(total_review_time_seconds <= total_work_time_seconds, true)
	AND (total_work_starts > 0) IS NOT DISTINCT FROM
		CASE WHEN total_work_starts IS NOT NULL THEN work_first_started_at IS NOT NULL END
	AND (total_completions > 0) IS NOT DISTINCT FROM
		CASE WHEN total_completions IS NOT NULL THEN work_first_completed_at IS NOT NULL END
	AND COALESCE(work_first_committed_at <= work_first_completed_at, true)
	AND COALESCE(work_first_started_at <= work_last_started_at, true)
	AND COALESCE(work_first_completed_at <= work_last_completed_at, true))"

for split in 1 2; do
	mkdir "$TMP/split$split"
	"$ETL_SOURCE/tests/metrics/make_histories" "$seed" "$issues" "$TMP/split$split" "$split"
	integration=$(sql "INSERT INTO integrations (tenant_id, provider, type)
		VALUES (1, 'Jira', 'data_source') RETURNING id")
	step Backlog 'To Do' false
	backlog=$id
	step Ready 'To Do' true
	ready=$id
	step 'Second look' 'In Progress' false
	look=$id
	mapped Queue 'To Do' "$backlog"
	mapped Chosen 'To Do' "$ready"
	mapped 'Peer Check' 'In Progress' "$look"
	mapped Finished 'in progress'
	finished=$id
	mapped 'OLD CLOSED' 'done'

	files=("$TMP/split$split"/batch-*.json)
	half=$((${#files[@]} / 2))
	fed() { # FILE…
		local file
		for file in "$@"; do
			store_batch jira_issues_batch "$file" "$integration"
			process "$BATCH" || failed "$(basename "$file") is processed: $(cat "$TMP/outcome.err")"
		done
	}
	store_batch jira_statuses_batch "$TMP/split$split/statuses.json" "$integration"
	process "$BATCH"
	fed "${files[@]:0:half}"
	recomputed "random histories, split $split, half of them" "$integration"
	mapped Parked indeterminate
	step 'code REVIEW' 'In Progress' false
	mapped 'old coding' 'In Progress' "$id"
	changed "status-mappings/$finished" '{"active": false}'
	changed "workflows/$look" '{"step_name": "Peer Review of code"}'
	changed "workflows/$ready" '{"is_commitment_point": false}'
	changed "workflows/$backlog" '{"is_commitment_point": true}'
	fed "${files[@]:half:1}"
	recomputed "mappings, steps and the commitment point changed, split $split: all follow the next load" \
		"$integration"
	fed "${files[@]:half + 1}"
	recomputed "random histories, split $split, all of them" "$integration"
	check_is "what always holds does" "$(sql "${invariants//:i/$integration}")" 0
	for file in "${files[0]}" "${files[half]}"; do
		fed "$file"
	done
	recomputed "and some of them once more" "$integration"
done

# One order or another, it is the same issues.
everything_of() { # INTEGRATION
	sql "SELECT w.external_id, total_work_starts, total_completions, total_backlog_returns,
		total_work_time_seconds, total_review_time_seconds, total_cycle_time_seconds,
		total_lead_time_seconds, work_first_committed_at, work_first_started_at,
		work_last_started_at, work_first_completed_at, work_last_completed_at, summary,
		(SELECT string_agg(concat_ws(' ', c.external_id, f.external_id, t.external_id,
		c.transition_start_date, c.transition_change_date, c.time_in_status_seconds, changed_by), ','
		ORDER BY c.external_id) FROM changelogs c LEFT JOIN statuses f ON f.id = from_status_id
		LEFT JOIN statuses t ON t.id = to_status_id WHERE c.work_item_id = w.id)
		FROM work_items w WHERE w.integration_id = $1 ORDER BY 1"
}
everything_of $((integration - 1)) >"$TMP/split.1"
everything_of "$integration" >"$TMP/split.2"
check "both orders and splits give the same" cmp "$TMP/split.1" "$TMP/split.2"
done_testing
