-- What the door found in what it stored, and settings that are read in one way.

-- A constant default: no row is written for it.
ALTER TABLE raw_extraction_data
	ADD COLUMN replaced_characters INTEGER NOT NULL DEFAULT 0;

COMMENT ON COLUMN raw_extraction_data.replaced_characters IS
	'Escapes of the batch that jsonb cannot hold (\u0000, halves of '
	'surrogate pairs) and that were stored as U+FFFD, as the client asked '
	'or store_nul says; raw_data_sha256 is of the bytes that came';

-- A list of one name's batches must not read all there are; most have no name.
CREATE INDEX idx_raw_extraction_data_external_id
	ON raw_extraction_data (tenant_id, external_id)
	WHERE external_id IS NOT NULL;

-- integrations.settings.

CREATE FUNCTION etl_custom_columns() RETURNS TEXT[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT '{team,story_points,code_changed,acceptance_criteria,parent_external_id,custom_field_01,custom_field_02,custom_field_03,custom_field_04,custom_field_05,custom_field_06,custom_field_07,custom_field_08,custom_field_09,custom_field_10,custom_field_11,custom_field_12,custom_field_13,custom_field_14,custom_field_15,custom_field_16,custom_field_17,custom_field_18,custom_field_19,custom_field_20}'::text[]
$$;
COMMENT ON FUNCTION etl_custom_columns IS
	'The columns of work_items that settings.custom_fields may fill';

CREATE FUNCTION etl_custom_fields(settings JSONB)
	RETURNS TABLE (place INTEGER, field TEXT, "column" TEXT)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT (row_number() OVER (ORDER BY m.place))::integer, m.field,
		m.target
	FROM (
		SELECT e.ordinality, e.key, e.value #>> '{}'
		FROM jsonb_each(CASE
			jsonb_typeof(settings->'custom_fields') WHEN 'object'
			THEN settings->'custom_fields' ELSE '{}' END)
			WITH ORDINALITY AS e (key, value)
		WHERE jsonb_typeof(e.value) = 'string'
		UNION ALL
		SELECT a.ordinality, a.value->>'field', a.value->>'column'
		FROM jsonb_array_elements(CASE
			jsonb_typeof(settings->'custom_fields') WHEN 'array'
			THEN settings->'custom_fields' ELSE '[]' END)
			WITH ORDINALITY AS a (value)
		WHERE jsonb_typeof(a.value->'field') = 'string'
			AND jsonb_typeof(a.value->'column') = 'string'
	) AS m (place, field, target)
	WHERE m.target = ANY (etl_custom_columns())
$$;
COMMENT ON FUNCTION etl_custom_fields IS
	'Which field of the source becomes which column of work_items, in the '
	'order in which the first one with a value wins: that of the array '
	'[{"field": …, "column": …}], or of an object {field: column} that of '
	'its names, shorter ones first. What is not such a mapping is ignored';

-- What is wrong with settings that are saved now; what is there stays.
CREATE FUNCTION etl_settings_flaws(tenant INTEGER, settings JSONB)
	RETURNS TABLE (member TEXT, flaw TEXT)
LANGUAGE sql STABLE AS $$
	WITH custom AS (
		SELECT settings->'custom_fields' AS value
	), mapping (member, field, target) AS (
		SELECT 'settings.custom_fields.' || e.key, to_jsonb(e.key),
			e.value
		FROM custom, jsonb_each(CASE jsonb_typeof(custom.value)
			WHEN 'object' THEN custom.value ELSE '{}' END) AS e
		UNION ALL
		SELECT 'settings.custom_fields.' || a.ordinality - 1,
			a.value->'field', a.value->'column'
		FROM custom, jsonb_array_elements(CASE
			jsonb_typeof(custom.value) WHEN 'array'
			THEN custom.value ELSE '[]' END)
			WITH ORDINALITY AS a (value)
		WHERE jsonb_typeof(a.value) = 'object'
			AND a.value - '{field,column}'::text[] = '{}'
	)
	SELECT 'settings.custom_fields', 'must be an object such as '
		'{"customfield_10016": "story_points"}, or an array such as '
		'[{"field": "customfield_10016", "column": "story_points"}]'
	FROM custom WHERE jsonb_typeof(value) NOT IN ('object', 'array')
	UNION ALL
	SELECT 'settings.custom_fields.' || a.ordinality - 1,
		'must be an object with field and column and no other member'
	FROM custom, jsonb_array_elements(CASE jsonb_typeof(custom.value)
		WHEN 'array' THEN custom.value ELSE '[]' END)
		WITH ORDINALITY AS a (value)
	WHERE jsonb_typeof(a.value) <> 'object'
		OR a.value - '{field,column}'::text[] <> '{}'
	UNION ALL
	SELECT member, 'must name a field of the source, such as '
		'customfield_10016'
	FROM mapping
	WHERE COALESCE(jsonb_typeof(field), '') <> 'string'
		OR field #>> '{}' !~ '^[A-Za-z][A-Za-z0-9_.-]{0,254}$'
		OR (lower(field #>> '{}') LIKE 'custom%'
		AND field #>> '{}' !~ '^customfield_[0-9]+$')
	UNION ALL
	SELECT member, 'must be the name of a column: '
		|| array_to_string(etl_custom_columns(), ', ')
	FROM mapping
	WHERE COALESCE(jsonb_typeof(target), '') <> 'string'
		OR target #>> '{}' <> ALL (etl_custom_columns())
	UNION ALL
	SELECT 'settings.custom_fields', 'must have each field once: '
		|| (field #>> '{}')
	FROM mapping GROUP BY field HAVING count(*) > 1
	UNION ALL
	SELECT 'settings.issue_integrations', 'must be an array of the ids of '
		'integrations'
	WHERE jsonb_typeof(settings->'issue_integrations') <> 'array'
	UNION ALL
	SELECT 'settings.issue_integrations.' || a.ordinality - 1,
		'must be the id of an integration'
	FROM jsonb_array_elements(CASE
		jsonb_typeof(settings->'issue_integrations') WHEN 'array'
		THEN settings->'issue_integrations' ELSE '[]' END)
		WITH ORDINALITY AS a (value)
	WHERE NOT EXISTS (SELECT FROM integrations AS i
		WHERE i.tenant_id = tenant AND i.id = CASE
		WHEN a.value::text ~ '^[0-9]{1,9}$'
		THEN a.value::text::integer END)
$$;
COMMENT ON FUNCTION etl_settings_flaws IS
	'What settings of an integration of this tenant must not be like: the '
	'member and what is wrong with it';
