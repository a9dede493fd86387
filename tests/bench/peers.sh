# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The FastCGI floor, and the service's store as Go, Python and Node would have
# it: each on the same PostgreSQL, in a database with the seed document's table,
# and on the same broker. One whose language is missing is left out, and said.
# shellcheck disable=SC2154 # of run and cells.sh: source_dir, bench_dir, work…

# shellcheck source=deploy/stack.d/process.sh
. "$source_dir/deploy/stack.d/process.sh"

peers_database=pulse_etl_peers
peers=()

# Nothing that is built here is in the source tree.
peers_built=$programs/peers-built

peer_sql() { # STATEMENTS
	PGDATABASE=$peers_database sql "$1"
}

peers_up() {
	local name url
	mkdir -p "$peers_built" "$work/peers"
	stack database-create "$peers_database"
	peer_sql "$(cat "$bench_dir/peers/schema.sql")"
	url=$(setting database_url)
	export PEER_DATABASE_URL=${url%/*}/$peers_database
	peer_sql "GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC;
		GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO PUBLIC"
	PEER_RABBITMQ_URL=$(setting rabbitmq_url)
	export PEER_RABBITMQ_URL
	for name in fcgi_floor go fastapi node; do
		say "building and starting the peer $name"
		if "peer_$name" >"$work/peers/$name.build" 2>&1 &&
			process_wait "$work/peers" "$name" 20 peer_answers "$name"; then
			peers+=("$name")
		else
			say "without $name: $(tail -n 1 "$work/peers/$name.build")"
		fi
	done
}

peers_down() {
	local name
	for name in fcgi_floor nginx go fastapi node; do
		process_stop "$work/peers" "$name" TERM 5
	done
}

# Chosen once: a port is taken as soon as its peer runs.
peer_port() { # NAME
	remembered "$work/peers" "port_$1" | grep . || port "$work/peers" "port_$1"
}

# An empty body is refused by each; a 502 is nginx in front of a dead peer.
peer_answers() { # NAME
	local code
	code=$(curl -s --noproxy '*' -m 5 -o "$work/peers/answer" -w '%{http_code}' \
		--data '' "http://127.0.0.1:$(peer_port "$1")/app/etl/raw-data/store")
	[[ $code == 4?? ]]
}

peer_start() { # NAME COMMAND…
	DATABASE_URL=$PEER_DATABASE_URL RABBITMQ_URL=$PEER_RABBITMQ_URL \
		PORT=$(peer_port "$1") process_start "$work/peers" "$@"
}

# nginx with the service's number of workers and buffers, but no limits.
peer_fcgi_floor() {
	local folder=$work/peers/nginx
	mkdir -p "$folder/logs" "$folder/temp"
	cat >"$folder/nginx.conf" <<-TEXT
	daemon off;
	pid nginx.pid;
	worker_processes auto;
	events { worker_connections 1024; }
	http {
		access_log off;
		client_body_temp_path temp/body;
		fastcgi_temp_path temp/fastcgi;
		server {
			listen 127.0.0.1:$(peer_port fcgi_floor);
			keepalive_requests 100000;
			client_max_body_size 64m;
			client_body_buffer_size 8m;
			location / {
				fastcgi_pass unix:$folder/fcgi.sock;
				fastcgi_param REQUEST_METHOD \$request_method;
				fastcgi_param CONTENT_LENGTH \$content_length;
				fastcgi_param REQUEST_URI \$request_uri;
			}
		}
	}
	TEXT
	[ "$(id -u)" != 0 ] || sed -i '1i user root;' "$folder/nginx.conf"
	# spawn-fcgi looks for no program in PATH.
	peer_start fcgi_floor spawn-fcgi -n -s "$folder/fcgi.sock" -b 1024 -- \
		"$(command -v multiwatch)" -f "$BENCH_POOL" -- "$programs/fcgi_floor"
	process_start "$work/peers" nginx nginx -p "$folder" \
		-c "$folder/nginx.conf" -e "$folder/logs/error.log"
}

# Debian's libraries, which know no modules.
peer_go() {
	(cd "$bench_dir/peers/go" && GOPATH=/usr/share/gocode GO111MODULE=off \
		GOFLAGS='' GOCACHE=$peers_built/go-cache \
		go build -o "$peers_built/go-peer" .) || return
	peer_start go "$peers_built/go-peer"
}

# The system's Python, for it has the system's libraries.
peer_fastapi() {
	local python=/usr/bin/python3
	"$python" -c 'import aio_pika, asyncpg, fastapi, uvicorn' || return
	(cd "$bench_dir/peers/fastapi" &&
		PYTHONDONTWRITEBYTECODE=1 peer_start fastapi "$python" app.py)
}

peer_node() {
	local folder=$peers_built/node
	mkdir -p "$folder"
	cp "$bench_dir/peers/node/server.js" "$folder"
	if ! cmp -s "$bench_dir/peers/node/package.json" "$folder/package.json"; then
		(cd "$folder" && rm -rf node_modules &&
			cp "$bench_dir/peers/node/package.json" . &&
			npm install --no-audit --no-fund --ignore-scripts) || {
			rm -f "$folder/package.json"
			return 1
		}
	fi
	peer_start node node "$folder/server.js"
}

# What a peer is, for the report of CPU and memory.
peer_watched() { # NAME
	printf -- '--watch client=self --watch responder=%s' \
		"$(process_id "$work/peers" "$1")"
	[ "$1" != fcgi_floor ] ||
		printf -- ' --watch nginx=%s' "$(process_id "$work/peers" nginx)"
	printf -- ' --watch postgres=%s --watch rabbitmq=%s' \
		"$("$source_dir/deploy/stack" pid postgres)" \
		"$("$source_dir/deploy/stack" pid rabbitmq)"
}

peer_empty() {
	peer_sql 'TRUNCATE raw_extraction_data RESTART IDENTITY' 2>"$work/psql.log"
	purge
}

# Like service(), of a peer.
peer() { # NAME CASE N FILE
	# shellcheck disable=SC2046 # words
	ETL_TOKEN='' cell "$2" "$3" "$1" "$programs/load" \
		--seconds "$(seconds_of "$2")" $(peer_watched "$1") \
		"$(peer_port "$1")" "$3" POST /app/etl/raw-data/store "$4"
}
