-- Secrets that sources sign webhooks with: two of an integration may be valid at
-- a time, so that one can be exchanged without a lost delivery. They are sealed
-- like passwords of integrations (adapters/crypto/secret.h).
CREATE TABLE integration_hook_secrets (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_integration_hook_secrets_tenant_id
		REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	secret VARCHAR NOT NULL,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	CONSTRAINT fk_integration_hook_secrets_integration
		FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_integration_hook_secrets_integration_id
	ON integration_hook_secrets (integration_id);
COMMENT ON COLUMN integration_hook_secrets.secret IS
	'Sealed for its integration; never answered';

DO $$
DECLARE
	policy CONSTANT TEXT := 'tenant_id = (SELECT NULLIF(current_setting('
		'''app.tenant_id'', true), '''')::INTEGER) OR (SELECT'
		' current_setting(''app.every_tenant'', true) = ''on'')';
	owned CONSTANT TEXT := 'integration_hook_secrets';
BEGIN
	EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY,'
		' FORCE ROW LEVEL SECURITY', owned);
	EXECUTE format('CREATE POLICY tenant_isolation ON %I'
		' USING (%s) WITH CHECK (%s)', owned, policy, policy);
	EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, pulse_etl_service',
		owned);
	EXECUTE format('GRANT SELECT, UPDATE (secret, last_updated_at) ON %I'
		' TO pulse_etl_service', owned);
	IF current_user <> 'pulse_etl_owner' THEN
		EXECUTE format('ALTER TABLE %I OWNER TO pulse_etl_owner',
			owned);
	END IF;
END
$$;
