-- Back to 0014: settings are not looked at, and nothing tells what was replaced.

DROP INDEX idx_raw_extraction_data_external_id;
DROP FUNCTION etl_settings_flaws(INTEGER, JSONB);
DROP FUNCTION etl_custom_fields(JSONB);
DROP FUNCTION etl_custom_columns();
ALTER TABLE raw_extraction_data DROP COLUMN replaced_characters;
