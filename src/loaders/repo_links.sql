-- Links that a development panel made before their repository was known: in
-- place of its id they have its name in small letters.

-- statement: wits_prs_links
WITH changed AS MATERIALIZED (
	SELECT l.id, r.external_id
	FROM (
		SELECT DISTINCT name_key
		FROM etl_repositories($1, $2, $3)
	) AS i
	JOIN repositories AS r ON r.name_key = i.name_key
		AND r.tenant_id::bigint = $1 AND r.integration_id::bigint = $2
	JOIN wits_prs_links AS l ON l.external_repo_id = r.name_key
		AND l.tenant_id::bigint = $1
	WHERE r.external_id <> l.external_repo_id
		AND (l.repo_host = r.host OR l.repo_host = '' OR r.host IS NULL)
	ORDER BY l.work_item_id, l.repo_key COLLATE "C", l.pull_request_number
	FOR NO KEY UPDATE OF l
)
UPDATE wits_prs_links AS l
SET external_repo_id = changed.external_id
FROM changed
WHERE l.tenant_id = $1 AND l.id = changed.id
	AND l.id = ANY (ARRAY(SELECT id FROM changed));
