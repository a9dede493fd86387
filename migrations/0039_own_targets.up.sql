-- Entity types without C that become pull requests and repositories. Their batches
-- are read as an answer of GitHub that has the same: what makes rows of such an
-- answer is there once, and so are its rules.

-- Records by HTTP: of a type, by id; and what changed lately.
CREATE INDEX idx_records_list ON records (tenant_id, entity_type, id);
CREATE INDEX idx_records_updated ON records (tenant_id, updated);

-- A function with one text of it replaced.
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

DROP FUNCTION etl_target_columns(TEXT);
CREATE FUNCTION etl_target_columns(target TEXT)
RETURNS TABLE (name TEXT, kind TEXT, member TEXT)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 40 AS $$
	SELECT c.name, c.kind, c.member
	FROM (VALUES ('work_items', 'key', 'id', NULL),
		('work_items', 'project', 'name', NULL),
		('work_items', 'type', 'name', NULL),
		('work_items', 'status', 'name', NULL),
		('work_items', 'status_category', 'category', NULL),
		('work_items', 'summary', 'text', NULL),
		('work_items', 'description', 'text', NULL),
		('work_items', 'resolution', 'text', NULL),
		('work_items', 'assignee', 'text', NULL),
		('work_items', 'labels', 'texts', NULL),
		('work_items', 'priority', 'text', NULL),
		('work_items', 'created', 'time', NULL),
		('work_items', 'resolution_date', 'time', NULL),
		('work_items', 'parent_external_id', 'id', NULL),
		('work_items', 'team', 'text', NULL),
		('work_items', 'story_points', 'number', NULL),
		('work_items', 'code_changed', 'boolean', NULL),
		('work_items', 'acceptance_criteria', 'text', NULL),
		('prs', 'repository', 'name', 'repository'),
		('prs', 'number', 'number', 'number'),
		('prs', 'name', 'text', 'title'),
		('prs', 'user_name', 'text', 'user'),
		('prs', 'body', 'text', 'body'),
		('prs', 'source', 'text', 'headRefName'),
		('prs', 'destination', 'text', 'baseRefName'),
		('prs', 'status', 'text', 'state'),
		('prs', 'url', 'text', 'html_url'),
		('prs', 'pr_created_at', 'time', 'created_at'),
		('prs', 'closed_at', 'time', 'closed_at'),
		('prs', 'merged_at', 'time', 'merged_at'),
		('prs', 'merged_by', 'text', 'merged_by'),
		('prs', 'additions', 'number', 'additions'),
		('prs', 'deletions', 'number', 'deletions'),
		('prs', 'changed_files', 'number', 'changed_files'),
		('repositories', 'name', 'text', 'name'),
		('repositories', 'full_name', 'name', 'full_name'),
		('repositories', 'description', 'text', 'description'),
		('repositories', 'url', 'text', 'html_url'),
		('repositories', 'is_private', 'boolean', 'private'),
		('repositories', 'repo_created_at', 'time', 'created_at'),
		('repositories', 'pushed_at', 'time', 'pushed_at'),
		('repositories', 'language', 'text', 'language'),
		('repositories', 'default_branch', 'text', 'default_branch'),
		('repositories', 'archived', 'boolean', 'archived'))
		AS c (target, name, kind, member)
	WHERE c.target = etl_target_columns.target
	UNION ALL
	SELECT 'custom_field_' || to_char(n, 'FM00'), 'texts', NULL
	FROM generate_series(1, 20) AS n
	WHERE target = 'work_items'
$$;
COMMENT ON FUNCTION etl_target_columns IS
	'The columns that a target has, how they are read, and what GitHub '
	'calls them; none of a target that takes any';

SELECT pg_temp.mend('etl_type_flaws', 'must be records or work_items',
	'must be records, work_items, prs or repositories');
SELECT pg_temp.mend('etl_type_flaws', $$NOT IN ('records', 'work_items')$$,
	$$NOT IN ('records', 'work_items', 'prs', 'repositories')$$);
SELECT pg_temp.mend('etl_type_flaws', $$CASE WHEN t->>'target' = 'work_items'
		THEN 'must be one that work_items has: docs/types.md lists them'$$,
	$$CASE WHEN t->>'target' <> 'records'
		THEN 'must be one that the target has: docs/types.md lists them'$$);
SELECT pg_temp.mend('etl_type_flaws', $$WHEN t->>'target' = 'work_items' THEN NOT EXISTS (SELECT
		FROM etl_target_columns('work_items') AS c$$,
	$$WHEN t->>'target' <> 'records' THEN NOT EXISTS (SELECT
		FROM etl_target_columns(t->>'target') AS c$$);

-- Of a login GitHub has an object. GitLab names a merge request group/project!7.
CREATE FUNCTION etl_mapped_item(target TEXT, key TEXT, stamp TIMESTAMP,
	told JSONB, wrong JSONB) RETURNS JSONB
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT jsonb_build_object('updated_at', stamp, '__typename',
		CASE target WHEN 'prs' THEN 'PullRequest' ELSE 'Repository' END)
		|| CASE WHEN key IS NULL THEN '{}'
		ELSE jsonb_build_object('id', key) END
		|| CASE WHEN wrong IS NULL THEN '{}'
		ELSE jsonb_build_object('_wrong', wrong) END
		|| COALESCE((
		SELECT jsonb_object_agg(c.member, CASE
			WHEN t.value = 'null' THEN t.value
			WHEN c.member IN ('user', 'merged_by')
			THEN jsonb_build_object('login', t.value)
			WHEN c.member = 'repository' THEN to_jsonb(
			regexp_replace(t.value #>> '{}', '![0-9]+$', ''))
			ELSE t.value END)
		FROM jsonb_each(told) AS t
		JOIN etl_target_columns(target) AS c ON c.name = t.key), '{}')
$$;
COMMENT ON FUNCTION etl_mapped_item IS
	'An item of etl_mapped as GitHub has a pull request or a repository; '
	'_wrong are the columns that cannot be read';

CREATE FUNCTION etl_mapped_keep_answer(tenant BIGINT, integration BIGINT,
	batch BIGINT) RETURNS BOOLEAN
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	target TEXT;
	answer JSONB;
BEGIN
	SELECT etl_mapping(tenant, r.entity_type)->>'target' INTO target
	FROM raw_extraction_data AS r
	WHERE r.tenant_id = tenant AND r.integration_id = integration
		AND r.id = batch;
	IF COALESCE(target, '') NOT IN ('prs', 'repositories')
	    OR current_setting('app.mapped_batch', true) = batch::text THEN
		RETURN false;
	END IF;
	WITH item AS MATERIALIZED (
		SELECT m.*
		FROM etl_mapped(tenant, integration, batch) AS m
	)
	SELECT CASE WHEN o.items IS NULL
		THEN jsonb_build_object('message', o.refusal)
		ELSE jsonb_build_object(target, COALESCE((
			SELECT jsonb_agg(etl_mapped_item(target,
				i.external_id, i.stamp, i.told, i.wrong)
				ORDER BY i.index)
			FROM item AS i), '[]')) || COALESCE((
			SELECT jsonb_object_agg(e.key, e.value)
			FROM raw_extraction_data AS r
			CROSS JOIN jsonb_each(CASE jsonb_typeof(r.raw_data)
				WHEN 'object' THEN r.raw_data END) AS e
			WHERE r.tenant_id = tenant
				AND r.integration_id = integration
				AND r.id = batch AND e.key IN ('errors',
				'errorMessages', 'warningMessages', 'warnings',
				'configErrors', 'incomplete_results')), '{}')
		END
	INTO answer
	FROM etl_mapped_outcome(tenant, integration, batch,
		(SELECT count(*) FROM item), (SELECT count(*) FROM item
		WHERE external_id IS NULL), '{}') AS o;
	IF pg_column_size(answer) > 50000000 THEN
		RAISE EXCEPTION 'the mapping makes more than 50 MB of batch %',
			batch USING ERRCODE = 'program_limit_exceeded';
	END IF;
	RETURN etl_mapped_keep(batch, 0, answer);
END
$$;
COMMENT ON FUNCTION etl_mapped_keep_answer IS
	'Keeps the items of a batch whose mapping makes pull requests or '
	'repositories until the transaction ends, as an answer of GitHub, for '
	'etl_answer. Fails: 54000 where it has more than 50 MB';

CREATE FUNCTION etl_answer(tenant BIGINT, integration BIGINT, batch BIGINT)
RETURNS TABLE (answer JSONB, metadata JSONB, target TEXT)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
	SELECT COALESCE(k.answer, r.raw_data #> '{}'),
		CASE WHEN k.answer IS NULL THEN r.extraction_metadata END,
		CASE WHEN k.answer IS NULL THEN substring(r.entity_type
			FROM '^github_(prs|repositories)_batch$')
		WHEN k.answer ? 'prs' THEN 'prs'
		WHEN k.answer ? 'repositories' THEN 'repositories' END
	FROM raw_extraction_data AS r
	CROSS JOIN LATERAL (
		SELECT etl_mapped_kept(batch) AS answer
		OFFSET 0) AS k
	WHERE r.tenant_id = tenant AND r.integration_id = integration
		AND r.id = batch
	OFFSET 0
$$;
COMMENT ON FUNCTION etl_answer IS
	'A stored batch of pull requests or repositories as GitHub has them: as '
	'it came, or as etl_mapped_keep_answer has read it';

SELECT pg_temp.mend('etl_prs_read', $$SELECT e.raw_data #> '{}' AS answer,
						e.extraction_metadata
						AS metadata
					FROM raw_extraction_data AS e
					WHERE e.tenant_id = tenant
						AND e.integration_id
						= integration AND e.id = batch
$$, $$SELECT e.answer, e.metadata
					FROM etl_answer(tenant, integration,
						batch) AS e
$$);
SELECT pg_temp.mend('etl_repository_items', $$SELECT d.raw_data #> '{}' AS answer
			FROM raw_extraction_data AS d
			WHERE d.tenant_id = tenant
				AND d.integration_id = integration
				AND d.id = batch
				AND d.entity_type = 'github_repositories_batch'
$$, $$SELECT d.answer
			FROM etl_answer(tenant, integration, batch) AS d
			WHERE d.target = 'repositories'
$$);
SELECT pg_temp.mend('etl_repositories', $$FROM raw_extraction_data AS d
					WHERE d.tenant_id = tenant
					AND d.id = batch
					AND d.entity_type = 'github_prs_batch')
$$, $$FROM etl_answer(tenant, integration,
					batch) AS d
					WHERE d.target = 'prs')
$$);
