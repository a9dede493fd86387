# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Counting for tests/run and .ci/run.

total_passed=0
total_failed=0
total_skipped=0

# One thing that is right or not, and how long after the start that was known.
tally() { # STATUS NAME
	if [ "$1" = 0 ]; then
		total_passed=$((total_passed + 1))
		echo "ok      $2 (after $SECONDS s)"
	else
		total_failed=$((total_failed + 1))
		echo "FAILED  $2 (after $SECONDS s)"
	fi
}

# Count a TAP file; what died, or has no plan or another one, has failed.
tally_tap() { # FILE STATUS NAME SECONDS
	local passed failed skipped plan text
	passed=$(grep -c '^ok ' "$1" || true)
	failed=$(grep -c '^not ok ' "$1" || true)
	skipped=$(grep -ci '^ok .*[^\\]# SKIP' "$1" || true)
	passed=$((passed - skipped))
	plan=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$1" | tail -n 1)
	text="$3: $passed passed"
	[ "$failed" = 0 ] || text="$text, $failed failed"
	[ "$skipped" = 0 ] || text="$text, $skipped skipped"
	if [ "$plan" != $((passed + failed + skipped)) ]; then
		failed=$((failed + 1))
		text="$text; it ended early (exit code $2)"
	elif [ "$2" != 0 ] && [ "$failed" = 0 ]; then
		failed=1
		text="$text; exit code $2"
	fi
	if [ "$plan" = 0 ]; then
		skipped=1
		text="$3: skipped:$(sed -n 's/^1\.\.0 # SKIP//p' "$1")"
	fi
	total_passed=$((total_passed + passed))
	total_failed=$((total_failed + failed))
	total_skipped=$((total_skipped + skipped))
	if [ "$failed" = 0 ]; then
		echo "ok      $text ($4 s)"
	else
		echo "FAILED  $text ($4 s)"
		grep -E '^(not ok|#)' "$1" || true
	fi
}

# Run make check in a build folder and count the points of every program: of
# its TAP, of Check's summary, or else the program itself.
tally_check() { # FOLDER NAME MAKE ARGUMENTS…
	local folder=$1 name=$2 log trs result points bad
	shift 2
	find "$folder" -name '*.trs' -type f -delete
	log=$folder/check.out
	make -s -C "$folder" -k check "$@" >"$log" 2>&1
	result=$?
	bad=$total_failed
	points=$total_passed
	while IFS= read -r trs; do
		tally_trs "$trs"
	done < <(find "$folder" -name '*.trs' -type f | sort)
	if [ $result != 0 ] && [ "$total_failed" = "$bad" ]; then
		total_failed=$((total_failed + 1))
		tail -n 40 "$log"
	fi
	if [ "$total_failed" = "$bad" ]; then
		echo "ok      $name: $((total_passed - points)) passed (after $SECONDS s)"
	else
		echo "FAILED  $name: $((total_passed - points)) passed, $((total_failed - bad)) failed"
	fi
}

tally_trs() { # FILE
	local log=${1%.trs}.log passed failed skipped counts
	passed=$(grep -c '^:test-result: *\(PASS\|XFAIL\)' "$1" || true)
	failed=$(grep -c '^:test-result: *\(FAIL\|ERROR\|XPASS\)' "$1" || true)
	skipped=$(grep -c '^:test-result: *SKIP' "$1" || true)
	if [ $((passed + failed + skipped)) = 1 ] && [ "$skipped" = 0 ]; then
		# One result for the program: its log may say more.
		if grep -q '^1\.\.[1-9]' "$log" 2>/dev/null; then
			counts="$(grep -c '^ok ' "$log") $(grep -c '^not ok ' "$log")"
		else
			counts=$(sed -nE \
				's/^[0-9]*%: Checks: ([0-9]*), Failures: ([0-9]*), Errors: ([0-9]*).*/\1 \2 \3/p' \
				"$log" 2>/dev/null |
				awk '{ n += $1; bad += $2 + $3 } END { if (NR) print n - bad, bad }')
		fi
		if [ -n "$counts" ]; then
			# What the harness calls failed has failed.
			[ "$failed" = 0 ] || [ "${counts#* }" != 0 ] ||
				counts="${counts% *} 1"
			passed=${counts% *}
			failed=${counts#* }
		fi
	fi
	total_passed=$((total_passed + passed))
	total_failed=$((total_failed + failed))
	total_skipped=$((total_skipped + skipped))
	if [ "$failed" != 0 ]; then
		echo "FAILED  $(basename "${1%.trs}")"
		tail -n 30 "$log" 2>/dev/null | sed 's/^/    /'
	fi
}

# The last line, and the exit code.
tally_end() {
	[ "$total_skipped" = 0 ] || echo "$total_skipped skipped"
	echo "$total_passed passed, $total_failed failed"
	[ "$total_failed" = 0 ]
}
