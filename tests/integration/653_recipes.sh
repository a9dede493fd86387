#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# docs/clients.md: its recipes work, and store each batch once, also when the
# service is not there at first.
. "$(dirname "$0")/lib.sh"
app_up
recipes=$ETL_SOURCE/docs/clients.md
export ETL_URL ETL_CURLRC NO_PROXY='*' no_proxy='*'

# The first block below a heading.
block() { # HEADING
	awk -v heading="## $1" '$0 == heading { on = 1; next }
		on && /^## / { exit }
		on && /^    / { some = 1 }
		on && some && /^[^ ]/ { exit }
		on && (/^    / || (some && /^$/)) { print substr($0, 5) }' "$recipes"
}
stored() { # ROWS: of all entity types together
	check_is "$1" "$(sql "SELECT count(*), count(DISTINCT raw_data_sha256) FROM raw_extraction_data")" "$2|$2"
}
# Nobody answers for some seconds: nginx says 502.
late() {
	app stop pool
	(sleep 2; app start pool) >"$TMP/late" 2>&1 &
}
cd "$TMP" || exit 1

# -- curl
echo '{"issues":[{"id":"1","key":"A-1"}]}' >answer.json
block curl >curl.sh
check_match "the recipe for curl is there" "$(cat curl.sh)" 'Idempotency-Key'
late
check "curl: it waits for the service" bash -eu curl.sh
wait
check_is "curl: the batch is stored" "$(jq -c .queued stored.json)" true
check "curl: once more" bash -eu curl.sh
check_match "curl: it is told so" "$(jq -r .message stored.json)" 'Stored before'
stored "it is one batch" 1

# -- a folder
mkdir folder
for n in 1 2 3; do echo "{\"issues\":[{\"id\":\"1$n\",\"key\":\"B-$n\"}]}" >"folder/$n.json"; done
echo '{"issues":' >folder/4.json
{ block 'A folder, in sh'; echo 'load folder'; } >load.sh
late
dash -eu load.sh >loaded 2>err
wait
check_is "sh: what is stored has moved" "$(echo folder/* folder/stored/*)" \
	"folder/4.json folder/stored folder/stored/1.json folder/stored/2.json folder/stored/3.json"
check_match "sh: what is refused stays, and is told" "$(cat loaded)" '^folder/4.json: [a-z_]+: .*JSON'
cp folder/stored/2.json folder
dash -eu load.sh >loaded 2>err
check_is "sh: the same once more has moved, too" "$(echo folder/*)" "folder/4.json folder/stored"
stored "each is one batch" 4

# -- Go; its compiler is too large for deploy/install-deps
rows=4
if command -v go >/dev/null; then
	block 'Go, with its standard library' >pulse.go
	cat >use.go <<-'GO'
		package main

		import (
			"errors"
			"fmt"
			"os"
			"regexp"
		)

		func main() {
			url := os.Getenv("ETL_URL")
			secret, _ := os.ReadFile(os.Getenv("ETL_CURLRC"))
			token := string(regexp.MustCompile(`Bearer ([^"]*)`).FindSubmatch(secret)[1])
			type object map[string]any
			batch := object{"integration_id": 1, "entity_type": "jira_issues_batch",
				"raw_data": object{"issues": []object{{"id": "3", "key": "D-1"}}}}
			first, err := Store(url, token, batch, 8)
			if err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
			again, _ := Store(url, token, batch, 8)
			fmt.Println(first.RawDataID == again.RawDataID, first.Queued)
			batch["integration_id"] = 999
			var refused *Refused
			if _, err = Store(url, token, batch, 8); errors.As(err, &refused) {
				fmt.Println(refused.Code, refused.Status)
			}
			_, err = Store("http://127.0.0.1:1", token, batch, 2)
			if err != nil && !errors.As(err, &refused) {
				fmt.Println("nobody")
			}
		}
	GO
	check "the recipe for Go compiles" env GO111MODULE=off GOCACHE="$TMP/go" go build -o use pulse.go use.go
	late
	./use >used 2>err
	wait
	note_file err
	check_is "Go: stored once, refused with a code, given up after its tries" "$(paste -sd ' ' used)" \
		"true true no_integration 404 nobody"
	rows=5
	stored "it is one batch" $rows
else
	skip "the recipe for Go" "there is no go: apt-get install golang-go"
fi

# -- Python
if ! command -v python3 >/dev/null; then
	skip "the recipe for Python" "there is no python3"
	done_testing
fi
block 'Python, with its standard library' >pulse.py
cat >use.py <<'PYTHON'
import os, re, pulse

url = os.environ["ETL_URL"]
token = re.search("Bearer ([^\"]*)", open(os.environ["ETL_CURLRC"]).read()).group(1)
batch = {"integration_id": 1, "entity_type": "jira_issues_batch", "raw_data": {"issues": [{"id": "2", "key": "C-1"}]}}
first = pulse.store(url, token, batch)
again = pulse.store(url, token, batch)
print(first["success"], first["raw_data_id"] == again["raw_data_id"])
for wrong in ({**batch, "integration_id": 999}, {**batch, "entity_type": ""}):
    try:
        pulse.store(url, token, wrong)
    except pulse.Refused as refused:
        print(refused.code, refused.problem["status"])
try:
    pulse.store("http://127.0.0.1:1", token, batch, tries=2)
except OSError:
    print("nobody")
PYTHON
late
python3 -B use.py >used 2>err
wait
note_file err
check_is "Python: stored once, refused with a code, given up after its tries" "$(paste -sd ' ' used)" \
	"True True no_integration 404 invalid 422 nobody"
stored "it is one batch" $((rows + 1))
done_testing
