-- Items of an entity type that a mapping turns into work items (docs/types.md): the
-- paths are in entity_types, and etl_mapped reads the batch by them. Projects, types
-- and statuses are known by their names alone. Of what an answer does not name
-- nothing changes; of two answers the newer one counts.

-- Names that nobody knows yet are made by one at a time (migration 0022).
-- statement: read
WITH item AS MATERIALIZED (
	SELECT m.*
	FROM etl_mapped($1, $2, $3) AS m
), named AS MATERIALIZED (
	SELECT told->>'project' AS project, told->>'type' AS type,
		told->>'status' AS status,
		max(told->>'status_category') AS category
	FROM item
	WHERE external_id IS NOT NULL
	GROUP BY 1, 2, 3
), fresh_projects AS MATERIALIZED (
	SELECT DISTINCT n.project AS name
	FROM named AS n
	WHERE n.project IS NOT NULL AND NOT EXISTS (SELECT
		FROM projects AS t WHERE t.tenant_id = $1
		AND t.integration_id = $2 AND t.external_id = n.project)
), fresh_wits AS MATERIALIZED (
	SELECT DISTINCT n.type AS name
	FROM named AS n
	WHERE n.type IS NOT NULL AND NOT EXISTS (SELECT
		FROM wits AS t WHERE t.tenant_id = $1
		AND t.integration_id = $2 AND t.external_id = n.type)
), fresh_statuses AS MATERIALIZED (
	SELECT n.name, n.category, o.id
	FROM (
		SELECT status AS name, max(category) AS category
		FROM named
		WHERE status IS NOT NULL
		GROUP BY status) AS n
	LEFT JOIN statuses AS o ON o.tenant_id = $1 AND o.integration_id = $2
		AND o.external_id = n.name
	WHERE o.id IS NULL
		OR (o.category = 'Unknown' AND n.category IS NOT NULL)
), alone AS MATERIALIZED (
	SELECT CASE WHEN EXISTS (SELECT FROM fresh_projects)
		OR EXISTS (SELECT FROM fresh_wits)
		OR EXISTS (SELECT FROM fresh_statuses)
		THEN etl_alone($1, $2, 'names') END AS lock
), new_projects AS (
	INSERT INTO projects (tenant_id, integration_id, external_id, key,
		name, last_updated_at)
	SELECT $1, $2, f.name, f.name, f.name, NULL
	FROM alone CROSS JOIN fresh_projects AS f
	ORDER BY f.name COLLATE "C"
	ON CONFLICT (tenant_id, integration_id, external_id) DO NOTHING
), new_wits AS (
	INSERT INTO wits (tenant_id, integration_id, external_id,
		original_name, hierarchy_level, wits_mapping_id,
		last_updated_at)
	SELECT $1, $2, f.name, f.name, 0, (SELECT m.id
		FROM etl_wit_mapping($1, $2, f.name) AS m), NULL
	FROM alone CROSS JOIN fresh_wits AS f
	ORDER BY f.name COLLATE "C"
	ON CONFLICT (tenant_id, integration_id, external_id) DO NOTHING
), new_statuses AS (
	INSERT INTO statuses AS t (id, tenant_id, integration_id, external_id,
		original_name, category, status_mapping_id, last_updated_at)
	SELECT COALESCE(f.id, nextval('statuses_id_seq')), $1, $2, f.name,
		f.name, COALESCE(f.category, 'Unknown'), (SELECT m.id
		FROM etl_status_mapping($1, $2, f.name) AS m), NULL
	FROM alone CROSS JOIN fresh_statuses AS f
	ORDER BY f.name COLLATE "C"
	ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
		category = excluded.category
	WHERE t.category = 'Unknown' AND excluded.category <> 'Unknown'
)
SELECT o.*, etl_mapped_keep($3, sum.size, CASE WHEN sum.size < 50000000 THEN (
	SELECT jsonb_agg(jsonb_build_array(n.external_id, n.stamp, n.told))
	FROM (
		SELECT DISTINCT ON (external_id COLLATE "C") external_id, stamp,
			told
		FROM item
		WHERE external_id IS NOT NULL
		ORDER BY external_id COLLATE "C", stamp DESC NULLS LAST,
			index DESC) AS n) END)
FROM (SELECT sum(pg_column_size(told)) AS size FROM item) AS sum
CROSS JOIN etl_mapped_outcome($1, $2, $3, (SELECT count(*) FROM item),
	(SELECT count(*) FROM item WHERE external_id IS NULL),
	ARRAY(
		SELECT n.note
		FROM item CROSS JOIN etl_mapped_notes(index, external_id, wrong)
			AS n (note)
		WHERE external_id IS NULL OR wrong IS NOT NULL
		ORDER BY index)) AS o;

-- Whoever has some of the same waits here.
-- statement: lock
SELECT etl_lock_work_items($1, $2, ARRAY(
	SELECT n.external_id
	FROM etl_mapped_newest($1, $2, $3) AS n));

-- statement: work_items
-- columns: work_items
-- repeat
WITH type AS MATERIALIZED (
	SELECT ARRAY(
		SELECT CASE name WHEN 'project' THEN 'project_id'
			WHEN 'type' THEN 'wit_id'
			WHEN 'status' THEN 'status_id' ELSE name END
		FROM unnest(etl_mapped_names($1, $2, $3)) AS name
		WHERE name <> 'status_category') AS names
), item AS MATERIALIZED (
	SELECT n.external_id, n.stamp, n.age, n.told
			- '{project,type,status,status_category}'::text[]
		|| CASE WHEN n.told ? 'project' THEN jsonb_build_object(
			'project_id', p.id) ELSE '{}' END
		|| CASE WHEN n.told ? 'type' THEN jsonb_build_object(
			'wit_id', w.id) ELSE '{}' END
		|| CASE WHEN n.told ? 'status' THEN jsonb_build_object(
			'status_id', s.id) ELSE '{}' END AS told
	FROM etl_mapped_newest($1, $2, $3) AS n
	LEFT JOIN projects AS p ON p.tenant_id = $1 AND p.integration_id = $2
		AND p.external_id = n.told->>'project'
	LEFT JOIN wits AS w ON w.tenant_id = $1 AND w.integration_id = $2
		AND w.external_id = n.told->>'type'
	LEFT JOIN statuses AS s ON s.tenant_id = $1 AND s.integration_id = $2
		AND s.external_id = n.told->>'status'
), merged AS MATERIALIZED (
	SELECT n.*, COALESCE(o.id, nextval('work_items_id_seq')) AS new_id,
		i.external_id AS item_id, o.id IS NULL OR NOT o.active
			OR (/* o.<compared> */ o.key, o.project_id, o.wit_id, o.status_id, o.summary,
			o.description, o.resolution, o.assignee, o.labels, o.priority,
			o.created, o.updated, o.resolution_date, o.parent_external_id,
			o.team, o.story_points, o.code_changed, o.acceptance_criteria,
			o.custom_field_01, o.custom_field_02, o.custom_field_03,
			o.custom_field_04, o.custom_field_05, o.custom_field_06,
			o.custom_field_07, o.custom_field_08, o.custom_field_09,
			o.custom_field_10, o.custom_field_11, o.custom_field_12,
			o.custom_field_13, o.custom_field_14, o.custom_field_15,
			o.custom_field_16, o.custom_field_17, o.custom_field_18,
			o.custom_field_19, o.custom_field_20 /* end */, o.column_ages)
			IS DISTINCT FROM
			(/* n.<compared> */ n.key, n.project_id, n.wit_id, n.status_id, n.summary,
			n.description, n.resolution, n.assignee, n.labels, n.priority,
			n.created, n.updated, n.resolution_date, n.parent_external_id,
			n.team, n.story_points, n.code_changed, n.acceptance_criteria,
			n.custom_field_01, n.custom_field_02, n.custom_field_03,
			n.custom_field_04, n.custom_field_05, n.custom_field_06,
			n.custom_field_07, n.custom_field_08, n.custom_field_09,
			n.custom_field_10, n.custom_field_11, n.custom_field_12,
			n.custom_field_13, n.custom_field_14, n.custom_field_15,
			n.custom_field_16, n.custom_field_17, n.custom_field_18,
			n.custom_field_19, n.custom_field_20 /* end */, n.column_ages)
			AS is_changed
	FROM type CROSS JOIN item AS i
	LEFT JOIN LATERAL etl_work_item($1, $2, i.external_id) AS o ON true
	CROSS JOIN LATERAL (
		SELECT o.id IS NULL OR etl_mapped_is_newer(i.stamp, $3,
			o.updated, o.raw_data_id) AS is_newer
		OFFSET 0) AS g
	CROSS JOIN LATERAL (
		SELECT etl_mapped_taken(i.told, g.is_newer,
			to_jsonb(type.names), o.column_ages, i.age) AS taken
		OFFSET 0) AS t
	CROSS JOIN LATERAL jsonb_populate_record(o, CASE WHEN o.id IS NULL
		THEN jsonb_build_object('key', i.external_id) ELSE '{}' END
		|| t.taken || jsonb_build_object(
		'updated', CASE WHEN g.is_newer
			THEN COALESCE(i.stamp, o.updated) ELSE o.updated END,
		'raw_data_id', CASE WHEN g.is_newer THEN $3::bigint
			ELSE o.raw_data_id END,
		'column_ages', etl_mapped_ages(type.names, t.taken, g.is_newer,
			to_jsonb(type.names), o.column_ages, CASE
			WHEN o.id IS NOT NULL
			THEN etl_age(o.updated, o.raw_data_id) END, i.age))) AS n
), written AS (
	INSERT INTO work_items AS t (id, tenant_id, integration_id,
		/* <inserted> */ external_id, key, project_id, wit_id, status_id, summary,
		description, resolution, assignee, labels, priority, created,
		updated, resolution_date, parent_external_id, team, story_points,
		code_changed, acceptance_criteria, custom_field_01,
		custom_field_02, custom_field_03, custom_field_04,
		custom_field_05, custom_field_06, custom_field_07,
		custom_field_08, custom_field_09, custom_field_10,
		custom_field_11, custom_field_12, custom_field_13,
		custom_field_14, custom_field_15, custom_field_16,
		custom_field_17, custom_field_18, custom_field_19, custom_field_20 /* end */,
		raw_data_id, column_ages)
	SELECT n.new_id, $1, $2, /* n.<inserted> */ n.external_id, n.key, n.project_id, n.wit_id, n.status_id,
		n.summary, n.description, n.resolution, n.assignee, n.labels,
		n.priority, n.created, n.updated, n.resolution_date,
		n.parent_external_id, n.team, n.story_points, n.code_changed,
		n.acceptance_criteria, n.custom_field_01, n.custom_field_02,
		n.custom_field_03, n.custom_field_04, n.custom_field_05,
		n.custom_field_06, n.custom_field_07, n.custom_field_08,
		n.custom_field_09, n.custom_field_10, n.custom_field_11,
		n.custom_field_12, n.custom_field_13, n.custom_field_14,
		n.custom_field_15, n.custom_field_16, n.custom_field_17,
		n.custom_field_18, n.custom_field_19, n.custom_field_20 /* end */,
		n.raw_data_id, n.column_ages
	FROM (
		SELECT new_id, item_id AS external_id, is_changed, key, project_id, wit_id, status_id, summary, description,
			resolution, assignee, labels, priority, created, updated,
			resolution_date, parent_external_id, team, story_points,
			code_changed, acceptance_criteria, custom_field_01,
			custom_field_02, custom_field_03, custom_field_04,
			custom_field_05, custom_field_06, custom_field_07,
			custom_field_08, custom_field_09, custom_field_10,
			custom_field_11, custom_field_12, custom_field_13,
			custom_field_14, custom_field_15, custom_field_16,
			custom_field_17, custom_field_18, custom_field_19, custom_field_20,
			raw_data_id, column_ages
		FROM merged) AS n
	WHERE n.is_changed
	ORDER BY n.external_id COLLATE "C"
	ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
		/* <updated = excluded> */ key = excluded.key, project_id = excluded.project_id, wit_id =
		excluded.wit_id, status_id = excluded.status_id, summary =
		excluded.summary, description = excluded.description, resolution =
		excluded.resolution, assignee = excluded.assignee, labels =
		excluded.labels, priority = excluded.priority, created =
		excluded.created, updated = excluded.updated, resolution_date =
		excluded.resolution_date, parent_external_id =
		excluded.parent_external_id, team = excluded.team, story_points =
		excluded.story_points, code_changed = excluded.code_changed,
		acceptance_criteria = excluded.acceptance_criteria,
		custom_field_01 = excluded.custom_field_01, custom_field_02 =
		excluded.custom_field_02, custom_field_03 =
		excluded.custom_field_03, custom_field_04 =
		excluded.custom_field_04, custom_field_05 =
		excluded.custom_field_05, custom_field_06 =
		excluded.custom_field_06, custom_field_07 =
		excluded.custom_field_07, custom_field_08 =
		excluded.custom_field_08, custom_field_09 =
		excluded.custom_field_09, custom_field_10 =
		excluded.custom_field_10, custom_field_11 =
		excluded.custom_field_11, custom_field_12 =
		excluded.custom_field_12, custom_field_13 =
		excluded.custom_field_13, custom_field_14 =
		excluded.custom_field_14, custom_field_15 =
		excluded.custom_field_15, custom_field_16 =
		excluded.custom_field_16, custom_field_17 =
		excluded.custom_field_17, custom_field_18 =
		excluded.custom_field_18, custom_field_19 =
		excluded.custom_field_19, custom_field_20 =
		excluded.custom_field_20 /* end */,
		raw_data_id = excluded.raw_data_id,
		column_ages = excluded.column_ages, active = true,
		last_updated_at = NOW()
	WHERE t.id = excluded.id
	RETURNING t.external_id
)
SELECT item_id FROM merged WHERE is_changed
EXCEPT ALL
SELECT external_id FROM written;
