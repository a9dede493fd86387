-- The request that stored a batch, for all that is done with it later: relay,
-- requeue and workers go on in its trace. W3C Trace Context: version, trace,
-- span, flags; 55 characters. Batches from before have none. Its form is checked
-- and no digits: a regular expression costs a store ten times as much.

ALTER TABLE raw_extraction_data
	ADD COLUMN traceparent TEXT
		CHECK (octet_length(traceparent) = 55 AND traceparent LIKE
			'00-________________________________-________________-0_');
COMMENT ON COLUMN raw_extraction_data.traceparent IS
	'The traceparent (W3C Trace Context) of the request that stored it';
