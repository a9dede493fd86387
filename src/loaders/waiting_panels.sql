-- Batches of development panels that wait for an issue of this batch: they are
-- pending again, and the relay queues them. A batch that is transformed while
-- this one looks sees its issues by itself, at the latest when it is loaded
-- (panel_links.sql). Each turn waits for less, for what woke it is there.
-- First of all that is locked, and in the order of ids.

-- statement: batches
WITH waiting AS MATERIALIZED (
	SELECT r.id, n.value #>> '{}' AS name
	FROM raw_extraction_data AS r
	CROSS JOIN jsonb_path_query(r.error_details, '$.waiting[*]')
		AS n (value)
	WHERE r.tenant_id = $1 AND r.integration_id = $2
		AND r.error_details ? 'waiting'
		AND r.entity_type = 'jira_dev_status_batch'
		AND r.processing_status = 'completed' AND r.active
), brought AS MATERIALIZED (
	SELECT w.external_id, w.key
	FROM (
		SELECT DISTINCT etl_id(v) AS external_id
		FROM raw_extraction_data AS r
		CROSS JOIN jsonb_path_query(r.raw_data,
			CASE jsonb_typeof(r.raw_data)
			WHEN 'array' THEN '$[0 to $n].id'::jsonpath
			ELSE '$.issues[0 to $n].id' END, etl_first()) AS v
		WHERE r.tenant_id = $1 AND r.integration_id = $2 AND r.id = $3
			AND EXISTS (SELECT FROM waiting)
	) AS batch
	CROSS JOIN LATERAL (
		SELECT x.external_id, x.key
		FROM work_items AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.external_id = batch.external_id
		LIMIT 1) AS w
), picked AS MATERIALIZED (
	SELECT r.id
	FROM raw_extraction_data AS r
	WHERE r.tenant_id = $1 AND r.processing_status = 'completed'
		AND r.id IN (SELECT w.id FROM waiting AS w
		JOIN brought AS b ON w.name = b.external_id
		WHERE w.name NOT LIKE '%-%'
		UNION ALL SELECT w.id FROM waiting AS w
		JOIN brought AS b ON w.name = b.key
		WHERE w.name LIKE '%-%')
	ORDER BY r.id
	FOR NO KEY UPDATE
)
UPDATE raw_extraction_data AS r
SET processing_status = 'pending', processed_at = NULL, queued_at = NULL,
	queue_transform = TRUE, attempts = 0,
	error_details = etl_earlier(r.error_details)
FROM picked
WHERE r.tenant_id = $1 AND r.id = picked.id
