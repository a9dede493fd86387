-- Back to 0001's shape. What 0002 put in place of NULL in processing_status,
-- active and created_at stays; when a batch was queued is forgotten.

DO $$
DECLARE
	largest CONSTANT bigint := 2147483647;
	reached bigint;
BEGIN
	SELECT GREATEST(s.last_value, (SELECT max(id) FROM raw_extraction_data))
	INTO reached FROM raw_extraction_data_id_seq AS s;
	IF reached > largest THEN
		RAISE EXCEPTION 'raw_extraction_data has reached id %, which does'
			' not fit the integer column it had before', reached
			USING ERRCODE = 'numeric_value_out_of_range',
			HINT = 'Remove the rows above id 2147483647 and set'
			' the sequence raw_extraction_data_id_seq back first.';
	END IF;
	IF EXISTS (SELECT FROM pg_settings
	    WHERE name = 'default_toast_compression')
	THEN
		EXECUTE 'ALTER TABLE raw_extraction_data'
			' ALTER COLUMN raw_data SET COMPRESSION default';
	END IF;
END
$$;

ALTER TABLE raw_extraction_data
	RESET (fillfactor),
	DROP CONSTRAINT uq_raw_extraction_data_tenant_id_id,
	DROP CONSTRAINT ck_raw_extraction_data_processing_status,
	ALTER COLUMN processing_status DROP NOT NULL,
	ALTER COLUMN active DROP NOT NULL,
	ALTER COLUMN created_at DROP NOT NULL,
	DROP COLUMN raw_data_items,
	DROP COLUMN raw_data_bytes,
	DROP COLUMN raw_data_sha256,
	DROP COLUMN queued_at,
	DROP COLUMN attempts,
	DROP COLUMN queue_transform,
	ALTER COLUMN id TYPE INTEGER;
ALTER SEQUENCE raw_extraction_data_id_seq AS INTEGER;
CREATE INDEX idx_raw_extraction_data_tenant_id
	ON raw_extraction_data (tenant_id);
