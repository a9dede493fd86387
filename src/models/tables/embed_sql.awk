# Turn .sql files into C: for each file PREFIX_FILE[], its statements in order,
# with a nameless one as the end. A line "-- statement: NAME" begins one, a ";"
# at the end of a line ends it; other comment lines are for the reader and stay
# behind. psql and editors read the files as they are.
#
# A line "-- columns: TABLE" in a statement lets it list columns of this table,
# as the rows of models/tables/*_table.h declare them (see row_words.h). Such a
# list stands between two comments, one that says which it is and one that ends
# it; the build fails where it is another than the rows say:
#
#	/* <LIST> */ a, b, c /* end */
#	/* n.<LIST> */ n.a, n.b, n.c /* end */
#	/* <LIST = n> */ a = n.a, b = n.b, c = n.c /* end */
#	/* {LIST: TEXT} */ … /* end */
#		TEXT for each of them, joined with commas; in it @ is the
#		column's name and # its place in the list, from 0
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

# End the build; the fault is here, or at the place that is told.
function fail(text, place) {
	if (place == "")
		place = FILENAME ":" FNR
	print place ": " text >"/dev/stderr"
	failed = 1
	exit 1
}

function end_statement() {
	if (in_statement && list != "")
		fail("/* " list " */ without an /* end */", list_place)
	if (in_statement && !has_ended)
		fail("the statement " statement " has no ; at its end", place)
	if (in_statement)
		print repeats ? ",\n\t.repeats = true }," : " },"
	in_statement = has_ended = repeats = 0
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

# What has to stand in a list: TEXT for each column.
function expanded(name, template,    names, count, i, item, text, nr) {
	if (of == "")
		fail(list " without a line -- columns: TABLE before it")
	if (!((of, name) in columns))
		fail("the table " of " has no columns for " list)
	count = split(columns[of, name], names, " ")
	for (i = 1; i <= count; i++) {
		item = template
		if (template == "@ = excluded.@" && (of, names[i]) in sticky)
			item = "@ = COALESCE(excluded.@, t.@)"
		nr = i - 1
		gsub(/@/, names[i], item)
		gsub(/#/, nr, item)
		text = text (i == 1 ? "" : ", ") item
	}
	return text
}

# The same of "n.<LIST>", "<LIST = n>" or "{LIST: TEXT}".
function wanted(list,    name, row) {
	name = row = list
	if (list ~ /^\{/) {
		sub(/: .*/, "", name)
		sub(/^\{[a-z]+: /, "", row)
		return expanded(substr(name, 2), substr(row, 1, length(row) - 1))
	}
	sub(/^.*</, "", name)
	sub(/( = .*)?>$/, "", name)
	if (list ~ / = /) {
		sub(/^.* = /, "", row)
		return expanded(name, "@ = " substr(row, 1, length(row) - 1) ".@")
	}
	sub(/<.*/, "", row)
	return expanded(name, row "@")
}

# A line without the comments around lists, each of which is checked.
function without_lists(line,    done, before, token) {
	while (match(line, mark)) {
		before = substr(line, 1, RSTART - 1)
		token = substr(line, RSTART, RLENGTH)
		line = substr(line, RSTART + RLENGTH)
		done = done before
		if (token == "/* end */") {
			sub(/ $/, "", done)
			end_list(before)
		} else {
			sub(/^ /, "", line)
			begin_list(substr(token, 4, length(token) - 6))
		}
	}
	if (list != "")
		said = said " " line
	return done line
}

function begin_list(name) {
	if (list != "")
		fail("/* " list " */ without an /* end */", list_place)
	list = name
	list_place = place
	said = ""
	wanted(list)
}

function end_list(last) {
	if (list == "")
		fail("/* end */ without a list before it")
	said = said " " last
	gsub(/[ \t]+/, " ", said)
	gsub(/^ | $/, "", said)
	if (said != wanted(list))
		fail(list " of " of " is: " wanted(list), list_place)
	list = ""
}

BEGIN {
	mark = "/[*] (([a-z]+[.])?<[a-z]+( = [a-z]+)?>|[{][a-z]+: [^{}]*[}]|end) [*]/"
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
	place = FILENAME ":" FNR
	sub(/^[ \t]+/, "")
	line = without_lists($0)
	sub(/ +$/, "", line)
	if (line == "")
		next
	if (has_ended)
		fail("the statement " statement " goes on after its ;")
	has_ended = sub(/;$/, "", line)
	gsub(/\\/, "&&", line)
	gsub(/"/, "\\\\&", line)
	line = "\n\t\"" line "\\n\""
	text_of[table, statement] = text_of[table, statement] line
	printf "%s", line
}

END {
	if (failed)
		exit 1
	end_file()
}
