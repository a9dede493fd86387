# SPDX-License-Identifier: MIT
# pulse-etl.conf(5) from deploy/etl.conf, which has what the settings' rows say
# (tests/lint/check_settings.sh compares both): a comment, then #name = default.
function fold(text,    words, n, i, line) {
	gsub(/\\/, "\\e", text)
	n = split(text, words, " ")
	line = ""
	for (i = 1; i <= n; i++) {
		if (line != "" && length(line) + 1 + length(words[i]) > 78) {
			say(line)
			line = ""
		}
		line = line (line == "" ? "" : " ") words[i]
		# A sentence begins its own line.
		if (words[i] ~ /\.$/) {
			say(line)
			line = ""
		}
	}
	if (line != "")
		say(line)
}

function say(line) {
	print (line ~ /^[.']/ ? "\\&" : "") line
}

BEGIN {
	print ".\\\" Made by conf5.awk from etl.conf: change the settings' rows."
	print ".Dd November 29, 2026"
	print ".Dt PULSE-ETL.CONF 5"
	print ".Os"
	print ".Sh NAME"
	print ".Nm pulse-etl.conf"
	print ".Nd settings of Pulse ETL"
	print ".Sh SYNOPSIS"
	print ".Pa @sysconfdir@/pulse-etl/etl.conf"
	print ".Sh DESCRIPTION"
	print "All programs of Pulse ETL read the same file: the one that"
	print ".Fl \\-config"
	print "names, else the one that"
	print ".Ev ETL_CONFIG"
	print "names, else the one above, where it is there."
	print "It holds passwords, so that only its owner and the group of the service"
	print "should be able to read it (mode 0640)."
	print ".Pp"
	print "Each line is empty, a comment that begins with"
	print ".Sq # ,"
	print "or"
	print ".Ar name No = Ar value ;"
	print "blanks around both do not count."
	print "The last line of a name holds."
	print "A name that there is none of, or a value out of its limits, is an error: the"
	print "program names file and line and ends with 78."
	print "The environment wins over the file, and a program needs no file where the"
	print "environment has what it needs."
	print ".Pp"
	print ".Ql pulse-etl settings show"
	print "prints what holds, with passwords masked."
	print "Processes read the file when they begin, and again at SIGHUP: then they take"
	print "the log's level and form, limits and times, as said with each setting."
	print "What they connect to and whom they trust takes effect with the next start: see"
	print ".Sx RUNNING THE SERVICE"
	print "in"
	print ".Xr pulse-etl 1 ."
	print ".Sh SETTINGS"
	print "Behind each name is its default; in parentheses are the limits of a number, or"
	print "the words that may be chosen; what is on may be off."
	print ".Bl -tag -width Ds"
}

/^$/ {
	text = ""
}

/^#? ?[a-z][a-z0-9_]* *=/ {
	line = $0
	sub(/^#? ?/, "", line)
	name = line
	sub(/ *=.*/, "", name)
	sub(/^[^=]*= */, "", line)
	gsub(/\\/, "\\e", line)
	print ".It Li " name " =" (line == "" ? "" : " " line)
	environment = ""
	if (match(text, / Environment: [A-Z0-9_]+\.$/)) {
		environment = substr(text, RSTART + 14, RLENGTH - 15)
		text = substr(text, 1, RSTART - 1)
	}
	if (text !~ /SIGHUP rereads it\.$/)
		text = text " A change of it takes effect with the next start."
	fold(text)
	if (environment != "")
		print "Environment:\n.Ev " environment " ."
	text = ""
	next
}

/^# / {
	text = text (text == "" ? "" : " ") substr($0, 3)
}

END {
	print ".El"
	print ".Sh FILES"
	print ".Bl -tag -width Ds"
	print ".It Pa @sysconfdir@/pulse-etl/etl.conf"
	print "The settings."
	print ".It Pa @pkgdatadir@/etl.conf"
	print "All of them with their defaults, as comments: a file to begin with."
	print ".El"
	print ".Sh EXAMPLES"
	print "What"
	print ".Ql pulse-etl setup"
	print "writes is about this:"
	print ".Bd -literal -offset indent"
	print "database_url = postgresql://pulse_etl@127.0.0.1/pulse_etl"
	print "rabbitmq_url = amqp://pulse_etl@127.0.0.1/pulse_etl"
	print "secret_keys_file = @sysconfdir@/pulse-etl/keys"
	print "metrics_file = @runstatedir@/pulse-etl/metrics"
	print ".Ed"
	print ".Sh SEE ALSO"
	print ".Xr pulse-etl 1 ,"
	print ".Xr pulse-etl-fcgi 8 ,"
	print ".Xr pulse-etl-relay 8 ,"
	print ".Xr pulse-etl-worker 8"
}
