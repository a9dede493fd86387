-- Pull requests that named a work item of this batch before it was there.

-- statement: prs
WITH touched AS MATERIALIZED (
	SELECT w.id, w.key
	FROM (
		SELECT DISTINCT etl_id(v) AS external_id
		FROM raw_extraction_data AS r
		CROSS JOIN jsonb_path_query(r.raw_data,
			CASE jsonb_typeof(r.raw_data)
			WHEN 'array' THEN '$[*].id'::jsonpath
			ELSE '$.issues[*].id' END) AS v
		WHERE r.tenant_id = $1 AND r.integration_id = $2 AND r.id = $3
			AND EXISTS (SELECT FROM prs AS p WHERE p.tenant_id = $1
			AND p.work_item_id IS NULL
			AND p.work_item_keys IS NOT NULL)
	) AS batch
	CROSS JOIN LATERAL (
		SELECT x.id, x.key
		FROM work_items AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.external_id = batch.external_id
		LIMIT 1) AS w
), found AS MATERIALIZED (
	SELECT DISTINCT ON (p.id) p.id, touched.id AS work_item_id
	FROM prs AS p
	CROSS JOIN unnest(p.work_item_keys) WITH ORDINALITY AS k (key, place)
	JOIN touched ON touched.key = k.key
	WHERE p.tenant_id = $1 AND p.work_item_id IS NULL
		AND p.work_item_keys IS NOT NULL
	ORDER BY p.id, k.place, touched.id
), changed AS MATERIALIZED (
	SELECT p.id, found.work_item_id
	FROM prs AS p JOIN found ON found.id = p.id
	WHERE p.tenant_id = $1 AND p.work_item_id IS NULL
	ORDER BY p.external_id COLLATE "C"
	FOR NO KEY UPDATE OF p
), linked AS (
	UPDATE prs AS p
	SET work_item_id = changed.work_item_id, last_updated_at = NOW()
	FROM changed
	WHERE p.tenant_id::bigint = $1 AND p.id = changed.id
)
INSERT INTO wits_prs_links (tenant_id, integration_id, work_item_id,
	external_repo_id, repo_full_name, pull_request_number, branch_name,
	pr_status, last_updated_at)
SELECT $1, p.integration_id, changed.work_item_id, r.external_id, r.full_name,
	p.number, left(p.source, 255), p.status, NULL
FROM changed
JOIN prs AS p ON p.tenant_id = $1 AND p.id = changed.id
JOIN repositories AS r ON r.tenant_id = $1 AND r.id = p.repository_id
WHERE p.number IS NOT NULL AND r.full_name IS NOT NULL
	AND r.external_id IS NOT NULL
ORDER BY changed.work_item_id, r.full_name COLLATE "C", p.number
ON CONFLICT (tenant_id, work_item_id, repo_full_name, pull_request_number)
DO NOTHING
