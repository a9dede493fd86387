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
	SELECT count(*) AS count, (
		SELECT jsonb_agg(jsonb_build_object('index', index,
			'reason', reason) ORDER BY index)
		FROM (
			SELECT index, reason
			FROM item
			WHERE reason IS NOT NULL
			ORDER BY index
			LIMIT 1000) AS first) AS list
	FROM item
	WHERE reason IS NOT NULL
)
SELECT CASE WHEN etl_path(raw_data, '{repositories,items}') IS NOT NULL
	THEN (SELECT count(*) FROM item) END,
	skipped.count, skipped.count, skipped.list, NULL::jsonb,
	0, NULL::jsonb, etl_refusal(raw_data)
FROM raw_extraction_data CROSS JOIN skipped
WHERE tenant_id = $1 AND integration_id = $2 AND id = $3

-- statement: repositories
-- columns: repositories
WITH item AS (
	SELECT index,
		COALESCE(etl_id(value->'node_id'), etl_id(value->'id'))
			AS own_id,
		COALESCE(etl_id(value->'full_name'),
			etl_id(value->'nameWithOwner'), etl_id(value->'name'))
			AS full_name,
		etl_scalar(value->'name') AS own_name,
		etl_scalar(value->'description') AS description,
		COALESCE(etl_scalar(value->'html_url'),
			etl_scalar(value->'url')) AS url,
		CASE COALESCE(value->'private', value->'isPrivate')
			WHEN 'true' THEN true WHEN 'false' THEN false END
			AS is_private,
		etl_timestamp(COALESCE(value->>'created_at',
			value->>'createdAt')) AS repo_created_at,
		etl_timestamp(COALESCE(value->>'updated_at',
			value->>'updatedAt')) AS repo_updated_at,
		etl_timestamp(COALESCE(value->>'pushed_at',
			value->>'pushedAt')) AS pushed_at,
		COALESCE(etl_scalar(value->'language'),
			etl_scalar(value#>'{primaryLanguage,name}')) AS language,
		COALESCE(etl_scalar(value->'default_branch'),
			etl_scalar(value#>'{defaultBranchRef,name}'))
			AS default_branch,
		CASE COALESCE(value->'archived', value->'isArchived')
			WHEN 'true' THEN true WHEN 'false' THEN false END
			AS archived
	FROM etl_items($1, $2, $3, '{repositories,items}')
	OFFSET 0
), known AS (
	SELECT item.*, o.id, COALESCE(o.external_id, item.own_id)
			AS external_id,
		COALESCE(item.own_name, regexp_replace(item.full_name,
			'^.*/', '')) AS name
	FROM item LEFT JOIN LATERAL (
		SELECT r.id, r.external_id
		FROM repositories AS r
		WHERE r.tenant_id = $1 AND r.integration_id = $2
			AND r.external_id IS NOT NULL
			AND (r.external_id = item.own_id
			OR r.full_name = item.full_name)
		ORDER BY r.external_id = item.own_id DESC, r.id
		LIMIT 1) AS o ON true
	WHERE item.own_id IS NOT NULL AND item.full_name IS NOT NULL
), newest AS (
	SELECT DISTINCT ON (external_id COLLATE "C") *
	FROM known
	ORDER BY external_id COLLATE "C", repo_updated_at DESC NULLS LAST,
		index DESC
)
INSERT INTO repositories AS t (id, tenant_id, integration_id, <inserted>)
SELECT COALESCE(n.id, nextval('repositories_id_seq')), $1, $2, n.<inserted>
FROM newest AS n
ORDER BY n.external_id COLLATE "C"
ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
	<updated = excluded>, last_updated_at = NOW()
WHERE (t.repo_updated_at IS NULL
	OR excluded.repo_updated_at >= t.repo_updated_at)
	AND (t.<compared>) IS DISTINCT FROM (excluded.<compared>)
