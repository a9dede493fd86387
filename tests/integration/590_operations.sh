#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# docs/operations.md: a backup under load, everything lost, and restored; then all
# of it on other servers, another port and another folder.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/operations.sh"
printf 'k1:%s\n' "$(head -c 32 /dev/urandom | base64)" >"$ETC/keys"
chmod 640 "$ETC/keys"
ETL_APP_POOL=2 ETL_APP_WORKERS=1 app_up "secret_keys_file = $ETC/keys" "logo_dir = $TMP/lib/logos"
operations_begin
app start worker

# -- every block is run by a test
operations_blocks | cut -f 1,2 | sort -u >"$TMP/blocks"
sed -n 's/^step "\{0,1\}\([A-Za-z][^"]*[^" ]\)"\{0,1\} \([0-9]\)\( .*\)\{0,1\}$/\1\t\2/p' \
	"$ETL_SOURCE"/tests/integration/59[0-9]_operations*.sh | sort -u >"$TMP/run"
printf '%s\t1\n' Operations 'Boot and logs' | sort - "$TMP/run" >"$TMP/known"
check_is "no block but the journal's is without its test" "$(comm -23 "$TMP/blocks" "$TMP/known")" ""
check "there are some" [ "$(wc -l <"$TMP/blocks")" -gt 15 ]

# -- a service with something of each kind
api PUT integrations/1 --data '{"password":"confidential-1"}'
check_is "an integration has a password" "$STATUS" 200
echo '<svg xmlns="http://www.w3.org/2000/svg"/>' >"$TMP/lib/logos/mine.svg"
writer_start
writer_goes_on 5
app stop worker
writer_goes_on 5
id=$(sql "SELECT max(id) FROM raw_extraction_data WHERE processing_status = 'pending'")
api PUT "raw-data/$id/status" --data '{"status":"processing"}'
check_is "one is at work, as if a worker had it" "$STATUS" 200
before_dump=$(wc -l <"$TMP/ledger")
step "Backup and restore" 1
step "Backup and restore" 2
check_match "the tenants are in it" "$(cat "$TMP/step")" '^[1-9]'
writer_goes_on 2
writer_stop
PGOPTIONS='' pg_dump --file="$TMP/none" 2>"$TMP/err"
check "a dump of the owner is refused without --enable-row-security" grep -q 'row-level security' "$TMP/err"
PGOPTIONS='' pg_dump --enable-row-security --format=custom --table=integrations --file="$TMP/none"
check_is "and without PGOPTIONS it has no rows" \
	"$(pg_restore --data-only --file=- "$TMP/none" | grep -c '^[0-9]')" 0

# -- everything is lost: tables, messages, files
step "Backup and restore" 3
mgmt DELETE "/api/vhosts/$ETL_VHOST" >"$TMP/out"
super -d postgres -c "DROP DATABASE \"$PGDATABASE\" WITH (FORCE)"
rm -rf "$ETC" "${TMP:?}/lib"
password=$(openssl rand -hex 12)
export password
user=etl_$(openssl rand -hex 4)
step "The broker's user" 1 "vhost=$ETL_VHOST" "login=$user"
step "Backup and restore" 4
check "settings, keys and logos are back" test -s "$ETC/etl.conf" -a -s "$ETC/keys" -a -s "$TMP/lib/logos/mine.svg"
sed -i "s|^\(rabbitmq_url = amqp://\)[^@]*@|\1$user:$password@|" "$ETC/etl.conf"
step "Backup and restore" 5
check_is "what was acknowledged before the backup is there" "$(lost "$before_dump")" 0
count() { sql "SELECT count(*) FROM raw_extraction_data WHERE processing_status = '$1'"; }
check_is "no worker has any" "$(count processing)" 0
check "some are pending" [ "$(count pending)" -gt 5 ]
step "Backup and restore" 6
check_match "status tells of them" "$(cat "$TMP/step")" pending
check "all are processed" wait_until 60 everything_is_done
check "the service is whole" wait_until 30 ready_is '[]'
check_match "the integration's password can be read" \
	"$(DATABASE_URL=$ETL_PGURL "$ETL_BUILD/pulse-etl" --config "$ETC/etl.conf" secrets rotate)" \
	'^0 were encrypted anew, 1 had'
: >"$TMP/ledger"
writer_start
writer_goes_on 3
app stop worker
writer_goes_on 3
writer_stop
check_is "it goes on" "$(answers)" 201

# -- to other servers: a database, a virtual host, a folder, a port of their own
step "Moving to other hosts" 1
old_url=$ETL_URL
first=$ETL_APP
mv "$ETC" "$TMP/etc.old"
mv "$TMP/lib" "$TMP/lib.old"
ETL_APP=$TMP/host2 ETL_APP_MIGRATE=no stack app-make >"$TMP/stack.log" 2>&1 || app_failed
export ETL_APP=$TMP/host2
curlrc=$ETL_CURLRC
app_env
export ETL_CURLRC=$curlrc
stack database-drop "$PGDATABASE" >"$TMP/stack.log" 2>&1
step "Moving to other hosts" 2
sed -i -e "s|^\(database_url = .*/\)[^/]*$|\1$PGDATABASE|" -e "s|^\(rabbitmq_url = .*/\)[^/]*$|\1$ETL_VHOST|" \
	-e "s|$first|$ETL_APP|" "$ETC/etl.conf"
ln -s "$ETC/etl.conf" "$ETL_APP/extra.conf"
mgmt PUT "/api/permissions/$ETL_VHOST/$user" '{"configure":".*","write":".*","read":".*"}'
step "Moving to other hosts" 3
app start nginx
check "another port ($old_url, $ETL_URL)" [ "$old_url" != "$ETL_URL" ]
check_is "everything that was acknowledged is there" "$(lost)" 0
check "and is processed" wait_until 60 everything_is_done
check "the service is whole" wait_until 30 ready_is '[]'
writer_start
writer_goes_on 3
writer_stop
check_is "it goes on with the same token" "$(answers)" 201
check_is "nothing is lost" "$(lost)" 0
ETL_APP=$first stack app-down --delete >"$TMP/stack.log" 2>&1
mgmt DELETE "/api/users/$user" >"$TMP/out"
done_testing
