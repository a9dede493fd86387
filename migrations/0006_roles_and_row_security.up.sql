-- Who may do what in the database.
--
-- pulse_etl_owner owns the tables and migrates them. pulse_etl_service is
-- what the service may do: read and write rows, nothing else. Neither logs in
-- unless somebody lets it: ALTER ROLE pulse_etl_service LOGIN, or a login of
-- one's own with GRANT pulse_etl_service TO it. Making them takes CREATEROLE;
-- where a role is there already, it is taken as it is.
--
-- Rows of a tenant are seen and written only by who has said whose they are:
-- app.tenant_id, or app.every_tenant for chores over all tenants. That is a
-- second lock behind the WHERE of every statement, and it is there for the
-- owner, too.

DO $$
DECLARE
	role text;
BEGIN
	FOREACH role IN ARRAY '{pulse_etl_owner, pulse_etl_service}'::text[]
	LOOP
		IF EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
			CONTINUE;
		END IF;
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = current_user
		    AND (rolsuper OR rolcreaterole)) THEN
			RAISE EXCEPTION 'the role % is missing, and % may not'
				' create it', role, current_user
				USING HINT = 'CREATE ROLE ' || role ||
				' as a superuser, or give CREATEROLE.';
		END IF;
		BEGIN
			EXECUTE format('CREATE ROLE %I NOLOGIN', role);
		EXCEPTION WHEN duplicate_object OR unique_violation THEN
			NULL; -- another database's migration was faster
		END;
	END LOOP;
	IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pulse_etl_service'
	    AND (rolsuper OR rolbypassrls)) THEN
		RAISE EXCEPTION 'the role pulse_etl_service may not be a'
			' superuser or bypass row-level security';
	END IF;
	IF current_user <> 'pulse_etl_owner' AND
	    NOT pg_has_role(current_user, 'pulse_etl_owner', 'MEMBER') THEN
		EXECUTE format('GRANT pulse_etl_owner TO %I', current_user);
	END IF;
END
$$;

-- A row of these belongs to its project's tenant; it says so itself now. Who
-- leaves it out means the tenant of the session.
ALTER TABLE projects_wits ADD COLUMN tenant_id INTEGER DEFAULT
	NULLIF(current_setting('app.tenant_id', true), '')::integer;
ALTER TABLE projects_statuses ADD COLUMN tenant_id INTEGER DEFAULT
	NULLIF(current_setting('app.tenant_id', true), '')::integer;
UPDATE projects_wits SET tenant_id =
	(SELECT p.tenant_id FROM projects AS p WHERE p.id = project_id);
UPDATE projects_statuses SET tenant_id =
	(SELECT p.tenant_id FROM projects AS p WHERE p.id = project_id);
ALTER TABLE projects_wits
	ALTER COLUMN tenant_id SET NOT NULL,
	DROP CONSTRAINT fk_projects_wits_project_id,
	DROP CONSTRAINT fk_projects_wits_wit_id,
	ADD CONSTRAINT fk_projects_wits_project_id
		FOREIGN KEY (tenant_id, project_id)
		REFERENCES projects (tenant_id, id),
	ADD CONSTRAINT fk_projects_wits_wit_id
		FOREIGN KEY (tenant_id, wit_id)
		REFERENCES wits (tenant_id, id);
ALTER TABLE projects_statuses
	ALTER COLUMN tenant_id SET NOT NULL,
	DROP CONSTRAINT fk_projects_statuses_project_id,
	DROP CONSTRAINT fk_projects_statuses_status_id,
	ADD CONSTRAINT fk_projects_statuses_project_id
		FOREIGN KEY (tenant_id, project_id)
		REFERENCES projects (tenant_id, id),
	ADD CONSTRAINT fk_projects_statuses_status_id
		FOREIGN KEY (tenant_id, status_id)
		REFERENCES statuses (tenant_id, id);
COMMENT ON TABLE projects_wits IS 'Which types a project uses';
COMMENT ON TABLE projects_statuses IS 'Which statuses a project uses';

-- What clients show. Of a token only its SHA-256 is kept.
CREATE TABLE api_tokens (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_api_tokens_tenant_id REFERENCES tenants (id),
	name VARCHAR(100) NOT NULL,
	role VARCHAR(10) NOT NULL,
	token_sha256 BYTEA NOT NULL,
	token_hint VARCHAR(16) NOT NULL,
	expires_at TIMESTAMP,
	revoked_at TIMESTAMP,
	last_used_at TIMESTAMP,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT uq_api_tokens_tenant_id_id UNIQUE (tenant_id, id),
	CONSTRAINT uq_api_tokens_token_sha256 UNIQUE (token_sha256),
	CONSTRAINT ck_api_tokens_token_sha256
		CHECK (octet_length(token_sha256) = 32),
	CONSTRAINT ck_api_tokens_role
		CHECK (role IN ('reader', 'writer', 'admin'))
) WITH (fillfactor = 80);
COMMENT ON COLUMN api_tokens.token_hint IS
	'The token''s first characters, to recognise it by';
COMMENT ON COLUMN api_tokens.last_used_at IS
	'Written once a minute at most';

-- Who changed tokens and integrations. Rows are only ever added.
CREATE TABLE audit_log (
	id BIGSERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_audit_log_tenant_id REFERENCES tenants (id),
	at TIMESTAMP NOT NULL DEFAULT NOW(),
	who VARCHAR(300) NOT NULL,
	action VARCHAR(50) NOT NULL,
	row_id BIGINT,
	request_id VARCHAR(128)
);
CREATE INDEX idx_audit_log_tenant_id_at ON audit_log (tenant_id, at);
COMMENT ON COLUMN audit_log.who IS
	'token:ID, user:ID of a JWT, or the database role of a person at the '
	'command line';

-- What a tenant has stored today, counted only where it has a quota.
CREATE TABLE tenant_usage (
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_tenant_usage_tenant_id REFERENCES tenants (id),
	day DATE NOT NULL,
	batches BIGINT NOT NULL DEFAULT 0,
	bytes BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant_id, day)
) WITH (fillfactor = 50);
COMMENT ON TABLE tenant_usage IS
	'Batches and bytes of a UTC day, for the quotas of system_settings: '
	'etl_daily_batches and etl_daily_bytes';

-- Every table: rights and the second lock.
DO $$
DECLARE
	owned text;
	policy text;
	whose constant text := '(SELECT NULLIF(current_setting('
		'''app.tenant_id'', true), '''')::integer)';
	every constant text := '(SELECT current_setting(''app.every_tenant'', '
		'true) = ''on'')';
BEGIN
	FOREACH owned IN ARRAY '{tenants, users, integrations, projects,
		workflows, statuses_mappings, wits_hierarchies, wits_mappings,
		wits, statuses, projects_wits, projects_statuses, work_items,
		changelogs, repositories, prs, prs_reviews, prs_commits,
		prs_comments, system_settings, etl_jobs, wits_prs_links,
		raw_extraction_data, qdrant_vectors, idempotency_keys,
		api_tokens, audit_log, tenant_usage}'::text[]
	LOOP
		policy := format('%s = %s OR %s', CASE owned WHEN 'tenants'
			THEN 'id' ELSE 'tenant_id' END, whose, every);
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY,'
			' FORCE ROW LEVEL SECURITY', owned);
		EXECUTE format('CREATE POLICY tenant_isolation ON %I'
			' USING (%s) WITH CHECK (%s)', owned, policy, policy);
		EXECUTE format('REVOKE ALL ON %I FROM PUBLIC,'
			' pulse_etl_service', owned);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I'
			' TO pulse_etl_service', owned);
		IF current_user <> 'pulse_etl_owner' THEN
			EXECUTE format('ALTER TABLE %I OWNER TO'
				' pulse_etl_owner', owned);
		END IF;
	END LOOP;
END
$$;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO pulse_etl_service;
GRANT SELECT ON migration_history TO pulse_etl_service;

-- The service needs no more of these.
REVOKE INSERT, UPDATE, DELETE ON tenants, api_tokens FROM pulse_etl_service;
REVOKE ALL ON users FROM pulse_etl_service;
GRANT UPDATE (last_used_at) ON api_tokens TO pulse_etl_service;
REVOKE UPDATE, DELETE ON audit_log FROM pulse_etl_service;

-- Nor may it make tables, as everybody could before PostgreSQL 15.
DO $$
BEGIN
	IF has_schema_privilege('pulse_etl_service', 'public', 'CREATE') THEN
		REVOKE CREATE ON SCHEMA public FROM PUBLIC, pulse_etl_service;
	END IF;
END
$$;
