#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual pages, as the build has made them: mdoc without a fault, with the
# folders of configure, with each command of the tool and each setting.
set -u
build=$PWD
# shellcheck source=tests/lint/tap.sh
. "$(dirname "$0")/tap.sh"

# A page of another kind, a folder that is configure's to choose, a page that is
# not made.
odd_pages() {
	for file in deploy/man/*.in; do
		[ "$(head -c 3 "$file")" = .Dd ] || echo "$file:1: this is not mdoc"
		grep -nE '(^|[^@A-Za-z])/(usr|etc|run|var)/' "$file" |
			sed "s|^\([0-9]*\):.*|$file:\1: a folder that configure chooses|"
		name=${file##*/}
		grep -qE "^	%D%/man/${name%.in}( |\$)" deploy/Makefile.inc ||
			echo "$file:1: it is not in Makefile.inc"
	done
}

# The tool's commands and their options: what its completion knows (rows), and
# what the items of its page have.
untold() {
	"${AWK:-awk}" '
	FNR == NR {
		gsub(/\\-/, "-")
		if (/^\.It (Xo )?Cm /) {
			name = ""
			for (i = $2 == "Xo" ? 4 : 3; $i ~ /^[a-z][a-z-]*$/; i++)
				name = name (name == "" ? "" : " ") $i
			takes[name] = " "
			on = 1
		}
		line = $0
		while (on && match(line, /Fl -[a-z-]+/)) {
			takes[name] = takes[name] "-" substr(line, RSTART + 3, RLENGTH - 3) " "
			line = substr(line, RSTART + RLENGTH)
		}
		if (on && (/^\.Xc/ || /^\.It Cm/))
			on = 0
		next
	}
	/^[a-z][a-z-]*( [a-z-]+)?:/ {
		name = $0
		sub(/:.*/, "", name)
		count = split(substr($0, length(name) + 2), options, " ")
		if (!(name in takes))
			print "pulse-etl.1.in:1: " name " is missing"
		for (i = 1; name in takes && i <= count; i++) {
			sub(/=.*/, "", options[i])
			if (!index(takes[name], " " options[i] " "))
				print "pulse-etl.1.in:1: " name " " options[i] " is missing"
		}
	}' deploy/man/pulse-etl.1.in "$lint_tmp/rows"
}

# Which manuals are installed here is no fault of ours.
faults() {
	(cd "$build" && mandoc -Tlint deploy/man/*.[1-8] 2>&1) |
		grep ' deploy/man/' | grep -v 'referenced manual not found'
}

mkdir -p "$lint_tmp/broken/deploy/man"
printf '.TH A 1\n' | broken deploy/man/a.1.in
printf '.Dd x\n.Pa /usr/share/x\n' | broken deploy/man/b.1.in
printf '.Dd x\n.It Cm raw list Fl \\-limit Ar N\n.It Xo Cm purge\n.Op Fl \\-dry\\-run\n.Xc\n' |
	broken deploy/man/pulse-etl.1.in
printf '\t%%D%%/man/a.1 \\\n\t%%D%%/man/pulse-etl.1 \\\n' | broken deploy/Makefile.inc
printf 'raw list: --limit --all\npurge: --dry-run\nraw show:\n' >"$lint_tmp/rows"
finds "a page with a folder, of another kind, or that is not made is found" odd_pages 3
finds "a command, or an option, that the manual does not have is found" untold 2
clean "pages are mdoc, made, and have the folders of configure" odd_pages
if "$build/pulse-etl" completion bash >"$lint_tmp/rows" 2>"$lint_tmp/err"; then
	clean "the manual of the tool has all commands and options" untold
else
	skip "the manual of the tool has all commands and options" "the program does not run here"
fi
if command -v mandoc >"$lint_tmp/mandoc"; then
	clean "mandoc finds no fault" faults
else
	skip "mandoc finds no fault" "there is no mandoc"
fi
finish
