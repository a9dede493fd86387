#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Settings, options, groups and commands that there are none of: refused by
# name, with the one that was meant, by every program.
. "$(dirname "$0")/lib.sh"
need_programs

run() { # PROGRAM ARGUMENT…; sets OUT, CODE
	OUT=$(timeout 10 "$ETL_BUILD/$1" "${@:2}" 2>&1 </dev/null)
	CODE=$?
}

# -- settings: each of them, with two letters exchanged, leads to it
for program in pulse-etl-fcgi pulse-etl-relay pulse-etl-worker pulse-etl; do
	bad=
	case $program in
	pulse-etl) show=(settings show) ;;
	*) show=(--dump-settings) ;;
	esac
	for name in $("$ETL_BUILD/$program" "${show[@]}" | sed -n 's/^\([a-z0-9_]*\) = .*/\1/p'); do
		wrong=$(sed -E 's/^(.*)(.)(.)$/\1\3\2/' <<<"$name")
		[ "$wrong" != "$name" ] || continue
		printf '# a comment\n%s = 1\n' "$wrong" >"$TMP/wrong.conf"
		chmod 640 "$TMP/wrong.conf"
		run $program --config "$TMP/wrong.conf" "${show[@]}"
		[[ "$CODE $OUT" == "78 "*"wrong.conf:2: there is no setting $wrong; did you mean $name;"* ]] ||
			bad+="$wrong: $CODE $OUT; "
	done
	check_is "$program: a misspelt setting is refused with the one that was meant" "$bad" ""
	printf 'quite_another = 1\n' >"$TMP/wrong.conf"
	run $program --config "$TMP/wrong.conf" "${show[@]}"
	check_match "$program: without one where none is near" \
		"$CODE $OUT" '^78 .*there is no setting quite_another; --dump'
done

# -- options
for words in 'pulse-etl-fcgi --confg x:config' 'pulse-etl-relay --dump-setings:dump-settings' \
	'pulse-etl-worker --versoin:version' \
	'pulse-etl-migrate --aply-all:apply-all' 'pulse-etl-migrate --apply-al --rolback-to 3:rollback-to' \
	'pulse-etl --hlep:help' \
	'pulse-etl raw list --tenent 1:tenant' 'pulse-etl raw list --tenant 1 --limt=5:limit' \
	'pulse-etl requeue --tenant 1 --dryrun:dry-run' \
	'pulse-etl token create --tenant 1 --rol writer --expirse 1d:expires' \
	'pulse-etl purge --older-then 1d:older-than' 'pulse-etl import --ulr x y:url' \
	'pulse-etl dead list --limti 3 transform:limit' 'pulse-etl secrets rotate --dry_run:dry-run'; do
	# shellcheck disable=SC2086 # words
	run ${words%:*}
	check_match "${words%:*}: 64, --${words##*:} was meant" "$CODE $OUT" "^64 .*did you mean --${words##*:}\?"
done
run pulse-etl raw list --nothing
check_is "none is told where none is near" "$CODE $(grep -c 'did you mean' <<<"$OUT")" "64 0"
for words in 'raw list --tenant 1 --all' 'raw show --tenant 1 --all 1' 'raw show --tenant 1 --limit 3 1' \
	'raw export --tenant 1 --status failed 1' \
	'raw process --tenant 1 --all 1' 'requeue --tenant 1 --all --output x' 'dead list --number 1 transform' \
	'dead show --all transform' 'dead drop --limit 1 --all transform'; do
	# shellcheck disable=SC2086 # words
	run pulse-etl $words
	check_match "pulse-etl $words: 64, an option of another command" \
		"$CODE $OUT" '^64 .*--[a-z]* is not for this command'
done

# -- groups and commands
for words in 'rwa list:raw' 'requeu --tenant 1:requeue' 'improt x:import' 'raw lst:list' 'token revok 1:revoke' \
	'dead requeu transform:requeue' 'settings shwo:show'; do
	# shellcheck disable=SC2086 # words
	run pulse-etl ${words%:*}
	check_match "pulse-etl ${words%:*}: 64, ${words##*:} was meant" "$CODE $OUT" "^64 .*did you mean ${words##*:}\?"
done
done_testing
