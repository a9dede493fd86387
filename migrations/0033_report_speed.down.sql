-- Back to 0032.
DROP FUNCTION report.flow_between;
CREATE OR REPLACE VIEW report.flow_daily WITH (security_invoker = true) AS
WITH event AS MATERIALIZED (
	SELECT tenant_id, project_id, created::date AS day,
		count(*)::integer AS arrivals, 0 AS starts, 0 AS throughput,
		0 AS change
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
	GROUP BY 1, 2, 3
), filled AS (
	SELECT * FROM event
	UNION ALL
	SELECT b.tenant_id, b.project_id, d::date, 0, 0, 0, 0
	FROM (SELECT tenant_id, project_id, min(day) AS first FROM event
		GROUP BY 1, 2) AS b
	CROSS JOIN generate_series(GREATEST(b.first, CURRENT_DATE - 3653)::timestamp,
		CURRENT_DATE::timestamp, interval '1 day') AS d
)
SELECT f.tenant_id, f.day, f.project_id, p.key AS project_key, f.arrivals,
	f.starts, f.throughput, f.work_in_progress
FROM (
	SELECT tenant_id, project_id, day, sum(arrivals) AS arrivals,
		sum(starts) AS starts, sum(throughput) AS throughput,
		sum(sum(change)::integer) OVER (
			PARTITION BY tenant_id, project_id ORDER BY day)
			AS work_in_progress
	FROM filled
	WHERE day <= CURRENT_DATE
	GROUP BY tenant_id, project_id, day) AS f
LEFT JOIN public.projects AS p ON p.tenant_id = f.tenant_id
	AND p.id = f.project_id;

CREATE OR REPLACE VIEW report.deployments WITH (security_invoker = true) AS
WITH merged AS (
	SELECT r.id, r.tenant_id, r.repository_id, o.full_name, r.number, r.name,
		r.merged_at
	FROM public.prs AS r
	JOIN public.repositories AS o ON o.tenant_id = r.tenant_id
		AND o.id = r.repository_id AND o.default_branch = r.destination
	WHERE r.active AND r.merged_at IS NOT NULL
), mended AS (
	SELECT id, min(mended_at) AS mended_at
	FROM (
		SELECT DISTINCT ON (x.id) r.id, x.merged_at AS mended_at
		FROM merged AS x
		JOIN merged AS r ON r.tenant_id = x.tenant_id
			AND r.repository_id = x.repository_id
			AND r.name = substring(x.name from '^Revert "(.*)"$')
			AND r.merged_at < x.merged_at
		WHERE x.name LIKE 'Revert "%"'
		ORDER BY x.id, r.merged_at DESC) AS each
	GROUP BY id
)
SELECT d.tenant_id, d.id AS pull_request_id, d.repository_id,
	d.full_name AS repository,
	d.number, d.name AS title, d.merged_at AS deployed_at,
	(SELECT min(c.authored_date) FROM public.prs_commits AS c
		WHERE c.tenant_id = d.tenant_id AND c.pr_id = d.id AND c.active)
		AS first_commit_at,
	mended.mended_at AS reverted_at
FROM merged AS d
LEFT JOIN mended ON mended.id = d.id;

DROP INDEX idx_prs_reverts;
