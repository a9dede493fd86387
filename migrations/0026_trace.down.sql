-- Back to 0025: batches know nothing of traces.

ALTER TABLE raw_extraction_data
	DROP COLUMN traceparent;
