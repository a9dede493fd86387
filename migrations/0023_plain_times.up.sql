-- A time that is looked at once. To see whether a text can be read as a time took
-- fifteen times as long as to read it, for each of three statements, and days
-- after the 28th went a way that is slower still. The first statement sees all
-- times of a batch; if each is plain, the others read them as they are.

CREATE FUNCTION etl_is_plain_time(value TEXT) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT value ~ '^[1-9][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?(?:Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])$'
$$;
COMMENT ON FUNCTION etl_is_plain_time IS
	'Whether a text is a time as most sources write it, with an offset, and '
	'can be cast; 29 February is left out';

CREATE OR REPLACE FUNCTION etl_timestamp(value TEXT) RETURNS TIMESTAMP
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT CASE
	WHEN etl_is_plain_time(value)
		THEN value::timestamptz AT TIME ZONE 'UTC'
	WHEN value ~ '^[0-9]{12,14}$'
		THEN timestamp '1970-01-01' + value::bigint * interval '1 ms'
	WHEN value ~ '^[0-9]{9,11}$'
		THEN timestamp '1970-01-01' + value::bigint * interval '1 s'
	WHEN value IS NOT NULL THEN etl_timestamp_rare(value)
	END
$$;

CREATE FUNCTION etl_time(value TEXT, is_plain BOOLEAN) RETURNS TIMESTAMP
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN is_plain THEN value::timestamptz AT TIME ZONE 'UTC'
	ELSE etl_timestamp(value) END
$$;
COMMENT ON FUNCTION etl_time IS
	'As etl_timestamp, of a text that is known to be plain or NULL';
