-- Back to 0046: with the statistics of any other column.
DO $$
DECLARE
	place record;
BEGIN
	FOR place IN
		SELECT attrelid::regclass AS of, attname AS name FROM pg_attribute
		WHERE attstattarget = 0 AND attnum > 0 AND NOT attisdropped
		AND attrelid IN ('work_items'::regclass, 'changelogs'::regclass,
			'prs'::regclass, 'repositories'::regclass,
			'statuses'::regclass, 'wits'::regclass)
	LOOP
		EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS -1',
			place.of, place.name);
	END LOOP;
END
$$;
