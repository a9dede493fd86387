-- Which work items a batch of a mapped type has, for the loads behind this one.

-- statement: issues
SELECT set_config('app.loaded_issues', COALESCE((
	SELECT jsonb_agg(DISTINCT w.external_id)::text
	FROM etl_mapped_newest($1, $2, $3) AS n
	CROSS JOIN etl_work_item($1, $2, n.external_id) AS w), ''), true);
