#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# GET /raw-data/counts: how many batches came when, by status, is what a look at
# each row says, whatever is done to them, by how many at once, and whether the
# relay has added up what was noted or not.
. "$(dirname "$0")/lib.sh"
app_up

"$ETL_SOURCE/deploy/demo-batch" 1 >"$TMP/one.json"
from=2026-03-01T00:00:00Z
counts() { # QUERY [FILTER]
	api GET "raw-data/counts?$1"
	json "${2-.}"
}
# Of each bucket with a batch: start, received, bytes, and the four statuses.
lines='.buckets[] | select(.received > 0) | [.start, .received, .bytes,
	.statuses.pending, .statuses.processing, .statuses.completed, .statuses.failed] | join(" ")'
within=true
looked() { # MINUTES [CONDITION]: the same from the batches
	sql "SELECT to_char(date_bin('$1 minutes', created_at, '2000-01-01'), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
		count(*), sum(raw_data_bytes), count(*) FILTER (WHERE processing_status = 'pending'),
		count(*) FILTER (WHERE processing_status = 'processing'),
		count(*) FILTER (WHERE processing_status = 'completed'),
		count(*) FILTER (WHERE processing_status = 'failed')
		FROM raw_extraction_data WHERE tenant_id = 1 AND active AND $within AND ${2-true}
		GROUP BY 1 ORDER BY 1" | tr '|' ' '
}
agree() { # NAME: buckets of all lengths, by a filter, too
	local bucket
	for bucket in 1m:1 5m:5 1h:60 1d:1440; do
		check_is "$1, ${bucket%:*}" \
			"$(counts "bucket=${bucket%:*}&$range" "$lines")" "$(looked "${bucket#*:}")"
	done
	check_is "$1, of a type" "$(counts "bucket=1h&entity_type=b&$range" "$lines")" \
		"$(looked 60 "entity_type = 'b'")"
}
noted() { sql 'SELECT count(*) FROM raw_extraction_changes'; }
is_added_up() { [ "$(noted)" = 0 ]; }

# -- stores of today
range="created_after=$(date -u +%Y-%m-%dT%H:00:00Z)"
check_json "no batch yet: the buckets are there" \
	"$(counts '' '[.bucket, (.buckets | length, (map(.received + .bytes + (.statuses | add)) | add))]')" \
	'["1h",60,0]'
curl -sZ -K "$ETL_CURLRC" --parallel-max 8 -H 'Content-Type: application/json' --data-binary "@$TMP/one.json" \
	-o "$TMP/out" "$ETL_URL/app/etl/raw-data/store?tenant_id=1#[1-200]" 2>"$TMP/curl.err"
agree "200 stores at 8 connections"
check_is "which are 200" "$(counts "bucket=1d&$range" '[.buckets[].received] | add')" 200
for _ in 1 2 3; do
	curl -s -K "$ETL_CURLRC" -H 'Content-Type: application/json' -H 'Idempotency-Key: once' \
		--data-binary "@$TMP/one.json" -o "$TMP/out" "$ETL_URL/app/etl/raw-data/store?tenant_id=1"
done
check_is "a repeated key counts once" "$(counts "bucket=1d&$range" '[.buckets[].received] | add')" 201
check "the relay adds up what was noted" wait_until 20 is_added_up
check_is "in one row for each length of a bucket, or two" \
	"$(sql 'SELECT count(*) BETWEEN 4 AND 8, sum(batches) FROM raw_extraction_series')" 't|804'
agree "and the answers are the same"

# -- what is done to them, with the relay and without
api PUT raw-data/1/status --data '{"processing_status":"processing"}'
api PUT raw-data/1/status --data '{"processing_status":"failed"}'
api PUT raw-data/2/status --data '{"processing_status":"completed"}'
api DELETE raw-data/3
agree "after a failure, a success and a deletion"
app kill relay
spread="INSERT INTO raw_extraction_data (tenant_id, integration_id, entity_type, processing_status,
	raw_data, raw_data_items, raw_data_bytes, raw_data_sha256, created_at)
	SELECT 1, 1, CASE WHEN n % 3 = 0 THEN 'b' ELSE 'a' END, (ARRAY['pending', 'processing', 'completed',
	'failed'])[n % 4 + 1], '[]', 0, n, sha256('[]'), timestamp '2026-03-01' + n * interval '7 minutes 13 seconds'
	FROM generate_series(1, 250) AS n"
sql "$spread"
range="created_after=$from&created_before=2026-03-02T06:10:00Z"
within="created_at < '2026-03-05'"
agree "without the relay, batches of 30 hours"
sql "UPDATE raw_extraction_data SET processing_status = 'failed' WHERE entity_type = 'b'"
agree "after a change of many"
sql "UPDATE raw_extraction_data SET active = false WHERE raw_data_bytes % 10 = 0"
sql "DELETE FROM raw_extraction_data WHERE entity_type = 'a' AND raw_data_bytes % 7 = 0"
agree "after many were deactivated, and others removed"
sql "BEGIN; DELETE FROM raw_extraction_data; ROLLBACK"
sql "UPDATE raw_extraction_data SET queued_at = now(), attempts = 1"
agree "after a rollback, and a change of something else"
notes=$(noted)
check "$notes notes wait for the relay" [ "$notes" -gt 400 ]
app start relay
check "which adds them up" wait_until 20 is_added_up
agree "as the notes had it"
check_is "what came and went meanwhile left nothing below zero" \
	"$(sql 'SELECT count(*) FROM raw_extraction_series WHERE batches < 0 OR bytes < 0')" 0

# -- what is asked
day="bucket=1h&created_after=2026-03-01T03:30:00Z&created_before=2026-03-01T07:00:00Z"
check_json "whole buckets around the times, also empty ones" \
	"$(counts "$day" '[.from, .to, .bucket, (.buckets | length)]')" \
	'["2026-03-01T03:00:00Z","2026-03-01T07:00:00Z","1h",4]'
check_is "by status" \
	"$(counts "$day&processing_status=failed" '[.buckets[] | .received == .statuses.failed] | all')" true
check_is "by an integration that has none" "$(counts "$day&integration_id=2" '[.buckets[].received] | add')" 0
etag=$(header ETag)
api GET "raw-data/counts?$day&integration_id=2" -H "If-None-Match: $etag"
check_is "the same again: 304" "$STATUS" 304
api GET "raw-data/counts?$day" -H "If-None-Match: $etag"
check_is "another answer has another version" "$STATUS" 200
json '.buckets[] | [.start, .received, .bytes, .statuses.pending, .statuses.processing, .statuses.completed,
	.statuses.failed] | join(",")' >"$TMP/want"
api GET "raw-data/counts?$day" -H 'Accept: text/csv'
check_is "as CSV" "$(tr -d '\r' <"$BODY")" "start,received,bytes,pending,processing,completed,failed
$(cat "$TMP/want")"
check_match "of that type" "$(header Content-Type)" '^text/csv'
api GET "raw-data/counts?$day" -H 'Accept: application/x-ndjson'
check_is "as lines of JSON" "$(jq -r 'join(",")' "$BODY")" "$(cat "$TMP/want")"
check_is "2000 buckets" "$(counts 'bucket=1m&created_after=2026-03-01&created_before=2026-03-02T09:20:00Z' \
	'.buckets | length')" 2000
for query in 'bucket=1m&created_after=2026-03-01&created_before=2026-03-02T09:20:01Z' \
	'bucket=1d&created_after=0001-01-01' 'bucket=1m&created_after=0001-01-01&created_before=9999-12-31' \
	'created_after=2026-03-02&created_before=2026-03-01' 'created_after=9999-12-31' 'bucket=2h' 'status=failed'; do
	api GET "raw-data/counts?$query"
	check_is "refused: $query" "$STATUS" 400
done
api POST raw-data/counts
check_is "there is nothing to write here" "$STATUS" 405

# -- the same by hand
tool() { ETL_CONFIG=$ETL_APP/etl.conf "$ETL_BUILD/pulse-etl" "$@" 2>"$TMP/tool.err"; }
asked=(--tenant 1 --since 2026-03-01T03:30:00Z --until 2026-03-01T07:00:00Z)
check_is "pulse-etl counts has the same numbers" \
	"$(tool counts "${asked[@]}" --output ndjson | jq -r 'join(",")')" "$(cat "$TMP/want")"
tool counts "${asked[@]}" >"$TMP/table"
check_is "and a bar for each bucket, the longest for the most" \
	"$(awk 'NR > 1 { print $2, gsub("#", "") }' "$TMP/table" | sort -n | tail -n 1)" \
	"$(cut -d , -f 2 "$TMP/want" | sort -n | tail -n 1) 22"
check_is "within 80 columns" "$(awk 'length > 80' "$TMP/table")" ""
for given in '--bucket 2h' '--since yesterday' '--bucket 1m --since 2020-01-01' \
	'--since 2026-03-02 --until 2026-03-01'; do
	read -ra words <<<"$given"
	check_fails "refused: counts $given" tool counts --tenant 1 "${words[@]}"
done

# -- tenants are kept apart
sql "INSERT INTO tenants (id, name) VALUES (77, 'other');
	INSERT INTO integrations (id, tenant_id, provider, type) VALUES (7777, 77, 'Jira', 'Data')"
before=$(counts "bucket=1d&created_after=2026-03-01&created_before=2026-03-03")
sql "${spread/1, 1, CASE/77, 7777, CASE}"
check_json "another tenant's batches are not seen" \
	"$(counts "bucket=1d&created_after=2026-03-01&created_before=2026-03-03")" "$before"
sql 'TRUNCATE raw_extraction_data CASCADE' 2>"$TMP/truncate.err"
check_is "none is left after all were removed" \
	"$(counts "bucket=1d&created_after=2026-03-01&created_before=2026-03-03" '[.buckets[].received] | add')" 0

# -- what was there before its migration
sql "$spread"
migration=$(basename "$ETL_SOURCE"/migrations/*_counts_by_time.up.sql)
"$ETL_BUILD/pulse-etl-migrate" --dir "$ETL_SOURCE/migrations" --rollback-to "$((10#${migration%%_*} - 1))" \
	>"$TMP/migrate.out" 2>&1
api GET raw-data/counts
check_is "before the migration of its version it is answered 503" "$STATUS" 503
check "the migration is applied" "$ETL_BUILD/pulse-etl-migrate" --dir "$ETL_SOURCE/migrations" --apply-all
agree "and has counted what was there"
done_testing
