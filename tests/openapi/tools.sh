# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# What checks openapi.json: the linter and the validator, from npm, in the
# versions named here, in a folder of the run. Nothing of it is shipped.

openapi_tools='@redocly/cli@1.34.20 ajv@8.20.0 ajv-formats@3.0.1'

# Install them into a folder unless they are there. Where npm has no registry
# to ask, or there is no npm, it says why on standard error.
openapi_install() { # FOLDER
	[ ! -e "$1/.installed" ] || return 0
	for program in node npm; do
		command -v "$program" >/dev/null || {
			echo "there is no $program" >&2
			return 1
		}
	done
	mkdir -p "$1"
	echo '{"private":true}' >"$1/package.json"
	# shellcheck disable=SC2086 # one word per package
	if ! npm install --prefix "$1" --fetch-retries=2 --fetch-timeout=60000 --no-audit --no-fund --no-package-lock \
	    --ignore-scripts --loglevel=error $openapi_tools \
	    >"$1/install.log" 2>&1; then
		tail -n 3 "$1/install.log" >&2
		return 1
	fi
	touch "$1/.installed"
}
