#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every limit that openapi.json tells, of every field and parameter: a value at
# it is taken, one beyond it is refused by name. A request holds just the one
# field: what else it may lack is told, too, and does not matter here.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/catalogue.sh"
app_up
request GET /app/etl/openapi.json
cp "$BODY" "$TMP/openapi.json"

# METHOD PATH PLACE NAME KIND LEAST MOST, of what has limits.
jq -r '.components.schemas as $schemas | .paths | to_entries[] | .key as $path | .value | to_entries[] |
	(.key | ascii_upcase) as $method | .value |
	((.requestBody.content["application/json"].schema["$ref"] // "" | split("/") | last // "" |
		$schemas[.].properties // {} | to_entries[] | ["body", .key, .value]),
	(.parameters[]? | select(.in == "query") | ["query", .name, .schema])) |
	. as [$place, $name, $schema] | [$schema.type] | flatten[0] as $type |
	if $type == "integer" and ($schema.maximum // 9e18) < 4e9 then
		[$method, $path, $place, $name, "number", $schema.minimum, $schema.maximum]
	elif $type == "string" and $schema.maxLength then
		[$method, $path, $place, $name,
		(if ($schema.pattern // "" | contains("svg")) then "logo"
		elif $schema.pattern == "^[a-z0-9][a-z0-9_-]*$" then "word" else "text" end), $schema.minLength,
		$schema.maxLength]
	else empty end | join(" ")' "$TMP/openapi.json" >"$TMP/limits"
check "there are many limits" [ "$(wc -l <"$TMP/limits")" -ge 80 ]
for field in wit_from wit_to level_name status_from status_category step_name provider product base_url password \
	logo_filename entity_type external_id job_type; do
	check "$field is among them" grep -q " body $field " "$TMP/limits"
done

letters() { # COUNT
	[ "$1" -le 0 ] || printf 'ä%.0s' $(seq "$1")
}
value() { # KIND SIZE
	case $1 in
	number) printf %s "$2" ;;
	text) letters "$2" ;;
	word) [ "$2" -le 0 ] || printf 'x%.0s' $(seq "$2") ;;
	logo) [ "$2" -lt 5 ] || { printf 'x%.0s' $(seq $(($2 - 4))); printf .svg; } ;;
	esac
}
# Sets NAMED: is the field named as wrong?
ask() { # METHOD PATH PLACE NAME KIND SIZE
	local body
	body=$(value "$5" "$6")
	if [ "$3" = query ]; then
		[ "$5" = number ] || body=$(jq -rn --arg x "$body" '$x | @uri')
		# A payload alone: without a body there is nothing to be named.
		if [ "$2" = raw-data/store ]; then
			api "$1" "$2?$4=$body" --data '[]'
		else
			api "$1" "$2?$4=$body"
		fi
	else
		[ "$5" = number ] || body="\"$body\""
		printf '{"%s":%s}' "$4" "$body" >"$TMP/one.json"
		api "$1" "$2" --data-binary "@$TMP/one.json"
	fi
	NAMED=$(jq -r --arg place "$3" --arg name "$4" \
		'[objects | .errors[]? | select(.loc == [$place, $name] and .type != "missing")] | length' \
		"$BODY" 2>/dev/null)
}
while read -r method path place name kind least most; do
	path=${path#/app/etl/}
	path=${path/\{id\}/424242}
	# A cursor, a time and names of members are more than their length.
	case $name in cursor | fields | from | to | tenant_id) continue ;; esac
	told=
	for size in "$most" "$least"; do
		[ "$kind" != logo ] || [ "$size" -ge 5 ] || continue
		ask "$method" "$path" "$place" "$name" "$kind" "$size"
		[ "$NAMED" = 0 ] && [ "$STATUS" -lt 500 ] || told+=" $size is refused: $STATUS;"
	done
	for size in $((most + 1)) $((least - 1)); do
		[ "$kind" = number ] || [ "$size" -ge 0 ] || continue
		ask "$method" "$path" "$place" "$name" "$kind" "$size"
		[ "$NAMED" = 1 ] || told+=" $size is not refused: $STATUS;"
	done
	check_is "$method $path $place $name: $least to $most and no more" "$told" ''
done <"$TMP/limits"
check_fails "no server error came up" grep -E 'status=500|error=E_DB ' "$APP_LOGS/pool.log"
done_testing
