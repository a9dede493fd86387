#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What deploy/ has for containers, read: the Dockerfile by a linter, the compose
# file and Kubernetes' objects by their schemas, and what they name. And the
# container's first program. make check-containers runs all of it.
. "$(dirname "$0")/lib.sh"
entry=$ETL_SOURCE/deploy/container/entrypoint

# -- secrets come as files
echo 'postgresql://h/d' >"$TMP/secret"
secret() { env -u DATABASE_URL "$@" "$entry" sh -c 'printf "%s" "${DATABASE_URL-none}"' 2>"$TMP/err"; }
check_is "a secret is read from its file" "$(secret DATABASE_URL_FILE="$TMP/secret")" postgresql://h/d
check_is "the variable wins" "$(secret DATABASE_URL_FILE="$TMP/secret" DATABASE_URL=mine)" mine
check_is "there may be none" "$(secret)" none
secret DATABASE_URL_FILE="$TMP/nowhere" >"$TMP/out"
check_is "a file that is not there: 78" "$?" 78
check_match "and which" "$(cat "$TMP/err")" "DATABASE_URL_FILE names $TMP/nowhere"
"$entry" >"$TMP/out"
check_is "without a command: 64" "$?" 64
for name in pool relay worker migrate; do
	check "--help tells of $name" grep -q "^  $name " <("$entry" --help)
done
for name in $("$entry" --help | grep -o '[A-Z_]*[A-Z]_FILE'); do
	check "$name is a setting's" grep -qE "Environment: (${name%_FILE}|$name)\." "$ETL_SOURCE/deploy/etl.conf"
done

# -- the files
# shellcheck source=tests/openapi/tools.sh
. "$ETL_SOURCE/tests/openapi/tools.sh"
# shellcheck source=tests/containers/tools.sh
. "$ETL_SOURCE/tests/containers/tools.sh"
check_containers() { CONTAINER_TOOLS=$TMP/tools node "$ETL_SOURCE/tests/containers/check.mjs" "$1"; }
if openapi_install "$TMP/tools" 2>"$TMP/err"; then
	check_containers "$ETL_SOURCE" >"$TMP/tap" 2>"$TMP/err"
	check_is "the check of the files comes to its end" "$?" 0
	note_file "$TMP/err"
	while IFS= read -r line; do
		case $line in
		'ok '*) passed "${line#ok * - }" ;;
		'not ok '*) failed "${line#not ok * - }" ;;
		'#'*) echo "$line" ;;
		esac
	done <"$TMP/tap"
	# It finds what is wrong: all of it at once, for each look takes seconds.
	mkdir "$TMP/wrong"
	cp -r "$ETL_SOURCE/deploy" "$TMP/wrong"
	wrong() { sed -i "$2" "$TMP/wrong/deploy/$1"; } # FILE SED COMMAND
	wrong Dockerfile '/^USER/d'
	wrong docker-compose.yml 's/^    shm_size:/    shm_bytes:/; s/^      pool:$/      pond:/'
	wrong kubernetes/base/pool.yaml 's/periodSeconds: 2$/periodSecond: 2/'
	wrong kubernetes/base/relay.yaml 's/replicas: 1/replicas: one/'
	wrong kubernetes/base/service.yaml 's/component: pool/component: pond/'
	wrong kubernetes/autoscale/workers.yaml 's/name: pulse-etl-worker$/name: pulse-etl-wroker/'
	check_containers "$TMP/wrong" >"$TMP/tap" 2>"$TMP/err"
	found() { # NAME CASE LINE: both are regular expressions
		awk -v name="$2" -v line="$3" '/^(not )?ok/ { on = /^not/ && $0 ~ name; next }
			on && $0 ~ line { found = 1 } END { exit !found }' "$TMP/tap"
		check "found: $1" [ $? = 0 ]
	}
	found "an image that is root's" 'service: a user' USER
	found "a key that compose does not know" 'as its specification' services/postgres
	found "a service that is not there" 'waited for' 'nginx: pond'
	found "a field that Kubernetes does not know" 'its type does not know' periodSecond
	found "a type that is wrong" 'base: each object' 'pulse-etl-relay'
	found "a selector that finds nothing" 'base: services' '# pulse-etl$'
	found "a scaler of nothing" 'autoscale: scalers' wroker
elif [ "${ETL_REQUIRE_NODE-}" = 1 ]; then
	failed "the tools come from npm"
	note_file "$TMP/err"
else
	skip "schemas and linters" "$(tail -n 1 "$TMP/err")"
fi
done_testing
