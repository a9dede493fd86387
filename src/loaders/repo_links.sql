-- Links that a development panel made before its repository was known.

-- statement: wits_prs_links
WITH changed AS MATERIALIZED (
	SELECT l.id, r.external_id
	FROM (
		SELECT DISTINCT COALESCE(etl_id(value->'full_name'),
			etl_id(value->'nameWithOwner')) AS full_name
		FROM etl_items($1, $2, $3, '{repositories,items}')
	) AS i
	JOIN repositories AS r ON r.tenant_id = $1 AND r.integration_id = $2
		AND r.full_name = i.full_name
	JOIN wits_prs_links AS l ON l.tenant_id = $1
		AND l.repo_full_name = r.full_name
	WHERE l.external_repo_id = l.repo_full_name
		AND r.external_id <> l.external_repo_id
	ORDER BY l.work_item_id, l.repo_full_name COLLATE "C",
		l.pull_request_number
	FOR NO KEY UPDATE OF l
)
UPDATE wits_prs_links AS l
SET external_repo_id = changed.external_id
FROM changed
WHERE l.tenant_id = $1 AND l.id = changed.id
