-- Statuses: per project, in statuses or in issueTypes[].statuses, or the flat
-- list of /status. How old a row is: see jira_projects_batch.sql. "**" may
-- find one several times; that does no harm.

-- A project nobody knows yet is listed and waited for, by its id or its key: an
-- id is digits. See waiting_statuses.sql.
-- statement: read
WITH read AS (
	SELECT i.index, count(s.value) AS found,
		count(s.value) FILTER (WHERE etl_id(s.value->'id') IS NOT NULL
			AND etl_name(s.value->'name') IS NOT NULL) AS good,
		min(COALESCE(etl_id(i.value->'projectId'),
			etl_id(i.value->'project_id'),
			etl_id(i.value#>'{scope,project,id}'))) AS project_id,
		min(COALESCE(etl_id(i.value->'projectKey'),
			etl_id(i.value->'project_key'))) AS project_key
	FROM etl_items($1, $2, $3, '{values,statuses}') AS i
	LEFT JOIN LATERAL (
		SELECT x.value
		FROM jsonb_path_query(i.value, '$.**.statuses[*] ?
			(!exists (@.statuses))') AS x (value)
		UNION ALL
		SELECT i.value
		WHERE jsonb_typeof(i.value) = 'object' AND NOT
			jsonb_path_exists(i.value, '$.**.statuses')
	) AS s ON true
	GROUP BY i.index
), item AS (
	SELECT *, good > 0 AND COALESCE(project_id, project_key) IS NOT NULL
		AND NOT EXISTS (SELECT FROM projects AS p
		WHERE p.tenant_id = $1 AND p.integration_id = $2
		AND (p.external_id = project_id OR p.key = project_key))
			AS is_waiting
	FROM read
), skipped AS (
	SELECT count(*) AS count, count(*) FILTER (WHERE good = 0)
			AS unreadable, (
		SELECT jsonb_agg(jsonb_build_object('index', index, 'reason',
			CASE WHEN good = 0 THEN 'no status with id and name'
			WHEN good < found THEN
				'some statuses have no id or no name'
			ELSE 'the project ' || left(COALESCE(project_id,
				project_key), 50) || ' is not known' END)
			ORDER BY index)
		FROM (
			SELECT *
			FROM item
			WHERE good < found OR good = 0 OR is_waiting
			ORDER BY index
			LIMIT 1000) AS first) AS list
	FROM item
	WHERE good < found OR good = 0 OR is_waiting
), waiting AS (
	SELECT jsonb_agg(name ORDER BY index, name) AS list
	FROM (
		SELECT name, min(index) AS index
		FROM item CROSS JOIN LATERAL (VALUES
			(CASE WHEN project_id ~ '^[0-9]+$' THEN project_id END),
			(CASE WHEN project_key !~ '^[0-9]+$'
				THEN project_key END)) AS n (name)
		WHERE is_waiting AND length(name) <= 40
		GROUP BY name
		ORDER BY index, name
		LIMIT 10000) AS first
)
SELECT CASE WHEN etl_path(raw_data, '{values,statuses}') IS NOT NULL
	THEN (SELECT count(*) FROM item) END,
	skipped.unreadable, skipped.count, skipped.list, waiting.list,
	0, NULL::jsonb, etl_refusal(raw_data)
FROM raw_extraction_data CROSS JOIN skipped CROSS JOIN waiting
WHERE tenant_id = $1 AND integration_id = $2 AND id = $3

-- statement: statuses
-- columns: statuses
WITH status AS (
	SELECT DISTINCT ON (external_id COLLATE "C") external_id, stored_at,
		original_name, category, (array_agg(description)
			FILTER (WHERE description IS NOT NULL) OVER (
			PARTITION BY external_id COLLATE "C"
			ORDER BY category IS NULL, index DESC
			ROWS BETWEEN UNBOUNDED PRECEDING
			AND UNBOUNDED FOLLOWING))[1] AS description
	FROM (
		SELECT i.index, i.stored_at, etl_id(s.value->'id') AS external_id,
			etl_name(s.value->'name') AS original_name,
			etl_category(s.value->'statusCategory') AS category,
			etl_scalar(s.value->'description') AS description
		FROM etl_items($1, $2, $3, '{values,statuses}') AS i
		CROSS JOIN LATERAL (
			SELECT x.value
			FROM jsonb_path_query(i.value, '$.**.statuses[*] ?
				(!exists (@.statuses))') AS x (value)
			UNION ALL
			SELECT i.value
			WHERE jsonb_typeof(i.value) = 'object' AND NOT
				jsonb_path_exists(i.value, '$.**.statuses')
		) AS s
	) AS named
	WHERE external_id IS NOT NULL AND original_name IS NOT NULL
	ORDER BY external_id COLLATE "C", category IS NULL, index DESC
), known AS (
	SELECT o.id, n.external_id, n.original_name, n.stored_at,
		COALESCE(n.category, o.category, m.status_category, 'Unknown')
			AS category,
		COALESCE(n.description, o.description) AS description,
		COALESCE(m.id, o.status_mapping_id) AS status_mapping_id
	FROM status AS n
	LEFT JOIN statuses AS o ON o.tenant_id = $1
		AND o.integration_id = $2 AND o.external_id = n.external_id
	LEFT JOIN LATERAL etl_status_mapping($1, $2, n.original_name) AS m
		ON true
)
INSERT INTO statuses AS t (id, tenant_id, integration_id, <inserted>,
	last_updated_at)
SELECT COALESCE(n.id, nextval('statuses_id_seq')), $1, $2, n.<inserted>,
	n.stored_at
FROM known AS n
ORDER BY n.external_id COLLATE "C"
ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
	<updated = excluded>, last_updated_at = excluded.last_updated_at
WHERE t.last_updated_at IS NULL
	OR t.last_updated_at < excluded.last_updated_at
	OR (t.last_updated_at = excluded.last_updated_at
	AND (t.<compared>) IS DISTINCT FROM (excluded.<compared>))

-- A project nobody knows is not made of its id.
-- statement: projects_statuses
INSERT INTO projects_statuses (project_id, status_id)
SELECT DISTINCT p.id, s.id
FROM (
	SELECT i.value AS item, etl_id(x.value->'id') AS status
	FROM etl_items($1, $2, $3, '{values,statuses}') AS i
	CROSS JOIN LATERAL (
		SELECT y.value
		FROM jsonb_path_query(i.value, '$.**.statuses[*] ?
			(!exists (@.statuses))') AS y (value)
		UNION ALL
		SELECT i.value
	) AS x
	OFFSET 0
) AS named
JOIN projects AS p ON p.tenant_id = $1 AND p.integration_id = $2 AND (
	p.external_id = COALESCE(etl_id(item->'projectId'),
		etl_id(item->'project_id'), etl_id(item#>'{scope,project,id}'))
	OR p.key = COALESCE(etl_id(item->'projectKey'),
		etl_id(item->'project_key')))
JOIN statuses AS s ON s.tenant_id = $1 AND s.integration_id = $2
	AND s.external_id = named.status
WHERE NOT EXISTS (SELECT FROM projects_statuses AS x
	WHERE x.project_id = p.id AND x.status_id = s.id)
ORDER BY p.id, s.id
ON CONFLICT DO NOTHING
