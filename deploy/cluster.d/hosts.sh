# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Hosts: each has a network, process ids, mounts and a name of its own, and a
# folder. Its process 1 does nothing but wait; whoever kills it ends all that
# runs on the host. eth0 leads to the wire (wire.c), which is all that a host
# has in common with others; nothing of the machine's network is touched.
# shellcheck disable=SC2154 # cluster, wire: of deploy/cluster

network=10.77.0
front_number=9

host_number() { # HOST
	case $1 in
	host[123]) echo "${1#host}" ;;
	front) echo $front_number ;;
	*) die "there is no host $1: there are host1, host2, host3 and front" ;;
	esac
}

host_address() { # HOST
	echo "$network.$(host_number "$1")"
}

# What is needed, said before anything is begun.
hosts_possible() {
	local name
	[ "$(id -u)" = 0 ] || die "network namespaces need root"
	for name in ip unshare nsenter; do
		command -v "$name" >/dev/null || die "$name was not found: run deploy/install-deps"
	done
	[ -c /dev/net/tun ] || die "there is no /dev/net/tun: load the module tun"
	unshare --net --pid --mount --uts --ipc --fork --mount-proc true 2>/dev/null ||
		die "this machine allows no namespaces (unshare)"
	[ -x "$wire" ] || die "there is no $wire: build first"
}

# -- the wire

wire_start() {
	process_runs "$cluster" wire && return
	rm -f "$cluster/run/fifo"
	mkdir -p "$cluster/run"
	mkfifo -m 600 "$cluster/run/fifo"
	process_start "$cluster" wire "$wire" "$cluster/run/fifo"
}

wire_tell() { # WORD…
	process_runs "$cluster" wire || die "the network does not run: deploy/cluster up"
	echo "$*" >"$cluster/run/fifo"
}

# The path between hosts: all, where it has no number.
end_of() { # HOST|all
	[ "$1" = all ] && echo 0 || host_number "$1"
}

# Nobody hears of a host, and it hears of nobody; or both do.
host_cut() { # HOST drop|pass
	wire_tell path "$(host_number "$1")" 0 "$2"
	wire_tell path 0 "$(host_number "$1")" "$2"
}

# -- hosts

host_runs() { # HOST
	process_runs "$cluster" "$1"
}

# In the host, with what deploy/stack has to know there.
host_run() { # HOST COMMAND…
	local host=$1
	shift
	host_runs "$host" || die "$host is down: deploy/cluster start $host"
	nsenter -t "$(process_id "$cluster" "$host")" -n -p -m -u -i -- \
		env "ETL_ADDRESS=$(host_address "$host")" "ETL_HOST=$host" \
		"ETL_STACK=$cluster/$host" "ETL_APP=$cluster/$host/app" \
		"ETL_BUILD=$ETL_BUILD" "$@"
}

host_stack() { # HOST ARGUMENT…
	local host=$1
	shift
	host_run "$host" "$source_dir/deploy/stack" "$@"
}

# What process 1 does: a name, a file of names, a network that is up, waiting.
# shellcheck disable=SC2016 # of that shell
host_init='
	set -e
	hostname "$1"
	mount --bind "$2" /etc/hosts
	ip link set lo up
	until ip link show eth0 >/dev/null 2>&1; do sleep 0.05; done
	ip link set eth0 txqueuelen 2000 up
	ip address add "$3/24" dev eth0
	: >"$4"
	set +e
	while :; do
		sleep 1000 &
		wait
	done'

host_names() {
	local host
	echo "127.0.0.1 localhost"
	for host in host1 host2 host3 front; do
		echo "$(host_address "$host") $host"
	done
}

host_boot() { # HOST
	local host=$1 up=$cluster/run/$1.up address pid boot tries=0
	host_runs "$host" && return
	address=$(host_address "$host")
	mkdir -p "$cluster/$host" "$cluster/logs"
	rm -f "$up"
	[ -e "$cluster/run/names" ] || host_names >"$cluster/run/names"
	# No substitution here: its shell would be taken for process 1 below.
	setsid unshare --net --pid --mount --uts --ipc --fork --kill-child --mount-proc \
		bash -c "$host_init" "$host" "$host" "$cluster/run/names" \
		"$address" "$up" </dev/null \
		>>"$cluster/logs/$host.log" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
	disown $!
	# The process id that the machine knows the host's process 1 by.
	until pid=$(pgrep -P $! -x bash) && start_time "$pid"; do
		[ $((++tries)) -lt 100 ] || die_with_log "$cluster/logs/$host.log" "$host did not start"
		sleep 0.05
	done
	read -r boot </proc/sys/kernel/random/boot_id
	echo "$pid $REPLY $boot" >"$cluster/run/$host.pid"
	wire_tell join "$(host_number "$host")" "$pid"
	host_cut "$host" pass
	tries=0
	until [ -e "$up" ]; do
		[ $((++tries)) -lt 200 ] || die_with_log "$cluster/logs/wire.log" "$host has no network"
		sleep 0.05
	done
}

# As when its power fails: nobody is told of it.
host_kill() { # HOST
	local pid
	host_runs "$1" || return 0
	pid=$(process_id "$cluster" "$1")
	host_cut "$1" drop
	kill -s KILL "$pid"
	while start_time "$pid"; do sleep 0.02; done
	rm -f "$cluster/run/$1.pid"
}
