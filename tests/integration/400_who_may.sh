#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Who may do what: every route with every kind of token, good and bad; every
# route that takes an id with another tenant's.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/jwt.sh"
. "$(dirname "$0")/routes.sh"

head -c 40 /dev/urandom | base64 | tr -d '\n' >"$TMP/secret"
chmod 600 "$TMP/secret"
head -c 40 /dev/urandom | base64 | tr -d '\n' >"$TMP/other-secret"
openssl genrsa -out "$TMP/rsa" 2048 2>"$TMP/out"
openssl rsa -in "$TMP/rsa" -pubout -out "$TMP/rsa.pub" 2>"$TMP/out"
openssl genrsa -out "$TMP/other-rsa" 2048 2>"$TMP/out"
app_up 'jwt_algorithm = HS256' "jwt_key_file = $TMP/secret"
sql "INSERT INTO tenants (id, name) VALUES (2, 'Other'); INSERT INTO tenants (id, name, active)
	VALUES (3, 'Gone', FALSE);
     INSERT INTO integrations (id, tenant_id, provider, type) VALUES (20, 2, 'Jira', 'data_source')" >"$TMP/out"

# -- the routes, as the table has them
routes >"$TMP/routes"
check "there are routes ($(wc -l <"$TMP/routes"))" [ "$(wc -l <"$TMP/routes")" -ge 7 ]

# -- tokens
reader=$(token_file 1 reader) writer=$(token_file 1 writer) admin=$(token_file 1 admin)
foreign=$(token_file 2 admin)
expired=$(token_file 1 admin --expires 1s)
revoked=$(token_file 1 admin --name gone)
tool() { DATABASE_URL=$ETL_PGURL "$ETL_BUILD/pulse-etl" "$@"; }
revoked_id=$(tool token list --output tsv | awk -F '\t' '$3 == "gone" { print $1 }')
check "a token is revoked" tool token revoke "$revoked_id"
hs() { jwt HS256 "$TMP/secret" "$@"; }
good=$(bearer_file "$(hs "$(claims 1 admin)")")
declare -A bad=(
	[no_token]=""
	[empty]=$(bearer_file "")
	[unknown]=$(bearer_file "petl_$(printf '%064d' 1)")
	[nonsense]=$(bearer_file "nonsense")
	[expired]=$expired
	[revoked]=$revoked
	[jwt_forged]=$(bearer_file "$(jwt HS256 "$TMP/other-secret" "$(claims 1 admin)")")
	[jwt_alg_none]=$(bearer_file "$(jwt none - "$(claims 1 admin)")")
	[jwt_alg_none_signed]=$(bearer_file "$(jwt HS256 "$TMP/secret" "$(claims 1 admin)" '{"alg":"none"}')")
	[jwt_alg_rs]=$(bearer_file "$(jwt RS256 "$TMP/rsa" "$(claims 1 admin)")")
	[jwt_alg_hs512]=$(bearer_file "$(jwt HS256 "$TMP/secret" "$(claims 1 admin)" '{"alg":"HS512"}')")
	[jwt_critical]=$(bearer_file "$(jwt HS256 "$TMP/secret" "$(claims 1 admin)" '{"alg":"HS256","crit":["exp"]}')")
	[jwt_expired]=$(bearer_file "$(hs "$(claims 1 admin -31)")")
	[jwt_not_yet]=$(bearer_file "$(hs "$(claims 1 admin 9000 "\"nbf\":$(($(date +%s) + 7200))")")")
	[jwt_no_exp]=$(bearer_file "$(hs '{"tenant_id":1,"role":"admin"}')")
	[jwt_no_tenant]=$(bearer_file "$(hs "{\"role\":\"admin\",\"exp\":$(($(date +%s) + 600))}")")
	[jwt_tenant_text]=$(bearer_file "$(hs "$(claims '"1"' admin)")")
	[jwt_tenant_twice]=$(bearer_file "$(hs "$(claims 1 admin 600 '"tenant_id":2')")")
	[jwt_missing_tenant]=$(bearer_file "$(hs "$(claims 4711 admin)")")
	[jwt_inactive_tenant]=$(bearer_file "$(hs "$(claims 3 admin)")")
	[jwt_cut]=$(bearer_file "$(hs "$(claims 1 admin)" | cut -c 1-60)")
	[jwt_long]=$(bearer_file "$(hs "$(claims 1 admin 600 "\"x\":\"$(printf '%07000d' 1)\"")")")
)
sleep 1.2

# What a request to a route needs so that only its caller can be wrong.
form=$'--x\r\nContent-Disposition: form-data; name="file"; filename="a.svg"\r\n\r\n<svg/>\r\n--x--\r\n'
ask() { # METHOD PATH [ARGUMENT…]
	local method=$1 path=$2
	shift 2
	path=${path//'{id}'/987654321} path=${path//'{name}'/$logo}
	case $method:$path in
	GET:* | DELETE:*) request "$method" "$path" "$@" ;;
	*/upload-logo*) request "$method" "$path" -H 'Content-Type: multipart/form-data; boundary=x' \
		--data-binary "$form" "$@" ;;
	*) request "$method" "$path" --data '{}' "$@" ;;
	esac
}

logo=$(sql "INSERT INTO logos VALUES (left(encode(sha256('<svg/>'), 'hex'), 32) || '.svg', '<svg/>') RETURNING name")

asked=0
wrong=
expect() { # NAME WANT
	asked=$((asked + 1))
	[ "$STATUS" = "$2" ] || wrong="$wrong
$1: $STATUS instead of $2"
}
# A route with every bad token, by one curl; answers in $TMP/bad.KIND.body and
# .head, their statuses one a line in $TMP/bad.statuses.
kinds=("${!bad[@]}")
ask_bad() { # METHOD PATH
	local kind url=$ETL_URL${2//'{id}'/987654321}
	url=${url//'{name}'/$logo}
	for kind in "${kinds[@]}"; do
		printf '%s = "%s"\n' request "$1" url "$url" output "$TMP/bad.$kind.body" \
			dump-header "$TMP/bad.$kind.head" write-out "%{http_code}\\n" noproxy '*'
		case $1:$2 in
		GET:* | DELETE:*) ;;
		*/upload-logo) printf '%s = "%s"\n' header 'Content-Type: multipart/form-data; boundary=x' \
			data-binary "@$TMP/form" ;;
		*) printf '%s = "%s"\n' header 'Content-Type: application/json' data '{}' ;;
		esac
		[ -z "${bad[$kind]}" ] || cat "${bad[$kind]}"
		echo next
	done | sed '$d' >"$TMP/bad.conf"
	rm -f "$TMP"/bad.*.body "$TMP"/bad.*.head
	curl -sS -g --path-as-is -m 120 -K "$TMP/bad.conf" >"$TMP/bad.statuses" 2>"$TMP/curl.err"
}
printf -- '--x\r\nContent-Disposition: form-data; name="file"; filename="a.svg"\r\n\r\n<svg/>\r\n--x--\r\n' >"$TMP/form"
while read -r method path role _; do
	name="$method $path"
	ask_bad "$method" "$path"
	mapfile -t statuses <"$TMP/bad.statuses"
	want=401
	[ "$role" != OPEN ] || want=200
	for n in "${!kinds[@]}"; do
		STATUS=${statuses[$n]-none}
		expect "$name as ${kinds[$n]}" $want
	done
	if [ "$role" != OPEN ]; then
		shapes=$(jq -r '[.type, .status, (.detail | type), (.request_id | type)] |
			@json' "$TMP"/bad.*.body | sort | uniq -c | tr -s ' ')
		[ "$shapes" = " ${#kinds[@]} [\"about:blank\",401,\"string\",\"string\"]" ] || wrong="$wrong
$name: not all are problems: $shapes"
		[ "$(grep -li '^WWW-Authenticate: Bearer' "$TMP"/bad.*.head | wc -l)" = ${#kinds[@]} ] || wrong="$wrong
$name: not all have WWW-Authenticate"
		seen_files "$method" "$path" "$TMP/bad.unknown.body" "$TMP/bad.unknown.head"
	fi
	for caller in reader writer admin good foreign; do
		TOKEN_FILE=${!caller} ask "$method" "$path"
		want=allowed
		case $role:$caller in
		SIGNED:*) want=401 ;;
		WRITER:reader | ADMIN:reader | ADMIN:writer) want=403 ;;
		esac
		got=$STATUS
		case $STATUS in 401 | 403) ;; *) got=allowed ;; esac
		STATUS=$got
		expect "$name as $caller" "$want"
	done
	case $role in OPEN | SIGNED) continue ;; esac
	TOKEN_FILE=$admin ask "$method" "$path?tenant_id=2"
	expect "$name with another tenant in the query" 403
done <"$TMP/routes"
check_is "every route, every kind of caller: $asked requests, each with its exact status" "$wrong" ""

# -- the tenant in the body
TOKEN_FILE=$writer request POST /app/etl/raw-data/store \
	--data '{"tenant_id":2,"integration_id":20,"entity_type":"e","raw_data":[]}'
check_is "another tenant in the body: 403" "$STATUS" 403
TOKEN_FILE=$writer request POST /app/etl/raw-data/store \
	--data '{"tenant_id":1,"integration_id":1,"entity_type":"e","raw_data":[]}'
check_is "the caller's own: 201" "$STATUS" 201
TOKEN_FILE=$(bearer_file "$(hs "$(claims 1 user)")") request GET /app/etl/raw-data
check_is "the platform's plain user reads" "$STATUS" 200
TOKEN_FILE=$(bearer_file "$(hs "$(claims 1 root)")") request GET /app/etl/raw-data
check_is "a role we do not know may nothing" "$STATUS" 403
is_admin=$(bearer_file "$(hs "$(claims 1 user 600 '"is_admin":true')")")
TOKEN_FILE=$is_admin request POST /app/etl/raw-data/store --data '{}'
check_is "is_admin is admin" "$STATUS" 422
TOKEN_FILE=$(bearer_file "$(hs "$(claims 1 admin -20)")") request GET /app/etl/raw-data
check_is "a clock that is 20 s behind is forgiven" "$STATUS" 200
TOKEN_FILE='' request GET /app/etl/raw-data -H "Authorization: bearer $(sed 's/.*Bearer \(.*\)"/\1/' "$reader")"
check_is "the scheme's case does not matter" "$STATUS" 200
TOKEN_FILE='' request GET /app/etl/raw-data -H "Authorization: Basic $(sed 's/.*Bearer \(.*\)"/\1/' "$reader")"
check_is "another scheme: 401" "$STATUS" 401

# -- ids of another tenant are like ids that are not there
sql "INSERT INTO raw_extraction_data (id, tenant_id, integration_id, entity_type, raw_data, raw_data_items,
	raw_data_bytes, raw_data_sha256)
	VALUES (987654320, 2, 20, 'e', '[]', 0, 2, sha256('[]'))" >"$TMP/out"
# One row of tenant 2 in each table that ids may name, all with the same id.
for table in wits_hierarchies:level_name,level_number:"'x',1" workflows:step_name,step_category:"'x','Done'" \
	statuses_mappings:status_from,status_to,status_category:"'x','y','Done'"; do
	IFS=: read -r name columns values <<<"$table"
	sql "INSERT INTO $name (id, tenant_id, integration_id, $columns) VALUES (987654320, 2, 20, $values)" >"$TMP/out"
done
sql "INSERT INTO wits_mappings (id, tenant_id, integration_id, wit_from, wit_to, wits_hierarchy_id)
	VALUES (987654320, 2, 20, 'x', 'y', 987654320);
	INSERT INTO integrations (id, tenant_id, provider, type)
	VALUES (987654320, 2, 'GitHub', 'data_source')" >"$TMP/out"
content() { # METHOD PATH: a body that is right
	case $2 in
	*/status) echo '{"status":"processing"}' ;;
	*) echo '{}' ;;
	esac
}
by_id() { # METHOD PATH ID
	local arguments=()
	case $1 in GET | DELETE) ;; *) arguments=(--data "$(content "$1" "$2")") ;; esac
	TOKEN_FILE=$admin request "$1" "${2//'{id}'/$3}" "${arguments[@]}"
}
# Fifteen times a missing id and another tenant's, in turns, by one curl: their
# seconds, one a line.
by_turns() { # METHOD PATH
	local n
	for n in {1..15}; do
		for id in 987654321 987654320; do
			printf '%s = "%s"\n' request "$1" url "$ETL_URL${2//'{id}'/$id}" output "$TMP/out" \
				write-out "%{time_total}\\n" noproxy '*'
			case $1 in
			GET | DELETE) ;;
			*) printf '%s = "%s"\n' header 'Content-Type: application/json' \
				data "$(content "$1" "$2" | sed 's/"/\\"/g')" ;;
			esac
			cat "$admin"
			echo next
		done
	done | sed '$d' >"$TMP/turns.conf"
	curl -sS -g -m 120 -K "$TMP/turns.conf" 2>"$TMP/curl.err"
}
# Whatever else the machine does makes an answer later, and never earlier.
least() { sort -n | head -n 1; }
ids=0
while read -r method path role _; do
	case $path in *'{id}'*) ;; *) continue ;; esac
	ids=$((ids + 1))
	by_id "$method" "$path" 987654321
	missing="$STATUS $(jq -S 'del(.request_id)' "$BODY")"
	[ "$role" = SIGNED ] && want=401 || want=404
	check_is "$method $path of a missing id: $want" "$STATUS" $want
	by_id "$method" "$path" 987654320
	check_is "$method $path of another tenant's id: the same answer" \
		"$STATUS $(jq -S 'del(.request_id)' "$BODY")" "$missing"
	by_turns "$method" "$path" >"$TMP/times"
	times="$(awk 'NR % 2' "$TMP/times" | least) $(awk 'NR % 2 == 0' "$TMP/times" | least)"
	check_is "thirty times: as many answers" "$(wc -l <"$TMP/times")" 30
	check "in a similar time ($times s)" \
		awk "BEGIN { split(\"$times\", t); d = t[1] - t[2]; exit !(d < 0.02 && d > -0.02) }"
done <"$TMP/routes"
check "there were routes with an id ($ids)" [ "$ids" -ge 2 ]
check_is "nothing of the other tenant's was changed" \
	"$(sql "SELECT processing_status, active FROM raw_extraction_data WHERE id = 987654320")" "pending|t"
TOKEN_FILE=$writer request POST /app/etl/raw-data/store -H 'Idempotency-Key: shared' \
	--data '{"integration_id":1,"entity_type":"e","raw_data":[]}'
TOKEN_FILE=$foreign request POST /app/etl/raw-data/store -H 'Idempotency-Key: shared' \
	--data '{"integration_id":20,"entity_type":"e","raw_data":[]}'
check_is "a key of one tenant is not another's" "$STATUS" 201
TOKEN_FILE=$foreign request GET "/app/etl/raw-data?cursor=999999999999"
check_is "a cursor leads to one's own rows only" "$(json '[.raw_data_records[].tenant_id] | unique | @json')" "[2]"

# -- a token that is in use and then revoked
used=$(token_file 1 reader --name used)
TOKEN_FILE=$used request GET /app/etl/raw-data
check_is "a token in use" "$STATUS" 200
used_id=$(tool token list --tenant 1 --output tsv | awk -F '\t' '$3 == "used" { print $1 }')
check_match "its last use is noted" "$(tool token list --output tsv | awk -F '\t' '$3 == "used" { print $8 }')" '^20'
tool token revoke "$used_id" >"$TMP/out"
useless() { TOKEN_FILE=$used request GET /app/etl/raw-data; [ "$STATUS" = 401 ]; }
check "revoked, it is useless within 30 s" wait_until 33 useless
check_is "who made and revoked tokens is in audit_log" \
	"$(sql "SELECT action, who LIKE 'role:%' FROM audit_log WHERE row_id = $used_id ORDER BY id" | tr '\n' ' ')" \
	"token.create|t token.revoke|t "
DATABASE_URL=$(sed -n 's/^database_url = //p' "$ETL_APP/etl.conf") "$ETL_BUILD/pulse-etl" token create --tenant 1 \
	--role admin >"$TMP/out" 2>"$TMP/err"
check_is "the service's role makes no tokens: exit 1" "$?" 1
check "and is told why" grep -q 'owner of the tables' "$TMP/err"
tool token create --tenant 99 --role admin >"$TMP/out" 2>"$TMP/err"
check_is "nor is there one for a missing tenant" "$? $(cat "$TMP/out")" "1 "
tool token create --tenant 1 --role king >"$TMP/out" 2>"$TMP/err"
check_is "an unknown role: exit 64" "$?" 64
check_is "of a token only its digest is kept" \
	"$(sql "SELECT count(*) FROM api_tokens
		WHERE token_sha256 = sha256('$(sed 's/.*Bearer \(.*\)"/\1/' "$writer")')")" 1

# -- who changed what is in the log
check "a store is audited" grep -q 'event=audit .*who=token:[0-9]* tenant_id=1 action=raw_data.store row_id=[0-9]' \
	"$APP_LOGS/pool.log"
check "with the request's id" grep -q 'event=audit request_id=[^ ]* trace_id=[^ ]* who' "$APP_LOGS/pool.log"

# -- RS256: the public key is no shared secret
app stop pool
unset ETL_APP_CONF
printf 'jwt_algorithm = RS256\njwt_key_file = %s\n' "$TMP/rsa.pub" >"$ETL_APP/extra.conf"
app start pool
rs() { # NAME WANT TOKEN
	TOKEN_FILE=$(bearer_file "$3") request GET /app/etl/raw-data
	check_is "RS256: $1: $2" "$STATUS" "$2"
}
wait_until 10 ready_is '[]'
rs "signed with the private key" 200 "$(jwt RS256 "$TMP/rsa" "$(claims 1 reader)")"
rs "signed with another" 401 "$(jwt RS256 "$TMP/other-rsa" "$(claims 1 reader)")"
rs "HS256 with the public key as its secret" 401 "$(jwt HS256 "$TMP/rsa.pub" "$(claims 1 reader)")"
rs "the same, said to be RS256" 401 "$(jwt HS256 "$TMP/rsa.pub" "$(claims 1 reader)" '{"alg":"RS256"}')"
rs "HS256 with the old secret" 401 "$(jwt HS256 "$TMP/secret" "$(claims 1 reader)")"
rs "alg none" 401 "$(jwt none - "$(claims 1 reader)")"
rs "a claim changed afterwards" 401 \
	"$(jwt RS256 "$TMP/rsa" "$(claims 1 reader)" | sed "s/\.[^.]*\./.$(claims 1 admin | base64url)./")"
for line in 'jwt_algorithm = HS256' "jwt_algorithm = RS256
jwt_key_file = $TMP/secret" 'jwt_algorithm = HS256
jwt_key = short' "jwt_algorithm = HS256
jwt_key_file = /nowhere"; do
	printf '%s\n' "$line" >"$TMP/bad.conf"
	"$ETL_BUILD/pulse-etl-fcgi" --config "$TMP/bad.conf" >"$TMP/out" 2>&1
	check_is "a key that does not fit ends the program with 78: ${line//$'\n'/, }" "$?" 78
done

# -- no secret in any log or answer kept
{
	sed -n 's/.*Bearer \(.*\)"/\1/p' "$reader" "$writer" "$admin" "$foreign" "$expired" "$good"
	cat "$TMP/secret"
	echo
	sed -n 's/^database_url = postgresql:..[^:]*:\([^@]*\)@.*/\1/p' "$ETL_APP/etl.conf"
	echo etl_password
} >"$TMP/secrets"
check "there are secrets to look for" [ "$(grep -c . "$TMP/secrets")" -ge 9 ]
check_is "none of them is in a log" \
	"$(grep -rlFf <(grep . "$TMP/secrets") "$APP_LOGS" "$ETL_APP/nginx/logs" \
		"$ETL_STACK/logs/postgres.log" 2>/dev/null)" ""
check_is "nor in the arguments of a process" \
	"$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' | grep -cFf <(sed -n '1,6p' "$TMP/secrets"))" 0
note "$asked requests in the matrix of $(wc -l <"$TMP/routes") routes"
done_testing
