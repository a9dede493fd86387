# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# JSON Web Tokens for tests, good and bad. Sourced after lib.sh.

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

# Sign with a file: a secret for HS256, a private key for RS256; "none" signs
# with nothing.
jwt() { # ALGORITHM KEY_FILE CLAIMS [HEADER]
	local header=${4-} signed
	[ -n "$header" ] || header="{\"alg\":\"$1\",\"typ\":\"JWT\"}"
	signed=$(printf '%s' "$header" | base64url).$(printf '%s' "$3" | base64url)
	printf '%s.' "$signed"
	case $1 in
	HS256) printf '%s' "$signed" | openssl dgst -sha256 -mac HMAC \
		-macopt "hexkey:$(od -An -v -tx1 "$2" | tr -d ' \n')" -binary | base64url ;;
	RS256) printf '%s' "$signed" | openssl dgst -sha256 -sign "$2" -binary | base64url ;;
	esac
	echo
}

# A file for TOKEN_FILE with any text as the token.
bearer_file() { # TEXT
	local file
	file=$(mktemp "$TMP/token-XXXXXX")
	printf 'header = "Authorization: Bearer %s"\n' "$1" >"$file"
	echo "$file"
}

claims() { # TENANT ROLE [SECONDS] [MORE]
	printf '{"tenant_id":%s,"user_id":34,"email":"a@example.com","role":"%s","exp":%s%s}' \
		"$1" "$2" $(($(date +%s) + ${3:-3600})) "${4:+,$4}"
}
