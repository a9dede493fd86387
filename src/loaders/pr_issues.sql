-- Pull requests and the issues they belong to (etl_pr_issue), for those that a
-- batch of pull requests, panels or issues may change (etl_due_prs).

-- Whoever does the same for some of them waits here, and sees what was found.
-- statement: lock
SELECT p.id
FROM etl_due_prs($1, $2, $3) AS due
JOIN prs AS p ON p.tenant_id = $1 AND p.id = due.pr_id
ORDER BY p.id
FOR NO KEY UPDATE OF p;

-- Links that go are locked before one is written, as whoever loads a panel does.
-- statement: prs
WITH found AS MATERIALIZED (
	SELECT due.pr_id, f.work_item_id, f.place
	FROM etl_due_prs($1, $2, $3) AS due
	CROSS JOIN LATERAL etl_pr_issue($1, due.pr_id) AS f
), changed AS MATERIALIZED (
	SELECT p.id, p.integration_id, f.work_item_id, f.place, p.number,
		left(p.source, 255) AS source, p.status, r.name_key,
		r.external_id, r.full_name, etl_host(p.url, r.host) AS host
	FROM found AS f
	JOIN prs AS p ON p.tenant_id = $1 AND p.id = f.pr_id
	JOIN repositories AS r ON r.tenant_id = $1 AND r.id = p.repository_id
	WHERE (p.work_item_id, p.work_item_place)
		IS DISTINCT FROM (f.work_item_id, f.place)
	ORDER BY p.id
	FOR NO KEY UPDATE OF p
), own AS MATERIALIZED (
	SELECT l.id
	FROM changed CROSS JOIN LATERAL etl_links_of_pr($1, changed.name_key,
		changed.external_id, changed.number, changed.host) AS x
	JOIN wits_prs_links AS l ON l.tenant_id = $1 AND l.id = x.id
	WHERE l.raw_data_id IS NULL
		AND (l.work_item_id <> changed.work_item_id
		OR changed.work_item_id IS NULL OR changed.place = 0)
	ORDER BY l.work_item_id, l.repo_key COLLATE "C", l.pull_request_number
	FOR UPDATE OF l
), gone AS (
	DELETE FROM wits_prs_links AS l
	USING own
	WHERE l.tenant_id = $1 AND l.id = own.id
		AND l.id = ANY (ARRAY(SELECT id FROM own))
), linked AS (
	UPDATE prs AS p
	SET work_item_id = changed.work_item_id,
		work_item_place = changed.place, last_updated_at = NOW()
	FROM changed
	WHERE p.tenant_id::bigint = $1 AND p.id = changed.id
		AND p.id = ANY (ARRAY(SELECT id FROM changed))
)
INSERT INTO wits_prs_links (tenant_id, integration_id, work_item_id,
	external_repo_id, repo_full_name, pull_request_number, repo_host,
	branch_name, pr_status)
SELECT $1, c.integration_id, c.work_item_id, c.external_id, c.full_name,
	c.number, c.host, c.source, c.status
FROM changed AS c
WHERE (SELECT count(*) FROM own) >= 0 AND c.place > 0
	AND c.number IS NOT NULL AND c.full_name IS NOT NULL
	AND c.external_id IS NOT NULL AND NOT EXISTS (SELECT
	FROM etl_links_of_pr($1, c.name_key, c.external_id, c.number, c.host)
	AS x WHERE x.work_item_id = c.work_item_id)
ORDER BY c.work_item_id, c.name_key COLLATE "C", c.number
ON CONFLICT (tenant_id, work_item_id, repo_key, pull_request_number, repo_host)
DO NOTHING;

-- Links of pull requests that came again. A link without a batch (raw_data_id)
-- is one that the pull request makes itself; a development panel knows better.
-- statement: wits_prs_links
WITH wanted AS MATERIALIZED (
	SELECT p.integration_id, p.work_item_id, r.external_id, r.full_name,
		r.name_key, p.number, etl_host(p.url, r.host) AS host,
		left(p.source, 255) AS source, p.status
	FROM etl_due_prs($1, $2, $3) AS due
	JOIN prs AS p ON p.tenant_id = $1 AND p.id = due.pr_id
	JOIN repositories AS r ON r.tenant_id = $1 AND r.id = p.repository_id
	WHERE p.work_item_place > 0 AND p.number IS NOT NULL
		AND r.full_name IS NOT NULL AND r.external_id IS NOT NULL
), known AS MATERIALIZED (
	SELECT w.*, o.id AS link_id, o.raw_data_id
	FROM wanted AS w
	LEFT JOIN LATERAL (
		SELECT x.id, x.raw_data_id
		FROM etl_links_of_pr($1, w.name_key, w.external_id, w.number,
			w.host) AS x
		WHERE x.work_item_id = w.work_item_id
		ORDER BY x.raw_data_id NULLS LAST
		LIMIT 1) AS o ON true
), told AS MATERIALIZED (
	SELECT l.id, k.source, k.status, k.external_id
	FROM known AS k
	JOIN wits_prs_links AS l ON l.tenant_id = $1 AND l.id = k.link_id
	WHERE k.raw_data_id IS NULL
		AND (l.branch_name, l.pr_status, l.external_repo_id)
		IS DISTINCT FROM (k.source, k.status, k.external_id)
	ORDER BY l.work_item_id, l.repo_key COLLATE "C",
		l.pull_request_number
	FOR NO KEY UPDATE OF l
), changed AS (
	UPDATE wits_prs_links AS l
	SET branch_name = told.source, pr_status = told.status,
		external_repo_id = told.external_id, last_updated_at = NOW()
	FROM told
	WHERE l.tenant_id = $1 AND l.id = told.id AND l.raw_data_id IS NULL
		AND l.id = ANY (ARRAY(SELECT id FROM told))
)
INSERT INTO wits_prs_links (tenant_id, integration_id, work_item_id,
	external_repo_id, repo_full_name, pull_request_number, repo_host,
	branch_name, pr_status)
SELECT $1, integration_id, work_item_id, external_id, full_name, number, host,
	source, status
FROM known
WHERE link_id IS NULL
ORDER BY work_item_id, name_key COLLATE "C", number
ON CONFLICT (tenant_id, work_item_id, repo_key, pull_request_number, repo_host)
DO NOTHING;
