-- Statuses whose mapping came, or became active, after them; those without a
-- match keep what they have.

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
	ORDER BY s.external_id COLLATE "C"
	FOR NO KEY UPDATE OF s
)
UPDATE statuses AS s
SET status_mapping_id = changed.mapping_id
FROM changed
WHERE s.tenant_id = $1 AND s.id = changed.id
