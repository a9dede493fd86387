#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What others must not read: key files, and tokens or passwords in logs. And
# what an auditor reads: a line for each change, rows for what is done by hand.
. "$(dirname "$0")/lib.sh"
need_programs

# -- files that everybody can read
fcgi() { # LINE…; sets OUT, CODE
	printf '%s\n' 'database_url = postgresql://nobody@127.0.0.1:1/none' "$@" >"$TMP/try.conf"
	OUT=$(timeout 3 "$ETL_BUILD/pulse-etl-fcgi" --config "$TMP/try.conf" 2>&1 </dev/null)
	CODE=$?
}
refused() { # NAME FILE LINE…
	local name=$1 file=$2
	shift 2
	chmod 640 "$TMP/try.conf" 2>/dev/null
	chmod 644 "$file"
	fcgi "$@"
	check_match "$name that everybody can read: 78, and what to do" "$CODE $OUT" "^78 .*chmod 0640 $file"
	chmod 640 "$file"
	fcgi "$@"
	check_fails "$name that others cannot read is taken" grep -q "chmod 0640 $file" <<<"$OUT"
}
(
	umask 077
	: >"$TMP/try.conf"
	printf 'key1:%s\n' "$(openssl rand -base64 32)" >"$TMP/keys"
	openssl rand -hex 32 >"$TMP/secret"
	openssl genrsa -out "$TMP/broker.key" 2048 2>/dev/null
	openssl rsa -in "$TMP/broker.key" -pubout -out "$TMP/public.pem" 2>/dev/null
)
refused "a file of keys" "$TMP/keys" "secret_keys_file = $TMP/keys"
refused "a secret of JSON Web Tokens" "$TMP/secret" 'jwt_algorithm = HS256' "jwt_key_file = $TMP/secret"
refused "a key for the broker" "$TMP/broker.key" "rabbitmq_key_file = $TMP/broker.key"
chmod 644 "$TMP/public.pem"
fcgi 'jwt_algorithm = RS256' "jwt_key_file = $TMP/public.pem"
check_fails "a public key may be read by everybody" grep -q "chmod 0640 $TMP/public.pem" <<<"$OUT"
chmod 600 "$TMP/public.pem"
fcgi 'jwt_algorithm = HS256' "jwt_key_file = $TMP/public.pem"
check_match "a public key is no secret of HS256: 78" "$CODE $OUT" '^78 .*PEM form'
chmod 644 "$TMP/try.conf"
check_match "settings that everybody can read: a warning" \
	"$(ETL_CONFIG=$TMP/try.conf timeout 10 "$ETL_BUILD/pulse-etl" settings show 2>&1 >"$TMP/dump")" \
	"warning: everybody can read $TMP/try.conf"
chmod 640 "$TMP/try.conf"
check_is "others: none" \
	"$(ETL_CONFIG=$TMP/try.conf timeout 10 "$ETL_BUILD/pulse-etl" settings show 2>&1 >"$TMP/dump")" ""

# -- a socket that everybody may connect to
on_socket() { # MODE: what a responder on such a socket says
	rm -f "$TMP/fcgi.sock"
	timeout 4 spawn-fcgi -n -s "$TMP/fcgi.sock" -M "$1" -- "$ETL_BUILD/pulse-etl-fcgi" \
		--config "$TMP/try.conf" 2>&1 </dev/null
}
fcgi # its settings, plain
check_match "a socket for everybody: a warning, and what to do" \
	"$(on_socket 0666)" 'event=open_socket .*spawn-fcgi -M 0660'
check_fails "one for its group: none" grep -q open_socket <<<"$(on_socket 0660)"

# -- passwords
for url in 'postgresql://u:confidential@[::1/d' 'postgresql://u:confidential@h/d?nonsense=1' \
	'postgresql://u:confidential%zz@h/d' 'mysql://u:confidential@h/d' 'password=confidential host'; do
	for program in pulse-etl-fcgi pulse-etl-relay pulse-etl-worker; do
		OUT=$(DATABASE_URL=$url timeout 10 "$ETL_BUILD/$program" 2>&1 </dev/null)
		check_match "$program: ${url%%:*}… that cannot be read: 78" "$?$OUT" '^78.*database_url'
		check_fails "and its password is not told" grep -q confidential <<<"$OUT"
	done
done

ETL_APP_POOL=1 app_up 'qdrant_url = http://someone:confidential@127.0.0.1:1/' "secret_keys_file = $TMP/keys"
request GET /app/etl/qdrant/health
check "Qdrant cannot be reached, which the log says without the password" \
	grep -q 'http://127.0.0.1:1/' "$APP_LOGS/pool.log"
check_fails "nor do the settings show it" \
	sh -c "'$ETL_BUILD/pulse-etl' --config '$ETL_APP/etl.conf' settings show | grep confidential"

# -- tokens, however long they are
long=$(head -c 400 /dev/zero | tr '\0' e)
printf 'header = "Authorization: Bearer eyJ.%s.confidential"\n' "$long" >"$TMP/long"
for _ in 1 2 3; do
	TOKEN_FILE=$TMP/long request GET /app/etl/raw-data
	check_is "a token of 400 characters that nobody made: 401" "$STATUS" 401
done
mapfile -t logs < <(find "$APP_LOGS" "$ETL_APP/nginx" -type f -name '*.log*')
check "there are logs of all parts" test "${#logs[@]}" -ge 3
check_fails "no log has it, nor a part of it" grep -l -e eeeeeeeeee -e confidential "${logs[@]}"
check_fails "nor has one the token of this test" grep -l "$ETL_TOKEN" "${logs[@]}"

# -- each change has its line: by the request's id, for each route but GET
TOKEN_FILE=$(token_file 1 admin)
declare -A made=()
change() { # OPERATION METHOD PATH [BODY]
	local extra=()
	[ $# -lt 4 ] || extra=(--data "$4")
	request "$2" "/app/etl$3" -H "X-Request-Id: audit-$1" "${extra[@]}"
	made[$1]=$STATUS
	case $STATUS in 20?) ;; *) note "$1: $STATUS $(json .detail)" ;; esac
}
change raw_data_store POST /raw-data/store '{"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[]}'
batch=$(json .raw_data_id)
change raw_data_status PUT "/raw-data/$batch/status" '{"processing_status":"processing"}'
request PUT "/app/etl/raw-data/$batch/status" --data '{"processing_status":"failed"}'
change raw_data_requeue POST "/raw-data/$batch/requeue"
change raw_data_requeue_many POST /raw-data/requeue '{"processing_status":"pending"}'
change raw_data_delete DELETE "/raw-data/$batch"
publish load.dead '{"tenant_id":1,"integration_id":1,"raw_data_id":'"$batch"',"entity_type":"jira_projects_batch"}'
wait_until 10 queue_has load_queue.dead 1
change dead_letters_requeue POST /dead-letters/requeue '{"queue":"load","all":true}'
change processing_pause POST /processing/pause
change processing_resume POST /processing/resume
change jobs_extract POST /jobs/extract '{"integration_id":1,"job_type":"jira_sync","job_params":{}}'
change run_cancel POST "/runs/$(json .run_id)/cancel"
change job_create POST /jobs '{"job_name":"Audit","job_type":"jira_projects","integration_id":1}'
job=$(json .id)
change job_update PUT "/jobs/$job" '{"jitter_seconds":5}'
change job_run POST "/jobs/$job/run" '{}'
change job_delete DELETE "/jobs/$job"
printf '%064d\n' 7 >"$TMP/hook-secret"
chmod 600 "$TMP/hook-secret"
DATABASE_URL=$ETL_PGURL ETL_SECRET_KEYS_FILE=$TMP/keys "$ETL_BUILD/pulse-etl" hook-secret add --tenant 1 \
	--file "$TMP/hook-secret" 1 >"$TMP/out" 2>&1 || note_file "$TMP/out"
printf '{"webhookEvent":"x"}' >"$TMP/hook"
made[hook_receive]=$(curl -sS --noproxy '*' -m 60 -o "$BODY" -w '%{http_code}' --data-binary "@$TMP/hook" \
	-H 'X-Request-Id: audit-hook_receive' -H 'Content-Type: application/json' \
	-H "X-Hub-Signature: sha256=$(openssl dgst -sha256 -hmac "$(cat "$TMP/hook-secret")" <"$TMP/hook" |
		sed 's/.*= //')" \
	"$ETL_URL/app/etl/hooks/1")
change retention_rule_create POST /retention-rules '{"keep_days":9,"action":"payload"}'
rule=$(json .id)
change retention_rule_update PUT "/retention-rules/$rule" '{"keep_days":8}'
change retention_rule_delete DELETE "/retention-rules/$rule"
change wits_hierarchy_create POST /wits-hierarchies '{"level_name":"Audit","level_number":77}'
hierarchy=$(json .id)
change wits_hierarchy_update PUT "/wits-hierarchies/$hierarchy" '{"description":"x"}'
change wit_mapping_create POST /wit-mappings '{"wit_from":"Audit","wit_to":"Audit","hierarchy_level":77}'
mapping=$(json .id)
change wit_mapping_update PUT "/wit-mappings/$mapping" '{"wit_from":"Audit2"}'
change wit_mapping_delete DELETE "/wit-mappings/$mapping"
change wits_hierarchy_delete DELETE "/wits-hierarchies/$hierarchy"
change workflow_create POST /workflows '{"step_name":"Audit","step_category":"To Do"}'
workflow=$(json .id)
change workflow_update PUT "/workflows/$workflow" '{"step_name":"Audit2"}'
change status_mapping_create POST /status-mappings \
	'{"status_from":"Audit","status_to":"Audit","status_category":"To Do"}'
mapping=$(json .id)
change status_mapping_update PUT "/status-mappings/$mapping" '{"status_from":"Audit2"}'
change status_mapping_delete DELETE "/status-mappings/$mapping"
change workflow_delete DELETE "/workflows/$workflow"
change integration_create POST /integrations '{"provider":"Audit","type":"data_source"}'
integration=$(json .id)
change integration_update PUT "/integrations/$integration" '{"base_url":"https://audit.example.com"}'
change integration_toggle POST "/integrations/$integration/toggle-active"
change integration_delete DELETE "/integrations/$integration"
type_mapping='{"name":"audits","items_path":"$[*]","key_path":"$.id",
	"columns":[{"name":"a","path":"$.a","kind":"text"}]}'
request POST /app/etl/raw-data/store --data '{"integration_id":1,"entity_type":"audits","raw_data":[{"id":1,"a":"b"}]}'
change entity_type_create POST /types "$type_mapping"
type=$(json .id)
change entity_type_update PUT "/types/$type" '{"key_path":"$.key"}'
change type_apply POST "/types/$type/apply" '{}'
change entity_type_delete DELETE "/types/$type"
printf '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9z"/></svg>' >"$TMP/logo.svg"
made[integration_upload_logo]=$(curl -sS --noproxy '*' -m 60 -o "$BODY" -w '%{http_code}' -K "$TOKEN_FILE" \
	-H 'X-Request-Id: audit-integration_upload_logo' -F "file=@$TMP/logo.svg" \
	"$ETL_URL/app/etl/integrations/upload-logo")
# These only ask, and change nothing: integration_test and three of types.
"$ETL_BUILD/pulse-etl" routes openapi | jq -r '.paths[] | to_entries[] | select(.key != "get") | .value.operationId' |
	grep -Evx 'integration_test|type_(check|infer|trial)' | sort >"$TMP/changes"
check_is "all routes that change something were asked" "$(printf '%s\n' "${!made[@]}" | sort)" "$(cat "$TMP/changes")"
check_is "all of them did" "$(for name in "${!made[@]}"; do
	[[ ${made[$name]} == 20? ]] || echo "$name ${made[$name]}"
done)" ""
audited() {
	sed -n 's/.* event=audit request_id=audit-\([a-z_]*\) trace_id=[0-9a-f]* who=\(token\|hook\):.*/\1/p' \
		"$APP_LOGS/pool.log" | sort -u
}
check_is "and each has its line of who did what" "$(audited)" "$(cat "$TMP/changes")"

# -- what is done by hand is a row
tool() { ETL_CONFIG=$ETL_APP/etl.conf "$ETL_BUILD/pulse-etl" "$@" >"$TMP/tool.out" 2>&1; }
by_hand() {
	sql "SELECT string_agg(action || ' ' || COALESCE(row_id::text, '-'), ', ' ORDER BY id) FROM audit_log
		WHERE who LIKE 'role:%' AND action !~ '^(token|hook_secret)'"
}
sql "INSERT INTO tenants (id, name) VALUES (2, 'Other')"
request POST /app/etl/raw-data/store --data '{"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[]}'
batch=$(json .raw_data_id)
check "requeue --dry-run" tool requeue --tenant 1 --all --dry-run
check "purge --dry-run" tool purge --older-than 0s --status completed --dry-run
check_is "dry runs change nothing, and have none" "$(by_hand)" ""
check "a batch is processed by hand" tool raw process --tenant 1 "$batch"
check "and requeued" tool requeue --tenant 1 --id "$batch"
sql "UPDATE raw_extraction_data SET processing_status = 'completed', created_at = now() - interval '2 days'
	WHERE id = $batch"
check "and purged, of every tenant" tool purge --older-than 1d --status completed
check_is "each has its row, the last one in each tenant" \
	"$(by_hand)" "raw_data.process $batch, raw_data.requeue $batch, raw_data.purge -, raw_data.purge -"
check_is "by the role that did it" \
	"$(sql "SELECT count(*) FROM audit_log WHERE who LIKE 'role:%' AND who <> 'role:'")" \
	"$(sql "SELECT count(*) FROM audit_log WHERE who LIKE 'role:%'")"

# -- every command that changes something: those that only ask, and those that other
# tests have (setup 557, report 552, fields --map 746; import is the service's) left out
declare -A tried=([setup]=1 [import]=1 ["report grant"]=1 ["report revoke"]=1)
asks='^(queues|status|health|top|doctor|counts|completion|routes openapi|settings show|integration (test|fields)|'
asks+='run watch|type (infer|check|try)|retention preview|raw verify|statuses|wits|'
asks+='raw export|raw partitions|report export|[a-z-]+ (list|show|dependencies))$'
by() { # COMMAND ACTION… -- ARGUMENT…: they are the actions of its rows
	local command=$1 last
	shift
	local -a actions=()
	while [ "$1" != -- ]; do actions+=("$1"); shift; done
	shift
	tried[$command]=1
	last=$(sql "SELECT COALESCE(max(id), 0) FROM audit_log")
	# shellcheck disable=SC2086 # words
	DATABASE_URL=$ETL_PGURL ETL_SECRET_KEYS_FILE=$TMP/keys tool $command "$@" || note_file "$TMP/tool.out"
	check_is "$command has its row" "$(sql "SELECT string_agg(DISTINCT action, ' ' ORDER BY action) FROM audit_log
		WHERE id > $last AND who ~ '^role:.' AND request_id IS NULL")" "${actions[*]}"
	printed=$(tail -n 1 "$TMP/tool.out")
}
sql "SELECT setval('tenants_id_seq', 2)" >"$TMP/out"
by 'tenant create' tenant.create -- 'By hand'
tenant=$printed
by 'tenant quota' tenant.quota -- --batches 9 "$tenant"
by 'tenant disable' tenant.disable -- "$tenant"
by 'tenant enable' tenant.enable -- "$tenant"
by 'tenant pause' tenant.pause -- "$tenant"
by 'tenant resume' tenant.resume -- "$tenant"
by 'queue pause' queue.pause -- load
by 'queue resume' queue.resume -- load
by 'token create' token.create -- --tenant "$tenant" --role reader --name hand
by 'token revoke' token.revoke -- "$(sql "SELECT id FROM api_tokens WHERE tenant_id = $tenant")"
by 'integration create' integration.create -- --tenant 1 --provider Hand --product jira
integration=$printed
by 'integration set' integration.update -- --tenant 1 --base-url https://hand.example.com "$integration"
by 'integration password' integration.password -- --tenant 1 --file "$TMP/hook-secret" "$integration"
by 'integration disable' integration.update -- --tenant 1 "$integration"
by 'integration enable' integration.update -- --tenant 1 "$integration"
by 'hook-secret add' hook_secret.add -- --tenant 1 --file "$TMP/hook-secret" "$integration"
by 'hook-secret remove' hook_secret.remove -- --tenant 1 --secret "$printed" "$integration"
printf 'key2:%s\n' "$(openssl rand -base64 32)" | cat - "$TMP/keys" >"$TMP/keys.new"
cat "$TMP/keys.new" >"$TMP/keys"
by 'secrets rotate' hook_secret.rotate integration.rotate --
catalogue() { # GROUP EVENT OPTION VALUE…
	by "$1 create" "$2.create" -- --tenant 1 "${@:3}"
	row=$printed
	by "$1 set" "$2.update" -- --tenant 1 "$3" "$4" "$row"
	by "$1 disable" "$2.update" -- --tenant 1 "$row"
	by "$1 enable" "$2.update" -- --tenant 1 "$row"
	by "$1 delete" "$2.delete" -- --tenant 1 "$row"
}
catalogue status-mapping status_mapping --status-from Hand --status-to Hand --status-category Done
catalogue wit-mapping wit_mapping --wit-from Hand --wit-to Hand --hierarchy-level 0
catalogue workflow workflow --step-name Hand --step-category Done
catalogue hierarchy wits_hierarchy --level-name Hand --level-number 70
by 'job create' job.create -- --tenant 1 --name Hand --type jira_projects --integration "$integration"
job=$printed
by 'job set' job.update -- --tenant 1 --jitter 5s "$job"
by 'job pause' job.update -- --tenant 1 "$job"
by 'job resume' job.update -- --tenant 1 "$job"
by 'job create' job.create -- --tenant 1 --name Handy --type jira_projects --integration "$integration"
by 'job delete' job.delete -- --tenant 1 "$printed"
by 'integration create' integration.create -- --tenant 1 --provider Handy --product jira
by 'integration delete' integration.delete -- --tenant 1 "$printed"
by 'job run' job.extract -- --tenant 1 "$job"
by 'run cancel' run.cancel -- --tenant 1 "$printed"
by 'extract run' job.extract -- --tenant 1 --integration "$integration" --type jira_projects
request POST /app/etl/raw-data/store --data '{"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[]}'
batch=$(json .raw_data_id)
by 'raw delete' raw_data.delete -- --tenant 1 "$batch"
request POST /app/etl/raw-data/store --data '{"integration_id":1,"entity_type":"jira_projects_batch","raw_data":[]}'
batch=$(json .raw_data_id)
by 'raw process' raw_data.process -- --tenant 1 "$batch"
by requeue raw_data.requeue -- --tenant 1 --id "$batch"
echo "${type_mapping/audits/hands}" >"$TMP/type.json"
by 'type apply' entity_type.apply -- --tenant 1 "$TMP/type.json"
by 'type remove' entity_type.remove -- --tenant 1 "$(sql "SELECT id FROM entity_types WHERE name = 'hands'")"
dead() { # a dead message of the batch, and nothing else
	queue_purge transform_queue.dead
	publish transform.dead "{\"type\":\"transform\",\"raw_data_id\":$batch,\"tenant_id\":1,\"integration_id\":1,
		\"entity_type\":\"jira_projects_batch\"}"
	wait_until 5 queue_has transform_queue.dead 1
}
dead
by 'dead requeue' dead.requeue -- --batch "$batch" transform
dead
by 'dead drop' dead.drop -- --all transform
sql "UPDATE raw_extraction_data SET processing_status = 'completed', created_at = now() - interval '2 days'
	WHERE id = $batch"
by 'raw archive' raw_data.archive -- --tenant 1 --folder "$TMP/archive" --delete
by 'raw restore' raw_data.restore -- "$TMP/archive"
by 'retention set' retention_rule.set -- --tenant 1 --action payload --keep-days 1
rule=$printed
by 'retention run' retention.run -- --tenant 1
by 'retention delete' retention_rule.delete -- --tenant 1 "$rule"
by purge raw_data.purge -- --older-than 1d --status completed
"$ETL_BUILD/pulse-etl-migrate" --partition --partition-rows 1000 >"$TMP/out" 2>&1 || note_file "$TMP/out"
sql "SELECT setval('raw_extraction_data_id_seq', max(first_id)) FROM raw_partition_bounds()" >"$TMP/out"
by 'raw drop-partition' raw_data.drop_partition -- --force raw_extraction_data_p0
check_is "no other command changes anything" "$("$ETL_BUILD/pulse-etl" completion bash |
	sed -n "/^_pulse_etl_rows='/,/^'/p" | sed '1d;$d;s/:.*//' | grep -Evx "$asks" |
	grep -vxF "$(printf '%s\n' "${!tried[@]}")")" ""
check_is "nothing failed on the way" "$(grep -c ' status=500 ' "$APP_LOGS/pool.log")" 0
done_testing
