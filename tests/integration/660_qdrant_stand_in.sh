#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Qdrant's routes against a stand-in: an nginx that gives answers in the shape
# of Qdrant's REST reference. No Qdrant was asked anything here.
. "$(dirname "$0")/lib.sh"

standin=$TMP/standin
standin_port=$(free_port)
standin_pid=
mkdir -p "$standin/temp"
cat >"$standin/nginx.conf" <<CONF
daemon off;
$([ "$(id -u)" != 0 ] || echo 'user root;')
pid $standin/nginx.pid;
error_log $standin/error.log;
events { }
http {
	access_log $standin/access.log;
	client_body_temp_path $standin/temp/body;
	fastcgi_temp_path $standin/temp/fastcgi;
	proxy_temp_path $standin/temp/proxy;
	scgi_temp_path $standin/temp/scgi;
	uwsgi_temp_path $standin/temp/uwsgi;
	default_type application/json;
	keepalive_timeout 0;
	server {
		listen 127.0.0.1:$standin_port;
		root $ETL_SOURCE/tests/data/qdrant;
		include $standin/mode.conf;
		location = / { try_files /root.json =404; }
		location = /healthz { default_type text/plain; try_files /healthz.txt =404; }
		location = /collections { try_files /collections.json =404; }
		location = /telemetry { try_files /telemetry.json =404; }
	}
}
CONF
standin_answers() { [ -n "$(ss -Hltn "sport = :$standin_port")" ]; }
standin_is_gone() { ! standin_answers; }
# Start it anew with the lines of a mode.
standin_up() { # MODE LINES
	standin_down
	printf '%s\n' "$1" >"$standin/mode.conf"
	nginx -p "$standin" -c "$standin/nginx.conf" -e "$standin/error.log" 2>"$TMP/nginx.err" &
	standin_pid=$!
	wait_until 10 standin_answers || note_file "$TMP/nginx.err"
}
standin_down() {
	[ -n "$standin_pid" ] || return 0
	kill -s TERM "$standin_pid"
	wait "$standin_pid" 2>/dev/null
	standin_pid=
	wait_until 10 standin_is_gone
}
trap 'standin_down; clean_up' EXIT

needs_key='if ($http_api_key != "confidential") {
	return 401 "Must provide an API key or an Authorization bearer token"; }'
query='tenant_id=1'
qdrant() { request GET "/app/etl/qdrant/$1?$query"; }
quick() { awk "BEGIN { exit !($SECONDS_TAKEN < $1) }"; }

standin_up "$needs_key"
app_up 'auth = none' "qdrant_url = http://127.0.0.1:$standin_port/" "qdrant_api_key = confidential"

# -- it answers
qdrant health
check_is "health: 200" "$STATUS" 200
check_is "the stand-in is healthy" "$(json .status)" healthy
check_is "its version is its own" "$(json .version)" 1.12.4
check_match "and its commit" "$(json .commit)" '^8e2ed4a'
check_is "telemetry gives the number of collections" "$(json .collection_count)" 3
check_match "the time it took is measured" "$(json .response_time_ms)" '^[0-9]+$'
check_is "it was asked what the contract names" \
	"$(grep -o 'GET /[a-z]*' "$standin/access.log" | sort | paste -sd ' ')" "GET / GET /healthz GET /telemetry"
qdrant test-connection
check_is "test-connection: 200" "$STATUS" 200
check_is "it succeeds" "$(json '[.success, .status, .version, .collection_count] | @csv')" 'true,"healthy","1.12.4",3'
check_is "no name of a collection is told" "$(grep -c tenant_1_ "$BODY")" 0
check "the key is in no answer" sh -c "! grep -q confidential '$BODY' '$HEADERS'"
check "nor in the log" sh -c "! grep -rq confidential '$APP_LOGS'"

# -- the dashboard: the table's vectors in collections that are there
sql "INSERT INTO tenants (id, name) VALUES (2, 'Other');
	INSERT INTO integrations (id, tenant_id, provider, type) VALUES (22, 2, 'Jira', 'data_source');
	INSERT INTO work_items (tenant_id, integration_id, external_id)
		SELECT 1, 1, n FROM generate_series(1, 8) AS n;
	INSERT INTO work_items (tenant_id, integration_id, external_id)
		SELECT 2, 22, n FROM generate_series(1, 5) AS n;
	UPDATE work_items SET active = FALSE WHERE external_id = '8' AND tenant_id = 1;
	INSERT INTO qdrant_vectors (tenant_id, table_name, record_id, qdrant_collection, qdrant_point_id,
		vector_type, embedding_model, embedding_provider)
	SELECT tenant_id, 'work_items', id, 'tenant_1_work_items', gen_random_uuid(), kind, 'm', 'p'
	FROM work_items, (VALUES ('title'), ('body')) AS kinds (kind)
	WHERE tenant_id = 1 AND external_id IN ('1', '2', '3', '8');
	INSERT INTO qdrant_vectors (tenant_id, table_name, record_id, qdrant_collection, qdrant_point_id,
		vector_type, embedding_model, embedding_provider)
	SELECT tenant_id, 'work_items', id, 'deleted_by_hand', gen_random_uuid(), 'title', 'm', 'p'
	FROM work_items WHERE tenant_id = 1 AND external_id = '4';
	INSERT INTO qdrant_vectors (tenant_id, table_name, record_id, qdrant_collection, qdrant_point_id,
		vector_type, embedding_model, embedding_provider)
	SELECT 1, 'projects', id, 'other \"quoted\" é', gen_random_uuid(), 'title', 'm', 'p' FROM projects
	WHERE tenant_id = 1;
	INSERT INTO qdrant_vectors (tenant_id, table_name, record_id, qdrant_collection, qdrant_point_id,
		vector_type, embedding_model, embedding_provider)
	SELECT 2, 'work_items', id, 'tenant_1_work_items', gen_random_uuid(), 'title', 'm', 'p'
	FROM work_items WHERE tenant_id = 2"
qdrant dashboard
check_is "dashboard: 200" "$STATUS" 200
check_is "its members are the contract's, in their order" "$(json 'keys_unsorted | join(" ")')" \
	"total_database total_vectorized overall_completion integration_groups queue_pending queue_failed"
check_is "two groups with their logos" "$(json '[.integration_groups[] | .title, .logo_filename] | join(" ")')" \
	"Jira jira.svg GitHub github.svg"
sql "UPDATE integrations SET provider = 'JIRA' WHERE id = 1; UPDATE integrations SET provider = 'github' WHERE id = 2"
qdrant dashboard
check_is "in whatever letters the providers are written" \
	"$(json '[.integration_groups[] | .title, .logo_filename] | join(" ")')" \
	"Jira jira.svg GitHub github.svg"
sql "UPDATE integrations SET provider = 'Jira' WHERE id = 1; UPDATE integrations SET provider = 'GitHub' WHERE id = 2"
check_json "Jira's entities, in their order" "$(json '[.integration_groups[0].entities[].name]')" \
	'["Work Items", "Changelogs", "Projects", "Statuses", "Work Item Types", "WIT Hierarchies", "WIT Mappings",
		"WIT PR Links", "Status Mappings", "Workflows"]'
check_is "GitHub's" "$(json '[.integration_groups[1].entities[].name] | join(", ")')" \
	"Pull Requests, PR Comments, PR Reviews, PR Commits, Repositories"
work_items() { json '.integration_groups[0].entities[0] | [.database_count, .qdrant_count, .completion] | @csv'; }
check_is "seven work items, three with vectors: 42 percent" "$(work_items)" 7,3,42
check_is "a collection's name may have any characters" \
	"$(json '.integration_groups[0].entities[2] | [.database_count, .qdrant_count, .completion] | @csv')" 1,1,100
check_is "an empty table is 0 percent" \
	"$(json '.integration_groups[1].entities[0] | [.database_count, .qdrant_count, .completion] | @csv')" 0,0,0
check_is "the totals are the sums" "$(json '[.total_database, .total_vectorized] == [
	([.integration_groups[].entities[].database_count] | add), ([.integration_groups[].entities[].qdrant_count] |
	add)]')" true
check_is "of the tables' rows" "$(json .total_database)" \
	"$(sql "SELECT (SELECT count(*) FROM work_items WHERE tenant_id = 1 AND active) + (SELECT count(*)
		FROM projects)
	+ (SELECT count(*) FROM statuses) + (SELECT count(*) FROM wits) + (SELECT count(*) FROM wits_hierarchies)
	+ (SELECT count(*) FROM wits_mappings) + (SELECT count(*) FROM statuses_mappings) + (SELECT count(*)
	FROM workflows)")"
query='tenant_id=2'
qdrant dashboard
check_is "another tenant sees its own" "$(work_items)" 5,5,100
check_is "and nothing else" "$(json '[.total_database, .overall_completion] | @csv')" 5,100
query='tenant_id=1'

# -- the queues
check_is "no message waits" "$(json '[.queue_pending, .queue_failed] | @csv')" 0,0
for routing in transform load load load.retry.4 extract transform.dead load.dead load.dead; do
	publish "$routing" x
done
queues_are() { # PENDING,FAILED
	qdrant dashboard
	[ "$(json '[.queue_pending, .queue_failed] | @csv')" = "$1" ]
}
check "four wait for transform and load, three have failed" wait_until 10 queues_are 4,3
app stop rabbitmq
qdrant dashboard
check_is "without the broker: 200" "$STATUS" 200
check_is "and nobody knows" "$(json '[.queue_pending, .queue_failed] | @json')" '[null,null]'
check_is "the rest is as before" "$(work_items)" 7,3,42
app start rabbitmq

# -- not so well
# Each mode: what health and test-connection say; the dashboard goes by the
# table when the collections are not to be had.
mode() { # NAME STATUS MESSAGE
	qdrant health
	check_is "$1: health answers 200" "$STATUS" 200
	check_is "$1: it is $2" "$(json .status)" "$2"
	check_match "$1: with what to do" "$(json .message)" "$3"
	check "$1: within its time" quick 4
	qdrant test-connection
	check_is "$1: the connection fails" "$(json '[.success, .status, .collection_count] | @json')" \
		"[false,\"$2\",null]"
	qdrant dashboard
	check_is "$1: the dashboard counts what the table says" "$STATUS $(work_items)" "200 7,4,57"
}
standin_up 'if ($http_api_key != "other") { return 401; }'
mode "another key" unauthorized qdrant_api_key
check_is "what cannot be asked is null" "$(qdrant health; json '[.version, .commit, .collection_count] | @json')" \
	'[null,null,null]'
standin_up 'if ($http_api_key != "other") { return 403; }'
mode "a forbidden key" unauthorized qdrant_api_key
standin_up 'limit_rate 1;'
mode "a slow server" unreachable 'in time'
standin_up 'if ($uri) { return 500 "{\"status\":{\"error\":\"Service internal error\"}}"; }'
mode "an internal error" unhealthy 'error'
standin_up 'if ($uri != /healthz) { return 200 "<html>not qdrant</html>"; }'
mode "a page that is no JSON" unhealthy qdrant_url
standin_up 'if ($uri != /healthz) { return 200 "{\"result\":[1,2"; }'
mode "JSON that breaks off" unhealthy qdrant_url
standin_up 'if ($uri != /healthz) { return 200 "{\"title\":1,\"version\":[],\"result\":{\"collections\":{}}}"; }'
mode "JSON of another shape" unhealthy qdrant_url
standin_up 'if ($uri != /healthz) { return 302 http://127.0.0.1:1/; }'
mode "a redirect, which is not followed" unhealthy qdrant_url
head -c 3000000 /dev/zero | tr '\0' '[' >"$TMP/large.json"
standin_up "location = /large { internal; alias $TMP/large.json; } error_page 404 =200 /large;
	rewrite ^/(|collections|telemetry)\$ /none;"
mode "three million brackets" unhealthy qdrant_url
standin_down
mode "nobody there" unreachable qdrant_url
# Takes connections and says nothing.
socat "TCP-LISTEN:$standin_port,bind=127.0.0.1,fork,reuseaddr" EXEC:'sleep 30' 2>"$TMP/socat.err" &
silent=$!
wait_until 10 standin_answers
mode "one that says nothing" unreachable 'in time'
kill -s TERM "$silent"
wait "$silent" 2>/dev/null
standin_up '# well'
qdrant health
check_is "when it is back, it is healthy" "$(json .status)" healthy

standin_up 'if ($uri = /telemetry) { return 403; }'
qdrant health
check_is "a key without telemetry is healthy, and the number is not known" \
	"$(json '[.status, .version, .collection_count] | @json')" '["healthy","1.12.4",null]'

# -- refusals, and no Qdrant at all
request GET /app/etl/qdrant/health
check_is "no tenant: 400" "$STATUS" 400
api POST qdrant/dashboard --data '{}'
check_is "POST: 405" "$STATUS" 405
app_down
app_up 'auth = none'
qdrant health
check_is "without qdrant_url nothing is asked" "$(json '[.status, .version] | @json')" '["not_configured",null]'
qdrant test-connection
check_is "nor does the test succeed" "$(json '[.success, .status] | @json')" '[false,"not_configured"]'
qdrant dashboard
check_is "the dashboard is there" "$STATUS $(json .overall_completion)" "200 0"
done_testing
