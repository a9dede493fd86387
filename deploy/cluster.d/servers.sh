# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# PostgreSQL and RabbitMQ on three hosts: a primary with a synchronous and an
# asynchronous standby, a cluster of three brokers, PgBouncer where it is asked
# for. Each host's own servers are those of deploy/stack.
# shellcheck disable=SC2154 # cluster, hosts: of deploy/cluster

hosts='host1 host2 host3'

# What all hosts share, before their first start.
host_values() { # HOST
	local word folder=$cluster/$1
	[ "$(remembered "$folder" seeded)" != yes ] || return 0
	for word in password_postgres "password_$owner_role" "password_$service_role" \
		rabbitmq_cookie rabbitmq_admin; do
		remember "$folder" "$word" "$(secret "$cluster" "$word")"
	done
	for word in postgres_port=5432 amqp_port=5672 mgmt_port=15672 epmd_port=4369 \
		dist_port=25672 rabbitmq_node=cluster seeded=yes; do
		remember "$folder" "${word%=*}" "${word#*=}"
	done
	remember "$folder/app" http_port 80
}

# -- the brokers

# A node that misses the two others takes nothing, and is missed by them soon. One
# that is new joins a peer that runs.
rabbitmq_cluster_conf() { # HOST PEER…
	local host
	mkdir -p "$cluster/$1/rabbitmq/conf.d"
	{
		echo 'cluster_formation.peer_discovery_backend = classic_config'
		for host in "${@:2}"; do
			echo "cluster_formation.classic_config.nodes.${host#host} = etl-cluster@$host"
		done
		echo 'cluster_partition_handling = pause_minority'
		echo 'net_ticktime = 10'
	} >"$cluster/$1/rabbitmq/conf.d/10-cluster.conf"
}

# The first makes the cluster, and the others join it.
rabbitmq_cluster_up() {
	local host
	rabbitmq_cluster_conf host1 host1
	# shellcheck disable=SC2086 # words
	for host in host2 host3; do rabbitmq_cluster_conf "$host" $hosts; done
	host_stack host1 start rabbitmq || return
	host_stack host2 start rabbitmq &
	host_stack host3 start rabbitmq || return
	wait $!
}

# How many run, as most of them see it.
brokers() {
	local host count most=0
	for host in $hosts; do
		host_runs "$host" || continue
		count=$(host_stack "$host" broker-eval 'length(rabbit_mnesia:cluster_nodes(running)).' 2>/dev/null |
			tr -dc 0-9)
		[ "${count:-0}" -le "$most" ] || most=$count
	done
	echo "$most"
}

# All three, that of the host first.
rabbitmq_cluster_url() { # HOST
	local n first=${1#host} line=
	for n in 0 1 2; do
		line+=,amqp://$rabbitmq_user:$rabbitmq_password@$network.$(((first - 1 + n) % 3 + 1)):5672/pulse_etl
	done
	echo "${line#,}"
}

# -- the databases

postgres_folder() { # HOST
	remembered "$cluster/$1" postgres_home
}

primary() {
	local value
	value=$(remembered "$cluster" primary)
	echo "${value:-host1}"
}

# A statement for a host's own server, as its superuser. Whoever may list
# processes sees what stands behind nsenter, so the password does not.
postgres_tell() { # HOST SQL…
	local host=$1 word words=()
	shift
	for word in "$@"; do words+=(-c "$word"); done
	PGHOST="$(host_address "$host")" PGUSER=postgres PGDATABASE="${database:-postgres}" \
		PGPASSWORD="$(remembered "$cluster" password_postgres)" PGCONNECT_TIMEOUT=5 \
		host_run "$host" psql -qAtX -v ON_ERROR_STOP=1 "${words[@]}"
}

# Whoever is the primary, by its own word.
postgres_conninfo() { # HOST
	printf 'host=%s.1,%s.2,%s.3 port=5432 user=postgres application_name=%s passfile=%s target_session_attrs=%s ' \
		$network $network $network "$1" "$(postgres_folder "$1")/pgpass" read-write
	echo 'connect_timeout=3 keepalives_idle=5 keepalives_interval=2 keepalives_count=3 tcp_user_timeout=10000'
}

# The first one: who may come from the other hosts, and when one is given up.
postgres_first() {
	local data
	host_stack host1 start postgres || return
	data=$(postgres_folder host1)/data
	grep -q cluster.conf "$data/postgresql.conf" && return
	printf "include_if_exists '%s'\n" cluster.conf sync.conf >>"$data/postgresql.conf"
	cat >"$data/cluster.conf" <<-TEXT
	shared_buffers = 64MB
	checkpoint_timeout = 30s
	max_wal_senders = 10
	wal_keep_size = 256MB
	wal_sender_timeout = 5s
	wal_receiver_timeout = 5s
	wal_receiver_status_interval = 1s
	wal_retrieve_retry_interval = 1s
	tcp_keepalives_idle = 10
	tcp_keepalives_interval = 5
	tcp_keepalives_count = 3
	tcp_user_timeout = 15000
	TEXT
	chown postgres: "$data/cluster.conf"
	host_stack host1 restart postgres
}

# A copy of the primary that follows whoever is it; what was there is deleted.
postgres_standby() { # HOST
	local host=$1 home password
	host_stack "$host" stop postgres
	home=$(host_run "$host" bash -c ". '$source_dir/deploy/stack.d/process.sh'
		. '$source_dir/deploy/stack.d/postgres.sh'; postgres_home")
	password=$(remembered "$cluster" password_postgres)
	rm -rf "$home/data"
	(umask 077 && echo "*:*:*:postgres:$password" >"$home/pgpass")
	chown postgres: "$home/pgpass"
	host_run "$host" env HOME=/ PGPASSFILE="$home/pgpass" setpriv --reuid=postgres --regid=postgres \
		--init-groups -- "$(postgres_bin)/pg_basebackup" -h "$(host_address "$(primary)")" -U postgres \
		-D "$home/data" -X stream -c fast >>"$cluster/logs/$host.log" 2>&1 ||
		die_with_log "$cluster/logs/$host.log" "$host: pg_basebackup failed"
	echo "primary_conninfo = '$(postgres_conninfo "$host")'" >"$home/data/postgresql.auto.conf"
	: >"$home/data/standby.signal"
	chown postgres: "$home/data/postgresql.auto.conf" "$home/data/standby.signal"
	: >"$cluster/$host/.roles"
	host_stack "$host" start postgres
	postgres_synchronous "$host"
}

# A commit waits for the first of the two others that follows: whoever of them
# has more has all that clients were told is stored.
postgres_synchronous() { # HOST
	local names data
	names=$(for host in $hosts; do [ "$host" = "$1" ] || echo "$host"; done | paste -sd ,)
	data=$(postgres_folder "$1")/data
	echo "synchronous_standby_names = 'FIRST 1 ($names)'" >"$data/sync.conf"
	chown postgres: "$data/sync.conf"
	postgres_tell "$1" 'SELECT pg_reload_conf()' >/dev/null
}

# The standby that commits wait for now; nothing while there is none.
synchronous() {
	postgres_tell "$(primary)" "SELECT application_name FROM pg_stat_replication
		WHERE sync_state = 'sync'" 2>/dev/null || true
}

postgres_cluster_up() {
	local host
	for host in host2 host3; do
		[ -n "$(postgres_folder "$host")" ] || postgres_standby "$host" || return
		host_stack "$host" start postgres || return
	done
	for host in $hosts; do postgres_synchronous "$host"; done
}

# What a standby has received, in bytes of the log.
postgres_received() { # HOST
	postgres_tell "$1" "SELECT pg_wal_lsn_diff(GREATEST(pg_last_wal_receive_lsn(),
		pg_last_wal_replay_lsn()), '0/0')"
}

# While a standby reaches the primary, what it confirms there is acknowledged,
# and no other primary ever has it.
postgres_gone() { # PRIMARY
	local other
	for other in $hosts; do
		[ "$other" != "$1" ] || continue
		! host_run "$other" pg_isready -q -t 1 -h "$(host_address "$1")" -p 5432 ||
			die "$1 is the primary still, and $other reaches it: deploy/cluster kill $1, and then promote"
	done
}

# All that the other standby has, too: each commit that was acknowledged is on
# one of them. It is asked first: while both follow, what comes in between is no
# reason to refuse.
postgres_has_all() { # HOST PRIMARY
	local other received own
	for other in $hosts; do
		[ "$other" != "$1" ] && [ "$other" != "$2" ] || continue
		received=$(postgres_received "$other" 2>/dev/null) ||
			die "$other does not answer: $1 may lack what only $other has"
		own=$(postgres_received "$1" 2>/dev/null) || die "$1 does not answer"
		[ "$received" -le "$own" ] || die "$other has more than $1: promote $other"
	done
}

# A standby becomes the primary. It is compared once more when nothing can come
# from the old one.
postgres_promote() { # HOST
	local old host=$1
	old=$(primary)
	[ "$host" != "$old" ] || die "$host is the primary"
	postgres_has_all "$host" "$old"
	postgres_gone "$old"
	postgres_has_all "$host" "$old"
	postgres_tell "$host" 'SELECT pg_promote(true, 30)' >/dev/null || die "$host was not promoted"
	pooler_stop "$host"
	pooler_start "$host"
	remember "$cluster" primary "$host"
	remember "$cluster" demoted "$old"
	say "$host is the primary"
}

# -- PgBouncer beside each server; libpq asks behind which the primary is

pooler() {
	remembered "$cluster" pooler
}

pooler_start() { # HOST
	local folder=$cluster/$1/pgbouncer
	[ -n "$(pooler)" ] || return 0
	mkdir -p "$folder"
	(
		umask 077
		for role in $owner_role $service_role; do
			printf '"%s" "%s"\n' "$role" "$(remembered "$cluster" "password_$role")"
		done >"$folder/users"
		cat >"$folder/ini" <<-TEXT
		[databases]
		* = host=$(host_address "$1") port=5432
		[pgbouncer]
		listen_addr = $(host_address "$1")
		listen_port = 6432
		unix_socket_dir =
		auth_type = scram-sha-256
		auth_file = $folder/users
		pool_mode = $(pooler)
		default_pool_size = 40
		server_connect_timeout = 3
		server_login_retry = 1
		query_wait_timeout = 10
		tcp_keepidle = 5
		tcp_keepintvl = 2
		tcp_keepcnt = 3
		TEXT
	)
	chown -R postgres: "$folder"
	host_run "$1" bash -c '. "$1"; shift; process_runs "$1" "$2" || process_start "$@"' - \
		"$source_dir/deploy/stack.d/process.sh" "$cluster/$1" pgbouncer \
		setpriv --reuid=postgres --regid=postgres --init-groups -- \
		"$(PATH=$PATH:/usr/sbin command -v pgbouncer)" -q "$folder/ini"
}

# It tells clients what its first session was told, and so of a standby that was
# promoted that it takes no writes. RECONNECT at its console does the same.
pooler_stop() { # HOST
	[ -n "$(pooler)" ] || return 0
	host_run "$1" bash -c '. "$1"; process_stop "$2" pgbouncer TERM 5' - \
		"$source_dir/deploy/stack.d/process.sh" "$cluster/$1"
}

postgres_cluster_url() {
	printf '%s?target_session_attrs=read-write\n' "$(postgres_read_url host1)"
}

# All of them, that of the host first.
postgres_read_url() { # HOST
	local n first=${1#host} port=5432 line=
	[ -z "$(pooler)" ] || port=6432
	for n in 0 1 2; do line+=,$network.$(((first - 1 + n) % 3 + 1)):$port; done
	printf 'postgresql://%s:%s@%s/pulse_etl\n' "$service_role" \
		"$(remembered "$cluster" "password_$service_role")" "${line#,}"
}
