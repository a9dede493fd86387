-- Batches with parts of a pull request that came before it, by its id or by
-- its repository and number: they are pending again, and the relay queues them.
-- So is this batch itself, if what it waits for came while it was transformed.
-- First of all that is locked, and in the order of ids.

-- statement: batches
WITH brought AS MATERIALIZED (
	SELECT 'pr:' || p.identity AS name
	FROM etl_known_prs($1, $2, $3) AS i
	JOIN prs AS p ON p.tenant_id = $1 AND p.id = i.pr_id
	UNION
	SELECT 'pr:' || r.name_key || '#' || p.number
	FROM etl_known_prs($1, $2, $3) AS i
	JOIN prs AS p ON p.tenant_id = $1 AND p.id = i.pr_id
	JOIN repositories AS r ON r.tenant_id = $1 AND r.id = p.repository_id
	WHERE p.number IS NOT NULL AND r.name_key IS NOT NULL
	UNION
	SELECT own.name
	FROM (
		SELECT name, substr(name, 4) AS identity,
			substring(name FROM '^pr:(.*)#[0-9]+$') AS name_key,
			etl_integer(substring(name FROM '#([0-9]+)$'))
				AS number
		FROM waiting_batches
		WHERE tenant_id = $1 AND integration_id = $2
			AND kind = 'pr' AND raw_data_id = $3
		OFFSET 0) AS own
	LEFT JOIN LATERAL etl_repository($1, $2, NULL, own.name_key) AS r
		ON true
	CROSS JOIN LATERAL etl_pr($1, $2, own.identity, r.id, own.number) AS p
)
SELECT etl_wake($1, $2, 'pr', ARRAY(SELECT name FROM brought));
