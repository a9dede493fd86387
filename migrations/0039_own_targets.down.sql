-- Back to 0038: batches of types with the targets prs and repositories are kept as
-- they came; what was made of them stays.
DROP INDEX idx_records_list, idx_records_updated;
CREATE FUNCTION pg_temp.mend(name REGPROC, was TEXT, becomes TEXT) RETURNS VOID
LANGUAGE plpgsql AS $$
DECLARE
	body TEXT := pg_get_functiondef(name);
BEGIN
	IF strpos(body, was) = 0 THEN
		RAISE EXCEPTION '% does not have %', name, was;
	END IF;
	EXECUTE replace(body, was, becomes);
END
$$;

SELECT pg_temp.mend('etl_repositories', $$FROM etl_answer(tenant, integration,
					batch) AS d
					WHERE d.target = 'prs')
$$, $$FROM raw_extraction_data AS d
					WHERE d.tenant_id = tenant
					AND d.id = batch
					AND d.entity_type = 'github_prs_batch')
$$);
SELECT pg_temp.mend('etl_repository_items', $$SELECT d.answer
			FROM etl_answer(tenant, integration, batch) AS d
			WHERE d.target = 'repositories'
$$, $$SELECT d.raw_data #> '{}' AS answer
			FROM raw_extraction_data AS d
			WHERE d.tenant_id = tenant
				AND d.integration_id = integration
				AND d.id = batch
				AND d.entity_type = 'github_repositories_batch'
$$);
SELECT pg_temp.mend('etl_prs_read', $$SELECT e.answer, e.metadata
					FROM etl_answer(tenant, integration,
						batch) AS e
$$, $$SELECT e.raw_data #> '{}' AS answer,
						e.extraction_metadata
						AS metadata
					FROM raw_extraction_data AS e
					WHERE e.tenant_id = tenant
						AND e.integration_id
						= integration AND e.id = batch
$$);
DROP FUNCTION etl_answer, etl_mapped_keep_answer, etl_mapped_item;

SELECT pg_temp.mend('etl_type_flaws', $$WHEN t->>'target' <> 'records' THEN NOT EXISTS (SELECT
		FROM etl_target_columns(t->>'target') AS c$$,
	$$WHEN t->>'target' = 'work_items' THEN NOT EXISTS (SELECT
		FROM etl_target_columns('work_items') AS c$$);
SELECT pg_temp.mend('etl_type_flaws', $$CASE WHEN t->>'target' <> 'records'
		THEN 'must be one that the target has: docs/types.md lists them'$$,
	$$CASE WHEN t->>'target' = 'work_items'
		THEN 'must be one that work_items has: docs/types.md lists them'$$);
SELECT pg_temp.mend('etl_type_flaws',
	$$NOT IN ('records', 'work_items', 'prs', 'repositories')$$,
	$$NOT IN ('records', 'work_items')$$);
SELECT pg_temp.mend('etl_type_flaws',
	'must be records, work_items, prs or repositories',
	'must be records or work_items');

SELECT set_config('app.every_tenant', 'on', true);
UPDATE entity_types SET active = false, target = 'records'
WHERE target IN ('prs', 'repositories');
DROP FUNCTION etl_target_columns(TEXT);
CREATE FUNCTION etl_target_columns(target TEXT)
RETURNS TABLE (name TEXT, kind TEXT)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 40 AS $$
	SELECT *
	FROM (VALUES ('key', 'id'), ('project', 'name'), ('type', 'name'),
		('status', 'name'), ('status_category', 'category'),
		('summary', 'text'), ('description', 'text'),
		('resolution', 'text'), ('assignee', 'text'),
		('labels', 'texts'), ('priority', 'text'), ('created', 'time'),
		('resolution_date', 'time'), ('parent_external_id', 'id'),
		('team', 'text'), ('story_points', 'number'),
		('code_changed', 'boolean'), ('acceptance_criteria', 'text'))
		AS c (name, kind)
	WHERE target = 'work_items'
	UNION ALL
	SELECT 'custom_field_' || to_char(n, 'FM00'), 'texts'
	FROM generate_series(1, 20) AS n
	WHERE target = 'work_items'
$$;
COMMENT ON FUNCTION etl_target_columns IS
	'The columns that a target has, and how they are read; none of one that '
	'takes any';
