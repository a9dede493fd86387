-- goes on: github_prs_batch
-- Commits, reviews and comments of pull requests. A part is active as long as
-- no newer list that is complete lacks it; only active ones count. A list is
-- complete alone (etl_pr_lists), or once its pages have as many as there
-- are. Whoever has locked the repository writes them alone.

-- How many there are, as the newest answer says. Nobody tells how many comments
-- all threads have: their sum is known once pages have brought every thread.
-- statement: parts
WITH list AS MATERIALIZED (
	SELECT *, CASE WHEN place IN ('reviewThreads', 'reviews.comments')
		AND jsonb_typeof(member) = 'object' THEN member->'threads' END
		AS threads
	FROM etl_pr_lists($1, $2, $3)
	WHERE pr_id IS NOT NULL
), thread AS (
	SELECT l.pr_id, l.kind, jsonb_object_agg(t.key, t.value
		ORDER BY l.stamp NULLS FIRST, l.index) AS threads
	FROM list AS l CROSS JOIN LATERAL jsonb_each(l.threads) AS t
	GROUP BY l.pr_id, l.kind
), fact AS (
	SELECT pr_id, kind, bool_or(is_list) AS asked,
		(array_agg(total ORDER BY stamp DESC NULLS LAST, index DESC)
			FILTER (WHERE total IS NOT NULL))[1] AS total,
		(array_agg(stamp ORDER BY stamp DESC NULLS LAST, index DESC)
			FILTER (WHERE total IS NOT NULL))[1] AS total_stamp,
		bool_or(is_list AND is_cut AND total IS NULL) AS cut,
		max(stamp) FILTER (WHERE is_list AND is_cut
			AND total IS NULL) AS cut_stamp,
		max(stamp) FILTER (WHERE threads IS NOT NULL) AS threads_stamp,
		(array_agg(member->'threadsTotal' ORDER BY stamp DESC NULLS LAST,
			index DESC) FILTER (WHERE threads IS NOT NULL
			AND member->'threadsTotal' <> 'null'))[1] AS threads_total
	FROM list
	GROUP BY pr_id, kind
), changed AS MATERIALIZED (
	SELECT p.id, COALESCE(p.parts, '{}') || jsonb_object_agg(f.kind,
		etl_part_facts(p.parts->f.kind, f.asked,
		COALESCE(f.total, s.total), CASE WHEN f.total IS NULL
		THEN f.threads_stamp ELSE f.total_stamp END, f.cut,
		f.cut_stamp, $3) || CASE WHEN k.threads IS NULL THEN '{}'
		ELSE jsonb_build_object('threads', k.threads,
		'threads_total', k.total) END) AS parts
	FROM fact AS f JOIN prs AS p ON p.tenant_id = $1 AND p.id = f.pr_id
	LEFT JOIN thread AS t ON t.pr_id = f.pr_id AND t.kind = f.kind
	CROSS JOIN LATERAL (
		SELECT CASE WHEN f.total IS NULL THEN COALESCE(p.parts
				#> ARRAY[f.kind, 'threads'], '{}') || t.threads
				ELSE t.threads END AS threads,
			COALESCE(f.threads_total, p.parts
				#> ARRAY[f.kind, 'threads_total']) AS total) AS k
	LEFT JOIN LATERAL (
		SELECT sum(e.value::integer)::integer AS total
		FROM jsonb_each_text(k.threads) AS e
		HAVING count(*) >= (k.total #>> '{}')::integer
			AND count(e.value) = count(*)) AS s ON true
	GROUP BY p.id, p.parts
)
UPDATE prs AS p
SET parts = changed.parts
FROM changed
WHERE p.tenant_id::bigint = $1 AND p.id = changed.id
	AND p.id = ANY (ARRAY(SELECT id FROM changed))
	AND p.parts IS DISTINCT FROM changed.parts;

-- A commit belongs to each pull request that has it. Here and below: what a batch
-- has is looked up among what is stored, merged with it, and written where it is
-- new or another.
-- statement: prs_commits
-- columns: prs_commits
WITH changed AS MATERIALIZED (
	SELECT n.*, o.id AS known_id, one.part_id, d.is_other,
		one.is_current OR COALESCE(o.active, false) AS is_active
	FROM etl_pr_parts($1, $2, $3, '{commits}') AS one
	LEFT JOIN prs_commits AS o ON o.tenant_id = $1 AND o.pr_id = one.pr_id
		AND o.external_id = one.part_id
	CROSS JOIN LATERAL (
		SELECT etl_taken(one.told, one.stamps, one.stamp, $3,
			o.told_at, o.raw_data_id, o.column_ages) AS taken
		OFFSET 0) AS k
	CROSS JOIN LATERAL jsonb_populate_record(o, jsonb_build_object(
		'pr_id', one.pr_id, 'external_id', one.part_id)
		|| etl_with_ages(ARRAY[/* {compared: '@'} */ 'author_name',
		'author_email', 'committer_name', 'committer_email', 'message',
		'authored_date', 'committed_date' /* end */], k.taken,
		one.stamps, one.stamp, $3, o.told_at, o.raw_data_id,
		o.id IS NULL, o.column_ages)) AS n
	CROSS JOIN LATERAL (
		SELECT o.id IS NULL OR (one.is_current AND NOT o.active)
			OR (/* o.<compared> */ o.author_name, o.author_email,
			o.committer_name, o.committer_email, o.message,
			o.authored_date, o.committed_date /* end */)
			IS DISTINCT FROM (/* n.<compared> */ n.author_name,
			n.author_email, n.committer_name, n.committer_email,
			n.message, n.authored_date, n.committed_date /* end */)
			AS is_other) AS d
	WHERE d.is_other OR one.stamp > COALESCE(o.told_at, '-infinity')
		OR o.column_ages IS DISTINCT FROM n.column_ages
), made AS (
	INSERT INTO prs_commits (id, tenant_id, integration_id, active,
		/* <inserted> */ external_id, pr_id, told_at, raw_data_id,
		column_ages, author_name, author_email, committer_name,
		committer_email, message, authored_date,
		committed_date /* end */)
	SELECT nextval('prs_commits_id_seq'), $1, $2, n.is_active,
		/* n.<inserted> */ n.external_id, n.pr_id, n.told_at,
		n.raw_data_id, n.column_ages, n.author_name, n.author_email,
		n.committer_name, n.committer_email, n.message, n.authored_date,
		n.committed_date /* end */
	FROM changed AS n
	WHERE n.known_id IS NULL
	ORDER BY n.pr_id, n.part_id COLLATE "C"
	ON CONFLICT DO NOTHING
)
UPDATE prs_commits AS t
SET /* <updated = n> */ told_at = n.told_at, raw_data_id = n.raw_data_id,
	column_ages = n.column_ages, author_name = n.author_name,
	author_email = n.author_email, committer_name = n.committer_name,
	committer_email = n.committer_email, message = n.message,
	authored_date = n.authored_date,
	committed_date = n.committed_date /* end */, active = n.is_active,
	last_updated_at = CASE
	WHEN n.is_other THEN NOW() ELSE t.last_updated_at END
FROM changed AS n
WHERE t.tenant_id = $1 AND t.id = n.known_id
	AND t.id = ANY (ARRAY(SELECT known_id FROM changed));

-- statement: prs_reviews
-- columns: prs_reviews
WITH changed AS MATERIALIZED (
	SELECT n.*, o.id AS known_id, one.part_id, d.is_other,
		one.is_current OR COALESCE(o.active, false) AS is_active
	FROM etl_pr_parts($1, $2, $3, '{reviews}') AS one
	LEFT JOIN prs_reviews AS o ON o.tenant_id = $1 AND o.pr_id = one.pr_id
		AND o.identity = one.part_id
	CROSS JOIN LATERAL (
		SELECT etl_taken(etl_kept_id(one.told, o.external_id),
			one.stamps, one.stamp, $3, o.told_at, o.raw_data_id,
			o.column_ages) AS taken
		OFFSET 0) AS k
	CROSS JOIN LATERAL jsonb_populate_record(o, jsonb_build_object(
		'pr_id', one.pr_id)
		|| etl_with_ages(ARRAY[/* {compared: '@'} */ 'external_id',
		'author_login', 'state', 'body', 'submitted_at' /* end */],
		k.taken, one.stamps, one.stamp, $3, o.told_at, o.raw_data_id,
		o.id IS NULL, o.column_ages)) AS n
	CROSS JOIN LATERAL (
		SELECT o.id IS NULL OR (one.is_current AND NOT o.active)
			OR (/* o.<compared> */ o.external_id, o.author_login,
			o.state, o.body, o.submitted_at /* end */)
			IS DISTINCT FROM (/* n.<compared> */ n.external_id,
			n.author_login, n.state, n.body,
			n.submitted_at /* end */) AS is_other) AS d
	WHERE d.is_other OR one.stamp > COALESCE(o.told_at, '-infinity')
		OR o.column_ages IS DISTINCT FROM n.column_ages
), made AS (
	INSERT INTO prs_reviews (id, tenant_id, integration_id, active,
		/* <inserted> */ external_id, pr_id, told_at, raw_data_id,
		column_ages, author_login, state, body, submitted_at /* end */)
	SELECT nextval('prs_reviews_id_seq'), $1, $2, n.is_active,
		/* n.<inserted> */ n.external_id, n.pr_id, n.told_at,
		n.raw_data_id, n.column_ages, n.author_login, n.state, n.body,
		n.submitted_at /* end */
	FROM changed AS n
	WHERE n.known_id IS NULL
	ORDER BY n.pr_id, n.part_id COLLATE "C"
	ON CONFLICT DO NOTHING
)
UPDATE prs_reviews AS t
SET /* <updated = n> */ external_id = n.external_id, told_at = n.told_at,
	raw_data_id = n.raw_data_id, column_ages = n.column_ages,
	author_login = n.author_login, state = n.state, body = n.body,
	submitted_at = n.submitted_at /* end */, active = n.is_active,
	last_updated_at = CASE
	WHEN n.is_other THEN NOW() ELSE t.last_updated_at END
FROM changed AS n
WHERE t.tenant_id = $1 AND t.id = n.known_id
	AND t.id = ANY (ARRAY(SELECT known_id FROM changed));

-- Of two that tell when the comment was changed, the newer one counts. Comments
-- of two kinds may have the same id.
-- statement: prs_comments
-- columns: prs_comments
WITH changed AS MATERIALIZED (
	SELECT n.*, o.id AS known_id, one.part_id, d.is_other,
		one.is_current OR COALESCE(o.active, false) AS is_active
	FROM etl_pr_parts($1, $2, $3, '{comments,review_comments}') AS one
	CROSS JOIN LATERAL (
		SELECT CASE one.kind WHEN 'comments' THEN 'issue'
			ELSE 'review' END AS comment_type) AS c
	LEFT JOIN prs_comments AS o ON o.tenant_id = $1 AND o.pr_id = one.pr_id
		AND o.identity = one.part_id
		AND o.comment_type = c.comment_type
	CROSS JOIN LATERAL (
		SELECT etl_taken(CASE WHEN o.updated_at_github >
			(one.told->>'updated_at_github')::timestamp THEN '{}'
			ELSE etl_kept_id(one.told, o.external_id) END,
			one.stamps, one.stamp, $3, o.told_at, o.raw_data_id,
			o.column_ages) AS taken
		OFFSET 0) AS k
	CROSS JOIN LATERAL jsonb_populate_record(o, jsonb_build_object(
		'pr_id', one.pr_id, 'comment_type', c.comment_type)
		|| etl_with_ages(ARRAY[/* {compared: '@'} */ 'external_id',
		'author_login', 'body', 'path', 'position', 'line',
		'created_at_github', 'updated_at_github' /* end */], k.taken,
		one.stamps, one.stamp, $3, o.told_at, o.raw_data_id,
		o.id IS NULL, o.column_ages)) AS n
	CROSS JOIN LATERAL (
		SELECT o.id IS NULL OR (one.is_current AND NOT o.active)
			OR (/* o.<compared> */ o.external_id, o.author_login,
			o.body, o.path, o.position, o.line, o.created_at_github,
			o.updated_at_github /* end */) IS DISTINCT FROM
			(/* n.<compared> */ n.external_id, n.author_login,
			n.body, n.path, n.position, n.line, n.created_at_github,
			n.updated_at_github /* end */) AS is_other) AS d
	WHERE d.is_other OR one.stamp > COALESCE(o.told_at, '-infinity')
		OR o.column_ages IS DISTINCT FROM n.column_ages
), made AS (
	INSERT INTO prs_comments (id, tenant_id, integration_id, active,
		/* <inserted> */ external_id, pr_id, told_at, raw_data_id,
		column_ages, author_login, body, comment_type, path, position,
		line, created_at_github, updated_at_github /* end */)
	SELECT nextval('prs_comments_id_seq'), $1, $2, n.is_active,
		/* n.<inserted> */ n.external_id, n.pr_id, n.told_at,
		n.raw_data_id, n.column_ages, n.author_login, n.body,
		n.comment_type, n.path, n.position, n.line, n.created_at_github,
		n.updated_at_github /* end */
	FROM changed AS n
	WHERE n.known_id IS NULL
	ORDER BY n.pr_id, n.part_id COLLATE "C"
	ON CONFLICT DO NOTHING
)
UPDATE prs_comments AS t
SET /* <updated = n> */ external_id = n.external_id, told_at = n.told_at,
	raw_data_id = n.raw_data_id, column_ages = n.column_ages,
	author_login = n.author_login, body = n.body, path = n.path,
	position = n.position, line = n.line,
	created_at_github = n.created_at_github,
	updated_at_github = n.updated_at_github /* end */, active = n.is_active,
	last_updated_at = CASE
	WHEN n.is_other THEN NOW() ELSE t.last_updated_at END
FROM changed AS n
WHERE t.tenant_id = $1 AND t.id = n.known_id
	AND t.id = ANY (ARRAY(SELECT known_id FROM changed));

-- Those that a list lacks which is complete; and where the newest pages together
-- have as many as there are, those that came before these pages.
-- statement: parts_gone
WITH list AS MATERIALIZED (
	SELECT l.pr_id, l.kind, l.stamp, ARRAY(
		SELECT COALESCE(etl_part_id(l.kind, n), '')
		FROM jsonb_array_elements(l.nodes) AS n) AS ids
	FROM etl_pr_lists($1, $2, $3) AS l
	WHERE l.is_complete AND l.pr_id IS NOT NULL
		AND etl_is_newer(l.stamp, $3,
			(l.known->>'list')::timestamp,
			(l.known->>'list_id')::bigint)
), paged AS MATERIALIZED (
	SELECT l.pr_id, l.kind, f.stamp
	FROM (
		SELECT DISTINCT pr_id, kind
		FROM etl_pr_lists($1, $2, $3)
	) AS l
	JOIN prs AS p ON p.tenant_id = $1 AND p.id = l.pr_id
	CROSS JOIN LATERAL (
		SELECT (p.parts->l.kind->>'at')::timestamp AS stamp,
			(p.parts->l.kind->>'total')::integer AS total) AS f
	CROSS JOIN LATERAL (
		SELECT count(*) AS count, count(*) FILTER (WHERE
			x.told_at >= f.stamp) AS since
		FROM etl_parts_of($1, l.pr_id, l.kind) AS x
		WHERE x.active) AS c
	WHERE c.since = f.total AND c.count <> c.since
), gone AS MATERIALIZED (
	SELECT list.kind, x.id
	FROM list CROSS JOIN etl_parts_of($1, list.pr_id, list.kind) AS x
	WHERE x.active AND x.part_id <> ALL (list.ids) AND NOT etl_is_newer(
		x.told_at, COALESCE(x.raw_data_id, 0), list.stamp, $3)
	UNION
	SELECT paged.kind, x.id
	FROM paged CROSS JOIN etl_parts_of($1, paged.pr_id, paged.kind) AS x
	WHERE x.active AND (x.told_at >= paged.stamp) IS NOT TRUE
), commits AS (
	UPDATE prs_commits AS t
	SET active = FALSE, last_updated_at = NOW()
	WHERE t.tenant_id = $1 AND t.id = ANY (ARRAY(
		SELECT id FROM gone WHERE kind = 'commits'))
), reviews AS (
	UPDATE prs_reviews AS t
	SET active = FALSE, last_updated_at = NOW()
	WHERE t.tenant_id = $1 AND t.id = ANY (ARRAY(
		SELECT id FROM gone WHERE kind = 'reviews'))
)
UPDATE prs_comments AS t
SET active = FALSE, last_updated_at = NOW()
WHERE t.tenant_id = $1 AND t.id = ANY (ARRAY(
	SELECT id FROM gone WHERE kind LIKE '%comments'));

-- Over all parts that are stored, for a batch may hold a page of them only; and
-- nothing that would be the number of a part of them. A review of one's own, or
-- one that is pending, is none.
-- statement: metrics
-- columns: prs
WITH touched AS MATERIALIZED (
	SELECT DISTINCT pr_id
	FROM etl_known_prs($1, $2, $3)
	WHERE pr_id IS NOT NULL
), whole AS MATERIALIZED (
	SELECT pr_id, kind, max(COALESCE(stamp, '-infinity')) AS stamp
	FROM etl_pr_lists($1, $2, $3)
	WHERE is_complete
	GROUP BY pr_id, kind
), part AS MATERIALIZED (
	SELECT p.id AS pr_id, k.kind, c.count, p.parts->k.kind AS known,
		(p.parts->k.kind->>'total')::integer AS total,
		COALESCE((p.parts->k.kind->>'at')::timestamp, '-infinity')
			AS at,
		COALESCE((p.parts->k.kind->>'cut')::timestamp, CASE
			WHEN p.parts->k.kind ? 'cut'
			THEN '-infinity'::timestamp END)
			AS cut,
		GREATEST(w.stamp, n.stamp, l.stamp) AS list,
		CASE WHEN (w.stamp > l.stamp OR l.stamp IS NULL OR c.is_undone)
			AND w.stamp >= COALESCE(n.stamp, w.stamp) THEN $3
			WHEN n.stamp > l.stamp OR l.stamp IS NULL
			THEN (n.known->>'id')::bigint END AS list_id,
		c.is_later
	FROM touched JOIN prs AS p ON p.tenant_id = $1 AND p.id = touched.pr_id
	CROSS JOIN (VALUES ('commits'), ('reviews'), ('comments'),
		('review_comments')) AS k (kind)
	CROSS JOIN LATERAL (SELECT COALESCE((p.parts->k.kind->>'list')
		::timestamp, CASE WHEN p.parts->k.kind ? 'list'
		THEN '-infinity'::timestamp END) AS stamp) AS l
	LEFT JOIN whole AS w ON w.pr_id = p.id AND w.kind = k.kind
	CROSS JOIN LATERAL (
		SELECT count(*) FILTER (WHERE x.active) AS count,
			bool_and(x.told_at >= (p.parts->k.kind->>'at')
			::timestamp) FILTER (WHERE x.active) AS is_since,
			bool_or(x.active AND (COALESCE(x.told_at, '-infinity'),
			COALESCE(x.raw_data_id, 0)) > (COALESCE((p.parts
			->k.kind->>'at')::timestamp, '-infinity'), COALESCE(
			(p.parts->k.kind->>'id')::bigint, 0))) AS is_later,
			COALESCE(bool_or(NOT x.active AND (COALESCE(x.told_at,
			'-infinity'), COALESCE(x.raw_data_id, 0)) > (l.stamp,
			COALESCE((p.parts->k.kind->>'list_id')::bigint, 0))
			AND w.stamp >= l.stamp), false) AS is_undone
		FROM etl_parts_of($1, p.id, k.kind) AS x
	) AS c
	LEFT JOIN LATERAL (SELECT p.parts->k.kind AS known,
		(p.parts->k.kind->>'at')::timestamp AS stamp) AS n
		ON c.is_since AND c.count
		= (p.parts->k.kind->>'total')::integer
	WHERE p.parts ? k.kind
), judged AS MATERIALIZED (
	SELECT part.*, CASE
		WHEN cut > at AND (cut > list) IS NOT FALSE
			OR total IS NULL AND cut IS NOT NULL
			AND (cut > list) IS NOT FALSE THEN false
		WHEN total IS NULL THEN CASE WHEN list IS NOT NULL THEN true END
		WHEN count = total OR list > at THEN true
		WHEN count > total AND is_later THEN NULL
		ELSE false END AS is_complete
	FROM part
), kind AS MATERIALIZED (
	SELECT j.*, is_complete IS NOT FALSE AND (known ? 'asked'
			OR is_complete) AS is_good,
		CASE WHEN total IS NULL THEN CASE WHEN is_complete IS NOT FALSE
			AND known ? 'asked' THEN count END
		WHEN list > at OR (count > total AND is_later) THEN count
		ELSE total END AS number
	FROM judged AS j
), sum AS (
	SELECT pr_id, CASE WHEN bool_or(is_complete IS FALSE) THEN false
		WHEN bool_or(is_complete IS NULL) THEN NULL ELSE true END
		AS parts_complete, jsonb_object_agg(kind, CASE WHEN list_id
		IS NOT NULL THEN known || jsonb_build_object('list',
		NULLIF(list, '-infinity'), 'list_id', list_id) ELSE known END)
		AS parts,
		max(number) FILTER (WHERE kind = 'commits') AS commit_count,
		max(number) FILTER (WHERE kind = 'comments')
			AS discussion_comment_count,
		max(number) FILTER (WHERE kind = 'review_comments')
			AS review_comment_count,
		bool_or(is_good AND kind = 'commits') AS has_commits,
		bool_or(is_good AND kind = 'reviews') AS has_reviews
	FROM kind
	GROUP BY pr_id
), metric AS (
	SELECT s.pr_id AS id, s.parts_complete, p.parts || s.parts AS parts,
		s.commit_count, s.discussion_comment_count,
		s.review_comment_count,
		CASE WHEN s.has_reviews THEN r.reviewers END AS reviewers,
		CASE WHEN s.has_reviews THEN r.first_review_at END
			AS first_review_at,
		CASE WHEN s.has_reviews THEN r.review_cycles END
			AS review_cycles,
		CASE WHEN s.has_reviews AND s.has_commits AND r.is_dated THEN (
			SELECT CASE WHEN r.first_review_at IS NULL OR bool_or(
				x.column_ages->'authored_date' = 'null')
				IS NOT TRUE THEN count(*) FILTER (WHERE
				x.authored_date > r.first_review_at) END
			FROM prs_commits AS x
			WHERE x.pr_id = s.pr_id AND x.tenant_id = $1
				AND x.active) END AS rework_commit_count
	FROM sum AS s JOIN prs AS p ON p.tenant_id = $1 AND p.id = s.pr_id
	CROSS JOIN LATERAL (
		SELECT CASE WHEN o.has_authors THEN o.reviewers END
				AS reviewers,
			CASE WHEN o.has_authors AND o.has_dates
				THEN o.first_review_at END AS first_review_at,
			CASE WHEN o.has_authors AND o.has_states
				THEN o.review_cycles END AS review_cycles,
			o.has_authors AND o.has_dates AS is_dated
		FROM (
			SELECT count(DISTINCT lower(x.author_login))
					AS reviewers,
				min(x.submitted_at) AS first_review_at,
				count(*) FILTER (WHERE x.state IN ('APPROVED',
					'CHANGES_REQUESTED')) AS review_cycles,
				bool_or(x.column_ages->'author_login' = 'null')
					IS NOT TRUE AS has_authors,
				bool_or(x.column_ages->'submitted_at' = 'null')
					IS NOT TRUE AS has_dates,
				bool_or(x.column_ages->'state' = 'null')
					IS NOT TRUE AS has_states
			FROM prs_reviews AS x
			WHERE x.pr_id = s.pr_id AND x.tenant_id = $1
				AND x.active
				AND (x.state = 'PENDING') IS NOT TRUE
				AND (lower(x.author_login)
				= lower(p.user_name)) IS NOT TRUE) AS o) AS r
)
UPDATE prs AS p
SET /* <measured = m> */ discussion_comment_count = m.discussion_comment_count,
	review_comment_count = m.review_comment_count, reviewers = m.reviewers,
	commit_count = m.commit_count, first_review_at = m.first_review_at,
	rework_commit_count = m.rework_commit_count,
	review_cycles = m.review_cycles, parts_complete = m.parts_complete,
	parts = m.parts /* end */, last_updated_at = NOW()
FROM metric AS m
WHERE p.tenant_id::bigint = $1 AND p.id = m.id
	AND (/* p.<measured> */ p.discussion_comment_count,
		p.review_comment_count, p.reviewers, p.commit_count,
		p.first_review_at, p.rework_commit_count, p.review_cycles,
		p.parts_complete, p.parts /* end */) IS DISTINCT FROM
		(/* m.<measured> */ m.discussion_comment_count,
		m.review_comment_count, m.reviewers, m.commit_count,
		m.first_review_at, m.rework_commit_count, m.review_cycles,
		m.parts_complete, m.parts /* end */);
