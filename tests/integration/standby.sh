# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# For the tests of standbys: asynchronous ones of the stack's PostgreSQL, each with
# a name. A test calls standby_end when it ends. Sourced after lib.sh.

standby_bin=$(pg_config --bindir)
standby_names=

standby_port() { # NAME
	cat "$TMP/standby.$1.port"
}

standby_ctl() { # NAME ARGUMENT…
	local folder=$TMP/standby.$1
	shift
	(cd / && as_server "$standby_bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w "$@") >"$TMP/pg_ctl.out" 2>&1
}

# psql there, as the superuser.
standby_super() { # NAME PSQL ARGUMENT…
	PGPORT=$(standby_port "$1") PGPASSFILE=$TMP/standby.pgpass super "${@:2}"
}

# All of its processes.
standby_signal() { # NAME SIGNAL
	local first
	first=$(head -n 1 "$TMP/standby.$1/data/postmaster.pid")
	kill -s "$2" "$first" $(pgrep -P "$first")
}

standby_start() { # NAME: at a port of its own
	local folder=$TMP/standby.$1
	STANDBY_PORT=$(free_port)
	echo "$STANDBY_PORT" >"$folder.port"
	standby_names+=" $1"
	as_server tee -a "$folder/data/postgresql.auto.conf" >"$TMP/out" <<-CONF
	port = $STANDBY_PORT
	unix_socket_directories = '$folder'
	max_standby_streaming_delay = 0
	CONF
	standby_ctl "$1" start && wait_until 15 standby_follows "$1"
}

standby_follows() { # NAME
	[ "$(standby_super "$1" -c "SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'")" = 1 ]
}

# Sets STANDBY_PORT.
standby_make() { # NAME
	local folder=$TMP/standby.$1
	mkdir -p "$folder"
	(umask 077 && sed "s/:$PGPORT:\*:/:*:*:/" "$PGPASSFILE" >"$TMP/standby.pgpass" &&
		cp "$TMP/standby.pgpass" "$folder.pgpass")
	[ "$(id -u)" != 0 ] || chown postgres: "$folder" "$folder.pgpass"
	as_server env HOME=/ PGPASSFILE="$folder.pgpass" "$standby_bin/pg_basebackup" -h 127.0.0.1 -p "$PGPORT" \
		-U postgres -D "$folder/data" -R -X stream -c fast &&
		sed -i 's/^port = .*//; s/^unix_socket_directories = .*//' "$folder/data/stack.conf" &&
		standby_start "$1"
}

# Another one like it, by way of its files.
standby_copy() { # NAME OTHER
	local folder=$TMP/standby.$2
	standby_ctl "$1" stop -m fast
	cp -a "$TMP/standby.$1" "$folder"
	standby_start "$2" && standby_ctl "$1" start && wait_until 15 standby_follows "$1"
}

standby_end() {
	local name
	for name in $standby_names; do
		[ -e "$TMP/standby.$name/data/postmaster.pid" ] || continue
		standby_signal "$name" CONT
		standby_ctl "$name" stop -m immediate
	done
}
