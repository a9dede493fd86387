# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# For the tests of extraction: the stand-in, integrations that point at it, runs.
# Sourced after lib.sh.

# shellcheck source=tests/sources/sources.sh
. "$(dirname "${BASH_SOURCE[0]}")/../sources/sources.sh"

# An instance with workers, an extractor and a relay that is quick, and the
# stand-in with this world.
extract_up() { # WORLD [SETTING…]
	local world=$1
	shift
	command -v node >/dev/null || skip_all "node is missing: deploy/install-deps"
	"$ETL_BUILD/pulse-etl-extractor" --version | grep -q curl || skip_all "this build has no libcurl"
	sources_up "$world" || skip_all "the stand-in does not start"
	printf 'k1:%s\n' "$(head -c 32 /dev/zero | base64)" >"$TMP/keys"
	chmod 600 "$TMP/keys"
	ETL_APP_WORKERS=${ETL_APP_WORKERS-1} ETL_APP_EXTRACTORS=1 app_up 'auth = none' "secret_keys_file = $TMP/keys" \
		"extract_ca_file = $SOURCE_CA" 'extract_networks = 127.0.0.0/8 ::1' 'extract_pause = 20' \
		'relay_chores = 1' 'relay_min_age = 1' "$@"
}

# An integration; prints its id.
integration() { # PROVIDER BASE_URL PASSWORD [SETTINGS]
	api POST integrations --data "{\"provider\":\"$1\",\"type\":\"data_source\",\"base_url\":\"$2\",
		\"username\":\"a@example.com\",\"password\":\"$3\",\"settings\":${4:-{\}}}"
	[ "$STATUS" = 201 ] || json .detail >&2
	json .id
}

# Start an extraction; sets run.
extract() { # INTEGRATION TYPE [PARAMS]
	api POST jobs/extract --data "{\"integration_id\":$1,\"job_type\":\"$2\",\"job_params\":${3:-{\}}}"
	# shellcheck disable=SC2034 # of the tests
	run=$(json .run_id)
}

run_state() { # [ID]
	sql "SELECT state FROM extract_runs WHERE id = ${1:-$run}"
}

# Has the run ended?
run_ended() { # [ID]
	[ "$(sql "SELECT active FROM extract_runs WHERE id = ${1:-$run}")" = f ]
}

# Wait for the run's end, and print how it ended.
run_ends() { # [ID]
	wait_until "${RUN_SECONDS:-60}" run_ended "${1:-$run}"
	run_state "${1:-$run}"
}

# What a run says of itself.
run_row() { # COLUMNS
	sql "SELECT $1 FROM extract_runs WHERE id = $run"
}

# Four cases: a run of Jira Cloud has each of so many issues once, and each of
# their histories, which were cut; it counts its pages, and no step was taken twice.
pages_are_whole() { # NAME ISSUES
	check_is "$1: each issue once" "$(sql "SELECT count(*), count(DISTINCT i->>'id')
		FROM raw_extraction_data AS r CROSS JOIN jsonb_array_elements(r.raw_data->'issues') AS i
		WHERE r.extraction_metadata->>'run_id' = '$run'
		AND r.entity_type = 'jira_issues_batch'")" "$2|$2"
	check_is "$1: each history once" "$(sql "SELECT count(DISTINCT i->>'issueId'), count(*) =
		count(DISTINCT h->>'id') FROM raw_extraction_data AS r
		CROSS JOIN jsonb_array_elements(r.raw_data->'issueChangeLogs') AS i
		CROSS JOIN jsonb_array_elements(i->'changeHistories') AS h
		WHERE r.extraction_metadata->>'run_id' = '$run'
		AND r.entity_type = 'jira_changelogs_batch'")" "$2|t"
	check_is "$1: the run counts the pages that are there" "$(run_row pages)" \
		"$(sql "SELECT count(*) FROM raw_extraction_data WHERE extraction_metadata->>'run_id' = '$run'")"
	check_is "$1: no step was taken twice" "$(sql "SELECT count(*) - count(DISTINCT extraction_metadata->>'step')
		FROM raw_extraction_data WHERE extraction_metadata->>'run_id' = '$run'")" 0
}

# A figure for the table of make check-extract.
figure() { # NAME VALUE
	note "$1: $2"
	printf '%s\t%s\n' "$1" "$2" >>"${ETL_FIGURES:-/dev/null}"
}

# The most memory that an extractor of the instance has had so far, kB.
extractor_peak() {
	pgrep -P "$(app_pid extractor)" -x pulse-etl-extra | while read -r pid; do
		sed -n 's/^VmHWM:[ \t]*\([0-9]*\) kB/\1/p' "/proc/$pid/status"
	done | sort -n | tail -n 1
}

# Two cases: each batch is marked as queued, and has a message in transform_queue,
# where no worker has taken any. The queue is empty afterwards.
each_has_its_message() { # NAME
	check "$1: each batch is queued, as its row says" wait_until 60 all_queued
	while MGMT_SECONDS=300 queue_take transform_queue 500 | jq .raw_data_id >"$TMP/taken" && [ -s "$TMP/taken" ]; do
		cat "$TMP/taken"
	done >"$TMP/messages"
	sort -nu "$TMP/messages" >"$TMP/queued"
	sql "SELECT id FROM raw_extraction_data ORDER BY id" >"$TMP/stored"
	check "$1: and each of $(wc -l <"$TMP/stored") has its message" diff -q "$TMP/stored" "$TMP/queued"
}
