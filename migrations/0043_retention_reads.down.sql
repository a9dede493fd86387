COMMENT ON COLUMN retention_rules.keep_newest IS
	'So many of each integration and type stay, however old they are';
DROP INDEX idx_raw_extraction_data_deleted;
DROP INDEX idx_raw_extraction_data_payload_gone;
DROP INDEX idx_raw_extraction_data_retained;
