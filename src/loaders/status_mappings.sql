-- Statuses whose mapping came, or became active, after them; those without a
-- match keep what they have.

-- statement: statuses
WITH found AS MATERIALIZED (
	SELECT s.id, (
		SELECT m.id
		FROM statuses_mappings AS m
		WHERE m.tenant_id = $1 AND m.active
			AND lower(m.status_from) = lower(s.original_name)
		ORDER BY m.integration_id = $2 DESC, m.id
		LIMIT 1) AS mapping_id
	FROM statuses AS s
	WHERE s.tenant_id = $1 AND s.integration_id = $2
), changed AS MATERIALIZED (
	SELECT s.id, found.mapping_id
	FROM statuses AS s JOIN found ON found.id = s.id
	WHERE s.tenant_id = $1 AND found.mapping_id IS NOT NULL
		AND s.status_mapping_id IS DISTINCT FROM found.mapping_id
	ORDER BY s.external_id COLLATE "C"
	FOR NO KEY UPDATE OF s
)
UPDATE statuses AS s
SET status_mapping_id = changed.mapping_id
FROM changed
WHERE s.tenant_id = $1 AND s.id = changed.id
