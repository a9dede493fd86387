#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Clients that break off, dawdle, vanish, repeat themselves or send several
# requests at once.
. "$(dirname "$0")/lib.sh"
ETL_APP_POOL=2 app_up 'database_lock_timeout = 8000'

path='/app/etl/raw-data/store?tenant_id=1'
body='{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":[1]}'
host=${ETL_URL#http://}
rows() { sql "SELECT count(*) FROM raw_extraction_data"; }
# Bytes to nginx as they are; what comes back to stdout. Reads LINES of perl
# that have the socket in $s.
raw() { # PERL
	TOKEN=$ETL_TOKEN HOST=$host BODY_TEXT=$body LENGTH=${#body} WHERE=$path perl -MIO::Socket::INET \
		-MTime::HiRes=sleep -e '
		$s = IO::Socket::INET->new(PeerAddr => $ENV{HOST}, Timeout => 10) or die "no connection";
		$s->autoflush(1);
		$head = "POST $ENV{WHERE} HTTP/1.1\r\nHost: etl\r\nContent-Type: application/json\r\n";
		$head .= "Authorization: Bearer $ENV{TOKEN}\r\n";
		$len = $ENV{LENGTH}; $body = $ENV{BODY_TEXT}; $SIG{ALRM} = sub { exit 9 }; alarm 30;
		sub rest { local $/; my $all = <$s>; print $all }
		'"$1"
}
codes() { grep -ao 'HTTP/1.1 [0-9]*' | cut -d ' ' -f 2 | tr '\n' ' '; }

pool=$(responders)

# -- broken off
raw 'print $s $head, "Content-Length: 500\r\n\r\n", $body; close $s'
raw 'print $s $head, "Content-Le"; close $s'
raw 'print $s $head, "Transfer-Encoding: chunked\r\n\r\n45\r\n", substr($body, 0, 20); close $s'
sleep 0.5
check_is "an upload broken off stores nothing" "$(rows)" 0
check_is "a body shorter than its length gets no answer but an end" \
	"$(raw 'print $s $head, "Content-Length: 500\r\nConnection: close\r\n\r\n", $body;
		shutdown $s, 1; rest()' | codes)" ""
check_is "a longer one is read to its length, the rest is no request" \
	"$(raw 'print $s $head, "Content-Length: $len\r\n\r\n", $body, "left over\r\n\r\n"; rest()' | codes)" "201 400 "
check_is "of it one batch was stored" "$(rows)" 1

# -- slow: nginx waits for the body, no responder does
for n in 1 2 3 4 5 6; do
	raw 'print $s $head, "Content-Length: $len\r\nConnection: close\r\n\r\n";
		for (split //, substr $body, 0, -1) { print $s $_; sleep 0.04 }
		sleep 0.1 until -e "$ENV{TMP}/others";
		print $s substr $body, -1; rest()' >"$TMP/slow.$n" &
done
sleep 0.5
others=
for _ in 1 2 3 4 5 6 7 8; do
	request POST "$path" --data "$body"
	others+="$STATUS "
done
check_is "with six slow uploads two responders answer others" "$others" "201 201 201 201 201 201 201 201 "
check_is "before any of these" "$(cat "$TMP"/slow.?)" ""
touch "$TMP/others"
wait
cat "$TMP"/slow.? >"$TMP/slow"
check_is "the slow ones are stored, too" "$(codes <"$TMP/slow")" "201 201 201 201 201 201 "

# -- silent in the middle of a body: cut off after client_body_timeout
location=$ETL_APP/nginx/pulse-etl-location.conf
check_is "a pause of ten seconds is the end" "$(sed -n 's/^	*client_body_timeout \(.*\);$/\1/p' "$location")" 10s
sed -i 's/client_body_timeout .*;/client_body_timeout 2s;/' "$location"
nginx_reread
half='print $s $head, "Content-Length: $len\r\n\r\n", substr($body, 0, 20); alarm 8;'
took() { # a silent client: nothing, when it was cut off early
	local from=${EPOCHREALTIME/[.,]/}
	raw "$half rest()" >"$TMP/silent" || echo "still connected"
	from=$(((${EPOCHREALTIME/[.,]/} - from) / 1000))
	[ $from -lt 6000 ] || echo "$from ms"
}
before=$(rows)
check_is "with two seconds a silent client is cut off after two" "$(took)" ""
check_is "with no answer" "$(cat "$TMP/silent")" ""
check "nginx's log has it as 408" wait_until 5 grep -q 'method="POST" path="/app/etl/raw-data/store" status=408 ' \
	"$ETL_APP/nginx/logs/access.log"
check_is "one that goes on in pieces takes as long as it takes" \
	"$(raw 'print $s $head, "Content-Length: $len\r\nConnection: close\r\n\r\n";
		for (0 .. 3) { print $s substr $body, $_ * 20, $_ < 3 ? 20 : 99; sleep 0.8 } rest()' | codes)" "201 "
check_is "it alone was stored" "$(($(rows) - before))" 1

# -- gone before the answer
before=$(rows)
lock_table raw_extraction_data
raw 'print $s $head, "Idempotency-Key: gone-1\r\nContent-Length: $len\r\n\r\n", $body; sleep 0.5; close $s'
let_go
wait
check "a client that has gone: its batch is stored all the same" \
	wait_until 5 sql_is $((before + 1)) "SELECT count(*) FROM raw_extraction_data"
request POST "$path" --data "$body" -H 'Idempotency-Key: gone-1'
check_is "and found by its key" "$STATUS $(header Idempotency-Replayed)" "200 true"

# -- several at once
check_is "pipelined requests are answered in their order" "$(raw '
	for (1 .. 5) {
		print $s $head, "X-Request-Id: r$_\r\nContent-Length: $len\r\n";
		print $s $_ == 5 ? "Connection: close\r\n" : "", "\r\n", $body
	}
	rest()' | tr -d '\r' | sed -n 's/^X-Request-Id: //Ip' | tr '\n' ' ')" "r1 r2 r3 r4 r5 "
check_is "five batches, one each" "$(($(rows) - before))" 6

# -- headers that come twice
check_is "Content-Length twice: 400" \
	"$(raw 'print $s $head, "Content-Length: $len\r\nContent-Length: 5\r\nConnection: close\r\n\r\n", $body;
		rest()' | codes)" "400 "
request POST "$path" --data "$body" -H 'Content-Encoding: gzip' -H 'Content-Encoding: identity'
check_match "Content-Encoding twice: a clear refusal ($STATUS)" "$STATUS" '^4[0-9][0-9]$'
twice() { request POST "$path" --data "$body" -H 'Idempotency-Key: one' -H 'Idempotency-Key: two'; }
twice
first=$(json .raw_data_id)
twice
check_is "Idempotency-Key twice: the same pair again is the same batch" "$STATUS $(json .raw_data_id)" "200 $first"

check_is "no responder left for any of it" "$(responders)" "$pool"
request POST "$path" --data "$body"
check_is "and they go on" "$STATUS" 201
done_testing
