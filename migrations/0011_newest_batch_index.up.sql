-- The newest batch of each integration, which the list of integrations shows:
-- with the index on created_at alone, one that has not sent anything for long
-- costs a look at every batch that came since.

CREATE INDEX idx_raw_extraction_data_tenant_id_integration_id_created_at
	ON raw_extraction_data (tenant_id, integration_id, created_at);
