# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Processes by id, ports, and what a folder remembers. A pid file holds the
# process's id, its start time and the boot it belongs to, so that an id that
# was given to somebody else is never signalled.

say() {
	printf '%s\n' "$*"
}

die() {
	printf 'stack: %s\n' "$*" >&2
	exit 1
}

# The end of a log, then die.
die_with_log() { # LOG TEXT
	printf '%s\n' "--- the end of $1:" >&2
	tail -n 25 "$1" >&2 || true
	echo --- >&2
	die "$2"
}

# In REPLY, for this is asked very often: in units of the kernel's clock since
# boot; fails when there is no such process.
start_time() { # PID
	local stat
	REPLY=
	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
	stat=${stat##*) }
	# shellcheck disable=SC2086 # fields
	set -- $stat
	[ "$1" != Z ] || return 1
	REPLY=${20}
}

# Wait for a moment: whoever has waited for long asks less often.
pause() { # TRIES
	if [ "$1" -gt 20 ]; then sleep 0.25; else sleep 0.05; fi
}

process_id() { # FOLDER NAME
	cut -d ' ' -f 1 "$1/run/$2.pid"
}

process_runs() { # FOLDER NAME
	local pid started boot now
	[ -e "$1/run/$2.pid" ] || return 1
	read -r pid started boot <"$1/run/$2.pid" || return 1
	start_time "$pid" && [ "$REPLY" = "$started" ] || return 1
	read -r now </proc/sys/kernel/random/boot_id
	[ "$boot" = "$now" ]
}

# Start a command detached, in a session of its own, its output in the log.
process_start() { # FOLDER NAME COMMAND…
	local folder=$1 name=$2 pid boot
	shift 2
	mkdir -p "$folder/run" "$folder/logs"
	setsid "$@" </dev/null >>"$folder/logs/$name.log" 2>&1 3>&- 4>&- 5>&- \
		6>&- 7>&- 8>&- 9>&- &
	pid=$!
	disown "$pid" 2>/dev/null || true
	start_time "$pid" || REPLY=gone
	read -r boot </proc/sys/kernel/random/boot_id
	echo "$pid $REPLY $boot" >"$folder/run/$name.pid"
}

# Wait until a command succeeds while the process lives.
process_wait() { # FOLDER NAME SECONDS COMMAND…
	local folder=$1 name=$2 ends=$((SECONDS + $3)) tries=0
	shift 3
	until "$@" >/dev/null 2>&1; do
		process_runs "$folder" "$name" || return 1
		[ $SECONDS -lt $ends ] || return 1
		pause $((++tries))
	done
}

# The process and all that came from it, one id per line.
tree_of() { # PID
	local all=$1 layer=$1
	while [ -n "$layer" ]; do
		layer=$(ps -o pid= --ppid "$(echo "$layer" | xargs | tr ' ' ,)" \
			2>/dev/null | tr -d ' ' || true)
		all="$all $layer"
	done
	# shellcheck disable=SC2086 # ids
	printf '%s\n' $all
}

# As "PID START" lines: what to wait for even after the first one is gone.
tree_with_times() { # PID
	local pid
	for pid in $(tree_of "$1"); do
		start_time "$pid" && echo "$pid $REPLY"
	done
	return 0
}

# Whether any of the "PID START" lines still runs.
any_runs() { # LINES
	local pid started
	while read -r pid started; do
		[ -n "$pid" ] && start_time "$pid" && [ "$REPLY" = "$started" ] &&
			return 0
	done <<<"$1"
	return 1
}

signal_lines() { # SIGNAL LINES
	local pid started
	while read -r pid started; do
		if [ -n "$pid" ] && start_time "$pid" && [ "$REPLY" = "$started" ]; then
			kill -s "$1" "$pid" 2>/dev/null || true
		fi
	done <<<"$2"
}

process_signal() { # FOLDER NAME SIGNAL
	process_runs "$1" "$2" || die "$2 does not run"
	signal_lines "$3" "$(tree_with_times "$(process_id "$1" "$2")")"
}

# A signal to the first process, then wait for all; SIGKILL after SECONDS.
process_stop() { # FOLDER NAME SIGNAL SECONDS
	local lines ends=$((SECONDS + $4)) tries=0
	if process_runs "$1" "$2"; then
		lines=$(tree_with_times "$(process_id "$1" "$2")")
		kill -s "$3" "$(process_id "$1" "$2")" 2>/dev/null || true
		# One that is paused could not end.
		signal_lines CONT "$lines"
		while any_runs "$lines"; do
			if [ $SECONDS -ge $ends ]; then
				say "$2 did not stop in $4 s: SIGKILL"
				signal_lines KILL "$lines"
				ends=$((SECONDS + 10))
			fi
			pause $((++tries))
		done
	fi
	rm -f "$1/run/$2.pid"
}

process_kill() { # FOLDER NAME
	local lines
	if process_runs "$1" "$2"; then
		# Twice: one that was just being born is found the second time.
		lines=$(tree_with_times "$(process_id "$1" "$2")")
		signal_lines STOP "$lines"
		lines=$(tree_with_times "$(process_id "$1" "$2")")
		signal_lines KILL "$lines"
		while any_runs "$lines"; do sleep 0.02; done
	fi
	rm -f "$1/run/$2.pid"
}

# -- what a folder remembers: name=value lines in values, mode 0600

remembered() { # FOLDER NAME
	local line value=
	[ -e "$1/values" ] || return 1
	while IFS= read -r line; do
		[ "${line%%=*}" != "$2" ] || value=${line#*=}
	done <"$1/values"
	[ -z "$value" ] || printf '%s\n' "$value"
}

remember() { # FOLDER NAME VALUE
	mkdir -p "$1"
	(
		umask 077
		{
			[ ! -e "$1/values" ] || grep -v "^$2=" "$1/values" || true
			printf '%s=%s\n' "$2" "$3"
		} >"$1/values.new"
	)
	mv "$1/values.new" "$1/values"
}

# A remembered random word, made at the first call.
secret() { # FOLDER NAME
	local value
	value=$(remembered "$1" "$2") || true
	if [ -z "$value" ]; then
		value=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
		remember "$1" "$2" "$value"
	fi
	echo "$value"
}

is_free() { # PORT
	[ -z "$(ss -Hltn "sport = :$1")" ]
}

# A remembered port, chosen when there is none or somebody else has it.
port() { # FOLDER NAME
	local value
	value=$(remembered "$1" "$2") || true
	if [ -z "$value" ] || ! is_free "$value"; then
		# Below the range from which the kernel picks ports.
		value=$((20000 + RANDOM % 12000))
		until is_free "$value"; do
			value=$((20000 + RANDOM % 12000))
		done
		remember "$1" "$2" "$value"
	fi
	echo "$value"
}

# A folder for sockets: a socket's path has 107 bytes at most.
socket_folder() { # FOLDER
	local value
	if [ ${#1} -lt 80 ]; then
		mkdir -p "$1/run"
		echo "$1/run"
		return
	fi
	value=$(remembered "$1" socket_folder) || true
	if [ -z "$value" ] || [ ! -d "$value" ]; then
		value=$(mktemp -d /tmp/pulse-etl-XXXXXX)
		remember "$1" socket_folder "$value"
	fi
	echo "$value"
}
