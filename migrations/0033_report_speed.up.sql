-- Reports of one project, of one repository or of a span of time no longer read
-- all rows of the tenant. Until now CTEs that were read twice kept conditions
-- from what is below them. The numbers are the same.

-- The pull requests that revert another one, by its title: few.
CREATE INDEX idx_prs_reverts ON prs (tenant_id, repository_id, name, merged_at)
	WHERE active AND name LIKE 'Revert "%"';

-- As in 0029: days without an event are there from a project's first event on,
-- ten years back at most. Each day with an event brings the ones after it.
CREATE OR REPLACE VIEW report.flow_daily WITH (security_invoker = true) AS
SELECT f.tenant_id, g.day, f.project_id, p.key AS project_key,
	CASE WHEN g.day = f.day THEN f.arrivals ELSE 0 END AS arrivals,
	CASE WHEN g.day = f.day THEN f.starts ELSE 0 END AS starts,
	CASE WHEN g.day = f.day THEN f.throughput ELSE 0 END AS throughput,
	f.work_in_progress
FROM (
	SELECT tenant_id, project_id, day, sum(arrivals) AS arrivals,
		sum(starts) AS starts, sum(throughput) AS throughput,
		sum(sum(change)::integer) OVER w AS work_in_progress,
		lead(day, 1, CURRENT_DATE + 1) OVER w AS next
	FROM (
		SELECT tenant_id, project_id, created::date AS day,
			count(*)::integer AS arrivals, 0 AS starts,
			0 AS throughput, 0 AS change
		FROM public.work_items
		WHERE active AND created IS NOT NULL
		GROUP BY 1, 2, 3
		UNION ALL
		SELECT tenant_id, project_id, work_first_started_at::date, 0,
			count(*)::integer, 0, count(*)::integer
		FROM public.work_items
		WHERE active AND work_first_started_at IS NOT NULL
		GROUP BY 1, 2, 3
		UNION ALL
		SELECT tenant_id, project_id, work_last_completed_at::date, 0, 0,
			count(*)::integer, -count(work_first_started_at)::integer
		FROM public.work_items
		WHERE active AND report.completed_at(total_lead_time_seconds,
			history_complete, work_last_completed_at) IS NOT NULL
		GROUP BY 1, 2, 3) AS event
	WHERE day <= CURRENT_DATE
	GROUP BY tenant_id, project_id, day
	WINDOW w AS (PARTITION BY tenant_id, project_id ORDER BY day)) AS f
CROSS JOIN LATERAL (
	SELECT f.day
	UNION ALL
	SELECT d::date FROM generate_series(
		GREATEST(f.day + 1, CURRENT_DATE - 3653)::timestamp,
		(f.next - 1)::timestamp, interval '1 day') AS d) AS g (day)
LEFT JOIN public.projects AS p ON p.tenant_id = f.tenant_id
	AND p.id = f.project_id;

-- A condition on the day cannot go below a running sum. This one counts what was
-- in progress before the first day, and sums up the days asked for alone. It is
-- plain SQL, so that conditions on its rows reach the table.
CREATE FUNCTION report.flow_between(first_day DATE, last_day DATE)
RETURNS TABLE (tenant_id INTEGER, day DATE, project_id INTEGER,
	project_key VARCHAR, arrivals BIGINT, starts BIGINT, throughput BIGINT,
	work_in_progress BIGINT)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
WITH before AS (
	SELECT w.tenant_id, w.project_id,
		min(LEAST(w.created, w.work_first_started_at, report.completed_at(
			w.total_lead_time_seconds, w.history_complete,
			w.work_last_completed_at)))::date AS began,
		(count(*) FILTER (WHERE w.work_first_started_at < first_day)
		- count(w.work_first_started_at) FILTER (WHERE report.completed_at(
			w.total_lead_time_seconds, w.history_complete,
			w.work_last_completed_at) < first_day))::integer AS change
	FROM public.work_items AS w
	WHERE w.active
	GROUP BY w.tenant_id, w.project_id
), filled AS (
	SELECT w.tenant_id, w.project_id, e.day, sum(e.arrivals)::integer AS arrivals,
		sum(e.starts)::integer AS starts,
		sum(e.throughput)::integer AS throughput,
		sum(e.change)::integer AS change
	FROM public.work_items AS w
	CROSS JOIN LATERAL (VALUES
		(w.created::date, 1, 0, 0, 0),
		(w.work_first_started_at::date, 0, 1, 0, 1),
		(report.completed_at(w.total_lead_time_seconds, w.history_complete,
			w.work_last_completed_at)::date, 0, 0, 1,
			CASE WHEN w.work_first_started_at IS NULL THEN 0
			ELSE -1 END)) AS e (day, arrivals, starts, throughput, change)
	WHERE w.active
		AND (w.created >= first_day AND w.created < last_day + 1
		OR w.work_first_started_at >= first_day
			AND w.work_first_started_at < last_day + 1
		OR w.work_last_completed_at >= first_day
			AND w.work_last_completed_at < last_day + 1)
		AND e.day >= first_day AND e.day <= LEAST(last_day, CURRENT_DATE)
	GROUP BY w.tenant_id, w.project_id, e.day
	UNION ALL
	SELECT b.tenant_id, b.project_id, d::date, 0, 0, 0, 0
	FROM before AS b
	CROSS JOIN generate_series(
		GREATEST(first_day, b.began, CURRENT_DATE - 3653)::timestamp,
		LEAST(last_day, CURRENT_DATE)::timestamp, interval '1 day') AS d
	UNION ALL
	SELECT b.tenant_id, b.project_id, first_day - 1, 0, 0, 0, b.change
	FROM before AS b
)
SELECT f.tenant_id, f.day, f.project_id, p.key, f.arrivals, f.starts,
	f.throughput, f.work_in_progress
FROM (
	SELECT l.tenant_id, l.project_id, l.day, sum(l.arrivals) AS arrivals,
		sum(l.starts) AS starts, sum(l.throughput) AS throughput,
		sum(sum(l.change)::integer) OVER (
			PARTITION BY l.tenant_id, l.project_id ORDER BY l.day)
			AS work_in_progress
	FROM filled AS l
	GROUP BY l.tenant_id, l.project_id, l.day) AS f
LEFT JOIN public.projects AS p ON p.tenant_id = f.tenant_id
	AND p.id = f.project_id
WHERE f.day >= first_day
$$;
COMMENT ON FUNCTION report.flow_between IS
	'The rows of flow_daily from one day to another, both included: sooner had';
DO $$
BEGIN
	IF current_user <> 'pulse_etl_owner' THEN
		ALTER FUNCTION report.flow_between OWNER TO pulse_etl_owner;
	END IF;
END
$$;

-- As in 0029: a pull request named Revert "X" mends the newest merge before it
-- that is named X. Between both there are few merges: "+ 0" keeps an index of all
-- of the repository's pull requests out of it.
CREATE OR REPLACE VIEW report.deployments WITH (security_invoker = true) AS
SELECT d.tenant_id, d.id AS pull_request_id, d.repository_id,
	o.full_name AS repository,
	d.number, d.name AS title, d.merged_at AS deployed_at,
	(SELECT min(c.authored_date) FROM public.prs_commits AS c
		WHERE c.tenant_id = d.tenant_id AND c.pr_id = d.id AND c.active)
		AS first_commit_at,
	mended.reverted_at
FROM public.prs AS d
JOIN public.repositories AS o ON o.tenant_id = d.tenant_id
	AND o.id = d.repository_id AND o.default_branch = d.destination
LEFT JOIN LATERAL (
	SELECT min(x.merged_at) AS reverted_at
	FROM public.prs AS x
	WHERE x.tenant_id = d.tenant_id AND x.repository_id = d.repository_id
		AND x.active AND x.name LIKE 'Revert "%"'
		AND x.name = 'Revert "' || d.name || '"'
		AND x.destination = d.destination AND x.merged_at > d.merged_at
		AND NOT EXISTS (SELECT FROM public.prs AS n
			WHERE n.tenant_id = d.tenant_id AND n.active
			AND n.repository_id + 0 = d.repository_id
			AND n.name = d.name AND n.destination = d.destination
			AND n.merged_at > d.merged_at
			AND n.merged_at < x.merged_at)) AS mended ON TRUE
WHERE d.active AND d.merged_at IS NOT NULL;
