-- Retention as rules: which batches go, or lose their payload, and when.

-- A batch whose payload has gone keeps its row, its digest and its errors: raw_data
-- is the JSON null then, which programs of the version before can read, and this
-- says since when.
ALTER TABLE raw_extraction_data ADD COLUMN payload_gone_at TIMESTAMP;
COMMENT ON COLUMN raw_extraction_data.payload_gone_at IS
	'When a retention rule took the payload (UTC); NULL: it is there';

CREATE TABLE retention_rules (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER
		CONSTRAINT fk_retention_rules_tenant_id REFERENCES tenants (id),
	entity_type VARCHAR(50),
	processing_status VARCHAR(20) NOT NULL DEFAULT 'completed',
	keep_days INTEGER NOT NULL,
	keep_newest INTEGER NOT NULL DEFAULT 0,
	action VARCHAR(20) NOT NULL,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT retention_rules_status CHECK (processing_status IN ('pending',
		'processing', 'completed', 'failed', 'deleted')),
	CONSTRAINT retention_rules_days CHECK (keep_days BETWEEN 1 AND 36500),
	CONSTRAINT retention_rules_newest
		CHECK (keep_newest BETWEEN 0 AND 1000000),
	CONSTRAINT retention_rules_action CHECK (action IN ('delete', 'payload'))
);
CREATE UNIQUE INDEX idx_retention_rules_once ON retention_rules (
	COALESCE(tenant_id, 0), COALESCE(entity_type, ''), processing_status,
	action);
COMMENT ON TABLE retention_rules IS
	'What the relay removes, and when: docs/retention.md';
COMMENT ON COLUMN retention_rules.tenant_id IS
	'Whose batches; NULL: those of every tenant without such a rule';
COMMENT ON COLUMN retention_rules.entity_type IS
	'Batches of this type; NULL: of every type without such a rule';
COMMENT ON COLUMN retention_rules.keep_days IS
	'Days since they were processed, or else stored, for which they stay';
COMMENT ON COLUMN retention_rules.keep_newest IS
	'So many of each integration and type stay, however old they are';
COMMENT ON COLUMN retention_rules.action IS
	'delete: the batch goes; payload: its payload only';

-- Rights and the second lock, as in 0035: a rule without a tenant is everybody's to
-- read; only who sees every tenant may change it.
DO $$
DECLARE
	policy CONSTANT TEXT := 'tenant_id = (SELECT NULLIF(current_setting('
		'''app.tenant_id'', true), '''')::integer) OR (SELECT '
		'current_setting(''app.every_tenant'', true) = ''on'')';
	owned CONSTANT TEXT := 'retention_rules';
BEGIN
	EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY,'
		' FORCE ROW LEVEL SECURITY', owned);
	EXECUTE format('CREATE POLICY tenant_isolation ON %I'
		' USING (%s) WITH CHECK (%s)', owned, policy, policy);
	EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, pulse_etl_service', owned);
	EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I'
		' TO pulse_etl_service', owned);
	EXECUTE 'CREATE POLICY shared_rules ON retention_rules FOR SELECT'
		' USING (tenant_id IS NULL)';
	EXECUTE 'GRANT USAGE, SELECT ON SEQUENCE retention_rules_id_seq'
		' TO pulse_etl_service';
	IF current_user <> 'pulse_etl_owner' THEN
		EXECUTE format('ALTER TABLE %I OWNER TO pulse_etl_owner', owned);
	END IF;
END
$$;
