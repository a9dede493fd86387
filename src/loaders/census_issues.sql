-- The end of a census: once all its pages are there, in whatever order, and
-- they name at least nine tenths of the project's work items, those that they
-- lack end (active is false). A work item that was taken from a batch which was
-- stored after the census began is left alone; a later answer that has it
-- brings it back.

-- statement: beside
SELECT etl_beside_others($1, $2, 'work_items');

-- statement: work_items
WITH pages AS MATERIALIZED (
	SELECT x.*
	FROM (
		SELECT scope, census
		FROM census_pages
		WHERE tenant_id = $1 AND integration_id = $2
			AND raw_data_id = $3
		OFFSET 0) AS own
	JOIN census_pages AS x ON x.tenant_id = $1 AND x.integration_id = $2
		AND x.scope = own.scope AND x.census = own.census
), census AS MATERIALIZED (
	SELECT split_part(scope, ':', 2) AS project, min(raw_data_id) AS first
	FROM pages
	GROUP BY scope
	HAVING count(*) = max(page) FILTER (WHERE is_last)
		AND max(page) = max(page) FILTER (WHERE is_last)
), named AS MATERIALIZED (
	SELECT DISTINCT n.name
	FROM pages CROSS JOIN unnest(names) AS n (name)
), known AS MATERIALIZED (
	SELECT w.id, w.external_id, c.first, w.external_id IN (
		SELECT name FROM named) AS is_named
	FROM census AS c
	JOIN projects AS p ON p.tenant_id = $1 AND p.integration_id = $2
		AND p.external_id = c.project
	CROSS JOIN LATERAL (
		SELECT *
		FROM work_items AS x
		WHERE x.project_id = p.id AND x.tenant_id = $1
		OFFSET 0) AS w
	WHERE w.active AND COALESCE(w.raw_data_id, 0) < c.first
), tally AS MATERIALIZED (
	SELECT count(*) AS total, count(*) FILTER (WHERE is_named) AS given
	FROM known
), ended AS MATERIALIZED (
	SELECT w.id, known.first
	FROM known
	JOIN work_items AS w ON w.tenant_id = $1 AND w.id = known.id
		AND w.id = ANY (ARRAY(SELECT id FROM known))
	WHERE NOT known.is_named AND w.active
		AND COALESCE(w.raw_data_id, 0) < known.first
		AND (SELECT given * 10 >= total * 9 FROM tally)
	ORDER BY known.external_id COLLATE "C"
	FOR NO KEY UPDATE OF w
), gone AS (
	UPDATE work_items AS w
	SET active = FALSE, gone_since = ended.first, last_updated_at = NOW()
	FROM ended
	WHERE w.tenant_id = $1 AND w.id = ended.id
		AND w.id = ANY (ARRAY(SELECT id FROM ended))
)
UPDATE raw_extraction_data AS r
SET error_details = COALESCE(r.error_details, '{}') || jsonb_build_object(
	'message', 'the answer is incomplete', 'incomplete_count', 1,
	'incomplete', jsonb_build_array(jsonb_build_object('what', 'census',
	'given', tally.given, 'total', tally.total, 'message',
	'the census names less than nine tenths of what is known: it ends nothing')))
FROM tally
WHERE r.tenant_id = $1 AND r.id = $3 AND r.processing_status = 'completed'
	AND tally.given * 10 < tally.total * 9;

-- Pages of censuses that began before one that is whole: they end nothing more.
-- statement: census_pages_gone
WITH whole AS MATERIALIZED (
	SELECT x.scope, x.census, min(x.raw_data_id) AS first
	FROM (
		SELECT scope, census
		FROM census_pages
		WHERE tenant_id = $1 AND integration_id = $2
			AND raw_data_id = $3
		OFFSET 0) AS own
	JOIN census_pages AS x ON x.tenant_id = $1 AND x.integration_id = $2
		AND x.scope = own.scope AND x.census = own.census
	GROUP BY x.scope, x.census
	HAVING count(*) = max(x.page) FILTER (WHERE x.is_last)
		AND max(x.page) = max(x.page) FILTER (WHERE x.is_last)
)
DELETE FROM census_pages AS c
USING whole
WHERE c.tenant_id = $1 AND c.integration_id = $2 AND c.scope = whole.scope
	AND c.census <> whole.census AND c.raw_data_id < whole.first;
