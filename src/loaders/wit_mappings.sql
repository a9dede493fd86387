-- Work item types whose mapping came, or became active, after them; those
-- without a match keep what they have. As in status_mappings.sql, of those that
-- have one only the batch's are changed.

-- statement: wits
WITH found AS MATERIALIZED (
	SELECT w.id, m.id AS mapping_id
	FROM wits AS w
	CROSS JOIN LATERAL etl_wit_mapping($1, $2, w.original_name) AS m
	WHERE w.tenant_id = $1 AND w.integration_id = $2
), changed AS MATERIALIZED (
	SELECT w.id, found.mapping_id
	FROM wits AS w JOIN found ON found.id = w.id
	WHERE w.tenant_id = $1
		AND w.wits_mapping_id IS DISTINCT FROM found.mapping_id
		AND (w.wits_mapping_id IS NULL OR w.external_id IN (
		SELECT etl_id(v)
		FROM raw_extraction_data AS r
		CROSS JOIN jsonb_path_query(r.raw_data, CASE r.entity_type
			WHEN 'jira_issues_batch'
			THEN '$.**{0 to 2}.fields.issuetype.id'::jsonpath
			ELSE '$.**.id' END) AS v
		WHERE r.tenant_id = $1 AND r.integration_id = $2
			AND r.id = $3))
	ORDER BY w.external_id COLLATE "C"
	FOR NO KEY UPDATE OF w
)
UPDATE wits AS w
SET wits_mapping_id = changed.mapping_id
FROM changed
WHERE w.tenant_id::bigint = $1 AND w.id = changed.id;
