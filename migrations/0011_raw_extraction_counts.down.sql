-- Back to 0010: lists count.

DROP TRIGGER counted ON raw_extraction_data;
DROP TRIGGER counted_again ON raw_extraction_data;
DROP TRIGGER counted_none ON raw_extraction_data;
DROP FUNCTION raw_extraction_data_counted();
DROP FUNCTION raw_extraction_count(INTEGER, BIGINT, INTEGER);
DROP TABLE raw_extraction_counts;
CREATE INDEX idx_raw_extraction_data_integration_id
	ON raw_extraction_data (integration_id);
