-- What transformers and loaders need: functions that read what APIs send
-- without ever failing on it, and keys of rows that a batch may bring again.

-- Functions. Whatever is not what it should be becomes NULL. Those that the
-- planner can put in place of their calls are LANGUAGE sql and not STRICT.

CREATE FUNCTION etl_scalar(value JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN jsonb_typeof(value) IN ('string', 'number', 'boolean')
		THEN value #>> '{}' END
$$;
COMMENT ON FUNCTION etl_scalar IS
	'The text of a string, number or boolean';

CREATE FUNCTION etl_name(value JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN jsonb_typeof(value) IN ('string', 'number')
		AND value <> '""' THEN left(value #>> '{}', 255) END
$$;
COMMENT ON FUNCTION etl_name IS
	'The same for what is not empty, cut at 255 characters: an index can '
	'hold it';

CREATE FUNCTION etl_id(value JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN jsonb_typeof(value) IN ('string', 'number')
		AND length(value #>> '{}') BETWEEN 1 AND 255
		THEN value #>> '{}' END
$$;
COMMENT ON FUNCTION etl_id IS
	'An identifier: as etl_name, but a long one is none';

CREATE FUNCTION etl_integer(value TEXT) RETURNS INTEGER
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN value ~ '^\s*[+-]?\d{1,10}(\.\d{0,30})?\s*$' THEN
		CASE WHEN round(value::numeric)
			BETWEEN -2147483648 AND 2147483647
		THEN round(value::numeric)::integer END END
$$;
COMMENT ON FUNCTION etl_integer IS
	'A number or numeric text, rounded, that fits an INTEGER';

-- A day that is none (February 30) must not reach the cast. The first case is
-- nearly every one. STABLE as the cast is, though a text with an offset means
-- the same everywhere.
CREATE FUNCTION etl_timestamp(value TEXT) RETURNS TIMESTAMP
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT CASE
	WHEN value ~ '^[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?(?:Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])$'
		THEN value::timestamptz AT TIME ZONE 'UTC'
	WHEN value !~ '^[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?(?:Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)?)?$'
		OR value ~ '^.{5}(?:02-3|(?:02|04|06|09|11)-31)' THEN NULL
	WHEN value ~ '^.{5}02-29' AND value !~
		'^(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)'
		THEN NULL
	WHEN value ~ '(?:Z|:.*[+-][0-9:]+)$' THEN
		value::timestamptz AT TIME ZONE 'UTC'
	ELSE value::timestamp
	END
$$;
COMMENT ON FUNCTION etl_timestamp IS
	'ISO 8601 with any offset as UTC; without one it is UTC already';

CREATE FUNCTION etl_word(value JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE jsonb_typeof(value)
	WHEN 'object' THEN COALESCE(etl_scalar(value->'displayName'),
		etl_scalar(value->'name'), etl_scalar(value->'value'))
	ELSE etl_scalar(value)
	END
$$;
COMMENT ON FUNCTION etl_word IS
	'A scalar, or an object''s displayName, name or value';

CREATE FUNCTION etl_words(value JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT string_agg(etl_word(e.value), ', ' ORDER BY e.ordinality)
	FROM jsonb_array_elements(value) WITH ORDINALITY AS e
$$;
COMMENT ON FUNCTION etl_words IS
	'The elements of an array as etl_word, joined with ", "';

CREATE FUNCTION etl_label(value JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN jsonb_typeof(value) <> 'array' THEN etl_word(value)
		WHEN value <> '[]' THEN etl_words(value) END
$$;
COMMENT ON FUNCTION etl_label IS
	'Any value in a few words';

-- Nodes come in the order of the document. A block begins a line of its own.
-- strict: "**" would give what is in an array twice otherwise.
CREATE FUNCTION etl_document(value JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT btrim(regexp_replace(string_agg(CASE n.node->>'type'
		WHEN 'text' THEN etl_scalar(n.node->'text')
		WHEN 'mention' THEN etl_scalar(n.node#>'{attrs,text}')
		WHEN 'emoji' THEN COALESCE(etl_scalar(n.node#>'{attrs,text}'),
			etl_scalar(n.node#>'{attrs,shortName}'))
		WHEN 'status' THEN etl_scalar(n.node#>'{attrs,text}')
		WHEN 'inlineCard' THEN etl_scalar(n.node#>'{attrs,url}')
		WHEN 'blockCard' THEN E'\n' || etl_scalar(n.node#>'{attrs,url}')
		ELSE E'\n'
		END, '' ORDER BY n.ordinality), '\n{2,}', E'\n', 'g'), E'\n')
	FROM jsonb_path_query(value, 'strict $.** ? (@.type == "text" ||
		@.type == "paragraph" || @.type == "heading" ||
		@.type == "hardBreak" || @.type == "codeBlock" ||
		@.type == "listItem" || @.type == "taskItem" ||
		@.type == "decisionItem" || @.type == "tableCell" ||
		@.type == "tableHeader" || @.type == "rule" ||
		@.type == "mention" || @.type == "emoji" ||
		@.type == "status" || @.type == "inlineCard" ||
		@.type == "blockCard")', '{}', true)
		WITH ORDINALITY AS n (node, ordinality)
$$;
COMMENT ON FUNCTION etl_document IS
	'The text of an Atlassian document, a block a line';

CREATE FUNCTION etl_text(value JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE jsonb_typeof(value) WHEN 'object' THEN etl_document(value)
		ELSE etl_scalar(value) END
$$;
COMMENT ON FUNCTION etl_text IS
	'A text as it is, an Atlassian document as its text';

-- Names of categories are in the language of the source; their keys are not.
CREATE FUNCTION etl_category(value JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE lower(COALESCE(value->>'key', etl_scalar(value)))
	WHEN 'new' THEN 'To Do'
	WHEN 'todo' THEN 'To Do'
	WHEN 'indeterminate' THEN 'In Progress'
	WHEN 'in_progress' THEN 'In Progress'
	WHEN 'done' THEN 'Done'
	ELSE COALESCE(etl_name(value->'name'), etl_name(value))
	END
$$;
COMMENT ON FUNCTION etl_category IS
	'A status category, whatever language its name is in';

-- No part of the payload is copied to find out.
CREATE FUNCTION etl_path(raw_data JSONB, names TEXT[]) RETURNS JSONPATH
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE jsonb_typeof(raw_data)
	WHEN 'array' THEN 'strict $[*]'::jsonpath
	WHEN 'object' THEN (
		SELECT ('strict $.' || n.name || '[*]')::jsonpath
		FROM unnest(names) WITH ORDINALITY AS n (name, place)
		WHERE jsonb_path_exists(raw_data, ('strict $.' || n.name ||
			' ? (@.type() == "array")')::jsonpath, '{}', true)
		ORDER BY n.place
		LIMIT 1)
	END
$$;
COMMENT ON FUNCTION etl_path IS
	'The way to the items: of an array, or of the first of these members '
	'that holds one';

-- The planner puts it in place, too. "#> '{}'" unpacks the payload, and OFFSET
-- keeps that from being done again for each use.
CREATE FUNCTION etl_items(tenant BIGINT, integration BIGINT, batch BIGINT,
	names TEXT[])
RETURNS TABLE (index BIGINT, value JSONB, stored_at TIMESTAMP)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT i.place - 1, i.value, r.created_at
	FROM (
		SELECT d.raw_data #> '{}' AS raw_data, d.created_at
		FROM raw_extraction_data AS d
		WHERE d.tenant_id = tenant AND d.integration_id = integration
			AND d.id = batch
		OFFSET 0) AS r
	CROSS JOIN jsonb_path_query(r.raw_data, etl_path(r.raw_data, names))
		WITH ORDINALITY AS i (value, place)
	WHERE i.place <= COALESCE(NULLIF(current_setting('app.items', true),
		'')::bigint, i.place)
$$;
COMMENT ON FUNCTION etl_items IS
	'The items of a stored batch, their places counted from 0; only the '
	'first app.items of them while somebody looks for the one that fails';

-- OFFSET makes plain columns of what is worked out here: under row-level
-- security an index is used with a column, and not with an expression whose
-- functions might tell tales.
CREATE FUNCTION etl_panels(tenant BIGINT, integration BIGINT, batch BIGINT)
RETURNS TABLE (index BIGINT, value JSONB, issue_id TEXT, issue_key TEXT,
	stored_at TIMESTAMP)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT i.index, i.value, COALESCE(etl_id(i.value->'issue_id'),
		etl_id(i.value->'issueId')), COALESCE(
		etl_id(i.value->'issue_key'), etl_id(i.value->'issueKey')),
		i.stored_at
	FROM etl_items(tenant, integration, batch, '{values,items}') AS i
	OFFSET 0
$$;
COMMENT ON FUNCTION etl_panels IS
	'The development panels of a stored batch, each with its issue';

-- Pull requests, as GraphQL and as REST have them.

CREATE FUNCTION etl_nodes(value JSONB) RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN jsonb_typeof(value) = 'array' THEN value
		WHEN jsonb_typeof(value->'nodes') = 'array' THEN value->'nodes'
		ELSE '[]' END
$$;
COMMENT ON FUNCTION etl_nodes IS
	'An array, or a connection''s nodes, or nothing: []';

CREATE FUNCTION etl_total(value JSONB) RETURNS INTEGER
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT etl_integer(COALESCE(value->>'totalCount', CASE WHEN
		jsonb_typeof(value) = 'number' THEN value #>> '{}' END))
$$;
COMMENT ON FUNCTION etl_total IS
	'How many a connection says it has; REST has just a number there';

-- The first of them are in the branch, if it names any.
CREATE FUNCTION etl_issue_keys(value TEXT) RETURNS VARCHAR[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT array_agg(k.key ORDER BY k.place)
	FROM (
		SELECT m.found[1] AS key, min(m.place) AS place
		FROM regexp_matches(value, '[A-Z][A-Z0-9_]+-[0-9]+', 'g')
			WITH ORDINALITY AS m (found, place)
		WHERE length(m.found[1]) <= 255
		GROUP BY m.found[1]
		ORDER BY min(m.place)
		LIMIT 100) AS k
$$;
COMMENT ON FUNCTION etl_issue_keys IS
	'Issue keys a text names, each once, in their order; NULL for none';

-- A node id is the same in GraphQL (id) and REST (node_id).
CREATE FUNCTION etl_prs(tenant BIGINT, integration BIGINT, batch BIGINT)
RETURNS TABLE (index BIGINT, value JSONB, external_id TEXT,
	updated TIMESTAMP, repo_id TEXT, repo_name TEXT, stored_at TIMESTAMP)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT i.index, i.value,
		COALESCE(etl_id(i.value->'node_id'), etl_id(i.value->'id')),
		etl_timestamp(COALESCE(i.value->>'updatedAt',
			i.value->>'updated_at')),
		COALESCE(etl_id(i.value#>'{base,repo,node_id}'),
			etl_id(i.value#>'{base,repo,id}'),
			etl_id(i.value#>'{repository,node_id}'),
			etl_id(i.value#>'{repository,id}'), top.id),
		COALESCE(etl_id(i.value#>'{base,repo,full_name}'),
			etl_id(i.value#>'{repository,nameWithOwner}'),
			etl_id(i.value#>'{repository,full_name}'), top.name,
			substring(COALESCE(i.value->>'html_url',
				i.value->>'url') FROM
				'^https?://[^/]+/([^/]{1,100}/[^/]{1,100})/pull/')),
		i.stored_at
	FROM (
		SELECT COALESCE(etl_id(r.repo->'node_id'), etl_id(r.repo->'id'))
			AS id, COALESCE(etl_id(r.repo->'nameWithOwner'),
			etl_id(r.repo->'full_name')) AS name
		FROM (
			SELECT COALESCE(d.raw_data->'repository',
				d.raw_data#>'{data,repository}') AS repo
			FROM raw_extraction_data AS d
			WHERE d.tenant_id = tenant
				AND d.integration_id = integration
				AND d.id = batch
			OFFSET 0) AS r
		OFFSET 0) AS top
	CROSS JOIN etl_items(tenant, integration, batch, '{pullRequests.nodes,
		repository.pullRequests.nodes,
		data.repository.pullRequests.nodes,prs,pull_requests}') AS i
	OFFSET 0
$$;
COMMENT ON FUNCTION etl_prs IS
	'The pull requests of a stored batch, each with its repository';
