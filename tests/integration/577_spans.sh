#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Spans by OTLP/HTTP: from a request to its load in one trace, to a collector
# that takes them, hangs, or is not there. The collector is an nginx that logs
# the bodies it gets.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
case $("$ETL_BUILD/pulse-etl-fcgi" --version) in
*+curl*) ;;
*) skip_all "this was built without libcurl" ;;
esac

collector=$TMP/collector
port=$(free_port)
mkdir -p "$collector"
cat >"$collector/nginx.conf" <<CONF
daemon off;
master_process off;
$([ "$(id -u)" != 0 ] || echo 'user root;')
pid $collector/nginx.pid;
error_log $collector/error.log;
events { }
http {
	log_format body escape=none '{"auth":"\$http_authorization","type":"\$content_type",'
		'"path":"\$uri","body":\$request_body}';
	access_log off;
	client_body_temp_path $collector/body;
	fastcgi_temp_path $collector/fastcgi;
	proxy_temp_path $collector/proxy;
	scgi_temp_path $collector/scgi;
	uwsgi_temp_path $collector/uwsgi;
	client_max_body_size 8m;
	client_body_buffer_size 8m;
	server {
		listen 127.0.0.1:$port;
		access_log $collector/taken body;
		location / { proxy_pass http://unix:$collector/socket; }
	}
	server {
		listen unix:$collector/socket;
		location / { return 200 '{}'; }
	}
}
CONF
collector_pid=
collector_up() {
	rm -f "$collector/socket"
	nginx -p "$collector" -c "$collector/nginx.conf" >"$collector/out" 2>&1 &
	collector_pid=$!
	wait_until 10 sh -c "[ -n \"\$(ss -Hltn 'sport = :$port')\" ]"
}
collector_down() {
	kill -s KILL "$collector_pid" 2>/dev/null
	wait "$collector_pid" 2>/dev/null
}
trap 'collector_down; clean_up' EXIT

(umask 077 && printf '# for the collector\nAuthorization: Bearer confidential\n' >"$TMP/headers.conf")
check "a collector" collector_up
ETL_APP_POOL=1 ETL_APP_WORKERS=1 app_up "otlp_url = http://127.0.0.1:$port/v1/traces" \
	"otlp_headers_file = $TMP/headers.conf" 'relay_min_age = 1' 'relay_interval = 300'

# All spans that came, one a line.
spans() {
	jq -c '.body.resourceSpans[]
		| (.resource.attributes[] | select(.key == "service.name").value.stringValue) as $of
		| .scopeSpans[].spans[] | {$of} + .' "$collector/taken"
}
of_trace() { # TRACE
	spans | jq -c "select(.traceId == \"$1\")"
}
count_is() { # TRACE COUNT
	[ "$(of_trace "$1" | wc -l)" = "$2" ]
}
batch='{"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[{"id":"1","key":"P1","name":"P"}]}'
trace=0af7651916cd43dd8448eb211c80319c
api POST raw-data/store -H "traceparent: 00-$trace-b7ad6b7169203331-01" --data "$batch"
id=$(json .raw_data_id)
check_match "a request is answered in its trace, with a span of its own" \
	"$STATUS $(header traceparent)" "^201 00-$trace-[0-9a-f]{16}-01$"
check_fails "which is not the caller's" grep -q b7ad6b7169203331 <<<"$(header traceparent)"
check_is "which the row has" "$(row traceparent)" "$(header traceparent)"
check "the batch is loaded" becomes completed
check "six spans of it come" wait_until 15 count_is $trace 6
path_of() { # SPAN OF THE LAST: names from the first to it
	of_trace $trace | jq -rs --arg last "$1" '. as $all | [$last | recurse(. as $name
		| ($all[] | select(.name == $name).parentSpanId) as $parent
		| $all[] | select(.spanId == $parent).name)] | reverse | join(" > ")'
}
check_is "a load comes of the transform, that of the store" "$(path_of load)" \
	"raw_data_store > publish transform_queue > transform > publish load_queue > load"
check_is "the insert is the store's" "$(path_of insert)" "raw_data_store > insert"
check_is "the store is the caller's" \
	"$(of_trace $trace | jq -r 'select(.name == "raw_data_store").parentSpanId')" b7ad6b7169203331
check_is "each has the form of OTLP" "$(spans | jq -c 'select(
	((.traceId | test("^[0-9a-f]{32}$")) and (.spanId | test("^[0-9a-f]{16}$"))
	and (.startTimeUnixNano | type == "string" and test("^[0-9]{19}$"))
	and (.endTimeUnixNano | type == "string" and test("^[0-9]{19}$"))
	and .endTimeUnixNano >= .startTimeUnixNano and (.kind | . >= 1 and . <= 5)
	and (.attributes | all(.key != "" and (.value | has("stringValue") or (.intValue | type == "string"))))
	) | not)')" ""
check_match "they are of now" \
	"$(of_trace $trace | jq -rs '.[0].startTimeUnixNano | tonumber / 1e9 - now | fabs < 60')" true
check_is "with what the request and the job were" "$(of_trace $trace | jq -rs '
	[.[] | .attributes |= map({key, value: (.value.stringValue // .value.intValue)}) | .attributes |= from_entries]
	| [(.[] | select(.name == "raw_data_store").attributes
		| .["http.request.method"], .["http.route"], .["http.response.status_code"]),
	   (.[] | select(.name == "transform").attributes | .["etl.raw_data_id"], .["etl.fate"])] | join(" ")')" \
	"POST /app/etl/raw-data/store 201 $id transformed"
check_is "sent as JSON, with the headers of the file" \
	"$(jq -r '[.path, .type, .auth] | join(" ")' "$collector/taken" | sort -u)" \
	"/v1/traces application/json Bearer confidential"
api POST raw-data/store -H "traceparent: 00-${trace%c}d-b7ad6b7169203331-00" --data "$batch"
check_is "whose caller samples it not is handed on as it is" "$(header traceparent)" \
	"00-${trace%c}d-b7ad6b7169203331-00"

# -- stores that come together
together=2af7651916cd43dd8448eb211c80319c
seq 8 | xargs -P 8 -I{} curl -sS -K "$ETL_CURLRC" -o /dev/null -H 'Content-Type: application/json' \
	-H "traceparent: 00-$together-000000000000000{}-01" --data "$batch" \
	"$ETL_URL/app/etl/raw-data/store?tenant_id=1"
each_has() { # NAME
	[ "$(of_trace $together | jq -r "select(.name == \"$1\").spanId" | sort -u | wc -l)" = 8 ]
}
for name in raw_data_store insert 'publish transform_queue'; do
	check "each of those that came together has its $name" wait_until 15 each_has "$name"
done

# -- a collector that hangs
check "before it hangs, all was taken" sleep 1.5
kill -s STOP "$collector_pid"
hung=1af7651916cd43dd8448eb211c80319c
slow=0
for _ in $(seq 20); do
	api POST raw-data/store -H "traceparent: 00-$hung-b7ad6b7169203331-01" --data "$batch"
	[ "$STATUS" = 201 ] || slow=$((slow + 100))
	[ "${SECONDS_TAKEN%.*}" -lt 3 ] || slow=$((slow + 1)) # an answer is awaited for three seconds
	sleep 0.1
done
check_is "a collector that hangs keeps nobody waiting" "$slow" 0
check "one line says that it takes nothing" wait_until 15 \
	grep -q 'event=spans .*does not take spans' "$APP_LOGS/pool.log"
kill -s CONT "$collector_pid"
of_hung() { [ "$(of_trace $hung | jq -r 'select(.name == "raw_data_store").spanId' | sort -u | wc -l)" = 20 ]; }
check "and none is lost when it goes on" wait_until 40 of_hung

# -- a collector that is not there
collector_down
app restart pool
for _ in 1 2 3; do
	store_one
	sleep 1.2
done
check_is "a collector that is not there fails no request" "$STATUS" 201
check "and is one line" wait_until 10 grep -q 'event=spans .*does not take spans' "$APP_LOGS/pool.log"
check_is "for each process" "$(grep -c "\[$(responders)\] event=spans" "$APP_LOGS/pool.log")" 1
began=${EPOCHREALTIME/[.,]/}
app stop pool
check "a process that ends does not wait for it" [ $(((${EPOCHREALTIME/[.,]/} - began) / 1000000)) -lt 8 ]
check_fails "no log has what the headers say" grep -l confidential "$APP_LOGS"/*.log

# -- settings that cannot be used
refused() { # NAME REGEX LINE…
	local name=$1 regex=$2
	shift 2
	(umask 077 && printf '%s\n' 'database_url = postgresql://nobody@127.0.0.1:1/none' "$@" >"$TMP/try.conf")
	check_match "$name: 78" "$(
		timeout 5 "$ETL_BUILD/pulse-etl-relay" --config "$TMP/try.conf" 2>&1 </dev/null
		echo $?
	)" "$regex.*78$"
}
refused "an address that is none" 'otlp_url must begin' 'otlp_url = collector:4318'
refused "headers that are none" 'not of the form' "otlp_url = http://127.0.0.1:1/" "otlp_headers_file = $TMP/try.conf"
refused "headers that are not there" 'No such file' "otlp_url = http://127.0.0.1:1/" 'otlp_headers_file = /nowhere'
chmod 644 "$TMP/headers.conf"
refused "headers that everybody can read" 'chmod 0640' "otlp_url = http://127.0.0.1:1/" \
	"otlp_headers_file = $TMP/headers.conf"
done_testing
