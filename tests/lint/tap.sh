# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# For the lint scripts: TAP points from rules. A rule is a function that prints
# what it finds as file:line: text; finding nothing is right. Each is first
# shown a folder that breaks it: a rule that finds nothing there is broken.

source_dir=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)
lint_tmp=$(mktemp -d "${TMPDIR:-/tmp}/etl-lint-XXXXXX")
trap 'rm -rf "$lint_tmp"' EXIT
points=0

point() { # WORD NAME
	points=$((points + 1))
	echo "$1 $points - $2"
}

skip() { # NAME REASON
	point ok "$1 # SKIP $2"
}

# The rule finds nothing in the source.
clean() { # NAME RULE
	(cd "$source_dir" && "$2") >"$lint_tmp/found" 2>&1
	if [ -s "$lint_tmp/found" ]; then
		sed 's/^/# /' "$lint_tmp/found"
		point "not ok" "$1"
	else
		point ok "$1"
	fi
}

# The rule finds so many lines in the folder that breaks it.
finds() { # NAME RULE COUNT
	(cd "$lint_tmp/broken" && "$2") >"$lint_tmp/found" 2>&1
	if [ "$(wc -l <"$lint_tmp/found")" -eq "$3" ]; then
		point ok "$1"
	else
		sed 's/^/# /' "$lint_tmp/found"
		point "not ok" "$1"
	fi
}

# Write a file of the folder that breaks the rules; its text is the input.
broken() { # PATH
	mkdir -p "$lint_tmp/broken/$(dirname "$1")"
	cat >"$lint_tmp/broken/$1"
}

finish() {
	echo "1..$points"
}
