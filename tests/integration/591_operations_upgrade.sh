#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# docs/operations.md, Upgrade, while a client stores without a pause: programs that
# are newer than the tables, then tables that are newer than the programs.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/operations.sh"
ETL_APP_POOL=2 ETL_APP_WORKERS=1 app_up
operations_begin
newest=$(find "$ETL_SOURCE/migrations" -name '*.up.sql' | wc -l)
migrate() { "$ETL_BUILD/pulse-etl-migrate" --dir "$ETL_SOURCE/migrations" "$@" >"$TMP/migrate" 2>&1; }
failed_batches() { sql "SELECT count(*) FROM raw_extraction_data WHERE processing_status = 'failed'"; }

# -- the programs came first
# A migration that brings a table lacks more than its number: the table, rights on it.
table=$(find "$ETL_SOURCE/migrations" -name '*_hooks.up.sql' | sed 's/.*\/0*\([0-9]*\)_[a-z_]*.up.sql$/\1/')
check "the tables are those before one came" migrate --rollback-to $((table - 1))
request GET /app/etl/health/ready
says="migration $newest is not applied, the newest one is $((table - 1)): run pulse-etl-migrate --apply-all"
check_match "not the table is told, but the migration and the command" "$STATUS $(json .detail)" "^503 .*schema: $says"
doctor=$("$ETL_BUILD/pulse-etl" --config "$ETL_APP/etl.conf" doctor --output json 2>&1)
check_match "doctor tells the same" \
	"$(jq -r '.[] | select(.level == "wrong" and .about == "tables") | .finding' <<<"$doctor")" "$says"
check "the tables are those of the version before" migrate --apply $((newest - 1))
app stop worker
app start worker
writer_start
writer_goes_on 5
request GET /app/etl/health/ready
check_is "new programs tell that they need another migration" "$STATUS" 503
check_match "by its number" "$(json .detail)" "migration $newest "
says_so() { grep -q "migration $newest is not applied" "$APP_LOGS/worker.log"; }
check "and workers wait for it" wait_until 20 says_so
step Upgrade 1
check_match "a dry run names it" "$(cat "$TMP/step")" "$(printf '%04d' "$newest")"
step Upgrade 2
step Upgrade 3
writer_goes_on 5
writer_stop
check "the service is whole" wait_until 30 ready_is '[]'
check "all batches are processed" wait_until 60 everything_is_done
# 503: a store that writes a column which the migration brings.
check_match "every store was answered 201, or 503 before the migration" "$(answers)" '^201( 503)?$'
check_is "none is lost" "$(lost)" 0
check_is "none has failed" "$(failed_batches)" 0

# -- the tables come first, as the document has it: these programs are the old ones
export ETL_MIGRATIONS_DIR=$TMP/migrations
cp -r "$ETL_SOURCE/migrations" "$ETL_MIGRATIONS_DIR"
next=$ETL_MIGRATIONS_DIR/$(printf '%04d' $((newest + 1)))_next_version
cat >"$next.up.sql" <<'SQL'
CREATE TABLE next_version (id BIGINT PRIMARY KEY);
CREATE INDEX next_version_batches ON raw_extraction_data (entity_type, id);
SQL
cat >"$next.down.sql" <<'SQL'
DROP INDEX next_version_batches;
DROP TABLE next_version;
SQL
answers_before=$(wc -l <"$TMP/ledger")
writer_start
writer_goes_on 3
step Upgrade 1
check_match "what is pending is listed" "$(cat "$TMP/step")" 'next_version'
step Upgrade 2
writer_goes_on 3
step Upgrade 3
# A column more is what most migrations bring.
next=$ETL_MIGRATIONS_DIR/$(printf '%04d' $((newest + 2)))_one_more
echo "ALTER TABLE raw_extraction_data ADD COLUMN one_more TEXT NOT NULL DEFAULT '';" >"$next.up.sql"
echo 'ALTER TABLE raw_extraction_data DROP COLUMN one_more;' >"$next.down.sql"
check "a migration adds a column under load" "$ETL_BUILD/pulse-etl-migrate" --dir "$ETL_MIGRATIONS_DIR" --apply-all
writer_goes_on 5
check "old programs are ready with newer tables" wait_until 30 ready_is '[]'
writer_stop
check "they process batches" wait_until 60 everything_is_done
check_is "every store was answered 201" "$(answers "$answers_before")" 201
check_is "none is lost" "$(lost)" 0
check_is "none has failed" "$(failed_batches)" 0
done_testing
