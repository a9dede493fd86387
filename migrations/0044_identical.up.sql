-- A payload that came before need not be processed again where that was seen to
-- change nothing, and nothing that it reads has changed since: docs/identical.md.

ALTER TABLE raw_extraction_data ADD COLUMN identical_to BIGINT;
COMMENT ON COLUMN raw_extraction_data.identical_to IS
	'The batch with the same payload that was processed in its place; NULL: '
	'it was processed itself';

CREATE TABLE settled_payloads (
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_settled_payloads_tenant_id REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	entity_type VARCHAR(50) NOT NULL,
	digest BYTEA NOT NULL,
	raw_data_id BIGINT NOT NULL,
	seen VARCHAR(64),
	is_settled BOOLEAN NOT NULL DEFAULT FALSE,
	processed_at TIMESTAMP NOT NULL DEFAULT NOW(),
	CONSTRAINT settled_payloads_pkey PRIMARY KEY (tenant_id, integration_id,
		entity_type, digest),
	CONSTRAINT settled_payloads_digest CHECK (octet_length(digest) = 32)
);
CREATE INDEX idx_settled_payloads_processed_at
	ON settled_payloads (processed_at);
COMMENT ON TABLE settled_payloads IS
	'Payloads that were processed, with the setting worker_identical';
COMMENT ON COLUMN settled_payloads.digest IS
	'SHA-256 of what came and of its extraction_metadata';
COMMENT ON COLUMN settled_payloads.raw_data_id IS
	'The batch of this payload that was processed last';
COMMENT ON COLUMN settled_payloads.seen IS
	'Which versions of which rows it read; NULL: that cannot be told';
COMMENT ON COLUMN settled_payloads.is_settled IS
	'The same rows, and none changed, were there once it was loaded';

-- What came, as far as a transform can tell: a run and its step it cannot.
CREATE FUNCTION etl_payload_digest(sha256 BYTEA, metadata JSONB) RETURNS BYTEA
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT sha256(sha256 || convert_to(COALESCE((metadata - 'run_id'
		- 'step')::text, ''), 'UTF8'))
$$;
COMMENT ON FUNCTION etl_payload_digest IS
	'The same for two batches of a type that transforms cannot tell apart';

-- An update gives a row another xmin, whoever makes it; a lock does not. Settings
-- of an integration count, what else its row says does not.
CREATE FUNCTION etl_names_seen(tenant BIGINT, integration BIGINT)
RETURNS TABLE (part TEXT)
LANGUAGE sql STABLE AS $$
	SELECT 'project ' || p.id || ' ' || p.xmin::text
	FROM projects AS p
	WHERE p.tenant_id = tenant AND p.integration_id = integration
	UNION ALL
	SELECT 'wit ' || w.id || ' ' || w.xmin::text
	FROM wits AS w
	WHERE w.tenant_id = tenant AND w.integration_id = integration
	UNION ALL
	SELECT 'status ' || s.id || ' ' || s.xmin::text
	FROM statuses AS s
	WHERE s.tenant_id = tenant AND s.integration_id = integration
	UNION ALL
	SELECT 'project_wit ' || x.project_id || ' ' || x.wit_id || ' '
		|| x.xmin::text
	FROM projects AS p JOIN projects_wits AS x ON x.project_id = p.id
	WHERE p.tenant_id = tenant AND p.integration_id = integration
	UNION ALL
	SELECT 'project_status ' || x.project_id || ' ' || x.status_id || ' '
		|| x.xmin::text
	FROM projects AS p JOIN projects_statuses AS x ON x.project_id = p.id
	WHERE p.tenant_id = tenant AND p.integration_id = integration
	UNION ALL
	SELECT 'wit_mapping ' || m.id || ' ' || m.xmin::text
	FROM wits_mappings AS m
	WHERE m.tenant_id = tenant
	UNION ALL
	SELECT 'wit_hierarchy ' || h.id || ' ' || h.xmin::text
	FROM wits_hierarchies AS h
	WHERE h.tenant_id = tenant
	UNION ALL
	SELECT 'status_mapping ' || m.id || ' ' || m.xmin::text
	FROM statuses_mappings AS m
	WHERE m.tenant_id = tenant
	UNION ALL
	SELECT 'workflow ' || f.id || ' ' || f.xmin::text
	FROM workflows AS f
	WHERE f.tenant_id = tenant
	UNION ALL
	SELECT 'integration ' || i.id || ' ' || i.active || ' ' || i.provider
		|| ' ' || i.type || ' ' || i.product || ' ' || md5(i.settings::text)
	FROM integrations AS i
	WHERE i.tenant_id = tenant
	UNION ALL
	SELECT 'waiting ' || b.raw_data_id || ' ' || b.name
	FROM waiting_batches AS b
	WHERE b.tenant_id = tenant AND b.integration_id = integration
		AND b.kind = 'project'
	UNION ALL
	SELECT 'migration ' || h.number || ' ' || h.checksum
	FROM migration_history AS h
$$;
COMMENT ON FUNCTION etl_names_seen IS
	'Versions of all that batches of an integration''s names read';

-- A batch counts as newer than all that is there: then one stored later does, too.
CREATE FUNCTION etl_names_are_older(tenant BIGINT, integration BIGINT,
	batch BIGINT) RETURNS BOOLEAN
LANGUAGE sql STABLE AS $$
	SELECT NOT EXISTS (SELECT
		FROM (
			SELECT b.created_at
			FROM raw_extraction_data AS b
			WHERE b.tenant_id = tenant AND b.id = batch
			OFFSET 0) AS b
		CROSS JOIN LATERAL (
			SELECT p.last_updated_at, p.column_ages
			FROM projects AS p
			WHERE p.tenant_id = tenant
				AND p.integration_id = integration
			UNION ALL
			SELECT w.last_updated_at, w.column_ages
			FROM wits AS w
			WHERE w.tenant_id = tenant
				AND w.integration_id = integration
			UNION ALL
			SELECT s.last_updated_at, s.column_ages
			FROM statuses AS s
			WHERE s.tenant_id = tenant
				AND s.integration_id = integration) AS t
		WHERE t.last_updated_at >= b.created_at OR EXISTS (SELECT
			FROM jsonb_each_text(t.column_ages) AS e
			WHERE e.value COLLATE "C"
				>= etl_age(b.created_at, 0) COLLATE "C"))
$$;
COMMENT ON FUNCTION etl_names_are_older IS
	'Is every project, type and status of an integration older than a batch?';

-- Rights and the second lock, as in 0014.
ALTER TABLE settled_payloads ENABLE ROW LEVEL SECURITY,
	FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON settled_payloads
	USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id',
		true), '')::integer)
		OR (SELECT current_setting('app.every_tenant', true) = 'on'))
	WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id',
		true), '')::integer)
		OR (SELECT current_setting('app.every_tenant', true) = 'on'));
REVOKE ALL ON settled_payloads FROM PUBLIC, pulse_etl_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON settled_payloads TO pulse_etl_service;
DO $$
BEGIN
	IF current_user <> 'pulse_etl_owner' THEN
		ALTER TABLE settled_payloads OWNER TO pulse_etl_owner;
	END IF;
END
$$;
