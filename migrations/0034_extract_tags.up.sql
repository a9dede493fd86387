-- Pages of sources that say which version of them was given (ETag): if it is still
-- the same, the page need not be read again.
CREATE TABLE extract_tags (
	tenant_id INTEGER NOT NULL REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	stream VARCHAR(50) NOT NULL,
	part VARCHAR(255) NOT NULL,
	address VARCHAR(2000) NOT NULL,
	etag VARCHAR(255) NOT NULL,
	next TEXT,
	parts VARCHAR[] NOT NULL DEFAULT '{}',
	run_id BIGINT NOT NULL,
	is_read BOOLEAN NOT NULL DEFAULT FALSE,
	PRIMARY KEY (tenant_id, integration_id, stream, part, address),
	FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id)
);
COMMENT ON TABLE extract_tags IS
	'Versions of pages of sources, for conditional requests';
COMMENT ON COLUMN extract_tags.next IS
	'The address of the page behind it; NULL: it is the last one';
COMMENT ON COLUMN extract_tags.parts IS
	'Projects or repositories that the page names';
COMMENT ON COLUMN extract_tags.run_id IS
	'The run that saw the page last';
COMMENT ON COLUMN extract_tags.is_read IS
	'A run has read the stream to its end since it stored the page';

-- Rights and the second lock, as in 0006.
DO $$
DECLARE
	policy CONSTANT TEXT := 'tenant_id = (SELECT NULLIF(current_setting('
		'''app.tenant_id'', true), '''')::integer) OR (SELECT '
		'current_setting(''app.every_tenant'', true) = ''on'')';
	owned CONSTANT TEXT := 'extract_tags';
BEGIN
	EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY,'
		' FORCE ROW LEVEL SECURITY', owned);
	EXECUTE format('CREATE POLICY tenant_isolation ON %I'
		' USING (%s) WITH CHECK (%s)', owned, policy, policy);
	EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, pulse_etl_service',
		owned);
	EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I'
		' TO pulse_etl_service', owned);
	IF current_user <> 'pulse_etl_owner' THEN
		EXECUTE format('ALTER TABLE %I OWNER TO pulse_etl_owner',
			owned);
	END IF;
END
$$;
