#!/bin/sh
# SPDX-License-Identifier: MIT
# Fuzz with libFuzzer: builds by itself, no configure needed, and goes on from
# the seeds.
#
#	tests/fuzz/fuzz.sh [conf|cursor|fcgi|json_scan|json_twin|json_write|jwt|
#		message|multipart|params|qdrant|route|svg|unpack]...
#
# FUZZ_SECONDS (60) for each harness; FUZZ_CC (clang). What is found stays in
# the folder fuzz-out/ below the current one: the corpus, and crash-* files, which
# the programs of make check take as arguments, too.
set -eu

source_dir=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)
fuzz_dir=$source_dir/tests/fuzz
cc=${FUZZ_CC:-clang}
seconds=${FUZZ_SECONDS:-60}
work=$PWD/fuzz-out

if ! command -v "$cc" >/dev/null; then
	echo "fuzz.sh: $cc was not found; FUZZ_CC names another clang" >&2
	exit 69
fi
[ $# -gt 0 ] || set -- conf cursor fcgi json_scan json_twin json_write \
	jwt message multipart params qdrant route svg unpack
libraries="libcjson libpq librabbitmq libcrypto zlib"
features=
for library in cjose:CJOSE expat:EXPAT libzstd:ZSTD libcurl:CURL \
	libsystemd:SYSTEMD; do
	pkg-config --exists "${library%:*}" || continue
	libraries="$libraries ${library%:*}"
	features="$features -DHAVE_${library#*:}=1"
done
compile() { # ARGUMENTS…
	# shellcheck disable=SC2046,SC2086 # several words
	"$cc" -std=c11 -D_GNU_SOURCE -g -O1 \
		-DPACKAGE_VERSION='"fuzz"' -DETL_FEATURES='"fuzz"' \
		-fno-sanitize-recover=all \
		-I"$source_dir/src" -I"$source_dir/tests" \
		$features $(pkg-config --cflags $libraries) "$@"
}
# A library: what a harness brings itself is left out of it, as in make check.
rm -rf "$work/libetl.a" "$work/objects"
mkdir -p "$work/objects"
for source in $(cd "$source_dir/src" && find . -name '*.c' ! -path './programs/*'); do
	# Same names in two folders are members of their own.
	compile -fsanitize=fuzzer-no-link,address,undefined \
		-c "$source_dir/src/$source" \
		-o "$work/objects/$(echo "${source#./}" | tr / -).o"
done
ar rcs "$work/libetl.a" "$work/objects"/*.o
rm -rf "$work/objects"
for name in "$@"; do
	seeds=$fuzz_dir/seeds/$name
	[ -d "$seeds" ] || seeds=$fuzz_dir/seeds/json_scan
	mkdir -p "$work/$name"
	# shellcheck disable=SC2046,SC2086 # pkg-config gives several words
	compile -fsanitize=fuzzer,address,undefined "$fuzz_dir/fuzz_$name.c" \
		"$source_dir/tests/unit/json/json_reference.c" "$work/libetl.a" \
		-o "$work/fuzz_$name" $(pkg-config --libs $libraries) -lfcgi
	echo "fuzz.sh: $name, $seconds seconds"
	(cd "$work" && "./fuzz_$name" -max_total_time="$seconds" \
		-timeout=10 -max_len=65536 -print_final_stats=1 \
		-artifact_prefix="crash-$name-" "$name" "$seeds")
done
