-- Back to 0020: the trigger counts every row.

DROP TRIGGER counted ON raw_extraction_data;
DROP TRIGGER counted_off ON raw_extraction_data;
CREATE TRIGGER counted AFTER INSERT OR DELETE ON raw_extraction_data
	FOR EACH ROW EXECUTE FUNCTION raw_extraction_data_counted();

COMMENT ON COLUMN raw_extraction_counts.slot IS
	'The batch''s id modulo 512';
COMMENT ON COLUMN raw_extraction_counts.batches IS
	'Batches of this slot; of slot 0 also those from before the count';
