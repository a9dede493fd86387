-- A page of a census: ids of all issues that a project has (etl_census_marks).
-- It is kept until all pages are there; see loaders/census_issues.sql. One that
-- may lack ids (errors, a short page, ids that cannot be read) does not count.

-- statement: read
WITH batch AS MATERIALIZED (
	SELECT raw_data #> '{}' AS answer, extraction_metadata AS meta
	FROM raw_extraction_data
	WHERE tenant_id = $1 AND integration_id = $2 AND id = $3
), mark AS MATERIALIZED (
	SELECT m.*, p.external_id
	FROM batch CROSS JOIN etl_census_marks(answer, meta, $3) AS m
	LEFT JOIN LATERAL (
		SELECT x.external_id
		FROM etl_project_of($1, $2, m.project_id, m.project_key) AS o
		JOIN projects AS x ON x.tenant_id = $1 AND x.id = o.project_id
	) AS p ON true
), item AS MATERIALIZED (
	SELECT i.place - 1 AS index, COALESCE(etl_id(i.value),
		etl_id(i.value->'id')) AS name
	FROM batch CROSS JOIN jsonb_path_query(answer,
		etl_path(answer, '{ids,issues}'))
		WITH ORDINALITY AS i (value, place)
	WHERE i.place <= COALESCE(NULLIF(current_setting('app.items', true),
		'')::bigint, i.place)
), flaw AS (
	SELECT note FROM batch CROSS JOIN etl_answer_errors(answer)
	UNION ALL
	SELECT note FROM batch CROSS JOIN etl_page_lack(answer, '{ids,issues}')
	UNION ALL
	SELECT jsonb_build_object('what', 'census', 'message',
		'ids that cannot be read: this is no page of a census')
	WHERE EXISTS (SELECT FROM item WHERE name IS NULL)
), page AS (
	INSERT INTO census_pages AS t (tenant_id, integration_id, scope,
		census, page, is_last, raw_data_id, names)
	SELECT $1, $2, 'project:' || mark.external_id, mark.census, mark.page,
		mark.is_last, $3, ARRAY(SELECT DISTINCT name FROM item
		WHERE name IS NOT NULL ORDER BY 1)
	FROM mark CROSS JOIN batch
	WHERE mark.external_id IS NOT NULL
		AND etl_path(answer, '{ids,issues}') IS NOT NULL
		AND NOT EXISTS (SELECT FROM flaw)
	ON CONFLICT (tenant_id, integration_id, scope, census, page)
	DO UPDATE SET is_last = excluded.is_last, names = excluded.names,
		raw_data_id = excluded.raw_data_id
	WHERE t.raw_data_id <= excluded.raw_data_id
		AND (t.is_last, t.names, t.raw_data_id) IS DISTINCT FROM
		(excluded.is_last, excluded.names, excluded.raw_data_id)
), lack AS (
	SELECT jsonb_build_object('what', 'census', 'message',
		CASE WHEN COALESCE(project_id, project_key) IS NULL
		THEN 'it names no project, so it ends nothing'
		ELSE 'the project ' || left(COALESCE(project_id, project_key),
		50) || ' is not known, so it ends nothing' END) AS note
	FROM mark
	WHERE external_id IS NULL
	UNION ALL
	SELECT note FROM flaw
)
SELECT o.*
FROM batch CROSS JOIN LATERAL etl_outcome(
	CASE WHEN etl_path(answer, '{ids,issues}') IS NOT NULL
		THEN (SELECT count(*) FROM item) END,
	(SELECT count(*) FROM item WHERE name IS NULL),
	ARRAY(SELECT etl_note(index, NULL, 'no id') FROM item
		WHERE name IS NULL ORDER BY index),
	NULL, ARRAY(SELECT note FROM lack),
	CASE WHEN etl_path(answer, '{ids,issues}') IS NULL
		THEN etl_refusal(answer) END) AS o;
