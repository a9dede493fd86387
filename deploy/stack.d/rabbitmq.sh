# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # address: of deploy/stack
# RabbitMQ: a node of our own with its own epmd, in a private home, on the
# loopback. Nothing of /etc/rabbitmq is read.

rabbitmq_user=etl_user
rabbitmq_password=etl_password
rabbitmq_admin=stack

rabbitmq_url() { # VHOST
	echo "amqp://$rabbitmq_user:$rabbitmq_password@$address:$(remembered "$ETL_STACK" amqp_port)/$1"
}

rabbitmq_node() {
	local name
	name=$(secret "$ETL_STACK" rabbitmq_node)
	echo "etl-${name:0:8}@${ETL_HOST:-localhost}"
}

rabbitmq_conf() { # HOME
	cat <<-TEXT
	listeners.tcp.1 = $address:$(remembered "$ETL_STACK" amqp_port)
	management.tcp.ip = $address
	management.tcp.port = $(remembered "$ETL_STACK" mgmt_port)
	management.tcp.idle_timeout = 900000
	management.load_definitions = $1/definitions.json
	vm_memory_high_watermark.absolute = 768MB
	disk_free_limit.absolute = 200MB
	log.file = false
	log.console = true
	log.console.level = info
	log.console.use_colors = off
	collect_statistics_interval = 1000
	TEXT
}

# The demo user may log in to the user interface; the administrator is the
# stack's own.
rabbitmq_definitions() {
	cat <<-TEXT
	{
	 "users": [
	  {"name": "$rabbitmq_user", "password": "$rabbitmq_password", "tags": "monitoring"},
	  {"name": "$rabbitmq_admin", "password": "$(secret "$ETL_STACK" rabbitmq_admin)", "tags": "administrator"}
	 ],
	 "vhosts": [{"name": "pulse_etl"}],
	 "permissions": [
	  {"user": "$rabbitmq_user", "vhost": "pulse_etl", "configure": ".*", "write": ".*", "read": ".*"},
	  {"user": "$rabbitmq_admin", "vhost": "pulse_etl", "configure": ".*", "write": ".*", "read": ".*"}
	 ]
	}
	TEXT
}

rabbitmq_files() { # HOME
	(
		umask 077
		mkdir -p "$1/mnesia" "$1/conf.d"
		rabbitmq_conf "$1" >"$1/rabbitmq.conf"
		rabbitmq_definitions >"$1/definitions.json"
		echo '[rabbitmq_management].' >"$1/enabled_plugins"
		# Quorum queues tell their length every 5 seconds by default.
		echo '[{rabbit, [{quorum_tick_interval, 1000}]}].' >"$1/advanced.config"
		: >"$1/rabbitmq-env.conf"
		rm -f "$1/.erlang.cookie"
		secret "$ETL_STACK" rabbitmq_cookie >"$1/.erlang.cookie"
		chmod 400 "$1/.erlang.cookie"
		printf 'machine %s login %s password %s\n' "$address" \
			"$rabbitmq_admin" "$(secret "$ETL_STACK" rabbitmq_admin)" \
			>"$ETL_STACK/netrc"
	)
}

# Run a command with the environment of the node, and no other.
rabbitmq_env() { # COMMAND…
	local home=$ETL_STACK/rabbitmq epmd
	epmd=$(remembered "$ETL_STACK" epmd_port)
	local listens="{${address//./,}}"
	rabbitmq_words=(env -i "PATH=$PATH" "HOME=$home" LANG=C.UTF-8
		"ERL_EPMD_ADDRESS=$address" "ERL_EPMD_PORT=$epmd"
		"RABBITMQ_NODENAME=$(rabbitmq_node)"
		"RABBITMQ_DIST_PORT=$(remembered "$ETL_STACK" dist_port)"
		"RABBITMQ_CONF_ENV_FILE=$home/rabbitmq-env.conf"
		"RABBITMQ_CONFIG_FILE=$home/rabbitmq.conf"
		"RABBITMQ_CONFIG_FILES=$home/conf.d"
		"RABBITMQ_ADVANCED_CONFIG_FILE=$home/advanced.config"
		"RABBITMQ_ENABLED_PLUGINS_FILE=$home/enabled_plugins"
		"RABBITMQ_MNESIA_BASE=$home/mnesia" "RABBITMQ_LOG_BASE=$home"
		# The script then becomes the node instead of staying its parent.
		RUNNING_UNDER_SYSTEMD=true
		"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-start_epmd false -kernel inet_dist_use_interface $listens"
		"$@")
}

rabbitmq_start() {
	local home=$ETL_STACK/rabbitmq log=$ETL_STACK/logs/rabbitmq.log name
	local server=/usr/lib/rabbitmq/bin/rabbitmq-server
	[ -x "$server" ] || server=$(command -v rabbitmq-server) ||
		die "RabbitMQ was not found: run deploy/install-deps"
	process_stop "$ETL_STACK" epmd TERM 5
	for name in amqp_port mgmt_port dist_port epmd_port; do
		port "$ETL_STACK" "$name" >/dev/null
	done
	rabbitmq_files "$home"
	rabbitmq_env epmd
	process_start "$ETL_STACK" epmd "${rabbitmq_words[@]}"
	process_wait "$ETL_STACK" epmd 30 \
		rabbitmq_listens "$(remembered "$ETL_STACK" epmd_port)" ||
		die_with_log "$ETL_STACK/logs/epmd.log" "epmd did not start"
	rabbitmq_env "$server"
	cd /
	process_start "$ETL_STACK" rabbitmq "${rabbitmq_words[@]}"
	process_wait "$ETL_STACK" rabbitmq 300 rabbitmq_answers ||
		die_with_log "$log" "RabbitMQ did not start"
	say "rabbitmq: runs on $address:$(remembered "$ETL_STACK" amqp_port)," \
		"management on http://$address:$(remembered "$ETL_STACK" mgmt_port)"
}

# A connection, for "ss" would be a program of its own each time.
rabbitmq_listens() { # PORT
	(: <>"/dev/tcp/$address/$1") 2>/dev/null
}

rabbitmq_answers() {
	rabbitmq_listens "$(remembered "$ETL_STACK" amqp_port)" &&
		rabbitmq_api GET /api/health/checks/virtual-hosts
}

rabbitmq_stop() {
	process_stop "$ETL_STACK" rabbitmq TERM 60
	process_stop "$ETL_STACK" epmd TERM 10
}

# The management interface as its administrator; prints the answer.
rabbitmq_api() { # METHOD PATH [JSON]
	curl -sS -f --noproxy '*' -m 30 --netrc-file "$ETL_STACK/netrc" \
		-H 'Content-Type: application/json' -X "$1" \
		${3:+--data-binary "$3"} \
		"http://$address:$(remembered "$ETL_STACK" mgmt_port)$2"
}

# A broker without that supervisor runs no quorum queue of ours any more.
rabbitmq_is_whole() {
	rabbitmq_eval 'is_pid(whereis(rabbit_fifo_dlx_sup)).' | grep -q true
}

rabbitmq_vhost_create() { # VHOST
	local user
	rabbitmq_api PUT "/api/vhosts/$1" >/dev/null
	for user in $rabbitmq_user $rabbitmq_admin; do
		rabbitmq_api PUT "/api/permissions/$1/$user" \
			'{"configure":".*","write":".*","read":".*"}' >/dev/null
	done
}

# Have all quorum queues of a virtual host a leader?
rabbitmq_vhost_leads() { # VHOST
	rabbitmq_eval "lists:all(fun(L) -> L =/= undefined end,
		[begin {N, _} = amqqueue:get_pid(Q), ra_leaderboard:lookup_leader(N) end ||
		Q <- rabbit_amqqueue:list(<<\"$1\">>), amqqueue:get_type(Q) =:= rabbit_quorum_queue])." |
		grep -q true
}

# RabbitMQ 3.10 loses its supervisor of dead letters, for good, when queues are
# deleted while they are still electing a leader: wait for that, and see below.
rabbitmq_vhost_delete() { # VHOST
	local ends=$((SECONDS + 10))
	until rabbitmq_vhost_leads "$1" || [ $SECONDS -ge $ends ]; do sleep 0.2; done
	sleep 0.3
	rabbitmq_api DELETE "/api/vhosts/$1" >/dev/null
}

# Evaluate Erlang in the node: expressions ended by a full stop.
rabbitmq_eval() { # TEXT
	local call
	call=$(command -v erl_call || true)
	[ -n "$call" ] || call=$(find /usr/lib/erlang/bin /usr/lib64/erlang/bin \
		-name erl_call 2>/dev/null | head -n 1)
	[ -n "$call" ] || die "erl_call was not found"
	rabbitmq_env "$call" -sname "$(rabbitmq_node)" -timeout 10 -e
	printf '%s\n' "$1" | "${rabbitmq_words[@]}"
}
