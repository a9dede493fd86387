-- Parents of which an issue told just the key: parent_external_id holds it
-- until the parent is there. Keys and external ids cannot be taken for each
-- other: only keys have a hyphen.

-- statement: work_items
WITH touched AS MATERIALIZED (
	SELECT w.id, w.key, w.external_id, w.parent_external_id
	FROM (
		SELECT DISTINCT etl_id(v) AS external_id
		FROM raw_extraction_data AS r
		CROSS JOIN jsonb_path_query(r.raw_data,
			CASE jsonb_typeof(r.raw_data)
			WHEN 'array' THEN '$[*].id'::jsonpath
			ELSE '$.issues[*].id' END) AS v
		WHERE r.tenant_id = $1 AND r.integration_id = $2 AND r.id = $3
	) AS batch
	CROSS JOIN LATERAL (
		SELECT x.id, x.key, x.external_id, x.parent_external_id
		FROM work_items AS x
		WHERE x.tenant_id = $1 AND x.integration_id = $2
			AND x.external_id = batch.external_id
		LIMIT 1) AS w
), found AS MATERIALIZED (
	SELECT t.id, p.external_id AS parent
	FROM touched AS t CROSS JOIN LATERAL (
		SELECT x.external_id
		FROM work_items AS x
		WHERE x.tenant_id = $1 AND x.integration_id = $2
			AND x.key = t.parent_external_id
		ORDER BY x.id
		LIMIT 1) AS p
	WHERE t.parent_external_id LIKE '%-%'
	UNION
	SELECT c.id, t.external_id
	FROM touched AS t CROSS JOIN LATERAL (
		SELECT x.id
		FROM work_items AS x
		WHERE x.tenant_id = $1 AND x.integration_id = $2
			AND x.parent_external_id = t.key
		OFFSET 0) AS c
), changed AS MATERIALIZED (
	SELECT w.id, found.parent
	FROM work_items AS w JOIN found ON found.id = w.id
	WHERE w.tenant_id = $1
		AND w.parent_external_id IS DISTINCT FROM found.parent
	ORDER BY w.external_id COLLATE "C"
	FOR NO KEY UPDATE OF w
)
UPDATE work_items AS w
SET parent_external_id = changed.parent, last_updated_at = NOW()
FROM changed
WHERE w.tenant_id = $1 AND w.id = changed.id
