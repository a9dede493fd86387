-- Repositories of REST: an array, repositories[] or items[]. One that a pull
-- request has made under the same name is the same, whichever form of id it
-- came with.

-- statement: read
WITH item AS (
	SELECT index, CASE
		WHEN COALESCE(etl_id(value->'node_id'), etl_id(value->'id'))
			IS NULL THEN 'no id'
		WHEN COALESCE(etl_id(value->'full_name'),
			etl_id(value->'nameWithOwner'), etl_id(value->'name'))
			IS NULL THEN 'no name'
		END AS reason
	FROM etl_items($1, $2, $3, '{repositories,items}')
), skipped AS (
	SELECT count(*) AS count, jsonb_agg(jsonb_build_object(
		'index', index, 'reason', reason) ORDER BY index) AS list
	FROM item
	WHERE reason IS NOT NULL
)
SELECT CASE WHEN etl_path(raw_data, '{repositories,items}') IS NOT NULL
	THEN (SELECT count(*) FROM item) END,
	skipped.count, skipped.count, skipped.list
FROM raw_extraction_data CROSS JOIN skipped
WHERE tenant_id = $1 AND integration_id = $2 AND id = $3

-- statement: repositories
WITH item AS (
	SELECT index,
		COALESCE(etl_id(value->'node_id'), etl_id(value->'id'))
			AS external_id,
		COALESCE(etl_id(value->'full_name'),
			etl_id(value->'nameWithOwner'), etl_id(value->'name'))
			AS full_name,
		etl_scalar(value->'name') AS name,
		etl_scalar(value->'description') AS description,
		COALESCE(etl_scalar(value->'html_url'),
			etl_scalar(value->'url')) AS url,
		COALESCE(value->'private', value->'isPrivate') AS private,
		etl_timestamp(COALESCE(value->>'created_at',
			value->>'createdAt')) AS created,
		etl_timestamp(COALESCE(value->>'updated_at',
			value->>'updatedAt')) AS updated,
		etl_timestamp(COALESCE(value->>'pushed_at',
			value->>'pushedAt')) AS pushed,
		COALESCE(etl_scalar(value->'language'),
			etl_scalar(value#>'{primaryLanguage,name}')) AS language,
		COALESCE(etl_scalar(value->'default_branch'),
			etl_scalar(value#>'{defaultBranchRef,name}')) AS branch,
		COALESCE(value->'archived', value->'isArchived') AS archived
	FROM etl_items($1, $2, $3, '{repositories,items}')
	OFFSET 0
), known AS (
	SELECT item.*, o.id AS known_id, COALESCE(o.external_id,
		item.external_id) AS known_external_id
	FROM item LEFT JOIN LATERAL (
		SELECT r.id, r.external_id
		FROM repositories AS r
		WHERE r.tenant_id = $1 AND r.integration_id = $2
			AND r.external_id IS NOT NULL
			AND (r.external_id = item.external_id
			OR r.full_name = item.full_name)
		ORDER BY r.external_id = item.external_id DESC, r.id
		LIMIT 1) AS o ON true
	WHERE item.external_id IS NOT NULL AND item.full_name IS NOT NULL
), newest AS (
	SELECT DISTINCT ON (known_external_id COLLATE "C") *
	FROM known
	ORDER BY known_external_id COLLATE "C", updated DESC NULLS LAST,
		index DESC
)
INSERT INTO repositories AS t (id, tenant_id, integration_id, external_id,
	name, full_name, description, url, is_private, repo_created_at,
	repo_updated_at, pushed_at, language, default_branch, archived)
SELECT COALESCE(known_id, nextval('repositories_id_seq')), $1, $2,
	known_external_id, COALESCE(name, regexp_replace(full_name, '^.*/', '')),
	full_name, description, url, CASE private WHEN 'true' THEN true
	WHEN 'false' THEN false END, created, updated, pushed, language, branch,
	CASE archived WHEN 'true' THEN true WHEN 'false' THEN false END
FROM newest
ORDER BY known_external_id COLLATE "C"
ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
	name = excluded.name, full_name = excluded.full_name,
	description = excluded.description, url = excluded.url,
	is_private = excluded.is_private,
	repo_created_at = excluded.repo_created_at,
	repo_updated_at = excluded.repo_updated_at,
	pushed_at = excluded.pushed_at, language = excluded.language,
	default_branch = excluded.default_branch, archived = excluded.archived,
	last_updated_at = NOW()
WHERE (t.repo_updated_at IS NULL
	OR excluded.repo_updated_at >= t.repo_updated_at)
	AND (t.name, t.full_name, t.description, t.url, t.is_private,
	t.repo_created_at, t.repo_updated_at, t.pushed_at, t.language,
	t.default_branch, t.archived) IS DISTINCT FROM
	(excluded.name, excluded.full_name, excluded.description, excluded.url,
	excluded.is_private, excluded.repo_created_at,
	excluded.repo_updated_at, excluded.pushed_at, excluded.language,
	excluded.default_branch, excluded.archived)
