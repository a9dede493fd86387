# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# For the tests of the catalogue: requests in a tenant's name, a second tenant,
# and what is asked of every resource in the same way.

# From here on, requests are of this tenant: 1, or 2 of second_tenant.
as_tenant() { # ID
	TENANT=$1
	unset TOKEN_FILE
	[ "$1" = 1 ] || TOKEN_FILE=$second_token
}

# The same request many times at once, 16 at a time; {} is its number. The
# statuses go to FILE.
many() { # FILE COUNT METHOD PATH [JSON [HEADER]]
	local number folder=$1.answers
	rm -rf "$folder"
	mkdir "$folder"
	seq "$2" | xargs -P 16 -I{} curl -s -g -K "${TOKEN_FILE-$ETL_CURLRC}" --noproxy '*' -m 60 \
		-o "$folder/{}" -D "$folder/{}.headers" -w '%{http_code}\n' -X "$3" \
		-H 'Content-Type: application/json' ${6:+-H "$6"} ${5:+--data "$5"} \
		"$ETL_URL/app/etl/$4?tenant_id=$TENANT" >"$1"
	for number in $(seq "$2"); do
		seen_files "$3" "/app/etl/$4" "$folder/$number" "$folder/$number.headers"
	done
}

# How often each status came: "3x201 1x409".
tally_codes() { # FILE
	sort "$1" | uniq -c | awk '{ printf "%s%sx%s", sep, $1, $2; sep = " " }'
}

# Compact JSON of the last answer.
answer() { # [FILTER]
	jq -c "${1:-.}" "$BODY" 2>"$TMP/jq.err"
}

# A second tenant with a catalogue of its own: ids are above 1,000.
second_tenant() {
	sql "INSERT INTO tenants (id, name) VALUES (2, 'Other');
	INSERT INTO integrations (id, tenant_id, provider, type) VALUES (1001, 2, 'Jira', 'data_source');
	INSERT INTO wits_hierarchies (id, tenant_id, integration_id, level_name, level_number)
	VALUES (1001, 2, 1001, 'Foreign', 0);
	INSERT INTO wits_mappings (id, tenant_id, integration_id, wit_from, wit_to, wits_hierarchy_id)
	VALUES (1001, 2, 1001, 'Foreign', 'Foreign', 1001);
	INSERT INTO wits (id, tenant_id, integration_id, external_id, original_name, hierarchy_level)
	VALUES (1001, 2, 1001, '1', 'Epic', 0);
	INSERT INTO workflows (id, tenant_id, integration_id, step_name, step_category)
	VALUES (1001, 2, 1001, 'Foreign', 'Done');
	INSERT INTO statuses_mappings (id, tenant_id, integration_id, status_from, status_to, status_category,
	workflow_id) VALUES (1001, 2, 1001, 'Foreign', 'Foreign', 'Done', 1001);
	INSERT INTO statuses (id, tenant_id, integration_id, external_id, original_name, category)
	VALUES (1001, 2, 1001, '1', 'Open', 'Done');
	INSERT INTO projects (id, tenant_id, integration_id, key, name) VALUES (1001, 2, 1001, 'F', 'Foreign')"
	second_token=$(token_file 2 admin)
}

# Everything of tenant 2, to see that nobody else changed it.
second_tenant_rows() {
	sql "SELECT md5(string_agg(x, '')) FROM (
	SELECT t::text AS x FROM integrations t WHERE tenant_id = 2 UNION ALL
	SELECT t::text FROM wits_hierarchies t WHERE tenant_id = 2 UNION ALL
	SELECT t::text FROM wits_mappings t WHERE tenant_id = 2 UNION ALL
	SELECT t::text FROM wits t WHERE tenant_id = 2 UNION ALL
	SELECT t::text FROM workflows t WHERE tenant_id = 2 UNION ALL
	SELECT t::text FROM statuses_mappings t WHERE tenant_id = 2 UNION ALL
	SELECT t::text FROM statuses t WHERE tenant_id = 2) AS all_rows"
}

# The answer is 422 and names these fields and no other.
check_invalid() { # METHOD PATH JSON FIELDS
	api "$1" "$2" --data "$3"
	check_is "$1 $2 ${3//[$'\n\t']/}: 422, naming $4" \
		"$STATUS $(json '[.errors[].loc | join(".")] | join(" ")')" "422 $4"
}

# A row that is not there, and one of tenant 2, are answered alike: 404.
check_absent() { # METHOD PATH-BEFORE-ID [PATH-BEHIND-ID [JSON]]
	local method=$1 path=$2 behind=${3-} json=${4-} absent
	api "$method" "$path/424242$behind" ${json:+--data "$json"}
	check_is "$method $path/{id}$behind of no row: 404" "$STATUS" 404
	absent=$(answer 'del(.request_id)')
	api "$method" "$path/1001$behind" ${json:+--data "$json"}
	check_is "of another tenant's row: 404" "$STATUS" 404
	check_is "and the same words" "$(answer 'del(.request_id)')" "$absent"
	api "$method" "$path/0$behind" ${json:+--data "$json"}
	check_is "$method $path/0$behind: 400" "$STATUS" 400
}

# A list pages, counts, filters, and has versions. PATH has at least 3 rows.
check_list() { # PATH
	local path=$1 all etag total pages=0 joined='[]' next
	api GET "$path"
	check_is "GET $path: 200" "$STATUS" 200
	check_is "an array" "$(answer type)" '"array"'
	all=$(answer 'map(.id)')
	total=$(json length)
	check_is "X-Total-Count has its length" "$(header X-Total-Count)" "$total"
	check_is "no next page" "$(header X-Next-Cursor)$(header Link)" ''
	check_is "nothing of another tenant" "$(answer 'map(select(.id > 1000)) | length')" 0
	etag=$(header ETag)
	check_match "a strong version" "$etag" '^"[^"]+"$'
	api GET "$path" -H "If-None-Match: \"x\", $etag"
	check_is "the version one has: 304 without a body" "$STATUS $(wc -c <"$BODY")" "304 0"
	api GET "$path?limit=2"
	while [ "$STATUS" = 200 ] && [ $pages -lt 50 ]; do
		pages=$((pages + 1))
		joined=$(jq -c --argjson before "$joined" '$before + map(.id)' "$BODY")
		[ "$(header X-Total-Count)" = "$total" ] || note "the total changed"
		next=$(header Link | sed -n 's|^</app/etl/\(.*\)&tenant_id=1\(.*\)>; rel="next"$|\1\2|p')
		[ -n "$next" ] || break
		api GET "$next"
	done
	check_is "pages of two are the list in $pages pages" "$joined" "$all"
	check_is "so many pages" "$pages" $(((total + 1) / 2))
	api GET "$path?limit=2"
	next=$(header X-Next-Cursor)
	api GET "$path?limit=1000&cursor=$next"
	check_is "a cursor goes with another limit" "$(answer 'map(.id)')" "$(jq -c '.[2:]' <<<"$all")"
	api GET "$path?integration_id=424242"
	check_is "of an integration without rows: none" "$(answer)$(header X-Total-Count)" '[]0'
	api GET "$path?active=false"
	check_is "?active=false: only inactive ones" "$STATUS $(answer 'map(select(.active)) | length')" "200 0"
	api GET "$path?limit=0&integration_id=x&active=perhaps"
	check_is "bad values: 400, all named" "$STATUS $(json '[.errors[].loc[1]] | join(" ")')" \
		"400 integration_id active limit"
	for next in zz 313 31 ff3a41 3a 313a00; do
		api GET "$path?cursor=$next"
		check_is "cursor $next: 400" "$STATUS" 400
	done
	api HEAD "$path" --head
	check_is "HEAD: 200" "$STATUS" 200
	api POST "$path/1" --data '{}'
	check_match "POST to a row: 404 or 405" "$STATUS" '^40[45]$'
}

# Versions of one row: two administrators do not overwrite each other.
check_versions() { # PATH JSON-OF-A-CHANGE
	local path=$1 change=$2 etag old
	api GET "$path"
	check_is "GET $path: 200" "$STATUS" 200
	etag=$(header ETag)
	api GET "$path" -H "If-None-Match: $etag"
	check_is "the version one has: 304" "$STATUS" 304
	old=$etag
	api PUT "$path" -H "If-Match: $etag" --data "$change"
	check_is "PUT of the version one has read: 200" "$STATUS" 200
	etag=$(header ETag)
	check_fails "it is another version now" [ "$etag" = "$old" ]
	api GET "$path"
	check_is "the same that GET has" "$(header ETag)" "$etag"
	api GET "$path" -H "If-None-Match: $old"
	check_is "the older version is not known any more: 200" "$STATUS" 200
	api PUT "$path" -H "If-Match: $old" --data "$change"
	check_is "PUT of the older version: 412" "$STATUS" 412
	check_match "which tells what to do" "$(json .detail)" 'read it again'
	api PUT "$path" -H "If-Match: W/$etag" --data "$change"
	check_is "a weak version: 412" "$STATUS" 412
	api DELETE "$path" -H "If-Match: $old"
	check_is "DELETE of the older version: 412" "$STATUS" 412
	api PUT "$path" -H 'If-Match: *' --data "$change"
	check_is "any version: 200" "$STATUS" 200
	check_is "nothing is left of what was refused" \
		"$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
			AND state = 'idle in transaction'")" 0
}
