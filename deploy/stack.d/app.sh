# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# An instance of the service in $ETL_APP: its own database, virtual host,
# settings, responders, relay, workers, extractors and nginx, on the stack's servers.
# shellcheck disable=SC2154 # source_dir and the roles: of stack and postgres.sh

# Set $app_database and $app_vhost of the instance.
app_read() {
	app_database=$(remembered "$ETL_APP" database)
	app_vhost=$(remembered "$ETL_APP" vhost)
}

# Give a new instance its names; the one of the stack itself has plain ones.
app_name() {
	local name
	mkdir -p "$ETL_APP/run" "$ETL_APP/logs" "$ETL_APP/logos"
	if [ ! -e "$ETL_APP/app.env" ]; then
		name=pulse_etl
		if [ "$ETL_APP" != "$ETL_STACK/app" ]; then
			name=$(secret "$ETL_APP" name)
			name=etl_${name:0:10}
		fi
		remember "$ETL_APP" database "$name"
		remember "$ETL_APP" vhost "$name"
		touch "$ETL_APP/app.env"
		echo "$ETL_APP" >>"$ETL_STACK/apps"
	fi
	app_read
}

# The settings: the stack's, then those asked for in ETL_APP_CONF, which
# replace the stack's of the same name.
app_conf() {
	local line extra
	if [ -n "${ETL_APP_CONF+set}" ]; then
		(umask 077 && printf '%s\n' "$ETL_APP_CONF" >"$ETL_APP/extra.conf")
	fi
	extra=$(cat "$ETL_APP/extra.conf" 2>/dev/null) || true
	(
		umask 077
		{
			echo "# made by deploy/stack"
			for line in \
				"database_url = $(postgres_url "$app_database" "$service_role")" \
				"rabbitmq_url = $(rabbitmq_url "$app_vhost")" \
				"metrics_file = $(socket_folder "$ETL_APP")/metrics" \
				"logo_dir = $ETL_APP/logos" \
				"auth = required"; do
				grep -q "^ *${line%% *} *=" <<<"$extra" || echo "$line"
			done
			printf '%s\n' "$extra"
		} >"$ETL_APP/etl.conf.new"
	)
	# At once: a program that is just starting reads all of it.
	mv "$ETL_APP/etl.conf.new" "$ETL_APP/etl.conf"
}

app_migrate() { # DATABASE
	local program=$ETL_BUILD/pulse-etl-migrate log=$ETL_APP/logs/migrate.log
	local step
	[ "${ETL_APP_MIGRATE-}" != no ] || return 0
	if [ ! -x "$program" ]; then
		say "there is no $program: the database stays as it is"
		return 0
	fi
	for step in --apply-all '--apply 3'; do
		# shellcheck disable=SC2086 # an option and its value
		PGHOST=$address PGPORT=$(remembered "$ETL_STACK" postgres_port) \
			PGUSER=$owner_role PGPASSFILE=$ETL_STACK/pgpass \
			PGDATABASE=$1 \
			"$program" --dir "$source_dir/migrations" $step \
			>>"$log" 2>&1 ||
			die_with_log "$log" "pulse-etl-migrate $step failed"
	done
}

# A token for the demo tenant, made once, and a file that makes curl send it:
# a token has no place among a program's arguments.
app_token() {
	local token
	[ "${ETL_APP_MIGRATE-}" != no ] || return 0
	token=$(remembered "$ETL_APP" token) || true
	if [ -z "$token" ]; then
		token=$(DATABASE_URL=$(postgres_url "$app_database") \
			"$ETL_BUILD/pulse-etl" token create --tenant 1 \
			--role admin --name stack 2>>"$ETL_APP/logs/migrate.log") ||
			die_with_log "$ETL_APP/logs/migrate.log" "pulse-etl token create failed"
		remember "$ETL_APP" token "$token"
	fi
	(umask 077 && printf 'header = "Authorization: Bearer %s"\n' "$token" >"$ETL_APP/curlrc")
}

app_up() {
	local name program=$ETL_BUILD/pulse-etl-fcgi
	[ -x "$program" ] || die "there is no $program: build first (./configure && make in $ETL_BUILD)"
	app_make
	app_conf
	"$program" --config "$ETL_APP/etl.conf" --dump-settings \
		>"$ETL_APP/run/settings" 2>&1 ||
		die_with_log "$ETL_APP/run/settings" "the settings in $ETL_APP/etl.conf are refused"
	[ "$(remembered "$ETL_APP" copied)" = yes ] || app_migrate "$app_database"
	app_token
	if [ -n "${ETL_APP_POOL-}" ]; then
		remember "$ETL_APP" pool "$ETL_APP_POOL"
	fi
	if [ -n "${ETL_APP_WORKERS-}" ]; then
		remember "$ETL_APP" workers "$ETL_APP_WORKERS"
	fi
	if [ -n "${ETL_APP_EXTRACTORS-}" ]; then
		remember "$ETL_APP" extractors "$ETL_APP_EXTRACTORS"
	fi
	for name in $(parts_of app); do
		# Without workers the messages stay, for others or to look at.
		[ "$name" != worker ] || [ "$(workers)" != 0 ] || continue
		[ "$name" != extractor ] || [ "$(extractors)" != 0 ] || continue
		start_part "$name"
	done
	[ "${ETL_APP_MIGRATE-}" = no ] || app_settle
}

# The relay declares the queues; a store that comes before is answered 202.
app_settle() {
	local ends=$((SECONDS + 10))
	until app_is_ready || [ $SECONDS -ge $ends ]; do sleep 0.1; done
	sleep 0.3 # the other responders look for them so often
}

app_is_ready() {
	curl -s --noproxy '*' -m 5 "http://$address:$(remembered "$ETL_APP" http_port)/app/etl/health/ready" |
		grep -q '"degraded":\[\]'
}

# How many workers were asked for.
workers() {
	local count
	count=$(remembered "$ETL_APP" workers) || true
	echo "${count:-0}"
}

# And of extractors.
extractors() {
	local count
	count=$(remembered "$ETL_APP" extractors) || true
	echo "${count:-0}"
}

# With ETL_APP_COPY=yes the database is a copy of one that was migrated once:
# for tests, which make many.
app_copy() {
	local name
	[ "${ETL_APP_COPY-}" = yes ] && [ "${ETL_APP_MIGRATE-}" != no ] &&
		[ -x "$ETL_BUILD/pulse-etl-migrate" ] || return 1
	name=etl_migrated_$(cat "$source_dir"/migrations/*.sql \
		"$ETL_BUILD/pulse-etl-migrate" | cksum | cut -d ' ' -f 1)
	if ! postgres_exists "$name"; then
		postgres_drop "${name}_new" && postgres_create "${name}_new" &&
			app_migrate "${name}_new" && postgres_super -c \
			"ALTER DATABASE \"${name}_new\" RENAME TO \"$name\"" || exit
	fi
	postgres_copy "$name" "$app_database" || exit
	remember "$ETL_APP" copied yes
}

# What the instance has on the servers, and a port; once.
app_make() {
	app_name
	[ "$(remembered "$ETL_APP" made)" != yes ] || return 0
	postgres_exists "$app_database" || app_copy ||
		postgres_create "$app_database"
	rabbitmq_vhost_create "$app_vhost"
	port "$ETL_APP" http_port >/dev/null
	remember "$ETL_APP" made yes
}

app_stop() {
	local name
	# shellcheck disable=SC2046 # names
	for name in $(backwards $(parts_of app)); do
		stop_part "$name"
	done
}

app_down() {
	[ -e "$ETL_APP/app.env" ] || return 0
	app_stop
	[ "${1-}" = --delete ] || return 0
	app_read
	if process_runs "$ETL_STACK" postgres; then
		postgres_drop "$app_database"
	fi
	if process_runs "$ETL_STACK" rabbitmq; then
		rabbitmq_vhost_delete "$app_vhost" || true
	fi
	case $(remembered "$ETL_APP" socket_folder || true) in
	/tmp/pulse-etl-*) rm -rf "$(remembered "$ETL_APP" socket_folder)" ;;
	esac
	rm -rf "$ETL_APP"
}

# Programs under multiwatch, which starts a new one for each that ends.
watched() {
	echo "$(command -v multiwatch || die "multiwatch was not found: run deploy/install-deps")" \
		-f "$1" -r 1000000 -t 1000 --
}

pool_size() {
	local size
	size=$(remembered "$ETL_APP" pool) || true
	if [ -z "$size" ]; then
		size=$((2 * $(nproc)))
		[ $size -ge 4 ] || size=4
	fi
	echo "$size"
}

pool_start() {
	app_conf
	pool_run "$(socket_folder "$ETL_APP")/fcgi.sock"
	say "pool: $(pool_size) responders run"
}

pool_run() { # SOCKET
	local socket=$1
	# shellcheck disable=SC2046,SC2086 # words
	process_start "$ETL_APP" pool spawn-fcgi -n -s "$socket" -M 0660 -b 1024 \
		-- $(watched "$(pool_size)") ${ETL_APP_WRAPPER-} \
		"$ETL_BUILD/pulse-etl-fcgi" --config "$ETL_APP/etl.conf"
	process_wait "$ETL_APP" pool 10 pool_listens "$socket" ||
		die_with_log "$ETL_APP/logs/pool.log" "the pool did not start"
}

# A new pool takes the socket's name over; the old one answers whoever is
# connected to it already, then leaves. No request is lost.
pool_roll() {
	local socket old lines ends=$((SECONDS + 60))
	app_read
	process_runs "$ETL_APP" pool || die "pool does not run"
	socket=$(socket_folder "$ETL_APP")/fcgi.sock
	old=$(process_id "$ETL_APP" pool)
	lines=$(tree_with_times "$old")
	app_conf
	pool_run "$socket.new"
	mv "$socket.new" "$socket"
	sleep 0.1 # who has just looked the name up is connected by now
	kill -s TERM "$old" 2>/dev/null || true
	while any_runs "$lines" && [ $SECONDS -lt $ends ]; do sleep 0.05; done
	any_runs "$lines" && die "the old pool did not leave"
	say "pool: rolled, $(pool_size) responders run"
}

pool_listens() { # SOCKET
	# A pool that was rolled still listens by the name it was started with.
	[ -S "$1" ] && ss -Hlx src "$1" | grep -q .
}

relay_start() {
	local program=$ETL_BUILD/pulse-etl-relay
	[ -x "$program" ] || die "there is no $program: build first"
	app_conf
	# shellcheck disable=SC2046,SC2086 # words
	process_start "$ETL_APP" relay $(watched 1) ${ETL_APP_WRAPPER-} "$program" \
		--config "$ETL_APP/etl.conf"
	say "relay: runs"
}

worker_start() {
	local program=$ETL_BUILD/pulse-etl-worker count
	[ -x "$program" ] || die "there is no $program: build first"
	[ -z "${ETL_APP_WORKERS-}" ] || remember "$ETL_APP" workers "$ETL_APP_WORKERS"
	count=$(workers)
	[ "$count" != 0 ] || count=$(nproc)
	app_conf
	# shellcheck disable=SC2046,SC2086 # words
	process_start "$ETL_APP" worker $(watched "$count") ${ETL_APP_WRAPPER-} \
		"$program" --config "$ETL_APP/etl.conf"
	say "worker: $count run"
}

extractor_start() {
	local program=$ETL_BUILD/pulse-etl-extractor count
	[ -x "$program" ] || die "there is no $program: build first"
	count=$(extractors)
	[ "$count" != 0 ] || count=1
	app_conf
	# shellcheck disable=SC2046,SC2086 # words
	process_start "$ETL_APP" extractor $(watched "$count") ${ETL_APP_WRAPPER-} \
		"$program" --config "$ETL_APP/etl.conf"
	say "extractor: $count run"
}

# A copy of the files in nginx/ with our socket and port.
nginx_files() { # PORT
	local folder=$ETL_APP/nginx user=
	[ "$(id -u)" != 0 ] || user='user root;'
	mkdir -p "$folder/logs" "$folder/temp"
	cp "$source_dir"/nginx/pulse-etl-* "$folder"
	sed -e "s|/var/lib/pulse-etl/logos|$ETL_APP/logos|" \
		-e "s|/usr/share/pulse-etl/console|$source_dir/nginx/console|" \
		"$source_dir/nginx/pulse-etl-location.conf" \
		>"$folder/pulse-etl-location.conf"
	sed "s|unix:[^;]*|unix:$(socket_folder "$ETL_APP")/fcgi.sock|" \
		"$source_dir/nginx/pulse-etl-http.conf" \
		>"$folder/pulse-etl-http.conf"
	sed -e "s|127.0.0.1:@PORT@|$address:$1|" -e "s|@USER_LINE@|$user|" \
		"$source_dir/nginx/pulse-etl-server.conf.in" \
		>"$folder/nginx.conf"
}

nginx_start() {
	local port folder=$ETL_APP/nginx log=$ETL_APP/logs/nginx.log
	port=$(port "$ETL_APP" http_port)
	nginx_files "$port"
	process_start "$ETL_APP" nginx nginx -p "$folder" \
		-c "$folder/nginx.conf" -e "$log"
	process_wait "$ETL_APP" nginx 10 nginx_answers "$port" ||
		die_with_log "$log" "the service does not answer; see also $ETL_APP/logs/pool.log"
	say "nginx: runs on http://$address:$port/app/etl"
}

# Any answer that nginx did not have to make up.
nginx_answers() { # PORT
	case $(curl -s --noproxy '*' -m 5 -o "$ETL_APP/run/answer" \
		-w '%{http_code}' "http://$address:$1/app/etl/health") in
	000 | 502 | 504) return 1 ;;
	esac
}
