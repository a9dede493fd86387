-- Back to 0035: a batch whose payload has gone has null as its payload.
DROP TABLE retention_rules;
ALTER TABLE raw_extraction_data DROP COLUMN payload_gone_at;
