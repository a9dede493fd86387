-- Pull requests with what belongs to them, as GraphQL or REST have them, whole
-- or in parts (etl_prs). Of what an answer does not name nothing changes; of
-- two answers the newer one counts, whichever is first. Parts are written by
-- github_pr_parts.sql.

-- A part of a pull request that nobody knows yet waits for it.
-- statement: read
WITH pr AS MATERIALIZED (
	SELECT i.*, CASE
		WHEN jsonb_typeof(i.value) IS DISTINCT FROM 'object'
			THEN 'not an object'
		WHEN etl_is_other(i.value) THEN 'not a pull request'
		WHEN i.external_id IS NULL AND (i.is_row OR i.number IS NULL)
			THEN 'no id'
		WHEN i.pr_id IS NULL AND i.is_row AND i.repository_id IS NULL
			AND i.repo_key IS NULL THEN 'no repository'
		END AS reason
	FROM etl_known_prs($1, $2, $3) AS i
), item AS MATERIALIZED (
	SELECT pr.*, reason IS NULL AND pr_id IS NULL AND NOT is_row
		AND NOT EXISTS (SELECT FROM pr AS o WHERE o.is_row
		AND (o.identity = pr.identity OR o.number = pr.number
		AND o.repo_key = pr.repo_key)) AS waits
	FROM pr
), list AS MATERIALIZED (
	SELECT * FROM etl_pr_lists($1, $2, $3)
), part AS (
	SELECT l.index, l.place || '[' || (n.place - 1) || ']' AS place,
		t.wrong, CASE
		WHEN jsonb_typeof(n.value) <> 'object' THEN 'not an object'
		WHEN etl_part_id(l.kind, n.value) IS NULL THEN 'no id'
		END AS reason
	FROM list AS l
	CROSS JOIN jsonb_array_elements(l.nodes) WITH ORDINALITY
		AS n (value, place)
	CROSS JOIN LATERAL etl_part_told(l.kind, n.value) AS t
), note AS (
	SELECT index, NULL::text AS place, reason
	FROM item
	WHERE reason IS NOT NULL
	UNION ALL
	SELECT index, NULL, 'the pull request ' || left(COALESCE(external_id,
		'#' || number), 50) || ' is not known yet'
	FROM item
	WHERE waits
	UNION ALL
	SELECT item.index, place, 'a value of another kind'
	FROM item
	CROSS JOIN LATERAL etl_pr_told(item.value) AS t
	CROSS JOIN jsonb_array_elements_text(t.wrong) AS place
	WHERE reason IS NULL
	UNION ALL
	SELECT index, place #>> '{}', 'a value of another kind'
	FROM item CROSS JOIN jsonb_path_query(value, '$._wrong[*]') AS place
	WHERE reason IS NULL
	UNION ALL
	SELECT index, place, 'neither a list nor a number'
	FROM list
	WHERE NOT is_list AND total IS NULL
		AND (jsonb_typeof(member) <> 'object' OR place = 'reviewThreads'
		OR NOT member ?| '{totalCount,pageInfo}')
		AND member <> '{}'
	UNION ALL
	SELECT index, 'unknown[' || place - 1 || ']',
		'no commit, review or comment'
	FROM item CROSS JOIN jsonb_array_elements(CASE WHEN item.value
		? '_alone' THEN item.value->'unknown' END) WITH ORDINALITY
		AS n (value, place)
	UNION ALL
	SELECT index, place, reason
	FROM part
	WHERE reason IS NOT NULL
	UNION ALL
	SELECT index, part.place || '.' || w, 'a value of another kind'
	FROM part CROSS JOIN jsonb_array_elements_text(wrong) AS w
	WHERE reason IS NULL
), answer AS (
	SELECT answer AS raw_data, etl_pr_way(answer) AS way
	FROM etl_answer($1, $2, $3)
), lack AS (
	SELECT n.note, -1 AS index
	FROM answer CROSS JOIN etl_answer_errors(raw_data) AS n
	UNION ALL
	SELECT jsonb_strip_nulls(jsonb_build_object('what', l.place,
		'index', l.index, 'item', COALESCE(i.external_id,
		'#' || i.number), 'given', l.given, 'total', l.total)),
		l.index
	FROM list AS l JOIN item AS i USING (index)
	WHERE i.reason IS NULL AND l.is_list AND (l.is_cut
		OR l.is_whole AND l.total > l.given)
	UNION ALL
	SELECT jsonb_build_object('what', 'pull requests', 'given', 0, 'total',
		n.total), -1
	FROM answer
	CROSS JOIN LATERAL (SELECT etl_integer(COALESCE(
		raw_data->>'total_count',
		raw_data#>>'{data,repository,pullRequests,totalCount}',
		raw_data#>>'{repository,pullRequests,totalCount}',
		raw_data#>>'{pullRequests,totalCount}',
		raw_data#>>'{data,search,issueCount}',
		raw_data#>>'{search,issueCount}')) AS total) AS n
	WHERE jsonb_typeof(raw_data) = 'object' AND n.total > 0
		AND NOT EXISTS (SELECT FROM item)
)
SELECT o.*
FROM answer CROSS JOIN LATERAL etl_outcome(
	CASE WHEN way IS NOT NULL THEN (SELECT count(*) FROM item) END,
	(SELECT count(*) FROM item
		WHERE reason IS NOT NULL AND reason <> 'not a pull request'),
	ARRAY(SELECT etl_note(index, place, reason) FROM note
		ORDER BY index, place),
	ARRAY(
		SELECT n.name
		FROM item CROSS JOIN LATERAL (VALUES ('pr:' || identity),
			('pr:' || repo_key || '#' || number)) AS n (name)
		WHERE waits AND n.name IS NOT NULL
		GROUP BY n.name
		ORDER BY min(item.index), n.name
		LIMIT 10000),
	ARRAY(SELECT note FROM lack ORDER BY index),
	CASE WHEN way IS NULL THEN etl_refusal(raw_data) END) AS o;

-- Whoever has pull requests of one of these repositories waits here: nobody
-- else makes or changes them meanwhile. The second turn sees what others made.
-- as in: github_repositories_batch names names
-- as in: github_repositories_batch lock lock_repositories
-- as in: github_repositories_batch repositories repositories
-- as in: github_repositories_batch lock lock_repositories_again
-- as in: github_repositories_batch repositories repositories_again

-- A part that comes alone has only its pull request.
-- statement: lock_known
SELECT r.id
FROM repositories AS r
WHERE r.tenant_id = $1
	AND r.id = ANY (ARRAY(SELECT repository_id
		FROM etl_known_prs($1, $2, $3)))
ORDER BY r.id
FOR NO KEY UPDATE OF r;

-- statement: lock
SELECT p.id
FROM prs AS p
WHERE p.tenant_id = $1
	AND p.id = ANY (ARRAY(SELECT pr_id FROM etl_known_prs($1, $2, $3)))
ORDER BY p.id
FOR NO KEY UPDATE OF p;

-- A closed one that was merged is merged, as GraphQL says at once. What nobody
-- has told of its size, its commits do, if they are all there.
-- statement: prs
-- columns: prs
WITH item AS MATERIALIZED (
	SELECT i.*, t.told, c.additions, c.deletions, c.files,
		COALESCE('#' || i.pr_id, i.repository_id || '/' || i.number,
		i.identity) AS row_key
	FROM etl_known_prs($1, $2, $3) AS i
	CROSS JOIN LATERAL etl_pr_told(i.value) AS t
	LEFT JOIN LATERAL (
		SELECT sum(etl_integer(COALESCE(n#>>'{commit,additions}',
				n#>>'{stats,additions}'))::bigint) AS additions,
			sum(etl_integer(COALESCE(n#>>'{commit,deletions}',
				n#>>'{stats,deletions}'))::bigint) AS deletions,
			sum(etl_integer(COALESCE(n#>>'{commit,changedFiles}',
				n#>>'{commit,changedFilesIfAvailable}'))
				::bigint) AS files
		FROM jsonb_array_elements(etl_nodes(i.value->'commits')) AS n
		WHERE etl_more(i.value->'commits') IS NOT TRUE
			AND COALESCE(etl_total(i.value->'commits'),
			jsonb_array_length(etl_nodes(i.value->'commits')))
			= jsonb_array_length(etl_nodes(i.value->'commits'))
	) AS c ON i.is_whole
	WHERE i.pr_id IS NOT NULL OR (i.is_row AND i.external_id IS NOT NULL
		AND i.repository_id IS NOT NULL)
), one AS (
	SELECT pr_id, row_key, max(stamp) AS stamp, max(number) AS number,
		max(repository_id) AS repository_id,
		etl_merged(told ORDER BY stamp NULLS FIRST, index) AS told,
		CASE WHEN min(stamp) IS DISTINCT FROM max(stamp)
			OR count(*) <> count(stamp) THEN
			etl_merged(etl_stamps(told, stamp)
			ORDER BY stamp NULLS FIRST, index) END AS stamps,
		max(additions) AS additions, max(deletions) AS deletions,
		max(files) AS files
	FROM item
	GROUP BY pr_id, row_key
), changed AS MATERIALIZED (
	SELECT n.*, o.id AS known_id, row_key,
		(o.gone_since >= $3) IS NOT TRUE AS is_back
	FROM one
	LEFT JOIN prs AS o ON o.tenant_id = $1 AND o.id = one.pr_id
	CROSS JOIN LATERAL (
		SELECT COALESCE(o.repository_id, one.repository_id) AS id
		OFFSET 0) AS its
	CROSS JOIN LATERAL (
		SELECT *
		FROM repositories AS x
		WHERE x.tenant_id::bigint = $1 AND x.id = its.id
		LIMIT 1) AS r
	CROSS JOIN LATERAL (SELECT etl_taken(CASE
		WHEN o.id IS NULL AND one.number IS NOT NULL
		THEN jsonb_build_object('number', one.number) || told
		ELSE etl_kept_id(told, o.external_id) END, stamps, stamp, $3,
		o.pr_updated_at, o.raw_data_id, o.column_ages) AS taken) AS k
	CROSS JOIN LATERAL jsonb_populate_record(o, k.taken) AS t
	CROSS JOIN LATERAL jsonb_populate_record(t, jsonb_build_object(
		'repository_id', r.id, 'external_repo_id', r.external_id,
		'pr_updated_at', GREATEST(stamp, o.pr_updated_at),
		'raw_data_id', etl_newest(stamp, $3, o.pr_updated_at, o.raw_data_id),
		'column_ages', etl_column_ages(ARRAY[/* {compared: '@'} */
			'external_id', 'number', 'name', 'user_name', 'body',
			'source', 'destination', 'status', 'url',
			'pr_created_at', 'closed_at', 'merged_at', 'merged_by',
			'additions', 'deletions', 'changed_files' /* end */],
			k.taken, stamps, stamp, $3, o.pr_updated_at,
			o.raw_data_id, o.id IS NULL, o.column_ages),
		'status', CASE WHEN t.status = 'closed'
			AND t.merged_at IS NOT NULL THEN 'merged'
			ELSE t.status END,
		'additions', COALESCE(t.additions,
			etl_integer(one.additions::text)),
		'deletions', COALESCE(t.deletions,
			etl_integer(one.deletions::text)),
		'changed_files', COALESCE(t.changed_files,
			etl_integer(one.files::text)),
		'work_item_keys', etl_issue_keys(concat_ws(E'\n', t.source,
			t.name, t.body)))) AS n
	WHERE o.id IS NULL
		OR stamp > COALESCE(o.pr_updated_at, '-infinity')
		OR (/* o.<compared> */ o.external_id, o.number, o.name,
			o.user_name, o.body, o.source, o.destination, o.status,
			o.url, o.pr_created_at, o.closed_at, o.merged_at,
			o.merged_by, o.additions, o.deletions,
			o.changed_files /* end */) IS DISTINCT FROM
			(/* n.<compared> */ n.external_id, n.number, n.name,
			n.user_name, n.body, n.source, n.destination, n.status,
			n.url, n.pr_created_at, n.closed_at, n.merged_at,
			n.merged_by, n.additions, n.deletions,
			n.changed_files /* end */)
		OR (o.column_ages, o.work_item_keys) IS DISTINCT FROM
			(n.column_ages, n.work_item_keys)
		OR o.gone_since < $3
), made AS (
	INSERT INTO prs (id, tenant_id, integration_id, /* <inserted> */
		external_id, external_repo_id, repository_id, number, name,
		user_name, body, source, destination, status, url,
		pr_created_at, pr_updated_at, closed_at, merged_at, merged_by,
		additions, deletions, changed_files, work_item_keys,
		raw_data_id, column_ages /* end */)
	SELECT nextval('prs_id_seq'), $1, $2, /* n.<inserted> */ n.external_id,
		n.external_repo_id, n.repository_id, n.number, n.name,
		n.user_name, n.body, n.source, n.destination, n.status, n.url,
		n.pr_created_at, n.pr_updated_at, n.closed_at, n.merged_at,
		n.merged_by, n.additions, n.deletions, n.changed_files,
		n.work_item_keys, n.raw_data_id, n.column_ages /* end */
	FROM changed AS n
	WHERE n.known_id IS NULL
	ORDER BY row_key COLLATE "C"
	ON CONFLICT DO NOTHING
)
UPDATE prs AS t
SET /* <updated = n> */ external_id = n.external_id,
	external_repo_id = n.external_repo_id, repository_id = n.repository_id,
	number = n.number, name = n.name, user_name = n.user_name,
	body = n.body, source = n.source, destination = n.destination,
	status = n.status, url = n.url, pr_created_at = n.pr_created_at,
	pr_updated_at = n.pr_updated_at, closed_at = n.closed_at,
	merged_at = n.merged_at, merged_by = n.merged_by,
	additions = n.additions, deletions = n.deletions,
	changed_files = n.changed_files, work_item_keys = n.work_item_keys,
	raw_data_id = n.raw_data_id, column_ages = n.column_ages /* end */,
	last_updated_at = NOW(), active = n.is_back,
	gone_since = CASE WHEN n.is_back THEN NULL ELSE t.gone_since END
FROM changed AS n
WHERE t.tenant_id::bigint = $1 AND t.id = n.known_id;

-- statement: prs_keys
WITH touched AS MATERIALIZED (
	SELECT DISTINCT p.id, p.work_item_keys
	FROM etl_known_prs($1, $2, $3) AS i
	JOIN prs AS p ON p.tenant_id = $1 AND p.id = i.pr_id
), wanted AS MATERIALIZED (
	SELECT k.key, t.id AS pr_id, k.place
	FROM touched AS t
	CROSS JOIN unnest(t.work_item_keys) WITH ORDINALITY AS k (key, place)
), gone AS (
	DELETE FROM prs_keys AS k
	USING touched AS t
	WHERE k.tenant_id = $1 AND k.pr_id = t.id
		AND k.key <> ALL (COALESCE(t.work_item_keys, '{}'))
)
INSERT INTO prs_keys AS k (key, tenant_id, pr_id, place)
SELECT w.key, $1, w.pr_id, w.place
FROM wanted AS w
LEFT JOIN prs_keys AS o ON o.key = w.key AND o.tenant_id = $1
	AND o.pr_id = w.pr_id
WHERE o.place IS DISTINCT FROM w.place
ORDER BY w.pr_id, w.key COLLATE "C"
ON CONFLICT (key, tenant_id, pr_id) DO UPDATE SET place = excluded.place;
