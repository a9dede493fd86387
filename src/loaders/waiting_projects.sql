-- Batches of statuses that wait for a project that is there now, whoever has
-- brought it; as waiting_issues.sql. An integration has few projects.

-- statement: batches
WITH picked AS MATERIALIZED (
	SELECT r.id
	FROM raw_extraction_data AS r
	WHERE r.tenant_id = $1 AND r.processing_status = 'completed'
		AND r.active AND r.id IN (
		SELECT w.raw_data_id
		FROM (
			SELECT p.external_id AS name
			FROM projects AS p
			WHERE p.tenant_id = $1 AND p.integration_id = $2
			UNION
			SELECT p.key
			FROM projects AS p
			WHERE p.tenant_id = $1 AND p.integration_id = $2
				AND p.key !~ '^[0-9]+$'
			OFFSET 0) AS p
		CROSS JOIN LATERAL (
			SELECT x.raw_data_id
			FROM waiting_batches AS x
			WHERE x.tenant_id = $1 AND x.integration_id = $2
				AND x.kind = 'project' AND x.name = p.name
			OFFSET 0) AS w)
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
