-- Back to 0022: every time is looked at each time.

CREATE OR REPLACE FUNCTION etl_timestamp(value TEXT) RETURNS TIMESTAMP
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT CASE
	WHEN value ~ '^[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?(?:Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])$'
		THEN value::timestamptz AT TIME ZONE 'UTC'
	WHEN value ~ '^[0-9]{12,14}$'
		THEN timestamp '1970-01-01' + value::bigint * interval '1 ms'
	WHEN value ~ '^[0-9]{9,11}$'
		THEN timestamp '1970-01-01' + value::bigint * interval '1 s'
	WHEN value IS NOT NULL THEN etl_timestamp_rare(value)
	END
$$;

DROP FUNCTION etl_time, etl_is_plain_time;
