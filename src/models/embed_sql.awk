# Turn .sql files into C: for each file PREFIX_FILE[], its statements in order,
# with a nameless one as the end. A line "-- statement: NAME" begins one; other
# comment lines are for the reader and stay behind.
#
# usage: awk -f embed_sql.awk prefix=transform FILE…

function end_statement() {
	if (in_statement)
		print "\" },"
	in_statement = 0
}

function end_file() {
	end_statement()
	if (table != "")
		print "\t{ .name = NULL },\n};"
}

BEGIN {
	print "/* Made from .sql files by embed_sql.awk. */"
	print "#include \"models/transform_job.h\""
}

FNR == 1 {
	end_file()
	table = FILENAME
	sub(/^.*\//, "", table)
	sub(/\.sql$/, "", table)
	table = prefix "_" table
	print "extern const struct db_statement " table "[];"
	print "const struct db_statement " table "[] = {"
}

/^-- statement: / {
	end_statement()
	in_statement = 1
	printf "\t{ .changes = true, .name = \"%s_%s\", .sql = \"", table, $3
	next
}

/^[ \t]*--/ { next }

in_statement {
	sub(/^[ \t]+/, "")
	gsub(/\\/, "&&")
	gsub(/"/, "\\\\&")
	if ($0 != "")
		printf "%s\\n", $0
}

END { end_file() }
