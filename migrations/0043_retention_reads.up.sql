-- A pass of retention rules reads what it removes, and no batch that stays: not
-- those of other types, not those whose payload has gone before. The order is that
-- in which they were processed, or else stored; COALESCE would say so in fewer
-- words, but row security keeps it from an index, and IN would read otherwise after
-- a dump. A batch that is pending is in none of these indexes, so a store costs
-- nothing more.

CREATE INDEX idx_raw_extraction_data_retained ON raw_extraction_data (
	tenant_id, integration_id, entity_type, processing_status,
	(CASE WHEN processed_at IS NULL THEN created_at ELSE processed_at END), id)
	WHERE active
	AND (processing_status = 'completed' OR processing_status = 'failed')
	AND payload_gone_at IS NULL;
CREATE INDEX idx_raw_extraction_data_payload_gone ON raw_extraction_data (
	tenant_id, integration_id, entity_type, processing_status,
	(CASE WHEN processed_at IS NULL THEN created_at ELSE processed_at END), id)
	WHERE active AND payload_gone_at IS NOT NULL;
CREATE INDEX idx_raw_extraction_data_deleted ON raw_extraction_data (
	tenant_id, integration_id,
	(CASE WHEN processed_at IS NULL THEN created_at ELSE processed_at END), id)
	WHERE NOT active;
COMMENT ON COLUMN retention_rules.keep_newest IS
	'So many of each integration and type that were processed, or else '
	'stored, last stay, however old they are';
