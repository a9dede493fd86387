#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# pulse-etl-migrate --verify: clean after the migrations, and every difference
# that somebody makes by hand is listed.
. "$(dirname "$0")/lib.sh"
need_programs
fresh_database

migrate() { "$ETL_BUILD/pulse-etl-migrate" --dir "$ETL_SOURCE/migrations" "$@"; }
verify() {
	"$ETL_BUILD/pulse-etl-migrate" --verify "$@" >"$TMP/out" 2>"$TMP/err"
	CODE=$?
}
differences() { grep -v -e '^note: ' -e ' differences, ' -e ' is not declared: ' "$TMP/out"; }

verify
check_is "an empty database: 1" "$CODE" 1
check "lists each table" grep -qx 'work_items: the table is missing' "$TMP/out"
check_is "and nothing else" "$(differences | grep -vc 'the table is missing$')" 0
check_match "with their number" "$(tail -n 1 "$TMP/out")" '^[1-9][0-9]+ differences, 0 notes$'

migrate --apply-all >"$TMP/migrate.out" 2>&1
verify
check_is "after the migrations: 0" "$CODE" 0
check_is "no difference" "$(differences)" ""
check_match "and it says so" "$(tail -n 1 "$TMP/out")" '^0 differences, [0-9]+ notes$'
notes=$(grep -c '^note: ' "$TMP/out")
check_is "nothing on standard error" "$(cat "$TMP/err")" ""
check "it needs no folder of migrations" "$ETL_BUILD/pulse-etl-migrate" --verify --dir "$TMP/none"
migrate --apply 3 >"$TMP/migrate.out" 2>&1
verify
check_is "with the demo tenant as well: 0" "$CODE" 0

# The change is made, looked at and taken back.
differs() { # NAME WANT CHANGE UNDO
	sql "$3"
	verify
	check_is "$1: 1" "$CODE" 1
	check_is "$1: is listed, and nothing else" "$(differences)" "$2"
	check "$1: standard error names the database" grep -q "$PGDATABASE is not what" "$TMP/err"
	sql "$4"
}
differs "a column dropped by hand" \
	"prs_comments.line: the column is missing: integer, nullable" \
	"ALTER TABLE prs_comments DROP COLUMN line" "ALTER TABLE prs_comments ADD COLUMN line INTEGER"
differs "a column with another name" \
	"wits.description: the column is missing: character varying, nullable" \
	"ALTER TABLE wits RENAME description TO words" "ALTER TABLE wits RENAME words TO description"
differs "a type that was changed" \
	"prs_comments.position: the type is bigint, declared is integer" \
	"ALTER TABLE prs_comments ALTER position TYPE bigint" "ALTER TABLE prs_comments ALTER position TYPE integer"
differs "a length that was changed" \
	"raw_extraction_data.external_id: the type is character varying(40), declared is character varying(255)" \
	"ALTER TABLE raw_extraction_data ALTER external_id TYPE varchar(40)" \
	"ALTER TABLE raw_extraction_data ALTER external_id TYPE varchar(255)"
differs "a NOT NULL that was dropped" \
	"statuses.original_name: it is nullable, declared is NOT NULL" \
	"ALTER TABLE statuses ALTER original_name DROP NOT NULL" "ALTER TABLE statuses ALTER original_name SET NOT NULL"
differs "a NOT NULL that was added" \
	"changelogs.changed_by: it is NOT NULL, declared is nullable" \
	"ALTER TABLE changelogs ALTER changed_by SET NOT NULL" "ALTER TABLE changelogs ALTER changed_by DROP NOT NULL"
differs "an index that was dropped" \
	"wits: the index is missing: btree (original_name)" \
	"DROP INDEX idx_wits_original_name" "CREATE INDEX idx_wits_original_name ON wits (original_name)"
differs "an index on another column" \
	"repositories: the index is missing: btree (name_key)" \
	"DROP INDEX idx_repositories_name_key; CREATE INDEX idx_repositories_name_key ON repositories (name)" \
	"DROP INDEX idx_repositories_name_key; CREATE INDEX idx_repositories_name_key ON repositories (name_key)"
differs "a unique index without its condition" \
	"workflows: the index is missing: UNIQUE btree (tenant_id, integration_id) WHERE is_commitment_point" \
	"DROP INDEX uq_workflows_tenant_id_integration_id_commitment_point" \
	"CREATE UNIQUE INDEX uq_workflows_tenant_id_integration_id_commitment_point
		ON workflows (tenant_id, integration_id) WHERE is_commitment_point"
differs "a unique key that was dropped" \
	"system_settings: the key is missing: UNIQUE (setting_key, tenant_id)" \
	"ALTER TABLE system_settings DROP CONSTRAINT uq_system_settings_setting_key_tenant_id" \
	"ALTER TABLE system_settings ADD CONSTRAINT uq_system_settings_setting_key_tenant_id UNIQUE (setting_key,
		tenant_id)"
differs "a foreign key that was dropped" \
	"prs_reviews: the key is missing: FOREIGN KEY (tenant_id, pr_id) REFERENCES prs(tenant_id, id)" \
	"ALTER TABLE prs_reviews DROP CONSTRAINT fk_prs_reviews_pr_id" \
	"ALTER TABLE prs_reviews ADD CONSTRAINT fk_prs_reviews_pr_id FOREIGN KEY (tenant_id,
		pr_id) REFERENCES prs (tenant_id, id)"
differs "a foreign key without its action" \
	"qdrant_vectors: the key is missing: FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE" \
	"ALTER TABLE qdrant_vectors DROP CONSTRAINT fk_qdrant_vectors_tenant_id,
		ADD CONSTRAINT other FOREIGN KEY (tenant_id) REFERENCES tenants (id)" \
	"ALTER TABLE qdrant_vectors DROP CONSTRAINT other,
		ADD CONSTRAINT fk_qdrant_vectors_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenants (id)
		ON DELETE CASCADE"
differs "a primary key that was dropped" \
	"etl_jobs: the key is missing: PRIMARY KEY (id)" \
	"ALTER TABLE etl_jobs DROP CONSTRAINT etl_jobs_pkey" "ALTER TABLE etl_jobs ADD PRIMARY KEY (id)"
differs "a default that was dropped" "wits: the default is missing: active = true" \
	"ALTER TABLE wits ALTER active DROP DEFAULT" "ALTER TABLE wits ALTER active SET DEFAULT TRUE"
differs "a default that was changed" "etl_jobs: the default is missing: status = 'PENDING'::character varying" \
	"ALTER TABLE etl_jobs ALTER status SET DEFAULT 'READY'" \
	"ALTER TABLE etl_jobs ALTER status SET DEFAULT 'PENDING'"
differs "an id without its sequence" "prs: the default is missing: id = nextval" \
	"ALTER TABLE prs ALTER id SET DEFAULT nextval('wits_id_seq')" \
	"ALTER TABLE prs ALTER id SET DEFAULT nextval('prs_id_seq')"
differs "a check that was dropped" \
	"idempotency_keys: the check is missing: CHECK ((octet_length(fingerprint) = 32))" \
	"ALTER TABLE idempotency_keys DROP CONSTRAINT ck_idempotency_keys_fingerprint" \
	"ALTER TABLE idempotency_keys ADD CONSTRAINT ck_idempotency_keys_fingerprint
		CHECK (octet_length(fingerprint) = 32)"
isolation="tenant_isolation FOR ALL TO public USING ((tenant_id = "
isolation+="( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::integer)) OR "
isolation+="( SELECT (current_setting('app.every_tenant'::text, true) = 'on'::text)))"
differs "row-level security that is off" "prs_keys: the policy is missing: $isolation" \
	"ALTER TABLE prs_keys DISABLE ROW LEVEL SECURITY" "ALTER TABLE prs_keys ENABLE ROW LEVEL SECURITY"
differs "row-level security that spares the owner" "etl_jobs: the policy is missing: $isolation" \
	"ALTER TABLE etl_jobs NO FORCE ROW LEVEL SECURITY" "ALTER TABLE etl_jobs FORCE ROW LEVEL SECURITY"
differs "a policy that keeps readers to their tenant" "wits: the policy is missing: reader_isolation RESTRICTIVE \
FOR ALL TO pulse_etl_reader USING (tenant_id = ( SELECT report.reader_tenant()))" \
	"DROP POLICY reader_isolation ON wits" "CREATE POLICY reader_isolation ON wits AS RESTRICTIVE
	TO pulse_etl_reader USING (tenant_id = (SELECT report.reader_tenant()))"
differs "a policy that lets everybody see everything" "users: the policy is missing: $isolation" \
	"ALTER POLICY tenant_isolation ON users RENAME TO kept; CREATE POLICY tenant_isolation ON users USING (TRUE)" \
	"DROP POLICY tenant_isolation ON users; ALTER POLICY kept ON users RENAME TO tenant_isolation"
differs "a policy for some" "projects_wits: the policy is missing: $isolation" \
	"ALTER POLICY tenant_isolation ON projects_wits TO CURRENT_USER" \
	"ALTER POLICY tenant_isolation ON projects_wits TO PUBLIC"
differs "a table that was dropped" "wits_prs_links: the table is missing" \
	"ALTER TABLE wits_prs_links RENAME TO gone" "ALTER TABLE gone RENAME TO wits_prs_links"

# What a failed CREATE INDEX CONCURRENTLY leaves behind.
index="uq_workflows_tenant_id_integration_id_commitment_point"
sql "DROP INDEX $index; UPDATE workflows SET is_commitment_point = TRUE WHERE step_name = 'Done'"
check_fails "two commitment points have no unique index" sql \
	"CREATE UNIQUE INDEX CONCURRENTLY $index ON workflows (tenant_id, integration_id) WHERE is_commitment_point"
verify
check_is "an index that is not valid is missing" "$(differences)" \
	"workflows: the index is missing: UNIQUE btree (tenant_id, integration_id) WHERE is_commitment_point"
check "and noted as what it is" grep -q 'WHERE is_commitment_point NOT VALID$' "$TMP/out"
sql "DROP INDEX $index; UPDATE workflows SET is_commitment_point = FALSE WHERE step_name = 'Done';
	CREATE UNIQUE INDEX $index ON workflows (tenant_id, integration_id) WHERE is_commitment_point"

sql "ALTER TABLE prs DROP COLUMN body; ALTER TABLE prs ALTER work_item_place TYPE bigint;
	DROP INDEX idx_prs_status; ALTER TABLE users DROP COLUMN email"
verify
check_is "several at once are all listed" "$(differences | sort)" \
	'prs.body: the column is missing: text, nullable
prs.work_item_place: the type is bigint, declared is integer
prs: the index is missing: btree (status)
users.email: the column is missing: character varying(255), NOT NULL'
sql "ALTER TABLE prs ADD COLUMN body TEXT; ALTER TABLE prs ALTER work_item_place TYPE integer;
	CREATE INDEX idx_prs_status ON prs (status); ALTER TABLE users ADD COLUMN email VARCHAR(255) NOT NULL"
verify
check_is "all made good: 0" "$CODE" 0

# -- what is not declared, and could refuse a write or change it
more() { # WHAT WANT CHANGE UNDO
	sql "$3"
	verify
	check_is "$1 that is not declared: 1" "$CODE" 1
	check_is "$1 that is not declared is listed, and nothing else" \
		"$(grep -v -e '^note: ' -e ' differences, ' "$TMP/out")" "$2"
	sql "$4"
}
more "a column" "wits: the column is not declared: colour" \
	"ALTER TABLE wits ADD COLUMN colour VARCHAR" "ALTER TABLE wits DROP COLUMN colour"
more "a default" "wits: the default is not declared: description = 'x'::character varying" \
	"ALTER TABLE wits ALTER description SET DEFAULT 'x'" "ALTER TABLE wits ALTER description DROP DEFAULT"
more "a key" "prs: the key is not declared: UNIQUE (tenant_id, number)" \
	"ALTER TABLE prs ADD CONSTRAINT mine UNIQUE (tenant_id, number)" "ALTER TABLE prs DROP CONSTRAINT mine"
more "a check" "wits: the check is not declared: CHECK ((id > 0))" \
	"ALTER TABLE wits ADD CONSTRAINT mine CHECK (id > 0)" "ALTER TABLE wits DROP CONSTRAINT mine"
more "a unique index" "prs: the index is not declared: UNIQUE btree (lower((status)::text))" \
	"CREATE UNIQUE INDEX mine ON prs (lower(status))" "DROP INDEX mine"
more "a restrictive policy" \
	"wits: the policy is not declared: mine RESTRICTIVE FOR INSERT TO public WITH CHECK (id > 0)" \
	"CREATE POLICY mine ON wits AS RESTRICTIVE FOR INSERT WITH CHECK (id > 0)" "DROP POLICY mine ON wits"
more "a policy without a condition" "wits: the policy is not declared: none FOR SELECT TO public" \
	"CREATE POLICY none ON wits FOR SELECT" "DROP POLICY none ON wits"
trigger="BEFORE UPDATE ON wits FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
more "a trigger" "wits: the trigger is not declared: mine $trigger" \
	"CREATE TRIGGER mine $trigger" "DROP TRIGGER mine ON wits"

# -- triggers
execute="EXECUTE FUNCTION raw_extraction_data_counted()"
counted="counted_none AFTER TRUNCATE ON raw_extraction_data FOR EACH STATEMENT $execute"
again="counted_again AFTER UPDATE OF active, tenant_id ON raw_extraction_data FOR EACH ROW"
again+=" WHEN (old.active IS DISTINCT FROM new.active OR old.tenant_id IS DISTINCT FROM new.tenant_id) $execute"
differs "a trigger that was dropped" "raw_extraction_data: the trigger is missing: $counted" \
	"DROP TRIGGER counted_none ON raw_extraction_data" "CREATE TRIGGER $counted"
differs "a trigger that is off" "raw_extraction_data: the trigger is missing: $counted" \
	"ALTER TABLE raw_extraction_data DISABLE TRIGGER counted_none" \
	"ALTER TABLE raw_extraction_data ENABLE TRIGGER counted_none"
differs "a trigger of replicas" "raw_extraction_data: the trigger is missing: $counted" \
	"ALTER TABLE raw_extraction_data ENABLE REPLICA TRIGGER counted_none" \
	"ALTER TABLE raw_extraction_data ENABLE TRIGGER counted_none"
differs "a trigger with another condition" \
	"raw_extraction_data: the trigger is missing: $again" \
	"ALTER TRIGGER counted_again ON raw_extraction_data RENAME TO kept;
	CREATE TRIGGER counted_again AFTER UPDATE OF active, tenant_id ON raw_extraction_data
	FOR EACH ROW WHEN (OLD.active) EXECUTE FUNCTION raw_extraction_data_counted()" \
	"DROP TRIGGER counted_again ON raw_extraction_data;
		ALTER TRIGGER kept ON raw_extraction_data RENAME TO counted_again"

# -- what is not declared and does no harm
sql "CREATE TABLE notes_of_mine (id integer PRIMARY KEY, text varchar);
	ALTER TABLE notes_of_mine ADD CHECK (id > 0); CREATE INDEX ON wits (hierarchy_level)"
verify
check_is "a further table and a plain index: 0" "$CODE" 0
check "a further table is noted" grep -qx 'note: notes_of_mine: a table that is not declared' "$TMP/out"
check_is "once, without its parts" "$(grep -c notes_of_mine "$TMP/out")" 1
check "a further index, too" grep -qx 'note: wits: the index is not declared: btree (hierarchy_level)' "$TMP/out"
check_is "and counted" "$(tail -n 1 "$TMP/out")" "0 differences, $((notes + 2)) notes"

# -- refusals
verify --status
check_is "two commands: 64" "$CODE" 64
verify --dsn 'host=127.0.0.1 port=1 dbname=x'
check_is "no PostgreSQL: 69" "$CODE" 69
done_testing
