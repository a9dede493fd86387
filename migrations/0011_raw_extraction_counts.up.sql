-- How many batches a tenant has, which every page of a list tells: counting
-- them each time takes 8 ms for 100,000 and grows with them. Here whoever adds
-- or takes away one counts it in the same transaction, in one of 512 rows that
-- its id chooses: the sum is exact, and batches that are stored at the same
-- time, whose ids are neighbours, do not wait for each other.

CREATE TABLE raw_extraction_counts (
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_raw_extraction_counts_tenant_id
		REFERENCES tenants (id),
	slot INTEGER NOT NULL,
	batches BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, slot)
) WITH (fillfactor = 25);
COMMENT ON TABLE raw_extraction_counts IS
	'Active rows of raw_extraction_data by tenant: the sum over the slots; '
	'kept by triggers. A data-only restore of both tables counts twice: '
	'empty this one before';
COMMENT ON COLUMN raw_extraction_counts.slot IS
	'The batch''s id modulo 512';
COMMENT ON COLUMN raw_extraction_counts.batches IS
	'Batches of this slot; of slot 0 also those from before the count';

CREATE FUNCTION raw_extraction_count(tenant INTEGER, id BIGINT, change INTEGER)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
	UPDATE raw_extraction_counts SET batches = batches + change
		WHERE tenant_id = tenant AND slot = id % 512;
	IF NOT FOUND THEN
		INSERT INTO raw_extraction_counts AS counts
			VALUES (tenant, id % 512, change)
			ON CONFLICT (tenant_id, slot) DO UPDATE
			SET batches = counts.batches + change;
	END IF;
END
$$;

CREATE FUNCTION raw_extraction_data_counted()
RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'TRUNCATE' THEN
		TRUNCATE raw_extraction_counts;
		RETURN NULL;
	END IF;
	IF TG_OP <> 'INSERT' AND OLD.active THEN
		PERFORM raw_extraction_count(OLD.tenant_id, OLD.id, -1);
	END IF;
	IF TG_OP <> 'DELETE' AND NEW.active THEN
		PERFORM raw_extraction_count(NEW.tenant_id, NEW.id, 1);
	END IF;
	RETURN NULL;
END
$$;

-- For each row, not for each statement: a table of all new rows would hold
-- their payloads once more.
CREATE TRIGGER counted AFTER INSERT OR DELETE ON raw_extraction_data
	FOR EACH ROW EXECUTE FUNCTION raw_extraction_data_counted();
CREATE TRIGGER counted_again AFTER UPDATE OF active, tenant_id
	ON raw_extraction_data FOR EACH ROW
	WHEN ((OLD.active, OLD.tenant_id) IS DISTINCT FROM
		(NEW.active, NEW.tenant_id))
	EXECUTE FUNCTION raw_extraction_data_counted();
CREATE TRIGGER counted_none AFTER TRUNCATE ON raw_extraction_data
	FOR EACH STATEMENT EXECUTE FUNCTION raw_extraction_data_counted();

-- What is there already; nobody may add to it meanwhile.
LOCK TABLE raw_extraction_data IN SHARE ROW EXCLUSIVE MODE;
SELECT set_config('app.every_tenant', 'on', true);
INSERT INTO raw_extraction_counts
	SELECT tenant_id, 0, count(*) FROM raw_extraction_data WHERE active
	GROUP BY tenant_id;

-- Rights and the second lock, as in 0006.
ALTER TABLE raw_extraction_counts ENABLE ROW LEVEL SECURITY,
	FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON raw_extraction_counts
	USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id',
		true), '')::integer)
		OR (SELECT current_setting('app.every_tenant', true) = 'on'))
	WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id',
		true), '')::integer)
		OR (SELECT current_setting('app.every_tenant', true) = 'on'));
REVOKE ALL ON raw_extraction_counts FROM PUBLIC, pulse_etl_service;
GRANT SELECT, INSERT, UPDATE ON raw_extraction_counts TO pulse_etl_service;
DO $$
BEGIN
	IF current_user <> 'pulse_etl_owner' THEN
		ALTER TABLE raw_extraction_counts OWNER TO pulse_etl_owner;
	END IF;
END
$$;

-- Every statement that names an integration names its tenant, too: 0008's
-- index serves it, and this one only made each insert dearer.
DROP INDEX idx_raw_extraction_data_integration_id;
