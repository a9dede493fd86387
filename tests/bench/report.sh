# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# From the cells' lines to latest.json, a table and a chart.
# shellcheck disable=SC2154 # of run: work, bench_dir, BENCH_RESULTS

report() {
	mkdir -p "$BENCH_RESULTS"
	jq -s --arg at "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
		--argjson cores "$(nproc)" -f "$bench_dir/summary.jq" \
		"$work/lines" >"$work/latest.json"
	mv "$work/latest.json" "$BENCH_RESULTS/latest.json"
	jq -r -f "$bench_dir/table.jq" "$BENCH_RESULTS/latest.json"
	jq -r -f "$bench_dir/chart.jq" "$BENCH_RESULTS/latest.json" \
		>"$BENCH_RESULTS/latest.svg"
}
