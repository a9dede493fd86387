-- A page of one type's or one status's batches, newest first, and how many there
-- are: with indexes on these columns alone, which know neither the tenant nor the
-- order, a type that is rare in one tenant and frequent in others, or whose
-- batches are all old, was searched for among all that came since.
--
-- Made in 9 s for a million rows, while no batch can be stored; they take
-- 87 MB, and those that go had 13.

-- The status stands first for what the relay looks for of every tenant.
CREATE INDEX idx_raw_extraction_data_processing_status_tenant_id_id
	ON raw_extraction_data (processing_status, tenant_id, id) WHERE active;
DROP INDEX idx_raw_extraction_data_processing_status;

CREATE INDEX idx_raw_extraction_data_tenant_id_entity_type_id
	ON raw_extraction_data (tenant_id, entity_type, id) WHERE active;
DROP INDEX idx_raw_extraction_data_entity_type;
