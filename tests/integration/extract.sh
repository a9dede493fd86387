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

# Nothing is pending or being processed.
all_processed() {
	sql_is 0 "SELECT count(*) FROM raw_extraction_data WHERE processing_status IN ('pending', 'processing')"
}

# What a run says of itself.
run_row() { # COLUMNS
	sql "SELECT $1 FROM extract_runs WHERE id = $run"
}
