-- Back to 0037: one table, as far as that needs no row written anew.
DO $$
DECLARE
	statement TEXT;
BEGIN
	IF raw_partition_is_used() THEN
		PERFORM raw_partitions_undo();
	END IF;
	FOR statement IN SELECT format('ALTER TABLE %s VALIDATE CONSTRAINT %I',
			conrelid::regclass, conname)
		FROM pg_constraint WHERE contype = 'f' AND NOT convalidated
		AND confrelid = 'raw_extraction_data'::regclass
	LOOP
		EXECUTE statement;
	END LOOP;
	IF raw_partitions_end() IS NOT NULL THEN
		ALTER TABLE raw_extraction_data
			DROP CONSTRAINT raw_partitions_end;
	END IF;
END
$$;
DO $$
DECLARE
	f REGPROCEDURE;
BEGIN
	FOR f IN SELECT p.oid FROM pg_proc AS p
		WHERE p.pronamespace = 'public'::regnamespace
		AND p.proname ~ '^raw_partitions?(_|$)'
	LOOP
		EXECUTE format('DROP FUNCTION %s', f);
	END LOOP;
END
$$;
