-- Projects with their work item types: an array, values[], or createmeta's
-- projects[]. Nothing in them tells their age; a row is as old as the batch it
-- came with (last_updated_at), and NULL there is older than any.

-- statement: read
WITH item AS (
	SELECT index, CASE
		WHEN etl_id(value->'id') IS NULL THEN 'no id'
		WHEN etl_id(value->'key') IS NULL THEN 'no key'
		END AS reason
	FROM etl_items($1, $2, $3, '{values,projects}')
), skipped AS (
	SELECT count(*) AS count, (
		SELECT jsonb_agg(jsonb_build_object('index', index,
			'reason', reason) ORDER BY index)
		FROM (
			SELECT index, reason
			FROM item
			WHERE reason IS NOT NULL
			ORDER BY index
			LIMIT 1000) AS first) AS list
	FROM item
	WHERE reason IS NOT NULL
)
SELECT CASE WHEN etl_path(raw_data, '{values,projects}') IS NOT NULL
	THEN (SELECT count(*) FROM item) END,
	skipped.count, skipped.count, skipped.list, NULL::jsonb,
	0, NULL::jsonb, etl_refusal(raw_data)
FROM raw_extraction_data CROSS JOIN skipped
WHERE tenant_id = $1 AND integration_id = $2 AND id = $3

-- statement: projects
-- columns: projects
INSERT INTO projects AS t (tenant_id, integration_id, <inserted>,
	last_updated_at)
SELECT DISTINCT ON (external_id COLLATE "C") $1, $2, n.<inserted>, stored_at
FROM (
	SELECT etl_id(value->'id') AS external_id, etl_id(value->'key') AS key,
		COALESCE(etl_scalar(value->'name'), etl_id(value->'key'))
			AS name,
		etl_scalar(value->'projectTypeKey') AS project_type,
		stored_at, index
	FROM etl_items($1, $2, $3, '{values,projects}')
) AS n
WHERE external_id IS NOT NULL AND key IS NOT NULL
ORDER BY external_id COLLATE "C", index DESC
ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
	<updated = excluded>, last_updated_at = excluded.last_updated_at
WHERE t.last_updated_at IS NULL
	OR t.last_updated_at < excluded.last_updated_at
	OR (t.last_updated_at = excluded.last_updated_at
	AND (t.<compared>) IS DISTINCT FROM (excluded.<compared>))

-- statement: wits
-- columns: wits
WITH wit AS (
	SELECT DISTINCT ON (external_id COLLATE "C") *
	FROM (
		SELECT etl_id(wit.value->'id') AS external_id,
			etl_name(wit.value->'name') AS original_name,
			etl_scalar(wit.value->'description') AS description,
			COALESCE(etl_integer(wit.value->>'hierarchyLevel'),
				CASE WHEN wit.value->'subtask' = 'true'
				THEN -1 ELSE 0 END) AS hierarchy_level,
			item.stored_at, item.index
		FROM etl_items($1, $2, $3, '{values,projects}') AS item
		CROSS JOIN jsonb_path_query(item.value,
			etl_path(item.value, '{issueTypes,issuetypes}'))
			AS wit (value)
		WHERE etl_id(item.value->'id') IS NOT NULL
			AND etl_id(item.value->'key') IS NOT NULL
	) AS named
	WHERE external_id IS NOT NULL AND original_name IS NOT NULL
	ORDER BY external_id COLLATE "C", index DESC
), mapped AS (
	SELECT wit.*, m.id AS wits_mapping_id
	FROM wit
	LEFT JOIN LATERAL etl_wit_mapping($1, $2, wit.original_name) AS m
		ON true
)
INSERT INTO wits AS t (tenant_id, integration_id, <inserted>, last_updated_at)
SELECT $1, $2, n.<inserted>, n.stored_at
FROM mapped AS n
ORDER BY n.external_id COLLATE "C"
ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
	<updated = excluded>, last_updated_at = excluded.last_updated_at
WHERE t.last_updated_at IS NULL
	OR t.last_updated_at < excluded.last_updated_at
	OR (t.last_updated_at = excluded.last_updated_at
	AND (t.<compared>) IS DISTINCT FROM (excluded.<compared>))

-- statement: projects_wits
INSERT INTO projects_wits (project_id, wit_id)
SELECT DISTINCT p.id, w.id
FROM etl_items($1, $2, $3, '{values,projects}') AS item
CROSS JOIN jsonb_path_query(item.value,
	etl_path(item.value, '{issueTypes,issuetypes}')) AS wit (value)
JOIN projects AS p ON p.tenant_id = $1 AND p.integration_id = $2
	AND p.external_id = etl_id(item.value->'id')
JOIN wits AS w ON w.tenant_id = $1 AND w.integration_id = $2
	AND w.external_id = etl_id(wit.value->'id')
WHERE NOT EXISTS (SELECT FROM projects_wits AS x
	WHERE x.project_id = p.id AND x.wit_id = w.id)
ORDER BY p.id, w.id
ON CONFLICT DO NOTHING
