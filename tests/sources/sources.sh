# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# For tests: the stand-in for Jira and GitHub (README.md). $TMP is a folder of the
# test's own.

SOURCES_CODE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# A CA and a certificate of it, in a folder, and one for the same names of nobody.
sources_certificates() { # FOLDER
	local names=DNS:localhost,IP:127.0.0.1,IP:127.0.0.2
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj '/CN=stand-in CA' \
		-addext basicConstraints=critical,CA:TRUE -keyout "$1/ca-key.pem" -out "$1/ca.pem" &&
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost \
			-keyout "$1/key.pem" -out "$1/request.pem" &&
		openssl x509 -req -in "$1/request.pem" -CA "$1/ca.pem" -CAkey "$1/ca-key.pem" -CAcreateserial -days 30 \
			-extfile <(printf 'subjectAltName=%s\nbasicConstraints=CA:FALSE\n' "$names") \
			-out "$1/cert.pem" &&
		openssl req -x509 -key "$1/key.pem" -days 30 -subj /CN=localhost -addext "subjectAltName=$names" \
			-out "$1/impostor.pem"
}

# Start it. It fails, and says why, where there is no Node.
sources_up() { # [WORLD]
	local folder=$TMP/sources tries=0 ports
	command -v node >/dev/null || {
		echo "node is missing: deploy/install-deps" >&2
		return 1
	}
	mkdir -p "$folder"
	rm -f "$folder/ports.json"
	[ -e "$folder/cert.pem" ] || sources_certificates "$folder" >"$folder/openssl.log" 2>&1 || {
		tail -n 3 "$folder/openssl.log" >&2
		return 1
	}
	printf '%s\n' "${1:-"{}"}" >"$folder/world.json"
	node "$SOURCES_CODE/server.mjs" --folder "$folder" --world "$folder/world.json" \
		</dev/null >"$folder/server.log" 2>&1 &
	SOURCES_PID=$!
	until [ -e "$folder/ports.json" ]; do
		if ! kill -0 "$SOURCES_PID" 2>/dev/null || [ $((++tries)) -gt 600 ]; then
			tail -n 5 "$folder/server.log" >&2
			return 1
		fi
		sleep 0.05
	done
	ports=$(jq -r '"\(.jira) \(.datacenter) \(.github) \(.elsewhere) \(.control) \(.cloud_id)"' \
		"$folder/ports.json")
	read -r SOURCE_JIRA SOURCE_DATACENTER SOURCE_GITHUB SOURCE_ELSEWHERE SOURCE_CONTROL SOURCE_CLOUD_ID <<<"$ports"
	SOURCE_JIRA=https://localhost:$SOURCE_JIRA
	SOURCE_DATACENTER=https://localhost:$SOURCE_DATACENTER
	SOURCE_GITHUB=https://localhost:$SOURCE_GITHUB
	SOURCE_ELSEWHERE=https://127.0.0.2:$SOURCE_ELSEWHERE
	SOURCE_CONTROL=http://127.0.0.1:$SOURCE_CONTROL
	SOURCE_MISFIT=https://127.0.0.3:$(jq .misfit "$folder/ports.json")
	SOURCE_IMPOSTOR=https://localhost:$(jq .impostor "$folder/ports.json")
	SOURCE_GATEWAY=$SOURCE_JIRA/ex/jira/$SOURCE_CLOUD_ID
	SOURCE_CA=$folder/ca.pem
	export SOURCE_JIRA SOURCE_DATACENTER SOURCE_GITHUB SOURCE_ELSEWHERE SOURCE_CONTROL SOURCE_GATEWAY SOURCE_CA \
		SOURCE_MISFIT SOURCE_IMPOSTOR
}

sources_down() {
	kill "$SOURCES_PID" 2>/dev/null
	wait "$SOURCES_PID" 2>/dev/null
	return 0
}

# A request to the control port; its answer.
control() { # METHOD PATH [JSON]
	curl -sS --noproxy '*' -m 60 -X "$1" ${3+--data-binary "$3"} -H 'Content-Type: application/json' \
		"$SOURCE_CONTROL/control/$2"
}

# What the sources were asked: a JSON array, or what a filter makes of it.
asked() { # [JQ]
	control GET requests | jq -c "${1:-.}"
}
