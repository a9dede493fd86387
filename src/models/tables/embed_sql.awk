# Turn .sql files into C: for each file PREFIX_FILE[], its statements in order,
# with a nameless one as the end. A line "-- statement: NAME" begins one; other
# comment lines are for the reader and stay behind.
#
# A line "-- columns: TABLE" in a statement lets it list columns of this table,
# as the rows of models/tables/*_table.h declare them (see row_words.h):
#
#	<LIST>		a, b, c
#	n.<LIST>	n.a, n.b, n.c
#	<LIST = n>	a = n.a, b = n.b, c = n.c
#
#	{LIST: TEXT}	TEXT for each of them, joined with commas; in it @ is the
#			column's name and # its place in the list, from 0
#
# where LIST is one of
#
#	inserted	ONCE, GIVEN, DERIVED and STICKY
#	updated		the same without ONCE; one that is STICKY is not set to
#			a NULL of excluded, but stays as it is in t
#	compared	GIVEN
#	measured	MEASURED
#
# A line "-- repeat" in a statement has it run again as long as it gives rows:
# those that somebody else has written meanwhile.
#
# A file that begins with "-- goes on: FILE" has more statements of the file
# before it. A line "-- as in: FILE STATEMENT NAME" is a statement that stands in
# a file before, under a name of its own.
#
# usage: awk -f embed_sql.awk prefix=transform TABLE.h… FILE.sql…

function fail(text) {
	print FILENAME ":" FNR ": " text >"/dev/stderr"
	failed = 1
	exit 1
}

function end_statement() {
	if (in_statement)
		print repeats ? ",\n\t.repeats = true }," : " },"
	in_statement = repeats = 0
	of = ""
}

function end_file() {
	end_statement()
	if (table != "")
		print "\t{ .name = NULL },\n};"
}

# A row puts its column on lists of its table.
function declare(role, name) {
	if (role == "MEASURED") {
		add("measured", name)
		return
	}
	add("inserted", name)
	if (role != "ONCE")
		add("updated", name)
	if (role == "GIVEN")
		add("compared", name)
	if (role == "STICKY")
		sticky[declared, name] = 1
}

function add(list, name) {
	columns[declared, list] = columns[declared, list] " " name
}

# What a list becomes, in lines; before is "n." or nothing, from what stands
# behind " = ".
function expanded(before, list, from,    names, count, i, item, text, width) {
	if (of == "")
		fail("<" list "> without a line -- columns: TABLE before it")
	if (!((of, list) in columns))
		fail("the table " of " has no columns for <" list ">")
	count = split(columns[of, list], names, " ")
	for (i = 1; i <= count; i++) {
		item = before names[i]
		if (from != "")
			item = item " = " from "." names[i]
		if (from == "excluded" && (of, names[i]) in sticky)
			item = names[i] " = COALESCE(excluded." names[i] ", t." \
				names[i] ")"
		if (i < count)
			item = item ","
		width += length(item) + 1
		text = text (i == 1 ? "" : width > 72 ? "\n" : " ") item
		if (width > 72)
			width = length(item) + 1
	}
	return text
}

# What {LIST: TEXT} becomes.
function templated(list, template,    names, count, i, item, text, place) {
	if (of == "")
		fail("{" list ": …} without a line -- columns: TABLE before it")
	if (!((of, list) in columns))
		fail("the table " of " has no columns for {" list ": …}")
	count = split(columns[of, list], names, " ")
	for (i = 1; i <= count; i++) {
		item = template
		place = i - 1
		gsub(/@/, names[i], item)
		gsub(/#/, place, item)
		text = text (i == 1 ? "" : ",\n") item
	}
	return text
}

# Expand all lists of a line.
function with_lists(line,    done, token, before, list, from) {
	while (match(line, /\{[a-z]+: [^{}]*\}/)) {
		token = substr(line, RSTART + 1, RLENGTH - 2)
		done = done substr(line, 1, RSTART - 1)
		line = substr(line, RSTART + RLENGTH)
		list = token
		sub(/: .*/, "", list)
		sub(/^[a-z]+: /, "", token)
		done = done templated(list, token)
	}
	line = done line
	done = ""
	while (match(line, /([a-z]+\.)?<[a-z]+( = [a-z]+)?>/)) {
		token = substr(line, RSTART, RLENGTH)
		done = done substr(line, 1, RSTART - 1)
		line = substr(line, RSTART + RLENGTH)
		before = list = token
		sub(/<.*/, "", before)
		sub(/^.*</, "", list)
		sub(/>$/, "", list)
		from = ""
		if (list ~ / = /) {
			from = list
			sub(/^.* = /, "", from)
			sub(/ = .*$/, "", list)
		}
		done = done expanded(before, list, from)
	}
	return done line
}

BEGIN {
	print "/* Made from .sql files by embed_sql.awk. */"
	print "#include \"models/transform_job.h\""
}

FILENAME ~ /_table\.h$/ {
	if (match($0, /^TABLE\([a-z_]+\)/)) {
		declared = substr($0, 7, RLENGTH - 7)
		known[declared] = 1
	} else if ($0 ~ /^(ONCE|GIVEN|DERIVED|STICKY|MEASURED)\(/) {
		split($0, part, /[(,]/)
		if (part[2] !~ /^(COLUMN|SHOWN|SHOWN_AS)$/ ||
			part[3] !~ /^[a-z_0-9]+$/)
			fail("this is no row of a column that batches fill")
		declare(part[1], part[3])
	}
	next
}

FNR == 1 && $0 == "-- goes on: " substr(table, length(prefix) + 2) {
	end_statement()
	next
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
	statement = $3
	printf "\t{ .changes = true, .name = \"%s_%s\", .sql =", table, $3
	next
}

/^-- repeat$/ {
	repeats = 1
	next
}

/^-- as in: / {
	end_statement()
	if (!((prefix "_" $4, $5) in text_of))
		fail("there is no statement " $5 " in " $4)
	printf "\t{ .changes = true, .name = \"%s_%s\", .sql =%s },\n", table, \
		$6, text_of[prefix "_" $4, $5]
	next
}

/^-- columns: / {
	of = $3
	if (!(of in known))
		fail("there is no table " of " in models/tables/*_table.h")
	next
}

/^[ \t]*--/ { next }

in_statement {
	sub(/^[ \t]+/, "")
	count = split(with_lists($0), lines, "\n")
	for (i = 1; i <= count; i++) {
		gsub(/\\/, "&&", lines[i])
		gsub(/"/, "\\\\&", lines[i])
		if (lines[i] == "")
			continue
		lines[i] = "\n\t\"" lines[i] "\\n\""
		text_of[table, statement] = text_of[table, statement] lines[i]
		printf "%s", lines[i]
	}
}

END {
	if (failed)
		exit 1
	end_file()
}
