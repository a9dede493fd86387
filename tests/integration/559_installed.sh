#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What make install puts where: nginx's settings, systemd's units, completion,
# and a pool that is restarted without a lost request. And what make uninstall
# leaves: nothing.
. "$(dirname "$0")/lib.sh"
ETL_APP_POOL=4 app_up
image=$TMP/image
installed() { make -s -C "$ETL_BUILD" "$@" DESTDIR="$image"; }
check "make install" installed install
files() { (cd "$image" && find . -type f | sort); }
of() { (cd "$image" && find . -path "*$1" | head -n 1); } # END OF A PATH

check "what is installed works: programs, settings, manuals, nginx's settings" installed installcheck
check_is "no path is of the sources' folder" \
	"$(grep -rlF "$ETL_SOURCE" "$image" --include='*.conf' --include='*.service' --include='*.[158]' | wc -l)" 0
check_is "nothing is left to be replaced" \
	"$(grep -rlE '@[a-zA-Z_]+@' "$image" --include='*.conf' --include='*.service' \
		--include=pulse-etl-roll | wc -l)" \
	0

# -- systemd
unit=$(of pulse-etl-pool.service)
if [ -n "$unit" ] && command -v systemd-analyze >"$TMP/out"; then
	for file in "$image/$(dirname "$unit")"/*.service; do
		level=$(systemd-analyze security --offline=yes "$file" 2>"$TMP/err" |
			sed -n 's/.*Overall exposure level for .*: \([0-9.]*\) .*/\1/p')
		check "$(basename "$file") is exposed by 2.0 at most ($level)" awk \
			"BEGIN { exit !(\"$level\" != \"\" && $level + 0 <= 2.0) }"
	done
	check_is "migrations are applied by nobody else" \
		"$(grep -rlE '(Wants|Requires|WantedBy)=.*migrate' "$image/$(dirname "$unit")" | wc -l)" 0
else
	note "systemd is not here: its units were not looked at"
fi

# -- completion
completion=$(of pulse-etl.bash)
[ -n "$completion" ] || "$ETL_BUILD/pulse-etl" completion bash >"$image/pulse-etl.bash"
completes() { # WORD…, the last one being typed; prints what bash offers
	bash -c \
		'. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
		_pulse_etl; printf "%s\n" "${COMPREPLY[@]}" | sort | tr "\n" " "' \
		\
		- "$image/${completion:-pulse-etl.bash}" "$@"
}
check_is "groups are completed" "$(completes pulse-etl te)" "tenant "
check_is "and commands" "$(completes pulse-etl dead '')" "drop list requeue show "
check_is "behind --config FILE as well" "$(completes pulse-etl --config x raw e)" "export "
check_is "options" "$(completes pulse-etl token create --t)" "--tenant "
check_is "what an option may be" "$(completes pulse-etl token create --role '')" "admin reader writer "
check_is "of a group that is a command" "$(completes pulse-etl purge --status d)" "deleted "
check_is "a format" "$(completes pulse-etl raw list --output '')" "json ndjson table tsv "
check "all rows have their options" awk -F: \
	'/^[a-z]+( [a-z]+)?:/ { rows++; for (i = 1; i <= split($2, o, " "); i++)
		if (o[i] !~ /^--[a-z-]+(=[a-z|]+)?$/) exit 1 } END { exit rows < 30 }' \
	"$image/${completion:-pulse-etl.bash}"

# zsh completes on a terminal only: this is one.
cat >"$TMP/typed.zsh" <<'TEXT'
zmodload zsh/zpty
zpty line zsh -f -i
zpty -w line "PROMPT=; stty -echo; fpath=($1 \$fpath); autoload -U compinit; compinit -u -D
	zstyle ':completion:*' menu no; bindkey '^I' complete-word; bindkey '^X' told
	told() { print -rn -- \"<<<\$BUFFER>>>\" }; zle -N told; print READY"
zpty -r -m line text '*READY*'
zpty -w -n line "$2"$'\t\x18'
zpty -r -m line text '*<<<*>>>*'
print -r -- "${${text##*<<<}%%>>>*}"
TEXT
zsh_completes() { timeout 20 zsh -f "$TMP/typed.zsh" "$image/$(dirname "$(of _pulse-etl)")" "pulse-etl $1" |
	sed 's/ *$//'; } # TYPED
if command -v zsh >"$TMP/out"; then
	check_is "zsh completes groups" "$(zsh_completes ten)" "pulse-etl tenant"
	check_is "commands" "$(zsh_completes '--config x raw e')" "pulse-etl --config x raw export"
	check_is "options" "$(zsh_completes 'dead requeue --n')" "pulse-etl dead requeue --number"
	check_is "and what an option may be" \
		"$(zsh_completes 'token create --role re')" "pulse-etl token create --role reader"
else
	note "zsh is not here: its completion was not tried"
fi

# -- what is there for those without systemd, and for AppArmor
script=$image/$(of examples/openrc/pulse-etl)
check "the script for OpenRC is one of sh" sh -n "$script"
if command -v apparmor_parser >"$TMP/out"; then
	check "AppArmor takes the profile" apparmor_parser -Q -K "$image/$(of examples/apparmor/pulse-etl)"
else
	note "AppArmor is not here: its profile was not looked at"
fi

# -- a restart without a lost request
roll=$image/$(of pulse-etl-roll)
store() {
	curl -s -K "$ETL_CURLRC" -o "$TMP/stored" -w '%{http_code}\n' -H 'Content-Type: application/json' \
		--data '{"integration_id":1,"entity_type":"x","raw_data":[]}' \
			"$ETL_URL/app/etl/raw-data/store?tenant_id=1"
}
parent=$(app_pid pool)
children() { tr ' ' '\n' <"/proc/$parent/task/$parent/children" | sed '/^$/d' | sort; }
children >"$TMP/before"
(while [ ! -e "$TMP/enough" ]; do store; done >"$TMP/codes" 2>&1) &
sleep 1
check "the pool is restarted, one responder after the other" env ROLL_SECONDS=30 "$roll" "$parent"
sleep 1
touch "$TMP/enough"
wait
children >"$TMP/after"
check_is "all are new" "$(comm -12 "$TMP/before" "$TMP/after" | wc -l) $(wc -l <"$TMP/after")" "0 4"
check_is "and no request was lost" "$(sort "$TMP/codes" | uniq -c | awk '{ print $2 }' | tr '\n' ' ')" "201 "
check "there were some ($(wc -l <"$TMP/codes"))" [ "$(wc -l <"$TMP/codes")" -gt 20 ]
"$roll" 2>"$TMP/err"
check_is "without a number: 64" "$?" 64
sleep 60 &
"$roll" $! 2>"$TMP/err"
check_is "of a process without children: 69" "$?" 69
kill $!

# -- and away
check "make uninstall" installed uninstall
check_is "leaves no file" "$(files | grep -v '^./pulse-etl.bash$')" ""
check_is "and no folder of its own" "$(cd "$image" && find . -type d -name '*pulse-etl*')" ""
done_testing
