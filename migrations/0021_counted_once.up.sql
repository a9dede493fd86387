-- A statement that stores batches counts them itself, once for all, and says so:
-- "app.counted" is on until its transaction ends. The trigger, which took a
-- tenth of what a small batch costs PostgreSQL, counts what anybody else adds.
-- Slots are no longer chosen by ids alone; the sum is what counts.
--
-- Versions of pulse-etl-fcgi from before this count by the trigger, as ever. A
-- later one that runs before this is applied counts twice, so all is counted
-- anew here; nobody can store meanwhile, for the triggers change.

DROP TRIGGER counted ON raw_extraction_data;
CREATE TRIGGER counted AFTER INSERT ON raw_extraction_data
	FOR EACH ROW
	WHEN (current_setting('app.counted', true) IS DISTINCT FROM 'on')
	EXECUTE FUNCTION raw_extraction_data_counted();
CREATE TRIGGER counted_off AFTER DELETE ON raw_extraction_data
	FOR EACH ROW EXECUTE FUNCTION raw_extraction_data_counted();

SELECT set_config('app.every_tenant', 'on', true);
UPDATE raw_extraction_counts SET batches = 0;
INSERT INTO raw_extraction_counts AS counts
	SELECT tenant_id, 0, count(*) FROM raw_extraction_data WHERE active
	GROUP BY tenant_id
	ON CONFLICT (tenant_id, slot) DO UPDATE SET batches = excluded.batches;

COMMENT ON COLUMN raw_extraction_counts.slot IS
	'The batch''s id, or the storing session''s process id, modulo 512';
COMMENT ON COLUMN raw_extraction_counts.batches IS
	'Batches of this slot, below zero if they were counted in others; '
	'of slot 0 also those from before the count';
