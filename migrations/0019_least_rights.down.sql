GRANT INSERT, UPDATE, DELETE ON system_settings TO pulse_etl_service;
DO $$
BEGIN
	IF (SELECT pg_has_role(datdba, 'USAGE') FROM pg_database
		WHERE datname = current_database())
	THEN
		EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO PUBLIC',
			current_database());
	END IF;
END
$$;
