-- Items of an entity type that a mapping turns into records (docs/types.md): the
-- paths are in entity_types, and etl_mapped reads the batch by them. Of what an
-- answer does not name nothing changes; of two answers the newer one counts.

-- statement: read
WITH item AS MATERIALIZED (
	SELECT m.*
	FROM etl_mapped($1, $2, $3) AS m
)
SELECT o.*, etl_mapped_keep($3, sum.size, CASE WHEN sum.size < 50000000 THEN (
	SELECT jsonb_agg(jsonb_build_array(n.external_id, n.stamp, n.told))
	FROM (
		SELECT DISTINCT ON (external_id COLLATE "C") external_id, stamp,
			told
		FROM item
		WHERE external_id IS NOT NULL
		ORDER BY external_id COLLATE "C", stamp DESC NULLS LAST,
			index DESC) AS n) END)
FROM (SELECT sum(pg_column_size(told)) AS size FROM item) AS sum
CROSS JOIN etl_mapped_outcome($1, $2, $3, (SELECT count(*) FROM item),
	(SELECT count(*) FROM item WHERE external_id IS NULL),
	ARRAY(
		SELECT n.note
		FROM item CROSS JOIN etl_mapped_notes(index, external_id, wrong)
			AS n (note)
		WHERE external_id IS NULL OR wrong IS NOT NULL
		ORDER BY index)) AS o;

-- Whoever has some of the same waits here.
-- statement: lock
SELECT count(*)
FROM (
	SELECT n.external_id COLLATE "C" AS external_id, b.entity_type
	FROM raw_extraction_data AS b
	CROSS JOIN etl_mapped_newest($1, $2, $3) AS n
	WHERE b.tenant_id = $1 AND b.integration_id = $2 AND b.id = $3
	ORDER BY 1
) AS touched
CROSS JOIN LATERAL (
	SELECT
	FROM records AS r
	WHERE r.tenant_id::bigint = $1 AND r.integration_id = $2
		AND r.entity_type = touched.entity_type
		AND r.external_id = touched.external_id COLLATE "default"
	FOR NO KEY UPDATE) AS locked;

-- What the mapping names no more goes.
-- statement: records
-- repeat
WITH type AS MATERIALIZED (
	SELECT b.entity_type, etl_mapped_names($1, $2, $3) AS names
	FROM raw_extraction_data AS b
	WHERE b.tenant_id = $1 AND b.integration_id = $2 AND b.id = $3
), merged AS MATERIALIZED (
	SELECT COALESCE(o.id, nextval('records_id_seq')) AS id,
		type.entity_type, n.external_id, m.*, o.id IS NULL
			OR (o.fields, o.updated, o.column_ages, o.active)
			IS DISTINCT FROM (m.fields, m.updated, m.column_ages,
			true) AS is_changed
	FROM type CROSS JOIN etl_mapped_newest($1, $2, $3) AS n
	LEFT JOIN LATERAL (
		SELECT r.id, r.fields, r.updated, r.column_ages, r.raw_data_id,
			r.active, etl_age(r.updated, r.raw_data_id) AS age
		FROM records AS r
		WHERE r.tenant_id::bigint = $1 AND r.integration_id = $2
			AND r.entity_type = type.entity_type
			AND r.external_id = n.external_id
		LIMIT 1) AS o ON true
	CROSS JOIN LATERAL (
		SELECT o.id IS NULL OR etl_mapped_is_newer(n.stamp, $3,
			o.updated, o.raw_data_id) AS is_newer
		OFFSET 0) AS g
	CROSS JOIN LATERAL (
		SELECT etl_mapped_taken(n.told, g.is_newer, o.fields,
			o.column_ages, n.age) AS taken
		OFFSET 0) AS t
	CROSS JOIN LATERAL (
		SELECT f.fields - ARRAY(
				SELECT jsonb_object_keys(f.fields - type.names))
				AS fields,
			CASE WHEN g.is_newer THEN COALESCE(n.stamp, o.updated)
				ELSE o.updated END AS updated,
			etl_mapped_ages(type.names, t.taken, g.is_newer,
				o.fields, o.column_ages, o.age, n.age)
				AS column_ages,
			CASE WHEN g.is_newer THEN $3::bigint
				ELSE o.raw_data_id END AS raw_data_id
		FROM (
			SELECT COALESCE(o.fields, '{}') || t.taken AS fields
			OFFSET 0) AS f
		OFFSET 0) AS m
), written AS (
	INSERT INTO records AS r (id, tenant_id, integration_id, entity_type,
		external_id, updated, fields, column_ages, raw_data_id)
	SELECT n.id, $1, $2, n.entity_type, n.external_id, n.updated, n.fields,
		n.column_ages, n.raw_data_id
	FROM merged AS n
	WHERE n.is_changed
	ORDER BY n.external_id COLLATE "C"
	ON CONFLICT (tenant_id, integration_id, entity_type, external_id)
	DO UPDATE SET updated = excluded.updated, fields = excluded.fields,
		column_ages = excluded.column_ages,
		raw_data_id = excluded.raw_data_id, active = true,
		last_updated_at = NOW()
	WHERE r.id = excluded.id
	RETURNING r.external_id
)
SELECT external_id FROM merged WHERE is_changed
EXCEPT ALL
SELECT external_id FROM written;
