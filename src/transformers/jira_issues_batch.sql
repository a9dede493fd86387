-- Issues with their histories: a search answer's issues[], or an array.
-- Rows are written in the order of external ids, so that two batches that
-- share some wait for each other and never for ever.

-- What issues name and nobody knows yet is made of what they say about it.
-- The age of such rows (last_updated_at) stays NULL: any list of projects,
-- types or statuses knows better. A status of the past has only a name there.
-- Without an id nothing is made: a project is looked for by its key, a type or
-- status by its name, in any case of letters.
-- statement: read
WITH issue AS MATERIALIZED (
	SELECT index, etl_id(value->'id') AS id, etl_id(value->'key') AS key,
		value#>'{fields,project}' AS project,
		value#>'{fields,issuetype}' AS wit,
		value#>'{fields,status}' AS status,
		jsonb_path_query_array(value, '$.changelog.histories[*]
			.items[*] ? (@.field == "status")') AS changes
	FROM etl_items($1, $2, $3, '{issues}')
), read AS (
	SELECT * FROM issue WHERE id IS NOT NULL AND key IS NOT NULL
), project AS (
	SELECT etl_id(project->'id') AS external_id,
		COALESCE(etl_id(project->'key'),
			regexp_replace(key, '-[0-9]+$', '')) AS key,
		etl_scalar(project->'name') AS name,
		etl_scalar(project->'projectTypeKey') AS type
	FROM (
		SELECT DISTINCT ON (project->'id') project, key
		FROM read
		ORDER BY project->'id', index DESC
	) AS one
), new_projects AS (
	INSERT INTO projects (tenant_id, integration_id, external_id, key,
		name, project_type, last_updated_at)
	SELECT $1, $2, external_id, key, COALESCE(name, key), type, NULL
	FROM project
	WHERE external_id IS NOT NULL AND NOT EXISTS (SELECT FROM projects AS t WHERE t.tenant_id = $1
		AND t.integration_id = $2
		AND t.external_id = project.external_id)
	ORDER BY external_id COLLATE "C"
	ON CONFLICT (tenant_id, integration_id, external_id) DO NOTHING
), wit AS (
	SELECT etl_id(wit->'id') AS external_id, etl_name(wit->'name') AS name,
		etl_scalar(wit->'description') AS description,
		COALESCE(etl_integer(wit->>'hierarchyLevel'),
			CASE WHEN wit->'subtask' = 'true' THEN -1 ELSE 0 END)
			AS level
	FROM (
		SELECT DISTINCT ON (wit->'id') wit
		FROM read
		ORDER BY wit->'id', index DESC
	) AS one
), new_wits AS (
	INSERT INTO wits (tenant_id, integration_id, external_id,
		original_name, description, hierarchy_level, wits_mapping_id,
		last_updated_at)
	SELECT $1, $2, external_id, COALESCE(name, external_id), description,
		level, (SELECT m.id FROM etl_wit_mapping($1, $2,
			COALESCE(name, external_id)) AS m), NULL
	FROM wit
	WHERE external_id IS NOT NULL AND NOT EXISTS (SELECT FROM wits AS t WHERE t.tenant_id = $1
		AND t.integration_id = $2
		AND t.external_id = wit.external_id)
	ORDER BY external_id COLLATE "C"
	ON CONFLICT (tenant_id, integration_id, external_id) DO NOTHING
), status AS (
	SELECT DISTINCT ON (external_id COLLATE "C") *
	FROM (
		SELECT etl_id(status->'id') AS external_id,
			etl_name(status->'name') AS name,
			etl_category(status->'statusCategory') AS category,
			etl_scalar(status->'description') AS description
		FROM (
			SELECT DISTINCT ON (status->'id') status
			FROM read
			ORDER BY status->'id', index DESC
		) AS one
		UNION ALL
		SELECT etl_id(id), etl_name(name), NULL, NULL
		FROM (
			SELECT DISTINCT change->side.id AS id,
				change->side.name AS name
			FROM read
			CROSS JOIN jsonb_array_elements(changes) AS change
			CROSS JOIN (VALUES ('from', 'fromString'),
				('to', 'toString')) AS side (id, name)
		) AS past
	) AS named
	WHERE external_id IS NOT NULL
	ORDER BY external_id COLLATE "C", category IS NULL,
		description IS NULL, name
), new_statuses AS (
	INSERT INTO statuses AS t (tenant_id, integration_id, external_id,
		original_name, category, description, status_mapping_id,
		last_updated_at)
	SELECT $1, $2, external_id, COALESCE(name, external_id),
		COALESCE(category, mapping.status_category, 'Unknown'),
		description, mapping.id, NULL
	FROM status LEFT JOIN LATERAL etl_status_mapping($1, $2,
		COALESCE(name, external_id)) AS mapping ON true
	WHERE NOT EXISTS (SELECT FROM statuses AS t WHERE t.tenant_id = $1
		AND t.integration_id = $2
		AND t.external_id = status.external_id
		AND (t.category <> 'Unknown' OR status.category IS NULL))
	ORDER BY external_id COLLATE "C"
	ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
		category = excluded.category
	WHERE t.category = 'Unknown'
), skipped AS (
	SELECT count(*) AS count, (
		SELECT jsonb_agg(jsonb_build_object('index', index, 'reason',
			CASE WHEN id IS NULL THEN 'no id' ELSE 'no key' END)
			ORDER BY index)
		FROM (
			SELECT index, id
			FROM issue
			WHERE id IS NULL OR key IS NULL
			ORDER BY index
			LIMIT 1000) AS first) AS list
	FROM issue
	WHERE id IS NULL OR key IS NULL
)
SELECT CASE WHEN etl_path(raw_data, '{issues}') IS NOT NULL
	THEN (SELECT count(*) FROM issue) END,
	skipped.count, skipped.count, skipped.list, NULL::jsonb,
	0, NULL::jsonb, etl_refusal(raw_data)
FROM raw_extraction_data CROSS JOIN skipped
WHERE tenant_id = $1 AND integration_id = $2 AND id = $3

-- Only what is new or differs is written: a repeat costs the comparison. What
-- is there is locked in any case, in the order of external ids: the changes of
-- status that follow are to be as old as the row that everybody sees then.
-- statement: work_items
-- columns: work_items
WITH custom AS MATERIALIZED (
	SELECT
		max(f.key) FILTER (WHERE f.value = 'team') AS team,
		max(f.key) FILTER (WHERE f.value = 'story_points') AS points,
		max(f.key) FILTER (WHERE f.value = 'code_changed') AS code,
		max(f.key) FILTER (WHERE f.value = 'acceptance_criteria') AS accept,
		array_agg(f.key ORDER BY f.value) FILTER (WHERE f.value ~
			'^custom_field_(0[1-9]|1[0-9]|20)$') AS others,
		array_agg(right(f.value, 2)::integer ORDER BY f.value)
			FILTER (WHERE f.value ~
			'^custom_field_(0[1-9]|1[0-9]|20)$') AS places
	FROM integrations AS i
	CROSS JOIN jsonb_each_text(CASE jsonb_typeof(
		to_jsonb(i) #> '{settings,custom_fields}') WHEN 'object'
		THEN to_jsonb(i) #> '{settings,custom_fields}'
		ELSE '{}' END) AS f
	WHERE i.tenant_id = $1 AND i.id = $2
), item AS (
	SELECT index, etl_id(value->'id') AS external_id,
		etl_id(value->'key') AS key, value->'fields' AS f
	FROM etl_items($1, $2, $3, '{issues}')
	OFFSET 0
), issue AS (
	SELECT index, external_id, key,
		etl_id(f#>'{project,id}') AS project,
		etl_id(f#>'{issuetype,id}') AS wit,
		etl_id(f#>'{status,id}') AS status,
		etl_name(f#>'{project,key}') AS project_key,
		etl_name(f#>'{issuetype,name}') AS wit_name,
		etl_name(f#>'{status,name}') AS status_name,
		etl_scalar(f->'summary') AS summary,
		etl_text(f->'description') AS description,
		etl_scalar(f#>'{resolution,name}') AS resolution,
		etl_scalar(f#>'{assignee,displayName}') AS assignee,
		etl_label(CASE jsonb_typeof(f->'labels') WHEN 'array'
			THEN f->'labels' END) AS labels,
		etl_scalar(f#>'{priority,name}') AS priority,
		etl_timestamp(f->>'created') AS created,
		etl_timestamp(f->>'updated') AS updated,
		etl_id(f#>'{parent,id}') AS parent,
		etl_id(f#>'{parent,key}') AS parent_key,
		COALESCE(CASE jsonb_typeof(f->custom.team) WHEN 'object' THEN
			COALESCE(etl_scalar(f#>ARRAY[custom.team, 'name']),
			etl_scalar(f#>ARRAY[custom.team, 'value'])) END,
			etl_label(f->custom.team)) AS team,
		etl_integer(f->>custom.points) AS story_points,
		CASE WHEN custom.code IS NOT NULL THEN COALESCE(btrim(
			f->>custom.code, E' \t\r\n') NOT IN ('', '{}', '[]'),
			false) END AS code_changed,
		etl_text(f->custom.accept) AS acceptance_criteria,
		CASE WHEN custom.others IS NOT NULL THEN (
			SELECT array_agg(CASE WHEN o.id IS NOT NULL
				THEN etl_label(f->o.id) END ORDER BY place)
			FROM generate_series(1, 20) AS place
			LEFT JOIN unnest(custom.others, custom.places)
				AS o (id, at) ON o.at = place) END AS c
	FROM item CROSS JOIN custom
	WHERE external_id IS NOT NULL AND key IS NOT NULL
), newest AS (
	SELECT DISTINCT ON (external_id COLLATE "C") *
	FROM issue
	ORDER BY external_id COLLATE "C", updated DESC NULLS LAST, index DESC
), known AS MATERIALIZED (
	SELECT n.*, l.id AS known_id
	FROM newest AS n
	LEFT JOIN LATERAL (
		SELECT w.id
		FROM work_items AS w
		WHERE w.tenant_id::bigint = $1
			AND w.integration_id::bigint = $2
			AND w.external_id = n.external_id
		FOR NO KEY UPDATE) AS l ON true
), placed AS (
	SELECT n.*, CASE WHEN n.project IS NOT NULL THEN p.id
		WHEN n.project_key IS NOT NULL THEN (
			SELECT x.id
			FROM projects AS x
			WHERE x.tenant_id = $1 AND x.integration_id = $2
				AND lower(x.key) = lower(n.project_key)
			ORDER BY x.id
			LIMIT 1) END AS project_id,
		CASE WHEN n.wit IS NOT NULL THEN w.id
		WHEN n.wit_name IS NOT NULL THEN (
			SELECT x.id
			FROM wits AS x
			WHERE x.tenant_id = $1 AND x.integration_id = $2
				AND lower(x.original_name) = lower(n.wit_name)
			ORDER BY x.id
			LIMIT 1) END AS wit_id,
		CASE WHEN n.status IS NOT NULL THEN s.id
		WHEN n.status_name IS NOT NULL THEN (
			SELECT x.id
			FROM statuses AS x
			WHERE x.tenant_id = $1 AND x.integration_id = $2
				AND lower(x.original_name)
				= lower(n.status_name)
			ORDER BY x.id
			LIMIT 1) END AS status_id,
		COALESCE(n.parent, (
			SELECT x.external_id
			FROM work_items AS x
			WHERE x.tenant_id::bigint = $1
				AND x.integration_id::bigint = $2
				AND x.key = n.parent_key
			ORDER BY x.id
			LIMIT 1), n.parent_key) AS parent_external_id,
		c[1] AS custom_field_01, c[2] AS custom_field_02,
		c[3] AS custom_field_03, c[4] AS custom_field_04,
		c[5] AS custom_field_05, c[6] AS custom_field_06,
		c[7] AS custom_field_07, c[8] AS custom_field_08,
		c[9] AS custom_field_09, c[10] AS custom_field_10,
		c[11] AS custom_field_11, c[12] AS custom_field_12,
		c[13] AS custom_field_13, c[14] AS custom_field_14,
		c[15] AS custom_field_15, c[16] AS custom_field_16,
		c[17] AS custom_field_17, c[18] AS custom_field_18,
		c[19] AS custom_field_19, c[20] AS custom_field_20
	FROM known AS n
	LEFT JOIN projects AS p ON p.tenant_id = $1
		AND p.integration_id = $2 AND p.external_id = n.project
	LEFT JOIN wits AS w ON w.tenant_id = $1
		AND w.integration_id = $2 AND w.external_id = n.wit
	LEFT JOIN statuses AS s ON s.tenant_id = $1
		AND s.integration_id = $2 AND s.external_id = n.status
)
INSERT INTO work_items AS t (id, tenant_id, integration_id, <inserted>)
SELECT COALESCE(n.known_id, nextval('work_items_id_seq')), $1, $2,
	n.<inserted>
FROM placed AS n
LEFT JOIN LATERAL (
	SELECT *
	FROM work_items AS w
	WHERE w.tenant_id::bigint = $1
		AND w.integration_id::bigint = $2
		AND w.external_id = n.external_id
	LIMIT 1) AS o ON true
WHERE o.id IS NULL OR ((o.updated IS NULL OR n.updated >= o.updated)
	AND (o.<compared>) IS DISTINCT FROM (n.<compared>))
ORDER BY n.external_id COLLATE "C"
ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
	<updated = excluded>, last_updated_at = NOW()
WHERE t.updated IS NULL OR excluded.updated >= t.updated

-- A change of status starts with the one before it in the batch. When others
-- are stored that the batch lacks, the loader knows (work_items.sql). Of an
-- issue that is older than what is stored only missing ones are taken.
-- statement: changelogs
-- columns: changelogs
WITH history AS (
	SELECT w.id AS work_item_id, w.created, h.value AS h, i.index,
		u.updated, w.updated IS NULL OR u.updated >= w.updated
			AS is_newest,
		jsonb_path_query_first(h.value,
			'$.items[*] ? (@.field == "status")') AS change
	FROM etl_items($1, $2, $3, '{issues}') AS i
	CROSS JOIN LATERAL (
		SELECT etl_timestamp(i.value#>>'{fields,updated}') AS updated
		OFFSET 0) AS u
	CROSS JOIN LATERAL (
		SELECT x.id, x.created, x.updated
		FROM work_items AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.external_id = etl_id(i.value->'id')
			AND etl_id(i.value->'key') IS NOT NULL
		LIMIT 1) AS w
	CROSS JOIN jsonb_path_query(i.value, '$.changelog.histories[*]
		? (exists (@.items[*] ? (@.field == "status")))') AS h (value)
	OFFSET 0
), read AS (
	SELECT work_item_id, created, index, updated, is_newest,
		etl_id(h->'id') AS external_id,
		etl_timestamp(h->>'created') AS transition_change_date,
		etl_scalar(h#>'{author,displayName}') AS changed_by,
		etl_id(change->'from') AS from_id,
		etl_id(change->'to') AS to_id
	FROM history
), newest AS (
	SELECT DISTINCT ON (work_item_id, external_id COLLATE "C") *
	FROM read
	WHERE external_id IS NOT NULL
	ORDER BY work_item_id, external_id COLLATE "C",
		updated DESC NULLS LAST, index DESC
), chain AS (
	SELECT *, COALESCE(lag(transition_change_date) OVER (
		PARTITION BY work_item_id
		ORDER BY transition_change_date, length(external_id),
		external_id COLLATE "C"), created) AS transition_start_date
	FROM newest
), placed AS (
	SELECT n.*, s.id AS from_status_id, e.id AS to_status_id,
		extract(epoch FROM n.transition_change_date
			- n.transition_start_date) AS time_in_status_seconds
	FROM chain AS n
	LEFT JOIN statuses AS s ON s.tenant_id = $1
		AND s.integration_id = $2 AND s.external_id = n.from_id
	LEFT JOIN statuses AS e ON e.tenant_id = $1
		AND e.integration_id = $2 AND e.external_id = n.to_id
)
INSERT INTO changelogs AS t (id, tenant_id, integration_id, <inserted>)
SELECT COALESCE(o.id, nextval('changelogs_id_seq')), $1, $2, n.<inserted>
FROM placed AS n
LEFT JOIN LATERAL (
	SELECT *
	FROM changelogs AS c
	WHERE c.tenant_id = $1 AND c.work_item_id = n.work_item_id
		AND c.external_id = n.external_id
	LIMIT 1) AS o ON true
WHERE o.id IS NULL OR (n.is_newest IS TRUE
	AND (o.<compared>) IS DISTINCT FROM (n.<compared>))
ORDER BY n.work_item_id, n.external_id COLLATE "C"
ON CONFLICT (work_item_id, external_id) DO UPDATE SET
	<updated = excluded>, last_updated_at = NOW()
