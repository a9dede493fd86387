#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Hostile text, paths, headers, requests within requests, and FastCGI spoken by
# a stranger: nothing is shown, changed or brought down. And what the programs are
# built with for the day when something gets through.
. "$(dirname "$0")/lib.sh"
ETL_APP_POOL=2 app_up

# -- what the compiler and the linker add
built() { sed -n "s/^$1 = //p" "$ETL_BUILD/Makefile" 2>/dev/null; }
takes() { # FLAG…: the compiler
	# shellcheck disable=SC2046 # a compiler and its flags
	echo '#include <string.h>' | $(built CC) -Werror -O2 -U_FORTIFY_SOURCE "$@" -x c -c -o "$TMP/taken.o" \
		- 2>"$TMP/taken"
}
programs=(pulse-etl-fcgi pulse-etl-worker pulse-etl-relay pulse-etl-migrate pulse-etl)
all_have() { # REGEX LEAST COMMAND…: that many lines of what it says of each program
	local program n
	for program in "${programs[@]}"; do
		n=$("${@:3}" "$ETL_BUILD/$program" | grep -cE "$1")
		[ "$n" -ge "$2" ] || { echo "$program: $n of at least $2"; return 1; }
	done
}
if ! command -v readelf >"$TMP/which" || ! command -v objdump >"$TMP/which" || [ -z "$(built CC)" ]; then
	skip "the programs are hardened" "binutils or the build's makefile is missing"
else
	check "programs are laid out anew at each start, and no library's address can be changed" \
		all_have 'Flags: .*NOW.* PIE' 1 readelf -dW
	if is_sanitized || [[ " $(built CFLAGS)" != *\ -O[123s]* ]]; then
		skip "what libc checks" "not in a build with sanitizers, or without -O"
	else
		check "libc checks the sizes it is given" all_have '__[a-z]*printf_chk' 2 readelf -W --dyn-syms
		# Which level it was, a program does not tell; a level of the user's own stays.
		if takes -D_FORTIFY_SOURCE=3 && [[ "$(built CPPFLAGS) $(built CFLAGS)" != *_FORTIFY_SOURCE* ]]; then
			check_match "and those known only at run time" \
				"$(built ETL_CPPFLAGS)" '(^| )-D_FORTIFY_SOURCE=3( |$)'
		fi
	fi
	# A few are in what libc adds to each program.
	if takes -fcf-protection=full; then
		check "functions are marked as targets of jumps" \
			all_have '[[:space:]]endbr(32|64)' 50 objdump -d -j .text
	fi
fi

host=${ETL_URL#http://}
sql "INSERT INTO tenants (id, name) VALUES (2, 'Other'); INSERT INTO integrations (id, tenant_id, provider, type)
	VALUES (20, 2, 'Jira', 'data_source');
     INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, external_id, raw_data, raw_data_items,
     raw_data_bytes, raw_data_sha256)
     VALUES (2, 20, 'secret_batch', 'secret', '[\"confidential\"]', 1, 10, sha256('x')),
     (1, 1, 'plain', 'a', '[1]', 1, 3, sha256('x'))" >"$TMP/out"
tables() { sql "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"; }
before="$(tables) $(sql "SELECT count(*) FROM raw_extraction_data")"
texts=("' OR 1=1 --" "'; DROP TABLE raw_extraction_data; --" "\\'; SELECT 1; --" '" OR ""="' "1) OR (1=1" "%" "_" \
	"\\" "\$1" '$$;$$'
	"x' UNION SELECT name FROM tenants --" "%27%20OR%201=1" $'a\tb' $'a\r\nSet-Cookie: x=1' "{{7*7}}" \
	'${jndi:ldap://x}' "../../etc/passwd")
encode() { jq -rn --arg x "$1" '$x | @uri'; }

# -- SQL and other languages in every text
bad=
for text in "${texts[@]}"; do
	for parameter in entity_type external_id created_after created_before processing_status integration_id limit \
		offset cursor include_raw_data tenant_id nothing; do
		request GET "/app/etl/raw-data?$parameter=$(encode "$text")"
		case $parameter:$STATUS in
		entity_type:200 | external_id:200) [ "$(json .total_count)" = 0 ] ||
			bad+="$parameter=$text found something; " ;;
		*:400 | tenant_id:403) ;;
		*) bad+="$parameter=$text: $STATUS; " ;;
		esac
		! grep -qiE 'confidential|syntax error|postgres|sqlstate' "$BODY" ||
			bad+="$parameter=$text shows too much; "
	done
	for field in entity_type external_id; do
		jq -cn --arg t "$text" --arg f "$field" \
			'{integration_id: 1, entity_type: "e", raw_data: []} + {($f): $t}' >"$TMP/request"
		request POST /app/etl/raw-data/store --data-binary "@$TMP/request"
		[ "$STATUS" = 201 ] || bad+="store $field=$text: $STATUS; "
		request GET "/app/etl/raw-data/$(json .raw_data_id)"
		[ "$(json ".$field")" = "$text" ] || bad+="store $field=$text reads back as $(json ".$field"); "
		sql "DELETE FROM raw_extraction_data WHERE id = $(json .id)" >"$TMP/out"
	done
	jq -cn --arg t "$text" '{status: $t}' >"$TMP/request"
	request PUT "/app/etl/raw-data/1/status" --data-binary "@$TMP/request"
	[ "$STATUS" = 422 ] || bad+="status=$text: $STATUS; "
	request GET "/app/etl/raw-data/$(encode "$text")"
	[ "$STATUS" = 400 ] || [ "$STATUS" = 404 ] || bad+="id $text: $STATUS; "
	request POST /app/etl/raw-data/store -H "Idempotency-Key: ${text//[$'\r\n\t']/}" \
		--data '{"integration_id":4711,"entity_type":"e","raw_data":[]}'
	[ "$STATUS" = 404 ] || bad+="key $text: $STATUS; "
done
check_is "${#texts[@]} hostile texts in every parameter, field and key are just text" "$bad" ""
check_is "all tables and rows are there" "$(tables) $(sql "SELECT count(*) FROM raw_extraction_data")" "$before"
request GET /app/etl/raw-data -H $'X-Request-Id: a b\tc'
check_match "an insane request id is replaced" "$(header X-Request-Id)" '^[0-9a-f]{32}$'
request GET /app/etl/health -H 'X-Request-Id: ok-1'
check_is "a sane one is kept" "$(header X-Request-Id)" ok-1

# -- paths
bad=
for path in /app/etl/../../etc/passwd /app/etl/..%2f..%2fetc/passwd /app/etl/raw-data/%00 /app/etl/raw-data%00 \
	//app/etl/raw-data /app//etl/raw-data \
	/app/etl/raw-data/1/../../raw-data /app/etl/%2e%2e/health /app/etl/raw-data/1%2fstatus /app/etl/raw-data/+1 \
	/app/etl/raw-data/1.0 \
	/app/etl/raw-data/1e0 /app/etl/raw-data/0x1 $'/app/etl/\xff\xfe' /app/etl/%ff%fe /app/etl/raw-data/%c0%ae \
	/app/etl/. /app/etl/.pulse-etl-error \
	/.pulse-etl-error /app/etl/raw-data\;id=1 "/app/etl/raw-data/$(printf '%0500d' 1)" \
	"/app/etl/$(head -c 15000 /dev/zero | tr '\0' a)"; do
	request GET "$path"
	case $STATUS in 400 | 404 | 414) ;; *) bad+="$path: $STATUS; " ;; esac
	grep -q 'root:' "$BODY" && bad+="$path shows a file; "
done
check_is "tricks with paths lead nowhere" "$bad" ""
request GET "/app/etl/raw-data?$(printf 'entity_type=%%ff')"
check_is "bytes that are no text: 400" "$STATUS" 400
request GET "/app/etl/raw-data?entity_type=$(printf '%0300d' 1)"
check_is "a parameter that is too long: 400" "$STATUS" 400
request GET /app/etl/raw-data -H "Authorization: Bearer $(head -c 9000 /dev/zero | tr '\0' x)"
check_match "a token that is too long: 401 or 400" "$STATUS" '^(401|400|431)$'
request TRACE /app/etl/raw-data
check_match "TRACE: 405" "$STATUS" '^40[05]$'

# -- a request within a request
raw() { # LINES, HELD OPEN
	{ printf "$1"; sleep 1; } | timeout 10 socat -t 3 - "TCP:$host" 2>/dev/null | tr -d '\r' |
		grep -a '^HTTP/1.1' | cut -d ' ' -f 2 | tr '\n' ' '
}
head_lines="POST /app/etl/raw-data/store HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
head_lines+="Authorization: Bearer $ETL_TOKEN\r\n"
inner="GET /app/etl/health HTTP/1.1\r\nHost: x\r\nX-Request-Id: smuggled\r\n\r\n"
check_is "Content-Length and chunked: 400, the end" \
	"$(raw "${head_lines}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n$inner")" "400 "
check_is "chunked and Content-Length: 400, the end" \
	"$(raw "${head_lines}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n$inner")" "400 "
check_is "two lengths: 400, the end" \
	"$(raw "${head_lines}Content-Length: 0\r\nContent-Length: 60\r\n\r\n$inner")" "400 "
check_match "a blank before the colon: refused" \
	"$(raw "${head_lines}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n$inner")" '^400 $'
check_match "chunked twice: refused" \
	"$(raw "${head_lines}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n$inner")" \
	'^(400|501) $'
check_match "an unknown coding: refused" "$(raw "${head_lines}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n$inner")" \
	'^(400|501) $'
check_match "a folded header: refused" "$(raw "${head_lines}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n$inner")" \
	'^(400|501|400 200) $'
check_is "a length with a sign: 400" "$(raw "${head_lines}Content-Length: +5\r\n\r\n$inner")" "400 "
check_is "none of it got through" "$(grep -c smuggled "$APP_LOGS/pool.log")" 0

# -- headers that must not arrive
request GET /app/etl/health -H 'Proxy: http://evil' -H 'X_Tenant_Id: 2' -H 'Host: evil.example.com'
check_is "a Proxy header, underscores, another host: nothing comes of them" "$STATUS" 200

for name in Content-Type Content-Encoding If-Match If-None-Match Idempotency-Key traceparent; do
	request GET '/app/etl/raw-data/1?tenant_id=1' -H "$name: \"$(printf '\xff')\""
	check_is "$name that is no text: 400" "$STATUS $(json .detail)" "400 The header $name is not valid UTF-8"
done

# -- FastCGI by a stranger: the socket is closed to others, and if it were not
socket=$(ls "$ETL_APP"/run/fcgi.sock 2>/dev/null || sed -n 's/.*server unix:\([^;]*\);.*/\1/p' \
	"$ETL_APP/nginx/pulse-etl-http.conf")
check_is "the socket is for its owner and group only" "$(stat -c %a "$socket")" 660
fcgi() { # ROLE PARAMETERS (perl) [TAIL (perl)]; what comes back
	SOCKET=$socket timeout 15 perl -MIO::Socket::UNIX -e '
	my $s = IO::Socket::UNIX->new(Peer => $ENV{SOCKET}) or die "no connection";
	sub rec { my ($t, $d) = @_; pack("CCnnCC", 1, $t, 1, length $d, 0, 0) . $d }
	sub len { my $n = shift; $n < 128 ? chr $n : pack("N", $n | 0x80000000) }
	sub par { my %p = @_; join "", map { len(length $_) . len(length $p{$_}) . $_ . $p{$_} } sort keys %p }
	$SIG{PIPE} = "IGNORE";
	$s->autoflush(1);
	print $s rec(1, pack("nC6", '"$1"', 0, 0, 0, 0, 0, 0));
	'"$2"'
	'"${3-}"'
	$s->shutdown(1); local $/; my $all = <$s>; $all =~ s/[^\x20-\x7e\n]//g; print $all' 2>/dev/null
}
ask='print $s rec(4, par(REQUEST_METHOD => "GET", REQUEST_URI => "/app/etl/health")), rec(4, ""), rec(5, "");'
check_match "as nginx does it: 200" "$(fcgi 1 "$ask")" 'Status: 200'
check_match "the role of an authorizer is refused" "$(fcgi 2 "$ask")" 'Status: 400'
check_match "the role of a filter, too" "$(fcgi 3 "$ask")" 'Status: 400'
check_match "without a method: refused" \
	"$(fcgi 1 'print $s rec(4, par(REQUEST_URI => "/app/etl/health")), rec(4, ""), rec(5, "");')" 'Status: 40[05]'
check_match "without a path: refused" \
	"$(fcgi 1 'print $s rec(4, par(REQUEST_METHOD => "GET")), rec(4, ""), rec(5, "");')" 'Status: 40[04]'
check_match "bytes instead of a path: refused" \
	"$(fcgi 1 'print $s rec(4, par(REQUEST_METHOD => "G\x01T\xff", REQUEST_URI => join "", map { chr } 1 .. 255)),
		rec(4, ""), rec(5, "");')" 'Status: 40[045]'
check_match "a parameter of 60,000 bytes: refused, not fatal" \
	"$(fcgi 1 'print $s rec(4, par(REQUEST_METHOD => "GET", REQUEST_URI => "/app/etl/" . "a" x 60000)),
		rec(4, ""), rec(5, "");')" 'Status: 404'
check_match "a length that lies: refused" \
	"$(fcgi 1 'print $s rec(4, par(REQUEST_METHOD => "POST", REQUEST_URI => "/app/etl/raw-data/store",
		CONTENT_TYPE => "application/json", HTTP_AUTHORIZATION => "Bearer '"$ETL_TOKEN"'",
		CONTENT_LENGTH => "99999999999999999999")), rec(4, ""), rec(5, "{}"), rec(5, "");')" 'Status: 4(00|13)'
# libfcgi asks for as much memory as it is told; a sanitizer ends it for that.
if ! is_sanitized; then
	fcgi 1 'print $s rec(4, pack("NN", 0xffffffff, 0xffffffff) . "xx"), rec(4, "");' >"$TMP/out"
	fcgi 1 'print $s rec(4, pack("NN", 0xc0000000, 0xc0000000) . "xx"), rec(4, "");' >"$TMP/out"
fi
fcgi 1 'print $s rec(9, "junk"), "\xff" x 300;' >"$TMP/out"
fcgi 1 'print $s rec(1, pack("nC6", 1, 0, 0, 0, 0, 0, 0)), rec(2, "");' >"$TMP/out"
well() { request GET /app/etl/health/ready; [ "$STATUS" = 200 ]; }
check "after giant lengths, junk, a second begin and an abort the pool answers" wait_until 20 well
request POST /app/etl/raw-data/store --data '{"integration_id":1,"entity_type":"e","raw_data":[]}'
check_is "and stores" "$STATUS" 201
check_is "a token it was given is not in its log" \
	"$(grep -c "$ETL_TOKEN" "$APP_LOGS/pool.log" "$ETL_APP"/nginx/logs/* "$APP_LOGS/nginx.log" |
		awk -F: '{ n += $2 } END { print n + 0 }')" 0
done_testing
