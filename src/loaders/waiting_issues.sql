-- Batches that wait for an issue of this batch, by its id or by a key that it
-- has or had: they are pending again, and the relay queues them. So is this
-- batch itself, if what it waits for came while it was transformed. A batch
-- that is transformed while this one looks sees its issues then, at the
-- latest when it is loaded. Each turn waits for less, for what woke it is there.
-- First of all that is locked, and in the order of ids.

-- Which issues the batch has, for all statements of the load. Those that are not
-- stored yet are left to the load of the batch that brings them.
-- statement: issues
SELECT set_config('app.loaded_issues', COALESCE((
	SELECT jsonb_agg(DISTINCT i.external_id)::text
	FROM raw_extraction_data AS r CROSS JOIN etl_issues($1, $2, $3) AS i
	CROSS JOIN etl_work_item($1, $2, i.external_id) AS w
	WHERE r.tenant_id = $1 AND r.integration_id = $2 AND r.id = $3
		AND r.entity_type
		IN ('jira_issues_batch', 'jira_changelogs_batch')), ''), true);

-- statement: batches
WITH brought AS MATERIALIZED (
	SELECT n.name
	FROM etl_loaded_issues() AS batch
	CROSS JOIN etl_work_item($1, $2, batch.external_id) AS w
	CROSS JOIN LATERAL (
		SELECT w.external_id AS name
		UNION ALL
		SELECT w.key
		UNION ALL
		SELECT o.key
		FROM work_items_old_keys AS o
		WHERE o.tenant_id = $1 AND o.work_item_id = w.id) AS n
	UNION
	SELECT own.name
	FROM (
		SELECT name
		FROM waiting_batches
		WHERE tenant_id = $1 AND integration_id = $2
			AND kind = 'issue' AND raw_data_id = $3
		OFFSET 0) AS own
	WHERE EXISTS (SELECT FROM etl_work_item($1, $2, own.name))
		OR EXISTS (SELECT FROM etl_issue_of_key($1, $2, own.name))
)
SELECT etl_wake($1, $2, 'issue', ARRAY(SELECT name FROM brought));
