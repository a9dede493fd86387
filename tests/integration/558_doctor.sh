#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# pulse-etl doctor: each planted fault is named, with its level and a cure, and
# an installation without a fault has none.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
mkdir -p "$TMP/bin" "$TMP/run" "$TMP/logos"
printf 'k1:%s\n' "$(head -c 32 /dev/urandom | base64)" >"$TMP/keys"
chmod 640 "$TMP/keys"
# The relay would mend one fault that is planted: a claim whose worker has died.
ETL_APP_WORKERS=1 app_up "secret_keys_file = $TMP/keys" "logo_dir = $TMP/logos" 'relay_lease = 86400'
app start worker
conf=$TMP/doctor.base
{ cat "$ETL_APP/etl.conf" && echo "rabbitmq_management = $ETL_MGMT_URL"; } >"$conf"
socket=$(sed -n 's|^metrics_file = \(.*\)/metrics|\1/fcgi.sock|p' "$conf")

# The machine's nginx is not this test's.
nginx_says() { # BODY SIZE [PATH]
	cat >"$TMP/bin/nginx" <<-TEXT
	#!/bin/sh
	cat <<'CONF'
	upstream pulse_etl {
		server unix:$socket;
	}
	server {
		location ~ php {
			fastcgi_pass unix:/run/php/php.sock;
		}
		# location /app/etl { client_max_body_size 1g; fastcgi_pass unix:/run/other.sock; }
		location ${2-/app/etl} { client_max_body_size $1; fastcgi_pass ${3-pulse_etl}; }
	}
	CONF
	TEXT
	chmod +x "$TMP/bin/nginx"
}
nginx_says 64m

as=() # another user, whose rights to files count
doctor() { # [LINE OF SETTINGS…]; sets OUT, CODE
	printf '%s\n' "$@" | cat "$conf" - >"$TMP/doctor.conf"
	OUT=$(PATH=$TMP/bin:$PATH timeout 60 "$ETL_BUILD/pulse-etl" --config "$TMP/doctor.conf" \
		doctor "${as[@]}" --output ndjson 2>"$TMP/doctor.err")
	CODE=$?
}
findings() { # what is not ok, in one line
	jq -r 'select(.level != "ok") | "\(.level) \(.about)"' <<<"$OUT" | sort -u | tr '\n' ',' | sed 's/,$//'
}
cured() { # all of that says what to do
	[ "$(jq -r 'select(.level != "ok" and (.cure == null or .cure == "")) | .about' <<<"$OUT" | wc -l)" = 0 ]
}
fault() { # NAME WANT CODE [LINE OF SETTINGS…]
	doctor "${@:4}"
	check_is "$1" "$CODE $(findings)" "$3 $2"
	check "and what mends it" cured
}

settled() { doctor; [ "$CODE" = 0 ]; }
wait_until 30 settled
fault "nothing is wrong" "" 0
check_is "as lines for a person, too" \
	"$(PATH=$TMP/bin:$PATH "$ETL_BUILD/pulse-etl" --config "$conf" doctor | grep -vc '^ok ')" 0

# -- PostgreSQL
fault "PostgreSQL is unreachable" "wrong PostgreSQL" 2 'database_url = host=127.0.0.1 port=9 dbname=none'
fault "another password" "wrong PostgreSQL" 2 \
	"database_url = $(sed -n 's/^database_url = //p' "$conf" | sed 's|://\([^:]*\):[^@]*@|://\1:wrong@|')"
"$ETL_BUILD/pulse-etl-migrate" --dir "$ETL_SOURCE/migrations" --rollback-to 22 >"$TMP/migrate" 2>&1
fault "a migration is missing" "wrong tables" 2
"$ETL_BUILD/pulse-etl-migrate" --dir "$ETL_SOURCE/migrations" --apply-all >"$TMP/migrate" 2>&1
sql 'REVOKE UPDATE ON raw_extraction_data FROM pulse_etl_service'
fault "a right is missing" "wrong tables" 2
sql 'GRANT UPDATE ON raw_extraction_data TO pulse_etl_service'
sql 'ALTER TABLE work_items NO FORCE ROW LEVEL SECURITY'
doctor
check_match "row security is not forced" "$CODE $(findings)" '^2 .*wrong row security'
sql 'ALTER TABLE work_items FORCE ROW LEVEL SECURITY'
fault "the service owns the tables" "warn role" 1 "database_url = dbname=$PGDATABASE"
PGUSER=postgres fault "the service is a superuser" "wrong role" 2 "database_url = dbname=$PGDATABASE"
sql 'ALTER TABLE raw_extraction_data ALTER raw_data SET COMPRESSION pglz'
fault "raw_data is compressed by pglz" "warn compression" 1
sql 'ALTER TABLE raw_extraction_data ALTER raw_data SET COMPRESSION lz4'
PGOPTIONS='-c synchronous_commit=off' fault "a commit does not wait for the disk" "wrong durability" 2
sql 'UPDATE tenants SET active = false'
fault "there is no tenant" "wrong tenants" 2
sql 'UPDATE tenants SET active = true'
token=$(DATABASE_URL=dbname=$PGDATABASE "$ETL_BUILD/pulse-etl" token create --tenant 1 --role reader \
	--expires 3d --name soon 2>"$TMP/token.err")
fault "a token ends in three days" "warn tokens" 1
check_fails "which is not told" grep -q "$token" <<<"$OUT"
sql "UPDATE api_tokens SET revoked_at = now() WHERE name = 'soon'"
batch() { # STATUS AGE CLAIMED AGE
	sql "INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, external_id, raw_data,
			raw_data_items, raw_data_bytes, raw_data_sha256, processing_status, created_at, claimed_at, \
				queued_at)
		VALUES (1, 1, 'x', 'doctor', '[]', 0, 2, sha256('[]'), '$1', now() - interval '$2',
			now() - interval '$3', now())"
}
forget() { sql "DELETE FROM raw_extraction_data WHERE external_id = 'doctor'"; }
batch pending '20 minutes' 0
fault "a batch has waited for twenty minutes" "warn batches" 1
forget
batch pending '2 hours' 0
fault "for two hours" "wrong batches" 2
forget
batch failed '1 minute' 0
fault "a batch failed" "warn batches" 1
forget
batch processing '3 hours' '2 hours'
fault "a batch is at work for two hours" "warn batches" 1
forget

# -- the broker
fault "the broker is unreachable" "wrong broker" 2 'rabbitmq_url = amqp://etl_user@127.0.0.1:9/none'
broker_says() { jq -r 'select(.about == "broker").finding' <<<"$OUT"; }
check_match "it says where, and why" "$(broker_says)" \
	'127\.0\.0\.1 port 9: (Connection refused|nobody accepts connections there)'
fault "its password is another one" "wrong broker" 2 \
	"rabbitmq_url = $(sed -n 's/^rabbitmq_url = //p' "$conf" | sed 's|://\([^:]*\):[^@]*@|://\1:wrong@|')"
check_match "it says which user" "$(broker_says)" \
	"the user $(sed -n 's|^rabbitmq_url = amqp://\([^:]*\):.*|\1|p' "$conf"): ACCESS_REFUSED"
publish transform.dead 'not a job'
wait_until 10 queue_has transform_queue.dead 1
fault "a message is dead" "warn transform_queue.dead" 1
queue_purge transform_queue.dead
app stop worker
publish extract '{}'
wait_until 10 queue_has extract_queue 1
fault "nobody takes the messages" "warn extract_queue" 1
queue_purge extract_queue
mgmt PUT "/api/policies/$ETL_VHOST/few" '{"pattern":"dead$","definition":{"delivery-limit":5},"apply-to":"queues"}' \
	>"$TMP/out"
policed() { doctor; [ "$CODE" = 2 ]; }
wait_until 20 policed
check_match "a policy overrides ours" "$CODE $(findings)" '^2 .*wrong load_queue.dead'
mgmt DELETE "/api/policies/$ETL_VHOST/few" >"$TMP/out"
app stop relay
mgmt DELETE "/api/queues/$ETL_VHOST/load_queue.dead" >"$TMP/out"
doctor
check_match "a queue is missing" "$CODE $(findings)" '^2 .*wrong load_queue.dead'
app start relay
app start worker
wait_until 30 settled

# -- this machine
chmod 644 "$TMP/keys"
doctor
check_match "everybody can read the keys" "$CODE $(findings)$(cat "$TMP/doctor.err")" \
	'^(2 .*wrong keys|78 .*everybody can read)'
chmod 640 "$TMP/keys"
fault "the keys are gone" "wrong keys" 2 "secret_keys_file = $TMP/gone"
fault "no keys are named" "warn keys" 1 "secret_keys_file ="
fault "the folder of the metrics is missing" "wrong metrics_file" 2 "metrics_file = $TMP/gone/metrics"
fault "the folder of the logos is missing" "wrong logo_dir" 2 "logo_dir = $TMP/gone"

# Root may read and write everything; what counts is what the service may.
if [ "$(id -u)" = 0 ] && id nobody >/dev/null 2>&1; then
	as=(--user nobody)
	chmod 711 "$TMP"
	mkdir -p "$TMP/theirs/logos"
	cp "$TMP/keys" "$TMP/theirs/keys"
	chown -R nobody "$TMP/theirs"
	theirs=("secret_keys_file = $TMP/theirs/keys" "logo_dir = $TMP/theirs/logos"
		"metrics_file = $TMP/theirs/metrics")
	service() { # NAME WANT CODE [LINE OF SETTINGS…]: the settings are theirs to read, too
		: >"$TMP/doctor.conf"
		chown nobody "$TMP/doctor.conf"
		fault "${@:1:3}" "${theirs[@]}" "${@:4}"
	}
	service "root looks as the service's user: nothing is wrong" "" 0
	theirs[0]="secret_keys_file = $TMP/keys"
	service "keys of root alone" "wrong keys" 2
	check_match "it says who may not" \
		"$(jq -r 'select(.about == "keys").finding' <<<"$OUT")" 'the user nobody may not read'
	theirs[0]="secret_keys_file = $TMP/theirs/keys"
	mkdir -m 700 "$TMP/closed"
	cp "$TMP/keys" "$TMP/closed/keys"
	chmod 644 "$TMP/closed/keys"
	service "keys in a folder that is closed" "wrong keys" 2 "secret_keys_file = $TMP/closed/keys"
	service "a folder of logos of root alone" "wrong logo_dir" 2 "logo_dir = $TMP/logos"
	service "a folder of metrics of root alone" "wrong metrics_file" 2 "metrics_file = $TMP/closed/metrics"
	: >"$TMP/theirs/metrics"
	chmod 644 "$TMP/theirs/metrics"
	chown root "$TMP/theirs/metrics"
	service "a file of metrics that root has made" "wrong metrics_file" 2
	rm "$TMP/theirs/metrics"
	: >"$TMP/doctor.conf"
	chown root "$TMP/doctor.conf"
	chmod 600 "$TMP/doctor.conf"
	fault "settings of root alone" "wrong settings" 2 "${theirs[@]}"
	chmod 644 "$TMP/doctor.conf"
	as=(--user there_is_none)
	doctor
	check_is "an unknown user: 64" "$CODE" 64
	as=()
else
	skip "the rights of the service's user" "this takes root"
fi
nginx_says 1m
fault "nginx refuses bodies that we take" "wrong nginx" 2
nginx_says 64m /elsewhere
fault "nginx does not forward" "wrong nginx" 2
nginx_says 64m
chmod 666 "$socket"
fault "everybody can write to the socket" "wrong socket" 2
chmod 660 "$socket"
app stop pool
fault "the pool does not run" "wrong pool" 2
app start pool
nginx_says 64m /app/etl "unix:$TMP/elsewhere.sock"
fault "or nginx looks for it elsewhere" "wrong pool" 2
nginx_says 64m
ulimit -S -n 200
fault "few files may be open" "warn open files" 1
ulimit -S -n 1024
wait_until 30 settled
fault "and nothing is wrong in the end" "" 0
done_testing
