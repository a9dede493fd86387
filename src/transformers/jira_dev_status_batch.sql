-- Pull requests that the development panels of issues name. The repository's
-- name and the number are in the pull request's url, of GitHub, GitLab or
-- Bitbucket. How old a row is: see jira_projects_batch.sql.

-- An issue nobody knows yet can be read; it is listed, for its links are not
-- written, and waited for: by its id and its key, for it may come with either.
-- Only keys have a hyphen. See waiting_panels.sql.
-- statement: read
WITH item AS (
	SELECT i.index, w.id, i.issue_id, i.issue_key,
		COALESCE(i.issue_id, i.issue_key) AS issue
	FROM etl_panels($1, $2, $3) AS i
	LEFT JOIN LATERAL (
		SELECT x.id
		FROM work_items AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.external_id = i.issue_id
		UNION ALL
		SELECT x.id
		FROM work_items AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.key = i.issue_key
		LIMIT 1) AS w ON true
), skipped AS (
	SELECT count(*) AS count,
		count(*) FILTER (WHERE issue IS NULL) AS unreadable, (
		SELECT jsonb_agg(jsonb_build_object('index', index, 'reason',
			CASE WHEN issue IS NULL THEN 'no issue_id or issue_key'
			ELSE 'the issue ' || left(issue, 50)
			|| ' is not known' END) ORDER BY index)
		FROM (
			SELECT index, issue
			FROM item
			WHERE id IS NULL
			ORDER BY index
			LIMIT 1000) AS first) AS list
	FROM item
	WHERE id IS NULL
), waiting AS (
	SELECT jsonb_agg(name ORDER BY index, name) AS list
	FROM (
		SELECT name, min(index) AS index
		FROM item CROSS JOIN LATERAL (VALUES
			(CASE WHEN issue_id NOT LIKE '%-%' THEN issue_id END),
			(CASE WHEN issue_key LIKE '%-%' THEN issue_key END))
			AS n (name)
		WHERE id IS NULL AND length(name) <= 40
		GROUP BY name
		ORDER BY index, name
		LIMIT 10000) AS first
)
SELECT CASE WHEN etl_path(raw_data, '{values,items}') IS NOT NULL
	THEN (SELECT count(*) FROM item) END,
	skipped.unreadable, skipped.count, skipped.list, waiting.list,
	0, NULL::jsonb, etl_refusal(raw_data)
FROM raw_extraction_data CROSS JOIN skipped CROSS JOIN waiting
WHERE tenant_id = $1 AND integration_id = $2 AND id = $3

-- statement: wits_prs_links
-- columns: wits_prs_links
WITH named AS (
	SELECT i.index, i.stored_at, w.id AS work_item_id, pr.value AS pr,
		regexp_match(COALESCE(pr.value->>'url', ''),
			'^https?://[^/]+/(.{1,250}?)/(?:-/)?(?:pull|pulls|pull-requests|merge_requests)/([0-9]{1,9})(?:[/?#]|$)')
			AS place
	FROM etl_panels($1, $2, $3) AS i
	CROSS JOIN LATERAL (
		SELECT x.id
		FROM work_items AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.external_id = i.issue_id
		UNION ALL
		SELECT x.id
		FROM work_items AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.key = i.issue_key
		LIMIT 1) AS w
	CROSS JOIN jsonb_path_query(i.value, '$.detail[*].pullRequests[*]')
		AS pr (value)
	OFFSET 0
), link AS (
	SELECT DISTINCT ON (work_item_id, place) work_item_id, stored_at,
		place[1] AS repo_full_name,
		place[2]::integer AS pull_request_number,
		etl_name(pr#>'{source,branch}') AS branch_name,
		COALESCE(etl_name(pr#>'{lastCommit,id}'),
			etl_name(pr#>'{source,lastCommit,id}')) AS sha,
		etl_name(pr->'status') AS pr_status
	FROM named
	WHERE place IS NOT NULL
	ORDER BY work_item_id, place, etl_scalar(pr->'lastUpdate')
		DESC NULLS LAST, index DESC
), known AS (
	SELECT n.*, o.id, COALESCE(n.sha, o.commit_sha) AS commit_sha,
		COALESCE(r.external_id, o.external_repo_id, n.repo_full_name)
			AS external_repo_id
	FROM link AS n
	LEFT JOIN LATERAL (
		SELECT *
		FROM wits_prs_links AS x
		WHERE x.tenant_id = $1 AND x.work_item_id = n.work_item_id
			AND x.repo_full_name = n.repo_full_name
			AND x.pull_request_number = n.pull_request_number
		LIMIT 1) AS o ON true
	LEFT JOIN LATERAL (
		SELECT x.external_id
		FROM repositories AS x
		WHERE x.tenant_id = $1 AND x.full_name = n.repo_full_name
		ORDER BY x.id
		LIMIT 1) AS r ON true
)
INSERT INTO wits_prs_links AS t (id, tenant_id, integration_id, <inserted>,
	last_updated_at)
SELECT COALESCE(n.id, nextval('wits_prs_links_id_seq')), $1, $2, n.<inserted>,
	n.stored_at
FROM known AS n
ORDER BY n.work_item_id, n.repo_full_name COLLATE "C", n.pull_request_number
ON CONFLICT (tenant_id, work_item_id, repo_full_name, pull_request_number)
DO UPDATE SET
	<updated = excluded>, last_updated_at = excluded.last_updated_at
WHERE t.last_updated_at IS NULL
	OR t.last_updated_at < excluded.last_updated_at
	OR (t.last_updated_at = excluded.last_updated_at
	AND (t.<compared>) IS DISTINCT FROM (excluded.<compared>))
