#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The second lock: every statement of every model, with its WHERE tenant_id
# taken out, still neither shows nor changes another tenant's rows. Roles have
# no more rights than they need.
. "$(dirname "$0")/lib.sh"
need_programs
fresh_database
"$ETL_BUILD/pulse-etl-migrate" --dir "$ETL_SOURCE/migrations" --apply-all >"$TMP/out" 2>&1
check_is "the migrations are applied" "$?" 0

# -- rights
check_is "the service is no superuser, creates nothing, bypasses nothing" \
	"$(super -c "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles
		WHERE rolname = 'pulse_etl_service'")" "f|f|f|f"
check_is "it owns nothing" \
	"$(super -c "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = 'pulse_etl_service'")" 0
check_is "every table belongs to the owner" \
	"$(super -c "SELECT string_agg(relname, ' ') FROM pg_class
		WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
		AND pg_get_userbyid(relowner) <> 'pulse_etl_owner'")" ""
check_is "every table with a tenant_id has forced row-level security" \
	"$(super -c "SELECT string_agg(c.relname, ' ') FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		AND a.attname = 'tenant_id'
		WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
		AND NOT (c.relrowsecurity AND c.relforcerowsecurity)")" ""
check_is "and a policy" \
	"$(super -c "SELECT string_agg(c.relname, ' ') FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		AND a.attname = 'tenant_id'
		WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
		AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)")" ""
super -c "CREATE ROLE ${PGDATABASE}_s LOGIN PASSWORD 'x' IN ROLE pulse_etl_service" >"$TMP/out"
trap 'super -c "DROP OWNED BY ${PGDATABASE}_s; DROP ROLE ${PGDATABASE}_s" >/dev/null 2>&1; clean_up' EXIT
denied() { # SQL
	super -c "SET ROLE ${PGDATABASE}_s" -c "$1" >"$TMP/out" 2>&1
	grep -q 'permission denied\|must be owner' "$TMP/out"
}
for statement in "CREATE TABLE x (a int)" "DROP TABLE wits" "ALTER TABLE wits ADD x int" "TRUNCATE wits" \
	"ALTER TABLE wits DISABLE ROW LEVEL SECURITY" "DROP POLICY tenant_isolation ON wits" \
	"INSERT INTO api_tokens DEFAULT VALUES" "DELETE FROM api_tokens" "UPDATE api_tokens SET role = 'admin'" \
	"UPDATE tenants SET name = 'x'" "SELECT FROM users" "UPDATE audit_log SET who = 'x'" "DELETE FROM audit_log" \
	"UPDATE migration_history SET number = 0" "UPDATE system_settings SET setting_value = '9'" \
	"INSERT INTO system_settings DEFAULT VALUES" "CREATE TEMPORARY TABLE x (a int)"; do
	check "the service may not: $statement" denied "$statement"
done

# -- no row can name another tenant's
super <<'SQL' >"$TMP/out"
INSERT INTO tenants (id, name) VALUES (1, 'One'), (777, 'Other');
INSERT INTO integrations (id, tenant_id, provider, type) VALUES (1, 1, 'Jira', 'data_source'),
	(777, 777, 'Jira', 'data_source');
SQL
check_is "every reference to a tenant's table carries the tenant" \
	"$(super -c "SELECT string_agg(conname, ' ') FROM pg_constraint k
		JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attname = 'tenant_id'
		WHERE k.contype = 'f' AND cardinality(k.conkey) < 2")" ""

# -- every table gets a row of tenant 777 whose every key is 777
super >"$TMP/out" 2>"$TMP/err" <<'SQL'
SET session_replication_role = replica;
DO $$
DECLARE
	t record;
	names text;
	vals text;
BEGIN
	FOR t IN SELECT c.oid, c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		AND a.attname = 'tenant_id'
		WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'integrations'
	LOOP
		SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum), string_agg(CASE
			WHEN attname = 'processing_status' THEN '''pending'''
			WHEN attname = 'action' THEN '''payload'''
			WHEN attname = 'role' THEN '''admin'''
			WHEN attname = 'state' THEN '''queued'''
			WHEN attname = 'traceparent' THEN 'NULL'
			WHEN attname IN ('expires_at', 'to_at') THEN 'now() + interval ''1 day'''
			WHEN attname IN ('revoked_at', 'queued_at', 'last_used_at', 'payload_gone_at')
				THEN 'NULL'
			WHEN attname IN ('created_at', 'claimed_at', 'updated') THEN 'now() - interval ''1 day'''
			WHEN atttypid = 'boolean'::regtype THEN 'TRUE'
			WHEN atttypid IN ('integer'::regtype, 'bigint'::regtype, 'double precision'::regtype) THEN '777'
			WHEN atttypid IN ('varchar[]'::regtype, 'bigint[]'::regtype) THEN '''{777}'''
			WHEN atttypid = 'bytea'::regtype THEN 'sha256(''777'')'
			WHEN atttypid = 'jsonb'::regtype THEN '''{"issues":[{"id":"777","key":"K-777"}]}'''
			WHEN atttypid = 'uuid'::regtype THEN 'gen_random_uuid()'
			WHEN atttypid = 'date'::regtype THEN 'current_date'
			WHEN atttypid IN ('timestamp'::regtype, 'timestamptz'::regtype) THEN 'now()'
			ELSE '''777''' END, ', ' ORDER BY attnum)
		INTO names, vals FROM pg_attribute WHERE attrelid = t.oid AND attnum > 0 AND NOT attisdropped
			AND attgenerated = '';
		EXECUTE format('INSERT INTO %I (%s) VALUES (%s)', t.relname, names, vals);
	END LOOP;
END
$$;
SQL
check_is "each table has a row of the other tenant" "$(cat "$TMP/err")" ""

# -- the statements, as the compiler sees them
statements() {
	local file
	for file in "$ETL_SOURCE"/src/models/*.c "$ETL_SOURCE"/src/models/*/*.c; do
		${CC:-cc} -E -P -I"$ETL_SOURCE/src" "$file" 2>"$TMP/cc.err" |
			FILE=$(basename "$file") perl -0777 -ne '
			while (/db_statement\s+\w+\s*=\s*\{(.*?)\}\s*;/gs) {
				my $body = $1;
				next unless $body =~ /\.sql\s*=\s*((?:"(?:[^"\\]|\\.)*"\s*)+)/s;
				my $sql = join "", $1 =~ /"((?:[^"\\]|\\.)*)"/gs;
				$sql =~ s/\\n/ /g; $sql =~ s/\\(.)/$1/g;
				my ($name) = $body =~ /\.name\s*=\s*"([^"]*)"/;
				print "$ENV{FILE}:", $name // "?", "\t$sql\n";
			}'
	done
}
statements >"$TMP/statements"
# Those of batches, as the build has them.
for file in transformers/transformer loaders/loader; do
	FILE=$(basename "$file") perl -0777 -ne '
		while (/\.name = "([^"]*)", \.sql =((?:\s*"(?:[^"\\]|\\.)*")+)/g) {
			my ($name, $body) = ($1, $2);
			my $sql = join "", $body =~ /"((?:[^"\\]|\\.)*)"/gs;
			$sql =~ s/\\(.)/$1 eq "n" ? " " : $1/ge;
			print "$ENV{FILE}:$name\t$sql\n";
		}' "$ETL_BUILD/src/${file}_sql.c" >>"$TMP/statements"
done
count=$(wc -l <"$TMP/statements")
check "the models have statements ($count)" [ "$count" -gt 20 ]

# What is compared: all rows of all tables, as the superuser sees them.
snapshot() {
	super -c "SELECT string_agg(format('SELECT %L,
			md5(COALESCE(string_agg(x::text, chr(10) ORDER BY x::text), ''''))
			FROM %I x WHERE (to_jsonb(x)->>''tenant_id'')::int = 777', relname, relname),
			' UNION ALL ' ORDER BY relname)
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
		WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace" >"$TMP/snapshot.sql"
	super -f "$TMP/snapshot.sql"
}
snapshot >"$TMP/before"
# Run each with values that fit the other tenant's rows, as whom $1 says; the
# rows that came, and the number of 777 in them.
run_all() { # TENANT OUTPUT
	: >"$2"
	while IFS=$'\t' read -r name sql; do
		sql=$(perl -pe 's/\b(?:\w+\.)?tenant_id = (\$\d+)/(($1)::bigint IS NOT NULL)/g;
			s/\(tenant_id, (\w+)\) = \((\$\d+), /(($2)::bigint IS NOT NULL AND $1 = /g' <<<"$sql")
		{
			echo "BEGIN; SET LOCAL ROLE pulse_etl_service; SET LOCAL statement_timeout = 5000;"
			echo "SELECT set_config('app.tenant_id', '$1', true) \\g $TMP/nothing"
			printf 'PREPARE s AS %s;\n' "$sql"
			cat <<-'TEXT'
			SELECT 'EXECUTE s' || COALESCE('(' || (SELECT string_agg(CASE t::text
				WHEN 'bytea' THEN 'sha256(''777'')'
				WHEN 'jsonb' THEN '''{}'''
				WHEN 'boolean' THEN 'TRUE'
				WHEN 'bigint[]' THEN '''{777}'''
				WHEN 'integer[]' THEN '''{777}'''
				WHEN 'text[]' THEN '''{777}'''
				WHEN 'character varying[]' THEN '''{777}'''
				WHEN 'date' THEN 'current_date'
				WHEN 'timestamp without time zone' THEN 'now()::timestamp'
				WHEN 'timestamp with time zone' THEN 'now()'
				ELSE '''777''' END, ', ' ORDER BY n)
				FROM unnest(parameter_types) WITH ORDINALITY AS p (t, n)) || ')', '')
			FROM pg_prepared_statements WHERE name = 's' \gexec
			TEXT
			echo "COMMIT;"
		} >"$TMP/one.psql"
		printf '== %s\n' "$name" >>"$2"
		super -f "$TMP/one.psql" >>"$2" 2>&1
	done <"$TMP/statements"
}
run_all 1 "$TMP/as_one"
# Rows that name nothing of theirs are no leak: a constant, our own values.
leaks() {
	awk '
	/^== / { name = $2; next }
	/777/ && !/ERROR|DETAIL|HINT|CONTEXT|LINE|STATEMENT|NOTICE/ { print name ": " $0 }' "$1"
}
leaks "$TMP/as_one" >"$TMP/leaks"
check_is "tenant 1 sees no row of the other with any of $count statements" "$(cat "$TMP/leaks")" ""
snapshot >"$TMP/after"
check "and changed none" cmp "$TMP/before" "$TMP/after"
broken=$(grep -c 'syntax error\|does not exist\|could not determine' "$TMP/as_one")
check_is "all of them could be run" "$broken" 0
[ "$broken" = 0 ] || note "$(grep -B3 'syntax error\|does not exist\|could not determine' "$TMP/as_one" | head -n 40)"
# The proof of the proof: for tenant 777 itself the same statements do bite.
run_all 777 "$TMP/as_other"
bites=$(leaks "$TMP/as_other" | cut -d : -f 1-2 | sort -u | wc -l)
snapshot >"$TMP/after"
check "for the other tenant itself they show rows ($bites)" [ "$bites" -ge 5 ]
check_fails "and change some" cmp "$TMP/before" "$TMP/after"
note "$count statements, $bites of them show rows to their own tenant"
done_testing
