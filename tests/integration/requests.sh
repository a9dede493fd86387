# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# For the integration tests, a part of lib.sh: requests and their answers.

TENANT=1

# Sets STATUS, SECONDS_TAKEN; the answer is in the files BODY and HEADERS. The
# media type is JSON unless an argument says otherwise. The caller is the one of
# the instance's token; of TOKEN_FILE, a file for curl -K, where that is set.
request() { # METHOD PATH [CURL ARGUMENT…]
	local method=$1 path=$2 out whole=yes arguments=(-X "$1")
	local token=${TOKEN_FILE-${ETL_CURLRC-}}
	shift 2
	[ "$method" != HEAD ] || arguments=(-I)
	[ ! -e "$token" ] || arguments+=(-K "$token")
	case "$*" in
	*[Cc]ontent-[Tt]ype:*) ;;
	*) arguments+=(-H 'Content-Type: application/json') ;;
	esac
	: >"$BODY"
	: >"$HEADERS"
	out=$(curl -sS -g --noproxy '*' --path-as-is -m 120 -o "$BODY" \
		-D "$HEADERS" -H 'Expect:' -w '%{http_code} %{time_total}' \
		"${arguments[@]}" "$@" "$ETL_URL$path" 2>"$TMP/curl.err") || whole=no
	STATUS=${out%% *}
	# shellcheck disable=SC2034 # for tests
	SECONDS_TAKEN=${out#* }
	[ $whole = no ] || seen "$method" "$path"
}

# A request below /app/etl/ for $TENANT; the one place that says who asks.
api() { # METHOD PATH [CURL ARGUMENT…]
	local method=$1 path=$2 mark='?'
	shift 2
	case $path in *\?*) mark='&' ;; esac
	request "$method" "/app/etl/$path${mark}tenant_id=$TENANT" "$@"
}

# Keep the last answer for tests/openapi, if tests/run asks for it in ETL_SEEN:
# what came, in NAME.meta, NAME.headers and NAME.body. Large payloads say nothing
# more.
seen() { # METHOD PATH
	local name length type lines
	[ -n "${ETL_SEEN-}" ] && [ -d "$ETL_SEEN" ] || return 0
	header_is length Content-Length
	[ "${length:-$(stat -c %s "$BODY")}" -le 2000000 ] || return 0
	seen_count=$((seen_count + 1))
	name=${0##*/}
	name=$ETL_SEEN/${name%.sh}.$BASHPID.$seen_count
	header_is type Content-Type
	printf '%s\n' "$1" "$2" "$STATUS" "$type" >"$name.meta"
	mapfile -t lines <"$HEADERS"
	printf '%s\n' ${lines[@]+"${lines[@]}"} >"$name.headers"
	if [ "$1" = HEAD ]; then : >"$name.body"; else cp "$BODY" "$name.body"; fi
}

# Keep an answer of a curl of one's own, with -o BODY -D HEADERS.
seen_files() { # METHOD PATH BODY HEADERS
	local BODY=$3 HEADERS=$4 STATUS
	[ -e "$BODY" ] && [ -e "$HEADERS" ] || return 0
	STATUS=$(sed -n 's/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$HEADERS" | tail -n 1)
	seen "$1" "$2"
}

# Make a token; prints the name of a file with it for TOKEN_FILE or curl -K.
token_file() { # TENANT ROLE [OPTION…]
	local file
	file=$(mktemp "$TMP/token-XXXXXX")
	DATABASE_URL=$ETL_PGURL "$ETL_BUILD/pulse-etl" token create --tenant "$1" \
		--role "$2" "${@:3}" 2>"$TMP/token.err" |
		sed 's/.*/header = "Authorization: Bearer &"/' >"$file"
	echo "$file"
}

# A header of the last answer, into a variable.
header_is() { # VARIABLE NAME
	local line value=
	while IFS= read -r line || [ -n "$line" ]; do
		line=${line%$'\r'}
		case ${line,,} in
		"${2,,}":*) value=${line#*:} value=${value#"${value%%[! ]*}"} ;;
		esac
	done <"$HEADERS"
	printf -v "$1" %s "$value"
}
header() { # NAME
	local header
	header_is header "$1"
	printf '%s\n' "$header"
}

# jq on the last answer.
json() { # FILTER
	jq -r "$1" "$BODY" 2>"$TMP/jq.err"
}

# The service takes stores, and this is what it lacks: a JSON array.
ready_is() { # JSON
	request GET /app/etl/health/ready
	[ "$STATUS" = 200 ] && [ "$(json '.degraded // [] | @json')" = "$1" ]
}

# The bytes of the member raw_data in a body, exactly as they stand there.
payload_of() { # FILE
	perl -0777 -ne 'print $1 if /"raw_data"\s*:\s*
		((?<v>[\[{](?:[^][{}"]++|"(?:[^"\\]++|\\.)*+"|(?&v))*[\]}]))/xs' "$1"
}

payload_sha256() { # FILE
	payload_of "$1" | sha256sum | cut -d ' ' -f 1
}
