# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# A cell: one case measured once, the floor or the service. Its line goes to
# $work/lines, for report.sh.
# shellcheck disable=SC2154 # of run: source_dir, bench_dir, work, programs

say() {
	printf 'bench: %s\n' "$*" >&2
}

fault() {
	printf 'bench: %s\n' "$*" | tee -a "$work/faults" >&2
}

stack() {
	"$source_dir/deploy/stack" "$@" >>"$work/stack.log" 2>&1 || {
		tail -n 40 "$work/stack.log" >&2
		exit 1
	}
}

servers_up() {
	say "starting PostgreSQL, RabbitMQ and the service"
	# The floor's rows have no mark: the relay is not to queue them again.
	export ETL_APP_CONF="relay_min_age = 3600
${ETL_APP_CONF-}"
	pool 4
	eval "$("$source_dir/deploy/stack" env --all)"
	eval "$("$source_dir/deploy/stack" server-env | sed 's/^/export /')"
	export ETL_TOKEN PGDATABASE=$ETL_DATABASE
	http_port=${ETL_URL##*:}
	mkdir -p "$work/bodies"
}

setting() { # NAME
	sed -n "s/^$1 = //p" "$ETL_STACK/app/etl.conf" | tail -n 1
}

sql() { # STATEMENTS
	psql -qAtX -v ON_ERROR_STOP=1 -c "$1"
}

# So many responders.
pool() { # SIZE
	[ "${pool_now-}" != "$1" ] || return 0
	pool_now=$1
	[ ! -d "$ETL_STACK/app" ] || stack stop pool
	ETL_APP_POOL=$1 stack up
}

# A body of so many issues.
body() { # ISSUES
	local file=$work/bodies/$1.json
	[ -e "$file" ] || "$source_dir/deploy/demo-batch" "$1" |
		"$bench_dir/vary" >"$file"
	echo "$file"
}

# No rows, no messages: all cells begin alike, and the disk stays small.
empty() {
	sql 'TRUNCATE raw_extraction_data RESTART IDENTITY CASCADE' 2>"$work/psql.log" ||
		cat "$work/psql.log" >&2
	purge
}

purge() {
	local name
	for name in transform_queue{,.bulk.{1..5}}; do
		curl -sS --noproxy '*' --netrc-file "$ETL_MGMT_NETRC" -X DELETE \
			"$ETL_MGMT_URL/api/queues/$ETL_VHOST/$name/contents"
	done >"$work/purge.log"
}

watched() {
	local name
	printf -- '--watch client=self'
	for name in nginx pool postgres rabbitmq; do
		printf -- ' --watch %s=%s' "${name/pool/responder}" \
			"$("$source_dir/deploy/stack" pid $name)"
	done
}

# Run a program of ours; keep its line.
cell() { # CASE N KIND COMMAND…
	local line
	line=$("${@:4}" 2>"$work/cell.log") || {
		fault "$1, $2: the $3 failed: $(tail -n 3 "$work/cell.log")"
		return 0
	}
	jq -c --arg case "$1" --argjson n "$2" --arg kind "$3" \
		'{case: $case, n: $n, kind: $kind} + .' <<<"$line" >>"$work/lines"
	jq -r --arg case "$1" --arg n "$2" --arg kind "$3" \
		'"bench: \($case) at \($n): \($kind) \(.per_second)/s, p50 \(.p50_ms) ms, p99 \(.p99_ms) ms"' \
		<<<"$line" >&2
	[ "$(jq .failed <<<"$line")" = 0 ] ||
		fault "$1, $2: $(jq .failed <<<"$line") requests of the $3 failed: $(tail -n 1 "$work/cell.log")"
}

# A batch of 42 MB takes seconds by itself.
seconds_of() { # CASE
	case $1 in
	store-10000) awk "BEGIN { print 3 * $BENCH_SECONDS }" ;;
	*) echo "$BENCH_SECONDS" ;;
	esac
}

floor() { # CASE N ARGUMENT…
	# shellcheck disable=SC2046 # words
	DATABASE_URL=$(setting database_url) RABBITMQ_URL=$(setting rabbitmq_url) \
		cell "$1" "$2" floor "$programs/floor" \
		--seconds "$(seconds_of "$1")" $(watched) "$2" "${@:3}"
}

service() { # CASE N ARGUMENT…
	# shellcheck disable=SC2046 # words
	cell "$1" "$2" service "$programs/load" \
		--seconds "$(seconds_of "$1")" $(watched) "$http_port" "$2" "${@:3}"
}

wanted() { # CASE
	[[ $1 =~ $BENCH_ONLY ]]
}

# What was answered is there: at least as many rows as answers counted.
stored_all() { # CASE N [DATABASE]
	local rows answers
	rows=$(PGDATABASE=${3:-$PGDATABASE} sql 'SELECT count(*) FROM raw_extraction_data')
	answers=$(tail -n 1 "$work/lines" | jq .requests)
	[ "$rows" -ge "$answers" ] ||
		fault "$1, $2: $answers answers, but $rows rows"
}
