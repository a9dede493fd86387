-- A list of the batches of one integration is a page of an index in the order of
-- ids: one that has not sent anything for long cost a look at every batch that came
-- since. The index of 0008 had the time in place of the id and showed the newest
-- batch only, so this takes its place (0049); the time at its end is compared without a
-- look at the rows. Programs of the version before look for the newest batch among
-- all of an integration until they are replaced.

CREATE INDEX idx_raw_extraction_data_tenant_id_integration_id_id
	ON raw_extraction_data (tenant_id, integration_id, id, created_at);

-- The newest batch of each integration by that index, too.
CREATE OR REPLACE VIEW report.etl_health WITH (security_invoker = true) AS
SELECT i.tenant_id, i.id AS integration_id, i.provider AS integration, i.type,
	COALESCE(b.pending, 0) AS pending, COALESCE(b.processing, 0) AS processing,
	COALESCE(b.failed, 0) AS failed, b.oldest_pending_at,
	(SELECT n.created_at FROM public.raw_extraction_data AS n
		WHERE n.tenant_id = i.tenant_id AND n.integration_id BETWEEN i.id AND i.id
		ORDER BY n.integration_id DESC, n.id DESC LIMIT 1) AS newest_batch_at
FROM public.integrations AS i
LEFT JOIN (
	SELECT tenant_id, integration_id,
		count(*) FILTER (WHERE processing_status = 'pending') AS pending,
		count(*) FILTER (WHERE processing_status = 'processing')
			AS processing,
		count(*) FILTER (WHERE processing_status = 'failed') AS failed,
		min(created_at) FILTER (WHERE processing_status = 'pending')
			AS oldest_pending_at
	FROM public.raw_extraction_data
	WHERE active
		AND processing_status IN ('pending', 'processing', 'failed')
	GROUP BY 1, 2) AS b
	ON b.tenant_id = i.tenant_id AND b.integration_id = i.id
WHERE i.active;
