-- Back to 0019: types and statuses are found, tenants and the newest are not.

CREATE INDEX idx_raw_extraction_data_entity_type
	ON raw_extraction_data (entity_type);
DROP INDEX idx_raw_extraction_data_tenant_id_entity_type_id;

CREATE INDEX idx_raw_extraction_data_processing_status
	ON raw_extraction_data (processing_status);
DROP INDEX idx_raw_extraction_data_processing_status_tenant_id_id;
