-- Which pull requests a repository still has, told in pages.

-- A census of a repository: the numbers or ids of all its pull requests, in
-- pages. Its marks are in the answer or in extraction_metadata.
CREATE FUNCTION etl_pr_census(tenant BIGINT, integration BIGINT, batch BIGINT)
RETURNS TABLE (is_readable BOOLEAN, scope TEXT, census TEXT, page INTEGER,
	is_last BOOLEAN, names VARCHAR[], items BIGINT, unnamed JSONB,
	repository_id BIGINT)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1 AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT a.list IS NOT NULL, left('repo:' || lower(COALESCE(o.full_name,
		a.repo_name)), 300), left(COALESCE(a.census, CASE
		WHEN COALESCE(a.page, 1) = 1 AND a.is_last
		THEN '#' || batch END), 255), COALESCE(a.page, 1), a.is_last
		AND (COALESCE(a.page, 1) = 1 AND a.total
		> jsonb_array_length(a.list)) IS NOT TRUE,
		COALESCE(n.names, '{}'), COALESCE(n.items, 0), n.unnamed, r.id
	FROM (
		SELECT m.*, etl_identity(COALESCE(etl_id(m.repo->'node_id'),
			etl_id(m.repo->'id'))) AS repo_identity,
			COALESCE(etl_id(m.repo), etl_id(m.repo->'full_name'),
			etl_id(m.repo->'nameWithOwner')) AS repo_name,
			lower(COALESCE(etl_id(m.repo),
			etl_id(m.repo->'full_name'),
			etl_id(m.repo->'nameWithOwner'))) AS repo_key
		FROM (
			SELECT CASE jsonb_typeof(d.answer) WHEN 'array'
				THEN d.answer ELSE x.list END AS list,
				COALESCE(d.answer->'repository',
				d.answer#>'{data,repository}',
				d.metadata->'repository') AS repo,
				etl_id(COALESCE(d.answer->'census',
				d.metadata->'census')) AS census,
				etl_integer(etl_scalar(COALESCE(
				d.answer->'page', d.metadata->'page'))) AS page,
				CASE WHEN COALESCE(d.answer->'last',
				d.metadata->'last') IS NOT NULL THEN
				COALESCE(d.answer->'last', d.metadata->'last')
				= 'true' ELSE COALESCE(etl_more(x.member)
				IS FALSE, false) END AS is_last,
				etl_total(x.member) AS total
			FROM (
				SELECT e.raw_data #> '{}' AS answer,
					COALESCE(e.extraction_metadata, '{}')
					AS metadata
				FROM raw_extraction_data AS e
				WHERE e.tenant_id = tenant
					AND e.integration_id = integration
					AND e.id = batch
				OFFSET 0) AS d
			LEFT JOIN LATERAL (
				SELECT c.member, etl_nodes(c.member) AS list
				FROM (VALUES (1, d.answer->'numbers'),
					(2, d.answer->'pull_requests'),
					(3, d.answer->'prs'),
					(4, d.answer->'pullRequests'),
					(5, d.answer#>
					'{repository,pullRequests}'),
					(6, d.answer#>
					'{data,repository,pullRequests}'))
					AS c (place, member)
				WHERE etl_is_list(c.member)
				ORDER BY c.place
				LIMIT 1) AS x ON true
			OFFSET 0) AS m
		OFFSET 0) AS a
	LEFT JOIN LATERAL etl_repository(tenant, integration,
		a.repo_identity, a.repo_key) AS r ON true
	LEFT JOIN repositories AS o ON o.tenant_id = tenant AND o.id = r.id
	LEFT JOIN LATERAL (
		SELECT array_agg(DISTINCT v.name::varchar) FILTER (
			WHERE v.name IS NOT NULL) AS names, count(*) AS items,
			jsonb_agg(v.place - 1) FILTER (WHERE v.name IS NULL)
			AS unnamed
		FROM (
			SELECT i.place, COALESCE('#' || etl_integer(etl_scalar(
				CASE jsonb_typeof(i.value) WHEN 'object'
				THEN i.value->'number' WHEN 'number'
				THEN i.value WHEN 'string' THEN CASE
				WHEN etl_is_number(i.value #>> '{}')
				THEN i.value END END)), etl_identity(COALESCE(
				etl_id(i.value->'node_id'),
				etl_id(i.value->'id'), etl_id(i.value))))
				AS name
			FROM jsonb_array_elements(a.list) WITH ORDINALITY
				AS i (value, place)
			WHERE i.place <= COALESCE(NULLIF(current_setting(
				'app.items', true), '')::bigint, i.place)
		) AS v) AS n ON true;
END
$$;
COMMENT ON FUNCTION etl_pr_census IS
	'The page of a census that a stored batch is; names are #NUMBER or ids';

-- The newest of those whose pages are all there.
CREATE FUNCTION etl_census_ended(tenant BIGINT, integration BIGINT,
	told_scope TEXT, told_census TEXT, told_page INTEGER, told_last BOOLEAN,
	told_names VARCHAR[], batch BIGINT)
RETURNS TABLE (census TEXT, first_id BIGINT, last_id BIGINT, names VARCHAR[])
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
	SELECT e.census, e.first_id, e.last_id, ARRAY(
		SELECT DISTINCT n
		FROM (
			SELECT c.names
			FROM census_pages AS c
			WHERE c.tenant_id = tenant
				AND c.integration_id = integration
				AND c.scope = told_scope AND c.census = e.census
			UNION ALL
			SELECT told_names
			WHERE told_census = e.census
		) AS p
		CROSS JOIN unnest(p.names) AS n)
	FROM (
		SELECT p.census, min(p.raw_data_id) AS first_id,
			max(p.raw_data_id) AS last_id,
			max(p.page) FILTER (WHERE p.is_last) AS last_page,
			count(DISTINCT p.page) AS pages, max(p.page) AS page
		FROM (
			SELECT c.census, c.page, c.is_last, c.raw_data_id
			FROM census_pages AS c
			WHERE c.tenant_id = tenant
				AND c.integration_id = integration
				AND c.scope = told_scope
			UNION ALL
			SELECT told_census, told_page, told_last, batch
			WHERE told_census IS NOT NULL
		) AS p
		GROUP BY p.census
	) AS e
	WHERE e.last_page = e.page AND e.pages = e.last_page
	ORDER BY e.first_id DESC
	LIMIT 1
$$;
COMMENT ON FUNCTION etl_census_ended IS
	'The newest census of a scope whose pages are all there, with one more '
	'page that may not be stored yet';
