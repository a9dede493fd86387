#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What every list of the catalogue takes: an integration of one's own or not,
# and so many rows.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/catalogue.sh"
app_up
second_tenant
sql "INSERT INTO projects (tenant_id, integration_id, key, name) VALUES (1, 1, 'A', 'alpha'), (1, 1, 'B', 'beta')"

# A row of a table goes to an integration of its own, and is found there.
sql "INSERT INTO integrations (id, tenant_id, provider, type) VALUES (77, 1, 'Apart', 'data_source')"
while read -r path table; do
	row=$(sql "SELECT max(id) FROM $table WHERE tenant_id = 1")
	was=$(sql "SELECT integration_id FROM $table WHERE id = $row")
	api GET "$path"
	all=$(json length)
	sql "UPDATE $table SET integration_id = 77 WHERE id = $row"
	api GET "$path?integration_id=77"
	check_is "$path of an integration: its row" \
		"$STATUS $(answer 'map([.id, .integration_id])') $(header X-Total-Count)" "200 [[$row,77]] 1"
	api GET "$path"
	others=$(answer 'map(select(.integration_id == '"$was"').id)')
	api GET "$path?integration_id=$was"
	check_is "$path of another: its rows, not this one" "$STATUS $(answer 'map(.id)')" "200 $others"
	check_is "$path of all of them: no fewer" \
		"$(($(sql "SELECT count(*) FROM $table WHERE tenant_id = 1 AND integration_id <> $was") +
			$(json length) >= all))" 1
	sql "UPDATE $table SET integration_id = $was WHERE id = $row"
	api GET "$path?integration_id=1001"
	check_is "$path of another tenant's integration: none" "$STATUS $(answer) $(header X-Total-Count)" "200 [] 0"
	as_tenant 2
	api GET "$path?integration_id=1001"
	check_is "which that tenant finds" "$STATUS $(answer 'map(.id)')" "200 [1001]"
	as_tenant 1
done <<-'LISTS'
	wits wits
	wit-mappings wits_mappings
	wits-hierarchies wits_hierarchies
	statuses statuses
	status-mappings statuses_mappings
	workflows workflows
	projects projects
LISTS

for path in wits wit-mappings wits-hierarchies statuses status-mappings workflows projects integrations; do
	for limit in -1 0 1001 1.5 '' 1e2 99999999999999999999; do
		api GET "$path?limit=$limit"
		check_is "$path?limit=$limit: 400, which names it" \
			"$STATUS $(json '[.errors[].loc | join(".")] | join(" ")')" "400 query.limit"
	done
	for limit in 1 1000; do
		api GET "$path?limit=$limit"
		check_is "$path?limit=$limit: 200" "$STATUS" 200
	done
done
check_fails "no server error came up" grep -E 'status=500|error=E_DB ' "$APP_LOGS/pool.log"
done_testing
