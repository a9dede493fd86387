-- The relay of before finds what is due by itself.

DROP INDEX idx_raw_extraction_data_queue_due;
DROP TRIGGER due ON raw_extraction_data;
DROP FUNCTION raw_extraction_data_due();
ALTER TABLE raw_extraction_data
	DROP COLUMN interruptions,
	DROP COLUMN queue_due;
COMMENT ON COLUMN raw_extraction_data.attempts IS
	'How often a worker began with it';
