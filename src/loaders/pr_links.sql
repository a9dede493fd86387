-- Links of the batch's pull requests to work items of any integration.

-- The first key that exists; else whatever a development panel has said. One
-- that has lost its key keeps its work item. A link that the pull request has
-- made itself (see below) goes with its key.
-- statement: prs
WITH found AS MATERIALIZED (
	SELECT p.id, r.full_name, p.number, COALESCE(by_key.place, 0) AS place,
		COALESCE(by_key.id, p.work_item_id, (
		SELECT l.work_item_id
		FROM wits_prs_links AS l
		WHERE l.tenant_id = $1 AND l.repo_full_name = r.full_name
			AND l.pull_request_number = p.number
		ORDER BY l.id
		LIMIT 1)) AS work_item_id
	FROM (SELECT DISTINCT external_id FROM etl_prs($1, $2, $3)) AS i
	CROSS JOIN LATERAL (
		SELECT *
		FROM prs AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.external_id = i.external_id
		LIMIT 1) AS p
	JOIN repositories AS r ON r.tenant_id = $1 AND r.id = p.repository_id
	LEFT JOIN LATERAL (
		SELECT w.id, k.place
		FROM unnest(p.work_item_keys) WITH ORDINALITY AS k (key, place)
		JOIN work_items AS w ON w.tenant_id::bigint = $1
			AND w.key = k.key
		ORDER BY k.place, w.id
		LIMIT 1) AS by_key ON true
), changed AS MATERIALIZED (
	SELECT p.id, p.work_item_id AS before, found.full_name, found.number,
		found.work_item_id, found.place
	FROM prs AS p JOIN found ON found.id = p.id
	WHERE p.tenant_id = $1 AND (p.work_item_id, p.work_item_place)
		IS DISTINCT FROM (found.work_item_id, found.place::integer)
	ORDER BY p.external_id COLLATE "C"
	FOR NO KEY UPDATE OF p
), own AS MATERIALIZED (
	SELECT l.id
	FROM changed JOIN wits_prs_links AS l ON l.tenant_id = $1
		AND l.work_item_id = changed.before
		AND l.repo_full_name = changed.full_name
		AND l.pull_request_number = changed.number
	WHERE l.last_updated_at IS NULL
		AND changed.before <> changed.work_item_id
	FOR UPDATE OF l SKIP LOCKED
), gone AS (
	DELETE FROM wits_prs_links AS l
	USING own
	WHERE l.tenant_id = $1 AND l.id = own.id
)
UPDATE prs AS p
SET work_item_id = changed.work_item_id, work_item_place = changed.place,
	last_updated_at = NOW()
FROM changed
WHERE p.tenant_id::bigint = $1 AND p.id = changed.id

-- A link without an age (last_updated_at) is one of these; a development
-- panel knows better.
-- statement: wits_prs_links
INSERT INTO wits_prs_links AS t (tenant_id, integration_id, work_item_id,
	external_repo_id, repo_full_name, pull_request_number, branch_name,
	pr_status, last_updated_at)
SELECT DISTINCT ON (p.work_item_id, r.full_name COLLATE "C", p.number)
	$1, $2, p.work_item_id, r.external_id, r.full_name, p.number,
	left(p.source, 255), p.status, NULL
FROM (SELECT DISTINCT external_id FROM etl_prs($1, $2, $3)) AS i
CROSS JOIN LATERAL (
	SELECT *
	FROM prs AS x
	WHERE x.tenant_id::bigint = $1
		AND x.integration_id::bigint = $2
		AND x.external_id = i.external_id
	LIMIT 1) AS p
JOIN repositories AS r ON r.tenant_id = $1 AND r.id = p.repository_id
WHERE p.work_item_id IS NOT NULL AND p.number IS NOT NULL
	AND r.full_name IS NOT NULL AND r.external_id IS NOT NULL
	AND NOT EXISTS (SELECT FROM wits_prs_links AS o
	WHERE o.tenant_id = $1 AND o.work_item_id = p.work_item_id
	AND o.repo_full_name = r.full_name
	AND o.pull_request_number = p.number
	AND o.external_repo_id = r.external_id
	AND (o.last_updated_at IS NOT NULL OR (o.branch_name, o.pr_status)
	IS NOT DISTINCT FROM (left(p.source, 255), p.status)))
ORDER BY p.work_item_id, r.full_name COLLATE "C", p.number
ON CONFLICT (tenant_id, work_item_id, repo_full_name, pull_request_number)
DO UPDATE SET
	external_repo_id = excluded.external_repo_id,
	branch_name = CASE WHEN t.last_updated_at IS NULL
		THEN excluded.branch_name ELSE t.branch_name END,
	pr_status = CASE WHEN t.last_updated_at IS NULL
		THEN excluded.pr_status ELSE t.pr_status END
