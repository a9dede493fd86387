-- Statuses: per project, in statuses or in issueTypes[].statuses, or the flat
-- list of /status. See etl_status_holders. How old a row is, and what stays:
-- see jira_projects_batch.sql.

-- A project nobody knows yet is listed and waited for, by its id or its key: an
-- id is digits. See waiting_projects.sql.
-- statement: read
WITH read AS (
	SELECT i.index, count(s.status) AS found,
		count(s.status) FILTER (WHERE etl_id(s.status->'id') IS NOT NULL
			AND etl_name(s.status->'name') IS NOT NULL) AS good,
		min(i.project_id) AS project_id, min(i.project_key) AS project_key
	FROM etl_status_holders($1, $2, $3) AS i
	LEFT JOIN LATERAL etl_statuses_in(i.value) AS s ON true
	GROUP BY i.index
), item AS (
	SELECT *, good > 0 AND COALESCE(project_id, project_key) IS NOT NULL
		AND NOT EXISTS (SELECT FROM etl_project_of($1, $2, project_id,
		project_key)) AS is_waiting
	FROM read
), note AS (
	SELECT index, CASE WHEN good = 0 THEN 'no status with id and name'
		WHEN good < found THEN 'some statuses have no id or no name'
		ELSE 'the project ' || left(COALESCE(project_id, project_key),
		50) || ' is not known' END AS reason, good = 0 AS is_unreadable
	FROM item
	WHERE good < found OR good = 0 OR is_waiting
), batch AS (
	SELECT raw_data #> '{}' AS answer
	FROM raw_extraction_data
	WHERE tenant_id = $1 AND integration_id = $2 AND id = $3
	OFFSET 0
), lack AS (
	SELECT note FROM batch CROSS JOIN etl_answer_errors(answer)
	UNION ALL
	SELECT note FROM batch CROSS JOIN etl_page_lack(answer, '{values}')
)
SELECT o.*
FROM batch CROSS JOIN LATERAL etl_outcome(
	CASE WHEN etl_status_path(answer) IS NOT NULL
		THEN (SELECT count(*) FROM item) END,
	(SELECT count(*) FROM note WHERE is_unreadable),
	ARRAY(SELECT etl_note(index, NULL, reason) FROM note ORDER BY index),
	ARRAY(
		SELECT n.name
		FROM item CROSS JOIN LATERAL (VALUES
			(CASE WHEN project_id ~ '^[0-9]+$' THEN project_id END),
			(CASE WHEN project_id IS NULL
				AND project_key !~ '^[0-9]+$'
				THEN project_key END)) AS n (name)
		WHERE is_waiting AND length(n.name) <= 40
		GROUP BY n.name
		ORDER BY min(item.index), n.name
		LIMIT 10000),
	ARRAY(SELECT note FROM lack),
	CASE WHEN etl_status_path(answer) IS NULL
		THEN etl_refusal(answer) END) AS o;

-- Names are made by one at a time.
-- statement: names
SELECT etl_alone($1, $2, 'names');

-- statement: lock
SELECT s.id
FROM statuses AS s
JOIN (
	SELECT DISTINCT etl_id(x.status->'id') AS external_id
	FROM etl_status_holders($1, $2, $3) AS i
	CROSS JOIN LATERAL etl_statuses_in(i.value) AS x
	OFFSET 0) AS n ON s.external_id = n.external_id
WHERE s.tenant_id = $1 AND s.integration_id = $2
ORDER BY s.external_id COLLATE "C"
FOR NO KEY UPDATE OF s;

-- Of several copies in a batch the last one with a category counts.
-- statement: statuses
-- columns: statuses
-- repeat
WITH named AS (
	SELECT i.index, i.stored_at, etl_id(x.status->'id') AS external_id,
		etl_name(x.status->'name') AS original_name,
		CASE WHEN x.status->'statusCategory' = 'null' THEN 'Unknown'
			ELSE etl_category(x.status->'statusCategory') END
			AS category,
		etl_scalar(x.status->'description') AS description,
		x.status ? 'description' AND (x.status->'description' = 'null'
			OR etl_scalar(x.status->'description') IS NOT NULL)
			AS says
	FROM etl_status_holders($1, $2, $3) AS i
	CROSS JOIN LATERAL etl_statuses_in(i.value) AS x
), status AS (
	SELECT DISTINCT ON (external_id COLLATE "C") external_id, stored_at,
		original_name, category, (array_agg(description)
			FILTER (WHERE says) OVER copies)[1] AS description,
		array_remove(ARRAY['original_name', CASE WHEN category
			IS NOT NULL THEN 'category' END, CASE WHEN bool_or(says)
			OVER copies THEN 'description' END], NULL) AS said
	FROM named
	WHERE external_id IS NOT NULL AND original_name IS NOT NULL
	WINDOW copies AS (PARTITION BY external_id COLLATE "C"
		ORDER BY category IS NULL, index DESC
		ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
	ORDER BY external_id COLLATE "C", category IS NULL, index DESC
), merged AS MATERIALIZED (
	SELECT COALESCE(o.id, nextval('statuses_id_seq')) AS id, n.external_id,
		m.*, o.id IS NULL
			OR (/* o.<compared> */ o.original_name, o.description,
			o.category /* end */, o.status_mapping_id,
			o.column_ages) IS DISTINCT FROM (/* m.<compared> */
			m.original_name, m.description, m.category /* end */,
			m.status_mapping_id, m.column_ages) AS is_changed
	FROM status AS n
	LEFT JOIN statuses AS o ON o.tenant_id = $1 AND o.integration_id = $2
		AND o.external_id = n.external_id
	CROSS JOIN LATERAL (
		SELECT COALESCE(n.stored_at >= o.last_updated_at, true)
			AS is_newer, etl_age(n.stored_at, 0) AS age) AS g
	CROSS JOIN LATERAL (
		SELECT *, (SELECT x.id FROM etl_status_mapping($1, $2,
			v.original_name) AS x) AS found
		FROM (
			SELECT CASE WHEN g.is_newer THEN n.original_name
				ELSE o.original_name END AS original_name,
			CASE WHEN etl_takes(n.said, 'description', g.is_newer,
				o.column_ages, g.age) THEN n.description
				ELSE o.description END AS description,
			COALESCE(CASE WHEN etl_takes(n.said, 'category',
				g.is_newer, o.column_ages, g.age)
				THEN n.category ELSE o.category END, 'Unknown')
				AS category,
			etl_ages(n.said, '{description,category}',
				g.is_newer, o.column_ages, CASE WHEN
				o.last_updated_at IS NOT NULL THEN
				etl_age(o.last_updated_at, 0) END, g.age)
				AS column_ages,
			GREATEST(o.last_updated_at, n.stored_at)
				AS last_updated_at) AS v
		OFFSET 0) AS k
	CROSS JOIN LATERAL (
		SELECT k.original_name, k.description, k.category,
			k.column_ages, k.last_updated_at, COALESCE(k.found,
			o.status_mapping_id) AS status_mapping_id) AS m
), written AS (
	INSERT INTO statuses AS t (id, tenant_id, integration_id,
		/* <inserted> */ external_id, original_name, description,
		category, status_mapping_id /* end */,
		column_ages, last_updated_at)
	SELECT n.id, $1, $2, /* n.<inserted> */ n.external_id, n.original_name,
		n.description, n.category, n.status_mapping_id /* end */,
		n.column_ages, n.last_updated_at
	FROM merged AS n
	WHERE n.is_changed
	ORDER BY n.external_id COLLATE "C"
	ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
		/* <updated = excluded> */
		original_name = excluded.original_name,
		description = excluded.description,
		category = excluded.category,
		status_mapping_id = excluded.status_mapping_id /* end */,
		column_ages = excluded.column_ages,
		last_updated_at = excluded.last_updated_at
	WHERE t.id = excluded.id
	RETURNING t.external_id
)
SELECT external_id FROM merged WHERE is_changed
EXCEPT ALL
SELECT external_id FROM written;

-- A project nobody knows is not made of its id.
-- statement: projects_statuses
INSERT INTO projects_statuses (project_id, status_id)
SELECT DISTINCT p.project_id, s.id
FROM (
	SELECT i.project_id, i.project_key,
		etl_id(x.status->'id') AS external_id
	FROM etl_status_holders($1, $2, $3) AS i
	CROSS JOIN LATERAL etl_statuses_in(i.value) AS x
	OFFSET 0
) AS named
CROSS JOIN etl_project_of($1, $2, named.project_id, named.project_key) AS p
JOIN statuses AS s ON s.tenant_id = $1 AND s.integration_id = $2
	AND s.external_id = named.external_id
WHERE NOT EXISTS (SELECT FROM projects_statuses AS x
	WHERE x.project_id = p.project_id AND x.status_id = s.id)
ORDER BY p.project_id, s.id
ON CONFLICT DO NOTHING;
