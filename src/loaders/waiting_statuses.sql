-- Batches of statuses that wait for a project that is there now, whoever has
-- brought it; as waiting_panels.sql. They and the projects they name are few.

-- statement: batches
WITH waiting AS MATERIALIZED (
	SELECT r.id, n.value #>> '{}' AS name
	FROM raw_extraction_data AS r
	CROSS JOIN jsonb_path_query(r.error_details, '$.waiting[*]')
		AS n (value)
	WHERE r.tenant_id = $1 AND r.integration_id = $2
		AND r.error_details ? 'waiting'
		AND r.entity_type = 'jira_statuses_batch'
		AND r.processing_status = 'completed' AND r.active
), picked AS MATERIALIZED (
	SELECT r.id
	FROM raw_extraction_data AS r
	WHERE r.tenant_id = $1 AND r.processing_status = 'completed'
		AND r.id IN (SELECT w.id FROM waiting AS w
		JOIN projects AS p ON p.tenant_id = $1
		AND p.integration_id = $2
		AND CASE WHEN w.name ~ '^[0-9]+$' THEN p.external_id
			ELSE p.key END = w.name)
	ORDER BY r.id
	FOR NO KEY UPDATE
)
UPDATE raw_extraction_data AS r
SET processing_status = 'pending', processed_at = NULL, queued_at = NULL,
	queue_transform = TRUE, attempts = 0,
	error_details = etl_earlier(r.error_details)
FROM picked
WHERE r.tenant_id = $1 AND r.id = picked.id
