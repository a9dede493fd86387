#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Bodies packed with gzip and zstd; bombs stop at the limit.
. "$(dirname "$0")/lib.sh"
ETL_APP_POOL=1 app_up

send() { # CODING FILE
	api POST raw-data/store -H "Content-Encoding: $1" --data-binary "@$2"
}
first=$(responders)

"$ETL_SOURCE/deploy/demo-batch" 200 >"$TMP/batch.json"
gzip -c "$TMP/batch.json" >"$TMP/batch.gz"
zstd -qc "$TMP/batch.json" >"$TMP/batch.zst"
for coding in gzip:gz zstd:zst x-gzip:gz GZIP:gz; do
	send "${coding%:*}" "$TMP/batch.${coding#*:}"
	check_is "${coding%:*}: 201" "$STATUS" 201
done
check_is "each is the same payload, byte for byte" \
	"$(sql "SELECT count(*), count(DISTINCT raw_data_sha256), min(raw_data_items) FROM raw_extraction_data")" \
	"4|1|200"
send identity "$TMP/batch.json"
check_is "identity: 201" "$STATUS" 201

# -- several members, as pigz and cat make them
head -c 100000 "$TMP/batch.json" | gzip >"$TMP/two.gz"
tail -c +100001 "$TMP/batch.json" | gzip >>"$TMP/two.gz"
send gzip "$TMP/two.gz"
check_is "two gzip members in a row: 201" "$STATUS" 201
head -c 100000 "$TMP/batch.json" | zstd -q >"$TMP/two.zst"
tail -c +100001 "$TMP/batch.json" | zstd -q >>"$TMP/two.zst"
send zstd "$TMP/two.zst"
check_is "two zstd frames in a row: 201" "$STATUS" 201

# -- damage
before=$(sql "SELECT count(*) FROM raw_extraction_data")
for coding in gzip:gz zstd:zst; do
	name=${coding%:*} whole=$TMP/batch.${coding#*:}
	head -c 5000 "$whole" >"$TMP/bad"
	send "$name" "$TMP/bad"
	check_is "$name cut off: 400" "$STATUS" 400
	{ cat "$whole"; echo trailing; } >"$TMP/bad"
	send "$name" "$TMP/bad"
	check_is "$name with something behind it: 400" "$STATUS" 400
	{ head -c 3000 "$whole"; head -c 200 /dev/zero; tail -c +3201 "$whole"; } >"$TMP/bad"
	send "$name" "$TMP/bad"
	check_is "$name damaged inside: 400" "$STATUS" 400
	send "$name" "$TMP/batch.json"
	check_is "JSON that says it is $name: 400" "$STATUS" 400
	: >"$TMP/bad"
	send "$name" "$TMP/bad"
	check_is "an empty body that says it is $name: 400" "$STATUS" 400
done
send br "$TMP/batch.gz"
check_is "another coding: 415" "$STATUS" 415
check_is "with those that are taken" "$(header Accept-Encoding)" "gzip, zstd"
send 'gzip, gzip' "$TMP/batch.gz"
check_is "codings upon each other: 415" "$STATUS" 415

# -- bombs: 64 KB and 7 KB that unpack to 66 MB
{ printf '{"integration_id":1,"entity_type":"e","raw_data":["'; head -c 66000000 /dev/zero | tr '\0' x
	head -c 2000000 /dev/zero | tr '\0' y; printf '"]}'; } >"$TMP/bomb"
gzip -c "$TMP/bomb" >"$TMP/bomb.gz"
zstd -qc "$TMP/bomb" >"$TMP/bomb.zst"
send gzip "$TMP/bomb.gz"
check_is "a gzip bomb: 413" "$STATUS" 413
send zstd "$TMP/bomb.zst"
check_is "a zstd bomb: 413" "$STATUS" 413
for _ in 1 2 3 4 5 6 7 8; do cat "$TMP/bomb.gz"; done >"$TMP/bombs.gz"
send gzip "$TMP/bombs.gz"
check_is "bombs in a row: 413" "$STATUS" 413
zstd -q --ultra -22 --long=27 -c "$TMP/bomb" >"$TMP/window.zst"
send zstd "$TMP/window.zst"
check_match "a window larger than ours is refused" "$STATUS" '^(400|413)$'

check_is "nothing of these was stored" "$(sql "SELECT count(*) FROM raw_extraction_data")" "$before"
check_is "the responder never died" "$(responders)" "$first"
is_sanitized || # which keeps what is freed
	check "its memory comes back" wait_until 5 awk '/^VmRSS/ { exit !($2 < 40000) }' "/proc/$first/status"

# -- a key's fingerprint is of the unpacked body
api POST raw-data/store -H 'Idempotency-Key: packed' -H 'Content-Encoding: gzip' \
	--data-binary "@$TMP/batch.gz"
check_is "a key with a packed body: 201" "$STATUS" 201
api POST raw-data/store -H 'Idempotency-Key: packed' --data-binary "@$TMP/batch.json"
check_is "the same unpacked is the same: 200" "$STATUS" 200
done_testing
