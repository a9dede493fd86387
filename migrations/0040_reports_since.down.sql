-- Back to 0039.
CREATE OR REPLACE VIEW report.pr_times WITH (security_invoker = true) AS
SELECT r.tenant_id, date_trunc('week', r.merged_at)::date AS week, r.repository_id,
	o.full_name AS repository, count(*) AS merged,
	count(r.first_review_at) AS reviewed,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY
		EXTRACT(EPOCH FROM r.first_review_at - r.pr_created_at)::float8)
		AS pickup_p50_seconds,
	percentile_cont(0.85) WITHIN GROUP (ORDER BY
		EXTRACT(EPOCH FROM r.first_review_at - r.pr_created_at)::float8)
		AS pickup_p85_seconds,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY
		EXTRACT(EPOCH FROM r.merged_at - r.first_review_at)::float8)
		AS review_p50_seconds,
	percentile_cont(0.85) WITHIN GROUP (ORDER BY
		EXTRACT(EPOCH FROM r.merged_at - r.first_review_at)::float8)
		AS review_p85_seconds,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY
		EXTRACT(EPOCH FROM r.merged_at - r.pr_created_at)::float8)
		AS merge_p50_seconds,
	percentile_cont(0.85) WITHIN GROUP (ORDER BY
		EXTRACT(EPOCH FROM r.merged_at - r.pr_created_at)::float8)
		AS merge_p85_seconds
FROM public.prs AS r
LEFT JOIN public.repositories AS o ON o.tenant_id = r.tenant_id
	AND o.id = r.repository_id
WHERE r.active AND r.merged_at IS NOT NULL
GROUP BY 1, 2, 3, 4;
DROP FUNCTION report.pr_times_between;
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
DROP INDEX idx_work_items_completed;
