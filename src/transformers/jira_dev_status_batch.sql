-- Pull requests that the development panels of issues name. The repository's
-- name and the number are in the pull request's url (etl_pr_place). Of what a
-- panel does not name nothing changes; of two the one counts whose source saw
-- the pull request later (lastUpdate), else the one stored later.

-- An issue nobody knows yet can be read; it is listed, for its links are not
-- written, and waited for: by its id and its key, for it may come with either.
-- Only keys have a hyphen.
-- statement: read
WITH item AS MATERIALIZED (
	SELECT i.index, i.value, w.id, i.issue_id, i.issue_key,
		COALESCE(i.issue_id, i.issue_key) AS issue
	FROM etl_panels($1, $2, $3) AS i
	LEFT JOIN LATERAL (
		SELECT x.id
		FROM etl_work_item($1, $2, i.issue_id) AS x
		UNION ALL
		SELECT k.id
		FROM etl_issue_of_key($1, $2, i.issue_key) AS k
		LIMIT 1) AS w ON true
), detail AS (
	SELECT item.index, d.value, 'detail[' || (d.place - 1) || ']' AS place
	FROM item CROSS JOIN jsonb_array_elements(CASE
		jsonb_typeof(item.value->'detail') WHEN 'array'
		THEN item.value->'detail' END) WITH ORDINALITY AS d (value, place)
), note AS (
	SELECT index, NULL::text AS place, CASE WHEN issue IS NULL
		THEN 'no issue_id or issue_key' ELSE 'the issue '
		|| left(issue, 50) || ' is not known' END AS reason
	FROM item
	WHERE id IS NULL
	UNION ALL
	SELECT index, 'detail', 'not a list'
	FROM item
	WHERE jsonb_typeof(value->'detail') <> 'array'
	UNION ALL
	SELECT index, place, 'of no known shape'
	FROM detail
	WHERE (value ?| '{pullRequests,repositories,branches}') IS NOT TRUE
		OR jsonb_typeof(value->'pullRequests') <> 'array'
	UNION ALL
	SELECT index, place || '.' || n.name, 'not used: only pull requests are'
	FROM detail CROSS JOIN (VALUES ('repositories'), ('branches'))
		AS n (name)
	WHERE value->n.name NOT IN ('[]', 'null')
	UNION ALL
	SELECT index, place || '.url', 'it names no pull request'
	FROM etl_panel_prs($1, $2, $3)
	WHERE number IS NULL
	UNION ALL
	SELECT p.index, p.place || '.' || w, 'a value of another kind'
	FROM etl_panel_prs($1, $2, $3) AS p
	CROSS JOIN LATERAL etl_panel_told(p.value) AS t
	CROSS JOIN jsonb_array_elements_text(t.wrong) AS w
	WHERE p.number IS NOT NULL
), lack AS (
	SELECT item.index, e.note || jsonb_build_object('index', item.index)
		AS note
	FROM item CROSS JOIN LATERAL etl_answer_errors(item.value) AS e
	UNION ALL
	SELECT -1, e.note
	FROM raw_extraction_data AS r
	CROSS JOIN etl_answer_errors(r.raw_data) AS e
	WHERE r.tenant_id = $1 AND r.integration_id = $2 AND r.id = $3
		AND etl_panel_way(r.raw_data) LIKE '%[*]'
)
SELECT o.*
FROM raw_extraction_data CROSS JOIN LATERAL etl_outcome(
	CASE WHEN etl_panel_way(raw_data) IS NOT NULL
		THEN (SELECT count(*) FROM item) END,
	(SELECT count(*) FROM item WHERE issue IS NULL),
	ARRAY(SELECT etl_note(index, place, reason) FROM note
		ORDER BY index, place),
	ARRAY(
		SELECT n.name
		FROM item CROSS JOIN LATERAL (VALUES
			(CASE WHEN issue_id NOT LIKE '%-%' THEN issue_id END),
			(CASE WHEN issue_key LIKE '%-%' THEN issue_key END))
			AS n (name)
		WHERE item.id IS NULL AND length(n.name) <= 40
		GROUP BY n.name
		ORDER BY min(item.index), n.name
		LIMIT 10000),
	ARRAY(SELECT note FROM lack ORDER BY index), etl_refusal(raw_data)) AS o
WHERE tenant_id = $1 AND integration_id = $2 AND id = $3;

-- statement: lock
SELECT l.id
FROM (
	SELECT DISTINCT work_item_id
	FROM etl_panel_prs($1, $2, $3)
) AS i
JOIN wits_prs_links AS l ON l.tenant_id = $1
	AND l.work_item_id = i.work_item_id
ORDER BY l.work_item_id, l.repo_key COLLATE "C", l.pull_request_number
FOR NO KEY UPDATE OF l;

-- A link that the pull request itself has made (it has no batch) becomes the
-- panel's. What another worker has written meanwhile, the second turn sees.
-- statement: wits_prs_links
-- columns: wits_prs_links
WITH named AS MATERIALIZED (
	SELECT p.*, lower(p.repo_full_name) AS repo_key, t.told, o.id AS link_id,
		COALESCE(etl_timestamp(etl_scalar(p.value->'lastUpdate')),
		CASE WHEN o.raw_data_id <= $3 THEN o.told_at END) AS stamp
	FROM etl_panel_prs($1, $2, $3) AS p
	CROSS JOIN LATERAL etl_panel_told(p.value) AS t
	LEFT JOIN LATERAL (
		SELECT l.id, l.raw_data_id, l.told_at
		FROM wits_prs_links AS l
		WHERE l.tenant_id = $1 AND l.work_item_id = p.work_item_id
			AND l.repo_key = lower(p.repo_full_name)
			AND l.pull_request_number = p.number
			AND (l.repo_host = p.host OR l.repo_host = '')
			AND l.raw_data_id IS NOT NULL
		ORDER BY l.repo_host DESC
		LIMIT 1) AS o ON true
	WHERE p.work_item_id IS NOT NULL AND p.number IS NOT NULL
), one AS (
	SELECT work_item_id, repo_key, number, host, link_id,
		max(repo_full_name) AS repo_full_name, max(stamp) AS stamp,
		etl_merged(told ORDER BY stamp NULLS FIRST, index, place)
			AS told,
		CASE WHEN min(stamp) IS DISTINCT FROM max(stamp)
			OR count(*) <> count(stamp) THEN
			etl_merged(etl_stamps(told, stamp)
			ORDER BY stamp NULLS FIRST, index, place) END AS stamps
	FROM named
	GROUP BY work_item_id, repo_key, number, host, link_id
), changed AS MATERIALIZED (
	SELECT n.*, o.id AS known_id
	FROM one
	LEFT JOIN wits_prs_links AS o ON o.tenant_id = $1 AND o.id = one.link_id
	LEFT JOIN LATERAL (
		SELECT r.external_id, r.full_name
		FROM repositories AS r
		WHERE r.name_key = one.repo_key AND r.tenant_id::bigint = $1
			AND (r.host = one.host OR r.host IS NULL)
		ORDER BY r.host IS NULL, r.repo_created_at DESC NULLS LAST,
			length(r.identity) DESC, r.identity DESC, r.id
		LIMIT 1) AS r ON true
	CROSS JOIN LATERAL (
		SELECT etl_taken(one.told, one.stamps, one.stamp, $3,
			o.told_at, o.raw_data_id, o.column_ages) AS taken
		OFFSET 0) AS k
	CROSS JOIN LATERAL jsonb_populate_record(o, jsonb_build_object(
		'work_item_id', one.work_item_id,
		'repo_full_name', COALESCE(o.repo_full_name, r.full_name,
			one.repo_full_name),
		'pull_request_number', one.number,
		'repo_host', COALESCE(o.repo_host, one.host),
		'external_repo_id', COALESCE(r.external_id, o.external_repo_id,
			one.repo_key))
		|| etl_with_ages(ARRAY[/* {compared: '@'} */ 'branch_name',
		'commit_sha', 'pr_status' /* end */], k.taken, one.stamps,
		one.stamp, $3, o.told_at, o.raw_data_id, o.id IS NULL,
		o.column_ages)) AS n
	WHERE o.id IS NULL OR stamp > COALESCE(o.told_at, '-infinity')
		OR (/* o.<compared> */ o.branch_name, o.commit_sha,
			o.pr_status /* end */) IS DISTINCT FROM
			(/* n.<compared> */ n.branch_name, n.commit_sha,
			n.pr_status /* end */)
		OR (o.column_ages, o.external_repo_id) IS DISTINCT FROM
			(n.column_ages, n.external_repo_id)
), told AS (
	UPDATE wits_prs_links AS t
	SET /* <updated = n> */ external_repo_id = n.external_repo_id,
		branch_name = n.branch_name, commit_sha = n.commit_sha,
		pr_status = n.pr_status, told_at = n.told_at,
		raw_data_id = n.raw_data_id,
		column_ages = n.column_ages /* end */, last_updated_at = NOW()
	FROM changed AS n
	WHERE t.tenant_id = $1 AND t.id = n.known_id
)
INSERT INTO wits_prs_links AS t (id, tenant_id, integration_id, /* <inserted> */
	work_item_id, external_repo_id, repo_full_name, pull_request_number,
	branch_name, commit_sha, pr_status, repo_host, told_at, raw_data_id,
	column_ages /* end */)
SELECT nextval('wits_prs_links_id_seq'), $1, $2, /* n.<inserted> */
	n.work_item_id, n.external_repo_id, n.repo_full_name,
	n.pull_request_number, n.branch_name, n.commit_sha, n.pr_status,
	n.repo_host, n.told_at, n.raw_data_id, n.column_ages /* end */
FROM changed AS n
WHERE n.known_id IS NULL
ORDER BY n.work_item_id, lower(n.repo_full_name) COLLATE "C",
	n.pull_request_number
ON CONFLICT (tenant_id, work_item_id, repo_key, pull_request_number, repo_host)
DO UPDATE SET /* <updated = excluded> */
	external_repo_id = excluded.external_repo_id,
	branch_name = excluded.branch_name, commit_sha = excluded.commit_sha,
	pr_status = excluded.pr_status, told_at = excluded.told_at,
	raw_data_id = excluded.raw_data_id,
	column_ages = excluded.column_ages /* end */, integration_id =
	excluded.integration_id,
	last_updated_at = NOW()
WHERE t.raw_data_id IS NULL;

-- as in: jira_dev_status_batch wits_prs_links wits_prs_links_again
