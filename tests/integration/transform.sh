# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# For the tests of transformers and loaders: store a batch, process it, look
# at the tables. A test sources this behind lib.sh.

# BATCH is to be known after `… | feed`, too.
shopt -s lastpipe

# Store a JSON file as a batch; BATCH is its id.
store_batch() { # TYPE FILE [INTEGRATION]
	jq -c --arg type "$1" --argjson integration "${3:-1}" \
		'{integration_id: $integration, entity_type: $type, raw_data: .}' \
		"$2" >"$TMP/store.json"
	api POST "raw-data/store?queue_transform=false" \
		--data-binary "@$TMP/store.json"
	[ "$STATUS" = 201 ] || note "store: $STATUS $(head -c 300 "$BODY")"
	BATCH=$(json .raw_data_id)
}

# Transform and load a batch; what was read and skipped is in $TMP/outcome,
# what went wrong in $TMP/outcome.err.
process() { # ID
	DATABASE_URL=$(sed -n 's/^database_url = //p' "$ETL_APP/etl.conf") \
		"$ETL_BUILD/tests/models/run_transform" 1 "$1" \
		>"$TMP/outcome" 2>"$TMP/outcome.err"
}

# Store what stands on stdin and process it.
feed() { # TYPE [INTEGRATION]
	cat >"$TMP/feed.json"
	store_batch "$1" "$TMP/feed.json" "${2:-1}"
	process "$BATCH"
}

# A word of the outcome: items, skipped, list, waiting.
outcome() { # NAME
	sed -n "s/^.*$1=\(.*\)\$/\1/p" "$TMP/outcome" |
		sed 's/ [a-z_]*=.*//'
}

# The rows are these: on stdin.
rows_are() { # NAME STATEMENT
	sql "$2" >"$TMP/rows.got" 2>&1
	cat >"$TMP/rows.want"
	if cmp -s "$TMP/rows.got" "$TMP/rows.want"; then
		passed "$1"
	else
		failed "$1"
		diff -U 0 "$TMP/rows.want" "$TMP/rows.got" | tail -n +3 |
			cut -c 1-400 | sed 's/^/#   /'
	fi
}

# Every value of every table that transforming and loading write.
unified_tables="projects wits statuses projects_wits projects_statuses work_items
	changelogs repositories prs prs_commits prs_reviews prs_comments
	wits_prs_links"
everything() { # FILE
	local name
	for name in $unified_tables; do
		echo "-- $name"
		sql "SELECT t::text FROM $name AS t ORDER BY 1"
	done >"$1"
}

# Running a batch again changes no value in any table.
changes_nothing() { # NAME ID
	everything "$TMP/before"
	if ! process "$2"; then
		failed "$1"
		note_file "$TMP/outcome.err"
		return
	fi
	everything "$TMP/after"
	if cmp -s "$TMP/before" "$TMP/after"; then
		passed "$1"
	else
		failed "$1"
		diff -U 0 "$TMP/before" "$TMP/after" | cut -c 1-300 |
			head -n 20 | sed 's/^/#   /'
	fi
}
