#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A webhook has the issue or pull request that it names read soon, and nothing
# else; many of them are one run.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/extract.sh"
command -v node >/dev/null || skip_all "node is missing: deploy/install-deps"
# A search sees changes an hour late here.
extract_up '{"jira": {"projects": [{"key": "AA", "issues": 6, "changes": 1, "long": {"AA-4": 140}},
		{"key": "BB", "issues": 3, "changes": 1}], "changelog_max": 40, "lag_seconds": 3600},
	"github": {"repositories": [{"name": "web", "prs": 3, "commits": 2, "long": {"2": {"commits": 120}}}]}}' \
	'hook_delay = 600' || {
	failed "the stand-in starts"
	done_testing
}
jira=$(integration "Jira stand-in" "$SOURCE_JIRA" ok-token)
server=$(integration "Jira DC" "$SOURCE_DATACENTER" ok-token '{"deployment": "server", "projects": ["BB"]}')
hub=$(integration "GitHub stand-in" "$SOURCE_GITHUB/api/v3" ok-token)
printf '%064d\n' 7 >"$TMP/secret"
chmod 600 "$TMP/secret"
for id in "$jira" "$server" "$hub"; do
	DATABASE_URL=dbname=$PGDATABASE ETL_SECRET_KEYS_FILE=$TMP/keys "$ETL_BUILD/pulse-etl" hook-secret add \
		--tenant 1 --file "$TMP/secret" "$id" >"$TMP/out" 2>&1 || note_file "$TMP/out"
done
sign() { printf 'sha256=%s' "$(openssl dgst -sha256 -hmac "$(cat "$TMP/secret")" <"$TMP/hook" | sed 's/.*= //')"; }
jira_hook() { # KEY ID DELIVERY [EVENT] [INTEGRATION]
	jq -cn --arg key "$1" --arg id "$2" --arg event "${4:-jira:issue_updated}" \
		'{webhookEvent: $event, issue: {id: $id, key: $key}}' >"$TMP/hook"
	request POST "/app/etl/hooks/${5:-$jira}" --data-binary "@$TMP/hook" -H "X-Hub-Signature: $(sign)" \
		-H "X-Atlassian-Webhook-Identifier: $3"
}
github_hook() { # EVENT DELIVERY, the body on stdin
	jq -c '. + {repository: {id: 42, full_name: "acme/web"}}' >"$TMP/hook"
	request POST "/app/etl/hooks/$hub" --data-binary "@$TMP/hook" -H "X-Hub-Signature-256: $(sign)" \
		-H "X-GitHub-Event: $1" -H "X-GitHub-Delivery: $2"
}
runs() { sql "SELECT count(*) FROM extract_runs WHERE job_type = '$1'"; }
newest() { sql "SELECT max(id) FROM extract_runs WHERE job_type = '$1'"; }
due() { sql "UPDATE extract_runs SET resume_at = now() WHERE state = 'waiting'"; }
read_of() { asked '[.[] | select(.on == "'"$1"'") | .path] | unique'; }

# -- Jira Cloud
control PUT issue '{"key": "AA-2", "status": "Done"}' >"$TMP/out"
for n in 1 2 3; do jira_hook AA-2 10002 "d$n"; done
jira_hook BB-1 20001 d4
jira_hook AA-4 10004 d5
jira_hook AA-2 10002 d1
check_is "one that came before is known" "$STATUS" 200
check_is "six deliveries are one run, of three issues" \
	"$(sql "SELECT state, job_params FROM extract_runs WHERE job_type = 'jira_hook'")" \
	'waiting|{"issues": ["10002", "20001", "10004"]}'
check_is "which begins later" "$(sql "SELECT resume_at > now() + interval '5 minutes' FROM extract_runs")" t
run=$(newest jira_hook)
due
check_is "it is read" "$(RUN_SECONDS=150 run_ends)" "done"
check_is "exactly these are asked for, and the history that was cut" \
	"$(read_of jira | jq -r '.[] | sub("/rest/api/3/"; "")' | paste -sd ' ')" \
	"changelog/bulkfetch issue/10002 issue/10004 issue/20001"
check "and processed" wait_until 60 all_processed
check_is "what a search does not find yet is there" "$(sql "SELECT string_agg(w.key || ' ' || w.history_complete, ', '
	ORDER BY w.key) FROM work_items AS w")" "AA-2 true, AA-4 true, BB-1 true"
check_is "as it is now" "$(sql "SELECT s.original_name FROM work_items AS w JOIN statuses AS s ON s.id = w.status_id
	WHERE w.key = 'AA-2'")" Done
check_is "with the whole history" "$(sql "SELECT history_total FROM work_items WHERE key = 'AA-4'")" 140
check_is "no mark of how far was read has moved" "$(sql "SELECT count(*) FROM extract_states
	WHERE cursor_at IS NOT NULL")" 0

# -- while it reads
control PUT faults '[{"path": "issue/10003$", "do": "late", "pause_ms": 6000}]' >"$TMP/out"
jira_hook AA-3 10003 e1
run=$(newest jira_hook)
due
running() { [ "$(run_state)" = running ]; }
wait_until 30 running
jira_hook AA-1 10001 e2
jira_hook AA-3 10003 e3
jira_hook AA-1 10001 e4
check_is "the run ends as it began" "$(run_ends) $(run_row job_params)" 'done {"issues": ["10003"]}'
check_is "what came meanwhile is the next one, the same issue again, too" \
	"$(sql "SELECT job_params FROM extract_runs WHERE id > $run")" '{"issues": ["10001", "10003"]}'
run=$(newest jira_hook)
check_is "which begins by itself" "$(run_ends)" "done"

# -- what is gone, and what is not to be read
before=$(runs jira_hook)
jira_hook AA-5 10005 f1 jira:issue_deleted
check_is "a deletion has nothing read" "$STATUS $(runs jira_hook)" "201 $before"
control PUT issue '{"key": "AA-5", "deleted": true}' >"$TMP/out"
jira_hook AA-5 10005 f2
jira_hook AA-6 10006 f3
run=$(newest jira_hook)
due
check_is "an issue that is not there any more is named, and the others are read" \
	"$(run_ends) $(run_row "errors->0->>'part', errors->0->>'status', items")" "partial 10005|404|1"
jira_hook AA-1 10001 g1 "" "$server"
check_is "the settings' projects are those that are read" "$STATUS $(sql "SELECT count(*) FROM extract_runs
	WHERE integration_id = $server")" "201 0"
jira_hook BB-2 20002 g2 "" "$server"
run=$(newest jira_hook)
due
check_is "Data Center" "$(run_ends) $(read_of datacenter)" 'done ["/rest/api/2/issue/20002"]'

# -- GitHub
echo '{"action": "created", "issue": {"number": 1}}' | github_hook issue_comment h1
echo '{"ref": "refs/heads/main"}' | github_hook push h2
check_is "what names no pull request has nothing read" "$STATUS $(runs github_hook)" "201 0"
control PUT pull '{"repository": "web", "number": 2}' >"$TMP/out"
echo '{"action": "created", "issue": {"number": 2, "pull_request": {}}}' | github_hook issue_comment h3
check_is "a comment names its pull request" \
	"$(sql "SELECT job_params FROM extract_runs WHERE job_type = 'github_hook'")" \
	'{"pull_requests": ["acme/web#2"]}'
run=$(newest github_hook)
due
check_is "it is read" "$(RUN_SECONDS=150 run_ends)" "done"
check "and processed" wait_until 60 all_processed
check_is "it alone, with all its commits" \
	"$(sql "SELECT number, commit_count, parts_complete FROM prs")" "2|120|t"
echo '{"action": "created", "issue": {"number": 77, "pull_request": {}}}' | github_hook issue_comment h4
run=$(newest github_hook)
due
check_match "one that is not there is named" "$(run_ends) $(run_row "errors->0->>'text'")" '^partial .*PullRequest'

sql "UPDATE integrations SET password = NULL WHERE id = $jira"
before=$(runs jira_hook)
jira_hook AA-2 10002 i1
check_is "without a password there is no run" "$STATUS $(runs jira_hook)" "201 $before"
done_testing
