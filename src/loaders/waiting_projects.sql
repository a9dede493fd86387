-- Batches of statuses that wait for a project that is there now, whoever has
-- brought it; as waiting_issues.sql. They and the projects they name are few.

-- statement: batches
WITH picked AS MATERIALIZED (
	SELECT r.id
	FROM raw_extraction_data AS r
	WHERE r.tenant_id = $1 AND r.processing_status = 'completed'
		AND r.active AND r.id IN (
		SELECT w.raw_data_id
		FROM waiting_batches AS w
		JOIN projects AS p ON p.tenant_id = $1
			AND p.integration_id = $2
			AND CASE WHEN w.name ~ '^[0-9]+$' THEN p.external_id
				ELSE p.key END = w.name
		WHERE w.tenant_id = $1 AND w.integration_id = $2
			AND w.kind = 'project')
	ORDER BY r.id
	FOR NO KEY UPDATE
), gone AS (
	DELETE FROM waiting_batches AS w
	USING picked
	WHERE w.tenant_id = $1 AND w.raw_data_id = picked.id
)
UPDATE raw_extraction_data AS r
SET processing_status = 'pending', processed_at = NULL, queued_at = NULL,
	queue_transform = TRUE, attempts = 0,
	error_details = etl_earlier(r.error_details)
FROM picked
WHERE r.tenant_id = $1 AND r.id = picked.id
