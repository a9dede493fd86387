-- Back to 0008: lists of an integration walk the primary key.

CREATE INDEX idx_raw_extraction_data_tenant_id_integration_id_created_at
	ON raw_extraction_data (tenant_id, integration_id, created_at);
DROP INDEX idx_raw_extraction_data_tenant_id_integration_id_id;
