-- Repositories of REST or GraphQL. One that a pull request has made is the
-- same, whichever form of id it came with. Of what an answer does not name
-- nothing changes; of two answers the newer one counts, whichever is first.

-- statement: read
WITH item AS (
	SELECT i.index, i.value, t.wrong, CASE
		WHEN jsonb_typeof(i.value) IS DISTINCT FROM 'object'
			THEN 'not an object'
		WHEN i.value->>'__typename' <> 'Repository'
			THEN 'not a repository'
		WHEN i.external_id IS NULL THEN 'no id'
		WHEN i.full_name IS NULL THEN 'no name'
		END AS reason
	FROM etl_repositories($1, $2, $3) AS i
	CROSS JOIN LATERAL etl_repository_told(CASE jsonb_typeof(i.value)
		WHEN 'object' THEN i.value END) AS t
), note AS (
	SELECT index, NULL::text AS place, reason
	FROM item
	WHERE reason IS NOT NULL
	UNION ALL
	SELECT index, place, 'a value of another kind'
	FROM item CROSS JOIN jsonb_array_elements_text(wrong) AS place
	WHERE reason IS NULL
	UNION ALL
	SELECT index, place #>> '{}', 'a value of another kind'
	FROM item CROSS JOIN jsonb_path_query(value, '$._wrong[*]') AS place
	WHERE reason IS NULL
), answer AS (
	SELECT answer AS raw_data, etl_repository_way(answer) AS way
	FROM etl_answer($1, $2, $3)
), lack AS (
	SELECT n.note
	FROM answer CROSS JOIN etl_answer_errors(raw_data) AS n
	UNION ALL
	SELECT jsonb_build_object('what', 'repositories', 'given', 0, 'total',
		n.total)
	FROM answer
	CROSS JOIN LATERAL (SELECT etl_integer(COALESCE(
		raw_data->>'total_count',
		jsonb_path_query_first(raw_data,
		'$.data.*.repositories.totalCount') #>> '{}',
		jsonb_path_query_first(raw_data,
		'$.*.repositories.totalCount') #>> '{}',
		raw_data#>>'{repositories,totalCount}',
		raw_data#>>'{data,search,repositoryCount}',
		raw_data#>>'{search,repositoryCount}')) AS total) AS n
	WHERE jsonb_typeof(raw_data) = 'object' AND n.total > 0
		AND NOT EXISTS (SELECT FROM item)
)
SELECT o.*
FROM answer CROSS JOIN LATERAL etl_outcome(
	CASE WHEN way IS NOT NULL THEN (SELECT count(*) FROM item) END,
	(SELECT count(*) FROM item WHERE reason IS NOT NULL),
	ARRAY(SELECT etl_note(index, place, reason) FROM note
		ORDER BY index, place),
	NULL, ARRAY(SELECT note FROM lack),
	CASE WHEN way IS NULL THEN etl_refusal(raw_data) END) AS o;

-- New names are made by one at a time.
-- statement: names
SELECT etl_alone($1, $2, 'names')
FROM (
	SELECT
	FROM etl_repositories($1, $2, $3)
	WHERE repository_id IS NULL
	LIMIT 1) AS unknown;

-- Whoever has some of the same waits here. What another worker has made
-- meanwhile, the second turn sees.
-- statement: lock
SELECT r.id
FROM repositories AS r
WHERE r.tenant_id = $1
	AND r.id = ANY (ARRAY(SELECT repository_id
		FROM etl_repositories($1, $2, $3)))
ORDER BY r.id
FOR NO KEY UPDATE OF r;

-- A name alone makes a repository only where no id is told of it. A node id is
-- not replaced by a plain number.
-- statement: repositories
-- columns: repositories
WITH item AS MATERIALIZED (
	SELECT i.*, t.told, COALESCE('#' || i.repository_id, i.identity,
		i.name_key) AS row_key
	FROM etl_repositories($1, $2, $3) AS i
	CROSS JOIN LATERAL etl_repository_told(i.value) AS t
	WHERE i.full_name IS NOT NULL
		AND (i.external_id IS NOT NULL OR i.by_name)
		AND (i.value->>'__typename' <> 'Repository') IS NOT TRUE
), one AS (
	SELECT repository_id, row_key, max(stamp) AS stamp,
		max(full_name) AS full_name,
		etl_merged(told ORDER BY stamp NULLS FIRST, index) AS told,
		CASE WHEN min(stamp) IS DISTINCT FROM max(stamp)
			OR count(*) <> count(stamp) THEN
			etl_merged(etl_stamps(told, stamp)
			ORDER BY stamp NULLS FIRST, index) END AS stamps
	FROM item AS i
	WHERE i.external_id IS NOT NULL OR i.repository_id IS NOT NULL
		OR NOT EXISTS (SELECT FROM item AS x
		WHERE x.name_key = i.name_key AND x.external_id IS NOT NULL)
	GROUP BY repository_id, row_key
), changed AS MATERIALIZED (
	SELECT n.*, o.id AS known_id, o.external_id AS old_id, row_key
	FROM one
	LEFT JOIN repositories AS o ON o.tenant_id = $1
		AND o.id = one.repository_id
	CROSS JOIN LATERAL (SELECT etl_taken(CASE
		WHEN o.id IS NULL AND NOT told ? 'external_id'
		THEN told || jsonb_build_object('external_id', one.full_name)
		WHEN etl_is_number(told->>'external_id')
			AND NOT etl_is_number(o.external_id)
			AND o.external_id NOT LIKE '%/%'
		THEN told - 'external_id' ELSE told END, stamps, stamp, $3,
		o.repo_updated_at, o.raw_data_id, o.column_ages) AS taken) AS k
	CROSS JOIN LATERAL jsonb_populate_record(o, k.taken
		|| jsonb_build_object(
		'repo_updated_at', GREATEST(stamp, o.repo_updated_at),
		'raw_data_id', etl_newest(stamp, $3, o.repo_updated_at, o.raw_data_id),
		'column_ages', etl_column_ages(ARRAY[/* {compared: '@'} */
			'external_id', 'name', 'full_name', 'description',
			'url', 'is_private', 'repo_created_at', 'pushed_at',
			'language', 'default_branch', 'archived' /* end */],
			k.taken, stamps, stamp, $3, o.repo_updated_at,
			o.raw_data_id, o.id IS NULL, o.column_ages))) AS n
	WHERE o.id IS NULL
		OR stamp > COALESCE(o.repo_updated_at, '-infinity')
		OR (/* o.<compared> */ o.external_id, o.name, o.full_name,
			o.description, o.url, o.is_private, o.repo_created_at,
			o.pushed_at, o.language, o.default_branch,
			o.archived /* end */) IS DISTINCT FROM
			(/* n.<compared> */ n.external_id, n.name, n.full_name,
			n.description, n.url, n.is_private, n.repo_created_at,
			n.pushed_at, n.language, n.default_branch,
			n.archived /* end */)
		OR o.column_ages IS DISTINCT FROM n.column_ages
), made AS (
	INSERT INTO repositories (id, tenant_id, integration_id,
		/* <inserted> */ external_id, name, full_name, description, url,
		is_private, repo_created_at, repo_updated_at, pushed_at,
		language, default_branch, archived, raw_data_id,
		column_ages /* end */)
	SELECT nextval('repositories_id_seq'), $1, $2, /* n.<inserted> */
		n.external_id, n.name, n.full_name, n.description, n.url,
		n.is_private, n.repo_created_at, n.repo_updated_at, n.pushed_at,
		n.language, n.default_branch, n.archived, n.raw_data_id,
		n.column_ages /* end */
	FROM changed AS n
	WHERE n.known_id IS NULL
	ORDER BY row_key COLLATE "C"
	ON CONFLICT DO NOTHING
), renamed AS MATERIALIZED (
	SELECT p.id, changed.external_id
	FROM changed JOIN prs AS p ON p.tenant_id = $1
		AND p.repository_id = changed.known_id
	WHERE changed.external_id <> changed.old_id
	ORDER BY p.id
	FOR NO KEY UPDATE OF p
), named AS (
	UPDATE prs AS p SET external_repo_id = renamed.external_id
	FROM renamed
	WHERE p.tenant_id::bigint = $1 AND p.id = renamed.id
		AND p.external_repo_id <> renamed.external_id
), links AS MATERIALIZED (
	SELECT l.id, changed.external_id
	FROM changed JOIN wits_prs_links AS l ON l.tenant_id = $1
		AND l.external_repo_id = changed.old_id
	WHERE changed.external_id <> changed.old_id
	ORDER BY l.work_item_id, l.repo_key COLLATE "C",
		l.pull_request_number
	FOR NO KEY UPDATE OF l
), linked AS (
	UPDATE wits_prs_links AS l SET external_repo_id = links.external_id
	FROM links
	WHERE l.tenant_id = $1 AND l.id = links.id
)
UPDATE repositories AS t
SET /* <updated = n> */ external_id = n.external_id, name = n.name,
	full_name = n.full_name, description = n.description, url = n.url,
	is_private = n.is_private, repo_created_at = n.repo_created_at,
	repo_updated_at = n.repo_updated_at, pushed_at = n.pushed_at,
	language = n.language, default_branch = n.default_branch,
	archived = n.archived, raw_data_id = n.raw_data_id,
	column_ages = n.column_ages /* end */, last_updated_at = NOW()
FROM changed AS n
WHERE t.tenant_id::bigint = $1 AND t.id = n.known_id;

-- as in: github_repositories_batch lock lock_again
-- as in: github_repositories_batch repositories repositories_again
