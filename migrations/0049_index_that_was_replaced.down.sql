-- Back to 0008.

CREATE INDEX idx_raw_extraction_data_tenant_id_integration_id_created_at
	ON raw_extraction_data (tenant_id, integration_id, created_at);
