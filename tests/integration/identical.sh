# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# For the tests of identical payloads: batches that are stored by HTTP and taken to
# their end by a worker, and what became of them. Sourced after worker.sh.

# id is to be known after `… | send`, too.
shopt -s lastpipe

# Store what stands on stdin, and wait until nothing is left to do for it; sets id.
# QUERY: more of the store's query.
send() { # TYPE [INTEGRATION]
	api POST "raw-data/store?integration_id=${2:-1}&entity_type=$1${QUERY:+&$QUERY}" --data-binary @-
	id=$(json .raw_data_id)
	[ "$STATUS" = 201 ] || note "store: $STATUS $(head -c 300 "$BODY")"
	wait_until 60 logged "fate=(done|dead) raw_data_id=$id( |\$)" ||
		note "batch $id has no end: $(row processing_status)"
}

# Whether the last batch was processed itself.
worked() {
	[ "$(row "processing_status || ' ' || COALESCE(identical_to::text, 'worked')")" = 'completed worked' ]
}

# Whether one with its payload would be completed without work, now.
is_settled() {
	sql_is t "SELECT s.is_settled FROM raw_extraction_data AS r JOIN settled_payloads AS s
		ON s.raw_data_id = COALESCE(r.identical_to, r.id) WHERE r.id = $id"
}

# Ten issues; the first says SUMMARY, all were updated at TIME.
issues() { # [SUMMARY] [TIME]
	jq -cn --arg said "${1:-a}" --arg at "${2:-2026-01-05T00:00:00Z}" '{issues: [range(10) | {
		id: "\(. + 1)", key: "A-\(. + 1)", fields: {project: {id: "7", key: "A", name: "Alpha"},
			issuetype: {id: "30", name: "Task"}, status: {id: "41", name: "Doing",
			statusCategory: {key: "indeterminate"}}, summary: (if . == 0 then $said else "s\(.)" end),
			created: "2026-01-01T00:00:00Z", updated: $at},
		changelog: {total: 1, histories: [{id: "h\(.)", created: "2026-01-02T00:00:00Z",
			items: [{field: "status", from: "40", fromString: "Open", to: "41", toString: "Doing"}]}]}}]}'
}

# The worker rereads this line of its settings.
worker_set() { # LINE
	sed -i "/^${1%% *} *=/d" "$ETL_APP/etl.conf"
	echo "$1" >>"$ETL_APP/etl.conf"
	workers | xargs kill -s HUP
	wait_until 10 logged "event=reread.*${1%% *}"
}
