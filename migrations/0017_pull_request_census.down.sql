-- Back to 0016.

DROP FUNCTION etl_census_ended, etl_pr_census, etl_is_other,
	etl_pages_total;

CREATE OR REPLACE FUNCTION etl_prs_read(tenant BIGINT, integration BIGINT, batch BIGINT)
RETURNS TABLE (index BIGINT, value JSONB, external_id TEXT, number INTEGER,
	updated TIMESTAMP, is_whole BOOLEAN, is_row BOOLEAN, repo JSONB,
	broken TEXT[])
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT i.index, i.value,
		COALESCE(etl_id(i.value->'node_id'), etl_id(i.value->'id')),
		COALESCE(etl_integer(etl_scalar(i.value->'number')), (etl_pr_of_url(
			COALESCE(i.value->>'html_url', i.value->>'url'))
			->>'number')::integer),
		etl_timestamp(etl_scalar(COALESCE(i.value->'updatedAt',
			i.value->'updated_at'))),
		COALESCE(i.value ? 'title' AND i.value ?|
			'{updatedAt,updated_at}', false),
		COALESCE(i.value ?| '{title,state,updatedAt,updated_at,head,
			headRefName}', false),
		CASE WHEN jsonb_typeof(i.repo) = 'object' THEN i.repo
			WHEN jsonb_typeof(i.repo) = 'string' THEN
			jsonb_build_object('full_name', i.repo)
			ELSE '{}' END || CASE WHEN i.repo ?|
			'{full_name,nameWithOwner}' THEN '{}' ELSE COALESCE(
			etl_pr_of_url(COALESCE(i.value->>'html_url',
			i.value->>'url'))->'repository', '{}') END,
		i.broken
	FROM (
		SELECT x.index, x.value, x.broken, COALESCE(
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
					COALESCE(d.answer->'repository',
					d.answer#>'{data,repository}',
					d.metadata->'repository') AS repo
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

CREATE OR REPLACE FUNCTION etl_thread_comments(threads JSONB) RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN threads IS NULL OR threads = 'null' THEN threads
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
	END
$$;

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
			etl_total(k.member) AS total,
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
			('review_comments', 'reviewThreads',
				etl_thread_comments(i.value->'reviewThreads'))
			) AS k (kind, place, member)
		CROSS JOIN LATERAL (SELECT etl_nodes(k.member) AS nodes
			OFFSET 0) AS n
		WHERE k.member IS NOT NULL AND k.member <> 'null'
		OFFSET 0) AS l
	OFFSET 0;
END
$$;

DROP FUNCTION etl_short;
