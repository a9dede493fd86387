#!/bin/sh
# SPDX-License-Identifier: MIT
# The settings' rows: each is in deploy/etl.conf, none is there twice, and one
# with the fields of another kind does not compile.
set -u
build=$PWD
# shellcheck source=tests/lint/tap.sh
. "$(dirname "$0")/tap.sh"

# The settings of all rows, one name a line.
settings() {
	find src -name '*_conf_rows.h' | sort | xargs sed -n \
		's/^SETTING([A-Z_]*, \([a-z0-9_]*\),.*/\1/p' /dev/null
}

# Both ways: each setting in deploy/etl.conf, each line of it a setting.
settings_in_file() {
	conf=deploy/etl.conf
	for name in $(settings); do
		grep -Eq "^#? ?$name *=" "$conf" ||
			echo "$conf:1: $name is missing"
	done
	settings | sort >"$lint_tmp/settings"
	sed -n 's/^#\{0,1\} \{0,1\}\([a-z0-9_]*\) *=.*/\1/p' "$conf" | sort -u |
		while IFS= read -r name; do
		grep -qx "$name" "$lint_tmp/settings" ||
			echo "$conf:1: there is no setting $name"
	done
}

# No name and no environment variable belongs to two settings. The variable is
# the last text but one of a row.
settings_twice() {
	settings | sort | uniq -d | sed 's/^/src:1: two settings named /'
	find src -name '*_conf_rows.h' | sort | xargs cat /dev/null |
		tr '\n' ' ' | sed 's/SETTING(/\n/g' |
		sed -n 's/.*, *"\([A-Z][A-Z0-9_]*\)", *".*/\1/p' |
		sort | uniq -d | sed 's/^/src:1: two settings of /'
}

# What the programs print of their rows is what deploy/etl.conf and so the manual
# have: comments, names, defaults.
settings_printed() {
	sed 1,/^$/d deploy/etl.conf | sed '/^$/d; s/^#\([a-z]\)/\1/' |
		diff - "$lint_tmp/printed" | sed -n 's/^[<>]/deploy\/etl.conf:1: &/p'
}

broken src/base/a_conf_rows.h <<'C'
SETTING(CHOICE, one, "x", "x|y", "ETL_ONE", "One")
SETTING(NUMBER, two, 1, 0, 5, "ETL_ONE", "Two")
SETTING(NUMBER, three, 1, 0, 5,
    "ETL_THREE", "Three")
SETTING(FLAG, three, true, "ETL_FOUR",
    "Four")
C
broken deploy/etl.conf <<'C'
# The settings.

#one = x
three = 1
thre = 1
C
finds "a setting not in the file, and the reverse, is found" settings_in_file 2
finds "a setting that is there twice is found" settings_twice 2
clean "deploy/etl.conf has each setting and no other" settings_in_file
clean "no setting is there twice" settings_twice
printf '# One.\none = x\n' >"$lint_tmp/printed"
finds "a comment or a default that is not the rows' is found" settings_printed 3
if env -i "$build/pulse-etl" --config /dev/null settings show >"$lint_tmp/said" 2>"$lint_tmp/err"; then
	sed 's/ $//' "$lint_tmp/said" >"$lint_tmp/printed"
	clean "deploy/etl.conf has what the programs print" settings_printed
else
	skip "deploy/etl.conf has what the programs print" "the program does not run here"
fi

# -- what the compiler says of a row
compiles() { # ROW
	cat >"$lint_tmp/row.c" <<C
#include "base/conf.h"

struct owner {
#define SETTING(kind, ...) CONF_MEMBER_##kind(__VA_ARGS__)
	$1
#undef SETTING
};
const struct conf_row rows[] = {
#define SETTING(kind, ...) CONF_ROW_##kind(struct owner, __VA_ARGS__)
	$1
#undef SETTING
};
C
	# What CC has behind its name are flags.
	# shellcheck disable=SC2086
	${CC:-cc} -std=c11 -I"$source_dir/src" -fsyntax-only \
		"$lint_tmp/row.c" >"$lint_tmp/said" 2>&1
}

taken() { # NAME ROW
	if compiles "$2"; then
		point ok "$1"
	else
		sed 's/^/# /' "$lint_tmp/said"
		point "not ok" "$1"
	fi
}

refused() { # NAME ROW
	if compiles "$2"; then
		echo "# $2 compiles"
		point "not ok" "$1"
	else
		point ok "$1"
	fi
}

taken "a row of each kind compiles" 'SETTING(TEXT, a, "x", "A", "Help")
	SETTING(SECRET, b, "", "B", "Help")
	SETTING(CHOICE, c, "x", "x|y", "C", "Help")
	SETTING(NUMBER, d, -1, -5, 5, "D", "Help")
	SETTING(LIVE_CHOICE, f, "x", "x|y", "F", "Help")
	SETTING(LIVE_NUMBER, g, -1, -5, 5, "G", "Help")
	SETTING(FLAG, e, true, "E", "Help")'
refused "a number's default is within its limits" \
	'SETTING(NUMBER, a, 6, 0, 5, "A", "Help")'
refused "it is a number" 'SETTING(NUMBER, a, "1", 0, 5, "A", "Help")'
refused "a number has limits" 'SETTING(NUMBER, a, 1, "A", "Help")'
refused "a text has none" 'SETTING(TEXT, a, "x", 0, 0, "A", "Help")'
refused "a text's default is a text" 'SETTING(TEXT, a, 1, "A", "Help")'
refused "so is a secret's" 'SETTING(SECRET, a, NULL, "A", "Help")'
refused "a choice has choices" 'SETTING(CHOICE, a, "x", "A", "Help")'
refused "a flag's default is true or false" \
	'SETTING(FLAG, a, "on", "A", "Help")'
refused "it is not another number" 'SETTING(FLAG, a, 2, "A", "Help")'
refused "a setting has an environment variable" \
	'SETTING(TEXT, a, "x", "Help")'
refused "a kind that does not exist is refused" \
	'SETTING(BOOL, a, true, "A", "Help")'
finish
