-- What several statements of transformers and loaders said, each for itself.
-- Most of these are part of the statement that calls them, as PostgreSQL plans
-- it, and cost it nothing. Workers from before this do without them.

-- What the first statement of a transformer gives (transformer.h). Of lists the
-- first entries are enough.
CREATE FUNCTION etl_note(index BIGINT, place TEXT, reason TEXT) RETURNS JSONB
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('index', index,
		'place', place, 'reason', reason))
$$;
COMMENT ON FUNCTION etl_note IS
	'An item, or a place in it, that could not be read or placed';

CREATE FUNCTION etl_outcome(read BIGINT, lost BIGINT, notes JSONB[],
	names TEXT[], lacks JSONB[], refused TEXT)
RETURNS TABLE (items BIGINT, unreadable BIGINT, skipped BIGINT,
	skipped_list JSONB, waiting JSONB, incomplete BIGINT,
	incomplete_list JSONB, refusal TEXT)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
	SELECT read, lost, cardinality(notes)::bigint,
		to_jsonb(NULLIF(notes[:1000], '{}')),
		to_jsonb(NULLIF(names, '{}')), cardinality(lacks)::bigint,
		to_jsonb(NULLIF(lacks[:1000], '{}')),
		refused
$$;
COMMENT ON FUNCTION etl_outcome IS
	'What was read of a batch and what was not: items (NULL: the answer has '
	'not the shape), those of which nothing can be read, notes on what was '
	'skipped, names that are waited for, what the answer lacks, and what '
	'the source says where it is only an error';

-- Issues.

CREATE FUNCTION etl_work_item(tenant BIGINT, integration BIGINT, issue TEXT)
RETURNS SETOF work_items
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
	SELECT *
	FROM work_items AS w
	WHERE w.tenant_id::bigint = tenant
		AND w.integration_id::bigint = integration
		AND w.external_id = issue
	LIMIT 1
$$;
COMMENT ON FUNCTION etl_work_item IS
	'The work item with this external id; by its key: etl_issue_of_key';

-- Batches that wait.

CREATE FUNCTION etl_wake(tenant BIGINT, integration BIGINT, what TEXT,
	names TEXT[]) RETURNS VOID
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	batches BIGINT[] := ARRAY(
		SELECT DISTINCT w.raw_data_id
		FROM unnest(names) AS n (name)
		CROSS JOIN LATERAL (
			SELECT x.raw_data_id
			FROM waiting_batches AS x
			WHERE x.tenant_id = tenant
				AND x.integration_id = integration
				AND x.kind = what AND x.name = n.name
			OFFSET 0) AS w);
BEGIN
	IF batches = '{}' THEN
		RETURN;
	END IF;
	WITH picked AS MATERIALIZED (
		SELECT r.id
		FROM raw_extraction_data AS r
		WHERE r.tenant_id = tenant AND r.processing_status = 'completed'
			AND r.active AND r.id = ANY (batches)
		ORDER BY r.id
		FOR NO KEY UPDATE
	), gone AS (
		DELETE FROM waiting_batches AS w
		USING picked
		WHERE w.tenant_id = tenant AND w.raw_data_id = picked.id
			AND w.raw_data_id = ANY (ARRAY(SELECT id FROM picked))
	)
	UPDATE raw_extraction_data AS r
	SET processing_status = 'pending', processed_at = NULL,
		queued_at = NULL, queue_transform = TRUE, attempts = 0,
		error_details = etl_earlier(r.error_details)
	FROM picked
	WHERE r.tenant_id = tenant AND r.id = picked.id
		AND r.id = ANY (ARRAY(SELECT id FROM picked));
END
$$;
COMMENT ON FUNCTION etl_wake IS
	'Completed batches that wait for one of these are pending again and '
	'wait for nothing; they are locked in the order of ids';

-- Commits, reviews and comments of pull requests: one form for all of them.

CREATE FUNCTION etl_part_id(kind TEXT, part JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN kind = 'commits' THEN COALESCE(etl_id(part->'sha'),
		etl_id(part#>'{commit,oid}'), etl_id(part->'oid'),
		etl_id(part#>'{commit,sha}'))
	ELSE etl_identity(COALESCE(etl_id(part->'node_id'),
		etl_id(part->'id'))) END
$$;
COMMENT ON FUNCTION etl_part_id IS
	'The external_id of a commit, the identity of a review or comment';

CREATE FUNCTION etl_part_told(kind TEXT, part JSONB)
RETURNS TABLE (told JSONB, wrong JSONB)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT * FROM etl_commit_told(part) WHERE kind = 'commits'
	UNION ALL
	SELECT * FROM etl_review_told(part) WHERE kind = 'reviews'
	UNION ALL
	SELECT * FROM etl_comment_told(part) WHERE kind LIKE '%comments'
$$;
COMMENT ON FUNCTION etl_part_told IS
	'Columns that a part names, and places in it that cannot be read';

-- Of two that tell when they were changed, as comments do, the newer one counts.
CREATE FUNCTION etl_pr_parts(tenant BIGINT, integration BIGINT, batch BIGINT,
	kinds TEXT[])
RETURNS TABLE (pr_id BIGINT, kind TEXT, part_id TEXT, stamp TIMESTAMP,
	is_current BOOLEAN, told JSONB, stamps JSONB)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	WITH node AS MATERIALIZED (
		SELECT l.pr_id, l.kind, l.stamp, l.index, n.place,
			etl_part_id(l.kind, n.value) AS part_id,
			etl_is_newer(l.stamp, batch,
				(l.known->>'list')::timestamp,
				(l.known->>'list_id')::bigint) AS is_current,
			CASE WHEN l.is_broken THEN jsonb_strip_nulls(t.told)
				ELSE t.told END AS told
		FROM etl_pr_lists(tenant, integration, batch) AS l
		CROSS JOIN jsonb_array_elements(l.nodes) WITH ORDINALITY
			AS n (value, place)
		CROSS JOIN LATERAL etl_part_told(l.kind, n.value) AS t
		WHERE l.kind = ANY (kinds) AND l.pr_id IS NOT NULL
	)
	SELECT n.pr_id, n.kind, n.part_id, max(n.stamp), bool_or(n.is_current),
		etl_merged(n.told ORDER BY n.told->>'updated_at_github'
			NULLS FIRST, n.stamp NULLS FIRST, n.index, n.place),
		CASE WHEN min(n.stamp) IS DISTINCT FROM max(n.stamp)
			OR count(*) <> count(n.stamp) THEN
			etl_merged(etl_stamps(n.told, n.stamp)
			ORDER BY n.told->>'updated_at_github' NULLS FIRST,
			n.stamp NULLS FIRST, n.index, n.place) END
	FROM node AS n
	WHERE n.part_id IS NOT NULL
	GROUP BY n.pr_id, n.kind, n.part_id
$$;
COMMENT ON FUNCTION etl_pr_parts IS
	'Parts of these kinds that a batch has, each once, with all that is '
	'told of it; is_current: no newer list is known that was complete';

CREATE FUNCTION etl_parts_of(tenant BIGINT, pr BIGINT, kind TEXT)
RETURNS TABLE (id BIGINT, part_id TEXT, active BOOLEAN, told_at TIMESTAMP,
	raw_data_id BIGINT)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT x.id, x.external_id::text, x.active, x.told_at, x.raw_data_id
	FROM prs_commits AS x
	WHERE kind = 'commits' AND x.pr_id = pr AND x.tenant_id = tenant
	UNION ALL
	SELECT x.id, x.identity::text, x.active, x.told_at, x.raw_data_id
	FROM prs_reviews AS x
	WHERE kind = 'reviews' AND x.pr_id = pr AND x.tenant_id = tenant
	UNION ALL
	SELECT x.id, x.identity::text, x.active, x.told_at, x.raw_data_id
	FROM prs_comments AS x
	WHERE kind LIKE '%comments' AND x.pr_id = pr AND x.comment_type
		= CASE kind WHEN 'comments' THEN 'issue' ELSE 'review' END
		AND x.tenant_id = tenant
$$;
COMMENT ON FUNCTION etl_parts_of IS
	'The parts of a kind that are stored of a pull request';

-- What a row takes.

CREATE FUNCTION etl_kept_id(told JSONB, known TEXT) RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN etl_is_number(told->>'external_id')
		AND NOT etl_is_number(known) THEN told - 'external_id'
		ELSE told END
$$;
COMMENT ON FUNCTION etl_kept_id IS
	'What is told, without a plain number that would replace a node id';

CREATE FUNCTION etl_with_ages(columns TEXT[], taken JSONB, stamps JSONB,
	stamp TIMESTAMP, batch BIGINT, row_stamp TIMESTAMP, row_batch BIGINT,
	is_new BOOLEAN, ages JSONB) RETURNS JSONB
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT taken || jsonb_build_object(
		'told_at', GREATEST(stamp, row_stamp),
		'raw_data_id', etl_newest(stamp, batch, row_stamp, row_batch),
		'column_ages', etl_column_ages(columns, taken, stamps, stamp,
			batch, row_stamp, row_batch, is_new, ages))
$$;
COMMENT ON FUNCTION etl_with_ages IS
	'What a row takes (etl_taken), with told_at, raw_data_id and '
	'column_ages (etl_column_ages)';
