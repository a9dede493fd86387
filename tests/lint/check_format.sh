#!/bin/sh
# SPDX-License-Identifier: MIT
# The sources of src are as clang-format 14 lays them out by .clang-format; other
# versions differ in details. Not so what is laid out by hand: files of rows, and
# vector instructions.
# shellcheck source=tests/lint/tap.sh
. "$(dirname "$0")/tap.sh"

clang_format=
for word in clang-format-14 clang-format; do
	if "$word" --version 2>/dev/null | grep -q ' version 14\.'; then
		clang_format=$word
		break
	fi
done
if [ -z "$clang_format" ]; then
	skip "the sources are laid out" "there is no clang-format 14"
	finish
	exit
fi

misplaced() {
	[ -e .clang-format ] || cp "$source_dir/.clang-format" .
	find src -name '*.[ch]' ! -name '*_rows.h' ! -name '*_table.h' \
		! -name 'row_words*.h' ! -name 'json_blocks_avx2.c' \
		! -name 'json_blocks_body.h' ! -name 'json_value_*' \
		! -name '*_sql.c' ! -name 'schema_needed.c' | sort |
		xargs "$clang_format" --dry-run 2>&1 |
		sed -n 's/^\([^ ]*:[0-9]*\):.*warning: code should be.*/\1: clang-format -i would change it/p'
}

printf 'int\nmain(void)\n{\n  return 0;\n}\n' | broken src/base/bad.c
printf 'ROW(  1 )\n' | broken src/base/bad_rows.h
finds "a line that is not laid out is found" misplaced 1
clean "the sources are laid out" misplaced
finish
