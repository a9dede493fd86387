#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What nginx answers itself has the service's shape: problem+json with a status,
# words on what to do and the request's id.
. "$(dirname "$0")/lib.sh"
ETL_APP_POOL=2 app_up

declare -A codes=([400]=syntax [404]=no_route [405]=method [413]=too_large [414]=uri_too_long
	[431]=headers_too_large [501]=not_implemented [502]=bad_gateway [504]=gateway_timeout [505]=http_version)
# What every such answer must be.
problem() { # NAME STATUS TITLE
	check_is "$1: $2" "$STATUS" "$2"
	check_is "$1: a problem with all its members" \
		"$(jq -c --arg id "$(header X-Request-Id)" \
			'[.type, .title, .status, (.detail | length > 15), .request_id == $id]' "$BODY")" \
		"[\"about:blank\",\"$3\",$2,true,true]"
	check_is "$1: its code" "$(json .code)" "${codes[$2]}"
	check_is "$1: its media type" "$(header Content-Type)" application/problem+json
	check_match "$1: one request id" "$(grep -ci '^x-request-id:' "$HEADERS") $(header X-Request-Id)" \
		'^1 [A-Za-z0-9._:-]+$'
	check_is "$1: no sniffing, no version" "$(header X-Content-Type-Options) $(header Server)" "nosniff nginx"
}

# Send lines as they are and take the answer apart as request does.
raw() { # LINE…
	local port=${ETL_URL##*:}
	exec 3<>"/dev/tcp/127.0.0.1/$port"
	# nginx may close before all was sent.
	(trap '' PIPE; printf '%s\r\n' "$@" >&3) 2>/dev/null
	timeout 10 cat <&3 >"$TMP/raw"
	exec 3>&-
	sed '/^\r$/q' "$TMP/raw" >"$HEADERS"
	sed '1,/^\r$/d' "$TMP/raw" >"$BODY"
	STATUS=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$HEADERS")
}
repeat() { # COUNT
	head -c "$1" /dev/zero | tr '\0' x
}

# -- paths and methods
request GET /
problem "outside of /app/etl" 404 "Not Found"
request GET /etc/passwd -H 'X-Request-Id: mine.1:a_b-c'
check_is "the caller's request id comes back" "$(header X-Request-Id) $(json .request_id)" "mine.1:a_b-c mine.1:a_b-c"
request GET / -H 'X-Request-Id: "}, {'
check_match "one that is not sane is replaced" "$(json .request_id)" '^[0-9a-f]{32}$'
request GET /.pulse-etl-error
problem "the page of errors itself" 404 "Not Found"
request TRACE /app/etl/health
problem "TRACE" 405 "Method Not Allowed"
check_match "TRACE: Allow" "$(header Allow)" GET
request HEAD /
check_is "HEAD outside of /app/etl: 404" "$STATUS" 404

# -- sizes
head -c $((64 * 1024 * 1024 + 1)) /dev/zero >"$TMP/large"
request POST /app/etl/raw-data/store --data-binary "@$TMP/large"
problem "64 MB and a byte" 413 "Content Too Large"
request POST /app/etl/raw-data/store --data-binary "@$TMP/large" -H 'Transfer-Encoding: chunked'
problem "the same in chunks" 413 "Content Too Large"
rm -f "$TMP/large"
request GET "/app/etl/raw-data?x=$(repeat 20000)"
problem "an address of 20 KB" 414 "URI Too Long"
request GET /app/etl/raw-data -H "X-Large: $(repeat 20000)"
problem "a header of 20 KB" 431 "Request Header Fields Too Large"

# -- what is not HTTP, or wants to be two requests
raw 'GET /app/etl/health HTTP/1.1' ''
problem "no Host" 400 "Bad Request"
raw 'nonsense' ''
problem "no HTTP at all" 400 "Bad Request"
raw 'POST /app/etl/raw-data/store HTTP/1.1' 'Host: x' 'Content-Length: 5' 'Transfer-Encoding: chunked' '' '0' '' ''
problem "Content-Length and chunks" 400 "Bad Request"
raw 'POST /app/etl/raw-data/store HTTP/1.1' 'Host: x' 'Content-Length: 5' 'Content-Length: 6' '' 'hello'
problem "two lengths" 400 "Bad Request"
raw 'POST /app/etl/raw-data/store HTTP/1.1' 'Host: x' 'Transfer-Encoding : chunked' '' '0' '' ''
problem "a blank before the colon" 400 "Bad Request"
raw 'POST /app/etl/raw-data/store HTTP/1.1' 'Host: x' 'Transfer-Encoding: gzip' '' 'hello'
problem "an unknown transfer encoding" 501 "Not Implemented"
raw 'GET /app/etl/%00 HTTP/1.1' 'Host: x' 'Connection: close' ''
problem "a NUL in the path" 400 "Bad Request"
raw 'GET /app/etl/../../../etc/passwd HTTP/1.1' 'Host: x' 'Connection: close' ''
problem "out of the root" 400 "Bad Request"
raw 'GET /app/etl/health HTTP/3.0' 'Host: x' ''
problem "an unknown version" 505 "HTTP Version Not Supported"

# -- what reaches the log
request GET '/app/etl/health?token=secret-in-query' -H 'X-Request-Id: in-the-log'
check "the request's id stands in nginx's log" \
	wait_until 5 grep -q 'request_id=in-the-log .*path="/app/etl/health" status=' "$ETL_APP/nginx/logs/access.log"
check_fails "its query does not" grep -q secret-in-query "$ETL_APP/nginx/logs/access.log"

# -- the pool
old=$(pgrep -P "$(app_pid pool)" | head -n 1)
sed -i 's/fastcgi_read_timeout 60s/fastcgi_read_timeout 1s/' "$ETL_APP/nginx/pulse-etl-location.conf"
check "nginx has read the shorter time" nginx_reread
check "the responders are paused" app pause pool
slow() { request GET /app/etl/health; [ "$STATUS" = 504 ]; }
check "no answer in time" wait_until 20 slow
problem "a stuck responder" 504 "Gateway Timeout"
check_match "504: Retry-After" "$(header Retry-After)" '^[0-9]+$'
app resume pool
healthy() { request GET /app/etl/health; [ "$STATUS" = 200 ]; }
check "resumed, it answers" wait_until 20 healthy
check "with the same processes" kill -0 "$old"
app stop pool
request GET /app/etl/health
problem "no responder" 502 "Bad Gateway"
check_match "502: Retry-After" "$(header Retry-After)" '^[0-9]+$'
check_is "502: never kept" "$(header Cache-Control)" no-store
request POST /app/etl/raw-data/store --data '{}'
problem "a store without a responder" 502 "Bad Gateway"
app start pool
check "started, it answers" wait_until 20 healthy
check_match "with one request id" "$(grep -ci '^x-request-id:' "$HEADERS")" '^1$'
check_is "and no sniffing" "$(header X-Content-Type-Options)" nosniff
done_testing
