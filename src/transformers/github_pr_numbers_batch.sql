-- A census of a repository: which pull requests it still has (etl_pr_census).
-- Once all pages of one are there, whatever their order, and it names nine
-- tenths of the active ones that were known before it began, those that it
-- lacks are gone. A batch that was stored later, or a later census, brings them
-- back.

-- statement: read
WITH page AS MATERIALIZED (
	SELECT * FROM etl_pr_census($1, $2, $3)
), note AS (
	SELECT n.value::bigint AS index, 'no number or id' AS reason
	FROM page CROSS JOIN jsonb_array_elements_text(unnamed) AS n (value)
	UNION ALL
	SELECT -1, n.reason
	FROM page CROSS JOIN LATERAL (VALUES
		(CASE WHEN scope IS NULL THEN 'no repository'
		WHEN repository_id IS NULL THEN 'the repository '
		|| left(scope, 100) || ' is not known' END),
		(CASE WHEN census IS NULL THEN 'no census is named, and '
		|| 'this is not all of one' END),
		(CASE WHEN page < 1 THEN 'pages are counted from 1' END))
		AS n (reason)
	WHERE n.reason IS NOT NULL
), lack AS (
	SELECT jsonb_build_object('what', 'census', 'given', c.named, 'total',
		c.known, 'message', 'fewer than nine tenths of the pull '
		|| 'requests that are known are named: none is deactivated')
		AS note
	FROM page
	CROSS JOIN LATERAL etl_census_ended($1, $2, page.scope, page.census,
		page.page, page.is_last, page.names, $3) AS e
	CROSS JOIN LATERAL (
		SELECT count(*) AS known, count(*) FILTER (WHERE '#' || p.number
			= ANY (e.names) OR p.identity = ANY (e.names)) AS named
		FROM prs AS p
		WHERE p.repository_id = page.repository_id AND p.active
			AND p.tenant_id::bigint = $1
			AND COALESCE(p.raw_data_id, 0) < e.first_id
	) AS c
	WHERE e.census = page.census AND c.named < c.known * 0.9
	UNION ALL
	SELECT jsonb_build_object('what', 'census', 'message',
		'items that cannot be read: this is no page of a census')
	FROM page
	WHERE unnamed IS NOT NULL
	UNION ALL
	SELECT n.note
	FROM raw_extraction_data AS r CROSS JOIN etl_answer_errors(r.raw_data)
		AS n
	WHERE r.tenant_id = $1 AND r.integration_id = $2 AND r.id = $3
)
SELECT o.*
FROM raw_extraction_data CROSS JOIN page CROSS JOIN LATERAL etl_outcome(
	CASE WHEN is_readable THEN items END,
	CASE WHEN scope IS NULL OR census IS NULL OR page < 1 THEN items
		ELSE COALESCE(jsonb_array_length(unnamed), 0) END,
	ARRAY(SELECT etl_note(NULLIF(index, -1), NULL, reason) FROM note
		ORDER BY index),
	NULL, ARRAY(SELECT note FROM lack), etl_refusal(raw_data)) AS o
WHERE tenant_id = $1 AND integration_id = $2 AND id = $3;

-- Whoever has pull requests of the repository waits here.
-- statement: lock
SELECT r.id
FROM etl_pr_census($1, $2, $3) AS page
JOIN repositories AS r ON r.tenant_id = $1 AND r.id = page.repository_id
ORDER BY r.id
FOR NO KEY UPDATE OF r;

-- An answer with errors, or with items that cannot be read, does not count: it
-- may lack some.
-- statement: census_pages
INSERT INTO census_pages AS c (tenant_id, integration_id, scope, census, page,
	is_last, raw_data_id, names)
SELECT $1, $2, page.scope, page.census, page.page, page.is_last, $3, page.names
FROM etl_pr_census($1, $2, $3) AS page
JOIN raw_extraction_data AS r ON r.tenant_id = $1 AND r.integration_id = $2
	AND r.id = $3
WHERE page.is_readable AND page.scope IS NOT NULL AND page.census IS NOT NULL
	AND page.page >= 1 AND page.unnamed IS NULL
	AND NOT EXISTS (SELECT FROM etl_answer_errors(r.raw_data))
ON CONFLICT (tenant_id, integration_id, scope, census, page) DO UPDATE SET
	is_last = excluded.is_last, raw_data_id = excluded.raw_data_id,
	names = excluded.names
WHERE c.raw_data_id < excluded.raw_data_id;

-- statement: prs
WITH ended AS MATERIALIZED (
	SELECT page.repository_id, e.*
	FROM etl_pr_census($1, $2, $3) AS page
	CROSS JOIN LATERAL etl_census_ended($1, $2, page.scope, NULL, NULL,
		NULL, NULL, NULL) AS e
	WHERE page.repository_id IS NOT NULL AND e.census = page.census
), pr AS MATERIALIZED (
	SELECT p.id, p.active, p.gone_since, e.first_id,
		COALESCE(p.raw_data_id, 0) < e.first_id AS is_older,
		n.name IS NOT NULL AS is_named
	FROM ended AS e
	JOIN prs AS p ON p.repository_id = e.repository_id
		AND p.tenant_id::bigint = $1
	LEFT JOIN LATERAL (
		SELECT 1 AS name
		WHERE '#' || p.number = ANY (e.names)
			OR p.identity = ANY (e.names)) AS n ON true
), enough AS MATERIALIZED (
	SELECT count(*) FILTER (WHERE is_named) >= count(*) * 0.9 AS is_enough
	FROM pr
	WHERE active AND is_older
), changed AS MATERIALIZED (
	SELECT p.id, pr.is_named, pr.first_id
	FROM pr CROSS JOIN enough JOIN prs AS p ON p.tenant_id = $1
		AND p.id = pr.id
	WHERE enough.is_enough AND CASE WHEN pr.is_named
		THEN pr.gone_since < pr.first_id
		ELSE pr.active AND pr.is_older END
	ORDER BY p.id
	FOR NO KEY UPDATE OF p
)
UPDATE prs AS p
SET active = changed.is_named, last_updated_at = NOW(),
	gone_since = CASE WHEN NOT changed.is_named THEN changed.first_id END
FROM changed
WHERE p.tenant_id::bigint = $1 AND p.id = changed.id
	AND p.id = ANY (ARRAY(SELECT id FROM changed));

-- Pages of censuses that are over.
-- statement: census_pages_gone
WITH ended AS MATERIALIZED (
	SELECT page.scope, e.census, e.first_id
	FROM etl_pr_census($1, $2, $3) AS page
	CROSS JOIN LATERAL etl_census_ended($1, $2, page.scope, NULL, NULL,
		NULL, NULL, NULL) AS e
)
DELETE FROM census_pages AS c
USING ended
WHERE c.tenant_id = $1 AND c.integration_id = $2 AND c.scope = ended.scope
	AND c.census <> ended.census AND c.raw_data_id < ended.first_id;
