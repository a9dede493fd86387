#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Does an integration work? Its source is asked, by the tool and by the routes.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/extract.sh"
command -v node >/dev/null || skip_all "node is missing: deploy/install-deps"
extract_up '{"jira": {"time_zone": "America/Los_Angeles"}}' || {
	failed "the stand-in starts"
	done_testing
}
cloud=$(integration "Jira cloud" "$SOURCE_JIRA" ok-token '{"custom_fields": {"customfield_10016": "story_points"}}')
server=$(integration "Jira server" "$SOURCE_DATACENTER" ok-token '{"deployment": "server"}')
mistaken=$(integration "Jira other" "$SOURCE_DATACENTER" ok-token)
wrong=$(integration "Jira wrong" "$SOURCE_JIRA" wrong-token)
scoped=$(integration "Jira scoped" "$SOURCE_JIRA" scoped-token)
hub=$(integration GitHub2 "$SOURCE_GITHUB/api/v3" ok-token)
away=$(integration "Jira away" https://localhost:1 ok-token)
inner=$(integration "Jira inner" https://10.0.0.1 ok-token)
tool() { # ARGUMENT…
	ETL_CONFIG=$ETL_APP/etl.conf "$ETL_BUILD/pulse-etl" "$@" >"$TMP/out" 2>"$TMP/err"
}
fact() { jq -r --arg name "$1" '.[] | select(.fact == $name) | .value' "$TMP/out"; }

tool integration test --tenant 1 --output json "$cloud"
check_is "Jira Cloud" "$? $(fact source), $(fact account), $(fact time_zone)" "0 Jira Cloud, Pulse, America/Los_Angeles"
tool integration test --tenant 1 --output json "$server"
check_is "Jira Data Center" "$? $(fact source), $(fact version)" "0 Jira Data Center, 9.12.14"
tool integration test --tenant 1 --output json "$hub"
check_is "GitHub: who, scopes, quota, the token's end, version" \
	"$? $(fact account), $(fact scopes), $(fact quota), $(fact token_ends), $(fact version)" \
	"0 pulse, repo, read:org, 5000, 2030-01-01 00:00:00 UTC, 3.14.0"
trouble() { # NAME ID REGEX
	tool integration test --tenant 1 "$2"
	check_match "$1" "$? $(cat "$TMP/err")" "^1 .*$3"
}
trouble "another kind of Jira" "$mistaken" 'set deployment to server'
trouble "a token that is refused" "$wrong" 'refuses the credentials \(401\): Client must be authenticated'
trouble "a token with scopes at the site" "$scoped" 'api\.atlassian\.com/ex/jira'
trouble "nobody is there" "$away" 'was not reached'
trouble "a private network" "$inner" 'private network'
tool integration test --tenant 1 4711
check_is "no such integration: 1" "$?" 1

api POST "integrations/$hub/test"
check_json "the route tells the same" "$(jq -c '[.works, .trouble, .source, .account, .quota]' "$BODY")" \
	'[true, null, "GitHub", "pulse", "5000"]'
api POST "integrations/$wrong/test"
check_match "and what is wrong" "$STATUS $(json '"\(.works) \(.trouble)"')" '^200 false the source refuses'
api POST integrations/4711/test
check_is "no such integration: 404" "$STATUS" 404

tool integration fields --tenant 1 --output json "$cloud"
check_is "custom fields, and where they go" "$? $(jq -c 'map([.id, .name, .column]) | .[1:3]' "$TMP/out")" \
	'0 [["customfield_10014","Epic Link",null],["customfield_10016","Story Points","story_points"]]'
tool integration fields --tenant 1 --map customfield_10001=team "$cloud"
check_is "one is mapped" "$? $(sql "SELECT settings FROM integrations WHERE id = $cloud")" \
	'0 {"custom_fields": {"customfield_10001": "team", "customfield_10016": "story_points"}}'
tool integration fields --tenant 1 --map customfield_10001=nonsense "$cloud"
check_match "a column that there is not" "$? $(cat "$TMP/err")" '^(1|65) .*custom_fields'
tool integration fields --tenant 1 --map customfield_10001= "$cloud"
check_is "its mapping is taken away" "$? $(sql "SELECT settings->'custom_fields' ? 'customfield_10001' FROM integrations
	WHERE id = $cloud")" "0 f"
api GET "integrations/$cloud/fields"
check_is "the route tells them" "$STATUS $(json '.fields | length')" "200 4"
api GET "integrations/$hub/fields"
check_is "GitHub has none" "$STATUS $(json .trouble)" "200 GitHub has no custom fields"
check_is "no credential was sent elsewhere" "$(asked '[.[] | select(.on == "elsewhere")] | length')" 0
check_fails "no log has one" grep -rq -e ok-token -e wrong-token -e scoped-token "$APP_LOGS"
done_testing
