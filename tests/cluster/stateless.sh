# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# No host keeps what another would need: one client whose requests meet three
# hosts is told the same by each.

at() { # HOST METHOD PATH [CURL ARGUMENT…]: sets STATUS and BODY
	local host=$1 method=$2 path=$3
	shift 3
	STATUS=$(cluster exec front curl -sS -g --noproxy '*' -m 30 -o "$BODY" -D "$HEADERS" -w '%{http_code}' \
		-X "$method" -K "$TMP/curlrc" "$@" "http://$host/app/etl/$path" 2>"$TMP/curl.err")
}
store_at() { # HOST KEY NUMBER
	at "$1" POST "raw-data/store?tenant_id=1" -H 'Content-Type: application/json' -H "Idempotency-Key: $2" \
		--data "{\"integration_id\":1,\"entity_type\":\"jira_projects_batch\",\"external_id\":\"$2\",
			\"raw_data\":[{\"id\":\"$3\",\"key\":\"S$3\",\"name\":\"x\"}]}"
}
(umask 077 && printf 'header = "Authorization: Bearer %s"\n' "$ETL_TOKEN" >"$TMP/curlrc")

# -- keys
store_at host1 one-key 1
check_is "a key at the first host: 201" "$STATUS" 201
id=$(json .raw_data_id)
store_at host2 one-key 1
check_is "at the second the first answer again" "$STATUS $(json .raw_data_id)" "200 $id"
store_at host3 one-key 1
check_is "and at the third" "$STATUS $(json .raw_data_id)" "200 $id"
store_at host3 one-key 2
check_is "with another body it is refused there, too" "$STATUS $(json .code)" "422 key_reused"
for n in 1 2 3 4 5; do
	pids=()
	for host in host1 host2 host3; do
		(BODY=$TMP/twin.$host HEADERS=$TMP/twin.$host.head && store_at $host "twins-$n" "$n" &&
			echo "$STATUS" >"$TMP/twin.$host.status") &
		pids+=($!)
	done
	wait "${pids[@]}"
	cat "$TMP"/twin.*.status
done >"$TMP/twins"
check_is "of three at the same time one is stored" \
	"$(sort "$TMP/twins" | uniq -c | awk '{ print $2 ":" $1 }' | paste -sd ' ')" "200:10 201:5"
check_is "there is one row of each" \
	"$(rows "SELECT count(*) FROM raw_extraction_data WHERE external_id LIKE 'twins-%'")" 5

# -- quotas
quota() { # BATCHES
	rows "DELETE FROM system_settings WHERE tenant_id = 1 AND setting_key = 'etl_daily_batches'"
	[ -z "$1" ] || rows "INSERT INTO system_settings (tenant_id, setting_key, setting_value)
		VALUES (1, 'etl_daily_batches', '$1')"
	# What they know of callers is 30 s old at most.
	for host in host1 host2 host3; do cluster stack $host restart pool; done >"$TMP/out" 2>&1
}
quota 5
for n in 1 2 3; do
	pids=()
	for host in host1 host2 host3; do
		(BODY=$TMP/quota.$host HEADERS=$TMP/quota.$host.head && store_at $host "quota-$host-$n" 9 &&
			echo "$STATUS" >"$TMP/quota.$host.status") &
		pids+=($!)
	done
	wait "${pids[@]}"
	cat "$TMP"/quota.*.status
done >"$TMP/quotas"
check_is "nine batches at three hosts, five a day: five are taken" \
	"$(sort "$TMP/quotas" | uniq -c | awk '{ print $2 ":" $1 }' | paste -sd ' ')" "201:5 429:4"
quota ''

# -- logos: each host has files of its own, and asks the database for the others
echo '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9z"/></svg>' >"$TMP/logo.svg"
at host1 POST 'integrations/upload-logo?tenant_id=1' -F "file=@$TMP/logo.svg;type=image/svg+xml"
check_is "a logo is taken by one host: 200" "$STATUS" 200
name=$(json .logo_filename)
for host in host1 host2 host3; do
	at $host GET "logos/$name"
	check "and served by $host as it came" cmp "$TMP/logo.svg" "$BODY"
	check "which then has it as a file" cmp "$TMP/logo.svg" "$ETL_CLUSTER/$host/app/logos/$name"
done

# -- metrics: what comes from the database is the same everywhere, what a host has done is its own
metric() { # HOST NAME
	cluster exec "$1" curl -s --noproxy '*' -m 10 "http://$1/app/etl/metrics" |
		awk -v name="$2" '$1 == name { print $2 }'
}
metric_sum() { # NAME
	for host in host1 host2 host3; do metric $host "$1"; done | awk '{ sum += $1 } END { print sum }'
}
for host in host1 host2 host3; do metric $host etl_batches_active; done >"$TMP/active"
check_is "each host tells the same number of batches" "$(sort -u "$TMP/active")" \
	"$(rows "SELECT count(*) FROM raw_extraction_data WHERE active")"
before=$(metric_sum etl_batches_stored_total)
one=$(metric host2 etl_batches_stored_total)
for host in host1 host1 host3; do store_at $host "counted-$RANDOM$RANDOM" 3; done
check_is "and counts what it has stored itself: a sum over hosts is right" \
	"$(($(metric_sum etl_batches_stored_total) - before)) $(($(metric host2 etl_batches_stored_total) - one))" "3 0"
