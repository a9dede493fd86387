-- Which pull requests a repository still has, told in pages; and functions of
-- 0016 that took too long with many of them.

-- A repository around its pull requests is not carried along with each of them.
CREATE FUNCTION etl_short(repository JSONB) RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN jsonb_typeof(repository) = 'object' THEN repository
		- '{pullRequests,pullRequest}'::text[] ELSE repository END
$$;
COMMENT ON FUNCTION etl_short IS 'A repository without its pull requests';

-- Searches and lists of REST have issues, too. A pull request among them has
-- pull_request.
CREATE FUNCTION etl_is_other(value JSONB) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT COALESCE(CASE WHEN value ? '__typename'
		THEN value->>'__typename' <> 'PullRequest'
		WHEN value ?| '{pull_request,head,base,headRefName,baseRefName}'
		THEN false ELSE COALESCE(value->>'node_id', value->>'id')
		~ '^(?:I_k|MDU6SXNzdWU)' OR COALESCE(value->>'html_url',
		value->>'url') ~ '/issues/[0-9]+$' END, false)
$$;
COMMENT ON FUNCTION etl_is_other IS
	'Is this something else than a pull request: an issue?';

CREATE OR REPLACE FUNCTION etl_prs_read(tenant BIGINT, integration BIGINT, batch BIGINT)
RETURNS TABLE (index BIGINT, value JSONB, external_id TEXT, number INTEGER,
	updated TIMESTAMP, is_whole BOOLEAN, is_row BOOLEAN, repo JSONB,
	broken TEXT[])
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT i.index, i.value, CASE WHEN NOT i.is_other THEN
		COALESCE(etl_id(i.value->'node_id'), etl_id(i.value->'id')) END,
		CASE WHEN NOT i.is_other THEN COALESCE(
			etl_integer(etl_scalar(i.value->'number')), (etl_pr_of_url(
			COALESCE(i.value->>'html_url', i.value->>'url'))
			->>'number')::integer) END,
		etl_timestamp(etl_scalar(COALESCE(i.value->'updatedAt',
			i.value->'updated_at'))),
		COALESCE(NOT i.is_other AND i.value ? 'title' AND i.value ?|
			'{updatedAt,updated_at}', false),
		COALESCE(NOT i.is_other AND i.value ?| '{title,state,updatedAt,
			updated_at,head,headRefName}', false),
		CASE WHEN jsonb_typeof(i.repo) = 'object' THEN i.repo
			WHEN jsonb_typeof(i.repo) = 'string' THEN
			jsonb_build_object('full_name', i.repo)
			ELSE '{}' END || CASE WHEN i.repo ?|
			'{full_name,nameWithOwner}' THEN '{}' ELSE COALESCE(
			etl_pr_of_url(COALESCE(i.value->>'html_url',
			i.value->>'url'))->'repository', '{}') END,
		i.broken
	FROM (
		SELECT x.index, x.value, x.broken, etl_is_other(x.value)
			AS is_other, COALESCE(
			NULLIF(x.value#>'{base,repo}', 'null'),
			NULLIF(x.value->'repository', 'null'),
			NULLIF(x.value->'baseRepository', 'null'),
			CASE WHEN x.value ? 'repository_url' THEN
			to_jsonb(substring(x.value->>'repository_url'
			FROM '/repos/([^/]+/[^/]+)$')) END, x.repo) AS repo
		FROM (
			SELECT i.place - 1 AS index, etl_without_nulls(
				i.value, b.broken) AS value, b.broken, r.repo
			FROM (
				SELECT d.answer, d.metadata, etl_pr_way(
					d.answer) AS way, CASE WHEN
					jsonb_typeof(d.answer) = 'object' THEN
					d.answer->'errors' END AS errors,
					jsonb_typeof(d.answer) = 'array' AND
					NOT jsonb_path_exists(d.answer,
					'$[*].title') AND (d.metadata ?
					'pull_request' OR jsonb_path_exists(
					d.answer, '$[*] ? (exists (@.sha) ||
					exists (@.pull_request_url) ||
					exists (@.issue_url))')) AS is_parts,
					etl_short(COALESCE(d.answer->'repository',
					d.answer#>'{data,repository}',
					d.metadata->'repository')) AS repo
				FROM (
					SELECT e.raw_data #> '{}' AS answer,
						e.extraction_metadata
						AS metadata
					FROM raw_extraction_data AS e
					WHERE e.tenant_id = tenant
						AND e.integration_id
						= integration AND e.id = batch
					OFFSET 0) AS d
				OFFSET 0) AS r
			CROSS JOIN LATERAL (
				SELECT p.place, CASE WHEN r.way LIKE '%edges[*]'
					THEN p.value->'node'
					WHEN r.way NOT LIKE '%[*]' AND NOT
					p.value ?| '{id,node_id,number}' THEN
					COALESCE(etl_pr_named(r.metadata), '{}')
					|| p.value ELSE p.value END AS value
				FROM jsonb_path_query(r.answer, CASE
					WHEN r.is_parts IS NOT TRUE
					THEN r.way::jsonpath END)
					WITH ORDINALITY AS p (value, place)
				WHERE p.place <= COALESCE(NULLIF(current_setting(
					'app.items', true), '')::bigint, p.place)
				UNION ALL
				SELECT p.place, p.value
				FROM etl_pr_parts_alone(CASE WHEN r.is_parts
					THEN r.answer ELSE '[]' END,
					CASE WHEN r.is_parts THEN r.metadata
					END) AS p
				WHERE r.is_parts
			) AS i
			CROSS JOIN LATERAL (SELECT CASE WHEN r.errors IS NOT NULL
				THEN etl_broken(r.errors, i.place - 1,
				r.way NOT LIKE '%[*]') END AS broken) AS b
		) AS x
		OFFSET 0) AS i
	OFFSET 0
$$;

-- Planned once a session, not with each call.
CREATE OR REPLACE FUNCTION etl_thread_comments(threads JSONB) RETURNS JSONB
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
	RETURN CASE WHEN threads IS NULL OR threads = 'null' THEN threads
	WHEN NOT etl_is_list(threads) THEN CASE
		WHEN etl_total(threads) = 0 THEN '{"totalCount": 0}'
		WHEN jsonb_typeof(threads) = 'object' THEN '{}'
		ELSE threads END
	ELSE (
		SELECT jsonb_build_object('pageInfo', jsonb_build_object(
				'hasNextPage', CASE WHEN etl_total(threads)
				> jsonb_array_length(etl_nodes(threads))
				OR bool_or(t.is_cut) THEN true
				ELSE etl_more(threads) END))
			|| CASE WHEN bool_and(t.is_list) IS NOT FALSE THEN
			jsonb_build_object('nodes', jsonb_path_query_array(
			COALESCE(jsonb_agg(t.nodes) FILTER (WHERE t.nodes
			IS NOT NULL), '[]'), 'strict $[*][*]')) ELSE '{}' END
			|| CASE WHEN etl_total(threads) = jsonb_array_length(
			etl_nodes(threads)) AND etl_more(threads) IS NOT TRUE
			AND bool_and(t.total IS NOT NULL) IS NOT FALSE
			THEN jsonb_build_object('totalCount',
			COALESCE(sum(t.total), 0)) ELSE '{}' END
		FROM (
			SELECT etl_is_list(n->'comments') AS is_list,
				etl_total(n->'comments') AS total,
				COALESCE(etl_more(n->'comments'), false) OR
				COALESCE(etl_total(n->'comments') >
				jsonb_array_length(etl_nodes(n->'comments')),
				false) AS is_cut, (
				SELECT jsonb_agg(CASE WHEN jsonb_typeof(c)
					= 'object' THEN c || CASE WHEN n ?
					'path' AND COALESCE(c->'path', 'null')
					= 'null' THEN jsonb_build_object('path',
					n->'path') ELSE '{}' END || CASE WHEN n
					? 'line' AND COALESCE(c->'line', 'null')
					= 'null' THEN jsonb_build_object('line',
					n->'line') ELSE '{}' END ELSE c END)
				FROM jsonb_array_elements(etl_nodes(
					n->'comments')) AS c) AS nodes
			FROM jsonb_array_elements(etl_nodes(threads)) AS n
		) AS t)
	END;
END
$$;

-- The last page of REST tells how many there are by its place. Of commits GitHub
-- gives 250 at most.
CREATE FUNCTION etl_pages_total(marks JSONB, kind TEXT, given INTEGER)
RETURNS INTEGER
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN kind <> 'commits' OR t.total < 250 THEN t.total END
	FROM (
		SELECT CASE WHEN m.is_last OR given < m.size THEN CASE
			WHEN m.page = 1 THEN given WHEN m.page
			BETWEEN 2 AND 100000 AND m.size <= 1000
			THEN (m.page - 1) * m.size + given END END AS total
		FROM (
			SELECT etl_integer(etl_scalar(marks->'page')) AS page,
				etl_integer(etl_scalar(marks->'per_page'))
				AS size, marks->'last' = 'true' AS is_last
			OFFSET 0) AS m) AS t
$$;
COMMENT ON FUNCTION etl_pages_total IS
	'How many parts there are, by the last page of a list of REST; NULL: '
	'it is not the last, or does not tell which one it is';

CREATE OR REPLACE FUNCTION etl_pr_lists(tenant BIGINT, integration BIGINT, batch BIGINT)
RETURNS TABLE (index BIGINT, pr_id BIGINT, stamp TIMESTAMP, kind TEXT,
	place TEXT, member JSONB, is_list BOOLEAN, nodes JSONB, given INTEGER,
	total INTEGER, is_cut BOOLEAN, is_complete BOOLEAN, is_broken BOOLEAN,
	is_whole BOOLEAN, known JSONB)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT l.index, l.pr_id, l.stamp, l.kind, l.place, l.member, l.is_list,
		l.nodes, l.given, l.total,
		COALESCE(l.more OR l.is_broken OR (l.is_page
			AND l.total IS NULL), false)
			AND NOT COALESCE(l.is_only, false),
		l.is_list AND NOT l.is_broken AND l.more IS NOT TRUE AND CASE
			WHEN l.total IS NOT NULL THEN l.total = l.given
			WHEN l.is_only THEN true
			WHEN l.is_alone THEN COALESCE(l.given = etl_integer(
				l.known->>'total'), false)
			WHEN l.is_array THEN l.is_whole AND NOT l.is_page
			ELSE l.is_whole AND l.more IS FALSE END,
		l.is_broken, l.is_whole, l.known
	FROM (
		SELECT i.index, i.pr_id, i.stamp, i.is_whole, k.kind, k.place,
			k.member, n.nodes, etl_is_list(k.member) AS is_list,
			jsonb_typeof(k.member) = 'array' AS is_array,
			i.value ? '_alone' AS is_alone,
			jsonb_array_length(n.nodes) AS given,
			COALESCE(etl_total(k.member), CASE WHEN i.value
				? '_alone' AND jsonb_typeof(k.member) = 'array'
				THEN etl_pages_total(i.value->'_alone', k.kind,
				jsonb_array_length(n.nodes)) END) AS total,
			etl_more(k.member) AS more,
			COALESCE(k.place = ANY (i.broken), false) AS is_broken,
			jsonb_typeof(k.member) = 'array' AND (i.is_whole OR
				i.value ? '_alone') AND n.nodes <> '[]' AND
				(jsonb_array_length(n.nodes) % 100 = 0 OR
				jsonb_array_length(n.nodes) IN (30, 250))
				AS is_page,
			i.value#>'{_alone,page}' = '1' AND (COALESCE(
				i.value#>'{_alone,last}' = 'true', false) OR
				jsonb_array_length(n.nodes) < etl_integer(
				etl_scalar(i.value#>'{_alone,per_page}')))
				AS is_only,
			p.parts->k.kind AS known
		FROM (
			SELECT *
			FROM etl_known_prs(tenant, integration, batch)
			WHERE value ?| '{commits,reviews,comments,
				review_comments,reviewThreads}'
			OFFSET 0) AS i
		LEFT JOIN prs AS p ON p.tenant_id = tenant AND p.id = i.pr_id
		CROSS JOIN LATERAL (VALUES
			('commits', 'commits', i.value->'commits'),
			('reviews', 'reviews', i.value->'reviews'),
			('comments', 'comments', i.value->'comments'),
			('review_comments', 'review_comments',
				i.value->'review_comments'),
			('review_comments', 'reviewThreads', CASE WHEN i.value
				? 'reviewThreads' THEN etl_thread_comments(
				i.value->'reviewThreads') END),
			('review_comments', 'reviews.comments', CASE WHEN NOT
				i.value ?| '{review_comments,reviewThreads}'
				AND jsonb_path_exists(etl_nodes(
				i.value->'reviews'), '$[*].comments')
				THEN etl_thread_comments(i.value->'reviews')
				END)
			) AS k (kind, place, member)
		CROSS JOIN LATERAL (SELECT etl_nodes(k.member) AS nodes
			OFFSET 0) AS n
		WHERE k.member IS NOT NULL AND k.member <> 'null'
		OFFSET 0) AS l
	OFFSET 0;
END
$$;

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
