#!/bin/sh
# SPDX-License-Identifier: MIT
# Rules of docs/style.md that a few lines of awk can see.
set -u
# shellcheck source=tests/lint/tap.sh
. "$(dirname "$0")/tap.sh"

# What people write here: not the data, not what is generated.
texts() {
	find src tests migrations nginx deploy configure.ac Makefile.am README.md \
		NEWS docs bench \
		\( -path tests/data -o -path tests/fuzz/seeds \
		-o -path nginx/console/vendor -o -name '*.png' \
		-o -name '*.o' -o -name '*.a' -o -name '.*' -o -name '*.log' \
		-o -name '*.trs' -o -name '*.json' -o -name transformer_sql.c \
		-o -name schema_needed.c -o -name schema_table.h \
		-o -name loader_sql.c -o -path deploy/cluster.d/wire \
		-o -type f -perm -u+x \
		-path 'tests/*/*' ! -name '*.sh' \) \
		-prune -o -type f -print 2>/dev/null | sort
}

sources() {
	texts | grep '\.[ch]$'
}

# Every file the awk program of the first argument; FILE:LINE: TEXT.
each() { # PROGRAM FILES…
	xargs awk "function say(text) { print FILENAME \":\" FNR \": \" text }
		$1" /dev/null
}

unsafe_calls() {
	sources | each '
	/^[ \t]*(\*|\/\*)/ { next }
	/(^|[^A-Za-z0-9_])(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atof|gets)[ \t]*\(/ {
		say($0)
	}'
}

# LC_ALL: some files hold bytes that are no text.
blanks_at_the_end() {
	texts | LC_ALL=C each '/[ \t\r]$/ { say("ends with a blank") }'
}

blanks_before_tabs() {
	sources | each '/^ +\t/ { say("a blank before a tab") }'
}

long_files() {
	texts | grep -E '\.([ch]|sh|inc)$' | LC_ALL=C xargs awk '
	FNR == 401 { print FILENAME ":401: more than 400 lines" }' /dev/null
}

# Every script: those named *.sh, and those whose first line says so.
all_scripts() {
	{
		find tests deploy .ci -name '*.sh' -type f
		find tests deploy .ci -type f ! -name '*.*' \
			-exec grep -lE '^#!.*[ /](ba)?sh$' {} +
	} 2>/dev/null | grep -v -e '/data/' -e '/fuzz/seeds/' | sort
}

# Columns, not bytes: a tab goes on to the next eighth, and what follows the first
# byte of a character takes no room.
long_lines() {
	all_scripts | LC_ALL=C each '{
		line = $0
		gsub(/[\200-\277]/, "", line)
		while ((tab = index(line, "\t")) > 0)
			line = substr(line, 1, tab - 1) \
				substr("        ", 1 + (tab - 1) % 8) \
				substr(line, tab + 1)
		if (length(line) > 120)
			say("more than 120 columns")
	}'
}

# Written so that this file does not hold the words.
left_undone() {
	texts | LC_ALL=C each '/(^|[^A-Za-z])(TO[D]O|FIX[M]E|XX[X])([^A-Za-z]|$)/ {
		say($0)
	}'
}

# A table is expanded several times: no guard. Any other header has the guard
# of its path, opens with what it is, and ends with the guard.
first_words() { # FILE: its first line behind that of the licence
	grep -v -m 1 SPDX-License-Identifier "$1"
}

# Each source says in its first lines by which licence it may be used.
licences() {
	{ sources; all_scripts; } | while IFS= read -r file; do
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: MIT' ||
			echo "$file:1: names no licence"
	done
}

# What answers show of a table is compared with it by a test that has to know.
shown_are_compared() {
	test=tests/unit/models/catalogue/check_catalogue.c
	find src/models -name '*_shown_rows.h' ! -path 'src/models/report/*' | sort | while IFS= read -r file; do
		grep -qsF "\"${file#src/}\"" "$test" ||
			echo "$file:1: $test does not include it"
	done
}

headers() {
	find src -name '*.h' | sort | while IFS= read -r file; do
		guard=$(echo "${file#src/}" | tr 'a-z/.' 'A-Z__')
		case $file in
		*_table.h | *_rows.h | */row_words*.h)
			grep -n '^#ifndef .*_H$' "$file" |
				sed "s|^\([0-9]*\):.*|$file:\1: a table has no guard|"
			;;
		*)
			first_words "$file" | grep -q '^/\*' ||
				echo "$file:1: does not say what it is"
			if ! grep -qx "#ifndef $guard" "$file" ||
				! grep -qx "#define $guard" "$file" ||
				[ "$(tail -n 1 "$file")" != '#endif' ]; then
				echo "$file:1: its guard is not $guard"
			fi
			;;
		esac
	done
}

# Own header, system, foreign, ours: the first include of x.c is its header.
own_header_first() {
	find src -name '*.c' | sort | while IFS= read -r file; do
		own=${file#src/}
		own=${own%.c}.h
		[ -e "src/$own" ] || continue
		grep -m 1 '^#include' "$file" | grep -qxF "#include \"$own\"" ||
			echo "$file:1: $own is not included first"
	done
}

# A source without a header of its own says what it is.
silent_sources() {
	find src -name '*.c' | sort | while IFS= read -r file; do
		[ ! -e "${file%.c}.h" ] || continue
		first_words "$file" | grep -q '^/\*' ||
			echo "$file:1: does not say what it is"
	done
}

# Phrases that are riddles; docs/style.md has the words to use.
riddles() {
	find src deploy nginx docs README.md NEWS -type f \
		\( -name '*.[ch]' -o -name '*.md' -o -name NEWS -o -name '*.in' \
		-o -name '*.conf' \) 2>/dev/null | sort | grep -v -e docs/style.md |
		LC_ALL=C xargs awk '
		{ line = $0 }
		line ~ /(^|[^a-z])(is|are) (wanted|meant|to be had)([^a-z]|$)/ ||
		line ~ /(^|[^a-z])(is|are|was|were) away([^a-z]|$)/ ||
		line ~ /(^|[^a-z])by (itself|themselves)([^a-z]|$)/ || line ~ /(^|[^a-z])old age([^a-z]|$)/ {
			print FILENAME ":" FNR ": " $0
		}' /dev/null
}

unit_tests() {
	find tests/unit -name 'check_*.c' | sort
}

# A test with no case cannot fail, nor can one without a question.
tests_ask() {
	unit_tests | xargs awk '
	/^START_TEST/ { asks = 0; line = FNR }
	/ck_a[sb]|unit_span_eq|agree\(/ { asks = 1 }
	/^END_TEST/ && !asks { print FILENAME ":" line ": asks nothing" }' /dev/null
}

# A case that is written is also run.
tests_run() {
	unit_tests | while IFS= read -r file; do
		sed -n 's/^START_TEST(\(.*\))$/\1/p' "$file" |
			while IFS= read -r name; do
				tr -d '\n\t ' <"$file" |
					grep -q "test(tcase,${name}[,)]" ||
					echo "$file:1: $name is not run"
			done
	done
}

# Each check_ file is built.
tests_built() {
	unit_tests | while IFS= read -r file; do
		name=${file#tests/}
		name=${name%.c}
		grep -qE "^	%D%/$name( |\$)" tests/Makefile.inc ||
			echo "$file:1: $name is not in tests/Makefile.inc"
	done
}

# FOLDER/check_NAME.c is for FOLDER/NAME of src, or for a part of it: a file of
# NAME_WHAT.
tests_mirror() {
	unit_tests | while IFS= read -r file; do
		module=$(echo "$file" | sed 's|^tests/unit/|src/|
			s|/check_\([^/]*\)\.c$|/\1|')
		until [ -e "$module.c" ] || [ -e "$module.h" ]; do
			case ${module##*/} in
			*_*) module=${module%_*} ;;
			*)
				echo "$file:1: there is nothing in src that it tests"
				break
				;;
			esac
		done
	done
}

# What lib.sh calls by name must not mean something else in a test.
functions_twice() {
	libs='lib.sh requests.sh messages.sh'
	for name in $(cd tests/integration &&
		sed -sn 's/^\([a-z_]*\)() {.*/\1/p' $libs); do
		grep -n "^$name() {" tests/integration/[a-z0-9]*.sh |
			grep -v -e '^tests/integration/lib.sh:' \
				-e '^tests/integration/requests.sh:' \
				-e '^tests/integration/messages.sh:' |
			sed "s/:\([0-9]*\):.*/:\1: $name is a function of lib.sh/"
	done
}

# A picture that its text source does not make any more.
old_pictures() {
	for file in docs/*.awk; do
		file=${file%.awk}
		"${AWK:-awk}" -f "$file.awk" "$file.txt" | cmp -s - "$file.svg" ||
			echo "$file.svg:1: it is old: make pictures"
	done
}

# A document that is in no release leads nowhere from those that are.
unlisted_documents() {
	find docs -name '*.md' -o -name '*.svg' -o -name '*.png' | while read -r file; do
		grep -qsF -- "$file" Makefile.am || echo "$file:1: Makefile.am does not have it"
	done
}

# Those of tests/integration are for .ci/run, with all others.
scripts() {
	{
		find tests deploy bench -name '*.sh' -type f
		find tests deploy bench -type f -perm -u+x ! -name '*.sh' \
			-exec grep -lE '^#!.*[ /](ba)?sh$' {} +
	} 2>/dev/null | grep -v -e '/data/' -e '^tests/integration/' | sort
}

script_faults() {
	scripts | xargs shellcheck -x -S warning -f gcc
}

broken src/base/bad.c <<'C'
#include <string.h>
#include "base/bad.h"
/* strcpy(a, b) in a comment is only talked about */
	strcpy(a, b);
	x = atoi (b);
	my_strcpy(a, b); snprintf(a, 1, "");
	sprintf(a, "");
C
printf 'int x; \n  \tint y;\n\n' | broken src/base/blanks.c
echo 'The port is wanted; one is meant for it.' | broken docs/riddle.md
printf 'int silent;\n' | broken src/base/silent.c
broken src/base/undone.c <<'C'
/* TO_DO is a word; so is todo. */
C
printf '// %s: later\n/* %s */\n' 'TO''DO' 'FIX''ME' | broken src/base/left.c
awk 'BEGIN { for (i = 0; i < 401; i++) print "x" }' | broken src/base/long.c
awk 'BEGIN { for (i = 0; i < 400; i++) print "x" }' | broken src/base/fits.c
printf '#ifndef BASE_X_ROWS_H\n' | broken src/base/x_rows.h
printf '/* x */\n#ifndef BASE_OTHER_H\n#define BASE_OTHER_H\n#endif\n' |
	broken src/base/bad.h
printf '#ifndef BASE_MUTE_H\n#define BASE_MUTE_H\n#endif\n' |
	broken src/base/mute.h
printf 'SHOWN(id, INT, NOT_NULL, "t.id")\n' |
	broken src/models/catalogue/team_shown_rows.h
broken tests/unit/base/check_bad_part.c <<'C'
START_TEST(it_asks_nothing)
{
}
END_TEST
START_TEST(it_is_not_run)
{
	ck_assert(1);
}
END_TEST
	tcase_add_test(tcase,
	    it_asks_nothing);
C
: | broken tests/unit/http/check_bad_part.c
broken tests/Makefile.inc <<'C'
	%D%/unit/base/check_bad
	%D%/unit/http/check_bad_part
C
printf '#!/bin/sh\ncd /tmp\necho\n' | broken tests/bad.sh
{
	echo '#!/usr/bin/env bash'
	awk 'BEGIN { for (i = 0; i < 119; i++) printf "x"; print "\303\244" }'
	awk 'BEGIN { for (i = 0; i < 121; i++) printf "x"; print "" }'
	awk 'BEGIN { printf "x\t\t"; for (i = 0; i < 104; i++) printf "x"; print "" }'
	awk 'BEGIN { printf "x\t\t"; for (i = 0; i < 105; i++) printf "x"; print "" }'
} >"$lint_tmp/wide"
broken deploy/wide <"$lint_tmp/wide"
broken tests/data/wide.sh <"$lint_tmp/wide"
echo '{ print }' | broken docs/picture.awk
echo new | broken docs/picture.txt
echo old | broken docs/picture.svg
printf 'seen() {\n' | broken tests/integration/lib.sh
printf 'api() {\n' | broken tests/integration/requests.sh
printf 'queue_has() {\n' | broken tests/integration/messages.sh
printf 'seen() {\nother() {\nqueue_has() {\napi() {\n' |
	broken tests/integration/010_bad.sh

finds "an unsafe call is found" unsafe_calls 3
finds "a blank at the end of a line is found" blanks_at_the_end 1
finds "a blank before a tab is found" blanks_before_tabs 1
finds "what was left undone is found" left_undone 2
finds "a file of 401 lines is found" long_files 1
finds "a line of more than 120 columns in a script is found" long_lines 2
finds "a header without its guard or words is found" headers 3
finds "a source that does not begin with its header is found" \
	own_header_first 1
finds "a source that does not say what it is is found" silent_sources 5
finds "a source without its licence is found" licences 19
finds "what nobody compares with its table is found" shown_are_compared 1
finds "a riddle is found" riddles 1
finds "a test that asks nothing is found" tests_ask 1
finds "a test that is not run is found" tests_run 1
finds "a test that is not built is found" tests_built 1
finds "a test of nothing in src is found" tests_mirror 1
finds "a function that stands for another is found" functions_twice 3
finds "a picture that is old is found" old_pictures 1
finds "a document that is not released is found" unlisted_documents 2

clean "no unsafe call" unsafe_calls
clean "no blanks at the end of a line" blanks_at_the_end
clean "no blank before a tab" blanks_before_tabs
clean "nothing is left undone" left_undone
clean "no file has more than 400 lines" long_files
clean "no script has a line of more than 120 columns" long_lines
clean "headers have their guards and say what they are" headers
clean "a source begins with its header" own_header_first
clean "a source without a header says what it is" silent_sources
clean "each source names its licence" licences
clean "what answers show is compared with its table" shown_are_compared
clean "no riddles" riddles
clean "each unit test asks something" tests_ask
clean "each unit test is run" tests_run
clean "each unit test is built" tests_built
clean "the folders of unit tests are those of src" tests_mirror
clean "no test has a function of lib.sh's name" functions_twice
clean "no picture is older than its source" old_pictures
clean "each document is released" unlisted_documents
if [ "${ETL_SHELLCHECK-}" = no ]; then
	skip "shellcheck finds nothing in the scripts" "ETL_SHELLCHECK=no"
elif command -v shellcheck >/dev/null; then
	finds "a fault in a script is found" script_faults 1
	clean "shellcheck finds nothing in the scripts" script_faults
else
	skip "shellcheck finds nothing in the scripts" "there is no shellcheck"
fi
finish
