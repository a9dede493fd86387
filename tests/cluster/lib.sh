# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Faults of hosts and networks under a load of clients (clients.mjs, which also
# read), and what has to hold after each. For tests/cluster/run and 860_cluster.sh, which say
# what a case is (check, check_is, note) and set TMP.
#
# CLUSTER_SECONDS is how long a fault lasts, CLUSTER_CLIENTS how many clients
# there are, CLUSTER_RATE how many batches a second each wants to store.
# shellcheck disable=SC2154 # TMP, ETL_SOURCE: of whoever sources this

seconds=${CLUSTER_SECONDS:-20}
clients=${CLUSTER_CLIENTS:-24}
rate=${CLUSTER_RATE:-1}

cluster() {
	"$ETL_SOURCE/deploy/cluster" "$@"
}

# Why hosts cannot be made here; nothing where they can.
cluster_impossible() {
	cluster possible 2>&1
}

load_start() { # NAME
	rm -f "$TMP/ledger"*
	cluster exec front env ETL_TOKEN="$ETL_TOKEN" node "$ETL_SOURCE/tests/cluster/clients.mjs" \
		"$ETL_URL" "$clients" "$rate" "$1" "$TMP/ledger" >"$TMP/clients.out" 2>&1 &
	load_pid=$!
	wait_until 20 [ -s "$TMP/ledger" ]
}

load_stop() {
	: >"$TMP/ledger.stop"
	wait "$load_pid"
}

# Have all clients been acknowledged something since then?
all_served_since() { # SECOND
	[ "$(awk -F '\t' -v since="$1" '$2 > since { count = split($4, part, "-"); seen[part[count - 1]] = 1 }
		END { n = 0; for (c in seen) n++; print n }' "$TMP/ledger")" = "$clients" ]
}

rows() { # STATEMENT
	cluster sql "$1"
}

nothing_is_pending() {
	[ "$(rows "SELECT count(*) FROM raw_extraction_data WHERE processing_status NOT IN ('completed')")" = 0 ]
}

# The longest time in which no client was acknowledged anything.
longest_gap() {
	sort -k 2,2n "$TMP/ledger" | awk -F '\t' 'last && $2 - last > gap { gap = $2 - last }
		{ last = $2 } END { printf "%.1f\n", gap }'
}

# The longest time from the first try of a batch until it was acknowledged.
longest_wait() {
	awk -F '\t' '$2 - $1 > wait { wait = $2 - $1 } END { printf "%.1f\n", wait }' "$TMP/ledger"
}

table_row() {
	printf '%-24s %12s %5s %10s %11s %7s %9s %9s\n' "$@"
}

# -- lists and reports

# Who has answered them so far, on each host that is up: HOST FROM REASON COUNT.
reads_from() {
	local host
	for host in host1 host2 host3; do
		cluster exec "$host" curl -s --noproxy '*' -m 10 "http://$host/app/etl/metrics" 2>"$TMP/reads.err" |
			sed -n "s/^etl_reads_total{from=\"\(.*\)\",reason=\"\(.*\)\"} /$host \1 \2 /p"
	done
}

# The same since BEFORE: how many a standby has answered, or why it was the primary.
reads_since() { # BEFORE standby|primary
	reads_from | awk -v from="$2" -v OFS=' ' 'FNR == NR { was[$1, $2, $3] = $4; next }
		$2 == from { sum[$3] += $4 - was[$1, $2, $3] }
		END { for (r in sum) if (sum[r]) print from == "standby" ? sum[r] : r ":" sum[r] }' "$1" - |
		sort | paste -sd ' '
}

# Of those that clients have asked for: of a status, or all.
reads_count() { # REGEX
	awk -F '\t' -v status="$1" '$4 ~ status { n++ } END { print n + 0 }' "$TMP/ledger.reads"
}

reads_row() {
	printf '%-24s %6s %6s %8s %9s %6s %8s  %s\n' "$@" | sed 's/ *$//'
}

reads_checked() { # NAME BEFORE
	local name=$1 asked stale standby
	asked=$(reads_count .)
	stale=$(awk -F '\t' '$5 > 0 { n++ } END { print n + 0 }' "$TMP/ledger.reads")
	standby=$(reads_since "$2" standby)
	check_is "$name: no list or report of $asked lacks what was acknowledged before it" "$stale" 0
	[ "$stale" = 0 ] || note "asked, answered, what, status, lacks, first: $(
		awk -F '\t' '$5 > 0' "$TMP/ledger.reads" | head -n 5 | tr '\n' ';')"
	note "$name: statuses of lists and reports: $(cut -f 3,4 "$TMP/ledger.reads" | sort | uniq -c |
		awk '{ print $2, $3 ": " $1 }' | paste -sd , | sed 's/,/, /g')"
	check "$name: lists and reports are answered" [ "$(reads_count '^200$')" -gt 0 ]
	reads_row "$name" "$asked" "$(reads_count '^200$')" "$(reads_count '^([1345]|2[^0])')" "$(reads_count '^0$')" \
		"$stale" "${standby:-0}" "$(reads_since "$2" primary)" >>"$TMP/reads.table"
}

# Commands under load; what was acknowledged is there once, and completed.
fault() { # NAME COMMAND…
	local name=$1 ended recovered lost twice count
	shift
	[[ $name =~ ${CLUSTER_ONLY-} ]] || return 0
	reads_from >"$TMP/reads.before"
	load_start "$name"
	sleep 2
	check "$name: the fault" "$@"
	ended=$(date +%s.%N)
	check "$name: every client is served again" wait_until 60 all_served_since "$ended"
	recovered=$(awk -v now="$(date +%s.%N)" -v then="$ended" 'BEGIN { printf "%.1f", now - then }')
	sleep 1
	load_stop
	if wait_until "${CLUSTER_DRAIN:-120}" nothing_is_pending; then
		passed "$name: all that is stored is completed"
	else
		failed "$name: all that is stored is completed"
		note "left: $(rows "SELECT processing_status, queued_at IS NOT NULL, count(*) FROM raw_extraction_data
			GROUP BY 1, 2" | tr '\n' ' ')"
	fi
	rows "COPY (SELECT id, external_id, processing_status FROM raw_extraction_data
		WHERE external_id LIKE '$name-%') TO STDOUT" >"$TMP/rows"
	rows "COPY (SELECT external_id, count(*) FROM projects WHERE external_id LIKE '$name-%'
		GROUP BY 1) TO STDOUT" >"$TMP/loaded"
	# A row and a project for each acknowledged key, the row by its id.
	lost=$(awk -F '\t' 'FILENAME ~ /rows$/ { key[$1] = $2; state[$1] = $3; next }
		FILENAME ~ /loaded$/ { loaded[$1] = 1; next }
		key[$5] != $4 || state[$5] != "completed" || !loaded[$4] { lost++ }
		END { print lost + 0 }' "$TMP/rows" "$TMP/loaded" "$TMP/ledger")
	twice=$(awk -F '\t' 'FILENAME ~ /rows$/ { if (seen[$2]++) twice++; next } $2 > 1 { twice++ }
		END { print twice + 0 }' "$TMP/rows" "$TMP/loaded")
	count=$(wc -l <"$TMP/ledger")
	note "$name: answers $(cat "$TMP/ledger.statuses")"
	check "$name: there was a load ($count acknowledged)" [ "$count" -gt "$clients" ]
	check_is "$name: every acknowledged batch is there, and completed" "$lost" 0
	check_is "$name: none is there twice" "$twice" 0
	table_row "$name" "$count" "$lost" "$twice" \
		"$(awk -F '\t' '$6 > 1 { n++ } END { print n + 0 }' "$TMP/ledger")" \
		"$(longest_gap)" "$(longest_wait)" "$recovered" >>"$TMP/table"
	reads_checked "$name" "$TMP/reads.before"
}

fault_table() {
	local table
	table=$(table_row fault acknowledged lost duplicates 'sent again' 'gap s' 'longest s' 'again s' &&
		cat "$TMP/table" && echo &&
		reads_row fault asked 200 refused 'no answer' stale standby primary && cat "$TMP/reads.table")
	printf '%s\n' "$table" | sed 's/^/# /'
	[ -z "${CLUSTER_TABLE-}" ] || printf '%s\n' "$table" >"$CLUSTER_TABLE"
}

# -- the faults

# Its power fails, and comes back.
power() { # HOST
	cluster kill "$1" && sleep "$seconds" && cluster start "$1"
}

# The primary's power fails; a standby is promoted as soon as somebody sees it.
primary_lost() {
	local old
	eval "$(cluster env)"
	old=$ETL_PRIMARY
	cluster kill "$old" && sleep 3 && promote_best && sleep "$seconds" && cluster start "$old"
}

# Whichever standby lacks nothing.
promote_best() {
	local host
	eval "$(cluster env)"
	for host in host1 host2 host3; do
		[ "$host" = "$ETL_PRIMARY" ] || ! cluster promote "$host" || return 0
	done
	return 1
}

cut_off() { # primary|standby in|out|both
	local host=host3
	eval "$(cluster env)"
	[ "$ETL_PRIMARY" != host3 ] || host=host2
	[ "$1" = standby ] || host=$ETL_PRIMARY
	[ "$2" = in ] || cluster net "$host" all drop
	[ "$2" = out ] || cluster net all "$host" drop
	sleep "$seconds"
	cluster net "$host" all pass
	cluster net all "$host" pass
}

# The primary is cut off and somebody promotes; it comes back as a standby.
primary_cut_off() {
	local old
	eval "$(cluster env)"
	old=$ETL_PRIMARY
	cluster net "$old" all drop
	cluster net all "$old" drop
	sleep 3
	promote_best || return
	sleep "$seconds"
	cluster net "$old" all pass
	cluster net all "$old" pass
	# It still takes itself for the primary, can commit nothing, and lacks what
	# was acknowledged since; the front asks it again after five seconds.
	sleep 10
	cluster kill "$old" && cluster start "$old"
}

network() { # lose|delay AMOUNT
	cluster net all all "$@"
	sleep "$seconds"
	cluster net all all pass
}

promoted() {
	local old
	eval "$(cluster env)"
	old=$ETL_PRIMARY
	cluster stack "$old" kill postgres && promote_best && sleep "$seconds" &&
		cluster kill "$old" && cluster start "$old"
}

broker_down() { # HOST
	cluster stack "$1" kill rabbitmq && sleep "$seconds" && cluster stack "$1" start rabbitmq
}

# Both other standbys follow, and the three brokers are one cluster.
whole() {
	[ "$(rows "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")" = 2 ] &&
		[ "$(cluster brokers)" = 3 ]
}
