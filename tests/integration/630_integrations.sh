#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Integrations: their secret is kept encrypted and never told.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/catalogue.sh"
keys=$TMP/secret-keys
# 32 bytes each.
key() { printf '%s:%s\n' "$1" "$(printf "%-32s" "$2" | base64)"; }
key one first >"$keys"
chmod 600 "$keys"
app_up "secret_keys_file = $keys"
second_tenant
before=$(second_tenant_rows)

password_of() { sql "SELECT password FROM integrations WHERE id = $1"; }

api POST integrations --data '{"provider":"Bitbucket","type":"data_source","base_url":"https://b.example.com",
	"username":"u","password":"confidential-42","settings":{"custom_fields":{"customfield_1":"team"},
	"n":9007199254740993},"logo_filename":"b.svg","active":false}'
check_is "POST: 201" "$STATUS" 201
id=$(json .id)
check_is "Location names it" "$(header Location)" "/app/etl/integrations/$id"
check_json "the answer is the integration without its secret" "$(answer 'del(.id, .settings)')" \
	'{"name":"Bitbucket","product":"bitbucket","integration_type":"data_source","base_url":"https://b.example.com",
		"username":"u","logo_filename":"b.svg","active":false,"refused_at":null,
		"last_sync_at":null}'
check "settings keep all digits" grep -q '"n": 9007199254740993' "$BODY"
check_is "settings come back" "$(answer .settings.custom_fields)" '{"customfield_1":"team"}'
first=$(password_of "$id")
check_match "the secret is sealed with the first key" "$first" '^v1:one:[A-Za-z0-9+/=]+$'
check_fails "nobody can read it there" grep -q confidential <<<"$first$(base64 -d <<<"${first##*:}" | tr -d '\0')"
api PUT "integrations/$id" --data '{"username":"v"}'
check_is "PUT of another field leaves it" "$STATUS $(password_of "$id")" "200 $first"
key two second >"$keys.new"
cat "$keys" >>"$keys.new"
chmod 600 "$keys.new"
mv "$keys.new" "$keys"
api PUT "integrations/$id" --data '{"password":"confidential-42"}'
check_match "a new key is used at once" "$STATUS $(password_of "$id")" '^200 v1:two:'
sealed=$(password_of "$id")
api PUT "integrations/$id" --data '{"password":"confidential-42"}'
check_fails "the same secret never looks the same" [ "$sealed" = "$(password_of "$id")" ]
for path in integrations "integrations/$id"; do
	api GET "$path"
	check_fails "GET $path does not tell it" grep -qE 'confidential|password|v1:' "$BODY"
done
check_fails "nor does the log" grep -rq confidential "$APP_LOGS"
api PUT "integrations/$id" --data '{"password":null}'
check_is "null forgets it" "$STATUS $(sql "SELECT password IS NULL FROM integrations WHERE id = $id")" "200 t"
echo 'one:too short' >"$keys"
api PUT "integrations/$id" --data '{"password":"x","username":"lost"}'
check_is "without a key a secret is refused: 503" "$STATUS" 503
check_is "and nothing else of the request is done" "$(sql "SELECT username FROM integrations WHERE id = $id")" v
api POST integrations --data '{"provider":"New","type":"data_source","password":"x"}'
check_is "nor is one made: 503" "$STATUS $(sql "SELECT count(*) FROM integrations WHERE provider = 'New'")" "503 0"
api PUT "integrations/$id" --data '{"username":"w"}'
check_is "all else works: 200" "$STATUS $(json .username)" "200 w"

# -- lists
api GET integrations
check_is "integrations by provider" "$(answer 'map(.name)')" '["Bitbucket","GitHub","Jira"]'
check_list integrations
sql "INSERT INTO integrations (tenant_id, provider, type, ai_model) VALUES (1, 'OpenAI', 'AI', 'x')"
api GET integrations
check_is "what serves language models is no data source" "$(answer 'map(.name)')" '["Bitbucket","GitHub","Jira"]'
api GET 'integrations?integration_id=2'
check_is "one of them" "$(answer 'map(.name)')" '["GitHub"]'
check_is "never synchronised: null" "$(answer '.[0].last_sync_at')" null
for batch in 1 2; do
	api POST raw-data/store --data "{\"integration_id\":2,\"entity_type\":\"x$batch\",\"raw_data\":[]}"
done
sql "UPDATE raw_extraction_data SET created_at = '2026-01-02 03:04:05.678901' WHERE entity_type = 'x2';
	UPDATE raw_extraction_data SET created_at = '2025-01-01' WHERE entity_type = 'x1'"
api GET integrations/2
check_is "last_sync_at is the newest batch's time" "$(json .last_sync_at)" "2026-01-02T03:04:05.678901Z"
etag=$(header ETag)
sql "UPDATE raw_extraction_data SET created_at = '2026-02-01' WHERE entity_type = 'x2'"
api GET integrations/2 -H "If-None-Match: $etag"
check_is "a batch makes another answer: 200" "$STATUS $(json .last_sync_at)" "200 2026-02-01T00:00:00.000000Z"
api PUT integrations/2 -H "If-Match: $etag" --data '{"username":"me"}'
check_is "but does not keep an administrator from writing: 200" "$STATUS" 200

# -- invalid
long=$(printf 'x%.0s' {1..51})
check_invalid POST integrations \
	"{\"provider\":\"$long\",\"type\":\"\",\"base_url\":1,\"username\":[],\"password\":\"\",\"settings\":[],
		\"logo_filename\":true,\"active\":\"no\"}" \
	"body.provider body.type body.base_url body.username body.password body.settings body.logo_filename body.active"
check_invalid PUT "integrations/$id" \
	"{\"provider\":\"\",\"type\":\"$long\",\"base_url\":1,\"username\":[],\"password\":7,\"settings\":\"{}\",
		\"logo_filename\":true,\"active\":2}" \
	"body.provider body.type body.base_url body.username body.password body.settings body.logo_filename body.active"
check_invalid POST integrations '{}' "body.provider body.type"
# PostgreSQL puts a blank behind the colon.
for size in 65536 65537; do
	head -c $((size - 9)) /dev/zero | tr '\0' x | sed 's/.*/{"settings":{"a":"&"}}/' >"$TMP/settings"
	api PUT "integrations/$id" --data-binary "@$TMP/settings"
	check_is "settings of $size characters as PostgreSQL has them" \
		"$STATUS $(json '.errors[0].loc[1]? // "taken"')" \
		"$([ $size = 65536 ] && echo "200 taken" || echo "422 settings")"
done
api PUT "integrations/$id" --data "{\"settings\":{\"a\":[$(printf '1e300,%.0s' {1..220})0]}}"
check_is "numbers that become long" "$STATUS $(json '.errors[0].loc[1]? // "taken"')" "422 settings"
printf '{"settings":{"a":1%70000s}}' '' >"$TMP/settings"
api PUT "integrations/$id" --data-binary "@$TMP/settings"
check_is "many blanks" "$STATUS $(json '.errors[0].loc[1]? // "taken"')" "422 settings"
check_invalid POST integrations '{"provider":" ","type":"x"}' body.provider
for logo in ../b.svg a/b.svg 'a\\b.svg' .b.svg b.png 'ä.svg' b.svg.. .svg '' 'b svg' 'b.svg\n'; do
	check_invalid PUT "integrations/$id" "{\"logo_filename\":\"$logo\"}" body.logo_filename
done
api PUT "integrations/$id" --data '{"logo_filename":"B_1-2.3.svg"}'
check_is "a logo as nginx serves it" "$STATUS $(json .logo_filename)" "200 B_1-2.3.svg"
api PUT "integrations/$id" --data '{"logo_filename":null}'
check_is "and none" "$STATUS $(json .logo_filename)" "200 null"
api PUT "integrations/$id" --data '{"settings":{"custom_fields":{"customfield_1":"team"}}}'

# -- settings: what is read is checked when it is saved
settings() { # WHAT SETTINGS MEMBER…
	check_invalid PUT "integrations/$id" "{\"settings\":$2}" "$(printf 'body.settings.%s ' "${@:3}" | sed 's/ $//')"
}
for mapping in '"sprint"' '5' 'null' '["team"]' '{"a":1}' '"Team"' '"custom_field_21"' '"tenant_id"' 'true'; do
	settings "a column $mapping" "{\"custom_fields\":{\"customfield_1\":$mapping,\"customfield_2\":\"team\"}}" \
		custom_fields.customfield_1
	check_match "the columns there are" \
		"$(json '.errors[0].msg')" \
		"^$(printf '.*%s, ' team story_points code_changed acceptance_criteria parent_external_id \
			custom_field_01).*custom_field_20"
done
for fields in '["a"]' '5' 'null' '"team"'; do
	settings "custom_fields $fields" "{\"custom_fields\":$fields}" \
		"custom_fields$([ "$fields" != '["a"]' ] || echo .0)"
done
for name in custom_field customFields custom-fields Custom_Fields custm_fields issue_integration issueIntegrations; do
	settings "a name that is nearly one" "{\"$name\":{\"customfield_1\":\"team\"}}" "$name"
	check_match "with the one that was meant" \
		"$(json '.errors[0].msg')" 'did you mean settings\.(custom_fields|issue_integrations)\?'
done
for field in customfield custom_field_10016 customField_1 customfield_x 10016 ''; do
	settings "no field $field" "{\"custom_fields\":{\"$field\":\"team\"}}" "custom_fields.$field"
done
for list in '[{"field":"customfield_1"}]' '[{"field":"customfield_1","column":"sprint"}]' \
	'[{"field":1,"column":"team"}]' \
	'[{"field":"customfield_1","column":"team","x":1}]' '[[]]' '[{"customfield_1":"team"}]'; do
	settings "a list $list" "{\"custom_fields\":$list}" custom_fields.0
done
settings "a field twice" '{"custom_fields":[{"field":"customfield_1","column":"team"},
	{"field":"customfield_1","column":"story_points"}]}' custom_fields
for ids in '1' '{}' '"1"'; do
	settings "issue_integrations $ids" "{\"issue_integrations\":$ids}" issue_integrations
done
for of in 0 1001 424242 99999999999 1.5 '"1"' null; do
	settings "no integration of ours: $of" "{\"issue_integrations\":[1,$of]}" issue_integrations.1
done
settings "several at once" '{"custom_fields":{"customfield_1":"x","customfield_2":1},"issue_integrations":[0]}' \
	custom_fields.customfield_1 custom_fields.customfield_2 issue_integrations.0
check_invalid POST integrations \
	'{"provider":"New","type":"data_source","settings":{"custom_fields":{"customfield_1":"sprint"}}}' \
	body.settings.custom_fields.customfield_1
check_is "nothing of these was saved" \
	"$(sql "SELECT settings FROM integrations WHERE id = $id") $(sql "SELECT count(*) FROM integrations
		WHERE provider = 'New'")" '{"custom_fields": {"customfield_1": "team"}} 0'
order() {
	sql "SELECT string_agg(place || ' ' || field || ' ' || \"column\", ', ' ORDER BY place)
		FROM integrations, etl_custom_fields(settings) WHERE id = $id"
}
api PUT "integrations/$id" \
	--data '{"settings":{"custom_fields":{"customfield_10":"team","customfield_9":"team",
		"customfield_1":"parent_external_id","duedate":"custom_field_01"},"issue_integrations":[1],
		"mine":{"custom_field":1}}}'
check_is "right ones are saved" "$STATUS" 200
check_is "an object is in the order of its fields' names, shorter ones first" \
	"$(order | sed 's/, /\n/g')" '1 duedate custom_field_01
2 customfield_1 parent_external_id
3 customfield_9 team
4 customfield_10 team'
api PUT "integrations/$id" \
	--data '{"settings":{"custom_fields":[{"field":"customfield_10","column":"team"},
		{"field":"customfield_9","column":"team"}]}}'
check_is "a list in its own" "$STATUS $(order)" "200 1 customfield_10 team, 2 customfield_9 team"
sql "UPDATE integrations SET settings = '{
	\"custom_fields\":{\"customfield_1\":\"sprint\",\"customfield_2\":null,\"customfield_3\":\"team\"},
	\"custom_field\":1,\"issue_integrations\":[77]}' WHERE id = $id"
check_is "what was wrong before is passed over" "$(order)" "1 customfield_3 team"
api PUT "integrations/$id" --data '{"username":"u"}'
check_is "and in nobody's way" "$STATUS" 200
sql "UPDATE integrations SET settings = '{\"custom_fields\":{\"customfield_1\":\"team\"}}' WHERE id = $id"

for name in Jira jIRA; do
	api POST integrations --data "{\"provider\":\"$name\",\"type\":\"data_source\"}"
	check_is "the provider $name exists: 409" "$STATUS" 409
	api PUT "integrations/$id" --data "{\"provider\":\"$name\"}"
	check_is "nor can another become it: 409" "$STATUS" 409
done
api PUT "integrations/$id" --data '{"provider":"BITBUCKET"}'
check_is "its own name in other letters: 200" "$STATUS $(json .name)" "200 BITBUCKET"
api PUT "integrations/$id" --data '{"base_url":null,"settings":null,"type":null}'
check_is "null clears what may be null" "$(answer '[.base_url, .settings.custom_fields, .integration_type]')" \
	'[null,{"customfield_1":"team"},"data_source"]'
check_absent GET integrations
check_absent PUT integrations '' '{"username":"mine"}'
check_absent DELETE integrations
check_absent POST integrations /toggle-active
check_versions "integrations/$id" '{"username":"x"}'

# -- on and off
for active in true false; do
	api POST "integrations/$id/toggle-active"
	check_is "toggled: active is $active" \
		"$STATUS $(json .active) $(sql "SELECT active FROM integrations WHERE id = $id")" \
		"200 $active ${active:0:1}"
done
api POST "integrations/$id/toggle-active" -H "If-Match: $etag"
check_is "of an older version: 412" "$STATUS" 412

# -- removal
api DELETE integrations/2
check_is "DELETE while raw data refers to it: 409, in_use" "$STATUS $(json .code)" "409 in_use"
check_match "and how much" "$(json .detail)" '^2 batches'
sql "INSERT INTO work_items (tenant_id, integration_id, key) VALUES (1, 1, 'A-1')"
api DELETE integrations/1
check_is "DELETE while a work item does: 409" "$STATUS" 409
api POST integrations/2/toggle-active
api DELETE integrations/2
check_match "unless it is deactivated: 200, kept" "$STATUS $(json .success) $(json .message)" '^200 true .*2 batches'
check_is "with all its batches" \
	"$(sql "SELECT count(*) FROM raw_extraction_data
		WHERE integration_id = 2") $(sql "SELECT active FROM integrations WHERE id = 2")" "2 f"
api POST wits-hierarchies --data "{\"level_name\":\"x\",\"level_number\":5,\"integration_id\":$id}"
api POST "integrations/$id/toggle-active"
api DELETE "integrations/$id"
check_is "one with a catalogue is deactivated" "$STATUS $(sql "SELECT active FROM integrations WHERE id = $id")" "200 f"
sql "DELETE FROM wits_hierarchies WHERE integration_id = $id"
api DELETE "integrations/$id"
check_is "one without is deleted" "$STATUS $(sql "SELECT count(*) FROM integrations WHERE id = $id")" "200 0"

# -- another key, while the service runs
tool() { DATABASE_URL=$ETL_PGURL "$ETL_BUILD/pulse-etl" --config "$ETL_APP/etl.conf" "$@"; }
sql "INSERT INTO integrations (id, tenant_id, provider, type, password)
	VALUES (4242, 1, 'Plain', 'data_source', 'in the open')" >"$TMP/out"
secrets=$(sql "SELECT count(*) FROM integrations WHERE password IS NOT NULL")
cp "$keys" "$TMP/old-keys"
{ printf 'newest:%s\n' "$(openssl rand -base64 32)"; cat "$TMP/old-keys"; } >"$keys"
check_match "secrets rotate --dry-run counts" \
	"$(tool secrets rotate --dry-run)" "^$secrets would be encrypted anew, 0 had"
check_is "and changes nothing" "$(sql "SELECT count(*) FROM integrations WHERE password LIKE 'v1:newest:%'")" 0
check_match "secrets rotate encrypts all anew" "$(tool secrets rotate)" "^$secrets were encrypted anew, 0 had"
check_is "with the first key" "$(sql "SELECT count(*) FROM integrations WHERE password LIKE 'v1:newest:%'")" "$secrets"
check_is "what was in the open is so no longer" \
	"$(sql "SELECT count(*) FROM integrations WHERE password LIKE '%open%'")" 0
check_match "again there is nothing to do" "$(tool secrets rotate)" "^0 were encrypted anew, $secrets had"
head -n 1 "$keys" >"$TMP/new-keys"
cp "$TMP/new-keys" "$keys"
check_match "the old key is not needed any more" "$(tool secrets rotate)" "^0 were encrypted anew, $secrets had"
cp "$TMP/old-keys" "$keys"
tool secrets rotate >"$TMP/out" 2>"$TMP/err"
check "without the key that is needed it says so, and changes nothing" \
	grep -q 'integration [0-9]*: .*holds no such key' "$TMP/err"
check_is "rotations are in audit_log" \
	"$(sql "SELECT count(*) FROM audit_log WHERE action = 'integration.rotate'")" "$secrets"
check "so are creations, with the request" \
	[ "$(sql "SELECT count(*) FROM audit_log WHERE action = 'integration.create'
		AND request_id IS NOT NULL")" -ge 1 ]

check_is "another tenant's rows are as they were" "$(second_tenant_rows)" "$before"
check_fails "no server error came up" grep -E 'status=500|error=E_DB ' "$APP_LOGS/pool.log"
app_down
app_up
api POST integrations --data '{"provider":"GitLab","type":"data_source","password":"x"}'
check_is "no key is the default: 503" "$STATUS" 503
check_match "which names the setting" "$(json .detail)" secret_keys_file

done_testing
