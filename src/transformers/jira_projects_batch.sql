-- Projects with their work item types: an array, values[], createmeta's
-- projects[], one project; or types alone. See etl_projects. Nothing in them
-- tells their age; a row is as old as the batch it came with (last_updated_at),
-- and NULL there is older than any. What an answer leaves out stays.

-- statement: read
WITH item AS (
	SELECT index, is_type, value, project_id, project_key
	FROM etl_projects($1, $2, $3)
), note AS (
	SELECT index, NULL AS place, CASE
		WHEN is_type AND etl_id(value->'id') IS NULL
			OR NOT is_type AND project_id IS NULL THEN 'no id'
		WHEN is_type THEN 'no name' ELSE 'no key' END AS reason,
		true AS is_unreadable
	FROM item
	WHERE CASE WHEN is_type THEN etl_id(value->'id') IS NULL
		OR etl_name(value->'name') IS NULL
		ELSE project_id IS NULL OR project_key IS NULL END
	UNION ALL
	SELECT index, place, 'not a text', false
	FROM item CROSS JOIN LATERAL (VALUES ('name'), ('projectTypeKey'))
		AS m (place)
	WHERE NOT is_type AND project_id IS NOT NULL
		AND project_key IS NOT NULL AND value ? place
		AND value->place NOT IN ('null', '""')
		AND etl_scalar(value->place) IS NULL
	UNION ALL
	SELECT index, 'issueTypes[' || id || ']', 'no id or no name', false
	FROM (
		SELECT index, row_number() OVER (PARTITION BY index) - 1 AS id,
			external_id, value
		FROM etl_wits($1, $2, $3)) AS w
	WHERE (external_id IS NULL OR etl_name(value->'name') IS NULL)
		AND NOT EXISTS (SELECT FROM item
		WHERE item.index = w.index AND item.is_type)
), batch AS (
	SELECT raw_data #> '{}' AS answer
	FROM raw_extraction_data
	WHERE tenant_id = $1 AND integration_id = $2 AND id = $3
	OFFSET 0
), lack AS (
	SELECT note FROM batch CROSS JOIN etl_answer_errors(answer)
	UNION ALL
	SELECT note FROM batch CROSS JOIN etl_page_lack(answer,
		'{values,projects,issueTypes}')
)
SELECT o.*
FROM batch CROSS JOIN LATERAL etl_outcome(
	CASE WHEN etl_project_path(answer) IS NOT NULL
		THEN (SELECT count(*) FROM item) END,
	(SELECT count(*) FROM note WHERE is_unreadable),
	ARRAY(SELECT etl_note(index, place, reason) FROM note
		ORDER BY index, place),
	NULL, ARRAY(SELECT note FROM lack),
	CASE WHEN etl_project_path(answer) IS NULL
		THEN etl_refusal(answer) END) AS o;

-- Names are made by one at a time.
-- statement: names
SELECT etl_alone($1, $2, 'names');

-- statement: lock
SELECT p.id
FROM projects AS p
JOIN (
	SELECT DISTINCT project_id AS external_id
	FROM etl_projects($1, $2, $3)
	WHERE NOT is_type) AS n ON p.external_id = n.external_id
WHERE p.tenant_id = $1 AND p.integration_id = $2
ORDER BY p.external_id COLLATE "C"
FOR NO KEY UPDATE OF p;

-- statement: projects
-- columns: projects
-- repeat
WITH item AS (
	SELECT DISTINCT ON (project_id COLLATE "C") project_id AS external_id,
		project_key AS key,
		NULLIF(etl_scalar(value->'name'), '') AS name,
		etl_scalar(value->'projectTypeKey') AS project_type, stored_at,
		array_remove(ARRAY['key', CASE WHEN
			NULLIF(etl_scalar(value->'name'), '') IS NOT NULL
			THEN 'name' END, CASE WHEN value ? 'projectTypeKey'
			AND (value->'projectTypeKey' = 'null' OR
			etl_scalar(value->'projectTypeKey') IS NOT NULL)
			THEN 'project_type' END], NULL) AS said
	FROM etl_projects($1, $2, $3)
	WHERE NOT is_type AND project_id IS NOT NULL AND project_key IS NOT NULL
	ORDER BY project_id COLLATE "C", index DESC
), merged AS MATERIALIZED (
	SELECT COALESCE(o.id, nextval('projects_id_seq')) AS id, n.external_id,
		m.*, o.id IS NULL
			OR (/* o.<compared> */ o.key, o.name /* end */,
			o.project_type, o.column_ages) IS DISTINCT FROM
			(/* m.<compared> */ m.key, m.name /* end */,
			m.project_type, m.column_ages) AS is_changed
	FROM item AS n
	LEFT JOIN projects AS o ON o.tenant_id = $1 AND o.integration_id = $2
		AND o.external_id = n.external_id
	CROSS JOIN LATERAL (
		SELECT COALESCE(n.stored_at >= o.last_updated_at, true)
			AS is_newer, etl_age(n.stored_at, 0) AS age) AS g
	CROSS JOIN LATERAL (
		SELECT CASE WHEN g.is_newer THEN n.key ELSE o.key END AS key,
			COALESCE(CASE WHEN etl_takes(n.said, 'name', g.is_newer,
				o.column_ages, g.age) THEN n.name
				ELSE o.name END, n.key) AS name,
			CASE WHEN etl_takes(n.said, 'project_type', g.is_newer,
				o.column_ages, g.age) THEN n.project_type
				ELSE o.project_type END AS project_type,
			etl_ages(n.said, '{name,project_type}', g.is_newer,
				o.column_ages, CASE WHEN o.last_updated_at
				IS NOT NULL THEN etl_age(o.last_updated_at, 0)
				END, g.age) AS column_ages,
			GREATEST(o.last_updated_at, n.stored_at)
				AS last_updated_at
		OFFSET 0) AS m
), written AS (
	INSERT INTO projects AS t (id, tenant_id, integration_id,
		/* <inserted> */ external_id, key, name, project_type /* end */,
		column_ages, last_updated_at)
	SELECT n.id, $1, $2, /* n.<inserted> */ n.external_id, n.key, n.name,
		n.project_type /* end */, n.column_ages, n.last_updated_at
	FROM merged AS n
	WHERE n.is_changed
	ORDER BY n.external_id COLLATE "C"
	ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
		/* <updated = excluded> */ key = excluded.key,
		name = excluded.name,
		project_type = excluded.project_type /* end */, column_ages =
		excluded.column_ages,
		last_updated_at = excluded.last_updated_at
	WHERE t.id = excluded.id
	RETURNING t.external_id
)
SELECT external_id FROM merged WHERE is_changed
EXCEPT ALL
SELECT external_id FROM written;

-- statement: lock_wits
SELECT w.id
FROM wits AS w
JOIN (
	SELECT DISTINCT external_id
	FROM etl_wits($1, $2, $3)) AS n ON w.external_id = n.external_id
WHERE w.tenant_id = $1 AND w.integration_id = $2
ORDER BY w.external_id COLLATE "C"
FOR NO KEY UPDATE OF w;

-- statement: wits
-- columns: wits
-- repeat
WITH wit AS (
	SELECT DISTINCT ON (external_id COLLATE "C") external_id,
		etl_name(value->'name') AS original_name,
		etl_scalar(value->'description') AS description,
		COALESCE(etl_integer(value->>'hierarchyLevel'),
			CASE WHEN value->'subtask' = 'true' THEN -1
			ELSE 0 END) AS hierarchy_level, stored_at,
		array_remove(ARRAY['original_name', CASE WHEN
			value ? 'description' AND (value->'description'
			= 'null' OR etl_scalar(value->'description')
			IS NOT NULL) THEN 'description' END, CASE WHEN
			etl_integer(value->>'hierarchyLevel') IS NOT NULL
			OR value->'subtask' = 'true'
			THEN 'hierarchy_level' END], NULL) AS said,
		value->'subtask' = 'false' AS is_standard
	FROM etl_wits($1, $2, $3)
	WHERE external_id IS NOT NULL AND etl_name(value->'name') IS NOT NULL
	ORDER BY external_id COLLATE "C", index DESC
), merged AS MATERIALIZED (
	SELECT COALESCE(o.id, nextval('wits_id_seq')) AS id, n.external_id,
		m.*, o.id IS NULL
			OR (/* o.<compared> */ o.original_name,
			o.hierarchy_level /* end */, o.description,
			o.wits_mapping_id, o.column_ages) IS DISTINCT FROM
			(/* m.<compared> */ m.original_name,
			m.hierarchy_level /* end */, m.description,
			m.wits_mapping_id, m.column_ages) AS is_changed
	FROM wit AS n
	LEFT JOIN wits AS o ON o.tenant_id = $1 AND o.integration_id = $2
		AND o.external_id = n.external_id
	CROSS JOIN LATERAL (
		SELECT COALESCE(n.stored_at >= o.last_updated_at, true)
			AS is_newer, etl_age(n.stored_at, 0) AS age) AS g
	CROSS JOIN LATERAL (
		SELECT *, (SELECT x.id FROM etl_wit_mapping($1, $2,
			v.original_name) AS x) AS found
		FROM (
			SELECT CASE WHEN g.is_newer THEN n.original_name
				ELSE o.original_name END AS original_name,
			CASE WHEN etl_takes(n.said, 'description', g.is_newer,
				o.column_ages, g.age) THEN n.description
				ELSE o.description END AS description,
			CASE WHEN o.id IS NULL OR etl_takes(n.said,
				'hierarchy_level', g.is_newer, o.column_ages,
				g.age) THEN n.hierarchy_level
				WHEN g.is_newer AND n.is_standard
				THEN GREATEST(o.hierarchy_level, 0)
				ELSE o.hierarchy_level END AS hierarchy_level,
			etl_ages(n.said, '{description,hierarchy_level}',
				g.is_newer, o.column_ages, CASE WHEN
				o.last_updated_at IS NOT NULL THEN
				etl_age(o.last_updated_at, 0) END, g.age)
				AS column_ages,
			GREATEST(o.last_updated_at, n.stored_at)
				AS last_updated_at) AS v
		OFFSET 0) AS k
	CROSS JOIN LATERAL (
		SELECT k.original_name, k.description, k.hierarchy_level,
			k.column_ages, k.last_updated_at,
			COALESCE(k.found, o.wits_mapping_id) AS wits_mapping_id
		) AS m
), written AS (
	INSERT INTO wits AS t (id, tenant_id, integration_id, /* <inserted> */
		external_id, original_name, description, hierarchy_level,
		wits_mapping_id /* end */,
		column_ages, last_updated_at)
	SELECT n.id, $1, $2, /* n.<inserted> */ n.external_id, n.original_name,
		n.description, n.hierarchy_level, n.wits_mapping_id /* end */,
		n.column_ages, n.last_updated_at
	FROM merged AS n
	WHERE n.is_changed
	ORDER BY n.external_id COLLATE "C"
	ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
		/* <updated = excluded> */
		original_name = excluded.original_name,
		description = excluded.description,
		hierarchy_level = excluded.hierarchy_level,
		wits_mapping_id = excluded.wits_mapping_id /* end */,
		column_ages = excluded.column_ages,
		last_updated_at = excluded.last_updated_at
	WHERE t.id = excluded.id
	RETURNING t.external_id
)
SELECT external_id FROM merged WHERE is_changed
EXCEPT ALL
SELECT external_id FROM written;

-- statement: projects_wits
INSERT INTO projects_wits (project_id, wit_id)
SELECT DISTINCT p.project_id, w.id
FROM etl_wits($1, $2, $3) AS i
CROSS JOIN etl_project_of($1, $2, i.project_id, i.project_key) AS p
JOIN wits AS w ON w.tenant_id = $1 AND w.integration_id = $2
	AND w.external_id = i.external_id
WHERE NOT EXISTS (SELECT FROM projects_wits AS x
	WHERE x.project_id = p.project_id AND x.wit_id = w.id)
ORDER BY p.project_id, w.id
ON CONFLICT DO NOTHING;
