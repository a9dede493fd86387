-- Work item types whose mapping came, or became active, after them; those
-- without a match keep what they have.

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
	ORDER BY w.external_id COLLATE "C"
	FOR NO KEY UPDATE OF w
)
UPDATE wits AS w
SET wits_mapping_id = changed.mapping_id
FROM changed
WHERE w.tenant_id::bigint = $1 AND w.id = changed.id
