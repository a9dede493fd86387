-- Issues with their histories: a search answer's issues[], or an array.
-- Rows are written in the order of external ids, so that two batches that
-- share some wait for each other and never for ever.

-- What issues name and nobody knows yet is made of what they say about it.
-- The age of such rows (last_updated_at) stays NULL: any list of projects,
-- types or statuses knows better. A status of the past has only a name there.
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
		level, (
		SELECT m.id
		FROM wits_mappings AS m
		WHERE m.tenant_id = $1 AND m.active
			AND lower(m.wit_from) = lower(wit.name)
		ORDER BY m.integration_id = $2 DESC, m.id
		LIMIT 1), NULL
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
	ORDER BY external_id COLLATE "C", category IS NULL, name
), new_statuses AS (
	INSERT INTO statuses AS t (tenant_id, integration_id, external_id,
		original_name, category, description, status_mapping_id,
		last_updated_at)
	SELECT $1, $2, external_id, COALESCE(name, external_id),
		COALESCE(category, mapping.status_category, 'Unknown'),
		description, mapping.id, NULL
	FROM status LEFT JOIN LATERAL (
		SELECT m.id, m.status_category
		FROM statuses_mappings AS m
		WHERE m.tenant_id = $1 AND m.active
			AND lower(m.status_from) = lower(status.name)
		ORDER BY m.integration_id = $2 DESC, m.id
		LIMIT 1) AS mapping ON true
	WHERE NOT EXISTS (SELECT FROM statuses AS t WHERE t.tenant_id = $1
		AND t.integration_id = $2
		AND t.external_id = status.external_id
		AND (t.category <> 'Unknown' OR status.category IS NULL))
	ORDER BY external_id COLLATE "C"
	ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
		category = excluded.category
	WHERE t.category = 'Unknown'
), skipped AS (
	SELECT count(*) AS count, jsonb_agg(jsonb_build_object('index', index,
		'reason', CASE WHEN id IS NULL THEN 'no id' ELSE 'no key' END)
		ORDER BY index) AS list
	FROM issue
	WHERE id IS NULL OR key IS NULL
)
SELECT CASE WHEN etl_path(raw_data, '{issues}') IS NOT NULL
	THEN (SELECT count(*) FROM issue) END,
	skipped.count, skipped.count, skipped.list
FROM raw_extraction_data CROSS JOIN skipped
WHERE tenant_id = $1 AND integration_id = $2 AND id = $3

-- Only what is new or differs is written: a repeat costs the comparison.
-- statement: work_items
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
		etl_integer(f->>custom.points) AS points,
		CASE WHEN custom.code IS NOT NULL THEN COALESCE(btrim(
			f->>custom.code, E' \t\r\n') NOT IN ('', '{}', '[]'),
			false) END AS code,
		etl_text(f->custom.accept) AS accept,
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
), placed AS (
	SELECT n.*, p.id AS project_id, w.id AS wit_id, s.id AS status_id,
		COALESCE(n.parent, (
			SELECT x.external_id
			FROM work_items AS x
			WHERE x.tenant_id::bigint = $1
				AND x.integration_id::bigint = $2
				AND x.key = n.parent_key
			ORDER BY x.id
			LIMIT 1), n.parent_key) AS parent_id
	FROM newest AS n
	LEFT JOIN projects AS p ON p.tenant_id = $1
		AND p.integration_id = $2 AND p.external_id = n.project
	LEFT JOIN wits AS w ON w.tenant_id = $1
		AND w.integration_id = $2 AND w.external_id = n.wit
	LEFT JOIN statuses AS s ON s.tenant_id = $1
		AND s.integration_id = $2 AND s.external_id = n.status
)
INSERT INTO work_items AS t (id, tenant_id, integration_id, external_id, key,
	project_id, wit_id, status_id, summary, description, resolution,
	assignee, labels, priority, created, updated, parent_external_id, team,
	story_points, code_changed, acceptance_criteria,
	custom_field_01, custom_field_02, custom_field_03, custom_field_04,
	custom_field_05, custom_field_06, custom_field_07, custom_field_08,
	custom_field_09, custom_field_10, custom_field_11, custom_field_12,
	custom_field_13, custom_field_14, custom_field_15, custom_field_16,
	custom_field_17, custom_field_18, custom_field_19, custom_field_20)
SELECT COALESCE(o.id, nextval('work_items_id_seq')), $1, $2, n.external_id,
	n.key, n.project_id, n.wit_id, n.status_id, n.summary, n.description,
	n.resolution, n.assignee, n.labels, n.priority, n.created, n.updated,
	n.parent_id, n.team, n.points, n.code, n.accept,
	c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10],
	c[11], c[12], c[13], c[14], c[15], c[16], c[17], c[18], c[19], c[20]
FROM placed AS n
LEFT JOIN LATERAL (
	SELECT *
	FROM work_items AS w
	WHERE w.tenant_id::bigint = $1
		AND w.integration_id::bigint = $2
		AND w.external_id = n.external_id
	LIMIT 1) AS o ON true
WHERE o.id IS NULL OR (
	(o.updated IS NULL OR n.updated >= o.updated) AND
	(o.key, o.project_id, o.wit_id, o.status_id, o.summary, o.description,
	o.resolution, o.assignee, o.labels, o.priority, o.created, o.updated,
	o.parent_external_id, o.team, o.story_points, o.code_changed,
	o.acceptance_criteria,
	o.custom_field_01, o.custom_field_02, o.custom_field_03,
	o.custom_field_04, o.custom_field_05, o.custom_field_06,
	o.custom_field_07, o.custom_field_08, o.custom_field_09,
	o.custom_field_10, o.custom_field_11, o.custom_field_12,
	o.custom_field_13, o.custom_field_14, o.custom_field_15,
	o.custom_field_16, o.custom_field_17, o.custom_field_18,
	o.custom_field_19, o.custom_field_20) IS DISTINCT FROM
	(n.key, n.project_id, n.wit_id, n.status_id, n.summary, n.description,
	n.resolution, n.assignee, n.labels, n.priority, n.created, n.updated,
	n.parent_id, n.team, n.points, n.code, n.accept,
	c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10],
	c[11], c[12], c[13], c[14], c[15], c[16], c[17], c[18], c[19], c[20]))
ORDER BY n.external_id COLLATE "C"
ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
	key = excluded.key, project_id = excluded.project_id,
	wit_id = excluded.wit_id, status_id = excluded.status_id,
	summary = excluded.summary, description = excluded.description,
	resolution = excluded.resolution, assignee = excluded.assignee,
	labels = excluded.labels, priority = excluded.priority,
	created = excluded.created, updated = excluded.updated,
	parent_external_id = excluded.parent_external_id,
	team = excluded.team, story_points = excluded.story_points,
	code_changed = excluded.code_changed,
	acceptance_criteria = excluded.acceptance_criteria,
	custom_field_01 = excluded.custom_field_01,
	custom_field_02 = excluded.custom_field_02,
	custom_field_03 = excluded.custom_field_03,
	custom_field_04 = excluded.custom_field_04,
	custom_field_05 = excluded.custom_field_05,
	custom_field_06 = excluded.custom_field_06,
	custom_field_07 = excluded.custom_field_07,
	custom_field_08 = excluded.custom_field_08,
	custom_field_09 = excluded.custom_field_09,
	custom_field_10 = excluded.custom_field_10,
	custom_field_11 = excluded.custom_field_11,
	custom_field_12 = excluded.custom_field_12,
	custom_field_13 = excluded.custom_field_13,
	custom_field_14 = excluded.custom_field_14,
	custom_field_15 = excluded.custom_field_15,
	custom_field_16 = excluded.custom_field_16,
	custom_field_17 = excluded.custom_field_17,
	custom_field_18 = excluded.custom_field_18,
	custom_field_19 = excluded.custom_field_19,
	custom_field_20 = excluded.custom_field_20,
	last_updated_at = NOW()
WHERE t.updated IS NULL OR excluded.updated >= t.updated

-- A change of status starts with the one before it in the batch. When others
-- are stored that the batch lacks, the loader knows (work_items.sql).
-- statement: changelogs
WITH history AS (
	SELECT w.id AS work_item_id, w.created, h.value AS h, i.index,
		jsonb_path_query_first(h.value,
			'$.items[*] ? (@.field == "status")') AS change
	FROM etl_items($1, $2, $3, '{issues}') AS i
	CROSS JOIN LATERAL (
		SELECT x.id, x.created
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
	SELECT work_item_id, created, index,
		etl_id(h->'id') AS external_id,
		etl_timestamp(h->>'created') AS changed_at,
		etl_scalar(h#>'{author,displayName}') AS changed_by,
		etl_id(change->'from') AS from_id,
		etl_id(change->'to') AS to_id
	FROM history
), newest AS (
	SELECT DISTINCT ON (work_item_id, external_id COLLATE "C") *
	FROM read
	WHERE external_id IS NOT NULL
	ORDER BY work_item_id, external_id COLLATE "C", index DESC
), chain AS (
	SELECT *, COALESCE(lag(changed_at) OVER (PARTITION BY work_item_id
		ORDER BY changed_at, length(external_id),
		external_id COLLATE "C"), created) AS started_at
	FROM newest
)
INSERT INTO changelogs AS t (id, tenant_id, integration_id, work_item_id,
	external_id, from_status_id, to_status_id, transition_start_date,
	transition_change_date, time_in_status_seconds, changed_by)
SELECT COALESCE(o.id, nextval('changelogs_id_seq')), $1, $2, n.work_item_id,
	n.external_id, s.id, e.id, n.started_at, n.changed_at,
	extract(epoch FROM n.changed_at - n.started_at), n.changed_by
FROM chain AS n
LEFT JOIN statuses AS s ON s.tenant_id = $1 AND s.integration_id = $2
	AND s.external_id = n.from_id
LEFT JOIN statuses AS e ON e.tenant_id = $1 AND e.integration_id = $2
	AND e.external_id = n.to_id
LEFT JOIN LATERAL (
	SELECT *
	FROM changelogs AS c
	WHERE c.tenant_id = $1 AND c.work_item_id = n.work_item_id
		AND c.external_id = n.external_id
	LIMIT 1) AS o ON true
WHERE o.id IS NULL OR (o.from_status_id, o.to_status_id,
	o.transition_change_date, o.changed_by) IS DISTINCT FROM
	(s.id, e.id, n.changed_at, n.changed_by)
ORDER BY n.work_item_id, n.external_id COLLATE "C"
ON CONFLICT (work_item_id, external_id) DO UPDATE SET
	from_status_id = excluded.from_status_id,
	to_status_id = excluded.to_status_id,
	transition_start_date = excluded.transition_start_date,
	transition_change_date = excluded.transition_change_date,
	time_in_status_seconds = excluded.time_in_status_seconds,
	changed_by = excluded.changed_by,
	last_updated_at = NOW()
