-- Back to 0010: the newest batch is searched for.

DROP INDEX idx_raw_extraction_data_tenant_id_integration_id_created_at;
