#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A list that would be larger than an answer may be comes in more pages.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/catalogue.sh"
app_up
sql "INSERT INTO integrations (tenant_id, provider, type, settings)
	SELECT 1, 'p' || lpad(n::text, 4, '0'), 'data_source', jsonb_build_object('a', repeat('x', 60000))
	FROM generate_series(1, 600) AS n"
api GET integrations
all=$(header X-Total-Count)
check_is "602 integrations, 36 MB: 200" "$STATUS $all" "200 602"
check "what comes is less than 16 MB, and nearly that" [ "$(($(stat -c %s "$BODY") >> 16))" = 255 ]
joined=$(answer 'map(.name)')
pages=1
while next=$(header X-Next-Cursor) && [ -n "$next" ] && [ $pages -lt 10 ]; do
	check_is "page $pages names the next" \
		"$(header Link)" "</app/etl/integrations?tenant_id=1&cursor=$next>; rel=\"next\""
	api GET "integrations?cursor=$next"
	check_is "and it is there" "$STATUS $(header X-Total-Count)" "200 602"
	joined=$(jq -c --argjson before "$joined" '$before + map(.name)' "$BODY")
	pages=$((pages + 1))
done
check_is "three pages" "$pages" 3
check_is "have all of them, each once, by name" \
	"$joined" "$(sql "SELECT json_agg(provider ORDER BY provider, id) FROM integrations
		WHERE tenant_id = 1" | jq -c .)"
api GET 'integrations?limit=3'
check_is "a limit counts as ever" "$STATUS $(json length)" "200 3"

# -- one row that is larger than an answer
sql "UPDATE integrations SET settings = jsonb_build_object('a', repeat('x', 17000000)) WHERE provider = 'p0002'"
id=$(sql "SELECT id FROM integrations WHERE provider = 'p0002'")
api GET 'integrations?limit=3'
next=$(header X-Next-Cursor)
check_is "what comes before it is a page" "$STATUS $(answer 'map(.name)')" '200 ["GitHub","Jira","p0001"]'
api GET "integrations?limit=3&cursor=$next"
check_is "it alone is too large: 413" "$STATUS" 413
check_match "which says which it is" "$(json .detail)" "integration $id alone is larger than the [0-9]+ bytes"
check_fails "no server error came up" grep -E 'status=500|error=E_DB ' "$APP_LOGS/pool.log"
done_testing
