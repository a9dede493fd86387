-- Back to 0005: tokens, the audit and usage are gone, every role that may read
-- a table sees all its rows. The roles stay: other databases may use them.

DROP TABLE tenant_usage;
DROP TABLE audit_log;
DROP TABLE api_tokens;

DO $$
DECLARE
	owned text;
BEGIN
	FOR owned IN SELECT tablename FROM pg_policies
		WHERE schemaname = 'public' AND policyname = 'tenant_isolation'
	LOOP
		EXECUTE format('DROP POLICY tenant_isolation ON %I', owned);
		EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY,'
			' DISABLE ROW LEVEL SECURITY', owned);
		EXECUTE format('REVOKE ALL ON %I FROM pulse_etl_service',
			owned);
	END LOOP;
END
$$;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM pulse_etl_service;
REVOKE ALL ON migration_history FROM pulse_etl_service;

ALTER TABLE projects_wits
	DROP CONSTRAINT fk_projects_wits_project_id,
	DROP CONSTRAINT fk_projects_wits_wit_id,
	DROP COLUMN tenant_id,
	ADD CONSTRAINT fk_projects_wits_project_id
		FOREIGN KEY (project_id) REFERENCES projects (id),
	ADD CONSTRAINT fk_projects_wits_wit_id
		FOREIGN KEY (wit_id) REFERENCES wits (id);
ALTER TABLE projects_statuses
	DROP CONSTRAINT fk_projects_statuses_project_id,
	DROP CONSTRAINT fk_projects_statuses_status_id,
	DROP COLUMN tenant_id,
	ADD CONSTRAINT fk_projects_statuses_project_id
		FOREIGN KEY (project_id) REFERENCES projects (id),
	ADD CONSTRAINT fk_projects_statuses_status_id
		FOREIGN KEY (status_id) REFERENCES statuses (id);
COMMENT ON TABLE projects_wits IS
	'Without a tenant_id of its own: a row belongs to its '
	'project''s tenant, and whoever writes one takes both ids from '
	'the same tenant';
COMMENT ON TABLE projects_statuses IS
	'As projects_wits';
