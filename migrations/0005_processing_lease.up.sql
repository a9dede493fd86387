-- When a batch was taken: one that stays in processing past its lease comes
-- back to pending (pulse-etl-relay), for whoever took it has died.

ALTER TABLE raw_extraction_data ADD COLUMN claimed_at TIMESTAMP;

COMMENT ON COLUMN raw_extraction_data.claimed_at IS
	'When it last became processing, UTC';
