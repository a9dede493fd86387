-- The batch's work items: parents, and metrics over all stored changes of
-- status; these also for work items whose changes name a status that is of
-- another kind now (migration 0013). Which statuses that are is kept in
-- app.due_statuses: one that changes meanwhile stays due. No index serves the
-- look for them, for it is rare; without any it is not begun.
-- statement: due
WITH due AS MATERIALIZED (
	SELECT s.id
	FROM statuses AS s
	WHERE s.tenant_id = $1 AND s.integration_id = $2 AND s.metrics_due
	ORDER BY s.external_id COLLATE "C"
	FOR NO KEY UPDATE
)
SELECT set_config('app.due_statuses', COALESCE(string_agg(id::text, ','), ''),
	true)
FROM due

-- Parents of which an issue told just the key: parent_external_id holds it
-- until the parent is there. Keys and external ids cannot be taken for each
-- other: only keys have a hyphen.
-- Whoever loads some of the same waits here, and then sees what the other saw:
-- the statement after this one looks at the tables anew. OFFSET: the index on
-- the parent is the only one that serves.
-- statement: parents
WITH touched AS MATERIALIZED (
	SELECT w.id, w.key, w.external_id, w.parent_external_id, batch.is_own
	FROM (
		SELECT named.external_id COLLATE "C" AS external_id,
			bool_or(named.is_own) AS is_own
		FROM (
			SELECT etl_id(v) AS external_id, true AS is_own
			FROM raw_extraction_data AS r
			CROSS JOIN jsonb_path_query(r.raw_data,
				CASE jsonb_typeof(r.raw_data)
				WHEN 'array' THEN '$[0 to $n].id'::jsonpath
				ELSE '$.issues[0 to $n].id' END,
				etl_first()) AS v
			WHERE r.tenant_id = $1 AND r.integration_id = $2
				AND r.id = $3
				AND r.entity_type = 'jira_issues_batch'
			UNION ALL
			SELECT w.external_id, false
			FROM changelogs AS c
			JOIN work_items AS w ON w.tenant_id = $1
				AND w.id = c.work_item_id
			WHERE current_setting('app.due_statuses') <> ''
				AND c.tenant_id = $1 AND c.integration_id = $2
				AND ARRAY[c.from_status_id, c.to_status_id] &&
				string_to_array(current_setting(
				'app.due_statuses'), ',')::integer[]
		) AS named
		GROUP BY 1
		ORDER BY 1
	) AS batch
	CROSS JOIN LATERAL (
		SELECT x.id, x.key, x.external_id, x.parent_external_id
		FROM work_items AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.external_id = batch.external_id COLLATE "default"
		FOR NO KEY UPDATE) AS w
), found AS MATERIALIZED (
	SELECT t.id, p.external_id AS parent
	FROM touched AS t CROSS JOIN LATERAL (
		SELECT x.external_id
		FROM work_items AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.key = t.parent_external_id
		ORDER BY x.id
		LIMIT 1) AS p
	WHERE t.is_own AND t.parent_external_id LIKE '%-%'
	UNION
	SELECT c.id, t.external_id
	FROM touched AS t CROSS JOIN LATERAL (
		SELECT x.id, x.tenant_id, x.integration_id
		FROM work_items AS x
		WHERE x.parent_external_id = t.key
		OFFSET 0) AS c
	WHERE t.is_own AND c.tenant_id = $1 AND c.integration_id = $2
)
UPDATE work_items AS w
SET parent_external_id = found.parent, last_updated_at = NOW()
FROM found
WHERE w.tenant_id::bigint = $1 AND w.id = found.id
	AND w.parent_external_id IS DISTINCT FROM found.parent

-- Kinds of status: t to do, p in progress, d done. Changes in between that the
-- batch lacked move the start of those after them.
-- statement: metrics
-- columns: work_items
WITH touched AS MATERIALIZED (
	SELECT w.id, w.created
	FROM (
		SELECT DISTINCT etl_id(v) AS external_id
		FROM raw_extraction_data AS r
		CROSS JOIN jsonb_path_query(r.raw_data,
			CASE jsonb_typeof(r.raw_data)
			WHEN 'array' THEN '$[0 to $n].id'::jsonpath
			ELSE '$.issues[0 to $n].id' END, etl_first()) AS v
		WHERE r.tenant_id = $1 AND r.integration_id = $2 AND r.id = $3
			AND r.entity_type = 'jira_issues_batch'
	) AS batch
	CROSS JOIN LATERAL (
		SELECT x.id, x.created
		FROM work_items AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.external_id = batch.external_id
		LIMIT 1) AS w
	UNION
	SELECT w.id, w.created
	FROM changelogs AS c
	JOIN work_items AS w ON w.tenant_id = $1 AND w.id = c.work_item_id
	WHERE current_setting('app.due_statuses') <> ''
		AND c.tenant_id = $1 AND c.integration_id = $2
		AND ARRAY[c.from_status_id, c.to_status_id] && string_to_array(
		current_setting('app.due_statuses'), ',')::integer[]
), kind AS MATERIALIZED (
	SELECT s.id, CASE WHEN lower(s.category) IN ('to do', 'new') THEN 't'
		WHEN lower(s.category) IN ('in progress', 'indeterminate')
		THEN 'p' WHEN lower(s.category) = 'done' THEN 'd' END AS kind,
		COALESCE(f.step_name ILIKE '%review%', false) AS is_review
	FROM statuses AS s
	LEFT JOIN statuses_mappings AS m ON m.tenant_id = $1
		AND m.id = s.status_mapping_id
	LEFT JOIN workflows AS f ON f.tenant_id = $1 AND f.id = m.workflow_id
	WHERE s.tenant_id = $1 AND s.integration_id = $2
), change AS MATERIALIZED (
	SELECT c.id, c.work_item_id, c.at, c.started_at,
		extract(epoch FROM c.at - c.started_at)::float AS seconds,
		c.known_start, c.known_seconds,
		source.kind AS source, source.is_review, target.kind AS target
	FROM (
		SELECT x.id, x.work_item_id, x.from_status_id, x.to_status_id,
			x.transition_change_date AS at,
			x.transition_start_date AS known_start,
			x.time_in_status_seconds AS known_seconds,
			COALESCE(lag(x.transition_change_date) OVER (
				PARTITION BY x.work_item_id
				ORDER BY x.transition_change_date,
				length(x.external_id),
				x.external_id COLLATE "C"),
				touched.created) AS started_at
		FROM touched CROSS JOIN LATERAL (
			SELECT *
			FROM changelogs AS y
			WHERE y.tenant_id = $1
				AND y.work_item_id = touched.id
				AND y.transition_change_date IS NOT NULL
			OFFSET 0) AS x
	) AS c
	LEFT JOIN kind AS source ON source.id = c.from_status_id
	LEFT JOIN kind AS target ON target.id = c.to_status_id
), moved AS (
	UPDATE changelogs AS c
	SET transition_start_date = change.started_at,
		time_in_status_seconds = change.seconds,
		last_updated_at = NOW()
	FROM change
	WHERE c.tenant_id = $1 AND c.id = change.id
		AND (change.known_start, change.known_seconds)
		IS DISTINCT FROM (change.started_at, change.seconds)
), sum AS (
	SELECT t.id, t.created,
		min(at) FILTER (WHERE target = 't') AS work_first_committed_at,
		min(at) FILTER (WHERE target = 'p') AS work_first_started_at,
		max(at) FILTER (WHERE target = 'p') AS work_last_started_at,
		min(at) FILTER (WHERE target = 'd') AS work_first_completed_at,
		max(at) FILTER (WHERE target = 'd') AS work_last_completed_at,
		count(*) FILTER (WHERE target = 'p') AS total_work_starts,
		count(*) FILTER (WHERE target = 'd') AS total_completions,
		count(*) FILTER (WHERE target = 't') AS total_backlog_returns,
		COALESCE(sum(seconds) FILTER (WHERE source = 'p'), 0)
			AS total_work_time_seconds,
		COALESCE(sum(seconds) FILTER (WHERE source = 'p'
			AND is_review), 0) AS total_review_time_seconds,
		count(change.id) AS changes
	FROM touched AS t LEFT JOIN change ON change.work_item_id = t.id
	GROUP BY t.id, t.created
), metric AS (
	SELECT *, COALESCE(GREATEST(extract(epoch FROM work_last_completed_at
		- work_first_started_at)::float, 0), 0)
			AS total_cycle_time_seconds,
		COALESCE(GREATEST(extract(epoch FROM work_last_completed_at
		- COALESCE(work_first_committed_at, created))::float, 0), 0)
			AS total_lead_time_seconds,
		2 * total_backlog_returns + GREATEST(0, total_completions - 1)
			AS workflow_complexity_score,
		total_work_starts > 1 AS rework_indicator,
		changes = 1 AND total_completions = 1 AS direct_completion
	FROM sum
)
UPDATE work_items AS w
SET <measured = m>, last_updated_at = NOW()
FROM metric AS m
WHERE w.tenant_id::bigint = $1 AND w.id = m.id
	AND (w.<measured>) IS DISTINCT FROM (m.<measured>)

-- statement: done
UPDATE statuses AS s
SET metrics_due = FALSE
WHERE s.tenant_id = $1 AND s.id = ANY (string_to_array(NULLIF(
	current_setting('app.due_statuses'), ''), ',')::integer[])
