-- Which versions of which rows a batch of issues or histories reads, and its load;
-- NULL where one stored later might do something else (transformer_seen): an issue
-- is not there, is there twice, or a row names a batch that is not older. A version
-- says nothing in another server, where a dump of this one was restored.

-- statement: lock
SELECT etl_lock_work_items($1, $2, ARRAY(
	SELECT DISTINCT i.external_id
	FROM etl_issues($1, $2, $3) AS i));

-- Parents that an issue tells by a key: which issue that is may change without
-- a change of either. A pull request that names one of the issues, and belongs to
-- another, is looked at by each load.
-- statement: seen
WITH item AS MATERIALIZED (
	SELECT i.external_id, i.value->'fields' AS f
	FROM etl_issues($1, $2, $3) AS i
), own AS MATERIALIZED (
	SELECT i.external_id AS told, w.*
	FROM item AS i LEFT JOIN LATERAL (
		SELECT x.id, x.key, x.xmin::text AS version, x.raw_data_id,
			x.history_raw_data_id, x.gone_since, x.column_ages
		FROM work_items AS x
		WHERE x.tenant_id::bigint = $1
			AND x.integration_id::bigint = $2
			AND x.external_id = i.external_id
		LIMIT 1) AS w ON true
), old_key AS MATERIALIZED (
	SELECT o.work_item_id AS id, o.key, o.xmin::text AS version
	FROM own JOIN work_items_old_keys AS o ON o.tenant_id = $1
		AND o.work_item_id = own.id
), name AS MATERIALIZED (
	SELECT id, key FROM own WHERE key IS NOT NULL
	UNION
	SELECT id, key FROM old_key
), parent_field AS MATERIALIZED (
	SELECT c.field
	FROM integrations AS i
	CROSS JOIN etl_custom_fields(to_jsonb(i)->'settings') AS c
	WHERE i.tenant_id = $1 AND i.id = $2
		AND c."column" = 'parent_external_id'
), parent AS (
	SELECT etl_id(f#>'{parent,key}') AS key
	FROM item
	UNION
	SELECT v.key
	FROM item CROSS JOIN parent_field AS p
	CROSS JOIN LATERAL (VALUES (etl_id(f->p.field)),
		(etl_id(f#>ARRAY[p.field, 'key'])),
		(etl_id(f#>ARRAY[p.field, 'id']))) AS v (key)
), pr AS MATERIALIZED (
	SELECT DISTINCT p.id, p.version, p.repository_id, p.work_item_id
	FROM name AS n
	CROSS JOIN LATERAL (
		SELECT x.pr_id, x.place
		FROM prs_keys AS x
		WHERE x.key = n.key AND x.tenant_id = $1
		OFFSET 0) AS k
	CROSS JOIN LATERAL (
		SELECT x.id, x.xmin::text AS version, x.repository_id,
			x.work_item_id, x.work_item_place
		FROM prs AS x
		WHERE x.tenant_id::bigint = $1 AND x.id = k.pr_id
		LIMIT 1) AS p
	WHERE p.work_item_id IS DISTINCT FROM n.id
		OR p.work_item_place NOT BETWEEN 1 AND k.place
), seen AS (
	SELECT 'issue ' || id || ' ' || version AS part
	FROM own
	UNION ALL
	SELECT 'change ' || c.id || ' ' || c.version
	FROM own CROSS JOIN LATERAL (
		SELECT x.id, x.xmin::text AS version
		FROM changelogs AS x
		WHERE x.tenant_id = $1 AND x.work_item_id = own.id
		OFFSET 0) AS c
	UNION ALL
	SELECT 'old_key ' || id || ' ' || key || ' ' || version
	FROM old_key
	UNION ALL
	SELECT 'parent ' || p.key || ' ' || COALESCE((
		SELECT k.external_id
		FROM etl_issue_of_key($1, $2, p.key) AS k), '')
	FROM parent AS p
	WHERE p.key LIKE '%-%'
	UNION ALL
	SELECT 'child ' || c.id || ' ' || c.version || ' ' || COALESCE((
		SELECT k.external_id
		FROM etl_issue_of_key($1, $2, n.key) AS k), '')
	FROM (SELECT DISTINCT key FROM name) AS n
	CROSS JOIN LATERAL (
		SELECT x.id, x.xmin::text AS version, x.tenant_id,
			x.integration_id
		FROM work_items AS x
		WHERE x.parent_external_id = n.key
		OFFSET 0) AS c
	WHERE c.tenant_id = $1 AND c.integration_id = $2
	UNION ALL
	SELECT 'pr ' || pr.id || ' ' || pr.version || ' ' || r.xmin::text || ' '
		|| COALESCE(i.work_item_id::text, '') || ' ' || i.place
	FROM pr
	JOIN repositories AS r ON r.tenant_id = $1 AND r.id = pr.repository_id
	CROSS JOIN LATERAL etl_pr_issue($1, pr.id) AS i
	UNION ALL
	SELECT DISTINCT 'link ' || l.id || ' ' || l.xmin::text
	FROM pr JOIN wits_prs_links AS l ON l.tenant_id::bigint = $1
		AND l.work_item_id = pr.work_item_id
	UNION ALL
	SELECT 'waits ' || b.raw_data_id || ' ' || b.name
	FROM (
		SELECT told AS name FROM own
		UNION
		SELECT key FROM name) AS n
	CROSS JOIN LATERAL (
		SELECT x.raw_data_id, x.name
		FROM waiting_batches AS x
		WHERE x.tenant_id = $1 AND x.integration_id = $2
			AND x.kind = 'issue' AND x.name = n.name
		OFFSET 0) AS b
	UNION ALL
	SELECT part
	FROM etl_names_seen($1, $2)
	UNION ALL
	SELECT 'system ' || system_identifier
	FROM pg_control_system()
)
SELECT CASE WHEN (SELECT count(*) = count(DISTINCT told) FROM own)
	AND NOT EXISTS (SELECT
	FROM own
	WHERE version IS NULL OR GREATEST(raw_data_id, history_raw_data_id,
		gone_since) >= $3 OR EXISTS (SELECT
		FROM jsonb_each_text(column_ages) AS e
		WHERE right(e.value, 19)::bigint >= $3)) THEN (
	SELECT string_agg(part, ',' ORDER BY part COLLATE "C")
	FROM seen) END;
