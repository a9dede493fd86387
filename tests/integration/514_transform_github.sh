#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Repositories, pull requests in both forms, what belongs to them, and links
# between them and work items, whichever comes first.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/transform.sh"
app_up
data=$ETL_SOURCE/tests/data

# -- a page of GraphQL
store_batch github_prs_batch "$data/github/graphql_pull_requests.json" 2
graphql=$BATCH
check "a page of GraphQL is processed" process "$graphql"
rows_are "the repository that nobody knew is made of what it says" \
	"SELECT external_id, name, full_name, description, integration_id, active FROM repositories" <<'ROWS'
R_kgDOGAnts01|ants|example/ants||2|t
ROWS
check_is "all is of this integration, and active" \
	"$(sql "SELECT string_agg(DISTINCT integration_id || ' ' || active, ',') FROM (SELECT integration_id, active
		FROM prs UNION SELECT integration_id, active FROM prs_commits UNION SELECT integration_id, active
		FROM prs_reviews UNION SELECT integration_id, active FROM prs_comments) AS t")" "2 true"
rows_are "every column of a pull request" \
	"SELECT p.external_id, external_repo_id, r.full_name, number, p.name, body
	FROM prs p JOIN repositories r ON r.id = repository_id ORDER BY number" <<'ROWS'
PR_kwDOAnts0001|R_kgDOGAnts01|example/ants|101|Pool: release workers that idle 🐜|Fixes the leak of EE-5.

See also EE-1 and UTF-8.
PR_kwDOAnts0002|R_kgDOGAnts01|example/ants|102|EE-9999 is not there yet|
PR_kwDOAnts0003|R_kgDOGAnts01|example/ants|103|No key at all|
ROWS
rows_are "where it comes from" \
	"SELECT number, status, user_name, source, destination, url, merged_by FROM prs ORDER BY number" <<'ROWS'
101|merged|ann|feature/EE-1-release-idle|main|https://github.com/example/ants/pull/101|bob
102|open||main|main|https://github.com/example/ants/pull/102|
103|closed|eve|patch-1|main|https://github.com/example/ants/pull/103|
ROWS
rows_are "its times" \
	"SELECT number, pr_created_at, pr_updated_at, closed_at, merged_at FROM prs ORDER BY number" <<'ROWS'
101|2025-03-01 09:00:00|2025-03-04 12:00:00|2025-03-04 11:59:00|2025-03-04 11:59:00
102|2025-03-05 09:00:00|2025-03-05 09:00:00||
103|2025-03-06 09:00:00|2025-03-06 10:00:00|2025-03-06 10:00:00|
ROWS
counts="SELECT number, commit_count, additions, deletions, changed_files, reviewers, first_review_at, review_cycles,
	rework_commit_count, discussion_comment_count, review_comment_count FROM prs ORDER BY number"
rows_are "what follows from its parts; given numbers, else the sum of its commits" "$counts" <<'ROWS'
101|3|120|30|4|2|2025-03-02 15:00:00|2|2|2|3
102|40||||0||0|||
103|0|1|0|1|0||0|0|0|0
ROWS
rows_are "commits" "SELECT p.number, left(c.external_id, 4), author_name, author_email, committer_name,
	committer_email, message, authored_date, committed_date
	FROM prs_commits c JOIN prs p ON p.id = pr_id ORDER BY c.external_id" <<'ROWS'
101|1111|Ann|ann@example.com|Ann|ann@example.com|pool: release idle workers|2025-03-01 08:30:00|2025-03-01 08:31:00
101|2222|Ann|ann@example.com|GitHub|noreply@example.com|pool: review|2025-03-03 08:00:00|2025-03-03 08:05:00
101|3333|||||pool: review again|2025-03-04 09:00:00|
102|4444|Zoë|zoe@example.com|Zoë|zoe@example.com|one|2025-03-05 08:00:00|2025-03-05 08:00:00
102|5555|Zoë|zoe@example.com|Zoë|zoe@example.com|two|2025-03-05 08:10:00|2025-03-05 08:10:00
ROWS
rows_are "reviews" "SELECT p.number, r.external_id, author_login, state, r.body, submitted_at FROM prs_reviews r
	JOIN prs p ON p.id = pr_id ORDER BY 2" <<'ROWS'
101|PRR_1|bob|CHANGES_REQUESTED|A test, please.|2025-03-02 15:00:00
101|PRR_2|eve|COMMENTED||2025-03-02 16:00:00
101|PRR_3|bob|APPROVED||2025-03-04 11:00:00
101|PRR_4||PENDING||
ROWS
rows_are "comments, those of threads with their place" \
	"SELECT c.external_id, comment_type, author_login, c.body, path, position, line, created_at_github,
		updated_at_github FROM prs_comments c ORDER BY 1" <<'ROWS'
IC_1|issue|eve|Nice.||||2025-03-01 10:00:00|2025-03-01 10:00:00
IC_2|issue||From a ghost||||2025-03-01 11:00:00|2025-03-01 11:30:00
PRRC_1|review|bob|Why here?|pool.go|12|60|2025-03-02 14:50:00|2025-03-02 14:50:00
PRRC_2|review|ann|Because.|pool.go||61|2025-03-03 08:00:00|2025-03-03 08:00:00
PRRC_3|review|eve|Outdated|worker.go|||2025-03-02 16:00:00|2025-03-02 16:00:00
ROWS
changes_nothing "twice is once" "$graphql"

# -- links
linked="SELECT p.number, w.key FROM prs p LEFT JOIN work_items w ON w.id = p.work_item_id
	WHERE p.number > 100 ORDER BY 1"
panels="SELECT w.key, external_repo_id, repo_full_name, pull_request_number, branch_name, commit_sha, pr_status
	FROM wits_prs_links l JOIN work_items w ON w.id = work_item_id ORDER BY 1, 4"
rows_are "no work item yet: no link" "$linked" <<'ROWS'
101|
102|
103|
ROWS
jq -n '{issues: [{id: "5", key: "EE-5"}, {id: "9999", key: "EE-9999"}]}' | feed jira_issues_batch
rows_are "work items that come later find those that named them" "$linked" <<'ROWS'
101|EE-5
102|EE-9999
103|
ROWS
rows_are "and the links are there" "$panels" <<'ROWS'
EE-5|R_kgDOGAnts01|example/ants|101|feature/EE-1-release-idle||merged
EE-9999|R_kgDOGAnts01|example/ants|102|main||open
ROWS
changes_nothing "twice is once" "$BATCH"
jq -n '{issues: [{id: "1", key: "EE-1"}]}' | feed jira_issues_batch
one_key() {
	check_is "$1: the key in the branch comes first" "$(sql "$linked" | head -n 1)" "101|EE-1"
	rows_are "$1: and its link in place of the other's" "$panels" <<'ROWS'
EE-1|R_kgDOGAnts01|example/ants|101|feature/EE-1-release-idle||merged
EE-9999|R_kgDOGAnts01|example/ants|102|main||open
ROWS
}
one_key "an earlier key that comes later"
changes_nothing "twice is once" "$BATCH"
process "$graphql"
one_key "the pull requests again"
sql "DELETE FROM wits_prs_links; UPDATE prs SET work_item_id = NULL, work_item_place = 0"
process "$graphql"
one_key "the other order"
jq -n '[{issue_id: "9999", detail: [{pullRequests: [
	{id: "#103", url: "https://github.com/example/ants/pull/103", status: "DECLINED", source: {branch: "patch-1"},
	lastCommit: {id: "abc"}},
	{id: "#7", url: "https://gitlab.com/group/sub/name/-/merge_requests/7/diffs", status: "OPEN"},
	{id: "#8", url: "https://bitbucket.org/team/repo/pull-requests/8", status: "OPEN"},
	{id: "#9", url: "nonsense"}, {id: "#10"}]}]},
	{issue_key: "EE-5", detail: [{pullRequests: [{url: "https://github.com/example/ants/pull/101",
	status: "MERGED", source: {branch: "from-panel"}, lastCommit: {id: "def"}}]}, {pullRequests: []}]},
	{issue_id: "4711", detail: []}, {detail: []}]' | feed jira_dev_status_batch
panel=$BATCH
check_is "panels: an unknown issue is waited for" "$(outcome waiting)" '["4711"]'
check_json "panels: an unknown issue and one without a name are listed" "$(outcome items) $(outcome list)" \
	'3 [{"index": 0, "place": "detail[0].pullRequests[3].url", "reason": "it names no pull request"},
		{"index": 0, "place": "detail[0].pullRequests[4].url", "reason": "it names no pull request"},
		{"index": 2, "reason": "the issue 4711 is not known"},
		{"index": 3, "reason": "no issue_id or issue_key"}]'
rows_are "panels name pull requests of GitHub, GitLab and Bitbucket" "$panels" <<'ROWS'
EE-1|R_kgDOGAnts01|example/ants|101|feature/EE-1-release-idle||merged
EE-5|R_kgDOGAnts01|example/ants|101|from-panel|def|MERGED
EE-9999|group/sub/name|group/sub/name|7|||OPEN
EE-9999|team/repo|team/repo|8|||OPEN
EE-9999|R_kgDOGAnts01|example/ants|102|main||open
EE-9999|R_kgDOGAnts01|example/ants|103|patch-1|abc|DECLINED
ROWS
rows_are "one that names no work item gets the panel's" "$linked" <<'ROWS'
101|EE-1
102|EE-9999
103|EE-9999
ROWS
changes_nothing "twice is once" "$panel"
jq -n '[{issue_key: "EE-5", detail: [{pullRequests: [{url: "https://github.com/example/ants/pull/101",
	status: "CLOSED", source: {branch: "newer"}}]}]}]' | feed jira_dev_status_batch
changes_nothing "an older panel does not win back" "$panel"
changes_nothing "nor do the pull requests" "$graphql"
check_is "the newer one holds" \
	"$(sql "SELECT branch_name FROM wits_prs_links WHERE branch_name IN ('newer', 'from-panel')")" newer
for shape in '[.[] | select(.issue_id)]' '[{issue_key: "EE-5"} + .[]]'; do
	jq "$shape" "$data/jira/dev_status.json" >"$TMP/panel.json"
	store_batch jira_dev_status_batch "$TMP/panel.json"
	check "real panels, no pull request among them: $shape" process "$BATCH"
done

# -- newest wins
jq '.pullRequests.nodes |= [.[0] | .updatedAt = "2025-03-03T00:00:00Z" | .title = "Older" |
	.comments.nodes[0].body = "Older" | .reviews.nodes = []]' \
	"$data/github/graphql_pull_requests.json" | feed github_prs_batch 2
check_is "an older page changes neither the pull request nor its parts" \
	"$(sql "SELECT p.name, c.body, reviewers FROM prs p JOIN prs_comments c ON c.pr_id = p.id
		WHERE c.external_id = 'IC_1'")" \
	"Pool: release workers that idle 🐜|Nice.|2"
jq '.pullRequests.nodes |= [.[0] | .updatedAt = "2025-03-05T00:00:00Z" | .title = "Newer" |
	.reviews.nodes = [{id: "PRR_5", author: {login: "zed"}, state: "APPROVED",
	submittedAt: "2025-03-02T00:00:00Z"}] | .commits = null]' \
	"$data/github/graphql_pull_requests.json" | feed github_prs_batch 2
check_is "a newer one does, and its parts join those that are there: five reviews, of four that it tells of" \
	"$(sql "SELECT name, commit_count, reviewers, review_cycles, parts_complete, (SELECT count(*) FROM prs_reviews
		WHERE pr_id = p.id) FROM prs p WHERE number = 101")" \
	"Newer|3|||f|5"
changes_nothing "the first page again changes nothing" "$graphql"

# Older and newer halves of a pull request, in either order.
half() { # UPDATED TITLE N
	jq -nc --arg updated "$1" --arg title "$2" --arg n "$3" \
		'{repository: {id: "R_half", nameWithOwner: "example/half"},
			pullRequests: {nodes: [{id: "PR_half", number: 900, title: $title, updatedAt: $updated,
		commits: {nodes: [{commit: {oid: "h\($n)", message: $title,
		authoredDate: "2025-04-0\($n)T00:00:00Z"}},
		{commit: {oid: "both", message: $title, authoredDate: "2025-01-01T00:00:00Z"}}]},
		reviews: {nodes: [{id: "R\($n)", author: {login: "r\($n)"}, state: "APPROVED",
		submittedAt: "2025-03-0\($n)T00:00:00Z"}, {id: "Rb", author: {login: "b"}, state: $title,
		submittedAt: "2025-03-09T00:00:00Z"}]},
		comments: {nodes: [{id: "C\($n)", body: $title}, {id: "Cb", body: $title}]}}]}}'
}
halves() {
	sql "SELECT name, pr_updated_at, commit_count, reviewers, first_review_at, review_cycles, rework_commit_count,
		discussion_comment_count FROM prs WHERE number = 900;
		SELECT external_id, message FROM prs_commits WHERE pr_id = (SELECT id FROM prs
		WHERE number = 900) ORDER BY 1;
		SELECT external_id, state FROM prs_reviews WHERE pr_id = (SELECT id FROM prs
		WHERE number = 900) ORDER BY 1;
		SELECT external_id, body FROM prs_comments WHERE pr_id = (SELECT id FROM prs
		WHERE number = 900) ORDER BY 1"
}
half 2025-05-01T00:00:00Z Old 1 | feed github_prs_batch 2
old_half=$BATCH
half 2025-05-02T00:00:00Z New 2 | feed github_prs_batch 2
halves >"$TMP/halves"
check_is "halves of a pull request: all that is stored counts" \
	"$(head -n 1 "$TMP/halves")" "New|2025-05-02 00:00:00|3|3|2025-03-01 00:00:00|2|2|3"
check_is "what both have is as in the newer one" "$(grep -E '^(both|Rb|Cb)' "$TMP/halves" | tr '\n' ' ')" \
	"both|New Rb|NEW Cb|New "
changes_nothing "twice is once" "$old_half"
sql "DELETE FROM prs_commits WHERE external_id ~ '^(h|both)'; DELETE FROM prs_reviews WHERE external_id ~ '^R[12b]$';
	DELETE FROM prs_comments WHERE external_id ~ '^C[12b]$'; DELETE FROM prs WHERE number = 900"
process "$BATCH"
process "$old_half"
check_is "the other order gives the same" "$(halves)" "$(cat "$TMP/halves")"
changes_nothing "twice is once" "$old_half"
sql "DELETE FROM prs_commits WHERE external_id ~ '^(h|both)'; DELETE FROM prs_reviews WHERE external_id ~ '^R[12b]$';
	DELETE FROM prs_comments WHERE external_id ~ '^C[12b]$'; DELETE FROM prs WHERE number = 900;
	DELETE FROM repositories WHERE external_id = 'R_half'"

# -- REST
jq '{items: [.[].base.repo | del(.node_id)]}' "$data/github/pull_requests.json" >"$TMP/repos.json"
jq '[{id: 77, full_name: "example/ants", private: true, archived: false, default_branch: "main",
	updated_at: "2025-01-01T00:00:00Z"}, {id: 5}, {full_name: "x/y"}]' -n >"$TMP/more.json"
store_batch github_repositories_batch "$TMP/repos.json" 2
process "$BATCH"
store_batch github_repositories_batch "$TMP/more.json" 2
process "$BATCH"
check_is "repositories: what cannot be read is listed" \
	"$(outcome list)" '[{"index": 1, "reason": "no name"}, {"index": 2, "reason": "no id"}]'
rows_are "repositories of REST; one is the same under either form of its id" \
	"SELECT external_id, name, full_name, is_private, repo_created_at, repo_updated_at, language, default_branch,
		archived FROM repositories ORDER BY full_name" <<'ROWS'
R_kgDOGAnts01|ants|example/ants|t||2025-01-01 00:00:00||main|f
134018330|ants|panjf2000/ants|f|2018-05-19 01:13:38|2022-06-13 15:27:54|Go|master|f
ROWS
changes_nothing "twice is once" "$BATCH"
jq '.[0].updated_at = "2024-01-01T00:00:00Z" | .[0].private = false' "$TMP/more.json" >"$TMP/older.json"
store_batch github_repositories_batch "$TMP/older.json" 2
process "$BATCH"
rows_are "with description, address and last push" \
	"SELECT description, url, pushed_at FROM repositories WHERE external_id = '134018330'" \
	< <(jq -r '.[0].base.repo | [.description, .html_url, (.pushed_at | sub("T"; " ") | sub("Z"; ""))] |
		join("|")' "$data/github/pull_requests.json")
check_is "an older one changes nothing" \
	"$(sql "SELECT is_private FROM repositories WHERE full_name = 'example/ants'")" t
store_batch github_prs_batch "$data/github/pull_requests.json" 2
process "$BATCH"
rows_are "a REST list, one pull request in it twice" \
	"SELECT number, external_id, external_repo_id FROM prs WHERE number < 100 ORDER BY number" <<'ROWS'
4|MDExOlB1bGxSZXF1ZXN0MjAzNzU2NzM2|MDEwOlJlcG9zaXRvcnkxMzQwMTgzMzA=
8|MDExOlB1bGxSZXF1ZXN0MjExNjAzNTgz|MDEwOlJlcG9zaXRvcnkxMzQwMTgzMzA=
ROWS
rows_are "with what it says of them" \
	"SELECT number, status, user_name, source, destination, merged_at, length(name) > 10
	FROM prs WHERE number < 100 ORDER BY number" <<'ROWS'
4|merged|barryz|pre_allocate|master|2018-07-26 02:32:41|t
8|closed|hongli-my|dev|master||t
ROWS
jq --slurpfile commits "$data/github/pull_request_commits.json" \
	--slurpfile reviews "$data/github/pull_request_reviews.json" \
	--slurpfile comments "$data/github/pull_request_review_comments.json" \
	'{prs: [.[2] + {commits: $commits[0], reviews: $reviews[0], review_comments: $comments[0], comments: 6,
		additions: 9, deletions: 8, changed_files: 7, merged_by: {login: "m"}}]}' \
	"$data/github/pull_requests.json" >"$TMP/single.json"
single=$TMP/single.json
store_batch github_prs_batch "$single" 2
process "$BATCH"
check_is "a single REST answer with its parts" \
	"$(sql "SELECT commit_count, additions, deletions, changed_files, reviewers, review_cycles,
		discussion_comment_count, review_comment_count, merged_by FROM prs WHERE number = 8")" \
	"$(jq -r '.prs[0] | [(.commits | unique_by(.sha) | length), 9, 8, 7, ([.reviews[].user.login] | unique |
		length), ([.reviews | unique_by(.id)[] |
		select(.state == "APPROVED" or .state == "CHANGES_REQUESTED")] | length), 6,
		(.review_comments | unique_by(.id) | length), "m"] | map(tostring) | join("|")' "$single")"
changes_nothing "twice is once" "$BATCH"
store_batch github_prs_batch "$data/github/pull_requests.json" 2
changes_nothing "a list lacks what the single answer had: it stays" "$BATCH"
done_testing
