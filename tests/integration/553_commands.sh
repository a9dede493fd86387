#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# All commands of pulse-etl, as its rows have them: --help of each, and each list
# and show in every format, with the names of the API.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
id=
app_up
conf=$ETL_APP/etl.conf
tool() { "$ETL_BUILD/pulse-etl" --config "$conf" "$@" 2>"$TMP/tool.err" </dev/null; }

# The commands with their options, one a line: those that completion completes.
"$ETL_BUILD/pulse-etl" completion bash | sed -n "/^_pulse_etl_rows='/,/^'/p" | sed '1d;$d' >"$TMP/rows"
check "there are commands" [ "$(wc -l <"$TMP/rows")" -ge 30 ]

# -- --help
wide='' lame='' untold='' failing=''
while IFS=: read -r words options; do
	# shellcheck disable=SC2086 # words
	tool $words --help >"$TMP/help" || failing+="$words; "
	! awk 'length > 80 { found = 1 } END { exit !found }' "$TMP/help" || wide+="$words; "
	grep -A 1 '^For example:' "$TMP/help" | grep -q "pulse-etl.* $words" || lame+="$words; "
	for option in $options --help; do
		# Its sentence stands behind it, or in the next line.
		grep -A 1 -E "^  ${option%%=*}( |\$)" "$TMP/help" | grep -qE '  [a-z0-9A-Z\\]+.* ' ||
			untold+="$words ${option%%=*}; "
	done
done <"$TMP/rows"
check_is "--help of each: 0" "$failing" ""
check_is "no line of it is wider than 80 columns" "$wide" ""
check_is "each has an example of itself" "$lame" ""
check_is "and tells each of its options (tool_help_rows.h)" "$untold" ""
tool --help >"$TMP/help"
check_is "nor is a line of all of them" "$(awk 'length > 80' "$TMP/help")" ""
tool raw list --nothing
check_is "nor of what a wrong option is told" "$(awk 'length > 80' "$TMP/tool.err")" ""

# -- lists and shows: something for each of them to show
DATABASE_URL=dbname=$PGDATABASE tool token create --tenant 1 --role reader --name one >/dev/null
store "$(projects 1 1)"
publish transform.dead "$(message_of "$id")"
wait_until 10 queue_has transform_queue.dead 1
run=$(tool extract run --tenant 1 --integration 1)
job=$(tool job create --tenant 1 --integration 1 --name one --type jira_sync)
echo '{"name":"own","items_path":"$","key_path":"$.id","columns":[{"name":"a","path":"$.a"}]}' >"$TMP/type"
type=$(tool type apply --tenant 1 "$TMP/type")
rule=$(tool retention set --tenant 1 --action payload --keep-days 30)
printf 'key1:%s\n' "$(openssl rand -base64 32)" >"$TMP/keys"
openssl rand -hex 32 >"$TMP/hook-secret"
chmod 600 "$TMP/keys" "$TMP/hook-secret"
DATABASE_URL=dbname=$PGDATABASE ETL_SECRET_KEYS_FILE=$TMP/keys \
	tool hook-secret add --tenant 1 --file "$TMP/hook-secret" 1 >/dev/null || note_file "$TMP/tool.err"
arguments() { # WORDS
	case $1 in
	'raw show') echo "--tenant 1 $id" ;;
	'run show') echo "--tenant 1 $run" ;;
	'job show') echo "--tenant 1 $job" ;;
	'type show') echo "--tenant 1 $type" ;;
	'retention show') echo "--tenant 1 $rule" ;;
	'raw list' | 'integration list' | 'run list' | 'job list' | 'type list' | 'retention list' | counts | \
		*'mapping list' | 'workflow list' | 'hierarchy list' | statuses | wits)
		echo '--tenant 1'
		;;
	'status-mapping show') echo '--tenant 1 4' ;;
	'integration show' | 'wit-mapping show' | 'workflow show' | 'hierarchy show' | 'hook-secret list')
		echo '--tenant 1 1'
		;;
	'tenant show') echo 1 ;;
	'dead list') echo transform ;;
	'dead show') echo '--number 1 transform' ;;
	esac
}
missing='' bad='' tables=''
while IFS=: read -r words options; do
	case $words in
	'report list' | 'report export') continue ;; # 552 has what they show
	'raw partitions') continue ;; # 851: there have to be some
	import) continue ;; # 550
	*' dependencies') continue ;; # 822
	*' list' | *' show' | counts | queues | status | doctor | statuses | wits) ;;
	'integration test' | 'integration fields') continue ;; # 762 has a source for them
	*)
		[[ $options != *--output=table* ]] || missing+="$words is no list; "
		continue
		;;
	esac
	[[ $options == *'--output=table|json|ndjson|tsv'* ]] || missing+="$words; "
	for format in json ndjson tsv table; do
		# shellcheck disable=SC2046,SC2086 # words
		tool $words --output $format $(arguments "$words") >"$TMP/out.$format"
		code=$?
		[ $code = 0 ] || [ "$words" = doctor ] || bad+="$words --output $format: $code; "
	done
	json=$(jq -r 'if type == "array" then .[0] else . end | keys_unsorted | join(" ")' "$TMP/out.json")
	[ -n "$json" ] || bad+="$words: no JSON; "
	[ "$(jq -s 'all(type == "object")' "$TMP/out.ndjson")" = true ] || bad+="$words: no NDJSON; "
	[ "$(wc -l <"$TMP/out.ndjson")" = "$(jq -s length "$TMP/out.ndjson")" ] || bad+="$words: NDJSON on more lines; "
	[ "$(head -n 1 "$TMP/out.tsv" | tr '\t' ' ')" = "$json" ] || bad+="$words: TSV has other names; "
	[ "$(awk -F '\t' '{ print NF }' "$TMP/out.tsv" | sort -u | wc -l)" = 1 ] || bad+="$words: TSV has ragged rows; "
	[ "$(tail -n +2 "$TMP/out.tsv" | wc -l)" = "$(wc -l <"$TMP/out.ndjson")" ] ||
		bad+="$words: TSV has other rows; "
	[[ $words == *' list' || $words =~ ^(queues|status|statuses|wits)$ ]] &&
		awk 'length > 80 { found = 1 } END { exit !found }' "$TMP/out.table" && tables+="$words; "
	echo "$words: $json" >>"$TMP/members"
done <"$TMP/rows"
check_is "each list and show takes --output" "$missing" ""
check_is "and is what it says in each format" "$bad" ""
check_is "a table of it is not wider than 80 columns" "$tables" ""

# -- members
members() { sed -n "s/^$1: //p" "$TMP/members"; }
schema() { # NAME: its members in openapi.json, in their order
	jq -r ".components.schemas.$1.properties | keys_unsorted | join(\" \")" "$BODY"
}
request GET /app/etl/openapi.json
check_is "raw list has the members of GET /raw-data, but for the payload" \
	"$(members 'raw list') raw_data" "$(schema raw_data_record)"
check_is "raw show those of GET /raw-data/{id}, but for the payload" \
	"$(members 'raw show')" "$(schema raw_data | sed 's/ raw_data / /')"
for words in integration:integration job:job type:entity_type retention:retention_rule \
	status-mapping:status_mapping wit-mapping:wit_mapping workflow:workflow hierarchy:wits_hierarchy; do
	check_is "${words%:*} list those of its route, show its version, too" \
		"$(members "${words%:*} list")|$(members "${words%:*} show")" \
		"$(schema "${words#*:}")|$(schema "${words#*:}") version"
done
check_is "queues those of GET /queues, and why one is not available" "$(members queues)" "$(schema queue) reason"
for words in 'dead list' 'dead show'; do
	check_match "$words names a batch as the API does" "$(members "$words")" 'tenant_id raw_data_id entity_type'
done
check_is "settings show has every setting" \
	"$(tool settings show --output ndjson | jq -r .name | sort)" \
	"$(tool settings show | sed -n 's/^\([a-z0-9_]*\) = .*/\1/p' | sort)"
check_is "and no secret" "$(ETL_JWT_KEY=hidden-42 tool settings show --output json | grep -c hidden-42)" 0
done_testing
