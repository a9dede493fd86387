-- A webhook of Jira. A work item whose issue was deleted ends, as by a census
-- (loaders/census_issues.sql): one that was taken from a batch which was stored
-- after the hook is left alone, and a later answer that has it brings it back.
-- Other events give nothing: what changed is in the issue.

-- statement: read
SELECT o.*
FROM raw_extraction_data CROSS JOIN LATERAL etl_outcome(
	CASE WHEN jsonb_typeof(raw_data) = 'object' THEN 1 END,
	CASE WHEN raw_data->>'webhookEvent' = 'jira:issue_deleted'
		AND etl_id(raw_data#>'{issue,id}') IS NULL THEN 1 ELSE 0 END,
	CASE WHEN raw_data->>'webhookEvent' = 'jira:issue_deleted'
		AND etl_id(raw_data#>'{issue,id}') IS NULL
		THEN ARRAY[etl_note(0, 'issue', 'no id')] ELSE '{}' END,
	NULL, NULL, NULL) AS o
WHERE tenant_id = $1 AND integration_id = $2 AND id = $3;

-- statement: beside
SELECT etl_beside_others($1, $2, 'work_items');

-- statement: ended
WITH ended AS MATERIALIZED (
	SELECT w.id
	FROM raw_extraction_data AS r
	JOIN work_items AS w ON w.tenant_id = $1 AND w.integration_id = $2
		AND w.external_id = etl_id(r.raw_data#>'{issue,id}')
	WHERE r.tenant_id = $1 AND r.integration_id = $2 AND r.id = $3
		AND r.raw_data->>'webhookEvent' = 'jira:issue_deleted'
		AND w.active AND COALESCE(w.raw_data_id, 0) < $3
	FOR NO KEY UPDATE OF w
)
UPDATE work_items AS w
SET active = FALSE, gone_since = $3, last_updated_at = NOW()
FROM ended
WHERE w.tenant_id = $1 AND w.id = ended.id;
