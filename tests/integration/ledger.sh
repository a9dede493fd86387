# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# A load of eight clients that write down every answer, and the check of what
# they were promised: each acknowledged id is a row with exactly its payload,
# and on the queue at least once. Sourced after lib.sh.

LOAD_CLIENTS=8
# Requests a second of each: as many as they can leave nothing of two processors
# to what is tested.
LOAD_RATE=${LOAD_RATE:-5}

# One batch of requests of a client, as curl's settings. Each has a payload of
# its own, which follows from its name.
load_requests() { # NAME FIRST LAST
	local n name payload
	for ((n = $2; n <= $3; n++)); do
		name=$1-$n
		payload='{\"integration_id\":1,\"entity_type\":\"jira_issues_batch\",'
		payload+='\"external_id\":\"'$name'\",\"raw_data\":{\"issues\":[{\"id\":\"'$name'\"}]}}'
		[ "$n" = "$2" ] || echo next
		printf '%s\n' "url = \"$ETL_URL/app/etl/raw-data/store?tenant_id=1\"" \
			"header = \"Authorization: Bearer $ETL_TOKEN\"" \
			'header = "Content-Type: application/json"' \
			"data = \"$payload\"" 'max-time = 90' silent \
			"write-out = \" %{http_code} $name\\n\""
	done
}

# An answer's last line ends with curl's word on it.
load_client() { # NAME
	local first=1
	while [ ! -e "$TMP/load.stop" ]; do
		load_requests "$1" $first $((first + 2 * LOAD_RATE - 1)) | stdbuf -oL curl -g --noproxy '*' \
			--rate "$LOAD_RATE/s" -K - 2>/dev/null |
			perl -MTime::HiRes=time -ne '$| = 1;
				if (!/ \d{3} [\w-]+$/) { chomp; $body .= $_; next }
				printf "%.3f %s%s", time, $body, $_; $body = ""'
		first=$((first + 2 * LOAD_RATE))
		sleep 0.02
	done
}

load_start() { # NAME
	local i
	rm -f "$TMP/load.stop" "$TMP"/ledger.*
	load_pids=()
	for ((i = 1; i <= LOAD_CLIENTS; i++)); do
		load_client "$1-$i" >"$TMP/ledger.$i" &
		load_pids+=($!)
	done
	load_began=$(date +%s.%N)
}

# End the load; the ledger's lines become STATUS, NAME, ID, SECOND, CLIENT.
load_stop() {
	: >"$TMP/load.stop"
	wait "${load_pids[@]}"
	cat "$TMP"/ledger.* | awk 'NF >= 3 {
		id = client = ""
		if (match($0, /"raw_data_id":[0-9]+/))
			id = substr($0, RSTART + 14, RLENGTH - 14)
		client = $NF
		sub(/-[0-9]+$/, "", client)
		print $(NF - 1) "\t" $NF "\t" id "\t" $1 "\t" client }' >"$TMP/ledger"
}

# Has a client been answered 201, id queued, since then?
queued_since() { # SECOND
	cat "$TMP"/ledger.* | awk -v since="$1" '$1 > since && $(NF - 1) == 201 { found = 1 } END { exit !found }'
}

# The longest time any client went without a 2xx, and how long after the
# fault's end the first 201 came, in seconds.
outages() { # SECOND OF THE END
	sort -k 4,4n "$TMP/ledger" | awk -F '\t' -v began="$load_began" -v ended="$1" '
	$1 ~ /^20/ {
		last = $5 in at ? at[$5] : began
		if ($4 - last > longest) longest = $4 - last
		at[$5] = $4
	}
	$1 == 201 && $4 > ended && !recovered { recovered = $4 }
	END {
		printf "%.1f ", longest
		if (recovered) printf "%.1f\n", recovered - ended; else print "never"
	}'
}

# The ids on the queue, one per line and message. On a busy machine the
# management interface may give up, or give some of them only: then look again.
message_ids() {
	local tries name
	for tries in 1 2 3 4; do
		# shellcheck disable=SC2154 # messages.sh has it
		for name in "${transform_queues[@]}"; do MGMT_SECONDS=900 queue_peek "$name" 100000; done |
			jq -r '.[].payload | fromjson.raw_data_id' >"$TMP/looked" 2>"$TMP/look.err"
		[ "$(wc -l <"$TMP/looked")" -lt "$(transform_depth)" ] || break
		note "look $tries: $(wc -l <"$TMP/looked") messages of $(transform_depth);" \
			"$(head -c 200 "$TMP/look.err")" >&2
		sleep "$tries"
	done
	cat "$TMP/looked"
}

ledger_row() {
	printf '%-20s %8s %13s %5s %11s %11s %9s %10s\n' "$@"
}

# What was acknowledged is there; what is there is queued.
ledger_check() { # CASE SECOND OF THE FAULT'S END [messages may be missing]
	local answers counts
	load_stop
	answers=$(cut -f 1 "$TMP/ledger" | sort | uniq -c | awk '{ printf "%s%s: %s", sep, $2, $1; sep = ", " }')
	check "$1: all is queued in the end" wait_until 60 all_queued
	message_ids >"$TMP/messages"
	psql -qAtX -v ON_ERROR_STOP=1 >"$TMP/verdict" 2>"$TMP/psql.err" <<-SQL
	CREATE TEMP TABLE ledger (status integer, name text, id bigint, at float, client text);
	\\copy ledger FROM '$TMP/ledger' WITH (NULL '')
	CREATE TEMP TABLE messages (id bigint);
	\\copy messages FROM '$TMP/messages'
	SELECT count(*), count(*) FILTER (WHERE l.status IN (200, 201, 202)),
		count(*) FILTER (WHERE l.status IN (200, 201, 202) AND (r.id IS NULL
			OR r.external_id IS DISTINCT FROM l.name OR r.raw_data_sha256 IS DISTINCT FROM
			sha256(convert_to('{"issues":[{"id":"' || l.name || '"}]}', 'UTF8'))))
	FROM ledger l LEFT JOIN raw_extraction_data r ON r.id = l.id;
	SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (SELECT FROM ledger l WHERE l.id = r.id)),
		count(*) FILTER (WHERE processing_status = 'pending'
			AND NOT EXISTS (SELECT FROM messages m WHERE m.id = r.id)),
		count(*) - count(DISTINCT external_id)
	FROM raw_extraction_data r;
	SELECT count(*), count(*) - count(DISTINCT id) FROM messages;
	SQL
	read -r tried acknowledged lost rows unacknowledged unqueued twice messages duplicates \
		<<<"$(tr '|\n' '  ' <"$TMP/verdict")"
	counts="$acknowledged acknowledged, $rows rows of which $unacknowledged without an answer"
	counts+=", $messages messages of which $duplicates twice"
	note "$1: answers $answers"
	check "$1: there was a load ($counts)" [ "${acknowledged:-0}" -gt 20 ]
	check_is "$1: every acknowledged id is a row with exactly its payload" "${lost-}" 0
	check_is "$1: no batch is there twice" "${twice-}" 0
	[ "${3-}" = missing ] ||
		check_is "$1: every row has a message" "${unqueued-}" 0
	# shellcheck disable=SC2046 # two words
	ledger_row "$1" "$tried" "$acknowledged" "$lost" "$unacknowledged" "$duplicates" $(outages "$2") >>"$TMP/table"
}

ledger_table() {
	local table
	table=$(ledger_row fault tried acknowledged lost unanswered duplicates 'outage s' 'recovery s' &&
		cat "$TMP/table")
	printf '%s\n' "$table" | sed 's/^/# /'
	[ -z "${FAULT_TABLE-}" ] || printf '%s\n' "$table" >"$FAULT_TABLE"
}
