# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What has to hold after any fault, at the latest a minute after the servers are
# well again: every batch has come to an end, or has a message, or the relay
# takes it. Sourced after lib.sh.

# Batches that are left behind, one a line: id, status and what is wrong.
# Without workers a batch may be pending as long as it has a message.
left_behind() { # workers|no-workers
	local ids
	# shellcheck disable=SC2154 # messages.sh has it
	ids=$(for name in "${transform_queues[@]}" transform_queue.retry.{1,2,3,4}; do
		queue_peek "$name" 100000 2>/dev/null |
			jq -r '.[]?.payload | fromjson? | .raw_data_id // empty' 2>/dev/null
	done | sort -un | paste -sd ,)
	psql -qAtX -v ON_ERROR_STOP=1 <<-SQL
		SELECT r.id || ' ' || r.processing_status || ': ' || w.what
		FROM raw_extraction_data AS r
		CROSS JOIN LATERAL (SELECT CASE
		WHEN r.processing_status = 'processing' THEN 'no worker has it'
		WHEN r.processing_status = 'pending' AND r.queued_at IS NULL
			THEN 'the relay did not take it'
		WHEN r.processing_status = 'pending' AND NOT r.id = ANY ('{$ids}')
			THEN 'marked as queued, and has no message'
		WHEN r.processing_status = 'pending' AND '$1' = 'workers'
			THEN 'no worker took it'
		WHEN r.processing_status = 'failed' AND COALESCE(
			r.error_details->>'message', '') = ''
			THEN 'failed without a reason'
		WHEN r.processing_status = 'failed' AND (
			r.error_details->>'message' LIKE 'its workers died%'
			OR r.error_details->>'sqlstate' ~ '^(08|25006|53|57P|58|3F|42)'
			OR r.error_details->>'error' IN ('E_DB_CONNECT', 'E_DB_LOST', 'E_DB_UNKNOWN'))
			THEN 'failed, but not for a reason of its own: ' ||
				(r.error_details->>'message')
		END AS what) AS w
		WHERE r.active AND r.queue_transform AND w.what IS NOT NULL
		ORDER BY r.id LIMIT 20;
	SQL
}

nothing_is_left() { # workers|no-workers
	left_behind "$1" >"$TMP/left" 2>&1 && [ ! -s "$TMP/left" ]
}

# The servers are well: within a minute nothing is left.
check_nothing_left() { # NAME [workers|no-workers]
	check "$1: nothing is left behind" wait_until 60 nothing_is_left "${2:-workers}"
	[ ! -s "$TMP/left" ] || note "left: $(cat "$TMP/left")"
}
