#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The stand-in for Jira and GitHub (tests/sources) answers as its README says:
# what an extractor is tested with is tested here.
. "$(dirname "$0")/lib.sh"
. "$ETL_SOURCE/tests/sources/sources.sh"
command -v node >/dev/null || skip_all "node is missing: deploy/install-deps"
world='{"jira": {"projects": [{"key": "AA", "issues": 25, "changes": 4, "long": {"AA-7": 140}},
	{"key": "SELECT", "issues": 2, "changes": 0}], "time_zone": "America/Los_Angeles"},
	"github": {"repositories": [{"name": "web", "prs": 12, "commits": 2, "reviews": 1, "comments": 1, "threads": 2,
	"long": {"7": {"commits": 250}}}], "renamed": {"old": "web"}}}'
if ! sources_up "$world" 2>"$TMP/sources.err"; then
	failed "the stand-in starts"
	note_file "$TMP/sources.err"
	done_testing
fi
trap 'sources_down; clean_up' EXIT

# Ask a source; the answer is in BODY, HEADERS and STATUS.
source_ask() { # METHOD URL [CURL ARGUMENT…]
	STATUS=$(curl -sS --noproxy '*' --cacert "$SOURCE_CA" -m 20 -o "$BODY" -D "$HEADERS" -w '%{http_code}' -X "$1" \
		-H "Authorization: ${AUTHORIZATION-Bearer token}" -H 'Content-Type: application/json' "${@:3}" "$2" \
		2>"$TMP/curl.err")
}
search() { # JSON
	source_ask POST "$SOURCE_JIRA/rest/api/3/search/jql" --data-binary "$1"
}
graphql() { # QUERY [VARIABLES]
	jq -cn --arg query "$1" --argjson variables "${2:-null}" '{query: $query, variables: $variables}' >"$TMP/query"
	source_ask POST "$SOURCE_GITHUB/graphql" --data-binary "@$TMP/query"
}
order() { # JSON
	control PUT faults "[$1]" >"$TMP/order"
}
# All pages of a search: the ids, sorted.
search_all() { # JQL
	local token=null pages=0
	: >"$TMP/ids"
	while [ $((++pages)) -lt 50 ]; do
		search "$(jq -cn --arg jql "$1" --argjson token "$token" \
			'{jql: $jql, maxResults: 4, fields: ["updated"], nextPageToken: $token}')"
		json '.issues[].id' >>"$TMP/ids"
		token=$(json '.nextPageToken // null | @json')
		[ "$token" != null ] || break
	done
	sort -n "$TMP/ids" | tr '\n' ' '
}

# -- who may ask
check_is "without a credential" "$(curl -s --noproxy '*' --cacert "$SOURCE_CA" -o "$BODY" -w '%{http_code}' \
	"$SOURCE_JIRA/rest/api/3/myself")" 401
check_fails "the certificate is not taken without the CA" curl -sS --noproxy '*' "$SOURCE_JIRA/rest/api/3/serverInfo"
for site in "$SOURCE_JIRA 401" "$SOURCE_GATEWAY 200"; do
	AUTHORIZATION="Basic $(printf me@example.com:scoped-token | base64)" \
		source_ask GET "${site% *}/rest/api/3/myself"
	check_is "a scoped token at ${site% *}" "$STATUS" "${site#* }"
done

# -- Jira
source_ask GET "$SOURCE_JIRA/rest/api/3/search?jql=project=AA"
check_is "the old search is gone" "$STATUS" 410
check_is "pages by token bring every issue once" "$(search_all 'project = AA ORDER BY updated ASC')" \
	"$(seq -s ' ' 10001 10025) "
search '{"jql": "project = SELECT"}'
check_match "a reserved word is refused" "$STATUS $(json '.errorMessages[0]')" '^400 .*reserved JQL word'
search '{"jql": "project = \"SELECT\""}'
check_is "and taken in quotation marks; without fields there are ids" "$STATUS $(json '.issues | @json')" \
	'200 [{"id":"20002"},{"id":"20001"}]'
search '{"jql": "key = AA-7", "fields": ["status", "updated"], "expand": "changelog"}'
check_is "a long history is cut" "$(json '.issues[0].changelog | "\(.total) \(.histories | length)"')" "140 100"
check_match "times are those of the account's zone" "$(json '.issues[0].fields.updated')" '-0[78]00$'
updated=$(json '.issues[0].fields.updated')
ms=$(($(date -d "$updated" +%s%3N)))
source_ask POST "$SOURCE_JIRA/rest/api/3/search/approximate-count" \
	--data-binary "{\"jql\": \"key = AA-7 AND updated >= $ms\"}"
check_is "a bare number is milliseconds" "$(json .count)" 1
source_ask POST "$SOURCE_JIRA/rest/api/3/search/approximate-count" \
	--data-binary "{\"jql\": \"key = AA-7 AND updated >= \\\"$(date -u -d "$updated" '+%F %H:%M')\\\"\"}"
check_is "a text means the account's zone: in UTC it finds nothing" "$(json .count)" 0
bulk() { # TOKEN
	source_ask POST "$SOURCE_JIRA/rest/api/3/changelog/bulkfetch" --data-binary \
		"{\"issueIdsOrKeys\": [\"AA-6\", \"10007\", \"AA-8\"], \"maxResults\": 60, \"nextPageToken\": $1}"
}
token=null
for page in 1 2 3; do
	bulk "$token"
	json '.issueChangeLogs[] | .issueId as $id | .changeHistories[] | "\($id) \(.id)"' >"$TMP/page$page"
	token=$(json '.nextPageToken // null | @json')
done
check_is "bulkfetch brings whole histories in pages" \
	"$(sort -u "$TMP/page1" "$TMP/page2" "$TMP/page3" | cut -d ' ' -f 1 | uniq -c | tr -s ' ' |
		tr '\n' ,) $token" \
	" 4 10006, 140 10007, 4 10008, null"
source_ask GET "$SOURCE_DATACENTER/rest/api/2/search?jql=project=AA&startAt=20&maxResults=10&expand=changelog"
check_is "Data Center pages by startAt" "$(json '"\(.startAt) \(.total) \(.issues | length)"')" "20 25 5"
control PUT issue '{"key": "AA-3", "status": "Done"}' >"$TMP/order"
control PUT issue '{"key": "AA-4", "deleted": true}' >"$TMP/order"
check_is "a changed issue is the last, a deleted one is gone" \
	"$(search '{"jql": "project = AA ORDER BY updated DESC", "fields": ["status"], "maxResults": 1}'
		json '.issues[0] | "\(.key) \(.fields.status.name)"')
$(source_ask GET "$SOURCE_JIRA/rest/api/3/issue/AA-4"
		echo "$STATUS")" "AA-3 Done
404"
control PATCH world '{"jira": {"lag_seconds": 3600}}' >"$TMP/order"
name='.issues[0].fields.status.name'
check_is "the search is late, unless it is told to reconcile" \
	"$(search '{"jql": "key = AA-3", "fields": ["status"]}'
		json "$name") $(search '{"jql": "key = AA-3", "fields": ["status"], "reconcileIssues": [10003]}'
		json "$name")" "In Review Done"
control PATCH world '{"jira": {"lag_seconds": 0, "lost": ["AA"]}}' >"$TMP/order"
search '{"jql": "project = AA"}'
check_match "a project that may not be seen" "$STATUS $(json '.errorMessages[0]')" "^400 .*'AA' does not exist"
control PATCH world '{"jira": {"lost": []}}' >"$TMP/order"

# -- GitHub
cat >"$TMP/pulls.graphql" <<'QUERY'
query($owner: String!, $name: String!, $first: Int!, $after: String) {
  rateLimit { cost remaining }
  repo: repository(owner: $owner, name: $name) { id nameWithOwner
    pullRequests(first: $first, after: $after, orderBy: {field: UPDATED_AT, direction: DESC}) {
      totalCount pageInfo { hasNextPage endCursor } nodes { ...all } } } }
fragment all on PullRequest { id number state author { login ... on User { name } }
  commits(first: 100) { totalCount pageInfo { hasNextPage endCursor } nodes { commit { oid } } }
  reviewThreads(first: 5) { nodes { comments(first: 5) { totalCount nodes { path body } } } } }
QUERY
after=null
: >"$TMP/numbers"
for page in 1 2 3; do
	graphql "$(cat "$TMP/pulls.graphql")" \
		"{\"owner\": \"acme\", \"name\": \"web\", \"first\": 5, \"after\": $after}"
	json '.data.repo.pullRequests.nodes[].number' >>"$TMP/numbers"
	json '.data.repo.pullRequests.nodes[] | select(.number == 7) | .id, .commits.pageInfo.endCursor' >>"$TMP/long"
	after=$(json '.data.repo.pullRequests.pageInfo.endCursor | @json')
done
check_is "pages of pull requests" \
	"$(sort -n "$TMP/numbers" | tr '\n' ' ')$(json .data.repo.pullRequests.pageInfo.hasNextPage)" \
	"$(seq -s ' ' 1 12) false"
{ read -r id && read -r cursor; } <"$TMP/long"
graphql 'query($id: ID!, $after: String) { node(id: $id) { ... on PullRequest {
	commits(first: 100, after: $after) { totalCount pageInfo { hasNextPage } nodes { commit { oid } } } } } }' \
	"{\"id\": \"$id\", \"after\": \"$cursor\"}"
check_is "a part goes on at its node" \
	"$(json '.data.node.commits | "\(.totalCount) \(.nodes | length) \(.pageInfo.hasNextPage)"')" \
	"250 100 true"
for query in '{ nothing }' '{ repository(owner: "acme", name: "web") { pullRequests { totalCount } } }' \
	'{ repository(owner: "acme", name: "web") { pullRequests(first: 101) { totalCount } } }' \
	'{ repository(owner: "acme", name: "old") { id } }' '{ viewer {'; do
	graphql "$query"
	printf '%s %s\n' "$STATUS" "$(json '.errors[0].message')"
done >"$TMP/refused"
check_is "what GitHub refuses, with 200" "$(cut -c 1-58 "$TMP/refused")" "$(
	cat <<-'TEXT'
		200 Field 'nothing' doesn't exist on type 'Query'
		200 You must provide a `first` or `last` value to properly
		200 Requesting 101 records on the `pullRequests` connectio
		200 Could not resolve to a Repository with the name 'acme/
		200 Parse error: a name was expected
	TEXT
)"
source_ask GET "$SOURCE_GITHUB/repos/acme/web/pulls?state=all&per_page=5"
check_match "REST goes on by Link" "$(header Link)" 'repositories/42/pulls\?state=all&per_page=5&page=2>; rel="next"'
source_ask GET "$SOURCE_GITHUB/repos/acme/web/pulls?state=all&per_page=5" -H "If-None-Match: $(header ETag)"
check_is "and knows what has not changed" "$STATUS" 304
source_ask GET "$SOURCE_GITHUB/repos/acme/old/pulls/7"
check_match "a renamed repository" "$STATUS $(header Location)" '^301 .*/repositories/42/pulls/7$'
control PATCH world '{"github": {"requests": 1, "points": 1, "window_seconds": 600}}' >"$TMP/order"
for _ in 1 2; do
	source_ask GET "$SOURCE_GITHUB/user"
	echo "$STATUS $(header X-RateLimit-Remaining)"
	graphql '{ viewer { login } }'
	echo "$STATUS $(header X-RateLimit-Remaining) $(json '.errors[0].type')"
done >"$TMP/budget"
check_is "budgets run out, REST and GraphQL apart" "$(tr '\n' , <"$TMP/budget")" \
	"200 0,200 0 null,403 0,200 0 RATE_LIMITED,"
control PATCH world '{"github": {"requests": 5000, "points": 5000, "max_cost": 100}}' >"$TMP/order"
graphql "$(cat "$TMP/pulls.graphql")" '{"owner": "acme", "name": "web", "first": 5}'
check_is "a query that is too costly has null nodes" \
	"$(json '"\(.data.repo.pullRequests.nodes | unique | @json) \(.errors | length)"')" "[null] 5"

# -- misbehaviour
jql='{"jql": "project = AA", "maxResults": 5, "fields": ["updated"]}'
order '{"on": "jira", "path": "search/jql$", "from": 2, "do": "status", "status": 429, "retry_after": 7,
	"reset_iso": 60}'
check_is "the second request only" "$(for _ in 1 2 3; do
	search "$jql"
	printf '%s %s,' "$STATUS" "$(header Retry-After)"
done)" "200 ,429 7,200 ,"
order '{"do": "html"}'
search "$jql"
check_match "a page of HTML" "$STATUS $(header Content-Type) $(cat "$BODY")" '^502 text/html <!DOCTYPE'
order '{"do": "empty_page"}'
search "$jql"
check_is "an empty page has a token" "$(json '"\(.issues | length) \(.nextPageToken | length > 0)"')" "0 true"
token=$(json .nextPageToken)
search "${jql%\}}, \"nextPageToken\": \"$token\"}"
check_is "that leads on" "$(json '.issues[0].id')" 10025
token=$(json .nextPageToken)
order '{"do": "token_again"}'
search "${jql%\}}, \"nextPageToken\": \"$token\"}"
check_is "a token comes again" "$(json .nextPageToken)" "$token"
search "$jql"
order '{"do": "token_circle", "times": 0}'
for n in 1 2 3 4; do
	search "${jql%\}}, \"nextPageToken\": \"$(json .nextPageToken)\"}"
	tokens[n]=$(json .nextPageToken)
done
check_is "tokens go round in a circle" "${tokens[3]} ${tokens[4]}" "${tokens[1]} ${tokens[2]}"
order '{"do": "last_lies"}'
search "$jql"
check_is "isLast lies" "$(json '"\(.isLast) \(.nextPageToken != null)"')" "true true"
order '{"do": "changelog_cut", "max": 20}'
search '{"jql": "key = AA-7", "fields": ["status"], "expand": "changelog"}'
check_is "a changelog is cut" "$(json '.issues[0].changelog | "\(.total) \(.histories | length)"')" "140 20"
order '{"do": "truncated"}'
search "$jql"
check_match "an answer ends early" "$(cat "$TMP/curl.err")" '^curl: \(18\)'
order '{"do": "reset"}'
search "$jql"
check_match "there is no answer" "$(cat "$TMP/curl.err")" '^curl: \((52|56)\)'
order '{"do": "slow", "bytes": 100, "pause_ms": 50}'
search '{"jql": "key = AA-1", "fields": ["updated"]}'
check_is "an answer comes in pieces, and whole" "$(json '.issues[0].key')" AA-1
order '{"do": "huge", "bytes": 3000000}'
search "$jql"
check "a huge answer" test "$(stat -c %s "$BODY")" -gt 3000000
order '{"do": "redirect"}'
search "$jql"
check_match "another host" "$STATUS $(header Location)" '^302 https://127\.0\.0\.2:'
order '{"on": "github", "do": "null_nodes"}'
graphql '{ repository(owner: "acme", name: "web") { pullRequests(first: 2) { nodes { id } } } }'
check_is "null nodes" "$(json '"\(.data.repository.pullRequests.nodes | @json) \(.errors | length)"')" "[null,null] 2"
order '{"on": "github", "do": "secondary", "retry_after": 3, "times": 2}'
graphql '{ viewer { login } }'
check_is "the secondary limit of GraphQL" "$STATUS $(header Retry-After) $(json '.errors | length')" "200 3 1"
source_ask GET "$SOURCE_GITHUB/user"
check_is "and of REST" "$STATUS $(header Retry-After)" "403 3"
check_match "an order that nobody knows is refused" "$(control PUT faults '[{"do": "dance"}]')" 'do is none of'

# -- the table of its README: which test uses what
while IFS='|' read -r _ words tests _; do
	[[ $tests =~ ^(\ [0-9]{3})+\ $ ]] || continue
	for word in $(grep -o '`[A-Za-z_]*`' <<<"$words" | tr -d '`'); do
		echo "$word" >>"$TMP/used"
		for test in $tests; do
			grep -qw "$word" "$ETL_SOURCE"/tests/integration/"$test"_*.sh && continue 2
		done
		echo "no test of$tests uses $word"
	done
done <"$ETL_SOURCE/tests/sources/README.md" >"$TMP/unused"
check_is "the tests that the table names use what it says" "$(cat "$TMP/unused")" ""
check_is "the table has each way to misbehave" "$(control PUT faults '[{"do": "dance"}]' |
	sed 's/.*none of //; s/: .*//' | tr -d ',' | tr ' ' '\n' | grep -vxFf "$TMP/used")" ""

# -- the log
control DELETE requests >"$TMP/order"
search "$jql"
check_json "what was asked, without the credential" \
	"$(asked '[.[] | {on, method, path, authorization, scheme, status, jql: .body.jql}]')" \
	'[{"on": "jira", "method": "POST", "path": "/rest/api/3/search/jql", "authorization": "present",
	"scheme": "Bearer", "status": 200, "jql": "project = AA"}]'
check_is "nowhere" "$(asked | grep -c 'Bearer token')" 0
done_testing
