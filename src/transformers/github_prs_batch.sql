-- Pull requests with what belongs to them, as GraphQL or REST have them (see
-- etl_prs). Of one that is older than what is stored only those parts are taken
-- that are missing.

-- statement: read
WITH item AS (
	SELECT index, CASE WHEN external_id IS NULL THEN 'no id'
		WHEN repo_id IS NULL AND repo_name IS NULL THEN 'no repository'
		END AS reason
	FROM etl_prs($1, $2, $3)
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
SELECT CASE WHEN etl_path(raw_data, '{pullRequests.nodes,
	repository.pullRequests.nodes,data.repository.pullRequests.nodes,
	prs,pull_requests}') IS NOT NULL
	THEN (SELECT count(*) FROM item) END,
	skipped.count, skipped.count, skipped.list, NULL::jsonb,
	0, NULL::jsonb, etl_refusal(raw_data)
FROM raw_extraction_data CROSS JOIN skipped
WHERE tenant_id = $1 AND integration_id = $2 AND id = $3

-- One whose id nobody tells goes by its name.
-- statement: repositories
INSERT INTO repositories (tenant_id, integration_id, external_id, name,
	full_name)
SELECT DISTINCT ON (COALESCE(repo_id, repo_name) COLLATE "C") $1, $2,
	COALESCE(repo_id, repo_name), regexp_replace(repo_name, '^.*/', ''),
	repo_name
FROM etl_prs($1, $2, $3)
WHERE external_id IS NOT NULL AND COALESCE(repo_id, repo_name) IS NOT NULL
	AND NOT EXISTS (SELECT FROM repositories AS t WHERE t.tenant_id = $1
	AND t.integration_id = $2 AND t.external_id = repo_id)
	AND NOT EXISTS (SELECT FROM repositories AS t WHERE t.tenant_id = $1
	AND t.integration_id = $2 AND t.full_name = repo_name)
ORDER BY COALESCE(repo_id, repo_name) COLLATE "C", repo_name
ON CONFLICT (tenant_id, integration_id, external_id) DO NOTHING

-- A REST list lacks what only a single answer has: that stays as it was.
-- statement: prs
-- columns: prs
WITH item AS (
	SELECT DISTINCT ON (external_id COLLATE "C") *
	FROM etl_prs($1, $2, $3)
	WHERE external_id IS NOT NULL
	ORDER BY external_id COLLATE "C", updated DESC NULLS LAST, index DESC
), pr AS (
	SELECT item.external_id, item.updated AS pr_updated_at,
		r.id AS repository_id, r.external_id AS external_repo_id,
		etl_integer(v->>'number') AS number,
		etl_scalar(v->'title') AS name, etl_scalar(v->'body') AS body,
		etl_name(v->'state') AS status,
		COALESCE(etl_scalar(v#>'{author,login}'),
			etl_scalar(v#>'{user,login}')) AS user_name,
		COALESCE(etl_scalar(v->'headRefName'),
			etl_scalar(v#>'{head,ref}')) AS source,
		COALESCE(etl_scalar(v->'baseRefName'),
			etl_scalar(v#>'{base,ref}')) AS destination,
		COALESCE(etl_scalar(v->'html_url'), etl_scalar(v->'url')) AS url,
		etl_timestamp(COALESCE(v->>'createdAt', v->>'created_at'))
			AS pr_created_at,
		etl_timestamp(COALESCE(v->>'closedAt', v->>'closed_at'))
			AS closed_at,
		etl_timestamp(COALESCE(v->>'mergedAt', v->>'merged_at'))
			AS merged_at,
		COALESCE(etl_scalar(v#>'{mergedBy,login}'),
			etl_scalar(v#>'{merged_by,login}')) AS merger,
		COALESCE(etl_integer(v->>'additions'), c.additions) AS added,
		COALESCE(etl_integer(v->>'deletions'), c.deletions) AS deleted,
		COALESCE(etl_integer(v->>'changedFiles'),
			etl_integer(v->>'changed_files'), c.files) AS files
	FROM item
	CROSS JOIN LATERAL (SELECT item.value AS v OFFSET 0) AS x
	CROSS JOIN LATERAL (
		SELECT t.id, t.external_id
		FROM repositories AS t
		WHERE t.tenant_id = $1 AND t.integration_id = $2
			AND (t.external_id = item.repo_id
			OR t.full_name = item.repo_name)
		ORDER BY t.external_id = item.repo_id DESC NULLS LAST, t.id
		LIMIT 1) AS r
	LEFT JOIN LATERAL (
		SELECT sum(etl_integer(COALESCE(n#>>'{commit,additions}',
				n#>>'{stats,additions}'))::bigint) AS additions,
			sum(etl_integer(COALESCE(n#>>'{commit,deletions}',
				n#>>'{stats,deletions}'))::bigint) AS deletions,
			sum(etl_integer(COALESCE(n#>>'{commit,changedFiles}',
				n#>>'{commit,changedFilesIfAvailable}'))
				::bigint) AS files
		FROM jsonb_array_elements(etl_nodes(v->'commits')) AS n
	) AS c ON true
), known AS (
	SELECT n.*, o.id, COALESCE(n.merger, o.merged_by) AS merged_by,
		COALESCE(etl_integer(n.added::text), o.additions) AS additions,
		COALESCE(etl_integer(n.deleted::text), o.deletions)
			AS deletions,
		COALESCE(etl_integer(n.files::text), o.changed_files)
			AS changed_files,
		etl_issue_keys(concat_ws(E'\n', n.source, n.name, n.body))
			AS work_item_keys
	FROM pr AS n
	LEFT JOIN LATERAL (
		SELECT *
		FROM prs AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.external_id = n.external_id
		LIMIT 1) AS o ON true
	WHERE o.id IS NULL OR o.pr_updated_at IS NULL
		OR n.pr_updated_at >= o.pr_updated_at
)
INSERT INTO prs AS t (id, tenant_id, integration_id, <inserted>)
SELECT COALESCE(n.id, nextval('prs_id_seq')), $1, $2, n.<inserted>
FROM known AS n
ORDER BY n.external_id COLLATE "C"
ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
	<updated = excluded>, last_updated_at = NOW()
WHERE (t.pr_updated_at IS NULL OR excluded.pr_updated_at >= t.pr_updated_at)
	AND (t.<compared>) IS DISTINCT FROM (excluded.<compared>)

-- Whoever has some of the same waits here, and counts the other's parts, too.
-- statement: lock
SELECT p.id
FROM (
	SELECT DISTINCT external_id COLLATE "C" AS external_id
	FROM etl_prs($1, $2, $3)
	ORDER BY 1
) AS touched
CROSS JOIN LATERAL (
	SELECT x.id
	FROM prs AS x
	WHERE x.tenant_id::bigint = $1
		AND x.integration_id::bigint = $2
		AND x.external_id = touched.external_id COLLATE "default"
	FOR NO KEY UPDATE) AS p

-- A commit that several pull requests have belongs to the first one.
-- statement: prs_commits
-- columns: prs_commits
WITH node AS (
	SELECT i.index, i.updated, p.pr_updated_at IS NULL
		OR i.updated >= p.pr_updated_at AS is_newest,
		p.id AS pr_id, n.value AS n,
		CASE WHEN jsonb_typeof(n.value->'commit') = 'object'
		THEN n.value->'commit' ELSE n.value END AS c
	FROM etl_prs($1, $2, $3) AS i
	CROSS JOIN LATERAL (
		SELECT x.id, x.pr_updated_at
		FROM prs AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.external_id = i.external_id
		LIMIT 1) AS p
	CROSS JOIN jsonb_array_elements(etl_nodes(i.value->'commits')) AS n
	OFFSET 0
), read AS (
	SELECT index, updated, is_newest, pr_id,
		COALESCE(etl_id(n->'sha'), etl_id(c->'oid'),
			etl_id(c->'sha')) AS external_id,
		etl_scalar(c#>'{author,name}') AS author_name,
		etl_scalar(c#>'{author,email}') AS author_email,
		etl_scalar(c#>'{committer,name}') AS committer_name,
		etl_scalar(c#>'{committer,email}') AS committer_email,
		etl_scalar(c->'message') AS message,
		etl_timestamp(COALESCE(c->>'authoredDate',
			c#>>'{author,date}')) AS authored_date,
		etl_timestamp(COALESCE(c->>'committedDate',
			c#>>'{committer,date}')) AS committed_date
	FROM node
)
INSERT INTO prs_commits AS t (id, tenant_id, integration_id, <inserted>)
SELECT COALESCE(o.id, nextval('prs_commits_id_seq')), $1, $2, n.<inserted>
FROM (
	SELECT DISTINCT ON (external_id COLLATE "C") *
	FROM read
	WHERE external_id IS NOT NULL
	ORDER BY external_id COLLATE "C", pr_id,
		updated DESC NULLS LAST, index DESC
) AS n
LEFT JOIN LATERAL (
	SELECT *
	FROM prs_commits AS x
	WHERE x.tenant_id = $1 AND x.integration_id = $2
		AND x.external_id = n.external_id
	LIMIT 1) AS o ON true
WHERE o.id IS NULL OR (o.pr_id = n.pr_id AND n.is_newest
	AND (o.<compared>) IS DISTINCT FROM (n.<compared>))
ORDER BY n.external_id COLLATE "C"
ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
	<updated = excluded>, last_updated_at = NOW()
WHERE t.pr_id = excluded.pr_id

-- statement: prs_reviews
-- columns: prs_reviews
WITH read AS (
	SELECT i.index, i.updated, p.pr_updated_at IS NULL
		OR i.updated >= p.pr_updated_at AS is_newest, p.id AS pr_id,
		COALESCE(etl_id(n->'node_id'), etl_id(n->'id')) AS external_id,
		COALESCE(etl_scalar(n#>'{author,login}'),
			etl_scalar(n#>'{user,login}')) AS author_login,
		etl_scalar(n->'state') AS state, etl_scalar(n->'body') AS body,
		etl_timestamp(COALESCE(n->>'submittedAt', n->>'submitted_at'))
			AS submitted_at
	FROM etl_prs($1, $2, $3) AS i
	CROSS JOIN LATERAL (
		SELECT x.id, x.pr_updated_at
		FROM prs AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.external_id = i.external_id
		LIMIT 1) AS p
	CROSS JOIN jsonb_array_elements(etl_nodes(i.value->'reviews')) AS n
)
INSERT INTO prs_reviews AS t (id, tenant_id, integration_id, <inserted>)
SELECT COALESCE(o.id, nextval('prs_reviews_id_seq')), $1, $2, n.<inserted>
FROM (
	SELECT DISTINCT ON (external_id COLLATE "C") *
	FROM read
	WHERE external_id IS NOT NULL
	ORDER BY external_id COLLATE "C", pr_id,
		updated DESC NULLS LAST, index DESC
) AS n
LEFT JOIN LATERAL (
	SELECT *
	FROM prs_reviews AS x
	WHERE x.tenant_id = $1 AND x.integration_id = $2
		AND x.external_id = n.external_id
	LIMIT 1) AS o ON true
WHERE o.id IS NULL OR (o.pr_id = n.pr_id AND n.is_newest
	AND (o.<compared>) IS DISTINCT FROM (n.<compared>))
ORDER BY n.external_id COLLATE "C"
ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
	<updated = excluded>, last_updated_at = NOW()
WHERE t.pr_id = excluded.pr_id

-- Where a comment has no place of its own, its thread has.
-- statement: prs_comments
-- columns: prs_comments
WITH node AS (
	SELECT i.index, i.updated, p.pr_updated_at IS NULL
		OR i.updated >= p.pr_updated_at AS is_newest,
		p.id AS pr_id, c.type, c.n, c.thread
	FROM etl_prs($1, $2, $3) AS i
	CROSS JOIN LATERAL (
		SELECT x.id, x.pr_updated_at
		FROM prs AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.external_id = i.external_id
		LIMIT 1) AS p
	CROSS JOIN LATERAL (
		SELECT 'issue' AS type, n, NULL::jsonb AS thread
		FROM jsonb_array_elements(etl_nodes(i.value->'comments')) AS n
		UNION ALL
		SELECT 'review', n, NULL
		FROM jsonb_array_elements(etl_nodes(
			i.value->'review_comments')) AS n
		UNION ALL
		SELECT 'review', n, thread - 'comments'
		FROM jsonb_array_elements(etl_nodes(
			i.value->'reviewThreads')) AS thread
		CROSS JOIN jsonb_array_elements(etl_nodes(
			CASE jsonb_typeof(thread) WHEN 'object'
			THEN thread->'comments' END)) AS n
		WHERE jsonb_typeof(thread) = 'object'
	) AS c
	OFFSET 0
), read AS (
	SELECT index, updated, is_newest, pr_id, type AS comment_type,
		COALESCE(etl_id(n->'node_id'), etl_id(n->'id')) AS external_id,
		COALESCE(etl_scalar(n#>'{author,login}'),
			etl_scalar(n#>'{user,login}')) AS author_login,
		etl_scalar(n->'body') AS body,
		COALESCE(etl_scalar(n->'path'), etl_scalar(thread->'path'))
			AS path,
		etl_integer(n->>'position') AS position,
		COALESCE(etl_integer(n->>'line'), etl_integer(thread->>'line'))
			AS line,
		etl_timestamp(COALESCE(n->>'createdAt', n->>'created_at'))
			AS created_at_github,
		etl_timestamp(COALESCE(n->>'updatedAt', n->>'updated_at'))
			AS updated_at_github
	FROM node
)
INSERT INTO prs_comments AS t (id, tenant_id, integration_id, <inserted>)
SELECT COALESCE(o.id, nextval('prs_comments_id_seq')), $1, $2, n.<inserted>
FROM (
	SELECT DISTINCT ON (external_id COLLATE "C") *
	FROM read
	WHERE external_id IS NOT NULL
	ORDER BY external_id COLLATE "C", pr_id,
		updated_at_github DESC NULLS LAST,
		updated DESC NULLS LAST, index DESC
) AS n
LEFT JOIN LATERAL (
	SELECT *
	FROM prs_comments AS x
	WHERE x.tenant_id = $1 AND x.integration_id = $2
		AND x.external_id = n.external_id
	LIMIT 1) AS o ON true
WHERE o.id IS NULL OR (o.pr_id = n.pr_id AND n.is_newest
	AND (o.updated_at_github > n.updated_at_github) IS NOT TRUE
	AND (o.<compared>) IS DISTINCT FROM (n.<compared>))
ORDER BY n.external_id COLLATE "C"
ON CONFLICT (tenant_id, integration_id, external_id) DO UPDATE SET
	<updated = excluded>, last_updated_at = NOW()
WHERE t.pr_id = excluded.pr_id

-- Over all parts that are stored: a batch may hold a page of them only. How
-- many there are the source knows best; what it said once stays when it says
-- nothing, or spoke longer ago. OFFSET: of the indexes, the one on pr_id is to
-- be used.
-- statement: metrics
-- columns: prs
WITH touched AS (
	SELECT DISTINCT ON (p.id) p.id, i.value AS v, p.commit_count,
		p.discussion_comment_count, p.review_comment_count,
		(p.pr_updated_at IS NULL OR i.updated >= p.pr_updated_at)
			IS NOT TRUE AS is_older
	FROM etl_prs($1, $2, $3) AS i
	CROSS JOIN LATERAL (
		SELECT *
		FROM prs AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.external_id = i.external_id
		LIMIT 1) AS p
	ORDER BY p.id, i.updated DESC NULLS LAST, i.index DESC
), metric AS (
	SELECT t.id, r.reviewers, r.first_review_at, r.review_cycles,
		c.rework_commit_count,
		COALESCE(CASE WHEN is_older AND etl_total(v->'commits')
			IS NOT NULL THEN commit_count
			ELSE etl_total(v->'commits') END,
			GREATEST(c.count, commit_count)) AS commit_count,
		COALESCE(CASE WHEN is_older AND etl_total(v->'comments')
			IS NOT NULL THEN discussion_comment_count
			ELSE etl_total(v->'comments') END,
			GREATEST(m.issue, discussion_comment_count))
			AS discussion_comment_count,
		COALESCE(CASE WHEN is_older AND etl_total(v->'review_comments')
			IS NOT NULL THEN review_comment_count
			ELSE etl_total(v->'review_comments') END,
			GREATEST(m.review, review_comment_count))
			AS review_comment_count
	FROM touched AS t
	CROSS JOIN LATERAL (
		SELECT count(DISTINCT x.author_login) AS reviewers,
			min(x.submitted_at) AS first_review_at,
			count(*) FILTER (WHERE x.state IN ('APPROVED',
				'CHANGES_REQUESTED')) AS review_cycles
		FROM (SELECT * FROM prs_reviews AS y WHERE y.pr_id = t.id
			OFFSET 0) AS x
		WHERE x.tenant_id = $1) AS r
	CROSS JOIN LATERAL (
		SELECT count(*) AS count, count(*) FILTER (
			WHERE x.authored_date > r.first_review_at)
			AS rework_commit_count
		FROM (SELECT * FROM prs_commits AS y WHERE y.pr_id = t.id
			OFFSET 0) AS x
		WHERE x.tenant_id = $1) AS c
	CROSS JOIN LATERAL (
		SELECT count(*) FILTER (WHERE x.comment_type = 'issue') AS issue,
			count(*) FILTER (WHERE x.comment_type = 'review')
			AS review
		FROM (SELECT * FROM prs_comments AS y WHERE y.pr_id = t.id
			OFFSET 0) AS x
		WHERE x.tenant_id = $1) AS m
)
UPDATE prs AS p
SET <measured = m>, last_updated_at = NOW()
FROM metric AS m
WHERE p.tenant_id::bigint = $1 AND p.id = m.id
	AND (p.<measured>) IS DISTINCT FROM (m.<measured>)
