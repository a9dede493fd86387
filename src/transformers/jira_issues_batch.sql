-- Issues with their histories: a search answer's issues[], an array, one
-- issue; and histories alone: a page of one issue's, or of several (bulkfetch).
-- See etl_issues. Rows are written in the order of external ids, so that two
-- batches that share some wait for each other and never for ever.

-- What issues name and nobody knows yet is made of what they say about it.
-- The age of such rows (last_updated_at) stays NULL: any list of projects,
-- types or statuses knows better. A status of the past has only a name there.
-- Without an id nothing is made: a project is looked for by its key, a type or
-- status by its name, in any case of letters. Who makes some is alone with names
-- before the first is written (migration 0022). Whether all times are plain is
-- kept in app.plain_times for the other statements (migration 0023).
-- statement: read
WITH custom AS MATERIALIZED (
	SELECT array_agg(f.field) AS fields, array_agg(f."column") AS columns
	FROM integrations AS i
	CROSS JOIN etl_custom_fields(to_jsonb(i)->'settings') AS f
	WHERE i.tenant_id = $1 AND i.id = $2
), issue AS MATERIALIZED (
	SELECT i.index, i.external_id AS id, i.key, i.is_issue,
		i.value->'fields' AS f, i.value->'changelog' AS changelog,
		i.histories, i.history_total, i.history_start, i.claims_whole,
		i.is_issue AND i.external_id IS NOT NULL AND i.key IS NOT NULL
		OR (i.histories IS NOT NULL AND NOT i.is_issue
		AND COALESCE(i.external_id, i.key) IS NOT NULL) AS is_readable,
		i.is_issue OR EXISTS (SELECT FROM work_items AS w
		WHERE w.tenant_id::bigint = $1 AND w.integration_id::bigint = $2
		AND w.external_id = i.external_id) AS is_placed
	FROM etl_issues($1, $2, $3) AS i
), read AS (
	SELECT id, key, index, f->'project' AS project,
		f->'issuetype' AS wit, f->'status' AS status
	FROM issue
	WHERE is_issue AND is_readable
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
), fresh_projects AS MATERIALIZED (
	SELECT *
	FROM project
	WHERE external_id IS NOT NULL AND NOT EXISTS (SELECT
		FROM projects AS t WHERE t.tenant_id = $1
		AND t.integration_id = $2
		AND t.external_id = project.external_id)
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
), fresh_wits AS MATERIALIZED (
	SELECT *
	FROM wit
	WHERE external_id IS NOT NULL AND NOT EXISTS (SELECT
		FROM wits AS t WHERE t.tenant_id = $1
		AND t.integration_id = $2
		AND t.external_id = wit.external_id)
), change AS MATERIALIZED (
	SELECT i.index, h.place, h.value AS h, s.item
	FROM issue AS i
	CROSS JOIN jsonb_array_elements(i.histories)
		WITH ORDINALITY AS h (value, place)
	CROSS JOIN etl_status_items(h.value) AS s
	WHERE i.is_readable AND i.is_placed
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
			SELECT DISTINCT item->side.id AS id,
				item->side.name AS name
			FROM (SELECT DISTINCT item FROM change) AS one
			CROSS JOIN (VALUES ('from', 'fromString'),
				('to', 'toString')) AS side (id, name)
		) AS past
	) AS named
	WHERE external_id IS NOT NULL
	ORDER BY external_id COLLATE "C", category IS NULL,
		description IS NULL, name
), fresh_statuses AS MATERIALIZED (
	SELECT status.*, o.id
	FROM status LEFT JOIN statuses AS o ON o.tenant_id = $1
		AND o.integration_id = $2
		AND o.external_id = status.external_id
	WHERE o.id IS NULL OR (o.category = 'Unknown'
		AND status.category IS NOT NULL)
), alone AS MATERIALIZED (
	SELECT CASE WHEN EXISTS (SELECT FROM fresh_projects)
		OR EXISTS (SELECT FROM fresh_wits)
		OR EXISTS (SELECT FROM fresh_statuses)
		THEN etl_alone($1, $2, 'names') END AS lock
), new_projects AS (
	INSERT INTO projects (tenant_id, integration_id, external_id, key,
		name, project_type, last_updated_at)
	SELECT $1, $2, external_id, key, COALESCE(name, key), type, NULL
	FROM alone CROSS JOIN fresh_projects
	ORDER BY external_id COLLATE "C"
	ON CONFLICT (tenant_id, integration_id, external_id) DO NOTHING
), new_wits AS (
	INSERT INTO wits (tenant_id, integration_id, external_id,
		original_name, description, hierarchy_level, wits_mapping_id,
		last_updated_at)
	SELECT $1, $2, external_id, COALESCE(name, external_id), description,
		level, (SELECT m.id FROM etl_wit_mapping($1, $2,
			COALESCE(name, external_id)) AS m), NULL
	FROM alone CROSS JOIN fresh_wits
	ORDER BY external_id COLLATE "C"
	ON CONFLICT (tenant_id, integration_id, external_id) DO NOTHING
), new_statuses AS (
	INSERT INTO statuses AS t (id, tenant_id, integration_id, external_id,
		original_name, category, description, status_mapping_id,
		last_updated_at)
	SELECT COALESCE(id, nextval('statuses_id_seq')), $1, $2,
		external_id, COALESCE(name, external_id),
		COALESCE(category, 'Unknown'), description,
		(SELECT m.id FROM etl_status_mapping($1, $2,
		COALESCE(name, external_id)) AS m), NULL
	FROM alone CROSS JOIN fresh_statuses
	ORDER BY external_id COLLATE "C"
	ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
		category = excluded.category
	WHERE t.category = 'Unknown' AND excluded.category <> 'Unknown'
), times AS MATERIALIZED (
	SELECT NOT EXISTS (SELECT
		FROM issue
		WHERE (etl_is_plain_time(f->>'created')
			AND etl_is_plain_time(f->>'updated')
			AND etl_is_plain_time(f->>'resolutiondate')) IS FALSE
			OR EXISTS (SELECT
			FROM jsonb_array_elements(histories) AS h (value)
			WHERE NOT etl_is_plain_time(h.value->>'created')))
			AS is_plain
), note AS (
	SELECT i.index, NULL AS place, CASE
		WHEN i.is_readable THEN 'the issue '
			|| left(COALESCE(i.id, i.key), 50) || ' is not known'
		WHEN i.id IS NULL THEN 'no id' ELSE 'no key' END AS reason
	FROM issue AS i
	WHERE NOT i.is_readable OR NOT i.is_placed
	UNION ALL
	SELECT i.index, split_part(n.note, '|', 1), split_part(n.note, '|', 2)
	FROM issue AS i CROSS JOIN times AS t
	CROSS JOIN LATERAL unnest(ARRAY[
		CASE WHEN jsonb_typeof(f) NOT IN ('object', 'null')
			THEN 'fields|not an object' END,
		CASE WHEN COALESCE(etl_id(f#>'{project,id}'),
			etl_name(f#>'{project,key}')) IS NULL
			AND NOT etl_is_blank(f->'project')
			THEN 'fields.project|no id or key' END,
		CASE WHEN COALESCE(etl_id(f#>'{issuetype,id}'),
			etl_name(f#>'{issuetype,name}')) IS NULL
			AND NOT etl_is_blank(f->'issuetype')
			THEN 'fields.issuetype|no id or name' END,
		CASE WHEN COALESCE(etl_id(f#>'{status,id}'),
			etl_name(f#>'{status,name}')) IS NULL
			AND NOT etl_is_blank(f->'status')
			THEN 'fields.status|no id or name' END,
		CASE WHEN etl_scalar(f->'summary') IS NULL
			AND NOT etl_is_blank(f->'summary')
			THEN 'fields.summary|not a text' END,
		CASE WHEN NOT etl_is_blank(f->'description')
			AND etl_text(f->'description') IS NULL
			THEN 'fields.description|not a text' END,
		CASE WHEN etl_word(f->'resolution') IS NULL
			AND NOT etl_is_blank(f->'resolution')
			THEN 'fields.resolution|no name' END,
		CASE WHEN etl_word(f->'assignee') IS NULL
			AND NOT etl_is_blank(f->'assignee')
			THEN 'fields.assignee|no displayName' END,
		CASE WHEN NOT etl_is_blank(f->'labels')
			AND etl_label(f->'labels') IS NULL
			THEN 'fields.labels|not a list of texts' END,
		CASE WHEN etl_word(f->'priority') IS NULL
			AND NOT etl_is_blank(f->'priority')
			THEN 'fields.priority|no name' END,
		CASE WHEN etl_time(f->>'created', t.is_plain) IS NULL
			AND NOT etl_is_blank(f->'created')
			THEN 'fields.created|not a time' END,
		CASE WHEN etl_time(f->>'updated', t.is_plain) IS NULL
			AND jsonb_typeof(f) = 'object' THEN
			CASE WHEN etl_is_blank(f->'updated')
			THEN 'fields.updated|no time: it replaces nothing that is known'
			ELSE 'fields.updated|not a time: it replaces nothing that is known'
			END END,
		CASE WHEN etl_time(f->>'resolutiondate', t.is_plain) IS NULL
			AND NOT etl_is_blank(f->'resolutiondate')
			THEN 'fields.resolutiondate|not a time' END,
		CASE WHEN COALESCE(etl_id(f#>'{parent,id}'),
			etl_id(f#>'{parent,key}')) IS NULL
			AND NOT etl_is_blank(f->'parent')
			THEN 'fields.parent|no id or key' END,
		CASE WHEN NOT etl_is_blank(changelog) AND histories IS NULL
			THEN 'changelog|no list of histories' END
		]) AS n (note)
	WHERE i.is_readable AND i.is_issue AND n.note IS NOT NULL
	UNION ALL
	SELECT i.index, 'fields.' || m.field, CASE m."column"
		WHEN 'story_points' THEN 'not a number'
		ELSE 'neither a text nor a list of texts' END
	FROM issue AS i CROSS JOIN custom AS c
	CROSS JOIN unnest(c.fields, c.columns) AS m (field, "column")
	WHERE i.is_readable AND i.is_issue AND i.f ? m.field
		AND NOT etl_is_blank(i.f->m.field) AND CASE m."column"
		WHEN 'story_points' THEN etl_points(i.f->m.field) IS NULL
		WHEN 'code_changed' THEN false
		WHEN 'parent_external_id' THEN COALESCE(etl_id(i.f->m.field),
			etl_id(i.f#>ARRAY[m.field, 'key']),
			etl_id(i.f#>ARRAY[m.field, 'id'])) IS NULL
		WHEN 'acceptance_criteria'
			THEN etl_text(i.f->m.field) IS NULL
		ELSE etl_label(i.f->m.field) IS NULL END
	UNION ALL
	SELECT c.index, 'changelog.histories[' || c.place - 1 || ']', CASE
		WHEN etl_id(c.h->'id') IS NULL THEN 'no id'
		WHEN etl_time(c.h->>'created', t.is_plain) IS NULL
			THEN 'created is not a time'
		ELSE 'a status has neither an id nor a known name' END
	FROM change AS c CROSS JOIN times AS t
	WHERE etl_id(c.h->'id') IS NULL
		OR etl_time(c.h->>'created', t.is_plain) IS NULL
		OR (etl_id(c.item->'from') IS NULL AND NOT EXISTS (SELECT
		FROM statuses AS s WHERE s.tenant_id = $1
		AND s.integration_id = $2 AND lower(s.original_name)
		= lower(c.item->>'fromString')))
		OR (etl_id(c.item->'to') IS NULL AND NOT EXISTS (SELECT
		FROM statuses AS s WHERE s.tenant_id = $1
		AND s.integration_id = $2 AND lower(s.original_name)
		= lower(c.item->>'toString')))
), batch AS MATERIALIZED (
	SELECT a.is_read, CASE WHEN NOT a.is_read
		THEN etl_refusal(answer) END AS refusal, ARRAY(
		SELECT note FROM etl_page_lack(answer, '{issues,values}')
		UNION ALL
		SELECT note FROM etl_answer_errors(answer)) AS notes
	FROM (
		SELECT raw_data #> '{}' AS answer
		FROM raw_extraction_data
		WHERE tenant_id = $1 AND integration_id = $2 AND id = $3
		OFFSET 0) AS b
	CROSS JOIN LATERAL (
		SELECT etl_issue_list(answer) IS NOT NULL AS is_read
		OFFSET 0) AS a
), lack AS (
	SELECT -1::bigint AS index, n.note
	FROM batch CROSS JOIN unnest(notes) AS n (note)
	UNION ALL
	SELECT index, jsonb_strip_nulls(jsonb_build_object('what', 'changelog',
		'index', index, 'item', COALESCE(key, id),
		'given', jsonb_array_length(histories),
		'total', history_total))
	FROM issue
	WHERE is_issue AND histories IS NOT NULL
		AND (history_total > history_start
		+ jsonb_array_length(histories) OR (history_total IS NULL
		AND NOT claims_whole))
)
SELECT o.*, set_config('app.plain_times',
	CASE WHEN times.is_plain THEN 'on' ELSE 'off' END, true)
FROM batch CROSS JOIN times CROSS JOIN LATERAL etl_outcome(
	CASE WHEN batch.is_read THEN (SELECT count(*) FROM issue) END,
	(SELECT count(*) FROM issue WHERE NOT is_readable),
	ARRAY(SELECT etl_note(index, place, reason) FROM note
		ORDER BY index, place),
	ARRAY(
		SELECT COALESCE(id, key)
		FROM issue
		WHERE is_readable AND NOT is_placed
			AND length(COALESCE(id, key)) <= 40
		GROUP BY 1
		ORDER BY min(index)
		LIMIT 10000),
	ARRAY(SELECT note FROM lack ORDER BY index), batch.refusal) AS o;

-- Whoever has some of the same waits here. The statement after this one sees
-- what the other has written. An issue may be there several times: the newest
-- copy is taken in the first turn, an older one in each that follows.
-- statement: lock
SELECT etl_lock_work_items($1, $2, ARRAY(
	SELECT DISTINCT i.external_id
	FROM etl_issues($1, $2, $3) AS i)), set_config('app.turn', '1', true);

-- What an answer does not name stays as it is, what it says is null becomes
-- NULL, and what cannot be read is not named. told and taken are sets of
-- columns, a bit each: those that an answer names, and those that are taken
-- from it. A newer answer gives all that it names, an older one what no newer
-- one has named (column_ages). Only what is new or differs is written: a repeat
-- costs the comparison. What is merged is locked, also what came after the
-- statement before. The history: see work_items.history_seen in 0014.
-- statement: work_items
-- columns: work_items
-- repeat
WITH named AS MATERIALIZED (
	SELECT ARRAY[/* {compared: '@'} */ 'key', 'project_id', 'wit_id',
		'status_id', 'summary', 'description', 'resolution', 'assignee',
		'labels', 'priority', 'created', 'updated', 'resolution_date',
		'parent_external_id', 'team', 'story_points', 'code_changed',
		'acceptance_criteria', 'custom_field_01', 'custom_field_02',
		'custom_field_03', 'custom_field_04', 'custom_field_05',
		'custom_field_06', 'custom_field_07', 'custom_field_08',
		'custom_field_09', 'custom_field_10', 'custom_field_11',
		'custom_field_12', 'custom_field_13', 'custom_field_14',
		'custom_field_15', 'custom_field_16', 'custom_field_17',
		'custom_field_18', 'custom_field_19',
		'custom_field_20' /* end */]::text[] AS columns
), mapped AS MATERIALIZED (
	SELECT f.place, f.field, f."column"
	FROM integrations AS i
	CROSS JOIN etl_custom_fields(to_jsonb(i)->'settings') AS f
	WHERE i.tenant_id = $1 AND i.id = $2
), source AS MATERIALIZED (
	SELECT m.field, 1::bigint << array_position(named.columns,
		m."column") - 1 AS bit
	FROM named CROSS JOIN (
		SELECT field, "column" FROM mapped
		UNION ALL
		VALUES ('project', 'project_id'), ('issuetype', 'wit_id'),
			('status', 'status_id'), ('summary', 'summary'),
			('description', 'description'),
			('resolution', 'resolution'),
			('assignee', 'assignee'), ('labels', 'labels'),
			('priority', 'priority'), ('created', 'created'),
			('updated', 'updated'),
			('parent', 'parent_external_id'),
			('resolutiondate', 'resolution_date')) AS m
), custom AS MATERIALIZED (
	SELECT current_setting('app.plain_times') = 'on' AS is_plain,
		named.columns, s.*, m.*, (1::bigint << cardinality(named.columns)) - 1 AS whole,
		((1::bigint << cardinality(named.columns)) - 1) & ~s.named
			AS always
	FROM named CROSS JOIN (
		SELECT array_agg(field) AS fields, array_agg(bit) AS bits,
			bit_or(bit) AS named
		FROM source) AS s
	CROSS JOIN (
		SELECT array_agg(field ORDER BY place)
				FILTER (WHERE "column" = 'team') AS team,
			array_agg(field ORDER BY place)
				FILTER (WHERE "column" = 'story_points')
				AS points,
			array_agg(field ORDER BY place)
				FILTER (WHERE "column" = 'code_changed')
				AS code,
			array_agg(field ORDER BY place)
				FILTER (WHERE "column" = 'acceptance_criteria')
				AS accept,
			array_agg(field ORDER BY place)
				FILTER (WHERE "column" = 'parent_external_id')
				AS parents,
			array_agg(field ORDER BY place)
				FILTER (WHERE "column" LIKE 'custom%')
				AS others,
			array_agg(right("column", 2)::integer ORDER BY place)
				FILTER (WHERE "column" LIKE 'custom%')
				AS places,
			array_agg(place ORDER BY place)
				FILTER (WHERE "column" LIKE 'custom%') AS turns
		FROM mapped) AS m
), item AS MATERIALIZED (
	SELECT i.index, i.external_id, i.key, i.is_issue,
		CASE WHEN i.is_issue THEN i.value->'fields' END AS f,
		CASE WHEN i.is_issue AND i.histories IS NOT NULL THEN
			etl_time(i.value#>>'{fields,updated}', custom.is_plain) END
			AS as_of,
		COALESCE(i.history_total, CASE WHEN i.claims_whole
			AND i.history_start = 0
			THEN jsonb_array_length(i.histories) END) AS total,
		CASE WHEN i.histories IS NOT NULL THEN ARRAY(
			SELECT DISTINCT hashtextextended(etl_id(e.value->'id'), 0)
			FROM jsonb_array_elements(i.histories) AS e (value)
			WHERE etl_id(e.value->'id') IS NOT NULL
				AND etl_time(e.value->>'created', custom.is_plain)
				IS NOT NULL
			ORDER BY 1) END AS entries
	FROM etl_issues($1, $2, $3) AS i CROSS JOIN custom
	WHERE i.external_id IS NOT NULL
		AND CASE WHEN i.is_issue THEN i.key IS NOT NULL
		ELSE i.histories IS NOT NULL END
), issue AS (
	SELECT index, external_id, key, is_issue, f, as_of, total, entries,
		etl_id(f#>'{project,id}') AS project,
		etl_id(f#>'{issuetype,id}') AS wit,
		etl_id(f#>'{status,id}') AS status,
		etl_scalar(f->'summary') AS summary,
		etl_text(f->'description') AS description,
		etl_word(f->'resolution') AS resolution,
		etl_word(f->'assignee') AS assignee,
		etl_label(f->'labels') AS labels,
		etl_word(f->'priority') AS priority,
		etl_time(f->>'created', custom.is_plain) AS created,
		etl_time(f->>'updated', custom.is_plain) AS updated,
		etl_time(f->>'resolutiondate', custom.is_plain) AS resolution_date,
		COALESCE(etl_id(f#>'{parent,id}'), etl_id(f#>'{parent,key}'),
			CASE WHEN custom.parents IS NOT NULL THEN (
			SELECT COALESCE(etl_id(f->p.field),
				etl_id(f#>ARRAY[p.field, 'key']),
				etl_id(f#>ARRAY[p.field, 'id']))
			FROM unnest(custom.parents)
				WITH ORDINALITY AS p (field, place)
			WHERE NOT etl_is_blank(f->p.field)
			ORDER BY p.place
			LIMIT 1) END) AS parent,
		CASE WHEN custom.team IS NOT NULL THEN (
			SELECT t.team
			FROM unnest(custom.team)
				WITH ORDINALITY AS p (field, place)
			CROSS JOIN LATERAL (
				SELECT COALESCE(etl_scalar(f#>ARRAY[p.field,
					'name']), etl_label(f->p.field))
					AS team) AS t
			WHERE t.team IS NOT NULL
			ORDER BY p.place
			LIMIT 1) END AS team,
		CASE WHEN custom.points IS NOT NULL THEN (
			SELECT etl_points(f->p.field)
			FROM unnest(custom.points)
				WITH ORDINALITY AS p (field, place)
			WHERE etl_points(f->p.field) IS NOT NULL
			ORDER BY p.place
			LIMIT 1) END AS story_points,
		CASE WHEN custom.code IS NOT NULL THEN COALESCE((
			SELECT bool_or(btrim(f->>p.field, E' \t\r\n')
				NOT IN ('', '{}', '[]'))
			FROM unnest(custom.code) AS p (field)), false) END
			AS code_changed,
		CASE WHEN custom.accept IS NOT NULL THEN (
			SELECT etl_text(f->p.field)
			FROM unnest(custom.accept)
				WITH ORDINALITY AS p (field, place)
			WHERE etl_text(f->p.field) IS NOT NULL
			ORDER BY p.place
			LIMIT 1) END AS acceptance_criteria,
		CASE WHEN custom.others IS NOT NULL THEN (
			SELECT array_agg(v.word ORDER BY v.place)
			FROM (
				SELECT place, (array_agg(etl_label(f->o.field)
					ORDER BY o.turn) FILTER (WHERE
					etl_label(f->o.field) IS NOT NULL))[1]
					AS word
				FROM generate_series(1, 20) AS place
				LEFT JOIN unnest(custom.others, custom.places,
					custom.turns) AS o (field, at, turn)
					ON o.at = place
				GROUP BY place) AS v) END AS c,
		CASE WHEN jsonb_typeof(f) IS DISTINCT FROM 'object'
			THEN custom.always
		WHEN f ?& custom.fields THEN custom.whole
		ELSE custom.always | (
			SELECT COALESCE(bit_or(s.bit), 0)
			FROM unnest(custom.fields, custom.bits) AS s (field, bit)
			WHERE f ? s.field) END AS said
	FROM item CROSS JOIN custom
), ranked AS MATERIALIZED (
	SELECT *, row_number() OVER (PARTITION BY external_id COLLATE "C"
		ORDER BY is_issue DESC, updated DESC NULLS LAST, index DESC)
		AS rank
	FROM issue
), newest AS (
	SELECT *
	FROM ranked
	WHERE rank = current_setting('app.turn')::bigint
), placed AS (
	SELECT n.*, CASE WHEN n.project IS NOT NULL THEN p.id
		WHEN NOT etl_is_blank(f->'project') THEN (
			SELECT x.id
			FROM projects AS x
			WHERE x.tenant_id = $1 AND x.integration_id = $2
				AND lower(x.key)
				= lower(etl_name(f#>'{project,key}'))
			ORDER BY x.last_updated_at DESC NULLS LAST, x.id DESC
			LIMIT 1) END AS project_id,
		CASE WHEN n.wit IS NOT NULL THEN w.id
		WHEN NOT etl_is_blank(f->'issuetype') THEN (
			SELECT x.id
			FROM wits AS x
			WHERE x.tenant_id = $1 AND x.integration_id = $2
				AND lower(x.original_name)
				= lower(etl_name(f#>'{issuetype,name}'))
			ORDER BY x.id
			LIMIT 1) END AS wit_id,
		CASE WHEN n.status IS NOT NULL THEN s.id
		WHEN NOT etl_is_blank(f->'status') THEN (
			SELECT x.id
			FROM statuses AS x
			WHERE x.tenant_id = $1 AND x.integration_id = $2
				AND lower(x.original_name)
				= lower(etl_name(f#>'{status,name}'))
			ORDER BY x.id
			LIMIT 1) END AS status_id,
		CASE WHEN n.parent LIKE '%-%' THEN COALESCE((
			SELECT k.external_id
			FROM etl_issue_of_key($1, $2, n.parent) AS k),
			n.parent) ELSE n.parent END AS parent_external_id,
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
	FROM newest AS n
	LEFT JOIN projects AS p ON p.tenant_id = $1
		AND p.integration_id = $2 AND p.external_id = n.project
	LEFT JOIN wits AS w ON w.tenant_id = $1
		AND w.integration_id = $2 AND w.external_id = n.wit
	LEFT JOIN statuses AS s ON s.tenant_id = $1
		AND s.integration_id = $2 AND s.external_id = n.status
	OFFSET 0
), told AS (
	SELECT n.*, n.said & ~(
		SELECT COALESCE(bit_or(s.bit), 0)
		FROM unnest(custom.fields, custom.bits) AS s (field, bit)
		WHERE s.bit & nothing.bits <> 0
			AND NOT etl_is_blank(n.f->s.field)) AS told
	FROM placed AS n CROSS JOIN custom
	CROSS JOIN LATERAL (
		SELECT COALESCE(bit_or(b), 0) AS bits
		FROM unnest(ARRAY[
		/* {compared: CASE WHEN n.@ IS NULL THEN 1::bigint << # END} */
		CASE WHEN n.key IS NULL THEN 1::bigint << 0 END,
		CASE WHEN n.project_id IS NULL THEN 1::bigint << 1 END,
		CASE WHEN n.wit_id IS NULL THEN 1::bigint << 2 END,
		CASE WHEN n.status_id IS NULL THEN 1::bigint << 3 END,
		CASE WHEN n.summary IS NULL THEN 1::bigint << 4 END,
		CASE WHEN n.description IS NULL THEN 1::bigint << 5 END,
		CASE WHEN n.resolution IS NULL THEN 1::bigint << 6 END,
		CASE WHEN n.assignee IS NULL THEN 1::bigint << 7 END,
		CASE WHEN n.labels IS NULL THEN 1::bigint << 8 END,
		CASE WHEN n.priority IS NULL THEN 1::bigint << 9 END,
		CASE WHEN n.created IS NULL THEN 1::bigint << 10 END,
		CASE WHEN n.updated IS NULL THEN 1::bigint << 11 END,
		CASE WHEN n.resolution_date IS NULL THEN 1::bigint << 12 END,
		CASE WHEN n.parent_external_id IS NULL THEN 1::bigint << 13 END,
		CASE WHEN n.team IS NULL THEN 1::bigint << 14 END,
		CASE WHEN n.story_points IS NULL THEN 1::bigint << 15 END,
		CASE WHEN n.code_changed IS NULL THEN 1::bigint << 16 END,
		CASE WHEN n.acceptance_criteria IS NULL THEN 1::bigint << 17 END,
		CASE WHEN n.custom_field_01 IS NULL THEN 1::bigint << 18 END,
		CASE WHEN n.custom_field_02 IS NULL THEN 1::bigint << 19 END,
		CASE WHEN n.custom_field_03 IS NULL THEN 1::bigint << 20 END,
		CASE WHEN n.custom_field_04 IS NULL THEN 1::bigint << 21 END,
		CASE WHEN n.custom_field_05 IS NULL THEN 1::bigint << 22 END,
		CASE WHEN n.custom_field_06 IS NULL THEN 1::bigint << 23 END,
		CASE WHEN n.custom_field_07 IS NULL THEN 1::bigint << 24 END,
		CASE WHEN n.custom_field_08 IS NULL THEN 1::bigint << 25 END,
		CASE WHEN n.custom_field_09 IS NULL THEN 1::bigint << 26 END,
		CASE WHEN n.custom_field_10 IS NULL THEN 1::bigint << 27 END,
		CASE WHEN n.custom_field_11 IS NULL THEN 1::bigint << 28 END,
		CASE WHEN n.custom_field_12 IS NULL THEN 1::bigint << 29 END,
		CASE WHEN n.custom_field_13 IS NULL THEN 1::bigint << 30 END,
		CASE WHEN n.custom_field_14 IS NULL THEN 1::bigint << 31 END,
		CASE WHEN n.custom_field_15 IS NULL THEN 1::bigint << 32 END,
		CASE WHEN n.custom_field_16 IS NULL THEN 1::bigint << 33 END,
		CASE WHEN n.custom_field_17 IS NULL THEN 1::bigint << 34 END,
		CASE WHEN n.custom_field_18 IS NULL THEN 1::bigint << 35 END,
		CASE WHEN n.custom_field_19 IS NULL THEN 1::bigint << 36 END,
		CASE WHEN n.custom_field_20 IS NULL THEN 1::bigint << 37 END
		/* end */
		]) AS b
		OFFSET 0) AS nothing
	OFFSET 0
), merged AS MATERIALIZED (
	SELECT COALESCE(o.id, nextval('work_items_id_seq')) AS id,
		n.external_id, m.*,
		CASE WHEN n.is_issue AND n.key <> o.key THEN
			CASE WHEN g.is_newer THEN o.key ELSE n.key END END
			AS other_key,
		o.id IS NULL OR (/* o.<compared> */ o.key, o.project_id,
			o.wit_id, o.status_id, o.summary, o.description,
			o.resolution, o.assignee, o.labels, o.priority,
			o.created, o.updated, o.resolution_date,
			o.parent_external_id, o.team, o.story_points,
			o.code_changed, o.acceptance_criteria,
			o.custom_field_01, o.custom_field_02, o.custom_field_03,
			o.custom_field_04, o.custom_field_05, o.custom_field_06,
			o.custom_field_07, o.custom_field_08, o.custom_field_09,
			o.custom_field_10, o.custom_field_11, o.custom_field_12,
			o.custom_field_13, o.custom_field_14, o.custom_field_15,
			o.custom_field_16, o.custom_field_17, o.custom_field_18,
			o.custom_field_19, o.custom_field_20 /* end */)
			IS DISTINCT FROM (/* m.<compared> */ m.key,
			m.project_id, m.wit_id, m.status_id, m.summary,
			m.description, m.resolution, m.assignee, m.labels,
			m.priority, m.created, m.updated, m.resolution_date,
			m.parent_external_id, m.team, m.story_points,
			m.code_changed, m.acceptance_criteria,
			m.custom_field_01, m.custom_field_02, m.custom_field_03,
			m.custom_field_04, m.custom_field_05, m.custom_field_06,
			m.custom_field_07, m.custom_field_08, m.custom_field_09,
			m.custom_field_10, m.custom_field_11, m.custom_field_12,
			m.custom_field_13, m.custom_field_14, m.custom_field_15,
			m.custom_field_16, m.custom_field_17, m.custom_field_18,
			m.custom_field_19, m.custom_field_20 /* end */)
			OR (o.column_ages, o.history_total, o.history_seen,
			o.history_as_of, o.active) IS DISTINCT FROM
			(m.column_ages, m.history_total, m.history_seen,
			m.history_as_of, m.active) AS is_changed
	FROM told AS n CROSS JOIN custom
	LEFT JOIN LATERAL (
		SELECT *
		FROM work_items AS w
		WHERE w.tenant_id::bigint = $1
			AND w.integration_id::bigint = $2
			AND w.external_id = n.external_id
		LIMIT 1
		FOR NO KEY UPDATE) AS o ON true
	CROSS JOIN LATERAL (
		SELECT n.is_issue AND CASE WHEN o.id IS NULL THEN true
			WHEN n.updated IS NULL THEN o.updated IS NULL
				AND $3 >= COALESCE(o.raw_data_id, 0)
			ELSE o.updated IS NULL OR n.updated > o.updated
				OR (n.updated = o.updated
				AND $3 >= COALESCE(o.raw_data_id, 0))
			END AS is_newer,
			etl_age(n.updated, $3) AS age
		OFFSET 0) AS g
	CROSS JOIN LATERAL (
		SELECT CASE WHEN NOT n.is_issue THEN 0
			WHEN g.is_newer THEN n.told
			WHEN o.column_ages IS NULL THEN 0
			ELSE n.told & (
				SELECT COALESCE(bit_or(1::bigint <<
					array_position(custom.columns, e.key)
					- 1), 0)
				FROM jsonb_each_text(o.column_ages) AS e
				WHERE e.value IS NULL
					OR e.value COLLATE "C" < g.age)
			END AS taken
		OFFSET 0) AS t
	CROSS JOIN LATERAL (
		SELECT n.is_issue AND COALESCE($3 > o.gone_since, false)
			AS is_back
		OFFSET 0) AS b
	CROSS JOIN LATERAL (
		SELECT CASE WHEN n.entries IS NULL
			OR n.entries <@ o.history_seen THEN o.history_seen
			WHEN o.history_seen IS NULL THEN n.entries
			ELSE ARRAY(
			SELECT unnest(o.history_seen)
			UNION
			SELECT unnest(n.entries)
			ORDER BY 1) END AS seen
		OFFSET 0) AS q
	CROSS JOIN LATERAL (
		SELECT
			/* {compared: CASE WHEN t.taken >> # & 1 = 1 THEN n.@ ELSE o.@ END AS @} */
			CASE WHEN t.taken >> 0 & 1 = 1 THEN n.key ELSE o.key END AS key,
			CASE WHEN t.taken >> 1 & 1 = 1 THEN n.project_id ELSE o.project_id END AS project_id,
			CASE WHEN t.taken >> 2 & 1 = 1 THEN n.wit_id ELSE o.wit_id END AS wit_id,
			CASE WHEN t.taken >> 3 & 1 = 1 THEN n.status_id ELSE o.status_id END AS status_id,
			CASE WHEN t.taken >> 4 & 1 = 1 THEN n.summary ELSE o.summary END AS summary,
			CASE WHEN t.taken >> 5 & 1 = 1 THEN n.description ELSE o.description END AS description,
			CASE WHEN t.taken >> 6 & 1 = 1 THEN n.resolution ELSE o.resolution END AS resolution,
			CASE WHEN t.taken >> 7 & 1 = 1 THEN n.assignee ELSE o.assignee END AS assignee,
			CASE WHEN t.taken >> 8 & 1 = 1 THEN n.labels ELSE o.labels END AS labels,
			CASE WHEN t.taken >> 9 & 1 = 1 THEN n.priority ELSE o.priority END AS priority,
			CASE WHEN t.taken >> 10 & 1 = 1 THEN n.created ELSE o.created END AS created,
			CASE WHEN t.taken >> 11 & 1 = 1 THEN n.updated ELSE o.updated END AS updated,
			CASE WHEN t.taken >> 12 & 1 = 1 THEN n.resolution_date ELSE o.resolution_date END AS resolution_date,
			CASE WHEN t.taken >> 13 & 1 = 1 THEN n.parent_external_id ELSE o.parent_external_id END AS parent_external_id,
			CASE WHEN t.taken >> 14 & 1 = 1 THEN n.team ELSE o.team END AS team,
			CASE WHEN t.taken >> 15 & 1 = 1 THEN n.story_points ELSE o.story_points END AS story_points,
			CASE WHEN t.taken >> 16 & 1 = 1 THEN n.code_changed ELSE o.code_changed END AS code_changed,
			CASE WHEN t.taken >> 17 & 1 = 1 THEN n.acceptance_criteria ELSE o.acceptance_criteria END AS acceptance_criteria,
			CASE WHEN t.taken >> 18 & 1 = 1 THEN n.custom_field_01 ELSE o.custom_field_01 END AS custom_field_01,
			CASE WHEN t.taken >> 19 & 1 = 1 THEN n.custom_field_02 ELSE o.custom_field_02 END AS custom_field_02,
			CASE WHEN t.taken >> 20 & 1 = 1 THEN n.custom_field_03 ELSE o.custom_field_03 END AS custom_field_03,
			CASE WHEN t.taken >> 21 & 1 = 1 THEN n.custom_field_04 ELSE o.custom_field_04 END AS custom_field_04,
			CASE WHEN t.taken >> 22 & 1 = 1 THEN n.custom_field_05 ELSE o.custom_field_05 END AS custom_field_05,
			CASE WHEN t.taken >> 23 & 1 = 1 THEN n.custom_field_06 ELSE o.custom_field_06 END AS custom_field_06,
			CASE WHEN t.taken >> 24 & 1 = 1 THEN n.custom_field_07 ELSE o.custom_field_07 END AS custom_field_07,
			CASE WHEN t.taken >> 25 & 1 = 1 THEN n.custom_field_08 ELSE o.custom_field_08 END AS custom_field_08,
			CASE WHEN t.taken >> 26 & 1 = 1 THEN n.custom_field_09 ELSE o.custom_field_09 END AS custom_field_09,
			CASE WHEN t.taken >> 27 & 1 = 1 THEN n.custom_field_10 ELSE o.custom_field_10 END AS custom_field_10,
			CASE WHEN t.taken >> 28 & 1 = 1 THEN n.custom_field_11 ELSE o.custom_field_11 END AS custom_field_11,
			CASE WHEN t.taken >> 29 & 1 = 1 THEN n.custom_field_12 ELSE o.custom_field_12 END AS custom_field_12,
			CASE WHEN t.taken >> 30 & 1 = 1 THEN n.custom_field_13 ELSE o.custom_field_13 END AS custom_field_13,
			CASE WHEN t.taken >> 31 & 1 = 1 THEN n.custom_field_14 ELSE o.custom_field_14 END AS custom_field_14,
			CASE WHEN t.taken >> 32 & 1 = 1 THEN n.custom_field_15 ELSE o.custom_field_15 END AS custom_field_15,
			CASE WHEN t.taken >> 33 & 1 = 1 THEN n.custom_field_16 ELSE o.custom_field_16 END AS custom_field_16,
			CASE WHEN t.taken >> 34 & 1 = 1 THEN n.custom_field_17 ELSE o.custom_field_17 END AS custom_field_17,
			CASE WHEN t.taken >> 35 & 1 = 1 THEN n.custom_field_18 ELSE o.custom_field_18 END AS custom_field_18,
			CASE WHEN t.taken >> 36 & 1 = 1 THEN n.custom_field_19 ELSE o.custom_field_19 END AS custom_field_19,
			CASE WHEN t.taken >> 37 & 1 = 1 THEN n.custom_field_20 ELSE o.custom_field_20 END AS custom_field_20
			/* end */,
		CASE WHEN g.is_newer THEN $3 ELSE o.raw_data_id END
			AS raw_data_id,
		CASE WHEN g.is_newer THEN CASE WHEN n.told <> custom.whole THEN (
			SELECT jsonb_object_agg(c.name, CASE
				WHEN o.id IS NULL THEN NULL
				WHEN o.column_ages ? c.name
				THEN o.column_ages->c.name
				ELSE to_jsonb(etl_age(o.updated, o.raw_data_id))
				END)
			FROM unnest(custom.columns)
				WITH ORDINALITY AS c (name, place)
			WHERE n.told >> (c.place - 1)::integer & 1 = 0) END
		WHEN t.taken <> 0 THEN o.column_ages || (
			SELECT jsonb_object_agg(c.name, g.age)
			FROM unnest(custom.columns)
				WITH ORDINALITY AS c (name, place)
			WHERE t.taken >> (c.place - 1)::integer & 1 = 1)
		ELSE o.column_ages END AS column_ages,
		GREATEST(o.history_total, n.total) AS history_total,
		q.seen AS history_seen,
		GREATEST(o.history_as_of, n.as_of) AS history_as_of,
		CASE WHEN n.as_of > o.history_as_of OR (n.as_of IS NOT NULL
			AND o.history_as_of IS NULL) THEN $3
			WHEN n.as_of = o.history_as_of
			THEN GREATEST(o.history_raw_data_id, $3)
			ELSE o.history_raw_data_id END AS history_raw_data_id,
		b.is_back OR COALESCE(o.active, true) AS active,
		CASE WHEN NOT b.is_back THEN o.gone_since END AS gone_since
		OFFSET 0) AS m
	WHERE n.is_issue OR o.id IS NOT NULL
), moved AS (
	INSERT INTO work_items_old_keys (tenant_id, integration_id, key,
		work_item_id)
	SELECT $1, $2, m.other_key, m.id
	FROM merged AS m
	WHERE m.other_key IS NOT NULL AND NOT EXISTS (SELECT
		FROM work_items_old_keys AS k WHERE k.key = m.other_key
		AND k.tenant_id = $1 AND k.integration_id = $2
		AND k.work_item_id = m.id)
	ORDER BY m.external_id COLLATE "C"
	ON CONFLICT DO NOTHING
), written AS (
	INSERT INTO work_items AS t (id, tenant_id, integration_id,
		/* <inserted> */ external_id, key, project_id, wit_id,
		status_id, summary, description, resolution, assignee, labels,
		priority, created, updated, resolution_date, parent_external_id,
		team, story_points, code_changed, acceptance_criteria,
		custom_field_01, custom_field_02, custom_field_03,
		custom_field_04, custom_field_05, custom_field_06,
		custom_field_07, custom_field_08, custom_field_09,
		custom_field_10, custom_field_11, custom_field_12,
		custom_field_13, custom_field_14, custom_field_15,
		custom_field_16, custom_field_17, custom_field_18,
		custom_field_19, custom_field_20 /* end */,
		raw_data_id, column_ages, history_total, history_seen,
		history_as_of, history_raw_data_id, active, gone_since)
	SELECT n.id, $1, $2, /* n.<inserted> */ n.external_id, n.key,
		n.project_id, n.wit_id, n.status_id, n.summary, n.description,
		n.resolution, n.assignee, n.labels, n.priority, n.created,
		n.updated, n.resolution_date, n.parent_external_id, n.team,
		n.story_points, n.code_changed, n.acceptance_criteria,
		n.custom_field_01, n.custom_field_02, n.custom_field_03,
		n.custom_field_04, n.custom_field_05, n.custom_field_06,
		n.custom_field_07, n.custom_field_08, n.custom_field_09,
		n.custom_field_10, n.custom_field_11, n.custom_field_12,
		n.custom_field_13, n.custom_field_14, n.custom_field_15,
		n.custom_field_16, n.custom_field_17, n.custom_field_18,
		n.custom_field_19, n.custom_field_20 /* end */, n.raw_data_id,
		n.column_ages,
		n.history_total, n.history_seen, n.history_as_of,
		n.history_raw_data_id, n.active, n.gone_since
	FROM merged AS n
	WHERE n.is_changed
	ORDER BY n.external_id COLLATE "C"
	ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
		/* <updated = excluded> */ key = excluded.key,
		project_id = excluded.project_id, wit_id = excluded.wit_id,
		status_id = excluded.status_id, summary = excluded.summary,
		description = excluded.description,
		resolution = excluded.resolution, assignee = excluded.assignee,
		labels = excluded.labels, priority = excluded.priority,
		created = excluded.created, updated = excluded.updated,
		resolution_date = excluded.resolution_date,
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
		custom_field_20 = excluded.custom_field_20 /* end */,
		raw_data_id = excluded.raw_data_id,
		column_ages = excluded.column_ages,
		history_total = excluded.history_total,
		history_seen = excluded.history_seen,
		history_as_of = excluded.history_as_of,
		history_raw_data_id = excluded.history_raw_data_id,
		active = excluded.active, gone_since = excluded.gone_since, last_updated_at = NOW()
	WHERE t.id = excluded.id
	RETURNING t.external_id
)
SELECT external_id FROM (
	SELECT external_id FROM merged WHERE is_changed
	EXCEPT ALL
	SELECT external_id FROM written
) AS raced
UNION ALL
SELECT set_config('app.turn', (current_setting('app.turn')::bigint + 1)::text,
	true)
WHERE (SELECT count(*) FROM merged WHERE is_changed)
	= (SELECT count(*) FROM written)
	AND current_setting('app.turn')::bigint
	< LEAST((SELECT max(rank) FROM ranked), 100);

-- Keys that the histories tell of.
-- statement: old_keys
INSERT INTO work_items_old_keys (tenant_id, integration_id, key, work_item_id)
SELECT DISTINCT $1::integer, $2::integer, k.name, w.id
FROM etl_issues($1, $2, $3) AS i
CROSS JOIN LATERAL jsonb_path_query(i.histories,
	'$[*].items[*] ? (@.fieldId == "issuekey" || (@.field == "Key" && !(@.fieldtype != "jira")))')
	AS m (item)
CROSS JOIN LATERAL (VALUES (etl_name(m.item->'fromString')),
	(etl_name(m.item->'toString'))) AS k (name)
CROSS JOIN etl_work_item($1, $2, i.external_id) AS w
WHERE k.name LIKE '%-%' AND k.name <> w.key AND NOT EXISTS (SELECT
	FROM work_items_old_keys AS o WHERE o.key = k.name
	AND o.tenant_id = $1 AND o.integration_id = $2
	AND o.work_item_id = w.id)
ORDER BY w.id, k.name
ON CONFLICT DO NOTHING;

-- Changes of one time are in the order that leads from status to status, or
-- else in the source's: oldest or newest first, as the whole list is. A change
-- starts with the one before it; where the answer is not the whole history and
-- that one left another status, nobody knows when. When others are stored that
-- the batch lacks, the loader knows (work_items.sql). Of an issue that is older
-- than what is stored only missing ones are taken.
-- statement: changelogs
-- columns: changelogs
WITH item AS (
	SELECT w.id AS work_item_id, w.created, i.index, i.histories,
		u.updated, i.is_issue AND (u.updated > w.history_as_of
			OR (u.updated = w.history_as_of
			AND $3 >= w.history_raw_data_id)) AS is_newest,
		i.history_start = 0 AND COALESCE(jsonb_array_length(i.histories)
			>= i.history_total, i.claims_whole) AS is_whole,
		CASE WHEN COALESCE(i.value#>'{changelog,startAt}',
			i.value->'startAt') IS NOT NULL
			THEN LEAST(i.history_start, 1000000) END AS start,
		u.direction, p.is_plain
	FROM etl_issues($1, $2, $3) AS i
	CROSS JOIN (
		SELECT current_setting('app.plain_times') = 'on' AS is_plain
		OFFSET 0) AS p
	CROSS JOIN LATERAL (
		SELECT etl_time(i.value#>>'{fields,updated}', p.is_plain)
				AS updated,
			CASE WHEN etl_time(i.histories#>>'{0,created}', p.is_plain)
			> etl_time(i.histories#>>'{-1,created}', p.is_plain)
			THEN -1 ELSE 1 END AS direction
		OFFSET 0) AS u
	CROSS JOIN etl_work_item($1, $2, i.external_id) AS w
	WHERE i.histories IS NOT NULL
	OFFSET 0
), read AS (
	SELECT i.work_item_id, i.created, i.index, i.updated, i.is_newest,
		i.is_whole, i.direction, i.direction * h.place AS place, s.nr,
		CASE WHEN i.is_whole IS NOT TRUE AND i.direction > 0
			THEN COALESCE((i.start + 1) * 1000, 0) ELSE 0 END
			AS base,
		etl_id(h.value->'id') || CASE WHEN s.nr > 1
			THEN '#' || s.nr ELSE '' END AS external_id,
		etl_time(h.value->>'created', i.is_plain)
			AS transition_change_date,
		etl_word(h.value->'author') AS changed_by,
		etl_id(s.item->'from') AS from_id,
		etl_id(s.item->'to') AS to_id,
		lower(etl_name(s.item->'fromString')) AS from_name,
		lower(etl_name(s.item->'toString')) AS to_name
	FROM item AS i
	CROSS JOIN LATERAL jsonb_array_elements(i.histories)
		WITH ORDINALITY AS h (value, place)
	CROSS JOIN LATERAL etl_status_items(h.value) AS s
	OFFSET 0
), entry AS (
	SELECT *, first_value(COALESCE(from_id, from_name)) OVER whole AS first,
		last_value(COALESCE(to_id, to_name)) OVER whole AS last,
		count(*) OVER whole AS size
	FROM read
	WHERE external_id IS NOT NULL AND transition_change_date IS NOT NULL
	WINDOW whole AS (PARTITION BY work_item_id, index,
		transition_change_date, place ORDER BY nr
		ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), chained AS (
	SELECT *, count(*) FILTER (WHERE last = after) OVER same
			< count(*) FILTER (WHERE nr = 1 AND last = before)
			OVER same AS is_reverse
	FROM (
		SELECT *, lag(first) OVER listed AS before,
			CASE WHEN nr = size THEN lead(first) OVER listed END
			AS after
		FROM entry
		WINDOW listed AS (PARTITION BY work_item_id, index,
			transition_change_date ORDER BY place, nr)) AS r
	WINDOW same AS (PARTITION BY work_item_id, index,
		transition_change_date)
), newest AS (
	SELECT DISTINCT ON (work_item_id, external_id COLLATE "C")
		work_item_id, created, is_newest, is_whole, external_id,
		transition_change_date, changed_by, from_id, to_id, from_name,
		to_name, turn AS place
	FROM (
		SELECT *, row_number() OVER (PARTITION BY work_item_id, index,
			transition_change_date
			ORDER BY CASE WHEN is_reverse THEN -place ELSE place END,
			nr) - 1 + base AS turn
		FROM chained) AS c
	ORDER BY work_item_id, external_id COLLATE "C",
		updated DESC NULLS LAST, index DESC
), chain AS (
	SELECT *, lag(transition_change_date) OVER line AS before,
		lag(to_id) OVER line AS before_id,
		lag(place) OVER line IS NULL AS is_first
	FROM newest
	WINDOW line AS (PARTITION BY work_item_id
		ORDER BY transition_change_date, place, length(external_id),
		external_id COLLATE "C")
), placed AS (
	SELECT n.*, d.transition_start_date,
		extract(epoch FROM n.transition_change_date
			- d.transition_start_date) AS time_in_status_seconds,
		CASE WHEN n.from_id IS NOT NULL THEN s.id ELSE (
			SELECT x.id
			FROM statuses AS x
			WHERE x.tenant_id = $1 AND x.integration_id = $2
				AND lower(x.original_name) = n.from_name
			ORDER BY x.id
			LIMIT 1) END AS from_status_id,
		CASE WHEN n.to_id IS NOT NULL THEN e.id ELSE (
			SELECT x.id
			FROM statuses AS x
			WHERE x.tenant_id = $1 AND x.integration_id = $2
				AND lower(x.original_name) = n.to_name
			ORDER BY x.id
			LIMIT 1) END AS to_status_id
	FROM chain AS n
	CROSS JOIN LATERAL (
		SELECT CASE WHEN n.is_first THEN CASE WHEN n.is_whole
			AND n.created IS NOT NULL THEN LEAST(n.created, n.transition_change_date) END
			WHEN n.is_whole OR n.before_id = n.from_id
			THEN n.before END AS transition_start_date) AS d
	LEFT JOIN statuses AS s ON s.tenant_id = $1
		AND s.integration_id = $2 AND s.external_id = n.from_id
	LEFT JOIN statuses AS e ON e.tenant_id = $1
		AND e.integration_id = $2 AND e.external_id = n.to_id
)
INSERT INTO changelogs AS t (id, tenant_id, integration_id, /* <inserted> */
	work_item_id, external_id, from_status_id, to_status_id,
	transition_start_date, transition_change_date, time_in_status_seconds,
	changed_by, place /* end */)
SELECT COALESCE(o.id, nextval('changelogs_id_seq')), $1, $2, /* n.<inserted> */
	n.work_item_id, n.external_id, n.from_status_id, n.to_status_id,
	n.transition_start_date, n.transition_change_date,
	n.time_in_status_seconds, n.changed_by, n.place /* end */
FROM placed AS n
LEFT JOIN LATERAL (
	SELECT *
	FROM changelogs AS c
	WHERE c.tenant_id = $1 AND c.work_item_id = n.work_item_id
		AND c.external_id = n.external_id
	LIMIT 1) AS o ON true
WHERE o.id IS NULL OR (n.is_newest IS TRUE
	AND (/* o.<compared> */ o.from_status_id, o.to_status_id,
		o.transition_change_date, o.changed_by, o.place /* end */)
		IS DISTINCT FROM (/* n.<compared> */ n.from_status_id,
		n.to_status_id, n.transition_change_date, n.changed_by,
		n.place /* end */))
ORDER BY n.work_item_id, n.external_id COLLATE "C"
ON CONFLICT (work_item_id, external_id) DO UPDATE SET
	/* <updated = excluded> */ from_status_id = excluded.from_status_id,
	to_status_id = excluded.to_status_id,
	transition_start_date = excluded.transition_start_date,
	transition_change_date = excluded.transition_change_date,
	time_in_status_seconds = excluded.time_in_status_seconds,
	changed_by = excluded.changed_by, place = excluded.place /* end */,
	last_updated_at = NOW();
