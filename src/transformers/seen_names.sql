-- Which versions of which rows a batch of projects, types or statuses reads; NULL
-- where one stored later might do something else (transformer_seen). All names of
-- the integration: which of them the batch has, need not be found out.

-- statement: lock
SELECT etl_alone($1, $2, 'names');

-- statement: seen
SELECT CASE WHEN etl_names_are_older($1, $2, $3) THEN (
	SELECT string_agg(part, ',' ORDER BY part COLLATE "C")
	FROM (
		SELECT part
		FROM etl_names_seen($1, $2)
		UNION ALL
		SELECT 'system ' || system_identifier
		FROM pg_control_system()) AS seen) END;
