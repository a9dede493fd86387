-- The batch's work items: parents, and metrics over all stored changes of
-- status; these also for work items that are or were in a status that counts
-- otherwise now (migrations 0013, 0014). Which statuses that are is kept in
-- app.due_statuses: one that changes meanwhile stays due. These work items may
-- be anybody's, so that nobody else is to change any (migration 0022).
-- statement: due
WITH due AS MATERIALIZED (
	SELECT s.id
	FROM statuses AS s
	WHERE s.tenant_id = $1 AND s.integration_id = $2 AND s.metrics_due
	ORDER BY s.external_id COLLATE "C"
	FOR NO KEY UPDATE
)
SELECT set_config('app.due_statuses', COALESCE(ids, ''), true),
	CASE WHEN ids IS NULL THEN etl_beside_others($1, $2, 'work_items')
	ELSE etl_alone($1, $2, 'work_items') END
FROM (SELECT string_agg(id::text, ',') AS ids FROM due) AS one;

-- Parents of which an issue told just the key: parent_external_id holds it
-- until the parent is there. Keys and external ids cannot be taken for each
-- other: only keys have a hyphen.
-- Whoever loads some of the same waits here, and then sees what the other saw:
-- the statement after this one looks at the tables anew. A child, or a parent,
-- that comes meanwhile has a load of its own, which finds the other. OFFSET: the
-- index on the parent is the only one that serves.
-- statement: parents
WITH own AS MATERIALIZED (
	SELECT w.id, w.key, w.external_id, w.parent_external_id
	FROM etl_loaded_issues() AS batch
	CROSS JOIN etl_work_item($1, $2, batch.external_id) AS w
), found AS MATERIALIZED (
	SELECT t.id, t.external_id, t.parent_external_id AS told,
		p.external_id AS parent
	FROM own AS t
	CROSS JOIN etl_issue_of_key($1, $2, t.parent_external_id) AS p
	WHERE t.parent_external_id LIKE '%-%'
	UNION
	SELECT c.id, c.external_id, k.key, t.external_id
	FROM own AS t
	CROSS JOIN LATERAL (
		SELECT t.key
		UNION ALL
		SELECT o.key
		FROM work_items_old_keys AS o
		WHERE o.tenant_id = $1 AND o.work_item_id = t.id) AS k
	CROSS JOIN LATERAL (
		SELECT x.id, x.external_id, x.tenant_id, x.integration_id
		FROM work_items AS x
		WHERE x.parent_external_id = k.key
		OFFSET 0) AS c
	CROSS JOIN etl_issue_of_key($1, $2, k.key) AS p
	WHERE c.tenant_id = $1 AND c.integration_id = $2 AND p.id = t.id
), locked AS MATERIALIZED (
	SELECT w.id
	FROM (
		SELECT external_id COLLATE "C" AS external_id
		FROM own
		UNION
		SELECT external_id
		FROM found
		ORDER BY 1
	) AS touched
	CROSS JOIN LATERAL (
		SELECT x.id
		FROM work_items AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.external_id = touched.external_id COLLATE "default"
		FOR NO KEY UPDATE) AS w
), changed AS (
	UPDATE work_items AS w
	SET parent_external_id = found.parent, last_updated_at = NOW()
	FROM found
	WHERE w.tenant_id::bigint = $1 AND w.id = found.id
		AND w.id = ANY (ARRAY(SELECT id FROM locked))
		AND w.parent_external_id = found.told
		AND w.parent_external_id <> found.parent
)
SELECT count(*) FROM locked;

-- What metrics mean: docs/metrics.md. Kinds of status: t to do, p in progress,
-- d done. Only an entry into a kind counts, creation is one. Changes in between
-- that the batch lacked move the start of those after them. Nothing that rests
-- on the history is said before all of it is known; a history that is older
-- than the status of the work item has to lead there. Changes of one time that
-- came in different answers (mixed) have no order yet, unless each came on a page
-- that told its start (a place from 1000 on): they get the one in which their
-- statuses join, unless there are more than a hundred, which no person made and
-- which would take long. Rows to be written are named by an array of their
-- ids: a join alone may read the whole table.
-- statement: metrics
-- columns: work_items
WITH touched AS MATERIALIZED (
	SELECT w.id, w.created, w.status_id, w.resolution_date,
		CASE WHEN w.history_total IS NOT NULL
			OR w.history_seen IS NOT NULL THEN COALESCE(
			cardinality(w.history_seen) >= w.history_total, false)
			END
			AS is_known, COALESCE(w.history_as_of >= w.updated,
			false) AS is_current
	FROM etl_loaded_issues() AS batch
	CROSS JOIN etl_work_item($1, $2, batch.external_id) AS w
	UNION
	SELECT w.id, w.created, w.status_id, w.resolution_date,
		CASE WHEN w.history_total IS NOT NULL
			OR w.history_seen IS NOT NULL THEN COALESCE(
			cardinality(w.history_seen) >= w.history_total, false)
			END,
		COALESCE(w.history_as_of >= w.updated, false)
	FROM etl_due_items($1) AS d
	CROSS JOIN LATERAL (
		SELECT *
		FROM work_items AS x
		WHERE x.tenant_id::bigint = $1 AND x.id = d.work_item_id
		LIMIT 1) AS w
), kind AS MATERIALIZED (
	SELECT s.id, COALESCE(etl_kind(m.status_category), etl_kind(s.category))
			AS kind,
		COALESCE(f.step_name ILIKE '%review%', false) AS is_review,
		COALESCE(f.is_commitment_point, false) AS is_commitment
	FROM statuses AS s
	LEFT JOIN statuses_mappings AS m ON m.tenant_id = $1
		AND m.id = s.status_mapping_id AND m.active
	LEFT JOIN workflows AS f ON f.tenant_id = $1 AND f.id = m.workflow_id
		AND f.active
	WHERE s.tenant_id = $1 AND s.integration_id = $2
), stored AS MATERIALIZED (
	SELECT x.*, touched.is_known, touched.created
	FROM touched CROSS JOIN LATERAL (
		SELECT *
		FROM changelogs AS y
		WHERE y.tenant_id = $1
			AND y.work_item_id = touched.id
			AND y.transition_change_date IS NOT NULL
		OFFSET 0) AS x
), same_time AS MATERIALIZED (
	SELECT work_item_id, transition_change_date
	FROM stored
	GROUP BY work_item_id, transition_change_date
	HAVING count(*) BETWEEN 2 AND 100
), mixed AS MATERIALIZED (
	SELECT o.id, o.rank
	FROM (
		SELECT work_item_id, transition_change_date AS at,
			array_agg(id ORDER BY place, length(external_id),
				external_id COLLATE "C") AS ids,
			array_agg(from_status_id ORDER BY place,
				length(external_id), external_id COLLATE "C")
				AS sources,
			array_agg(to_status_id ORDER BY place,
				length(external_id), external_id COLLATE "C")
				AS targets
		FROM same_time JOIN stored
			USING (work_item_id, transition_change_date)
		GROUP BY work_item_id, transition_change_date
		HAVING count(*) > count(DISTINCT place)
			OR (min(place) < 1000 AND max(place) >= 1000)) AS same
	CROSS JOIN LATERAL unnest(ids, etl_joined((
		SELECT s.to_status_id
		FROM stored AS s
		WHERE s.work_item_id = same.work_item_id
			AND s.transition_change_date < same.at
		ORDER BY s.transition_change_date DESC, s.place DESC,
			length(s.external_id) DESC,
			s.external_id COLLATE "C" DESC
		LIMIT 1), sources, targets)) AS o (id, rank)
), listed AS (
	SELECT x.id, x.work_item_id, x.is_known, x.created,
		COALESCE(x.from_status_id, lag(x.to_status_id) OVER line)
			AS from_id,
		x.to_status_id AS to_id, x.transition_change_date AS at,
		lag(x.transition_change_date) OVER line AS before,
		lag(x.to_status_id) OVER line AS before_id,
		row_number() OVER line AS nr,
		x.transition_start_date AS known_start,
		x.time_in_status_seconds AS known_seconds
	FROM stored AS x LEFT JOIN mixed AS m ON m.id = x.id
	WINDOW line AS (PARTITION BY x.work_item_id
		ORDER BY x.transition_change_date, m.rank, x.place,
		length(x.external_id), x.external_id COLLATE "C")
), change AS MATERIALIZED (
	SELECT c.*, extract(epoch FROM c.at - c.started_at)::float AS seconds,
		source.kind AS source, source.is_review, target.kind AS target,
		source.kind IS DISTINCT FROM target.kind AS is_entry,
		target.is_commitment
	FROM (
		SELECT *, CASE WHEN nr = 1 THEN CASE WHEN is_known
			AND created IS NOT NULL THEN LEAST(created, at) END
			WHEN is_known OR before_id = from_id THEN before END
			AS started_at
		FROM listed) AS c
	LEFT JOIN kind AS source ON source.id = c.from_id
	LEFT JOIN kind AS target ON target.id = c.to_id
), moved AS (
	UPDATE changelogs AS c
	SET transition_start_date = change.started_at,
		time_in_status_seconds = change.seconds,
		last_updated_at = NOW()
	FROM change
	WHERE c.tenant_id = $1 AND c.id = change.id
		AND c.id = ANY (ARRAY(
		SELECT id
		FROM change
		WHERE (known_start, known_seconds)
			IS DISTINCT FROM (started_at, seconds)))
), sum AS (
	SELECT work_item_id, count(*) AS changes,
		min(at) AS first_at,
		(array_agg(from_id ORDER BY nr))[1] AS birth,
		(array_agg(to_id ORDER BY nr DESC))[1] AS last,
		min(at) FILTER (WHERE is_commitment) AS committed,
		min(at) FILTER (WHERE is_entry AND target = 'p') AS started,
		max(at) FILTER (WHERE is_entry AND target = 'p') AS restarted,
		min(at) FILTER (WHERE is_entry AND target = 'd') AS completed,
		max(at) FILTER (WHERE is_entry AND target = 'd') AS recompleted,
		(array_agg(target ORDER BY nr DESC) FILTER (WHERE is_entry
			AND target IS NOT NULL))[1] AS last_kind,
		count(*) FILTER (WHERE is_entry AND target = 'p') AS starts,
		count(*) FILTER (WHERE is_entry AND target = 'd')
			AS completions,
		count(*) FILTER (WHERE is_entry AND target = 't') AS returns,
		COALESCE(sum(seconds) FILTER (WHERE source = 'p'), 0) AS work,
		COALESCE(sum(seconds) FILTER (WHERE source = 'p'
			AND is_review), 0) AS review
	FROM change
	GROUP BY work_item_id
), state AS (
	SELECT t.id, t.born_at, t.resolution_date,
		CASE WHEN t.is_known THEN t.created IS NOT NULL
			AND (t.is_current OR s.last IS NULL
			OR t.status_id IS NULL OR s.last = t.status_id)
			ELSE t.is_known END AS is_whole,
		COALESCE(now.kind = 'd', false) AS is_done,
		COALESCE(s.last_kind, birth.kind) = 'd' AS ends_done,
		CASE WHEN birth.is_commitment THEN t.born_at
			ELSE s.committed END AS committed,
		CASE WHEN birth.kind = 'p' THEN t.born_at
			ELSE s.started END AS started,
		CASE WHEN birth.kind = 'p' THEN COALESCE(s.restarted, t.born_at)
			ELSE s.restarted END AS restarted,
		CASE WHEN birth.kind = 'd' THEN t.born_at
			ELSE s.completed END AS completed,
		CASE WHEN birth.kind = 'd'
			THEN COALESCE(s.recompleted, t.born_at)
			ELSE s.recompleted END AS recompleted,
		COALESCE(s.starts, 0) + CASE WHEN birth.kind = 'p'
			THEN 1 ELSE 0 END AS starts,
		COALESCE(s.completions, 0) + CASE WHEN birth.kind = 'd'
			THEN 1 ELSE 0 END AS completions,
		COALESCE(s.returns, 0) AS returns, COALESCE(s.work, 0) AS work,
		COALESCE(s.review, 0) AS review
	FROM (
		SELECT t.*, LEAST(t.created, s.first_at) AS born_at
		FROM touched AS t LEFT JOIN sum AS s ON s.work_item_id = t.id
	) AS t
	LEFT JOIN sum AS s ON s.work_item_id = t.id
	LEFT JOIN kind AS now ON now.id = COALESCE(t.status_id, s.last)
	LEFT JOIN kind AS birth ON birth.id = CASE WHEN s.changes IS NULL
		THEN t.status_id ELSE s.birth END
), metric AS (
	SELECT s.id, s.is_whole AS history_complete, w.*,
		CASE WHEN s.is_whole THEN s.recompleted
			WHEN s.is_done THEN s.resolution_date END
			AS work_last_completed_at,
		CASE WHEN s.is_whole AND s.is_done AND s.ends_done
			AND s.started <= s.recompleted
			THEN extract(epoch FROM s.recompleted - s.started)::float
			END AS total_cycle_time_seconds,
		CASE WHEN s.is_whole AND s.is_done AND s.ends_done
			THEN extract(epoch
			FROM s.recompleted - w.work_first_committed_at)::float
			END AS total_lead_time_seconds
	FROM state AS s
	LEFT JOIN LATERAL (
		SELECT CASE WHEN LEAST(s.committed, s.started)
				<= COALESCE(s.completed, 'infinity')
				THEN LEAST(s.committed, s.started)
				WHEN s.completed IS NOT NULL
				THEN s.born_at END AS work_first_committed_at,
			s.started AS work_first_started_at,
			s.restarted AS work_last_started_at,
			s.completed AS work_first_completed_at,
			s.starts AS total_work_starts,
			s.completions AS total_completions,
			s.returns AS total_backlog_returns,
			s.work AS total_work_time_seconds,
			s.review AS total_review_time_seconds,
			2 * s.returns + GREATEST(0, s.completions - 1)
				AS workflow_complexity_score,
			s.starts > 1 AS rework_indicator,
			s.completions = 1 AND s.starts = 0 AND s.returns = 0
				AS direct_completion
		WHERE s.is_whole) AS w ON true
)
UPDATE work_items AS w
SET /* <measured = m> */ work_first_committed_at = m.work_first_committed_at,
	work_first_started_at = m.work_first_started_at,
	work_last_started_at = m.work_last_started_at,
	work_first_completed_at = m.work_first_completed_at,
	work_last_completed_at = m.work_last_completed_at,
	total_work_starts = m.total_work_starts,
	total_completions = m.total_completions,
	total_backlog_returns = m.total_backlog_returns,
	total_work_time_seconds = m.total_work_time_seconds,
	total_review_time_seconds = m.total_review_time_seconds,
	total_cycle_time_seconds = m.total_cycle_time_seconds,
	total_lead_time_seconds = m.total_lead_time_seconds,
	workflow_complexity_score = m.workflow_complexity_score,
	rework_indicator = m.rework_indicator,
	direct_completion = m.direct_completion,
	history_complete = m.history_complete /* end */, last_updated_at = NOW()
FROM metric AS m
WHERE w.tenant_id::bigint = $1 AND w.id = m.id
	AND w.id = ANY (ARRAY(SELECT id FROM touched))
	AND (/* w.<measured> */ w.work_first_committed_at,
		w.work_first_started_at, w.work_last_started_at,
		w.work_first_completed_at, w.work_last_completed_at,
		w.total_work_starts, w.total_completions,
		w.total_backlog_returns, w.total_work_time_seconds,
		w.total_review_time_seconds, w.total_cycle_time_seconds,
		w.total_lead_time_seconds, w.workflow_complexity_score,
		w.rework_indicator, w.direct_completion,
		w.history_complete /* end */) IS DISTINCT FROM
		(/* m.<measured> */ m.work_first_committed_at,
		m.work_first_started_at, m.work_last_started_at,
		m.work_first_completed_at, m.work_last_completed_at,
		m.total_work_starts, m.total_completions,
		m.total_backlog_returns, m.total_work_time_seconds,
		m.total_review_time_seconds, m.total_cycle_time_seconds,
		m.total_lead_time_seconds, m.workflow_complexity_score,
		m.rework_indicator, m.direct_completion,
		m.history_complete /* end */);

-- statement: done
UPDATE statuses AS s
SET metrics_due = FALSE
FROM (
	SELECT unnest(string_to_array(NULLIF(current_setting(
		'app.due_statuses'), ''), ',')::bigint[]) AS id
	OFFSET 0) AS due
WHERE s.tenant_id = $1 AND s.id = due.id;
