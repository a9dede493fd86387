-- What the service knows about a batch when it stores it: how much it is,
-- whether its message is on its way, how often somebody tried it.
--
-- A row that is there already was never queued by the service: its queued_at
-- stays NULL, so the relay queues it if it is pending. That is intended: an
-- upgrade loses no batch. Who does not want it sets queue_transform to false
-- for these rows before the relay starts.

ALTER TABLE raw_extraction_data
	ADD COLUMN raw_data_items INTEGER,
	ADD COLUMN raw_data_bytes BIGINT,
	ADD COLUMN raw_data_sha256 BYTEA,
	ADD COLUMN queued_at TIMESTAMP,
	ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0,
	ADD COLUMN queue_transform BOOLEAN NOT NULL DEFAULT TRUE;

-- The bytes that came are gone; what jsonb prints stands in for them. The
-- members that hold a batch's items are those the service counts.
UPDATE raw_extraction_data SET
	raw_data_items = CASE jsonb_typeof(raw_data)
		WHEN 'array' THEN jsonb_array_length(raw_data)
		WHEN 'object' THEN COALESCE((
			SELECT jsonb_array_length(raw_data #> items.path)
			FROM (VALUES
				(1, '{issues}'::text[]),
				(2, '{values}'),
				(3, '{projects}'),
				(4, '{repositories}'),
				(5, '{items}'),
				(6, '{prs}'),
				(7, '{pull_requests}'),
				(8, '{pullRequests,nodes}')
			) AS items (place, path)
			WHERE jsonb_typeof(raw_data #> items.path) = 'array'
			ORDER BY items.place
			LIMIT 1), 1)
		ELSE 1
	END,
	raw_data_bytes = octet_length(convert_to(raw_data::text, 'UTF8')),
	raw_data_sha256 = sha256(convert_to(raw_data::text, 'UTF8')),
	processing_status = COALESCE(processing_status, 'pending'),
	active = COALESCE(active, TRUE),
	created_at = COALESCE(created_at, processed_at, NOW());

-- The wider id rewrites the table, which also leaves out the row versions the
-- update above has just replaced. Indexes are built anew with it.
DROP INDEX idx_raw_extraction_data_tenant_id;
ALTER TABLE raw_extraction_data
	SET (fillfactor = 90),
	ALTER COLUMN id TYPE BIGINT,
	ALTER COLUMN raw_data_items SET NOT NULL,
	ALTER COLUMN raw_data_bytes SET NOT NULL,
	ALTER COLUMN raw_data_sha256 SET NOT NULL,
	ALTER COLUMN processing_status SET NOT NULL,
	ALTER COLUMN active SET NOT NULL,
	ALTER COLUMN created_at SET NOT NULL,
	ADD CONSTRAINT ck_raw_extraction_data_raw_data_sha256
		CHECK (octet_length(raw_data_sha256) = 32),
	ADD CONSTRAINT ck_raw_extraction_data_processing_status
		CHECK (processing_status IN
			('pending', 'processing', 'completed', 'failed'));
ALTER SEQUENCE raw_extraction_data_id_seq AS BIGINT;

-- Newest first within a tenant, read backwards; all of a tenant, what 0001's
-- index on (tenant_id) was for; and what other tables refer to. No index may
-- name queued_at or be partial on it: its update has to stay heap-only, for
-- which the pages keep a tenth of their room.
ALTER TABLE raw_extraction_data
	ADD CONSTRAINT uq_raw_extraction_data_tenant_id_id UNIQUE (tenant_id, id);

-- Storing with lz4 takes less than half the time of pglz. Values that are
-- there keep what they have.
DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_settings
	    WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals))
	THEN
		EXECUTE 'ALTER TABLE raw_extraction_data'
			' ALTER COLUMN raw_data SET COMPRESSION lz4';
	ELSE
		RAISE NOTICE 'this server has no lz4: raw_data stays with pglz';
	END IF;
END
$$;

COMMENT ON COLUMN raw_extraction_data.raw_data_items IS
	'Items of the batch: of the array, or of the first known member that '
	'holds an array, else 1; kept here so that lists do not read raw_data';
COMMENT ON COLUMN raw_extraction_data.raw_data_bytes IS
	'Bytes of raw_data as it came';
COMMENT ON COLUMN raw_extraction_data.raw_data_sha256 IS
	'SHA-256 of raw_data as it came';
COMMENT ON COLUMN raw_extraction_data.queued_at IS
	'When the broker confirmed the message with the id; NULL: not yet, so '
	'the relay sends it while the row is pending and queue_transform true';
COMMENT ON COLUMN raw_extraction_data.attempts IS
	'How often a worker began with it';
COMMENT ON COLUMN raw_extraction_data.queue_transform IS
	'False: who stored it asked that nobody queue it';
