# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # work, source_dir, base and the URLs: of run
# For tests/containers/run: what a container engine does with the lines of
# deploy/Dockerfile and docker-compose.yml, as far as they are used there, by
# chroot, mounts and unshare. Needs $work, $source_dir, $base and plan().

plan() { # JQ FILTER [JQ ARGUMENT…]
	jq -r "$@" "$work/plan.json"
}

# A command in a root folder that is being built, with the network of the machine.
in_root() { # FOLDER COMMAND…
	setpriv --pdeathsig KILL -- unshare --mount --pid --ipc --fork --kill-child \
		/bin/bash -c "$(root_mounts)" mounts "$1" \
		/usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		HOME=/root DEBIAN_FRONTEND=noninteractive "${@:2}"
}

# What COPY takes of the source folder: what git has, or all of a tarball, less
# .dockerignore.
context() {
	{
		git -C "$source_dir" -c core.quotePath=off ls-files -co --exclude-standard 2>/dev/null ||
			(cd "$source_dir" && find . -path './.*' -prune -o ! -type d -printf '%P\n')
	} | grep -vE '^(tests/data|deploy/kubernetes)/' |
		while IFS= read -r file; do [ ! -e "$source_dir/$file" ] || printf '%s\n' "$file"; done
}

# Run the lines of a stage in a copy of the base.
build_stage() { # NAME
	local root=$work/$1 folder=/ step word from text to
	[ ! -e "$root.built" ] || return 0
	rm -rf --one-file-system "$root"
	cp -a "$base" "$root"
	while IFS= read -r step; do
		word=$(jq -r .word <<<"$step") from=$(jq -r .from <<<"$step") text=$(jq -r .text <<<"$step")
		case $word in
		RUN) in_root "$root" /bin/sh -ec "cd $folder; $text" || return ;;
		WORKDIR) folder=$text && mkdir -p "$root$folder" ;;
		COPY)
			to=${text##* }
			case $to in /*) ;; *) to=$folder/$to ;; esac
			case $to in */) mkdir -p "$root$to" ;; esac
			if [ -n "$from" ]; then
				cp -a "$work/$from${text%% *}." "$root$to" || return
			elif [ "${text%% *}" = . ]; then
				context | tar -C "$source_dir" --no-recursion --owner=0 --group=0 -T - -c |
					tar -C "$root$to" -x || return
			else
				cp "$source_dir/${text%% *}" "$root$to" || return
			fi
			;;
		esac
	done < <(plan -c --arg name "$1" '.stages[] | select(.name == $name) | .steps[]')
	touch "$root.built"
}

# The last line of a kind in a stage.
last_line() { # STAGE WORD
	plan --arg name "$1" --arg word "$2" \
		'[.stages[] | select(.name == $name) | .steps[] | select(.word == $word) | .text] | last // ""'
}

# The mounts of a service's container: its root, read-only, what is written to
# besides, and no device but these. For bash within unshare --mount --pid.
container_mounts() { # SERVICE
	local root=$work/run/$1 stage volume from to mode
	stage=$(plan --arg s "$1" '.services[$s].build.target')
	mkdir -p "$root"
	# As an engine: what is mounted upon is made, if the image has none.
	plan --arg s "$1" '.services[$s] | (.volumes // [] | .[] | split(":")[1]),
			(.tmpfs // [] | .[] | split(":")[0])' |
		while IFS= read -r to; do mkdir -p "$work/$stage$to"; done
	echo "set -e"
	echo "mount --bind '$work/$stage' '$root'; mount -o remount,bind,ro '$root'"
	echo "mount -t proc proc '$root/proc'"
	echo "mount -t tmpfs -o mode=0755 tmpfs '$root/dev'"
	for from in null zero full random urandom; do
		echo "touch '$root/dev/$from'; mount --bind /dev/$from '$root/dev/$from'"
	done
	echo "ln -s /proc/self/fd/1 '$root/dev/stdout'; ln -s /proc/self/fd/2 '$root/dev/stderr'"
	echo "mount -o remount,ro '$root/dev'"
	while IFS=: read -r from to mode; do
		volume=$work/volumes/$from
		if [ ! -d "$volume" ]; then
			# As an engine: an empty volume begins as the image's folder.
			mkdir -p "$work/volumes"
			cp -a "$work/service$to" "$volume"
		fi
		echo "mount --bind '$volume' '$root$to'"
		[ "$mode" != ro ] || echo "mount -o remount,bind,ro '$root$to'"
	done < <(plan --arg s "$1" '.services[$s].volumes // [] | .[]')
	while IFS=: read -r to mode; do
		echo "mount -t tmpfs -o '${mode:-mode=1777}' tmpfs '$root$to'"
	done < <(plan --arg s "$1" '.services[$s].tmpfs // [] | .[]')
	echo "shift; exec chroot '$root' \"\$@\""
}

# The environment of a service: the image's, the service's, and in place of the
# servers of the compose file those of this machine.
container_env() { # SERVICE
	local stage
	stage=$(plan --arg s "$1" '.services[$s].build.target')
	echo PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	last_line "$stage" ENV | tr ' ' '\n' | sed '/^$/d'
	plan --arg s "$1" '.services[$s].environment // {} | to_entries[] | "\(.key)=\(.value)"' |
		sed -e "s|^DATABASE_URL=.*|DATABASE_URL=$database_url|" \
			-e "s|^RABBITMQ_URL=.*|RABBITMQ_URL=$rabbitmq_url|"
}

as_user() { # STAGE: the words before a command that make it the image's user
	local user
	user=$(last_line "$1" USER)
	echo "setpriv --reuid ${user%:*} --regid ${user#*:} --clear-groups --no-new-privs" \
		"--bounding-set -all --inh-caps -all --"
}

# Start a service's container; its first process is that of the image. Its log is
# $work/NAME.log, its process id in this space that of $work/NAME.pid.
container_start() { # SERVICE
	local name=$1 stage words entry user
	stage=$(plan --arg s "$name" '.services[$s].build.target')
	mapfile -t entry < <(last_line "$stage" ENTRYPOINT | jq -r '.[]?')
	mapfile -t words < <(plan --arg s "$name" '.services[$s].command // [] | .[]')
	[ ${#words[@]} -gt 0 ] || mapfile -t words < <(last_line "$stage" CMD | jq -r '.[]')
	mapfile -t environment < <(container_env "$name")
	container_mounts "$name" >"$work/$name.mounts"
	: >"$work/$name.log"
	user=$(last_line "$stage" USER)
	chown "$user" "$work/$name.log"
	# shellcheck disable=SC2046 # words
	unshare --mount --pid --ipc --fork --kill-child /bin/bash "$work/$name.mounts" mounts \
		$(as_user "$stage") /usr/bin/env -i "${environment[@]}" "${entry[@]}" "${words[@]}" \
		>>"$work/$name.log" 2>&1 </dev/null &
	echo $! >"$work/$name.unshare"
}

container_pid() { # SERVICE: of its first process
	pgrep -P "$(cat "$work/$1.unshare")" | head -n 1
}

# A command in a container that runs, as docker exec.
container_exec() { # SERVICE COMMAND…
	local name=$1 stage
	shift
	stage=$(plan --arg s "$name" '.services[$s].build.target')
	mapfile -t environment < <(container_env "$name")
	# shellcheck disable=SC2046 # words
	nsenter -t "$(container_pid "$name")" --mount --pid --root --wd \
		$(as_user "$stage") /usr/bin/env -i "${environment[@]}" "$@"
}

container_healthy() { # SERVICE
	local words
	mapfile -t words < <(last_line "$(plan --arg s "$1" '.services[$s].build.target')" HEALTHCHECK |
		sed 's/^CMD //' | jq -r '.[]')
	container_exec "$1" "${words[@]}"
}

# TERM, or the image's own signal, to the first process. Gives its exit code.
container_stop() { # SERVICE
	local signal
	signal=$(last_line "$(plan --arg s "$1" '.services[$s].build.target')" STOPSIGNAL)
	kill -s "${signal:-TERM}" "$(container_pid "$1")"
	wait "$(cat "$work/$1.unshare")"
}
