-- Which key is proposed for an entity type.

-- A function with one text of it replaced.
CREATE OR REPLACE FUNCTION pg_temp.mend(name REGPROC, was TEXT, becomes TEXT) RETURNS VOID
LANGUAGE plpgsql AS $$
DECLARE
	body TEXT := pg_get_functiondef(name);
BEGIN
	IF strpos(body, was) = 0 THEN
		RAISE EXCEPTION '% does not have %', name, was;
	END IF;
	EXECUTE replace(body, was, becomes);
END
$$;

-- A list that has an item twice, as it was and as it is, has its id twice. What only its
-- versions differ in was proposed then, such as their titles; or a text too long for a key.
SELECT pg_temp.mend('etl_infer', $$
			bool_or(v.is_blank) AS has_blank,
$$, $$
			bool_or(v.is_blank) AS has_blank,
			max(length(v.word)) AS longest,
$$);
SELECT pg_temp.mend('etl_infer', $$
		FROM leaf AS l
		WHERE l.given = (SELECT count(*) FROM item)
			AND l.different = l.given AND NOT l.has_blank
			AND l.kind IN ('text', 'number')
		ORDER BY l.depth, array_position(ARRAY['id', 'key', 'uuid',
			'guid', 'number', 'name'], lower(l.last)) NULLS LAST,
$$, $$
		FROM leaf AS l
		CROSS JOIN LATERAL (SELECT array_position(ARRAY['id', 'key', 'uuid',
			'guid', 'sha', 'number', 'name'], lower(l.last)) AS at) AS n
		WHERE l.given = (SELECT count(*) FROM item)
			AND (l.different = l.given OR l.depth = 1 AND n.at <= 5
			AND l.different * 2 > l.given)
			AND NOT l.has_blank AND l.longest <= 255
			AND l.kind IN ('text', 'number')
		ORDER BY l.depth, n.at IS NULL, l.different < l.given, n.at,
$$);
