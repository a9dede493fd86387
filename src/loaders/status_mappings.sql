-- Statuses whose mapping came, or became active, after them; those without a
-- match keep what they have. Of those that have one already only the batch's
-- are changed; which these are is read when there is one to be changed.

-- statement: statuses
WITH found AS MATERIALIZED (
	SELECT s.id, m.id AS mapping_id
	FROM statuses AS s
	CROSS JOIN LATERAL etl_status_mapping($1, $2, s.original_name) AS m
	WHERE s.tenant_id = $1 AND s.integration_id = $2
), changed AS MATERIALIZED (
	SELECT s.id, found.mapping_id
	FROM statuses AS s JOIN found ON found.id = s.id
	WHERE s.tenant_id = $1
		AND s.status_mapping_id IS DISTINCT FROM found.mapping_id
		AND (s.status_mapping_id IS NULL OR s.external_id IN (
		SELECT etl_id(v)
		FROM raw_extraction_data AS r
		CROSS JOIN jsonb_path_query(r.raw_data, CASE r.entity_type
			WHEN 'jira_issues_batch'
			THEN '$.**{0 to 2}.fields.status.id'::jsonpath
			ELSE '$.**.id' END) AS v
		WHERE r.tenant_id = $1 AND r.integration_id = $2
			AND r.id = $3))
	ORDER BY s.external_id COLLATE "C"
	FOR NO KEY UPDATE OF s
)
UPDATE statuses AS s
SET status_mapping_id = changed.mapping_id
FROM changed
WHERE s.tenant_id = $1 AND s.id = changed.id;
