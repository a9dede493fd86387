-- Which versions of which rows a batch of repositories reads, and its load; NULL
-- where one stored later might do something else (transformer_seen).

-- statement: lock
SELECT r.id
FROM repositories AS r
WHERE r.tenant_id = $1
	AND r.id = ANY (ARRAY(SELECT repository_id
		FROM etl_repositories($1, $2, $3)))
ORDER BY r.id
FOR NO KEY UPDATE OF r;

-- statement: seen
WITH item AS MATERIALIZED (
	SELECT i.index, i.name_key, i.repository_id AS id
	FROM etl_repositories($1, $2, $3) AS i
), own AS MATERIALIZED (
	SELECT i.index, i.id, r.version, r.raw_data_id
	FROM item AS i
	LEFT JOIN LATERAL (SELECT x.xmin::text AS version, x.raw_data_id
		FROM repositories AS x
		WHERE x.tenant_id::bigint = $1 AND x.id = i.id
		LIMIT 1) AS r ON true
), seen AS (
	SELECT 'repository ' || index || ' ' || id || ' ' || version AS part
	FROM own
	UNION ALL
	SELECT 'named ' || r.id || ' ' || r.xmin::text
	FROM (SELECT DISTINCT name_key FROM item) AS i
	JOIN repositories AS r ON r.name_key = i.name_key
		AND r.tenant_id::bigint = $1 AND r.integration_id::bigint = $2
	UNION ALL
	SELECT 'link ' || l.id || ' ' || l.xmin::text
	FROM (SELECT DISTINCT name_key FROM item) AS i
	JOIN wits_prs_links AS l ON l.external_repo_id = i.name_key
		AND l.tenant_id::bigint = $1
	UNION ALL
	SELECT 'migration ' || h.number || ' ' || h.checksum
	FROM migration_history AS h
	UNION ALL
	SELECT 'system ' || system_identifier
	FROM pg_control_system()
)
SELECT CASE WHEN NOT EXISTS (SELECT
	FROM own
	WHERE version IS NULL OR raw_data_id >= $3) THEN (
	SELECT string_agg(part, ',' ORDER BY part COLLATE "C")
	FROM seen) END;
