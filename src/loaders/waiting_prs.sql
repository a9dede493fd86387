-- Pull requests that named a work item of this batch before it was there, and
-- are linked by a later key of theirs or not at all. The link that a later key
-- has made goes; whoever has it locked is a development panel: then it stays.

-- statement: prs
WITH touched AS MATERIALIZED (
	SELECT w.id, w.key
	FROM (
		SELECT DISTINCT etl_id(v) AS external_id
		FROM raw_extraction_data AS r
		CROSS JOIN jsonb_path_query(r.raw_data,
			CASE jsonb_typeof(r.raw_data)
			WHEN 'array' THEN '$[0 to $n].id'::jsonpath
			ELSE '$.issues[0 to $n].id' END, etl_first()) AS v
		WHERE r.tenant_id = $1 AND r.integration_id = $2 AND r.id = $3
			AND EXISTS (SELECT FROM prs AS p WHERE p.tenant_id = $1
			AND p.work_item_keys IS NOT NULL
			AND p.work_item_place <> 1)
	) AS batch
	CROSS JOIN LATERAL (
		SELECT x.id, x.key
		FROM work_items AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.external_id = batch.external_id
		LIMIT 1) AS w
), found AS MATERIALIZED (
	SELECT DISTINCT ON (p.id) p.id, touched.id AS work_item_id, k.place
	FROM prs AS p
	CROSS JOIN unnest(p.work_item_keys) WITH ORDINALITY AS k (key, place)
	JOIN touched ON touched.key = k.key
	WHERE p.tenant_id = $1 AND p.work_item_keys IS NOT NULL
		AND p.work_item_place <> 1
		AND (p.work_item_place = 0 OR k.place < p.work_item_place)
	ORDER BY p.id, k.place, touched.id
), changed AS MATERIALIZED (
	SELECT p.id, p.work_item_id AS before, p.repository_id, p.number,
		found.work_item_id, found.place
	FROM prs AS p JOIN found ON found.id = p.id
	WHERE p.tenant_id = $1
		AND (p.work_item_place = 0 OR found.place < p.work_item_place)
	ORDER BY p.external_id COLLATE "C"
	FOR NO KEY UPDATE OF p
), own AS MATERIALIZED (
	SELECT l.id
	FROM changed
	JOIN repositories AS r ON r.tenant_id = $1
		AND r.id = changed.repository_id
	JOIN wits_prs_links AS l ON l.tenant_id = $1
		AND l.work_item_id = changed.before
		AND l.repo_full_name = r.full_name
		AND l.pull_request_number = changed.number
	WHERE l.last_updated_at IS NULL
		AND changed.before <> changed.work_item_id
	FOR UPDATE OF l SKIP LOCKED
), gone AS (
	DELETE FROM wits_prs_links AS l
	USING own
	WHERE l.tenant_id = $1 AND l.id = own.id
), linked AS (
	UPDATE prs AS p
	SET work_item_id = changed.work_item_id,
		work_item_place = changed.place, last_updated_at = NOW()
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
