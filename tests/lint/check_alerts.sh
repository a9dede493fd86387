#!/bin/sh
# SPDX-License-Identifier: MIT
# The rules and the dashboard for Prometheus: promtool takes them, rules_test.yml
# passes, each alert says how bad it is and where its paragraph is, and there are
# no paragraphs without one.
set -u
# shellcheck source=tests/lint/tap.sh
. "$(dirname "$0")/tap.sh"

rules=deploy/prometheus/rules.yml

# Each alert: name, then what it lacks. Rules stand as in the source: one key a
# line.
alerts_lacking() {
	awk -v file="$rules" '
		function end() {
			if (name != "" && seen != "severity for summary runbook ")
				print file ":" line ": " name " has only: " seen
		}
		/- alert: / { end(); name = $3; line = FNR; seen = ""; has = "" }
		/^ *severity: (warning|critical)$/ { has = has "s" }
		/^ *for: [0-9]+m$/ { has = has "f" }
		/^ *summary: "/ { has = has "u" }
		/^ *runbook: docs\/operations.md#/ {
			sub(/.*#/, ""); if ($0 == tolower(name)) has = has "r"
		}
		{
			seen = (has ~ /s/ ? "severity " : "") (has ~ /f/ ? "for " : "") \
				(has ~ /u/ ? "summary " : "") (has ~ /r/ ? "runbook " : "")
		}
		END { end() }' "$rules"
}

alerts_without_paragraph() {
	sed -n 's/^ *- alert: //p' "$rules" | sort >"$lint_tmp/alerts"
	sed -n '/^## Runbooks/,/^## [^R]/s/^### \(Etl[A-Za-z]*\)$/\1/p' docs/operations.md |
		sort >"$lint_tmp/paragraphs"
	comm -23 "$lint_tmp/alerts" "$lint_tmp/paragraphs" |
		sed "s|.*|$rules:1: & has no paragraph in docs/operations.md|"
	comm -13 "$lint_tmp/alerts" "$lint_tmp/paragraphs" |
		sed 's|.*|docs/operations.md:1: & is no alert|'
}

# What Grafana puts in for its own words.
expressions() { # DASHBOARD
	jq -r '.. | objects | .expr? // empty | @json' "$1" | sed \
		-e 's/\$__rate_interval/5m/g' -e 's/\$job/pulse-etl/g' \
		-e 's/\$route/.*/g'
}

# The dashboard's expressions as rules, which promtool reads.
dashboard() {
	{
		echo 'groups: [{name: dashboard, rules: ['
		expressions deploy/grafana/etl.json |
			awk '{ print "{record: panel:" NR ", expr: " $0 "}," }'
		echo ']}]'
	} >"$lint_tmp/dashboard.yml"
	[ "$(wc -l <"$lint_tmp/dashboard.yml")" -gt 20 ] ||
		echo "deploy/grafana/etl.json:1: it has no expressions"
	promtool check rules "$lint_tmp/dashboard.yml" >"$lint_tmp/promtool" 2>&1 ||
		sed -n 's|.*error.*|deploy/grafana/etl.json:1: &|p' "$lint_tmp/promtool"
}

promtool_says() { # ARGUMENT…: what it prints if it fails
	promtool "$@" >"$lint_tmp/promtool" 2>&1 || cat "$lint_tmp/promtool"
}
rules_are_read() { promtool_says check rules "$rules"; }
rules_are_tested() { promtool_says test rules deploy/prometheus/rules_test.yml; }
sample_is_read() {
	promtool_says check config --syntax-only deploy/prometheus/prometheus.yml
}

broken $rules <<'Y'
groups:
  - name: a
    rules:
      - alert: EtlOne
        expr: up == 0
        for: 1m
        labels:
          severity: bad
        annotations:
          summary: "one"
          runbook: docs/operations.md#etlone
      - alert: EtlTwo
        expr: up == 0
        for: 1m
        labels:
          severity: critical
        annotations:
          summary: "two"
          runbook: docs/operations.md#etlother
Y
broken docs/operations.md <<'T'
# Operations

## Runbooks

### EtlOne

### EtlThree
T
broken deploy/grafana/etl.json <<'J'
{"panels": [{"targets": [{"expr": "sum(rate(x[$__rate_interval])"}]}]}
J
finds "an alert without its severity or its own paragraph is found" alerts_lacking 2
clean "each alert has severity, for, summary and runbook" alerts_lacking
finds "an alert without a paragraph is found, and the reverse" alerts_without_paragraph 2
clean "each alert has its paragraph in docs/operations.md" alerts_without_paragraph
if command -v promtool >/dev/null && command -v jq >/dev/null; then
	clean "promtool reads the rules" rules_are_read
	clean "the rules' tests pass" rules_are_tested
	clean "promtool reads the sample settings" sample_is_read
	finds "an expression that does not parse is found" dashboard 2
	clean "each expression of the dashboard parses" dashboard
else
	skip "promtool reads rules and dashboard" "promtool or jq is missing: deploy/install-deps"
fi
finish
