#!/bin/sh
# SPDX-License-Identifier: MIT
# Who may include whom: the floors of docs/style.md. An include goes to one's own folder or
# to a lower floor; foreign headers stay in the adapters.
set -u
# shellcheck source=tests/lint/tap.sh
. "$(dirname "$0")/tap.sh"

# All includes: file:line: kind name, kind being " or <. A unit test is where
# what it tests is in src, and may include what that may.
includes() {
	find src tests/unit -mindepth 2 -name '*.[ch]' | sort | while IFS= read -r file; do
		sed -n 's/^[ \t]*#[ \t]*include[ \t]*\(["<]\)\([^">]*\)[">].*/\1 \2/
			t found
			b
			:found
			=
			p' "$file" | paste -d ' ' - - |
			sed "s|^\([0-9]*\) |$file:\1: |"
	done
}

floors() {
	includes | awk '
	BEGIN {
		floor["base"] = 0
		floor["json"] = 1
		floor["adapters"] = 2
		floor["models"] = floor["queue"] = 3
		floor["http"] = floor["transformers"] = floor["loaders"] = 4
		floor["work"] = floor["extract"] = 5
		floor["etl"] = 6
		floor["programs"] = 7
	}
	{
		split($1, from, "/")
		here = from[1] == "tests" ? from[3] : from[2]
		if (!(here in floor))
			print $1, "the folder " here " has no floor"
	}
	from[1] == "tests" { sub(/^unit\/(unit\.h$)?/, "", $3) }
	$2 == "\"" && $3 != "" {
		if (split($3, to, "/") < 2 || !(to[1] in floor))
			print $1, $3 " is not written from src/"
		else if (to[1] != here && floor[to[1]] > floor[here])
			print $1, $3 " is a floor above"
		else if (to[1] != here && floor[to[1]] == floor[here])
			print $1, $3 " is a neighbour on the same floor"
	}'
}

# Not of C, POSIX or Linux: a folder other than these, or a known name.
foreign() {
	includes | awk '
	$2 != "<" { next }
	$3 ~ /\// && $3 !~ /^(sys|netinet|arpa|net|linux)\// { foreign = 1 }
	$3 ~ /^(libpq|postgres|pg_|amqp|fcgi|cJSON|cjose|curl|openssl|zlib|zstd)/ {
		foreign = 1
	}
	!foreign { next }
	{ foreign = 0; file = $1; sub(/:.*/, "", file) }
	$3 ~ /cJSON/ && file == "src/json/json_read.c" { next }
	$3 !~ /cJSON/ && file ~ /^src\/adapters\/([a-z]*\/)?[^\/]*\.c$/ { next }
	# What two files of one adapter share, and nobody else includes.
	$3 !~ /cJSON/ && file ~ /^src\/adapters\/([a-z]*\/)?[^\/]*_inside\.h$/ { next }
	{ print $1, "<" $3 "> does not belong here" }'
}

# A header that lets a foreign one in is included in its own folder only.
inside() {
	includes | awk '
	$2 == "\"" && $3 ~ /_inside\.h$/ {
		from = $1
		sub(/^(src|tests\/unit)\//, "", from)
		sub(/\/[^\/]*$/, "", from)
		to = $3
		sub(/\/[^\/]*$/, "", to)
		if (to != from || $1 ~ /\.h:/)
			print $1, $3 " is of the inside of " to
	}'
}

broken src/base/up.c <<'C'
#include "base/up.h"
#include "http/route.h"
  #  include "models/batch/raw_batch.h"
#include <stdio.h>
#include <cjson/cJSON.h>
C
broken src/http/side.c <<'C'
#include "side.h"
#include "base/str.h"
#include "models/batch/raw_batch.h"
#include "adapters/db/db_inside.h"
#include "etl/handlers.h"
#include <sys/socket.h>
#include <openssl/evp.h>
C
broken src/models/neighbour.c <<'C'
#include "queue/job.h"
#include "adapters/db/db.h"
#include <libpq-fe.h>
C
broken src/transformers/neighbour.c <<'C'
#include "loaders/loader.h"
#include "http/route.h"
#include "queue/job.h"
C
broken src/adapters/db/db.h <<'C'
#include "adapters/db/db_inside.h"
#include <libpq-fe.h>
#include <rabbitmq-c/amqp.h>
C
broken src/adapters/db/db.c <<'C'
#include <libpq-fe.h>
#include <rabbitmq-c/amqp.h>
#include <cjson/cJSON.h>
C
broken src/elsewhere/x.c <<'C'
#include <fcgiapp.h>
C
broken tests/unit/queue/check_up.c <<'C'
#include "queue/queue_inside.h"
#include "http/route.h"
#include "unit/unit.h"
#include "unit/etl/helper.h"
#include "unit/adapters/helper.h"
#include "adapters/db/db_inside.h"
C
finds "an include upward, sideways or from nowhere is found" floors 10
finds "a foreign header out of its place is found" foreign 7
finds "the inside of another folder is found" inside 3
clean "no include goes upward or sideways" floors
clean "foreign headers stay in the adapters" foreign
clean "the inside of a folder stays there" inside
finish
