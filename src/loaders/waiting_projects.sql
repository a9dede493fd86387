-- Batches of statuses that wait for a project that is there now, whoever has
-- brought it; as waiting_issues.sql. An integration has few projects.

-- statement: batches
WITH brought AS (
	SELECT p.external_id AS name
	FROM projects AS p
	WHERE p.tenant_id = $1 AND p.integration_id = $2
	UNION
	SELECT p.key
	FROM projects AS p
	WHERE p.tenant_id = $1 AND p.integration_id = $2
		AND p.key !~ '^[0-9]+$'
)
SELECT etl_wake($1, $2, 'project', ARRAY(SELECT name FROM brought));
