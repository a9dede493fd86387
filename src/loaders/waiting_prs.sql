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
	WHERE EXISTS (SELECT FROM prs AS p WHERE p.identity = own.identity
		AND p.tenant_id::bigint = $1 AND p.integration_id::bigint = $2)
		OR EXISTS (SELECT
		FROM etl_repository($1, $2, NULL, own.name_key) AS r
		JOIN prs AS p ON p.repository_id = r.id
		AND p.number = own.number AND p.tenant_id::bigint = $1)
), woken AS MATERIALIZED (
	SELECT DISTINCT w.raw_data_id
	FROM brought AS b CROSS JOIN LATERAL (
		SELECT x.raw_data_id
		FROM waiting_batches AS x
		WHERE x.tenant_id = $1 AND x.integration_id = $2
			AND x.kind = 'pr' AND x.name = b.name
		OFFSET 0) AS w
), picked AS MATERIALIZED (
	SELECT r.id
	FROM raw_extraction_data AS r
	WHERE r.tenant_id = $1 AND r.processing_status = 'completed'
		AND r.active AND r.id IN (SELECT raw_data_id FROM woken)
	ORDER BY r.id
	FOR NO KEY UPDATE
), gone AS (
	DELETE FROM waiting_batches AS w
	USING picked
	WHERE w.tenant_id = $1 AND w.raw_data_id = picked.id
		AND w.raw_data_id = ANY (ARRAY(SELECT id FROM picked))
)
UPDATE raw_extraction_data AS r
SET processing_status = 'pending', processed_at = NULL, queued_at = NULL,
	queue_transform = TRUE, attempts = 0,
	error_details = etl_earlier(r.error_details)
FROM picked
WHERE r.tenant_id = $1 AND r.id = picked.id
	AND r.id = ANY (ARRAY(SELECT id FROM picked));
