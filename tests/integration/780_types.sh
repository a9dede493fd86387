#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Entity types without C: the examples of docs/types.md become rows by worker and by
# HTTP; what is wrong, too much or somebody else's is refused; the newest answer wins.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/worker.sh"
. "$(dirname "$0")/catalogue.sh"
shopt -s lastpipe # `… | keep` sets id
ETL_APP_WORKERS=1 app_up
second_tenant

# The blocks of JSON of docs/types.md, in turn: a payload, its mapping.
awk -v dir="$TMP" '/^```json/ { n++; on = 1; next } /^```/ { on = 0 } on { print >(dir "/block." n) }' \
	"$ETL_SOURCE/docs/types.md"
payload() { cat "$TMP/block.$((2 * $1 - 1))"; }
mapping() { cat "$TMP/block.$((2 * $1))"; }
keep() { # TYPE: what is on stdin is stored; sets id
	jq -c --arg type "$1" '{integration_id: 1, entity_type: $type, raw_data: .}' >"$TMP/keep"
	api POST raw-data/store --data-binary "@$TMP/keep"
	id=$(json .raw_data_id)
}
make() { # makes the type on stdin; sets type
	api POST types --data-binary @-
	type=$(json .id)
}
records() { # TYPE
	sql "SELECT external_id || ' ' || COALESCE(updated::text, '-') || ' ' || fields FROM records
		WHERE entity_type = '$1' ORDER BY external_id"
}

# -- PagerDuty, stored before its type is known
payload 2 | keep pagerduty_incidents
check_is "an unknown type is completed with a warning" "$STATUS $(json .queued) $(row processing_status)" \
	"201 false completed"
check_match "that says what to do" "$(json .warning)" 'POST /app/etl/types'
incidents=$id
mapping 2 | jq -c --argjson id "$id" '. + {raw_data_id: $id}' >"$TMP/try"
api POST types/try --data-binary "@$TMP/try"
check_is "try shows the rows" "$STATUS $(answer '[.items, .unreadable, .skipped, .rows[0].fields.assignees]')" \
	'200 [2,0,0,null]'
check_is "and stores none" "$(sql 'SELECT count(*) FROM records')$(sql 'SELECT count(*) FROM entity_types')" 00
api POST types/infer --data "{\"raw_data_id\": $id}"
check_is "infer finds the items, the key and the time" \
	"$STATUS $(answer '[.name, .items_path, .key_path, .updated_path]')" \
	'200 ["pagerduty_incidents","$.incidents[*]","$.id","$.last_status_change_at"]'
check_is "columns have the kinds of their values" "$(answer '[.columns[] | select(.name | test(
	"^(incident_number|created_at|title|urgency)$")) | .kind] | sort')" '["number","text","text","time"]'
jq -c 'del(.raw_data_id)' "$BODY" >"$TMP/inferred"
api POST types/check --data-binary "@$TMP/inferred"
check_is "what it proposes can be stored" "$STATUS" 200
echo '{"data": {"project": {"name": "p", "issues": {"edges": {"nodes": [{"id": "g1", "title": "t"}]}}}}}' |
	keep graphql_issues
api POST types/infer --data "{\"raw_data_id\": $id}"
check_is "it finds the list of a GraphQL answer, behind its members" "$STATUS $(answer '[.items_path, .key_path]')" \
	'200 ["$.data.project.issues.edges.nodes[*]","$.id"]'
# The real answers have an item that was listed twice, as it was and as it is.
keys=
for list in pull_requests pull_request_reviews pull_request_commits; do
	keep "own_$list" <"$ETL_SOURCE/tests/data/github/$list.json"
	api POST types/infer --data "{\"raw_data_id\": $id}"
	keys+=$(json .key_path)' '
done
check_is "an item that is there twice has its id for a key all the same" "$keys" '$.id $.id $.sha '
jq -nc '[range(3) | {about: ("\(.)" + "x" * 300), n: .}]' | keep long_titles
api POST types/infer --data "{\"raw_data_id\": $id}"
check_is "a text that is too long for a key is none" "$(json .key_path)" '$.n'
mapping 2 | make
check_is "a type is made" "$STATUS $(json '"\(.name) \(.target) \(.shared) \(.columns | length)"')" \
	"201 pagerduty_incidents records false 8"
etag=$(header ETag)
check_is "making it changes no batch" "$(sql 'SELECT count(*) FROM records')" 0
api POST "types/$type/apply" --data '{"dry_run": true}'
check_is "a dry run tells how many there are" "$STATUS $(json .found)" "200 1"
api POST "types/$type/apply"
check_is "apply lets the batches be processed again" "$STATUS $(json .requeued)" "200 1"
id=$incidents
check "by the worker" becomes completed
check_is "the rows are there" "$(records pagerduty_incidents | jq -cR 'split(" ") | [.[0], .[1], .[2]]')" \
	'["PGR0VU2","2026-01-06","23:05:00"]
["PT4KHLK","2026-01-06","22:38:23"]'
fields() { sql "SELECT fields FROM records WHERE external_id = '$1'"; }
check_json "with a value for each column that is there" "$(fields PT4KHLK)" '{"title": "The server is on fire.",
	"impact": 42, "number": 1234, "opened": "2026-01-06T21:30:42", "status": "resolved", "service": "Shop",
	"urgency": "high", "assignees": "Earline Greenholt, Ada Lovelace"}'
check_json "and none for one that is not" "$(fields PGR0VU2)" '{"title": "A little bump in the road",
	"number": 1235, "opened": "2026-01-06T23:00:00", "status": "triggered", "service": "Shop",
	"urgency": "low", "assignees": null}'
check_is "without errors, and nothing is dead" \
	"$(row "error_details IS NULL") $(queue_depth transform_queue.dead)" "t 0"
api POST "types/$type/apply"
check_is "a second time finds none" "$STATUS $(json .requeued)" "200 0"

# -- the newest answer wins
one() { # TIME TITLE REST
	printf '{"incidents":[{"id":"PT4KHLK","last_status_change_at":"%s","title":"%s"%s}]}' "$1" "$2" "${3-}" |
		keep pagerduty_incidents
	becomes completed || note "batch $id: $(row processing_status)"
}
field() { sql "SELECT COALESCE(fields->>'$1', 'null') FROM records WHERE external_id = 'PT4KHLK'"; }
one 2026-01-08T00:00:00Z newer
check_is "a batch of a known type is queued without a warning" "$(json '"\(.queued) \(has("warning"))"')" "true false"
check_is "a newer one replaces what it names, and nothing else" "$(field title) $(field urgency)" "newer high"
one 2026-01-05T00:00:00Z older ',"urgency":"low"'
check_is "an older one replaces nothing" "$(field title) $(field urgency)" "newer high"
one 2026-01-07T00:00:00Z between ',"urgency":"low"'
check_is "it gives what the newest did not name" "$(field title) $(field urgency)" "newer low"
one 2026-01-09T00:00:00Z '' ',"urgency":null'
check_is "null clears, and so does an empty text" "$(field title) $(field urgency)" "null null"
one soon 'no time'
check_is "one whose time cannot be read replaces nothing" \
	"$(field title) $(row "error_details->'skipped'->0->>'place'")" \
	"null updated_path"
before=$(records pagerduty_incidents)
stamps() { sql "SELECT string_agg(last_updated_at::text, ' ' ORDER BY id) FROM records"; }
stamps=$(stamps)
api POST raw-data/requeue --data '{"entity_type": "pagerduty_incidents"}'
check "all of them again" wait_until 20 all_done
check_is "write nothing" "$(records pagerduty_incidents) $(stamps)" "$before $stamps"

# -- a spreadsheet
mapping 3 | make
payload 3 | keep support_hours
check "a table is processed" becomes completed
check_is "texts become numbers, times and booleans" "$(sql "SELECT external_id || ' ' || fields FROM records
	WHERE entity_type = 'support_hours' ORDER BY 1")" \
	'T-1 {"hours": 3.5, "opened": "2026-01-05T10:00:00", "billable": true, "customer": "Müller & Co"}
T-2 {"opened": "2026-01-06T00:00:00", "billable": false, "customer": null}'
check_json "what cannot be read is listed" "$(row "error_details->'skipped'")" \
	'[{"index": 1, "place": "hours", "reason": "a value of another kind"},
	{"index": 2, "place": "key_path", "reason": "no key"}]'
jq -c '.columns |= map(select(.name != "hours"))' "$TMP/block.6" | api PUT "types/$type" --data-binary @-
api POST "types/$type/apply"
check "a column that is named no more" becomes completed
check_is "goes" "$(sql "SELECT count(*) FROM records WHERE fields ? 'hours'")" 0
jq -nc '{name: "blobs", items_path: "$[*]", key_path: "$.id",
	columns: [{name: "blob", path: "$.blob", kind: "json"}, {name: "words", path: "$.blob"}]}' | make
jq -nc '[{id: 1, blob: ["x" * 60000]}, {id: 2, blob: ["x" * 70000]}, {id: 3, blob: ("x" * 4200000)}]' | keep blobs
check "large values are processed" becomes completed
check_is "JSON up to 64 kB" "$(sql "SELECT string_agg(external_id, ' ') FROM records WHERE fields ? 'blob'")" 1
check_is "and texts up to 4 MB" "$(sql "SELECT string_agg(external_id, ' ' ORDER BY id) FROM records
	WHERE fields ? 'words'")" "1 2"
echo '[]' | keep support_hours
check "an empty table is completed" becomes completed
jq -nc '{name: "bugs", items_path: "$.tickets[*] ? (@.kind == \"bug\")", key_path: "$.id",
	columns: [{name: "title", path: "$.title"}]}' | make
echo '{"tickets": [{"id": 1, "kind": "story"}]}' | keep bugs
check "a list of which a filter lets nothing through is completed" becomes completed
echo '{"errors": ["no tickets today"]}' | keep bugs
check "no list is none with a filter, too" becomes failed
echo '{"error": {"message": "quota exceeded"}}' | keep support_hours
check "an answer that is only an error fails" becomes failed
check_match "with what the source says" "$(row "error_details->>'message'")" 'quota exceeded'

# -- Azure DevOps, as work items
mapping 1 | make
payload 1 | keep azure_work_items
check "work items are processed" becomes completed
check "and loaded" wait_until 10 logged "queue=load fate=done raw_data_id=$id "
check_is "they are as Jira's" "$(sql "SELECT external_id, key, project_key, type, status, summary, assignee, labels,
	priority, updated, resolution_date, parent_external_id, story_points, created FROM report.work_items
	WHERE external_id IN ('101', '102') ORDER BY 1")" \
	'101|101|Shop|Bug|Active|The cart loses items|Ada Lovelace|cart; urgent|1|2026-01-07 09:30:00||102|3.5|'\
'2026-01-05 08:00:00.123
102|102|Shop|User Story|Closed|Checkout||||2026-01-08 09:30:00|2026-01-08 09:00:00|||2026-01-02 08:00:00'
api POST status-mappings \
	--data '{"status_from":"Closed","status_to":"Closed","status_category":"Done","integration_id":1}'
payload 1 | jq -c '.value[1].fields."System.ChangedDate" = "2026-01-09T00:00:00Z" | .value |= .[1:]' |
	keep azure_work_items
check "an item that is done" becomes completed
check "counts as completed" wait_until 10 sql_is '2026-01-08 09:00:00' \
	"SELECT completed_at FROM report.work_items WHERE external_id = '102'"
payload 1 | jq -c '.value[0].fields."System.ChangedDate" = "2026-01-06T00:00:00Z"
	| .value[0].fields."System.Title" = "stale"' | keep azure_work_items
check "a stale one" becomes completed
check_is "replaces nothing" "$(sql "SELECT summary FROM work_items WHERE external_id = '101'")" "The cart loses items"

# -- GitLab, as pull requests and repositories
link="SELECT string_agg(w.key, ' ') FROM prs AS p JOIN prs_keys AS k ON k.pr_id = p.id JOIN work_items AS w
	ON w.key = k.key WHERE p.external_id = '9001'"
sql "INSERT INTO work_items (tenant_id, integration_id, external_id, key) VALUES (1, 1, 'shop12', 'SHOP-12')"
payload 4 | keep gitlab_merge_requests
mapping 4 | jq -c --argjson id "$id" '. + {raw_data_id: $id}' | api POST types/try --data-binary @-
check_is "try shows pull requests" \
	"$STATUS $(answer '[.items, .skipped, (.rows | map([.number, .title, .repository]))]')" \
	'200 [2,0,[[7,"SHOP-12 Export invoices","house/shop"],[8,"Draft","house/shop"]]]'
check_is "and stores none" "$(sql 'SELECT (SELECT count(*) FROM prs) + (SELECT count(*) FROM repositories)')" 0
# What shows the rows may take as long as the try, not only database_read_timeout: 5 s.
whole=$(sql "SELECT pg_get_viewdef('report.pull_requests'::regclass)")
super -d "$PGDATABASE" -c "CREATE OR REPLACE VIEW report.pull_requests WITH (security_invoker = true) AS
	${whole/WHERE r.active/WHERE r.active AND pg_sleep(3) IS NOT NULL}" >"$TMP/out" 2>&1
mapping 4 | jq -c --argjson id "$id" '. + {raw_data_id: $id}' | api POST types/try --data-binary @-
check_is "a try may take ten seconds, whatever takes them" "$STATUS $(json .items)" "200 2"
super -d "$PGDATABASE" -c "CREATE OR REPLACE VIEW report.pull_requests WITH (security_invoker = true) AS
	${whole/WHERE r.active/WHERE r.active AND pg_sleep(7) IS NOT NULL}" >>"$TMP/out" 2>&1
mapping 4 | jq -c --argjson id "$id" '. + {raw_data_id: $id}' | api POST types/try --data-binary @-
check_match "and is given up then, with what to do" "$STATUS $(json .detail)" '^422 The mapping was given up'
super -d "$PGDATABASE" -c "CREATE OR REPLACE VIEW report.pull_requests WITH (security_invoker = true) AS $whole" \
	>>"$TMP/out" 2>&1
check_is "the view is as it was" "$(sql "SELECT pg_get_viewdef('report.pull_requests'::regclass)")" "$whole"
mapping 4 | make
prs() { sql "SELECT external_id, number, title, status, author, source_branch, target_branch, repository, merged_at,
	url FROM report.pull_requests ORDER BY external_id"; }
api POST "types/$type/apply"
check "merge requests are processed" becomes completed
check_is "they are as GitHub's" "$(prs)" \
	'9001|7|SHOP-12 Export invoices|merged|ada|export|main|house/shop|2026-01-07 09:30:00|'\
'https://gitlab.com/house/shop/-/merge_requests/7
9002|8|Draft|opened|ada|try|main|house/shop||https://gitlab.com/house/shop/-/merge_requests/8'
check "their keys are those of work items" wait_until 10 sql_is SHOP-12 "$link"
check_is "without errors" "$(row "error_details IS NULL")" t
mapping 5 | make
payload 5 | keep gitlab_projects
check "a project is processed" becomes completed
check_is "it is the repository that was made by name" "$(sql "SELECT external_id, full_name, default_branch, archived
	FROM repositories")" '3|house/shop|main|f'
check_is "so that a merge is a deployment" "$(sql 'SELECT number FROM report.deployments')" 7
payload 4 | jq -c 'map(select(.iid == 8) | .title = "Ready" | .state = "closed" | .merged_at = "2026-01-08T00:00:00Z"
	| .updated_at = "2026-01-08T00:00:00Z" | del(.author))' | keep gitlab_merge_requests
check "a newer answer" becomes completed
check_is "replaces what it names, and closed with a merge is merged" "$(prs | sed -n 2p | cut -d'|' -f 3-5,9)" \
	'Ready|merged|ada|2026-01-08 00:00:00'
payload 4 | jq -c 'map(select(.iid == 8) | .title = "stale" | .updated_at = "2026-01-05T00:00:00Z")' |
	keep gitlab_merge_requests
check "an older one" becomes completed
check_is "replaces nothing" "$(prs | sed -n 2p | cut -d'|' -f 3)" Ready
payload 4 | jq -c '[.[0] | .iid = "seven", del(.references) * {id: 9003, iid: 9}, del(.id)]' |
	keep gitlab_merge_requests
check "what is not whole" becomes completed
check_json "is listed" "$(row "error_details->'skipped'")" \
	'[{"index": 0, "place": "number", "reason": "a value of another kind"},
	{"index": 1, "reason": "no repository"}, {"index": 2, "reason": "no id"}]'
check_is "and makes nothing" "$(sql 'SELECT count(*) FROM prs')" 2
before=$(prs)$(sql "SELECT string_agg(last_updated_at::text, ' ' ORDER BY id) FROM prs")
api POST raw-data/requeue --data '{"entity_type": "gitlab_merge_requests"}'
check "all of them again" wait_until 20 sql_is 4 "SELECT count(*) FROM raw_extraction_data
	WHERE entity_type = 'gitlab_merge_requests' AND processing_status = 'completed'"
check_is "write nothing" "$(prs)$(sql "SELECT string_agg(last_updated_at::text, ' ' ORDER BY id) FROM prs")" "$before"
payload 4 | jq -c --arg title "$(head -c 9000 /dev/urandom | base64 -w 0)" 'map(select(.iid == 8)
	| .title = "Revert \"\($title)\"" | .updated_at = "2026-01-09T00:00:00Z")' | keep gitlab_merge_requests
check "a title that no index holds" becomes completed
echo '{"message": "401 Unauthorized"}' | keep gitlab_merge_requests
check "an answer that is only an error fails" becomes failed
check_match "with what the source says" "$(row "error_details->>'message'")" '401 Unauthorized'
mapping 4 | jq -c '.name = "other" | .columns[0].name = "summary"' | api POST types/check --data-binary @-
check_is "a column that pull requests have not is refused" "$STATUS $(json '.errors[0].loc[1]')" \
	"422 columns[0].name"

# -- records by HTTP
api GET 'records?entity_type=support_hours'
check_is "records by HTTP" "$STATUS $(answer 'map([.external_id, .fields.customer])')" \
	'200 [["T-1","Müller & Co"],["T-2",null]]'
api GET 'records?updated_after=2026-01-08T12:00:00Z&fields=external_id,updated'
check_is "what changed since" "$STATUS $(answer 'map(select(.updated < "2026-02"))')" \
	'200 [{"external_id":"PT4KHLK","updated":"2026-01-09T00:00:00.000000Z"}]'
api GET 'records?entity_type=support_hours&limit=1&fields=external_id,fields' -H 'Accept: text/csv'
check_is "as CSV, page by page" \
	"$(head -n 1 "$BODY") $(grep -c '^T-1,"{""' "$BODY") $(header X-Next-Cursor | grep -c .)" \
	"$(printf 'external_id,fields\r') 1 1"
api GET "records?cursor=$(header X-Next-Cursor)&entity_type=support_hours" -H 'Accept: application/x-ndjson'
check_is "and as lines" "$(jq -r .external_id "$BODY")" T-2

# -- what is refused
refused() { # NAME MEMBER JQ [TEXT]
	mapping 2 | jq -c ".name = \"other\" | $3" | api POST types --data-binary @-
	check_is "$1" "$STATUS $(answer "[.errors[]?.loc[1]] | map(select(contains(\"$2\"))) | length > 0")" "422 true"
}
mapping 2 | api POST types --data-binary @-
check_is "a second type of the name" "$STATUS" 409
refused "a name of the service's own" name '.name = "jira_issues_batch"'
refused "a regular expression" 'columns[1].path' '.columns[1].path = "$.a ? (@ like_regex \"(a+)+$\")"'
refused "a cast that may fail" key_path '.key_path = "$.a.datetime()"'
refused "what reads everything below" items_path '.items_path = "$.**.id"'
refused "what compares two lists" key_path '.key_path = "$.a ? (@.b == $.c)"'
refused "what doubles all that it finds" key_path '.key_path = "$.id[0,0][0,0][0,0]"'
refused "objects of objects of objects" key_path '.key_path = "$.keyvalue().keyvalue()"'
refused "two filters" key_path '.key_path = "$.a ? (@.b == 1) ? (@.c == 2)"'
refused "no jsonpath at all" key_path ".key_path = \"id'; DROP TABLE records; --\""
refused "a column twice" 'columns' '.columns[1].name = "number"'
refused "61 columns" columns '.columns = [range(61) | {name: "c\(.)", path: "$.a"}]'
refused "no column" columns '.columns = []'
refused "columns that are none" columns '.columns = {}'
refused "a kind that there is not" 'columns[0].kind' '.columns[0].kind = "integer"'
refused "a member that there is not" 'columns[0]' '.columns[0].sql = "1"'
refused "a column that work items have not" 'columns[0].name' '.target = "work_items"'
mapping 2 | jq -c '.name = "new" | .key_path = "$.**"' | api POST types/check --data-binary @-
check_is "check refuses the same" "$STATUS" 422
mapping 2 | jq -c '.name = "new" | .colums = []' | api POST types/check --data-binary @-
check_is "and a member that is misspelt" "$STATUS" 422
# The words of a path are data: there is no statement that they could change.
mapping 2 | jq -c --argjson id "$incidents" '. + {raw_data_id: $id} | .columns = [{name: "a",
	path: "$.\"a'"'"'); DROP TABLE records; --\""}]' | api POST types/try --data-binary @-
check_is "SQL in a path is a name like any other" "$STATUS $(answer '[.items, .rows[0].fields]') $(sql \
	"SELECT count(*) > 0 FROM records")" '200 [2,{}] t'
sql "INSERT INTO entity_types (tenant_id, name, items_path, key_path, columns)
	SELECT 1, 'many_' || n, '\$', '\$', '[{\"name\": \"a\", \"path\": \"\$\"}]' FROM generate_series(1, 93) AS n"
mapping 2 | jq -c '.name = "one_more"' | api POST types --data-binary @-
check_is "the 101st type" "$STATUS $(sql 'SELECT count(*) FROM entity_types WHERE tenant_id = 1')" "422 100"
sql "DELETE FROM entity_types WHERE name LIKE 'many%'"

# -- ten seconds
lock_table records
api POST types/try -m 40 --data-binary "@$TMP/try"
let_go
check_match "try waits for nobody for long" "$STATUS" '^(422|503)$'

# -- versions, roles, tenants
api GET types
check_is "the list" "$STATUS $(answer 'map(.name)')" \
	'200 ["azure_work_items","blobs","bugs","gitlab_merge_requests","gitlab_projects","pagerduty_incidents",'\
'"support_hours"]'
type=$(json '.[5].id')
api PUT "types/$type" -H 'If-Match: "0x0"' --data '{"active": false}'
check_is "a version that is not its own" "$STATUS" 412
api PUT "types/$type" -H "If-Match: $etag" --data '{"active": false}'
check_is "its own" "$STATUS $(json .active)" "200 false"
payload 2 | keep pagerduty_incidents
check_is "an inactive type keeps what comes" "$(json .queued)" false
# shellcheck disable=SC2034 # request looks at it
TOKEN_FILE=$(token_file 1 reader)
api GET "types/$type"
check_is "a reader reads" "$STATUS" 200
api PUT "types/$type" --data '{"active": true}'
check_is "and changes nothing" "$STATUS" 403
api POST types/try --data-binary "@$TMP/try"
check_is "and tries nothing" "$STATUS" 403
unset TOKEN_FILE
as_tenant 2
api GET types
check_is "another tenant has none of them" "$STATUS $(answer)" "200 []"
api GET records
check_is "nor of the records" "$STATUS $(answer)" "200 []"
api GET "types/$type"
check_is "and gets none" "$STATUS" 404
api DELETE "types/$type"
check_is "and deletes none" "$STATUS" 404
api POST types/try --data-binary "@$TMP/try"
check_is "nor tries its own on a batch of theirs" "$STATUS" 404
api POST types/infer --data "{\"raw_data_id\": $incidents}"
check_is "nor infers from one" "$STATUS" 404
as_tenant 1
check_is "row security says the same" "$(super -d "$PGDATABASE" -qAt -c "SET ROLE pulse_etl_service;
	SET app.tenant_id = 2" -c "SELECT (SELECT count(*) FROM records) + (SELECT count(*) FROM entity_types)")" 0
api DELETE "types/$type"
check_is "a type is deleted, and its rows stay" "$STATUS $(sql "SELECT count(*) FROM records
	WHERE entity_type = 'pagerduty_incidents'")" "200 2"
check_is "each change has its line in audit_log" "$(sql "SELECT string_agg(DISTINCT action, ' ' ORDER BY action)
	FROM audit_log WHERE action LIKE 'entity_type.%'")" "entity_type.create entity_type.delete entity_type.update"
done_testing
