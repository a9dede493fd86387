#!/bin/sh
# SPDX-License-Identifier: MIT
# The tables' rows: each file of them is known where it has to be, and the
# lists of columns in .sql files are what embed_sql.awk says.
set -u
# shellcheck source=tests/lint/tap.sh
. "$(dirname "$0")/tap.sh"

# In Makefile.inc, which makes schema_table.h for --verify of the list.
files_of_rows() {
	grep -l '^TABLE(' src/models/tables/*_table.h | while IFS= read -r file; do
		grep -qE "^	%D%/${file##*/}( |\$)" src/models/tables/Makefile.inc ||
			echo "$file:1: it is not in table_rows of Makefile.inc"
	done
}

# What is left of a table's macros would be there in the next one.
macros_end() {
	sed -n 's/^# *define \([A-Z_]*\).*/\1/p' src/models/tables/row_words.h |
		sort -u | while IFS= read -r name; do
		grep -qx "#undef $name" src/models/tables/row_words_end.h ||
			echo "src/models/tables/row_words_end.h:1: $name goes on"
	done
	for file in src/models/tables/*_table.h; do
		grep -q '^TABLE(' "$file" || continue
		grep -qx '#include "models/tables/row_words.h"' "$file" &&
			[ "$(tail -n 1 "$file")" = '#include "models/tables/row_words_end.h"' ] ||
			echo "$file:1: its rows have no begin or no end"
	done
}

printf 'TABLE(a)\n' | broken src/models/tables/a_table.h
printf '\t%%D%%/b_table.h \\\n' | broken src/models/tables/Makefile.inc
printf '#include "models/tables/row_words.h"\nTABLE(b)\n#include "models/tables/row_words_end.h"\n' |
	broken src/models/tables/b_table.h
printf '#define KEY(x)\n#define ROW\n' | broken src/models/tables/row_words.h
printf '#undef KEY\n' | broken src/models/tables/row_words_end.h
finds "a file of rows that nobody knows is found" files_of_rows 1
finds "a macro without an end, and rows without one, are found" macros_end 2
clean "each file of rows is in Makefile.inc" files_of_rows
clean "each table's macros end with it" macros_end

# -- embed_sql.awk
embed() { # FILE…
	"${AWK:-awk}" -f "$source_dir/src/models/tables/embed_sql.awk" prefix=try "$@"
}

cd "$lint_tmp" || exit 1
cat >one_table.h <<'H'
#include "models/tables/row_words.h"

TABLE(things)
SHOWN(id, INTEGER, NOT_NULL)
ONCE(COLUMN(external_id, VARCHAR, NULLABLE))
GIVEN(SHOWN(name, VARCHAR, NOT_NULL))
DERIVED(COLUMN(mapping_id, INTEGER, NULLABLE))
GIVEN(SHOWN_AS(kind, CHARS(50), NULLABLE, thing_kind))
STICKY(COLUMN(words, TEXT, NULLABLE))
MEASURED(COLUMN(count, INTEGER, NULLABLE))
OWNED
INDEX("btree (name)")

TABLE(bare)
COLUMN(id, INTEGER, NOT_NULL)
H
cat >sample.sql <<'SQL'
-- A sample. /* <inserted> */ in a comment stays behind.

-- statement: things
-- columns: things
INSERT INTO things AS t (id, /* <inserted> */ external_id, name,
	mapping_id, kind, words /* end */)
SELECT $1, /* n.<inserted> */ n.external_id, n.name, n.mapping_id, n.kind,
	n.words /* end */
FROM n WHERE (/* o.<compared> */ o.name, o.kind /* end */) IS DISTINCT FROM
	(/* n.<compared> */ n.name, n.kind /* end */) AND 1 <> 2
	AND n.said ?& ARRAY[
		/* {compared: '@'} */
		'name', 'kind'
		/* end */ ]
ON CONFLICT (external_id) DO UPDATE SET /* <updated = excluded> */
	name = excluded.name, mapping_id = excluded.mapping_id,
	kind = excluded.kind, words = COALESCE(excluded.words, t.words) /* end */;

-- statement: metrics
-- columns: things
UPDATE things SET /* <measured = m> */ count = m.count /* end */,
	words = E'\n"';
SQL
cat >want <<'C'
/* Made from .sql files by embed_sql.awk. */
#include "models/transform_job.h"
extern const struct db_statement try_sample[];
const struct db_statement try_sample[] = {
	{ .changes = true, .name = "try_sample_things", .sql =
	"INSERT INTO things AS t (id, external_id, name,\n"
	"mapping_id, kind, words)\n"
	"SELECT $1, n.external_id, n.name, n.mapping_id, n.kind,\n"
	"n.words\n"
	"FROM n WHERE (o.name, o.kind) IS DISTINCT FROM\n"
	"(n.name, n.kind) AND 1 <> 2\n"
	"AND n.said ?& ARRAY[\n"
	"'name', 'kind'\n"
	" ]\n"
	"ON CONFLICT (external_id) DO UPDATE SET\n"
	"name = excluded.name, mapping_id = excluded.mapping_id,\n"
	"kind = excluded.kind, words = COALESCE(excluded.words, t.words)\n" },
	{ .changes = true, .name = "try_sample_metrics", .sql =
	"UPDATE things SET count = m.count,\n"
	"words = E'\\n\"'\n" },
	{ .name = NULL },
};
C
if embed one_table.h sample.sql >got 2>&1 && cmp -s want got; then
	point ok "statements become C, without the comments around lists"
else
	diff want got | sed 's/^/# /'
	point "not ok" "statements become C, without the comments around lists"
fi

# A fault ends the build with FILE:LINE: SENTENCE.
refused() { # NAME SENTENCE FILES…
	name=$1 sentence=$2
	shift 2
	if ! embed "$@" >out 2>err && [ "$(cat err)" = "$sentence" ]; then
		point ok "$name"
	else
		sed 's/^/# /' err
		point "not ok" "$name"
	fi
}
bad() { # TEXT
	printf -- '-- statement: a\n-- columns: things\n%s\n' "$1" >bad.sql
}
printf -- '-- statement: a\n-- columns: thing\nSELECT 1;\n' >bad.sql
refused "an unknown table is refused" \
	"bad.sql:2: there is no table thing in models/tables/*_table.h" \
	one_table.h bad.sql
bad 'SELECT /* <insertd> */ a /* end */;'
refused "so is an unknown list" \
	"bad.sql:3: the table things has no columns for <insertd>" \
	one_table.h bad.sql
printf -- '-- statement: a\n-- columns: bare\nSELECT /* <compared> */ id /* end */;\n' >bad.sql
refused "so is a list without columns" \
	"bad.sql:3: the table bare has no columns for <compared>" \
	one_table.h bad.sql
bad 'SELECT 1;
-- statement: b
SELECT /* <inserted> */ a /* end */;'
refused "a statement does not go by the table of the one before" \
	"bad.sql:5: <inserted> without a line -- columns: TABLE before it" \
	one_table.h bad.sql
for list in 'n.name' 'n.name, n.kind, n.words' 'n.kind, n.name' 'n.name, kind'; do
	bad "SELECT
	(/* n.<compared> */ $list
	/* end */);"
	refused "a list that the rows do not have is refused: $list" \
		"bad.sql:4: n.<compared> of things is: n.name, n.kind" \
		one_table.h bad.sql
done
bad 'SELECT /* <compared> */ name, kind;'
refused "so is one without an end" \
	"bad.sql:3: /* <compared> */ without an /* end */" one_table.h bad.sql
bad 'SELECT /* <compared */ name, kind /* end */;'
refused "and an end without a list" \
	"bad.sql:3: /* end */ without a list before it" one_table.h bad.sql
bad 'SELECT 1
-- statement: b
SELECT 2;'
refused "so is a statement that does not end" \
	"bad.sql:3: the statement a has no ; at its end" one_table.h bad.sql
bad 'SELECT 1;
SELECT 2;'
refused "and one that goes on" \
	"bad.sql:4: the statement a goes on after its ;" one_table.h bad.sql
printf 'TABLE(things)\nGIVEN(\n    COLUMN(id, INTEGER, NOT_NULL))\n' >two_table.h
refused "a row that goes on in the next line is refused" \
	"two_table.h:2: this is no row of a column that batches fill" \
	two_table.h sample.sql
finish
