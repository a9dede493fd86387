#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# TLS all the way: to PostgreSQL with sslmode=verify-full, to RabbitMQ with its
# certificate checked and one of ours, and from clients to nginx.
. "$(dirname "$0")/lib.sh"
app_up

# -- an authority, and what it vouches for
cd "$TMP" || exit 1
mkdir pki
chmod 711 pki
authority() { # NAME
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -keyout "pki/$1.key" \
		-out "pki/$1.pem" 2>"$TMP/out"
}
certificate() { # AUTHORITY NAME SUBJECT_ALT_NAMES
	openssl req -newkey rsa:2048 -nodes -subj "/CN=$2" -keyout "pki/$2.key" -out "pki/$2.csr" 2>"$TMP/out"
	openssl x509 -req -in "pki/$2.csr" -CA "pki/$1.pem" -CAkey "pki/$1.key" -CAcreateserial -days 2 \
		-extfile <(printf 'subjectAltName=%s\n' "$3") -out "pki/$2.pem" 2>"$TMP/out"
}
authority ours
authority strangers
certificate ours server 'IP:127.0.0.1,DNS:localhost'
certificate ours elsewhere 'DNS:elsewhere.example.com'
certificate ours client 'DNS:client'
certificate strangers stranger 'IP:127.0.0.1,DNS:localhost'
check "there are certificates" test -s pki/stranger.pem
chmod 644 pki/*.pem

settings() { # LINE…: for the pool
	app stop pool
	unset ETL_APP_CONF
	printf '%s\n' "$@" >"$ETL_APP/extra.conf"
	app start pool
}
store() {
	request POST /app/etl/raw-data/store \
		--data '{"integration_id":1,"entity_type":"jira_issues_batch","raw_data":[]}'
}
stored() { store; [ "$STATUS $(json .queued)" = "$1" ]; }

# -- PostgreSQL
data=$(super -c "SHOW data_directory")
postgres_cert() { # NAME
	install -m 600 -o "$(stat -c %u "$data")" -g "$(stat -c %g "$data")" "pki/$1.key" "$data/test.key"
	install -m 600 -o "$(stat -c %u "$data")" -g "$(stat -c %g "$data")" "pki/$1.pem" "$data/test.pem"
	super -c "ALTER SYSTEM SET ssl_cert_file = 'test.pem'" >"$TMP/out"
	super -c "ALTER SYSTEM SET ssl_key_file = 'test.key'" >"$TMP/out"
	super -c "ALTER SYSTEM SET ssl = on" >"$TMP/out"
	super -c "SELECT pg_reload_conf()" >"$TMP/out"
}
plain_again() { super -c "ALTER SYSTEM RESET ssl" >/dev/null 2>&1; super -c "SELECT pg_reload_conf()" >/dev/null 2>&1; }
trap 'plain_again; clean_up' EXIT
url=$(sed -n 's/^database_url = //p' "$ETL_APP/etl.conf")
postgres_cert server
settings "database_url = $url?sslmode=verify-full&sslrootcert=$TMP/pki/ours.pem"
check "PostgreSQL with verify-full: stores work" wait_until 20 stored "201 true"
check "over TLS" [ "$(super -c "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
	WHERE application_name = 'pulse-etl-fcgi' AND datname = current_database()")" = t ]
settings "database_url = $url?sslmode=verify-full&sslrootcert=$TMP/pki/strangers.pem"
check "an authority that does not vouch for it: 503" wait_until 20 stored "503 null"
postgres_cert elsewhere
settings "database_url = $url?sslmode=verify-full&sslrootcert=$TMP/pki/ours.pem"
check "a certificate of another name: 503" wait_until 20 stored "503 null"
check "the log says why" grep -q 'does not match host name' "$APP_LOGS/pool.log"
check_is "no password is in the log" "$(grep -c "$(sed 's/.*:\([^:@]*\)@.*/\1/' <<<"$url")" "$APP_LOGS/pool.log")" 0
plain_again

# -- RabbitMQ: a further listener of the broker that runs
chmod 644 pki/server.key pki/elsewhere.key pki/stranger.key
listener() { # NAME: sets $port
	port=$(free_port)
	broker_eval "rabbit_networking:start_ssl_listener({\"127.0.0.1\", $port, auto}, [
		{cacertfile, \"$TMP/pki/ours.pem\"}, {certfile, \"$TMP/pki/$1.pem\"}, {keyfile, \"$TMP/pki/$1.key\"},
		{verify, verify_peer}, {fail_if_no_peer_cert, true}, {versions, ['tlsv1.2', 'tlsv1.3']}], 2)" \
		>"$TMP/listener"
	wait_until 5 listens
}
listens() { [ -n "$(ss -Hltn "sport = :$port")" ]; }
amqps() { sed -e "s|^amqp:|amqps:|; s|@[^/]*/|@$1:$port/|" <<<"$ETL_AMQP_URL"; }
ours="rabbitmq_ca_file = $TMP/pki/ours.pem"
client=("rabbitmq_cert_file = $TMP/pki/client.pem" "rabbitmq_key_file = $TMP/pki/client.key")
listener server
check "the broker listens with TLS" listens
settings "rabbitmq_url = $(amqps localhost)" "$ours" "${client[@]}" 'rabbitmq_timeout = 2000'
check "amqps with a certificate of ours: stores are queued" wait_until 20 stored "201 true"
tls_connections() {
	broker_eval "length([1 || [{ssl, true}, {vhost, <<\"$ETL_VHOST\">>}] <-
		rabbit_networking:connection_info_all([ssl, vhost])])"
}
check "the broker has connections with TLS" [ "$(tls_connections)" -ge 1 ]
settings "rabbitmq_url = $(amqps localhost)" "$ours" 'rabbitmq_timeout = 2000'
check "without the certificate that it asks for: not queued" wait_until 20 stored "202 false"
settings "rabbitmq_url = $(amqps localhost)" "rabbitmq_ca_file = $TMP/pki/strangers.pem" "${client[@]}" \
	'rabbitmq_timeout = 2000'
check "an authority that does not vouch for it: not queued" wait_until 20 stored "202 false"
settings "rabbitmq_url = $(amqps localhost)" "rabbitmq_ca_file = /nowhere" "${client[@]}" 'rabbitmq_timeout = 2000'
check "an authority that is not there: not queued" wait_until 20 stored "202 false"
check "the log says which file" grep -q 'rabbitmq_ca_file: /nowhere' "$APP_LOGS/pool.log"
listener elsewhere
settings "rabbitmq_url = $(amqps localhost)" "$ours" "${client[@]}" 'rabbitmq_timeout = 2000'
check "a certificate of another name: not queued" wait_until 20 stored "202 false"
check "the log says why" grep -qi 'hostname verification failed' "$APP_LOGS/pool.log"
settings

# -- clients: the sample server, with our names
https=$(free_port) http=$(free_port)
folder=$ETL_APP/nginx
sed -e "s|listen 443|listen 127.0.0.1:$https|; s|listen 80|listen 127.0.0.1:$http|; s|etl.example.com|localhost|" \
	-e "s|/etc/ssl/pulse-etl/fullchain.pem|$TMP/pki/server.pem|" \
	-e "s|/etc/ssl/pulse-etl/privkey.pem|$TMP/pki/server.key|" \
	-e "s|/var/log/nginx/|logs/|" "$ETL_SOURCE/nginx/pulse-etl-tls.conf" >"$folder/pulse-etl-tls.conf"
sed -i 's|^	server {|	include pulse-etl-tls.conf;\n\n	server {|' "$folder/nginx.conf"
check "nginx takes the sample" nginx -t -q -p "$folder" -c "$folder/nginx.conf" -e "$TMP/nginx.err"
kill -s HUP "$(app_pid nginx)"
tls() {
	curl -sS --noproxy '*' --cacert "$TMP/pki/ours.pem" -D "$HEADERS" -o "$BODY" -w '%{http_code}' \
		-K "$ETL_CURLRC" "$@" "https://localhost:$https/app/etl/raw-data" 2>"$TMP/curl.err"
}
answers() { [ "$(tls)" = 200 ]; }
check "https answers" wait_until 10 answers
check_is "HSTS is announced" "$(header Strict-Transport-Security)" "max-age=63072000"
check_is "TLS 1.2 will do" "$(tls --tls-max 1.2)" 200
check_is "TLS 1.1 will not" "$(tls --tls-max 1.1 --tlsv1.0)" 000
check_is "an error of nginx has it, too" \
	"$(curl -sS --noproxy '*' --cacert "$TMP/pki/ours.pem" -D - -o "$BODY" \
		"https://localhost:$https/app/etl/raw-data/%00" 2>"$TMP/curl.err" | head -n 1 | tr -d '\r' |
		cut -d ' ' -f 2)" 400
check_is "without TLS one is sent there" \
	"$(curl -s --noproxy '*' -o "$BODY" -w '%{http_code} %{redirect_url}' \
		"http://localhost:$http/app/etl/health")" "308 https://localhost/app/etl/health"
rows=$(sql "SELECT count(*) FROM raw_extraction_data")
check_is "with its query, and with its method, for 308 keeps that" \
	"$(curl -s --noproxy '*' -o "$BODY" -w '%{http_code} %{redirect_url}' -K "$ETL_CURLRC" \
		-H 'Content-Type: application/json' \
		--data '{"raw_data":[]}' \
		"http://localhost:$http/app/etl/raw-data/store?integration_id=1&entity_type=jira_issues_batch")" \
	"308 https://localhost/app/etl/raw-data/store?integration_id=1&entity_type=jira_issues_batch"
check_is "and nothing is stored" "$(sql "SELECT count(*) FROM raw_extraction_data")" "$rows"
check_is "not even what is none of ours is answered without TLS" \
	"$(curl -s --noproxy '*' -o "$BODY" -w '%{http_code} %{redirect_url}' "http://localhost:$http/")" \
	"308 https://localhost/"
request GET /app/etl/health
check_is "where there is no TLS, HSTS is not sent" "$(header Strict-Transport-Security)" ""
done_testing
