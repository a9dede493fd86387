-- Entity types without C: a row says where a batch has its items, which of their
-- values is the key, and which become columns. The paths are data, read as
-- jsonpath and never a part of a statement. A type is of one tenant or, without
-- a tenant, of all.

CREATE TABLE entity_types (
	id SERIAL PRIMARY KEY,
	tenant_id INTEGER
		CONSTRAINT fk_entity_types_tenant_id REFERENCES tenants (id),
	name VARCHAR(50) NOT NULL,
	items_path TEXT NOT NULL,
	key_path TEXT NOT NULL,
	updated_path TEXT,
	target VARCHAR(50) NOT NULL DEFAULT 'records',
	columns JSONB NOT NULL DEFAULT '[]',
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	UNIQUE (tenant_id, name)
);
CREATE UNIQUE INDEX idx_entity_types_shared ON entity_types (name)
	WHERE tenant_id IS NULL;
COMMENT ON TABLE entity_types IS
	'How batches of a tenant''s own entity types become rows: docs/types.md';
COMMENT ON COLUMN entity_types.tenant_id IS
	'Whose type it is; NULL: every tenant''s that has none of the name';
COMMENT ON COLUMN entity_types.columns IS
	'A list of {"name", "path", "kind"}';

CREATE TABLE records (
	id BIGSERIAL PRIMARY KEY,
	tenant_id INTEGER NOT NULL
		CONSTRAINT fk_records_tenant_id REFERENCES tenants (id),
	integration_id INTEGER NOT NULL,
	entity_type VARCHAR(50) NOT NULL,
	external_id VARCHAR NOT NULL,
	updated TIMESTAMP,
	fields JSONB NOT NULL,
	column_ages JSONB,
	raw_data_id BIGINT,
	active BOOLEAN NOT NULL DEFAULT TRUE,
	created_at TIMESTAMP DEFAULT NOW(),
	last_updated_at TIMESTAMP DEFAULT NOW(),
	UNIQUE (external_id, tenant_id, integration_id, entity_type),
	FOREIGN KEY (tenant_id, integration_id)
		REFERENCES integrations (tenant_id, id)
);
CREATE INDEX idx_records_type ON records (tenant_id, entity_type, updated);
COMMENT ON TABLE records IS
	'Items of entity types whose mapping has the target records';
COMMENT ON COLUMN records.column_ages IS
	'When fields were told that the newest answer did not name';

-- What of a path costs more than to look at each value once is refused: regular
-- expressions, .**, and what compares two sets of values with each other.
CREATE FUNCTION etl_path_flaw(path TEXT) RETURNS TEXT
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
	plain TEXT;
BEGIN
	IF path = '' OR length(path) > 500 THEN
		RETURN 'must have 1 to 500 characters';
	END IF;
	BEGIN
		plain := path::jsonpath::text;
	EXCEPTION WHEN OTHERS THEN
		RETURN 'is not a jsonpath that PostgreSQL can read, such as'
			' $.fields.name';
	END;
	-- What is left when each name and text is "".
	plain := regexp_replace(plain, '"(?:[^"\\]|\\.)*"', '""', 'g');
	IF plain ~ '\mlike_regex\M' THEN
		RETURN 'must not have like_regex, whose time nobody can tell';
	ELSIF plain ~ '[.]datetime\(' THEN
		RETURN 'must not have .datetime(): the kind time reads times';
	ELSIF strpos(plain, '**') > 0 THEN
		RETURN 'must not have .**: name the members on the way';
	ELSIF plain !~ '^(?:strict )?\$(?!"")'
	    OR length(plain) - length(replace(plain, '$', '')) > 1 THEN
		RETURN 'must begin with $, and have no other $ and no variable';
	ELSIF length(plain) - length(replace(plain, '?', '')) > 1
	    OR length(plain) - length(replace(plain, '@', '')) > 1 THEN
		RETURN 'must have one filter at most, and that one @';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION etl_path_flaw IS
	'What is wrong with a path of a mapping; NULL: nothing';

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

CREATE FUNCTION etl_type_flaws(t JSONB)
RETURNS TABLE (member TEXT, flaw TEXT)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	WITH given AS (
		SELECT c.value, 'columns[' || c.ordinality - 1 || ']' AS place,
			c.ordinality
		FROM jsonb_array_elements(CASE jsonb_typeof(t->'columns')
			WHEN 'array' THEN t->'columns' ELSE '[]' END)
			WITH ORDINALITY AS c
		WHERE c.ordinality <= 60
	)
	SELECT 'name', 'must have 1 to 50 small letters, digits, - and _'
	WHERE COALESCE(t->>'name', '') !~ '^[a-z0-9][a-z0-9_-]{0,49}$'
	UNION ALL
	SELECT p.member, COALESCE(etl_path_flaw(t->>p.member), 'is missing')
	FROM (VALUES ('items_path'), ('key_path'), ('updated_path'))
		AS p (member)
	WHERE CASE WHEN t->>p.member IS NULL THEN p.member <> 'updated_path'
		ELSE etl_path_flaw(t->>p.member) IS NOT NULL END
	UNION ALL
	SELECT 'target', 'must be records or work_items'
	WHERE COALESCE(t->>'target', 'records') NOT IN ('records', 'work_items')
	UNION ALL
	SELECT 'columns', 'must be a list of 1 to 60 columns'
	WHERE CASE WHEN jsonb_typeof(t->'columns') = 'array'
		THEN jsonb_array_length(t->'columns') NOT BETWEEN 1 AND 60
		ELSE true END
	UNION ALL
	SELECT place, 'must be an object of name, path and perhaps kind'
	FROM given
	WHERE CASE WHEN jsonb_typeof(value) = 'object'
		THEN value - '{name,path,kind}'::text[] <> '{}' ELSE true END
	UNION ALL
	SELECT place || '.name', CASE WHEN t->>'target' = 'work_items'
		THEN 'must be one that work_items has: docs/types.md lists them'
		ELSE 'must have 1 to 63 small letters, digits and _,'
		' a letter first' END
	FROM given
	WHERE jsonb_typeof(value) = 'object' AND CASE
		WHEN t->>'target' = 'work_items' THEN NOT EXISTS (SELECT
		FROM etl_target_columns('work_items') AS c
		WHERE c.name = value->>'name')
		ELSE COALESCE(value->>'name', '') !~ '^[a-z][a-z0-9_]{0,62}$' END
	UNION ALL
	SELECT min(place) || '.name', 'is there twice'
	FROM given
	WHERE value->>'name' IS NOT NULL
	GROUP BY value->>'name'
	HAVING count(*) > 1
	UNION ALL
	SELECT place || '.path',
		COALESCE(etl_path_flaw(value->>'path'), 'is missing')
	FROM given
	WHERE jsonb_typeof(value) = 'object' AND (value->>'path' IS NULL
		OR etl_path_flaw(value->>'path') IS NOT NULL)
	UNION ALL
	SELECT place || '.kind', CASE WHEN c.name IS NULL
		THEN 'must be text, texts, number, boolean, time or json'
		ELSE 'must be ' || c.kind || ', or be left out' END
	FROM given LEFT JOIN etl_target_columns(t->>'target') AS c
		ON c.name = value->>'name'
	WHERE value->>'kind' IS NOT NULL AND CASE WHEN c.name IS NULL
		THEN value->>'kind' NOT IN ('text', 'texts', 'number',
		'boolean', 'time', 'json')
		ELSE value->>'kind' <> c.kind END
$$;
COMMENT ON FUNCTION etl_type_flaws IS
	'What is wrong with a mapping, a row of entity_types as an object';

-- A mapping that is only tried is in app.mapping.
CREATE FUNCTION etl_mapping(tenant BIGINT, entity_type TEXT) RETURNS JSONB
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT COALESCE(NULLIF(current_setting('app.mapping', true), '')::jsonb,
		(SELECT to_jsonb(t)
		FROM entity_types AS t
		WHERE (t.tenant_id = tenant OR t.tenant_id IS NULL)
			AND t.name = entity_type AND t.active
		ORDER BY t.tenant_id NULLS LAST
		LIMIT 1))
$$;
COMMENT ON FUNCTION etl_mapping IS
	'The mapping of an entity type: the tenant''s own, else that of all';

CREATE FUNCTION etl_mapped_value(kind TEXT, value JSONB) RETURNS JSONB
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN value IN ('null', '""') THEN 'null' ELSE CASE kind
	WHEN 'text' THEN to_jsonb(etl_text(value))
	WHEN 'texts' THEN CASE WHEN value = '[]' THEN 'null'
		ELSE to_jsonb(etl_label(value)) END
	WHEN 'time' THEN to_jsonb(etl_timestamp(etl_scalar(value)))
	WHEN 'number' THEN to_jsonb(etl_points(value))
	WHEN 'boolean' THEN CASE lower(etl_scalar(value))
		WHEN 'true' THEN 'true'::jsonb WHEN 'false' THEN 'false' END
	WHEN 'id' THEN to_jsonb(etl_id(value))
	WHEN 'name' THEN to_jsonb(left(etl_word(value), 255))
	WHEN 'category' THEN to_jsonb(etl_category(value))
	WHEN 'json' THEN CASE WHEN pg_column_size(value) <= 65536 THEN value END
	END END
$$;
COMMENT ON FUNCTION etl_mapped_value IS
	'A value as a column of that kind takes it; null of a null and of an '
	'empty text, NULL is what cannot be read';

CREATE FUNCTION etl_one(list JSONB) RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN jsonb_array_length(list) = 1
		AND jsonb_typeof(list->0) = 'array' THEN list->0 ELSE list END
$$;
COMMENT ON FUNCTION etl_one IS
	'A list, or the only list in it';

CREATE FUNCTION etl_mapped(tenant BIGINT, integration BIGINT, batch BIGINT)
RETURNS TABLE (index BIGINT, external_id TEXT, stamp TIMESTAMP, told JSONB,
	wrong JSONB)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	WITH type AS MATERIALIZED (
		SELECT (m.mapping->>'items_path')::jsonpath AS items,
			(m.mapping->>'key_path')::jsonpath AS key,
			(m.mapping->>'updated_path')::jsonpath AS updated,
			m.mapping, r.created_at
		FROM raw_extraction_data AS r
		CROSS JOIN LATERAL (
			SELECT etl_mapping(tenant, r.entity_type) AS mapping
			OFFSET 0) AS m
		WHERE r.tenant_id = tenant AND r.integration_id = integration
			AND r.id = batch
	), col AS MATERIALIZED (
		SELECT c.value->>'name' AS name,
			(c.value->>'path')::jsonpath AS path,
			COALESCE(k.kind, c.value->>'kind', 'text') AS kind
		FROM type CROSS JOIN jsonb_array_elements(mapping->'columns')
			AS c (value)
		LEFT JOIN etl_target_columns(mapping->>'target') AS k
			ON k.name = c.value->>'name'
	), item AS MATERIALIZED (
		SELECT i.ordinality - 1 AS index, i.value
		FROM type CROSS JOIN raw_extraction_data AS r
		CROSS JOIN LATERAL jsonb_path_query(r.raw_data, type.items,
			'{}', true) WITH ORDINALITY AS i (value, ordinality)
		WHERE r.tenant_id = tenant AND r.integration_id = integration
			AND r.id = batch
		LIMIT NULLIF(current_setting('app.items', true), '')::bigint
	)
	SELECT i.index, etl_id(k.key), CASE WHEN type.updated IS NULL
			THEN type.created_at
			ELSE etl_timestamp(etl_scalar(k.updated)) END,
		COALESCE(v.told, '{}'),
		CASE WHEN type.updated IS NOT NULL
			AND etl_timestamp(etl_scalar(k.updated)) IS NULL
			THEN COALESCE(v.wrong, '[]') || '["updated_path"]'
			ELSE v.wrong END
	FROM type CROSS JOIN item AS i
	CROSS JOIN LATERAL (
		SELECT jsonb_path_query_first(i.value, type.key, '{}', true)
				AS key,
			CASE WHEN type.updated IS NOT NULL
				THEN jsonb_path_query_first(i.value,
				type.updated, '{}', true) END AS updated
		OFFSET 0) AS k
	CROSS JOIN LATERAL (
		SELECT jsonb_object_agg(c.name, c.value)
				FILTER (WHERE c.value IS NOT NULL) AS told,
			jsonb_agg(c.name) FILTER (WHERE c.value IS NULL)
				AS wrong
		FROM (
			SELECT f.name, etl_mapped_value(f.kind, f.found)
				AS value
			FROM (
				SELECT col.name, col.kind,
					CASE WHEN col.kind = 'texts'
					THEN etl_one(jsonb_path_query_array(
					i.value, col.path, '{}', true))
					ELSE jsonb_path_query_first(i.value,
					col.path, '{}', true) END AS found
				FROM col
				OFFSET 0) AS f
			WHERE f.found IS NOT NULL
			OFFSET 0) AS c) AS v
$$;
COMMENT ON FUNCTION etl_mapped IS
	'The items of a stored batch by its type''s mapping: the key (NULL: it '
	'has none), how old it is, the columns that it names, and those of them '
	'that cannot be read';

-- The same items for the statements that write: of several with one key the newest.
-- To read them costs more than all else; so the first statement keeps them in
-- app.mapped, unless they are large.
CREATE FUNCTION etl_mapped_keep(batch BIGINT, size BIGINT, items JSONB)
RETURNS BOOLEAN
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	IF size > 268435456 THEN
		RAISE EXCEPTION 'the mapping makes more than 256 MB of batch %',
			batch USING ERRCODE = 'program_limit_exceeded';
	END IF;
	PERFORM set_config('app.mapped', COALESCE(items::text, ''), true),
		set_config('app.mapped_batch', batch::text, true);
	RETURN items IS NOT NULL;
END
$$;
COMMENT ON FUNCTION etl_mapped_keep IS
	'Keeps the items of a batch until the transaction ends, for '
	'etl_mapped_newest: the key, the time and the columns of each. Fails: '
	'54000 where all columns have more than 256 MB';

CREATE FUNCTION etl_mapped_kept(batch BIGINT) RETURNS JSONB
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN current_setting('app.mapped_batch', true) = batch::text
		THEN NULLIF(current_setting('app.mapped', true), '')::jsonb END
$$;
COMMENT ON FUNCTION etl_mapped_kept IS 'What etl_mapped_keep has kept';

CREATE FUNCTION etl_mapped_newest(tenant BIGINT, integration BIGINT,
	batch BIGINT)
RETURNS TABLE (external_id TEXT, stamp TIMESTAMP, age TEXT, told JSONB)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	WITH kept AS MATERIALIZED (
		SELECT etl_mapped_kept(batch) AS items
	)
	SELECT e.value->>0, (e.value->>1)::timestamp,
		etl_age((e.value->>1)::timestamp, batch), e.value->2
	FROM kept CROSS JOIN jsonb_array_elements(kept.items) AS e (value)
	UNION ALL
	SELECT *
	FROM (
		SELECT DISTINCT ON (m.external_id COLLATE "C") m.external_id,
			m.stamp, etl_age(m.stamp, batch), m.told
		FROM kept CROSS JOIN LATERAL etl_mapped(tenant, integration,
			CASE WHEN kept.items IS NULL THEN batch END) AS m
		WHERE m.external_id IS NOT NULL
		ORDER BY m.external_id COLLATE "C", m.stamp DESC NULLS LAST,
			m.index DESC) AS n
$$;
COMMENT ON FUNCTION etl_mapped_newest IS
	'The items of a batch that have a key, each once';

CREATE FUNCTION etl_mapped_names(tenant BIGINT, integration BIGINT,
	batch BIGINT) RETURNS TEXT[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT ARRAY(SELECT c.value->>'name'
		FROM jsonb_array_elements(etl_mapping(tenant, r.entity_type)
			->'columns') AS c (value))
	FROM raw_extraction_data AS r
	WHERE r.tenant_id = tenant AND r.integration_id = integration
		AND r.id = batch
$$;
COMMENT ON FUNCTION etl_mapped_names IS
	'The columns of the mapping of a batch';

CREATE FUNCTION etl_mapped_notes(index BIGINT, key TEXT, wrong JSONB)
RETURNS SETOF JSONB
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT etl_note(index, 'key_path', 'no key')
	WHERE key IS NULL
	UNION ALL
	SELECT etl_note(index, w.place, CASE w.place WHEN 'updated_path'
		THEN 'not a time: it replaces nothing that is known'
		ELSE 'a value of another kind' END)
	FROM jsonb_array_elements_text(wrong) AS w (place)
	WHERE key IS NOT NULL
$$;
COMMENT ON FUNCTION etl_mapped_notes IS
	'What of an item of etl_mapped could not be read';

CREATE FUNCTION etl_mapped_outcome(tenant BIGINT, integration BIGINT,
	batch BIGINT, read BIGINT, lost BIGINT, notes JSONB[])
RETURNS TABLE (items BIGINT, unreadable BIGINT, skipped BIGINT,
	skipped_list JSONB, waiting JSONB, incomplete BIGINT,
	incomplete_list JSONB, refusal TEXT)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
	SELECT o.*
	FROM (
		SELECT a.answer, CASE WHEN read > 0
			THEN lost < read OR etl_refusal(a.answer) IS NULL
			ELSE COALESCE(jsonb_path_exists(a.answer, (substring(
			(p.mapping->>'items_path')::jsonpath::text
			FROM '^(.*)\[\*\]$'))::jsonpath, '{}', true), false)
			END AS is_read
		FROM (
			SELECT r.raw_data #> '{}' AS answer, r.entity_type
			FROM raw_extraction_data AS r
			WHERE r.tenant_id = tenant
				AND r.integration_id = integration
				AND r.id = batch
			OFFSET 0) AS a
		CROSS JOIN LATERAL (
			SELECT etl_mapping(tenant, a.entity_type) AS mapping
			OFFSET 0) AS p
		OFFSET 0) AS b
	CROSS JOIN LATERAL etl_outcome(CASE WHEN b.is_read THEN read END, lost,
		notes, NULL, ARRAY(SELECT e.note
			FROM etl_answer_errors(b.answer) AS e),
		CASE WHEN NOT b.is_read THEN etl_refusal(b.answer) END) AS o
$$;
COMMENT ON FUNCTION etl_mapped_outcome IS
	'What was read of a batch by its mapping, as etl_outcome has it';

-- What a row takes: a newer answer gives all that it names, an older one what no
-- newer one has named. One without a time counts only where nobody has one.
CREATE FUNCTION etl_mapped_is_newer(stamp TIMESTAMP, batch BIGINT,
	row_stamp TIMESTAMP, row_batch BIGINT) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN stamp IS NULL THEN row_stamp IS NULL
		AND batch >= COALESCE(row_batch, 0)
	ELSE row_stamp IS NULL OR stamp > row_stamp OR (stamp = row_stamp
		AND batch >= COALESCE(row_batch, 0)) END
$$;
COMMENT ON FUNCTION etl_mapped_is_newer IS
	'Whether an answer counts more than what a row was taken from, or is '
	'the same';

CREATE FUNCTION etl_mapped_taken(told JSONB, is_newer BOOLEAN, known JSONB,
	ages JSONB, age TEXT) RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN is_newer OR told = '{}' THEN told ELSE (
		SELECT COALESCE(jsonb_object_agg(t.key, t.value), '{}')
		FROM jsonb_each(told) AS t
		WHERE CASE WHEN ages ? t.key
			THEN COALESCE(ages->>t.key COLLATE "C" < age, true)
			ELSE NOT known ? t.key END) END
$$;
COMMENT ON FUNCTION etl_mapped_taken IS
	'Which of the columns that an answer names a row takes from it';

CREATE FUNCTION etl_mapped_ages(names TEXT[], taken JSONB, is_newer BOOLEAN,
	known JSONB, ages JSONB, before TEXT, age TEXT) RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN is_newer AND taken ?& names THEN NULL
	WHEN is_newer THEN (
		SELECT jsonb_object_agg(n.name, CASE WHEN ages ? n.name
			THEN ages->n.name ELSE to_jsonb(before) END)
		FROM unnest(names) AS n (name)
		WHERE NOT taken ? n.name AND known ? n.name)
	WHEN taken = '{}' THEN ages
	ELSE COALESCE(ages, '{}') || (
		SELECT jsonb_object_agg(k.name, age)
		FROM jsonb_object_keys(taken) AS k (name)) END
$$;
COMMENT ON FUNCTION etl_mapped_ages IS
	'column_ages of a row that takes these: when those were told that the '
	'newest answer did not name; before: the age of the row';

-- A mapping that is proposed from what a batch has: the longest list of objects
-- up to three members deep, what looks like a key and a time of change, and each
-- value up to three members deep as a column. The first 100 items are looked at.
CREATE FUNCTION etl_member_path(member TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT '.' || CASE WHEN member ~ '^[A-Za-z_][A-Za-z0-9_]*$' THEN member
		ELSE to_jsonb(member)::text END
$$;
COMMENT ON FUNCTION etl_member_path IS 'A step of a jsonpath to a member';

CREATE FUNCTION etl_infer(tenant BIGINT, batch BIGINT) RETURNS SETOF JSONB
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 SET jit = off AS $$
	WITH RECURSIVE kept AS MATERIALIZED (
		SELECT r.raw_data #> '{}' AS answer, r.entity_type
		FROM raw_extraction_data AS r
		WHERE r.tenant_id = tenant AND r.id = batch AND r.active
		OFFSET 0
	), place AS (
		SELECT '$' AS path, k.answer AS value, 0 AS depth
		FROM kept AS k
		UNION ALL
		SELECT p.path || etl_member_path(m.key), m.value, p.depth + 1
		FROM place AS p
		CROSS JOIN LATERAL (
			SELECT e.key, e.value
			FROM jsonb_each(CASE jsonb_typeof(p.value)
				WHEN 'object' THEN p.value ELSE '{}' END) AS e
			WHERE jsonb_typeof(e.value) IN ('object', 'array')
			LIMIT 100) AS m
		WHERE p.depth < 3
	), list AS MATERIALIZED (
		SELECT l.path, l.value
		FROM (
			SELECT p.path || '[*]' AS path, p.value, p.depth,
				jsonb_array_length(p.value) AS length
			FROM place AS p
			WHERE CASE jsonb_typeof(p.value) WHEN 'array' THEN
				jsonb_typeof(p.value->0) = 'object'
				ELSE false END
			UNION ALL
			SELECT p.path, jsonb_build_array(p.value), 9, -1
			FROM place AS p
			WHERE p.depth = 0 AND jsonb_typeof(p.value) = 'object'
		) AS l
		ORDER BY l.length DESC, l.depth, l.path
		LIMIT 1
	), item AS MATERIALIZED (
		SELECT i.value, i.ordinality AS nr
		FROM list AS l
		CROSS JOIN jsonb_array_elements(l.value) WITH ORDINALITY AS i
		WHERE i.ordinality <= 100 AND jsonb_typeof(i.value) = 'object'
	), member AS (
		SELECT i.nr, '$' || etl_member_path(m.key) AS path,
			m.key AS name, m.key AS last, m.value, 1 AS depth
		FROM item AS i
		CROSS JOIN LATERAL (
			SELECT * FROM jsonb_each(i.value) LIMIT 200) AS m
		UNION ALL
		SELECT p.nr, p.path || etl_member_path(m.key),
			p.name || '_' || m.key, m.key, m.value, p.depth + 1
		FROM member AS p
		CROSS JOIN LATERAL (
			SELECT *
			FROM jsonb_each(CASE jsonb_typeof(p.value)
				WHEN 'object' THEN p.value ELSE '{}' END)
			LIMIT 200) AS m
		WHERE p.depth < 3
	), leaf AS MATERIALIZED (
		SELECT m.path, min(m.name) AS name, min(m.last) AS last,
			min(m.depth) AS depth, min(m.nr) AS first,
			count(*) AS given, count(DISTINCT m.value) AS different,
			bool_or(v.is_blank) AS has_blank,
			CASE WHEN bool_and(v.is_blank) THEN 'text'
			WHEN bool_and(v.is_blank OR v.kind = 'boolean'
				OR v.word IN ('true', 'false')) THEN 'boolean'
			WHEN bool_and(v.is_blank OR v.kind = 'number' OR v.word
				~ '^-?(0|[1-9][0-9]{0,14})([.][0-9]{1,6})?$')
				THEN 'number'
			WHEN bool_and(v.is_blank OR (v.kind = 'string'
				AND v.word ~ '^[0-9]{4}-'
				AND etl_timestamp(v.word) IS NOT NULL))
				THEN 'time'
			WHEN bool_and(v.is_blank OR v.kind = 'array')
				THEN CASE WHEN bool_and(v.is_blank OR etl_label(
				m.value) IS NOT NULL) THEN 'texts'
				ELSE 'json' END
			WHEN bool_or(v.kind = 'array') THEN 'json'
			ELSE 'text' END AS kind
		FROM member AS m
		CROSS JOIN LATERAL (
			SELECT jsonb_typeof(m.value) AS kind,
				etl_scalar(m.value) AS word,
				m.value IN ('null', '""', '[]') AS is_blank) AS v
		WHERE jsonb_typeof(m.value) <> 'object'
			AND length(m.path) <= 500
		GROUP BY m.path
	), key AS (
		SELECT l.path
		FROM leaf AS l
		WHERE l.given = (SELECT count(*) FROM item)
			AND l.different = l.given AND NOT l.has_blank
			AND l.kind IN ('text', 'number')
		ORDER BY l.depth, array_position(ARRAY['id', 'key', 'uuid',
			'guid', 'number', 'name'], lower(l.last)) NULLS LAST,
			lower(l.last) !~ '(^|[^a-z])(id|key)$', l.path
		LIMIT 1
	), updated AS (
		SELECT l.path
		FROM leaf AS l
		WHERE l.given = (SELECT count(*) FROM item) AND l.kind = 'time'
			AND NOT l.has_blank
			AND l.last ~* '(updated|modified|changed|change_at|edited)'
		ORDER BY l.depth, l.last !~* 'updated', l.path
		LIMIT 1
	), named AS (
		SELECT l.path, l.kind, l.first, trim('_' FROM left(
			CASE WHEN n.name ~ '^[a-z]' THEN n.name
			ELSE 'c_' || n.name END, 58)) AS name
		FROM (
			SELECT *, CASE WHEN count(*) OVER (PARTITION BY
				lower(last)) = 1 THEN last ELSE name END AS told
			FROM leaf) AS l
		CROSS JOIN LATERAL (
			SELECT trim('_' FROM regexp_replace(lower(
				regexp_replace(l.told, '([a-z0-9])([A-Z])',
				'\1_\2', 'g')), '[^a-z0-9]+', '_', 'g')) AS name
			) AS n
	), col AS (
		SELECT n.path, n.kind, n.first, n.name || CASE WHEN row_number()
			OVER same > 1 THEN '_' || row_number() OVER same
			ELSE '' END AS name
		FROM named AS n
		WINDOW same AS (PARTITION BY n.name ORDER BY n.path)
		ORDER BY n.first, n.path
		LIMIT 60
	)
	SELECT jsonb_build_object('name', k.entity_type,
		'items_path', l.path, 'key_path', (SELECT key.path FROM key),
		'updated_path', (SELECT updated.path FROM updated),
		'target', 'records', 'columns', COALESCE((
			SELECT jsonb_agg(jsonb_build_object('name', c.name,
				'path', c.path, 'kind', c.kind)
				ORDER BY c.first, c.path)
			FROM col AS c), '[]'))
	FROM kept AS k CROSS JOIN list AS l
	WHERE EXISTS (SELECT FROM item)
$$;
COMMENT ON FUNCTION etl_infer IS
	'A mapping for the type of a batch, proposed from what the batch has; no '
	'row: it has neither an object nor a list of such';

-- Rights and the second lock, as in 0006. A type without a tenant is everybody's
-- to read; only who sees every tenant may change it.
DO $$
DECLARE
	owned text;
	policy constant text := 'tenant_id = (SELECT NULLIF(current_setting('
		'''app.tenant_id'', true), '''')::integer) OR (SELECT '
		'current_setting(''app.every_tenant'', true) = ''on'')';
BEGIN
	FOREACH owned IN ARRAY '{entity_types, records}'::text[]
	LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY,'
			' FORCE ROW LEVEL SECURITY', owned);
		EXECUTE format('CREATE POLICY tenant_isolation ON %I'
			' USING (%s) WITH CHECK (%s)', owned, policy, policy);
		EXECUTE format('REVOKE ALL ON %I FROM PUBLIC,'
			' pulse_etl_service', owned);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I'
			' TO pulse_etl_service', owned);
	END LOOP;
END
$$;
CREATE POLICY shared_types ON entity_types FOR SELECT
	USING (tenant_id IS NULL);
GRANT USAGE, SELECT ON SEQUENCE entity_types_id_seq, records_id_seq
	TO pulse_etl_service;

-- What readers see of it.
GRANT SELECT ON records TO pulse_etl_reader;
CREATE POLICY reader_sees ON records FOR SELECT TO pulse_etl_reader
	USING (tenant_id = (SELECT report.reader_tenant()));
CREATE POLICY reader_isolation ON records AS RESTRICTIVE TO pulse_etl_reader
	USING (tenant_id = (SELECT report.reader_tenant()));
CREATE VIEW report.records WITH (security_invoker = true) AS
SELECT r.tenant_id, r.id, r.integration_id, r.entity_type, r.external_id,
	r.updated, r.fields
FROM public.records AS r
WHERE r.active;
COMMENT ON VIEW report.records IS
	'Items of entity types that a mapping turns into records';
COMMENT ON COLUMN report.records.tenant_id IS 'The tenant that the row is of';
COMMENT ON COLUMN report.records.id IS 'Of this row, within this database';
COMMENT ON COLUMN report.records.integration_id IS
	'The account of a source that it came from';
COMMENT ON COLUMN report.records.entity_type IS 'The type of its batches';
COMMENT ON COLUMN report.records.external_id IS
	'The id that the source gives it';
COMMENT ON COLUMN report.records.updated IS
	'When it was last changed at the source (UTC)';
COMMENT ON COLUMN report.records.fields IS
	'The columns that the mapping of its type names';
GRANT SELECT ON report.records TO pulse_etl_reader, pulse_etl_service;
DO $$
BEGIN
	IF current_user <> 'pulse_etl_owner' THEN
		ALTER TABLE entity_types OWNER TO pulse_etl_owner;
		ALTER TABLE records OWNER TO pulse_etl_owner;
		ALTER VIEW report.records OWNER TO pulse_etl_owner;
	END IF;
END
$$;
