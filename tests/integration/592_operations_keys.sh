#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# docs/operations.md, Rolling restart and Rotating keys, while a client stores
# without a pause: nothing is refused, and what was replaced is of no use any more.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/operations.sh"
printf 'k1:%s\n' "$(head -c 32 /dev/urandom | base64)" >"$ETC/keys"
chmod 640 "$ETC/keys"
# Logins and users are of the servers, which other tests use as well.
mark=$(openssl rand -hex 4)
before_start() {
	super -c "CREATE ROLE etl_$mark LOGIN PASSWORD '$mark' IN ROLE pulse_etl_service" >"$TMP/out"
	printf '%s\n' "$mark" | rabbitmqctl -q add_user "etl_$mark"
	rabbitmqctl -q set_permissions -p "$ETL_VHOST" "etl_$mark" '.*' '.*' '.*'
}
ETL_APP_BEFORE=before_start ETL_APP_POOL=2 ETL_APP_WORKERS=1 app_up "secret_keys_file = $ETC/keys"
amqp=$(sed 's|^amqp://[^@]*@\([^/]*\)/.*|\1|' <<<"$ETL_AMQP_URL")
operations_begin
sed -i -e "s|^\(database_url = postgresql://\)[^@]*@|\1etl_$mark:$mark@|" \
	-e "s|^\(rabbitmq_url = amqp://\)[^@]*@|\1etl_$mark:$mark@|" "$ETC/etl.conf"
app start worker
api PUT integrations/1 --data '{"password":"confidential-1"}'
sealed() { sql 'SELECT password FROM integrations WHERE id = 1'; }
check_match "a password is sealed with the first key" "$STATUS $(sealed)" '^200 v1:k1:'
writer_start
writer_goes_on 3

responders | sort >"$TMP/before"
step "Rolling restart" 1
responders | sort >"$TMP/after"
check_is "all responders are new" "$(comm -12 "$TMP/before" "$TMP/after" | wc -l)" 0
uses() { # of the server's sessions with this database, those of the login
	super -c "SELECT count(*) > 0 FROM pg_stat_activity WHERE usename = '$1' AND datname = '$PGDATABASE'"
}
check_is "they have read the settings, which name another login" "$(uses "etl_$mark")" t

step "Keys of the secrets" 1
check_match "the password is sealed with a new key" "$(sealed)" '^v1:key[0-9]+:'
check_is "the older key is gone" "$(grep -c . "$ETC/keys") $(grep -c '^k1:' "$ETC/keys")" "1 0"
check_is "nobody else can read the new file" "$(stat -c %a "$ETC/keys")" 640
check_match "it decrypts" "$(tail -n 1 "$TMP/step")" '^0 were encrypted anew, 1 had'
api PUT integrations/1 --data '{"password":"confidential-2"}'
check_match "the service uses it at once" "$STATUS $(sealed)" '^200 v1:key[0-9]+:'

old_token=$(sql "SELECT max(id) FROM api_tokens")
step Tokens 1 tenant=1 role=writer "old=$old_token"
token=$(head -n 1 "$TMP/step")
check_match "a token is made" "$token" '^petl_[0-9a-f]+$'
check_is "the older one is revoked" "$(sql "SELECT revoked_at IS NOT NULL FROM api_tokens WHERE id = $old_token")" t
writer_stop
printf 'header = "Authorization: Bearer %s"\n' "$token" >"$TMP/new.curlrc"
export WRITER_CURLRC=$TMP/new.curlrc
writer_start

new=etl_${mark}_b
step "The database's password" 1 "old=etl_$mark" "login=$new"
all_as_new() { [ "$(uses "etl_$mark") $(uses "$new")" = "f t" ]; } # a session ends after its program
check "all log in as the new one" wait_until 20 all_as_new
check_fails "the old one cannot" env PGUSER="etl_$mark" PGPASSWORD="$mark" psql -qAtXc 'SELECT 1'
check_is "no password is in PostgreSQL's log" "$(grep -c "$(sed -n "s|^database_url = [^:]*://[^:]*:\([^@]*\)@.*|\1|p" \
	"$ETC/etl.conf")" "$ETL_STACK/logs/postgres.log")" 0
writer_goes_on 3

step "The broker's password" 1 "vhost=$ETL_VHOST" "old=etl_$mark" "login=$new" "broker=$amqp"
check_is "the old user is gone" "$(mgmt GET "/api/users/etl_$mark" | jq -r .error)" "Object Not Found"
writer_goes_on 5
check_is "settings are for the service alone" "$(stat -c %a "$ETC/etl.conf")" 640
writer_stop
check "the service is whole" wait_until 30 ready_is '[]'
check "all batches are processed" wait_until 60 everything_is_done
check_is "every store was answered 201" "$(answers)" 201
check_is "none is lost" "$(lost)" 0
check "there were some ($(wc -l <"$TMP/ledger"))" [ "$(wc -l <"$TMP/ledger")" -gt 15 ]
app_down
mgmt DELETE "/api/users/$new" >"$TMP/out"
super -d postgres -c "DROP ROLE etl_$mark" -c "DROP ROLE $new" >"$TMP/out"
done_testing
