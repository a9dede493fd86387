DROP FUNCTION etl_names_are_older(BIGINT, BIGINT, BIGINT);
DROP FUNCTION etl_names_seen(BIGINT, BIGINT);
DROP FUNCTION etl_payload_digest(BYTEA, JSONB);
DROP TABLE settled_payloads;
ALTER TABLE raw_extraction_data DROP COLUMN identical_to;
