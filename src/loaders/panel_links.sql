-- What the batch's development panels say reaches pull requests that name no
-- work item themselves.

-- An issue that came while the batch was transformed: once more, please.
-- statement: batches
WITH picked AS MATERIALIZED (
	SELECT r.id
	FROM raw_extraction_data AS r
	WHERE r.tenant_id = $1 AND r.integration_id = $2 AND r.id = $3
		AND r.error_details ? 'waiting'
		AND r.processing_status = 'completed' AND EXISTS (
		SELECT
		FROM (
			SELECT value #>> '{}' AS name
			FROM jsonb_path_query(r.error_details, '$.waiting[*]')
				AS v (value)
			OFFSET 0) AS n
		CROSS JOIN LATERAL (
			SELECT x.id
			FROM work_items AS x
			WHERE x.tenant_id::bigint = $1
				AND x.integration_id::bigint = $2
				AND x.external_id = n.name
				AND n.name NOT LIKE '%-%'
			UNION ALL
			SELECT x.id
			FROM work_items AS x
			WHERE x.tenant_id::bigint = $1
				AND x.integration_id::bigint = $2
				AND x.key = n.name AND n.name LIKE '%-%'
			LIMIT 1) AS w)
	FOR NO KEY UPDATE
)
UPDATE raw_extraction_data AS r
SET processing_status = 'pending', processed_at = NULL, queued_at = NULL,
	queue_transform = TRUE, attempts = 0,
	error_details = etl_earlier(r.error_details)
FROM picked
WHERE r.tenant_id = $1 AND r.id = picked.id

-- statement: prs
WITH touched AS MATERIALIZED (
	SELECT w.id
	FROM etl_panels($1, $2, $3) AS i
	CROSS JOIN LATERAL (
		SELECT x.id
		FROM work_items AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.external_id = i.issue_id
		UNION ALL
		SELECT x.id
		FROM work_items AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.key = i.issue_key
		LIMIT 1) AS w
), found AS MATERIALIZED (
	SELECT DISTINCT ON (p.id) p.id, l.work_item_id
	FROM touched
	JOIN wits_prs_links AS l ON l.tenant_id = $1
		AND l.work_item_id = touched.id
	JOIN repositories AS r ON r.tenant_id = $1
		AND r.full_name = l.repo_full_name
	JOIN prs AS p ON p.tenant_id = $1 AND p.repository_id = r.id
		AND p.number = l.pull_request_number
	WHERE p.work_item_id IS NULL
	ORDER BY p.id, l.id
), changed AS MATERIALIZED (
	SELECT p.id, found.work_item_id
	FROM prs AS p JOIN found ON found.id = p.id
	WHERE p.tenant_id = $1 AND p.work_item_id IS NULL
	ORDER BY p.external_id COLLATE "C"
	FOR NO KEY UPDATE OF p
)
UPDATE prs AS p
SET work_item_id = changed.work_item_id, last_updated_at = NOW()
FROM changed
WHERE p.tenant_id::bigint = $1 AND p.id = changed.id
