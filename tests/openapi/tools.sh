# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# What checks openapi.json, from npm, in the versions named here, in folders of
# the run: the linter and the validator, and what makes clients of it. Nothing of
# it is shipped.

openapi_tools='@redocly/cli@1.34.20 ajv@8.20.0 ajv-formats@3.0.1'
openapi_clients='openapi-typescript@7.13.0 openapi-fetch@0.17.0 @hey-api/openapi-ts@0.80.0 typescript@5.9.3'

# Install packages into a folder unless they are there; one at a time does. Where
# npm has no registry to ask, or there is no npm, it says why on standard error.
openapi_packages() { # FOLDER PACKAGE…
	folder=$1
	shift
	[ ! -e "$folder/.installed" ] || return 0
	for program in node npm; do
		command -v "$program" >/dev/null || {
			echo "there is no $program" >&2
			return 1
		}
	done
	mkdir -p "$folder"
	(
		flock 8
		[ ! -e "$folder/.installed" ] || exit 0
		echo '{"private":true}' >"$folder/package.json"
		if ! npm install --prefix "$folder" --fetch-retries=2 --fetch-timeout=60000 --no-audit --no-fund \
		    --no-package-lock --ignore-scripts --loglevel=error "$@" \
		    >"$folder/install.log" 2>&1; then
			tail -n 3 "$folder/install.log" >&2
			exit 1
		fi
		touch "$folder/.installed"
	) 8>"$folder/.lock"
}

openapi_install() { # FOLDER
	# shellcheck disable=SC2086 # one word per package
	openapi_packages "$1" $openapi_tools
}

openapi_clients_install() { # FOLDER
	# shellcheck disable=SC2086 # one word per package
	openapi_packages "$1" $openapi_clients
}
