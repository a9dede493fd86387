#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Whom an extractor shows its credentials: nobody but the host that the
# integration names, whose certificate is for it, at an address that is allowed.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/extract.sh
. "$(dirname "$0")/extract.sh"

repositories=$(jq -cn '[range(120) | {name: "r\(.)", prs: 0}]')
ETL_APP_WORKERS=0 extract_up '{"jira": {"projects": [{"key": "AA", "issues": 5, "changes": 1}]},
	"github": {"owner": "acme", "repositories": '"$repositories"'}}' \
	'extract_networks = 127.0.0.1 127.0.0.3 ::1' 'extract_wait = 1'
secret=token-that-nobody-may-see
text() { run_row "errors->0->>'text'"; }
fault() { # ORDER
	control PUT faults "[$1]" >"$TMP/out"
	control DELETE requests >"$TMP/out"
}
asked_of() { asked "[.[] | select(.on == \"$1\")] | length"; }
refused() { # NAME BASE_URL STATE REGEX
	local id
	id=$(integration "Jira $1" "$2" "$secret")
	extract "$id" jira_projects
	check_match "$1: $3" "$(run_ends): $(text)" "^$3: .*$4"
}

# -- certificates
for host in "$SOURCE_MISFIT" "$SOURCE_IMPOSTOR"; do
	check_is "$host answers who does not look at its certificate" \
		"$(curl -sk --noproxy '*' -o "$TMP/out" -w '%{http_code}' "$host/x")" 200
done
control DELETE requests >"$TMP/out"
refused "a certificate for another name" "$SOURCE_MISFIT" failed 'SSL peer certificate'
refused "a certificate that nobody has signed" "$SOURCE_IMPOSTOR" failed 'SSL peer certificate'
check_is "neither was asked anything" "$(asked_of misfit) $(asked_of impostor)" "0 0"

# -- addresses, however they are written
refused "the address next to an allowed one" "$SOURCE_ELSEWHERE" partial 'private network'
refused "IPv4 in IPv6" 'https://[::ffff:10.0.0.1]' partial 'private network'
refused "an address as one number" 'https://167772161' partial 'private network'
refused "an address with an octal number" 'https://012.0.0.1' partial 'private network'
refused "a cloud's own address" 'https://169.254.169.254' partial 'private network'
refused "the network of a translator" 'https://[64:ff9b::a00:1]' partial 'private network'
check_is "nobody was asked there" "$(asked_of elsewhere)" 0

# -- redirects
jira=$(integration 'My Jira' "$SOURCE_JIRA" "$secret")
redirected() { # NAME TO
	fault "{\"path\": \"project/search$\", \"do\": \"redirect\", \"to\": \"$2\", \"times\": 0}"
	extract "$jira" jira_projects
	check_match "$1: partial" "$(run_ends): $(text)" '^partial: status 302'
	check_is "$1: asked once, and nobody else" "$(asked '[.[] | .on] | join(" ")')" '"jira"'
}
port=${SOURCE_JIRA##*:}
redirected "a redirect to another host" elsewhere
redirected "one to another port" "$SOURCE_DATACENTER/rest/api/3/project/search"
redirected "one to the same without TLS" "http://localhost:$port/rest/api/3/project/search"
redirected "one that looks like the same" "https://localhost:$port@127.0.0.1:${SOURCE_GITHUB##*:}/"
redirected "one to a file" 'file:///etc/passwd'
fault '{"path": "project/search$", "do": "redirect", "to": "same", "times": 0}'
extract "$jira" jira_projects
check_match "one that leads to itself for ever: partial" "$(run_ends): $(text)" '^partial: status 302'
check_is "after five" "$(asked length)" 6

# -- an integration that is given another address in the middle of a run
github=$(integration 'GitHub acme' "$SOURCE_GITHUB" "$secret" '{"organization": "acme"}')
fault '{"on": "github", "path": "repos$", "from": 2, "do": "exhausted", "reset_epoch": 60}'
extract "$github" github_repositories
waits() { [ "$(run_state)" = waiting ]; }
check "a run waits between its pages" wait_until 20 waits
api PUT "integrations/$github" --data "{\"base_url\": \"$SOURCE_MISFIT\"}"
check_is "then its integration gets another address" "$STATUS" 200
fault ''
sql "UPDATE extract_runs SET resume_at = now() WHERE id = $run"
check_match "its next page is not asked of the old one" "$(run_ends): $(text)" '^partial: .*another host'
check_is "nobody was asked" "$(asked length)" 0

api GET integrations
check_fails "no answer has the credentials" grep -q "$secret" "$BODY"
check_fails "no log has them" grep -rq "$secret" "$APP_LOGS"
check_fails "no row has them" grep -q "$secret" <(sql "SELECT i, r FROM integrations AS i, extract_runs AS r")
sources_down
done_testing
