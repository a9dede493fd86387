# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # address: of deploy/stack
# PostgreSQL: a cluster of our own, durable, on the loopback. As root it runs
# as the system user postgres, for it refuses to run as root.

# Who owns the tables and migrates; and who the service is, that owns nothing.
owner_role=pulse_etl_owner
service_role=pulse_etl

postgres_bin() {
	local folder
	if [ -n "${ETL_POSTGRES_BIN-}" ]; then
		[ -x "$ETL_POSTGRES_BIN/postgres" ] ||
			die "there is no postgres in ETL_POSTGRES_BIN, $ETL_POSTGRES_BIN"
		echo "$ETL_POSTGRES_BIN"
		return
	fi
	for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV); do
		if [ -x "$folder/postgres" ]; then
			echo "$folder"
			return
		fi
	done
	folder=$(command -v postgres) || die "PostgreSQL was not found: run deploy/install-deps"
	dirname "$folder"
}

# Run a command as the user that PostgreSQL runs as.
as_postgres() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"
	else
		"$@"
	fi
}

# The cluster's folder: in the stack's, or in /var/tmp when that is not open
# to the user postgres.
postgres_home() {
	local home
	home=$(remembered "$ETL_STACK" postgres_home) || true
	if [ -z "$home" ] || [ ! -d "$home" ]; then
		home=$ETL_STACK/postgres
		if [ ${#home} -ge 80 ] || ! as_postgres test -x "$ETL_STACK"; then
			home=$(mktemp -d /var/tmp/pulse-etl-XXXXXX)
		fi
		mkdir -p "$home"
		chmod 700 "$home"
		[ "$(id -u)" != 0 ] || chown postgres: "$home"
		remember "$ETL_STACK" postgres_home "$home"
	fi
	echo "$home"
}

postgres_delete() {
	local home
	home=$(remembered "$ETL_STACK" postgres_home) || true
	case $home in
	/var/tmp/pulse-etl-* | "$ETL_STACK"/*) rm -rf "$home" ;;
	esac
}

postgres_url() { # DATABASE [ROLE]
	local role=${2:-$owner_role}
	printf 'postgresql://%s:%s@%s:%s/%s\n' "$role" "$(secret "$ETL_STACK" "password_$role")" \
		"$address" "$(remembered "$ETL_STACK" postgres_port)" "$1"
}

# psql as the superuser.
postgres_super() {
	PGHOST=$address PGPORT=$(remembered "$ETL_STACK" postgres_port) \
		PGUSER=postgres PGPASSFILE=$ETL_STACK/pgpass \
		PGDATABASE=postgres PGOPTIONS='' \
		psql -qAtX -v ON_ERROR_STOP=1 "$@"
}

postgres_init() { # HOME
	local word
	say "postgres: making a cluster"
	word=$(mktemp "$1/.word-XXXXXX")
	secret "$ETL_STACK" password_postgres >"$word"
	[ "$(id -u)" != 0 ] || chown postgres: "$word"
	mkdir -p "$ETL_STACK/logs"
	(cd / && as_postgres "$(postgres_bin)/initdb" -D "$1/data.new" \
		-U postgres -E UTF8 --locale=C.UTF-8 --auth=scram-sha-256 \
		--pwfile="$word" --no-instructions) \
		>>"$ETL_STACK/logs/postgres.log" 2>&1 ||
		die_with_log "$ETL_STACK/logs/postgres.log" "initdb failed"
	rm -f "$word"
	# A host of deploy/cluster is asked, and copied, by the others.
	[ "$address" = 127.0.0.1 ] || printf 'host %s samenet scram-sha-256\n' \
		'all all' 'replication postgres' >>"$1/data.new/pg_hba.conf"
	echo "include 'stack.conf'" >>"$1/data.new/postgresql.conf"
	mv "$1/data.new" "$1/data"
}

postgres_conf() { # HOME PORT
	cat <<-TEXT
	listen_addresses = '$address'
	port = $2
	unix_socket_directories = '$1'
	max_connections = 200
	shared_buffers = 256MB
	max_wal_size = 2GB
	wal_compression = $(postgres_wal_compression)
	password_encryption = scram-sha-256
	timezone = 'UTC'
	log_timezone = 'UTC'
	log_line_prefix = '%m [%p] %q%a %d '
	TEXT
}

postgres_wal_compression() {
	if "$(postgres_bin)/pg_config" --configure 2>/dev/null |
		grep -q with-lz4 ||
		"$(postgres_bin)/postgres" -C wal_compression --help 2>/dev/null |
		grep -q lz4; then
		echo lz4
	else
		echo on
	fi
}

# The password file for the superuser, the owner and the service.
postgres_pgpass() { # PORT
	local role
	(
		umask 077
		for role in postgres $owner_role $service_role; do
			echo "$address:$1:*:$role:$(secret "$ETL_STACK" "password_$role")"
		done >"$ETL_STACK/pgpass"
	)
}

postgres_roles() {
	local role
	# What the service may do is a role of the migrations.
	cat <<-'TEXT' | postgres_super
	DO $$ BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pulse_etl_service') THEN
		CREATE ROLE pulse_etl_service NOLOGIN;
	END IF; END $$;
	TEXT
	for role in $owner_role $service_role; do
		cat <<-TEXT
		DO \$\$ BEGIN
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$role') THEN
			CREATE ROLE $role LOGIN;
		END IF; END \$\$;
		ALTER ROLE $role PASSWORD '$(secret "$ETL_STACK" "password_$role")';
		TEXT
	done | postgres_super
	# Enough for migrations and for tests that look and interfere.
	postgres_super -c "ALTER ROLE $owner_role CREATEROLE" \
		-c "GRANT pulse_etl_service TO $service_role" \
		-c "GRANT pg_monitor, pg_signal_backend TO $owner_role"
}

# PostgreSQL takes a dead postmaster that nobody has waited for yet for a live
# one, and leaves; that happens where process 1 reaps late or never.
postgres_forget_dead() { # HOME
	local pid
	[ -e "$1/data/postmaster.pid" ] || return 0
	read -r pid <"$1/data/postmaster.pid" || return 0
	if [ -e "/proc/$pid" ] && ! start_time "$pid"; then
		rm -f "$1/data/postmaster.pid" "$1"/.s.PGSQL.*
	fi
}

postgres_start() {
	local home port new=no log=$ETL_STACK/logs/postgres.log
	home=$(postgres_home)
	if [ ! -d "$home/data" ]; then
		rm -rf "$home/data.new"
		postgres_init "$home"
		new=yes
	fi
	postgres_forget_dead "$home"
	port=$(port "$ETL_STACK" postgres_port)
	postgres_pgpass "$port"
	postgres_conf "$home" "$port" >"$home/data/stack.conf"
	cd /
	# What a large batch needs stays with its session: see docs/tuning.md.
	set -- env MALLOC_MMAP_THRESHOLD_=33554432 \
		MALLOC_TRIM_THRESHOLD_=67108864 \
		"$(postgres_bin)/postgres" -D "$home/data"
	[ "$(id -u)" != 0 ] || set -- setpriv --reuid=postgres \
		--regid=postgres --init-groups -- "$@"
	process_start "$ETL_STACK" postgres "$@"
	process_wait "$ETL_STACK" postgres 60 "$(postgres_bin)/pg_isready" -q \
		-h "$address" -p "$port" ||
		die_with_log "$log" "PostgreSQL did not start"
	if [ "$new" = yes ] || [ ! -e "$ETL_STACK/.roles" ]; then
		postgres_roles
		touch "$ETL_STACK/.roles"
	fi
	say "postgres: runs on $address:$port"
}

# Fast shutdown: connections are cut, what is committed is written.
postgres_stop() {
	process_stop "$ETL_STACK" postgres INT 60
}

postgres_exists() { # DATABASE
	[ "$(postgres_super -c "SELECT 1 FROM pg_database WHERE datname = '$1'")" = 1 ]
}

# An empty database; what the service may do in it is up to the migrations.
postgres_create() { # DATABASE
	postgres_super -c "CREATE DATABASE \"$1\" OWNER $owner_role"
	postgres_super -d "$1" -c "ALTER SCHEMA public OWNER TO $owner_role"
}

# A copy, which has all but the rights on the database itself.
postgres_copy() { # DATABASE COPY
	postgres_super -c "CREATE DATABASE \"$2\" OWNER $owner_role TEMPLATE \"$1\"" \
		-c "REVOKE TEMPORARY ON DATABASE \"$2\" FROM PUBLIC"
}

postgres_drop() { # DATABASE
	postgres_super -c "DROP DATABASE IF EXISTS \"$1\" WITH (FORCE)"
}
