-- The service needs less than it had: quotas are the operators' to set, and
-- nothing of it uses temporary tables, which any login may make by default.
-- Whoever does not own the database leaves the latter to its owner.

REVOKE INSERT, UPDATE, DELETE ON system_settings FROM pulse_etl_service;
DO $$
BEGIN
	IF (SELECT pg_has_role(datdba, 'USAGE') FROM pg_database
		WHERE datname = current_database())
	THEN
		EXECUTE format('REVOKE TEMPORARY ON DATABASE %I'
			' FROM PUBLIC, pulse_etl_service', current_database());
	END IF;
END
$$;
