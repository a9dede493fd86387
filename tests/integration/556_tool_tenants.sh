#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Tenants, integrations and what they hold, with pulse-etl alone; and lists as
# tables and for programs.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
printf 'k1:%s\n' "$(head -c 32 /dev/urandom | base64)" >"$TMP/keys"
chmod 640 "$TMP/keys"
app_up "secret_keys_file = $TMP/keys"
export ETL_CONFIG=$ETL_APP/etl.conf
tool() { # ARGUMENT…, as the service; sets OUT, ERR, CODE
	OUT=$("$ETL_BUILD/pulse-etl" "$@" 2>"$TMP/tool.err")
	CODE=$?
	ERR=$(cat "$TMP/tool.err")
}
owner() { # ARGUMENT…, as the owner of the tables
	DATABASE_URL=dbname=$PGDATABASE tool "$@"
}
out() { # FILTER
	jq -rc "$1" <<<"$OUT"
}

# -- tenants
tool tenant create 'Second house'
check_is "the service may not make a tenant: 1" "$CODE" 1
check_match "it says who may" "$ERR" 'connect as the owner of the tables'
owner tenant create 'Second house'
second=$OUT
check_is "the owner may, and gets its id" "$CODE $(sql "SELECT name FROM tenants WHERE id = $second")" "0 Second house"
owner tenant create ' Second house '
check_is "one of this name is there: 1" "$CODE" 1
check_match "and is named" "$ERR" 'there is a tenant Second house already'
owner tenant create 'Third'
check_is "which used up no number" "$OUT" "$((second + 1))"
owner tenant create "$(printf 'x%.0s' {1..101})"
check_is "a name of 101 characters: 64" "$CODE" 64
owner tenant quota --batches 3 --bytes 5000 "$second"
check_is "a quota is set" "$CODE" 0
owner tenant list --output json
check_is "tenant list as JSON" \
	"$(out ".[] | select(.id == $second) | [.name, .active, .batches, .daily_batches, .daily_bytes]")" \
	'["Second house",true,0,3,5000]'
owner tenant quota --batches none "$second"
owner tenant show --output json "$second"
check_is "a quota is taken away" "$(out '[.daily_batches, .daily_bytes]')" '[null,5000]'
owner tenant quota "$second"
check_is "a quota of nothing: 64" "$CODE" 64
owner tenant quota --batches 1 424242
check_is "of an unknown tenant: 1" "$CODE" 1
owner tenant show 424242
check_is "to show an unknown one: 1" "$CODE" 1

# -- a token, an integration, a batch
owner token create --tenant "$second" --role admin --name second
token=$OUT
tool integration create --tenant "$second" --provider GitHub --base-url https://api.github.com --username octo
integration=$OUT
check_is "the service may make an integration" "$CODE" 0
call_second() { # METHOD PATH [CURL OPTION…]; sets CODE_HTTP
	CODE_HTTP=$(printf 'header = "Authorization: Bearer %s"\n' "$token" | curl -sS -K - -o "$TMP/second" \
		-w '%{http_code}' -X "$1" "${@:3}" "$ETL_URL/app/etl$2")
}
call_second POST "/raw-data/store?integration_id=$integration&entity_type=github_repositories_batch" \
	-H 'Content-Type: application/json' --data '[]'
check_is "a batch of it is stored" "$CODE_HTTP" 201
tool integration create --tenant "$second" --provider github
check_is "the same provider again: 1" "$CODE" 1
check_match "with a sentence" "$ERR" 'there is an integration with the provider github already'
tool integration set --tenant "$second" --base-url https://git.example.com/api "$integration"
tool integration show --tenant "$second" --output json "$integration"
check_is "what was changed is shown" "$CODE $(out '[.id, .name, .base_url, .active] | @json')" \
	"0 [$integration,\"GitHub\",\"https://git.example.com/api\",true]"
tool integration show --tenant 1 "$integration"
check_is "not to another tenant: 1" "$CODE" 1
printf '{"custom_fields": {"customfield_1": "story_points"}}' >"$TMP/settings.json"
tool integration set --tenant "$second" --settings-file "$TMP/settings.json" "$integration"
check_is "settings come from a file" "$(sql "SELECT settings FROM integrations WHERE id = $integration")" \
	'{"custom_fields": {"customfield_1": "story_points"}}'
printf '{"custom_fields": {"customfield_1": "no_such_column"}}' >"$TMP/settings.json"
tool integration set --tenant "$second" --settings-file "$TMP/settings.json" "$integration"
check_is "settings that name no column: 65" "$CODE" 65
check_match "are refused with their place" "$ERR" 'settings.custom_fields.customfield_1 must be the name of a column'
printf '{"custom_fields"' >"$TMP/settings.json"
tool integration set --tenant "$second" --settings-file "$TMP/settings.json" "$integration"
check_is "a file that is no JSON is refused" \
	"$((CODE != 0)) $(sql "SELECT settings ? 'custom_fields' FROM integrations WHERE id = $integration")" "1 t"
printf 'hunter2 %%&\nsecond line\n' >"$TMP/password"
chmod 600 "$TMP/password"
tool integration password --tenant "$second" --file "$TMP/password" "$integration"
check_is "a password is sealed" \
	"$CODE $(sql "SELECT password LIKE 'v1:%' FROM integrations WHERE id = $integration")" "0 t"
printf '\n' >"$TMP/password"
tool integration password --tenant "$second" --file "$TMP/password" "$integration"
check_is "an empty one: 65" "$CODE" 65
setsid "$ETL_BUILD/pulse-etl" integration password --tenant "$second" "$integration" </dev/null >"$TMP/out" \
	2>"$TMP/tool.err"
check_is "without a terminal and a file it is not asked for" "$? $(grep -c 'no terminal' "$TMP/tool.err")" "64 1"
tool integration disable --tenant "$second" "$integration"
tool integration list --tenant "$second" --output ndjson
check_is "a disabled one is listed as such" "$(out '[.id, .active] | @json')" "[$integration,false]"
tool integration enable --tenant "$second" "$integration"
check_is "and enabled again" "$(sql "SELECT active FROM integrations WHERE id = $integration")" t
check_is "each change is audited, who did it with it" \
	"$(sql "SELECT string_agg(DISTINCT action, ' ' ORDER BY action) FROM audit_log
		WHERE tenant_id = $second AND who LIKE 'role:%'")" \
		\
	"integration.create integration.password integration.update tenant.create tenant.quota token.create"
check_is "no password is in it, nor in a log" \
	"$(sql "SELECT count(*) FROM audit_log WHERE audit_log::text LIKE '%hunter2%'") $(
		cat "$ETL_APP/logs"/* | grep -c hunter2)" \
	"0 0"

# -- formats
tool raw list --tenant "$second" --output json
check_is "raw list as JSON has the API's members" \
	"$(out '.[0] | [.tenant_id, .entity_type, .raw_data_size, .has_errors] | @json')" \
	"[$second,\"github_repositories_batch\",0,false]"
tool raw list --tenant "$second" --output tsv
check_is "as tab-separated values, a heading and a row" \
	"$(wc -l <<<"$OUT") $(head -n 1 <<<"$OUT" | cut -f 1-3 | tr '\t' ' ')" "2 id tenant_id integration_id"
check_is "with as many fields" "$(awk -F '\t' '{ print NF }' <<<"$OUT" | sort -u | wc -l)" 1
tool raw list --tenant "$second"
check_is "as a table no line is longer than 80" "$(awk 'length > 80' <<<"$OUT" | wc -l)" 0
tool raw list --tenant 1 --output json
check_is "an empty list is one, too" "$OUT" "[]"
tool raw list --tenant 1 --output xml
check_is "another format: 64" "$CODE" 64
sql "UPDATE integrations SET username = E'a\tb\\\\\nc\e[31m' WHERE id = $integration"
tool integration show --tenant "$second" --output tsv "$integration"
check_match "what would break a row is escaped" "$OUT" 'a\\tb\\\\\\nc'
tool integration show --tenant "$second" "$integration"
check_fails "what would act on a terminal is not printed" grep -q $'\e' <<<"$OUT"
tool integration show --tenant "$second" --output json "$integration"
check_is "JSON has it whole" "$(out .username | jq -R . | head -c 9)" '"a\tb\\"'
owner token list --output json
check_is "token list has no secret" \
	"$(grep -c "$token" <<<"$OUT") $(out ".[] | select(.tenant_id == $second) | [.role, .state] | @json")" \
	"0 [\"admin\",\"valid\"]"

# -- how it is doing
tool status --output json
check_is "status counts by status" \
	"$(out 'map({(.processing_status): .batches}) | add | [.pending, .processing, .completed, .failed] | @json')" \
	"[1,0,0,0]"
check_is "and tells how long the oldest has waited" "$(out '.[0].oldest_seconds < 600 and .[0].oldest_at != null')" true
tool status --tenant 1 --output json
check_is "of one tenant as well" "$(out 'map(.batches) | add')" 0
tool queues --output json
check_is "queues: the transform queue and its message" \
	"$(out '.[] | select(.name == "transform_queue") | [.state, .message_count] | @json')" '["available",1]'
tool health
check_is "health: 0" "$CODE $(tr '\n' ' ' <<<"$OUT")" "0 database: ready broker: ready "
tool top --interval 1 --count 2
check_is "top: a line for each look" \
	"$CODE $(grep -c 'stored/s .* pending 1 .*transform_queue 1 messages' <<<"$OUT")" "0 2"
"$ETL_BUILD/pulse-etl" top >"$TMP/top" 2>&1 &
check "top without an end" wait_until 20 grep -q pending "$TMP/top"
kill -s TERM $!
wait $!
check_match "ends when it is asked to" "$?" '^(0|130|143)$'

# -- a tenant that is disabled
owner tenant disable "$second"
check_is "a tenant is disabled" "$CODE $(sql "SELECT active FROM tenants WHERE id = $second")" "0 f"
refused() {
	call_second GET '/raw-data?limit=1'
	[ "$CODE_HTTP" = 401 ]
}
check "its requests are refused within 30 seconds" wait_until 35 refused
owner tenant enable "$second"
check_is "and enabled" "$(sql "SELECT active FROM tenants WHERE id = $second")" t
done_testing
