-- How many batches came when, by status, integration and type, for GET
-- /raw-data/counts: counting 1,000,000 rows for each look takes half a second.
--
-- Who adds, changes or takes away a batch notes that in raw_extraction_changes,
-- within its transaction. Rows are only added there, so nobody waits for anybody.
-- The relay adds them up into raw_extraction_series, a row for each bucket of 1,
-- 5, 60 and 1,440 minutes, and takes them away. The sum of both is exact at each
-- moment, whether the relay works or not.
--
-- A statement that stores batches notes them itself, once for all, and says so:
-- "app.charted" is on until its transaction ends. Versions of pulse-etl-fcgi from
-- before this do not, and the trigger notes each of their batches.

CREATE TABLE raw_extraction_series (
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_raw_extraction_series_tenant_id
		REFERENCES tenants (id),
	minutes INTEGER NOT NULL,
	start TIMESTAMP NOT NULL,
	integration_id INTEGER NOT NULL,
	entity_type VARCHAR(50) NOT NULL,
	processing_status VARCHAR(20) NOT NULL,
	batches BIGINT NOT NULL,
	bytes BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, minutes, start, integration_id, entity_type,
		processing_status)
) WITH (fillfactor = 70);
COMMENT ON TABLE raw_extraction_series IS
	'Active rows of raw_extraction_data by the time they were created, but for '
	'those of raw_extraction_changes. A data-only restore of all three counts '
	'twice: empty these two before';
COMMENT ON COLUMN raw_extraction_series.minutes IS
	'How long the bucket is: 1, 5, 60 or 1440';
COMMENT ON COLUMN raw_extraction_series.start IS
	'When the bucket begins (UTC)';
COMMENT ON COLUMN raw_extraction_series.bytes IS
	'Their payloads'' bytes, as they came';

-- It needs no key: rows are added, and taken away by their place. The tenant is
-- that of a batch, whose own key is looked after.
CREATE TABLE raw_extraction_changes (
	tenant_id INTEGER NOT NULL,
	start TIMESTAMP NOT NULL,
	integration_id INTEGER NOT NULL,
	entity_type VARCHAR(50) NOT NULL,
	processing_status VARCHAR(20) NOT NULL,
	batches BIGINT NOT NULL,
	bytes BIGINT NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0,
	autovacuum_vacuum_threshold = 10000,
	autovacuum_analyze_scale_factor = 0,
	autovacuum_analyze_threshold = 100000);
ALTER TABLE raw_extraction_changes REPLICA IDENTITY FULL;
COMMENT ON TABLE raw_extraction_changes IS
	'What raw_extraction_series does not have yet; kept by stores and '
	'triggers, added up by the relay';
COMMENT ON COLUMN raw_extraction_changes.start IS
	'The minute in which the batches were created (UTC)';
COMMENT ON COLUMN raw_extraction_changes.batches IS
	'How many more there are; below 0: fewer';

CREATE FUNCTION raw_extraction_data_charted()
RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'TRUNCATE' THEN
		TRUNCATE raw_extraction_series, raw_extraction_changes;
		RETURN NULL;
	END IF;
	IF TG_OP <> 'INSERT' AND OLD.active THEN
		INSERT INTO raw_extraction_changes VALUES (OLD.tenant_id,
			date_trunc('minute', OLD.created_at),
			OLD.integration_id, OLD.entity_type,
			OLD.processing_status, -1, -OLD.raw_data_bytes);
	END IF;
	IF TG_OP <> 'DELETE' AND NEW.active THEN
		INSERT INTO raw_extraction_changes VALUES (NEW.tenant_id,
			date_trunc('minute', NEW.created_at),
			NEW.integration_id, NEW.entity_type,
			NEW.processing_status, 1, NEW.raw_data_bytes);
	END IF;
	RETURN NULL;
END
$$;

-- For each row, as in 0011: a table of all new rows would hold their payloads.
CREATE TRIGGER charted AFTER INSERT ON raw_extraction_data
	FOR EACH ROW
	WHEN (current_setting('app.charted', true) IS DISTINCT FROM 'on')
	EXECUTE FUNCTION raw_extraction_data_charted();
CREATE TRIGGER charted_off AFTER DELETE ON raw_extraction_data
	FOR EACH ROW EXECUTE FUNCTION raw_extraction_data_charted();
CREATE TRIGGER charted_again AFTER UPDATE OF processing_status, active,
	tenant_id, integration_id, entity_type, created_at, raw_data_bytes
	ON raw_extraction_data FOR EACH ROW
	WHEN ((OLD.processing_status, OLD.active, OLD.tenant_id,
		OLD.integration_id, OLD.entity_type, OLD.created_at,
		OLD.raw_data_bytes) IS DISTINCT FROM
		(NEW.processing_status, NEW.active, NEW.tenant_id,
		NEW.integration_id, NEW.entity_type, NEW.created_at,
		NEW.raw_data_bytes))
	EXECUTE FUNCTION raw_extraction_data_charted();
CREATE TRIGGER charted_none AFTER TRUNCATE ON raw_extraction_data
	FOR EACH STATEMENT EXECUTE FUNCTION raw_extraction_data_charted();

-- What is there already; nobody adds to it meanwhile, for the triggers are new.
SELECT set_config('app.every_tenant', 'on', true);
INSERT INTO raw_extraction_series
	SELECT tenant_id, 1, date_trunc('minute', created_at), integration_id,
		entity_type, processing_status, count(*), sum(raw_data_bytes)
	FROM raw_extraction_data WHERE active
	GROUP BY 1, 2, 3, 4, 5, 6;
INSERT INTO raw_extraction_series
	SELECT tenant_id, m, date_bin(m * interval '1 minute', start,
		timestamp '2000-01-01'), integration_id, entity_type,
		processing_status, sum(batches), sum(bytes)
	FROM raw_extraction_series CROSS JOIN unnest('{5,60,1440}'::integer[]) AS m
	GROUP BY 1, 2, 3, 4, 5, 6;
ANALYZE raw_extraction_series;

-- Rights and the second lock, as in 0014.
DO $$
DECLARE
	made text;
BEGIN
	FOREACH made IN ARRAY '{raw_extraction_series, raw_extraction_changes}'::text[]
	LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY,'
			' FORCE ROW LEVEL SECURITY', made);
		EXECUTE format('CREATE POLICY tenant_isolation ON %I'
			' USING (tenant_id = (SELECT NULLIF(current_setting('
			'''app.tenant_id'', true), '''')::integer)'
			' OR (SELECT current_setting(''app.every_tenant'', true)'
			' = ''on''))'
			' WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('
			'''app.tenant_id'', true), '''')::integer)'
			' OR (SELECT current_setting(''app.every_tenant'', true)'
			' = ''on''))', made);
		EXECUTE format('REVOKE ALL ON %I FROM PUBLIC,'
			' pulse_etl_service', made);
		IF current_user <> 'pulse_etl_owner' THEN
			EXECUTE format('ALTER TABLE %I OWNER TO pulse_etl_owner',
				made);
		END IF;
	END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE, DELETE ON raw_extraction_series
	TO pulse_etl_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON raw_extraction_changes
	TO pulse_etl_service;
