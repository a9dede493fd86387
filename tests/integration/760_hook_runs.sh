#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A webhook has what it names read soon; many of them are one run.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/extract.sh"
command -v node >/dev/null || skip_all "node is missing: deploy/install-deps"
extract_up '{"jira": {"projects": [{"key": "AA", "issues": 4, "changes": 1}, {"key": "BB", "issues": 3, "changes": 1}]},
	"github": {"repositories": [{"name": "web", "prs": 3, "commits": 2}]}}' 'hook_delay = 600' || {
	failed "the stand-in starts"
	done_testing
}
jira=$(integration "Jira stand-in" "$SOURCE_JIRA" ok-token)
hub=$(integration "GitHub stand-in" "$SOURCE_GITHUB/api/v3" ok-token)
printf '%064d\n' 7 >"$TMP/secret"
chmod 600 "$TMP/secret"
for id in "$jira" "$hub"; do
	DATABASE_URL=dbname=$PGDATABASE ETL_SECRET_KEYS_FILE=$TMP/keys "$ETL_BUILD/pulse-etl" hook-secret add \
		--tenant 1 --file "$TMP/secret" "$id" >"$TMP/out" 2>&1 || note_file "$TMP/out"
done
sign() { printf 'sha256=%s' "$(openssl dgst -sha256 -hmac "$(cat "$TMP/secret")" <"$TMP/hook" | sed 's/.*= //')"; }
jira_hook() { # KEY DELIVERY
	jq -cn --arg key "$1" '{webhookEvent: "jira:issue_updated", issue: {id: "1", key: $key}}' >"$TMP/hook"
	request POST "/app/etl/hooks/$jira" --data-binary "@$TMP/hook" -H "X-Hub-Signature: $(sign)" \
		-H "X-Atlassian-Webhook-Identifier: $2"
}
runs() { sql "SELECT count(*) FROM extract_runs WHERE job_type = '$1'"; }

control PUT issue '{"key": "AA-2", "status": "Done"}' >"$TMP/out"
for n in 1 2 3; do jira_hook AA-2 "d$n"; done
jira_hook BB-1 d4
jira_hook AA-2 d1
check_is "one that came before is known" "$STATUS" 200
check_is "five deliveries are one run, of two projects" \
	"$(sql "SELECT state, job_params FROM extract_runs WHERE job_type = 'jira_hook'")" \
	'waiting|{"projects": ["AA", "BB"]}'
check_is "which begins later" "$(sql "SELECT resume_at > now() + interval '5 minutes' FROM extract_runs")" t
# Its time has come.
due() { sql "UPDATE extract_runs SET resume_at = now() WHERE state = 'waiting'"; }
run=$(sql "SELECT max(id) FROM extract_runs")
due
check_is "it is read" "$(RUN_SECONDS=150 run_ends)" "done"
check "and processed" wait_until 60 all_processed
check_is "what has changed is there, and nothing else" "$(sql "SELECT w.key, s.original_name FROM work_items AS w
	JOIN statuses AS s ON s.id = w.status_id")" "AA-2|Done"
check_is "the next full run still reads all: nothing was passed over" "$(sql "SELECT count(*) FROM extract_states
	WHERE cursor_at IS NOT NULL")" 0
jira_hook AA-2 d5
check_is "a later one is another run" "$(runs jira_hook)" 2
control PUT pull '{"repository": "web", "number": 2}' >"$TMP/out"
jq -cn '{action: "created", issue: {number: 2}, repository: {id: 42, full_name: "acme/web"}}' >"$TMP/hook"
request POST "/app/etl/hooks/$hub" --data-binary "@$TMP/hook" -H "X-Hub-Signature-256: $(sign)" \
	-H 'X-GitHub-Event: issue_comment' -H 'X-GitHub-Delivery: g1'
due
# shellcheck disable=SC2034 # of extract.sh
run=$(sql "SELECT max(id) FROM extract_runs WHERE job_type = 'github_hook'")
check_is "a comment has its repository read" "$(RUN_SECONDS=150 run_ends)" "done"
check "and processed" wait_until 60 all_processed
check_is "the pull request that changed is there with its commits" \
	"$(sql "SELECT number, commit_count FROM prs WHERE number = 2")" "2|2"
sql "UPDATE integrations SET password = NULL WHERE id = $jira"
check "the second run ends" wait_until 60 sql_is 0 "SELECT count(*) FROM extract_runs WHERE active"
jira_hook AA-2 d6
check_is "without a password there is no run" "$STATUS $(runs jira_hook)" "201 2"
done_testing
