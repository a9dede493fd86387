# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# For the tests of docs/operations.md: its blocks of commands, run as they stand
# there. What stands for other things than there:
#
#	/etc/pulse-etl, /var/lib/pulse-etl, /var/backups/pulse-etl
#			folders of the test
#	systemctl	deploy/stack, and for a reload what ExecReload does
#	rabbitmqctl	the broker's management interface
#
# Sourced after lib.sh.

OPERATIONS=$ETL_SOURCE/docs/operations.md
ETC=$TMP/etc
mkdir -p "$ETC" "$TMP/lib/logos" "$TMP/backups"

# The blocks of commands of the document: HEADING, a tab, their number within it,
# a tab, a line of it.
operations_blocks() {
	awk '
	/^## Runbooks/ { exit }
	/^#/ { heading = $0; sub(/^#+ /, "", heading); number = 0; on = 0; next }
	/^    / {
		if (!on) { number++; on = 1; match($0, /^ */); strip = RLENGTH == 4 ? 5 : RLENGTH + 1 }
		print heading "\t" number "\t" substr($0, strip)
		next
	}
	/./ { on = 0 }' "$OPERATIONS"
}

block() { # HEADING NUMBER
	operations_blocks | awk -F '\t' -v heading="$1" -v number="$2" \
		'$1 == heading && $2 == number { print substr($0, length($1) + length($2) + 3) }'
}

# The settings of the instance move to the folder that stands for /etc/pulse-etl;
# deploy/stack makes its copy of them whenever it starts something.
operations_begin() {
	sed "s|^metrics_file|# Settings of a test\n&|" "$ETL_APP/etl.conf" >"$ETC/etl.conf"
	chmod 640 "$ETC/etl.conf"
	rm -f "$ETL_APP/extra.conf"
	ln -s "$ETC/etl.conf" "$ETL_APP/extra.conf"
}

# Run a block; a case. NAME=VALUE replaces what the block gives NAME first. Its
# output is in $TMP/step.
step() { # HEADING NUMBER [NAME=VALUE…]
	local heading=$1 number=$2 word edits=() script
	shift 2
	for word in "$@"; do
		edits+=(-e "0,/\\b${word%%=*}=[^ ]*/s||$word|")
	done
	script=$TMP/step.$number.sh
	{
		printf '%s\n' 'unset PGOPTIONS' "cd '$TMP/backups'"
		block Operations 1 | sed -E 's#(PGHOST|PGPORT|PGDATABASE|PGUSER)=[^ ]*#\1=$\1#g'
		block "$heading" "$number" | sed ${edits[@]+"${edits[@]}"} \
			-e "s|/var/backups/pulse-etl|$TMP/backups|g" -e "s|/var/lib/pulse-etl|$TMP/lib|g" \
			-e "s|/etc/pulse-etl|$ETC|g"
	} >"$script"
	if [ -n "$(block "$heading" "$number")" ] &&
		PATH=$ETL_BUILD:$ETL_BUILD/deploy:$PATH ETL_CONFIG=$ETC/etl.conf \
		ETL_MIGRATIONS_DIR=${ETL_MIGRATIONS_DIR:-$ETL_SOURCE/migrations} ROLL_SECONDS=60 \
		bash -eu -o pipefail "$script" >"$TMP/step" 2>"$TMP/step.err" </dev/null
	then
		passed "$heading, block $number: it works"
	else
		failed "$heading, block $number: it works"
		note_file "$script"
		note_file "$TMP/step.err"
	fi
}

# -- what stands for commands of the document

systemctl() {
	local part
	cp "$ETC/etl.conf" "$ETL_APP/etl.conf.new"
	mv "$ETL_APP/etl.conf.new" "$ETL_APP/etl.conf"
	case "$*" in
	'stop pulse-etl.target')
		for part in worker relay pool; do "$ETL_SOURCE/deploy/stack" stop "$part"; done
		;;
	'start pulse-etl.target')
		for part in pool relay worker; do "$ETL_SOURCE/deploy/stack" start "$part"; done
		;;
	'reload pulse-etl-pool') pulse-etl-roll "$(cut -d ' ' -f 1 "$ETL_APP/run/pool.pid")" ;;
	'reload pulse-etl-relay pulse-etl-worker@*')
		for part in relay worker; do
			[ ! -e "$ETL_APP/run/$part.pid" ] ||
				pkill -USR1 -P "$(cut -d ' ' -f 1 "$ETL_APP/run/$part.pid")"
		done
		;;
	*) echo "no such stand-in: systemctl $*" >&2 && return 1 ;;
	esac
}

rabbitmqctl() { # -q COMMAND…
	local call=(curl -sS -f --noproxy '*' -m 30 --netrc-file "$ETL_MGMT_NETRC" -H 'Content-Type: application/json')
	[ "$1" = -q ] && shift
	case $1 in
	add_vhost)
		"${call[@]}" -X PUT "$ETL_MGMT_URL/api/vhosts/$2"
		# The test looks at what is in it.
		rabbitmqctl -q set_permissions -p "$2" stack '.*' '.*' '.*'
		;;
	add_user)
		sed 's/.*/{"password":"&","tags":""}/' |
			"${call[@]}" -X PUT --data-binary @- "$ETL_MGMT_URL/api/users/$2"
		;;
	set_permissions)
		jq -n --arg c "$5" --arg w "$6" --arg r "$7" '{configure: $c, write: $w, read: $r}' |
			"${call[@]}" -X PUT --data-binary @- "$ETL_MGMT_URL/api/permissions/$3/$4"
		;;
	delete_user) "${call[@]}" -X DELETE "$ETL_MGMT_URL/api/users/$2" ;;
	list_connections) "${call[@]}" "$ETL_MGMT_URL/api/connections" | jq -r '.[].user' ;;
	*) echo "no such stand-in: rabbitmqctl $*" >&2 && return 1 ;;
	esac
}
export -f systemctl rabbitmqctl
export ETC ETL_MGMT_URL ETL_MGMT_NETRC

# -- a client that stores one batch after the other, and writes down each answer

writer_start() {
	rm -f "$TMP/writer.stop"
	: >>"$TMP/ledger"
	(
		store="$ETL_URL/app/etl/raw-data/store?integration_id=1&entity_type=jira_projects_batch"
		n=$(wc -l <"$TMP/ledger")
		while [ ! -e "$TMP/writer.stop" ]; do
			n=$((n + 1))
			curl -s -K "${WRITER_CURLRC:-$ETL_CURLRC}" --noproxy '*' -m 90 -o "$TMP/writer.body" \
				-w '%{http_code}' -H 'Content-Type: application/json' --data \
				"[{\"id\":\"$n\",\"key\":\"W$n\",\"name\":\"w\"}]" \
				"$store&external_id=w$n" >"$TMP/writer.code"
			echo "$(cat "$TMP/writer.code") w$n $(jq -r '.raw_data_id // 0' "$TMP/writer.body")" \
				>>"$TMP/ledger"
		done
	) &
	writer=$!
}

writer_stop() {
	: >"$TMP/writer.stop"
	wait "$writer"
}

written() { # COUNT more than $before
	[ "$(wc -l <"$TMP/ledger")" -ge $((before + $1)) ]
}

# So many answers more, so that something has happened meanwhile.
writer_goes_on() { # COUNT
	before=$(wc -l <"$TMP/ledger")
	wait_until 60 written "$1" || note "the client came no further than $(wc -l <"$TMP/ledger") answers"
}

# Acknowledged batches, of the ledger's first LINES, that are not there.
lost() { # [LINES]
	psql -qAtX -v ON_ERROR_STOP=1 <<-SQL
	CREATE TEMP TABLE ledger (status integer, name text, id bigint);
	\\copy ledger FROM PROGRAM 'head -n ${1:-100000} $TMP/ledger' WITH (DELIMITER ' ')
	SELECT count(*) FROM ledger AS l WHERE l.status IN (200, 201, 202) AND NOT EXISTS
		(SELECT FROM raw_extraction_data AS r WHERE r.id = l.id AND r.external_id = l.name);
	SQL
}

answers() { # [LINES] what the client was answered behind so many lines, each once
	tail -n "+$((${1:-0} + 1))" "$TMP/ledger" | cut -d ' ' -f 1 | sort -u | paste -sd ' '
}

everything_is_done() {
	sql_is '0' "SELECT count(*) FROM raw_extraction_data WHERE processing_status <> 'completed'"
}
