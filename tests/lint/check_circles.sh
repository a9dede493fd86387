#!/bin/sh
# SPDX-License-Identifier: MIT
# No two files need each other, directly or round about: what one calls of
# another is read from the objects that were built.
set -u
# shellcheck source=tests/lint/tap.sh
. "$(dirname "$0")/tap.sh"

# Of nm -A -P -g: LIBRARY[OBJECT]: SYMBOL TYPE …; each circle is one line.
circles() {
	awk '
	function follow(from, n, i, to, names, members) {
		number[from] = low[from] = ++count
		stack[++top] = from
		waits[from] = 1
		n = split(calls[from], names, " ")
		for (i = 1; i <= n; i++) {
			to = names[i]
			if (!(to in number)) {
				follow(to)
				if (low[to] < low[from])
					low[from] = low[to]
			} else if (waits[to] && number[to] < low[from]) {
				low[from] = number[to]
			}
		}
		if (low[from] != number[from])
			return
		n = 0
		members = ""
		do {
			to = stack[top--]
			waits[to] = 0
			members = members " " to
			n++
		} while (to != from)
		if (n > 1)
			print "src:1: they need each other:" members
	}
	{
		split($1, part, /[][]/)
		sub(/.*\//, "", part[1])
		object = part[1] "/" part[2]
		if ($3 == "U")
			needs[object] = needs[object] " " $2
		else if ($3 ~ /^[A-TV-Z]$/)
			home[$2] = object
	}
	END {
		for (object in needs) {
			n = split(needs[object], symbols, " ")
			for (i = 1; i <= n; i++)
				if ((symbols[i] in home) && home[symbols[i]] != object)
					calls[object] = calls[object] " " home[symbols[i]]
		}
		for (object in needs)
			if (!(object in number))
				follow(object)
	}' "${1:--}"
}

# What a build for link-time optimization has shows no symbols to nm.
built() {
	nm -A -P -g "$build_dir"/lib*.a 2>/dev/null
}

build_dir=$PWD
printf '%s\n' 'liba.a[one.o]: one T 0 1' 'liba.a[one.o]: two U' \
	'libb.a[two.o]: two T 0 1' 'libb.a[two.o]: three U' \
	'libb.a[three.o]: three T 0 1' 'libb.a[three.o]: one U' \
	'libb.a[four.o]: four T 0 1' 'libb.a[four.o]: one U' \
	'libb.a[four.o]: four2 T 0 1' 'libb.a[four.o]: puts U' |
	broken symbols
circles_found() {
	circles symbols
}
circles_built() {
	built | circles
}
finds "a circle of three files is found, and no other" circles_found 1
if [ -z "$(built | head -n 1)" ]; then
	skip "no files need each other" "nothing was built here"
else
	clean "no files need each other" circles_built
fi
finish
