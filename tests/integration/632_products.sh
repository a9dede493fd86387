#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The product of an integration, apart from its name; and a tenant with two Jira
# sites whose issues have the same ids, keys and statuses.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/catalogue.sh"
. "$(dirname "$0")/transform.sh"
app_up
second_tenant
before=$(second_tenant_rows)

# -- the member
api GET integrations
check_is "integrations from before have the product of their name" \
	"$(answer 'map([.name, .product])')" '[["GitHub","github"],["Jira","jira"]]'
for made in 'Jira of the other house:jira' 'GITHUB Enterprise:github' 'Azure DevOps (EU):azure_devops_eu' '问题:other' \
	'--x--:x'; do
	api POST integrations --data "{\"provider\":\"${made%:*}\",\"type\":\"data_source\"}"
	check_is "a client that names none: ${made%:*}" "$STATUS $(json .product)" "201 ${made##*:}"
	ids+=("$(json .id)")
done
api PUT "integrations/${ids[0]}" --data '{"provider":"Second site"}'
check_is "another name leaves the product" "$STATUS $(json .name) $(json .product)" "200 Second site jira"
api PUT "integrations/${ids[2]}" --data '{"product":"azure-devops"}'
check_is "the product is changed alone" "$STATUS $(json .name) $(json .product)" "200 Azure DevOps (EU) azure-devops"
api PUT "integrations/${ids[2]}" --data '{"product":null}'
check_is "null leaves it" "$STATUS $(json .product)" "200 azure-devops"
for word in '""' '"Jira"' '"two words"' '"-x"' '"_x"' '"jira\n"' '"jirà"' 1 "\"$(printf 'x%.0s' {1..51})\""; do
	check_invalid PUT "integrations/${ids[2]}" "{\"product\":$word}" body.product
done
api POST integrations --data '{"provider":"Third site","product":"jira","type":"data_source"}'
check_is "a client that names it" "$STATUS $(json .name) $(json .product)" "201 Third site jira"
third=$(json .id)
api POST integrations --data '{"provider":"SECOND SITE","product":"github","type":"data_source"}'
check_is "a name is there once, whatever the product: 409" "$STATUS" 409
api GET 'integrations?product=jira'
check_is "the list of a product" "$(answer 'map(.name)')$(header X-Total-Count)" '["Jira","Second site","Third site"]3'
api GET 'integrations?product=jira&limit=2'
api GET "integrations?product=jira&cursor=$(header X-Next-Cursor)"
check_is "in pages" "$(answer 'map(.name)')" '["Third site"]'
api GET 'integrations?product=none'
check_is "of none: empty" "$STATUS $(answer)" '200 []'
api GET 'integrations?product=Jira'
check_is "no word of a product: 400" "$STATUS" 400
api GET 'statuses?product=jira'
check_is "other lists have no such filter: 400" "$STATUS" 400
api GET openapi.json
check_is "openapi has it in the list's query and in both requests" \
	"$(json '[.paths["/app/etl/integrations"].get.parameters[] | select(.name == "product").schema.pattern]
		+ [.components.schemas | .integration_create_input, .integration_update_input
		| .properties.product.pattern] | join(" ")')" \
	'^[a-z0-9][a-z0-9_-]*$ ^[a-z0-9][a-z0-9_-]*$ ^[a-z0-9][a-z0-9_-]*$'

# -- which integration stands in where none is named
standing_in() {
	api POST wits-hierarchies --data '{"level_name":"x","level_number":77}'
	json .integration_id
	sql "DELETE FROM wits_hierarchies WHERE level_number = 77"
}
check_is "the one named Jira, of several" "$(standing_in)" 1
sql "UPDATE integrations SET provider = 'First site' WHERE id = 1"
check_is "whose name is another now: the first of the product" "$(standing_in)" 1
sql "UPDATE integrations SET active = FALSE WHERE id = 1"
check_is "and of the active ones" "$(standing_in)" "${ids[0]}"
sql "UPDATE integrations SET active = TRUE WHERE id = 1"
sql "UPDATE integrations SET logo_filename = 'third.svg' WHERE id = $third;
	UPDATE integrations SET logo_filename = NULL WHERE id IN (1, ${ids[0]})"

# -- what a store warns of
warned() { # INTEGRATION TYPE
	api POST 'raw-data/store?queue_transform=false' \
		--data "{\"integration_id\":$1,\"entity_type\":\"$2\",\"raw_data\":[]}"
	json 'has("warning")'
}
check_is "a batch of the product: no warning, whatever the name" "$(warned "${ids[0]}" jira_issues_batch)" false
check_is "one of another product" "$(warned "${ids[0]}" github_prs_batch)" true
check_match "is told which" "$(json .warning)" 'another source than its integration, whose product is Jira'
check_is "a product that nothing is known of" "$(warned "${ids[2]}" github_prs_batch)" false

# -- two sites: the same ids, keys and names, other mappings
one=1 two=${ids[0]}
for table in raw_extraction_data projects_wits projects_statuses work_items statuses wits projects wits_mappings \
	statuses_mappings; do
	sql "DELETE FROM $table WHERE tenant_id = 1"
done
mapping() { # INTEGRATION STATUS TO CATEGORY
	api POST status-mappings --data \
		"{\"integration_id\":$1,\"status_from\":\"$2\",\"status_to\":\"$3\",\"status_category\":\"$4\"}"
	[ "$STATUS" = 201 ] || note "POST status-mappings: $STATUS $(head -c 200 "$BODY")"
}
mapping $two Review Accepted Done
mapping $one Review 'In review' 'In Progress'
mapping $one Shelved 'Only there' Done
for task in "$two:Story" "$one:Work"; do
	api POST wit-mappings --data "{\"integration_id\":${task%:*},\"wit_from\":\"Task\",\"wit_to\":\"${task#*:}\",
		\"hierarchy_level\":0}"
done
issues() { # SUMMARY
	jq -n --arg summary "$1" '{issues: [{id: "10001", key: "AA-1", fields: {summary: $summary,
		project: {id: "10", key: "AA", name: $summary}, issuetype: {id: "1", name: "Task", hierarchyLevel: 0},
		status: {id: "3", name: "Review", statusCategory: {name: "In Progress"}},
		created: "2025-01-01T00:00:00.000+0000", updated: "2025-01-03T00:00:00.000+0000"},
		changelog: {histories: [{id: "5", created: "2025-01-02T00:00:00.000+0000", items: [{field: "status",
		fieldtype: "jira", from: "4", fromString: "Shelved", to: "3", toString: "Review"}]}]}}]}'
}
issues 'of one' | feed jira_issues_batch $one
issues 'of two' | feed jira_issues_batch $two
two_batch=$BATCH
rows_are "each site has its issue, with its project and type" \
	"SELECT w.integration_id = $two, w.external_id, w.key, w.summary, p.name, t.original_name
	FROM work_items w JOIN projects p ON p.id = w.project_id AND p.integration_id = w.integration_id
	JOIN wits t ON t.id = w.wit_id AND t.integration_id = w.integration_id
	WHERE w.tenant_id = 1 ORDER BY 1" <<'ROWS'
f|10001|AA-1|of one|of one|Task
t|10001|AA-1|of two|of two|Task
ROWS
rows_are "statuses and types are mapped as their own site says; else as the tenant does" \
	"SELECT s.integration_id = $two, s.original_name, m.status_to, m.integration_id = s.integration_id
	FROM statuses s LEFT JOIN statuses_mappings m ON m.id = s.status_mapping_id WHERE s.tenant_id = 1
	UNION ALL SELECT t.integration_id = $two, t.original_name, m.wit_to, m.integration_id = t.integration_id
	FROM wits t LEFT JOIN wits_mappings m ON m.id = t.wits_mapping_id WHERE t.tenant_id = 1 ORDER BY 1, 2" <<'ROWS'
f|Review|In review|t
f|Shelved|Only there|t
f|Task|Work|t
t|Review|Accepted|t
t|Shelved|Only there|f
t|Task|Story|t
ROWS
issues 'of two, again' | feed jira_issues_batch $two
rows_are "a later batch of one site is none of the other's" \
	"SELECT integration_id = $two, summary, count(*) OVER () FROM work_items WHERE tenant_id = 1
	ORDER BY 1" <<'ROWS'
f|of one|2
t|of two, again|2
ROWS
process "$two_batch"
check_is "changes of status stay apart, too" "$(sql "SELECT string_agg(DISTINCT (w.integration_id = c.integration_id
	AND f.integration_id = c.integration_id AND t.integration_id = c.integration_id)::text || count, ' ')
	FROM (SELECT *, count(*) OVER () FROM changelogs WHERE tenant_id = 1) c
	JOIN work_items w ON w.id = c.work_item_id
	JOIN statuses f ON f.id = c.from_status_id JOIN statuses t ON t.id = c.to_status_id")" true2

# -- panels and pull requests
panel() { # BRANCH
	jq -n --arg branch "$1" '[{issue_id: "10001", detail: [{pullRequests: [{
		url: "https://github.com/house/code/pull/7", status: "OPEN", source: {branch: $branch}}]}]}]'
}
panel 'seen by two' | feed jira_dev_status_batch $two
rows_are "a panel is of its own site's issue" \
	"SELECT w.integration_id = $two, l.integration_id = $two, branch_name
	FROM wits_prs_links l JOIN work_items w ON w.id = l.work_item_id" <<'ROWS'
t|t|seen by two
ROWS
panel 'seen by one' | feed jira_dev_status_batch $one
rows_are "and the other's of the other's" \
	"SELECT w.integration_id = $two, l.integration_id = $two, branch_name
	FROM wits_prs_links l JOIN work_items w ON w.id = l.work_item_id ORDER BY 1" <<'ROWS'
f|f|seen by one
t|t|seen by two
ROWS
sql "DELETE FROM wits_prs_links"
pull() { # INTEGRATION
	jq -n '{repository: {id: "R1", nameWithOwner: "house/code"}, pullRequests: {nodes: [{id: "PR7", number: 7,
		title: "AA-1 does it", state: "OPEN", headRefName: "b", baseRefName: "main",
		url: "https://github.com/house/code/pull/7",
		createdAt: "2025-02-01T00:00:00Z", updatedAt: "2025-02-01T00:00:00Z"}]}}' | feed github_prs_batch "$1"
}
belongs() { sql "SELECT (SELECT integration_id FROM work_items w WHERE w.id = p.work_item_id) FROM prs p"; }
pull 2
check_is "a key that both sites have says nothing" "$(belongs)" ""
for site in $two $one $third; do
	api PUT integrations/2 --data "{\"settings\":{\"issue_integrations\":[$site]}}"
	saved=$STATUS
	pull 2
	want=$([ "$site" = "$third" ] || echo "$site")
	check_is "its integration says which site: ${want:-one without the key}" "$saved $(belongs)" "200 $want"
	check_is "and so is the link" "$(sql "SELECT string_agg((w.integration_id = $site)::text, ' ')
		FROM wits_prs_links l JOIN work_items w ON w.id = l.work_item_id")" "${want:+true}"
done

# -- the command line
tool() { "$ETL_BUILD/pulse-etl" --config "$ETL_APP/etl.conf" "$@" 2>"$TMP/tool.err"; }
made=$(tool integration create --tenant 1 --provider 'Fourth site' --product jira)
check_is "integration create --product" "$(sql "SELECT provider, product FROM integrations WHERE id = $made")" \
	"Fourth site|jira"
check_is "integration list --product" \
	"$(tool integration list --tenant 1 --product jira --output ndjson | jq -r .name | tr '\n' ,)" \
	"First site,Fourth site,Second site,Third site,"
tool integration set --tenant 1 --product jira-dc "$made"
check_is "integration set --product" \
	"$(tool integration show --tenant 1 --output json "$made" | jq -r .product)" jira-dc
tool integration set --tenant 1 --product 'Jira DC' "$made"
check_is "no word: 64" "$?" 64

check_is "another tenant's rows are as they were" "$(second_tenant_rows)" "$before"

# -- down, and up again
migrate() { DATABASE_URL=dbname=$PGDATABASE "$ETL_BUILD/pulse-etl-migrate" --dir "$ETL_SOURCE/migrations" "$@"; }
number=$(basename "$ETL_SOURCE"/migrations/*_product.up.sql | cut -d _ -f 1)
migrate --rollback-to $((10#$number - 1)) >"$TMP/migrate" 2>&1
check_is "the migration goes back" \
	"$? $(sql "SELECT count(*) FROM pg_attribute
		WHERE attrelid = 'integrations'::regclass AND attname = 'product'")" \
	"0 0"
tool integration list --tenant 1 >"$TMP/out"
check_is "meanwhile the command line says that the tables are older: 78" "$? $(cat "$TMP/tool.err")" \
	"78 pulse-etl: the tables are older than this program: pulse-etl-migrate --apply-all"
migrate --apply-all >"$TMP/migrate" 2>&1
check_is "and comes again, names telling the product" \
	"$? $(sql "SELECT string_agg(product, ' ' ORDER BY id) FROM integrations WHERE id IN (1, 2, ${ids[1]})")" \
	"0 first_site github github"
check_match "as it is declared" "$(migrate --verify 2>&1)" '(^|[^0-9])0 differences'
check_fails "no server error came up" grep -E 'status=500|error=E_DB ' "$APP_LOGS/pool.log"
done_testing
