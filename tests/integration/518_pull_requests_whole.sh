#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Pull requests whole, or said to be a part: what an answer does not name, ids
# of both forms, parts in pages, lists that are complete, censuses. Each set of
# answers is processed in several orders and gives the same rows.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/transform.sh"
app_up
hub=2

# Store what stands on stdin, with extraction_metadata; BATCH is its id.
store_with() { # METADATA [TYPE]
	jq -c --arg type "${2:-github_prs_batch}" --argjson meta "$1" --argjson hub "$hub" \
		'{integration_id: $hub, entity_type: $type, raw_data: ., extraction_metadata: $meta}' >"$TMP/store.json"
	api POST "raw-data/store?queue_transform=false" --data-binary "@$TMP/store.json"
	[ "$STATUS" = 201 ] || note "store: $STATUS $(head -c 300 "$BODY")"
	BATCH=$(json .raw_data_id)
}
# One GraphQL answer with this pull request.
answer() { # JSON
	jq -cn "{data: {repository: {id: \"R_1\", nameWithOwner: \"Org/Rep\", pullRequests: {nodes: [$1]}}}}"
}
empty() {
	sql "SET client_min_messages = warning; TRUNCATE prs, repositories, wits_prs_links CASCADE"
}
# The batches in each of these orders give the same.
any_order() { # NAME STATEMENT WANT ORDER…
	local name=$1 statement=$2 want=$3 order id
	shift 3
	for order in "$@"; do
		empty
		for id in $order $order; do
			process "$id" || note_file "$TMP/outcome.err"
		done
		check_is "$name, in the order $order" "$(sql "$statement" | tr '\n' ' ')" "$want "
		changes_nothing "and nothing is written again" "${order##* }"
	done
}

# -- absent is not null
answer '{id: "PR_1", number: 1, title: "one", body: "text", state: "OPEN", updatedAt: "2025-02-01T00:00:00Z",
	headRefName: "x", additions: 5, author: {login: "ada"}}' | store_with null
a=$BATCH
answer '{id: "PR_1", number: 1, title: "two", updatedAt: "2025-02-02T00:00:00Z", body: null}' | store_with null
b=$BATCH
answer '{id: "PR_1", number: 1, title: "zero", updatedAt: "2025-01-02T00:00:00Z", additions: 7, deletions: 8,
	mergedAt: "yesterday", author: "me"}' | store_with null
c=$BATCH
any_order "what is not named stays, null clears, the newest counts" \
	"SELECT name, body IS NULL, status, source, additions, deletions, user_name, pr_updated_at FROM prs" \
	"two|t|open|x|5|8|ada|2025-02-02 00:00:00" "$a $b $c" "$b $c $a" "$c $b $a"
process "$c"
check_json "values of another kind are listed with their place" "$(outcome list)" \
	'[{"index": 0, "place": "author", "reason": "a value of another kind"}, {"index": 0, "place": "merged_at",
		"reason": "a value of another kind"}]'

# -- identity
rest='{id: 7, node_id: "MDExOlB1bGxSZXF1ZXN0Nw==", number: 7, title: "seven", body: null, state: "closed",
	merged_at: "2025-01-01T00:00:00Z", user: {login: "dep[bot]"}, html_url: "https://github.com/o/r/pull/7",
	head: {ref: "h"}, base: {ref: "m", repo: {id: 42, full_name: "o/r", private: true, default_branch: "m",
	updated_at: "2025-01-01T00:00:00Z"}}, updated_at: "2025-01-02T00:00:00Z", created_at: "2025-01-01T00:00:00Z",
	closed_at: "2025-01-01T00:00:00Z"}'
jq -cn "[$rest]" | store_with null
a=$BATCH
jq -cn '{data: {repository: {id: "R_kgDOAAAAKg", nameWithOwner: "o/r", pullRequest: {id: "PR_kwDOAAAAKs4AAAAH",
	number: 7, title: "seven", body: "", state: "MERGED", mergedAt: "2025-01-01T00:00:00Z", author: {login: "dep"},
	url: "https://github.com/o/r/pull/7", headRefName: "h", baseRefName: "m", updatedAt: "2025-01-02T00:00:00Z",
	createdAt: "2025-01-01T00:00:00Z", closedAt: "2025-01-01T00:00:00Z"}}}}' | store_with null
b=$BATCH
any_order "one pull request under both forms of its id, of REST and GraphQL" \
	"SELECT p.identity, number, status, user_name, source, destination, p.body IS NULL, r.identity, full_name,
		is_private, default_branch FROM prs p JOIN repositories r ON r.id = repository_id" \
	"7|7|merged|dep|h|m|t|42|o/r|t|m" "$a $b" "$b $a"
row="SELECT to_jsonb(p) - '{id, repository_id, created_at, last_updated_at, raw_data_id, external_id,
	external_repo_id, column_ages}'::text[] FROM prs p"
sql "$row" >"$TMP/both"
for one in "$a" "$b"; do
	empty
	process "$one"
	check_is "either answer alone gives the same row" "$(sql "$row")" "$(cat "$TMP/both")"
done
jq -cn "$rest" | store_with null
check "GET pulls/N as it comes" process "$BATCH"
jq -cn "$rest | {action: \"closed\", number: 7, pull_request: ., repository: .base.repo}" | store_with null
check "a webhook's payload" process "$BATCH"
jq -cn "{data: {search: {edges: [{node: {__typename: \"Issue\", id: \"I_1\"}},
	{node: {__typename: \"PullRequest\", id: \"PR_kwDOAAAAKs4AAAAH\", title: \"by search\",
	updatedAt: \"2025-01-03T00:00:00Z\", repository: {nameWithOwner: \"O/R\"}}}]}}}" | store_with null
process "$BATCH"
check_is "search.edges; what is no pull request is listed" \
	"$(outcome list) $(sql "SELECT count(*), max(name) FROM prs")" \
	'[{"index": 0, "reason": "not a pull request"}] 1|by search'

# -- parts that come alone, before and after their pull request
jq -cn "[$rest]" | store_with null
a=$BATCH
jq -cn '[{sha: "s1", commit: {author: {name: "a", date: "2025-01-01T00:00:00Z"}, message: "m"}}]' |
	store_with '{"pull_request": 7, "repository": "O/R"}'
b=$BATCH
jq -cn '[{id: 5, state: "APPROVED", submitted_at: "2025-01-01T00:00:00Z", user: {login: "z"},
	pull_request_url: "https://api.github.com/repos/o/r/pulls/7"}]' | store_with null
c=$BATCH
jq -cn '[{id: 9, path: "p", body: "b", pull_request_url: "https://api.github.com/repos/o/r/pulls/7"},
	{id: 9, issue_url: "https://api.github.com/repos/o/r/issues/7", body: "i"}]' | store_with null
d=$BATCH
empty
process "$b"
check_is "a part of an unknown pull request waits for it" "$(outcome waiting)" '["pr:o/r#7"]'
any_order "lists of REST, of the pull request that is named; comments of two kinds have one id" \
	"SELECT commit_count, reviewers, review_cycles, discussion_comment_count, review_comment_count FROM prs" \
	"1|1|1|1|1" "$a $b $c $d" "$d $a $c $b"

# -- 250 commits in pages; until all are there, nothing is the number of a part
page() { # FROM TO NEXT
	echo "{totalCount: 250, pageInfo: {hasNextPage: $3}, nodes: [range($1; $2) |
		{commit: {oid: \"c\(.)\", message: \"m\", authoredDate: \"2025-02-01T00:00:00Z\"}}]}"
}
answer "{id: \"PR_1\", number: 1, title: \"t\", updatedAt: \"2025-02-01T00:00:00Z\", author: {login: \"ada\"},
	commits: $(page 0 100 true),
	reviews: {totalCount: 2, nodes: [{id: \"PRR_1\", author: {login: \"Ada\"}, state: \"COMMENTED\",
	submittedAt: \"2025-01-01T00:00:00Z\"}]}}" | store_with null
a=$BATCH
empty
process "$a"
check_json "what the answer lacks is listed" "$(outcome incomplete)" \
	'[{"item": "PR_1", "what": "commits", "given": 100, "index": 0, "total": 250},
		{"item": "PR_1", "what": "reviews", "given": 1, "index": 0, "total": 2}]'
check_is "no metric is that of a part" \
	"$(sql "SELECT commit_count, reviewers, first_review_at, review_cycles, rework_commit_count, parts_complete
		FROM prs")" "250|||||f"
jq -cn "{data: {node: {id: \"PR_1\", commits: $(page 100 200 true)}}}" | store_with null
b=$BATCH
jq -cn "{data: {node: {id: \"PR_1\", commits: $(page 200 250 false)}}}" | store_with null
c=$BATCH
jq -cn '{prs: [{id: "PR_1", reviews: {totalCount: 2,
	nodes: [{id: "PRR_2", author: {login: "bob"}, state: "APPROVED", submittedAt: "2025-01-05T00:00:00Z"}]}}]}' |
	store_with null
d=$BATCH
any_order "once the rest has come, the numbers are those of the whole; a review of one's own is none" \
	"SELECT commit_count, reviewers, first_review_at, review_cycles, rework_commit_count, parts_complete,
		(SELECT count(*) FROM prs_commits WHERE active) FROM prs" \
	"250|1|2025-01-05 00:00:00|1|250|t|250" "$a $b $c $d" "$d $c $b $a"

# Comments of threads: all there are, once pages have brought every thread.
threads() { # MORE THREAD…: ID:COMMENTS each
	local more=$1
	shift
	printf '%s\n' "$@" | jq -Rn --argjson more "$more" \
		'{totalCount: 3, pageInfo: {hasNextPage: $more}, nodes: [inputs | split(":") as [$id, $n]
		| {id: $id, path: "p", comments: {totalCount: ($n | tonumber), nodes: [range($n | tonumber) |
		{id: "PRRC_\($id)\(.)", body: "b", author: {login: "z"}}]}}]}'
}
answer "{id: \"PR_1\", number: 1, title: \"t\", updatedAt: \"2025-02-01T00:00:00Z\",
	reviewThreads: $(threads true T1:1 T2:3)}" | store_with null
a=$BATCH
jq -cn "{data: {node: {id: \"PR_1\", reviewThreads: $(threads false T3:2)}}}" | store_with null
b=$BATCH
empty
process "$a"
check_is "comments of some threads are no number" \
	"$(sql "SELECT review_comment_count IS NULL, parts_complete FROM prs")" "t|f"
any_order "with the last page of threads it is that of all" \
	"SELECT review_comment_count, parts_complete, (SELECT count(*) FROM prs_comments WHERE active) FROM prs" \
	"6|t|6" "$a $b" "$b $a"

# -- a complete list ends what is gone
commits() { # FROM TO
	echo "{totalCount: ($2 - $1), pageInfo: {hasNextPage: false},
		nodes: [range($1; $2) | {commit: {oid: \"c\(.)\"}}]}"
}
for n in 1 2 3; do
	answer "{id: \"PR_1\", number: 1, title: \"t\", updatedAt: \"2025-02-0${n}T00:00:00Z\",
		commits: $(commits "$n" "$((n + 2))"),
		reviews: {totalCount: ($n % 2),
		nodes: [{id: \"PRR_1\", state: \"APPROVED\", author: {login: \"b\"}}][:$n % 2]}}" | store_with null
	eval "v$n=$BATCH"
done
# shellcheck disable=SC2154 # v1 … are set by eval
any_order "commits of a force push, a review that is back" \
	"SELECT commit_count, reviewers, (SELECT string_agg(external_id, ',' ORDER BY external_id) FROM prs_commits
		WHERE active), (SELECT count(*) FROM prs_commits), parts_complete FROM prs" \
	"2|1|c3,c4|4|t" "$v1 $v2 $v3" "$v3 $v2 $v1" "$v2 $v3 $v1"
jq -cn '[{id: 1, node_id: "PR_1", number: 1, title: "t", html_url: "https://github.com/org/rep/pull/1",
	updated_at: "2025-03-01T00:00:00Z", commits: [{sha: "c8"}, {sha: "c9"}]}]' | store_with null
process "$BATCH"
check_is "an array in a whole pull request is complete" \
	"$(sql "SELECT commit_count, (SELECT string_agg(external_id, ',' ORDER BY external_id) FROM prs_commits
		WHERE active) FROM prs")" "2|c8,c9"

# -- errors beside data
jq -cn '{data: {repository: {id: "R_1", nameWithOwner: "org/rep",
	pullRequests: {nodes: [{id: "PR_2", number: 2, title: "t", updatedAt: "2025-02-01T00:00:00Z", mergedBy: null,
	reviews: null, commits: {nodes: []}}]}}},
	errors: [{path: ["repository", "pullRequests", "nodes", 0, "reviews"], message: "slow"}]}' | store_with null
process "$BATCH"
check_is "nulls of errors are no reviews that are none" \
	"$(outcome incomplete) $(sql "SELECT reviewers IS NULL, commit_count FROM prs WHERE number = 2")" \
	'[{"what": "errors", "place": ["repository", "pullRequests", "nodes", 0, "reviews"], "message": "slow"}] t|0'
jq -cn '{data: {node: null}, errors: [{message: "not found"}]}' | store_with null
process "$BATCH"
check_is "an answer that is only an error is refused with its sentence" \
	"$(cat "$TMP/outcome.err" | grep -c 'not found')" 1

# -- a census
empty
jq -cn '{repository: {id: "R_1", nameWithOwner: "org/rep"},
	pullRequests: {nodes: [range(1; 21) |
	{id: "PR_\(.)", number: ., title: "t", updatedAt: "2025-02-01T00:00:00Z"}]}}' | store_with null
all=$BATCH
process "$all"
gone="SELECT COALESCE(string_agg(number::text, ' ' ORDER BY number), 'none') FROM prs WHERE NOT active"
jq -cn '[range(11; 20) | {number: .}]' |
	store_with '{"census": "c1", "page": 2, "last": true, "repository": "Org/Rep"}' github_pr_numbers_batch
process "$BATCH"
check_is "a census that has not ended changes nothing" "$(sql "$gone")" none
jq -cn '{repository: "org/rep", census: "c1", page: 1, numbers: [range(1; 11)]}' | store_with null \
	github_pr_numbers_batch
process "$BATCH"
check_is "what it lacks is gone, once all pages are there" "$(sql "$gone")" 20
changes_nothing "twice is once" "$all"
changes_nothing "and the census" "$BATCH"
answer '{id: "PR_20", number: 20, title: "t", updatedAt: "2025-02-01T00:00:00Z"}' | store_with null
process "$BATCH"
check_is "a later answer brings it back" "$(sql "$gone")" none
jq -cn '{repository: "org/rep", last: true, numbers: [range(1; 18)]}' | store_with null github_pr_numbers_batch
process "$BATCH"
check_is "a census of too few changes nothing, and says so" \
	"$(sql "$gone") $(outcome incomplete | jq -c '.[0] | [.given, .total]')" "none [17,20]"
done_testing
