# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Root folders of Debian releases, for tests that need another system than this
# one: what apt has to be told, and how to run something in them.

# The lines for sources.list: the places that apt has Debian from here.
root_sources() { # SUITE
	local mirrors mirror security
	mirrors=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' \
		'Created-By: Packages' 'Origin: Debian' 2>/dev/null)
	mirror=${ETL_DEBIAN_MIRROR:-${ETL_DEBIAN13_MIRROR:-$(awk '$1 == "Debian" { print $2; exit }' <<<"$mirrors")}}
	[ -n "$mirror" ] || return 1
	echo "deb $mirror $1 main"
	echo "deb $mirror $1-updates main"
	security=$(awk '$1 == "Debian-Security" { print $2; exit }' <<<"$mirrors")
	[ -z "$security" ] || echo "deb $security $1-security main"
}

# How apt gets there: by what proxy, and how strict it is with old lists.
root_apt_options() {
	local name value
	for name in http::Proxy https::Proxy Check-Valid-Until Check-Date; do
		value=
		eval "$(apt-config shell value "Acquire::$name")"
		[ -z "$value" ] || echo "Acquire::$name \"$value\";"
	done
}

# Mounts for a root folder, then a command in it: $1 is the folder, the rest the
# command. For bash -c, within unshare --mount --pid.
root_mounts() {
	cat <<-'TEXT'
	set -e
	mount -t proc proc "$1/proc"
	mount --rbind /sys "$1/sys"
	mount --rbind /dev "$1/dev"
	mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
	for file in hosts resolv.conf; do
		[ ! -e "/etc/$file" ] || cat "/etc/$file" >"$1/etc/$file"
	done
	exec chroot "$@"
	TEXT
}
